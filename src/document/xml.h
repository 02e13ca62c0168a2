/* Documents that are one XML file: Word 2003, Flat OPC, flat OpenDocument and whatever else keeps files in it as
 * base64.
 *
 * An element whose whole text is base64 is a member, named by the name attribute before it. Text is what an XML parser
 * would make of it: sections of CDATA, character references and comments inside, in UTF-8 or UTF-16. */
#ifndef CORDON_DOCUMENT_XML_H
#define CORDON_DOCUMENT_XML_H

#include "unpack/unpack.h"

/* A declaration, or an element of Word's: behind a byte order mark and blanks at most. */
bool xml_looks(struct span content);
void xml_read(struct unpack *unpack, struct span content);

#endif
