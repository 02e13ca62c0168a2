/* SPDX-License-Identifier: GPL-2.0-only */
#include "remark.h"

#include <stddef.h>

struct remark_row {
    const char *prefix;
    struct remark remark;
};

/* Each row with the reason why it is no trouble of the machine. */
static const struct remark_row remark_rows[] = {
    /* A message/partial: one piece of a mail that came in several. */
    { "Partial message received from MUA/MTA", { SCAN_UNSCANNABLE, UNSCANNABLE_UNSUPPORTED } },
    /* message/external-body: the content is elsewhere. */
    { "Attempt to send Content-type message/external-body", { SCAN_UNSCANNABLE, UNSCANNABLE_UNSUPPORTED } },
    /* message/ and anything that the library does not know; it leaves that part out. */
    { "Unsupported message format", { SCAN_UNSCANNABLE, UNSCANNABLE_UNSUPPORTED } },
    { "Binhex messages not supported", { SCAN_UNSCANNABLE, UNSCANNABLE_UNSUPPORTED } },
    /* A text that is said to be uuencoded or in yEnc, and is not what the library expects then: it is left out. */
    { "messageToText: Unexpected attempt to handle", { SCAN_UNSCANNABLE, UNSCANNABLE_UNSUPPORTED } },
    /* Outlook's winmail.dat: the body, which is text or RTF, is left out; the attachments are not. */
    { "TNEF body not being scanned", { SCAN_UNSCANNABLE, UNSCANNABLE_UNSUPPORTED } },
    { "TNEF - unknown level", { SCAN_UNSCANNABLE, UNSCANNABLE_DAMAGED } },
    { "Corrupt TNEF header", { SCAN_UNSCANNABLE, UNSCANNABLE_DAMAGED } },
    { "YENCODED attachment is missing", { SCAN_UNSCANNABLE, UNSCANNABLE_DAMAGED } },
    /* Formats whose readers complain of what they read, and of nothing else. */
    { "SWF: ", { SCAN_UNSCANNABLE, UNSCANNABLE_DAMAGED } },
    { "HWP3.x: ", { SCAN_UNSCANNABLE, UNSCANNABLE_DAMAGED } },
    { "cli_egg_", { SCAN_UNSCANNABLE, UNSCANNABLE_DAMAGED } },
    /* Its reader of xz says aloud what the others return as a code. Memory and files of its own it complains of, too:
     * those are not here. */
    { "cli_scanxz: premature end of compressed stream", { SCAN_UNSCANNABLE, UNSCANNABLE_DAMAGED } },
    { "cli_scanxz: decompress error", { SCAN_UNSCANNABLE, UNSCANNABLE_DAMAGED } },
    { "cli_scanxz: decompress file size exceeds limits", { SCAN_UNSCANNABLE, UNSCANNABLE_LIMIT } },
    /* Pictures cut short are everywhere. Nothing is unpacked from them; they are looked at as they stand. */
    { "GIF: ", { SCAN_CLEAN, UNSCANNABLE_NONE } },
    { "JPEG: ", { SCAN_CLEAN, UNSCANNABLE_NONE } },
    { "PNG: ", { SCAN_CLEAN, UNSCANNABLE_NONE } },
    { "TIFF: ", { SCAN_CLEAN, UNSCANNABLE_NONE } },
    /* An encoded word in a header that is neither B nor Q. It is looked at as it stands. */
    { "Unsupported RFC2047 encoding type", { SCAN_CLEAN, UNSCANNABLE_NONE } },
    /* Text in a document that is not what its code page says. Looked at as it stands. */
    { "cli_codepage_to_utf8: iconv error: An invalid multibyte sequence", { SCAN_CLEAN, UNSCANNABLE_NONE } },
    /* Tried again with more room at once. */
    { "cli_codepage_to_utf8: iconv error: There is not sufficient room", { SCAN_CLEAN, UNSCANNABLE_NONE } },
};

struct remark remark_read(struct span text)
{
    for (size_t i = 0; i < sizeof remark_rows / sizeof remark_rows[0]; i++) {
        if (span_starts_with(text, remark_rows[i].prefix))
            return remark_rows[i].remark;
    }
    return (struct remark){ .result = SCAN_FAILED };
}
