/* SPDX-License-Identifier: GPL-2.0-only */
#include "remark.h"

#include "base/test.h"

struct row {
    const char *text;
    enum scan_result result;
    enum unscannable unscannable;
};

static const struct row rows[] = {
    { "Partial message received from MUA/MTA - message cannot be scanned", SCAN_UNSCANNABLE, UNSCANNABLE_UNSUPPORTED },
    { "TNEF body not being scanned - if you believe", SCAN_UNSCANNABLE, UNSCANNABLE_UNSUPPORTED },
    { "messageToText: Unexpected attempt to handle uuencoded file", SCAN_UNSCANNABLE, UNSCANNABLE_UNSUPPORTED },
    { "JPEG: Failed to read marker, file corrupted?", SCAN_CLEAN, UNSCANNABLE_NONE },
    { "cli_scanxz: premature end of compressed stream", SCAN_UNSCANNABLE, UNSCANNABLE_DAMAGED },
    { "cli_scanxz: decompress error: 1", SCAN_UNSCANNABLE, UNSCANNABLE_DAMAGED },
    { "cli_scanxz: decompress file size exceeds limits - only scanning 69206016 bytes", SCAN_UNSCANNABLE,
      UNSCANNABLE_LIMIT },
    { "cli_scanxz: Can't write to file.", SCAN_FAILED, UNSCANNABLE_NONE },
    { "fileblobAddData: Can't write 57 bytes to temporary file a.bin", SCAN_FAILED, UNSCANNABLE_NONE },
    { "Can't create temporary directory for scan: /x.", SCAN_FAILED, UNSCANNABLE_NONE },
    { "cli_codepage_to_utf8: Failed to open iconv.", SCAN_FAILED, UNSCANNABLE_NONE },
    { "something that nobody has seen yet", SCAN_FAILED, UNSCANNABLE_NONE },
    { "a JPEG: within", SCAN_FAILED, UNSCANNABLE_NONE },
    { "", SCAN_FAILED, UNSCANNABLE_NONE },
};

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].text);
        struct remark remark = remark_read(span_text(rows[i].text));
        CHECK(remark.result == rows[i].result && remark.unscannable == rows[i].unscannable);
    }
    return test_end();
}
