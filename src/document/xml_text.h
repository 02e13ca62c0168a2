/* XML as a run of tags and texts, without any idea of whether it is well-formed. */
#ifndef CORDON_DOCUMENT_XML_TEXT_H
#define CORDON_DOCUMENT_XML_TEXT_H

#include "base/span.h"

#include <stdint.h>

enum { XML_TAG_MOST = 64, XML_NAME_MOST = 1024 };
#define XML_END UINT32_MAX

struct xml_text {
    struct span content;
    size_t at;
    unsigned unit;      /* bytes of a character: 1, or 2 in UTF-16 */
    bool is_big_endian; /* UTF-16 */
    bool is_cdata;
};

struct xml_tag {
    char local[XML_TAG_MOST]; /* the element's name without its prefix, lower case, cut where it is too long */
    char name[XML_NAME_MOST]; /* of its name attribute, in UTF-8; "" where there is none */
    bool is_end;
};

/* At the first character behind a byte order mark. */
void xml_text_init(struct xml_text *text, struct span content);

/* Is this what comes next? Then it is behind it. */
bool xml_text_match(struct xml_text *text, const char *ascii);

/* The next character of an element's text: comments and instructions are left out, references replaced. XML_END where a
 * tag comes next, or nothing. A half of a pair in UTF-16 comes as it is, as do the bytes of UTF-8. */
uint32_t xml_text_next(struct xml_text *text);

/* The tag that comes next. False where nothing does. */
bool xml_text_tag(struct xml_text *text, struct xml_tag *tag_out);

#endif
