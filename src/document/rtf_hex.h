/* The bytes that a destination of an RTF document writes in hexadecimal. */
#ifndef CORDON_DOCUMENT_RTF_HEX_H
#define CORDON_DOCUMENT_RTF_HEX_H

#include "base/span.h"

/* What readers of RTF don't agree about: an escape \'hh inside of the data is nothing, is data, or is nothing and makes
 * a digit forgotten that waits for its second one. */
enum rtf_escape { RTF_ESCAPE_SKIP, RTF_ESCAPE_DATA, RTF_ESCAPE_DROP, RTF_ESCAPES };

/* Of groups inside of the data those with \* are left out; or all are data; or all are left out. */
enum rtf_group { RTF_GROUP_STARRED, RTF_GROUP_DATA, RTF_GROUP_SKIP, RTF_GROUPS };

struct rtf_way {
    enum rtf_escape escape;
    enum rtf_group group;
    bool is_number_data; /* the digits right behind the control word are no number of its own */
};

struct rtf_hex {
    struct span rest;
    struct rtf_way way;
    struct span raw;   /* behind \bin, not given out yet */
    size_t depth;      /* groups open inside */
    size_t skip_depth; /* of the group that is left out; 0: none */
    unsigned digit;    /* the first one of a pair */
    bool has_digit;
    bool has_escape; /* what was seen so far, for which other ways would differ */
    bool has_group;
    bool has_number;
};

/* `text` begins right behind the letters of the control word. */
void rtf_hex_init(struct rtf_hex *hex, struct span text, struct rtf_way way);

/* The next bytes: 0 where the destination's group or the text ends. `capacity` must be above 0. */
size_t rtf_hex_read(struct rtf_hex *hex, char *bytes_out, size_t capacity);

#endif
