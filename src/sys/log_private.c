/* Apart from the log itself, so that roles which log nothing private don't carry a library of ciphers: it makes each
 * fork of a pool's parent dearer.
 */
#include "log.h"

#include "sys/digest.h"

#include <stdio.h>

enum { LOG_HASH_DIGITS = 16 };

void log_put_private(struct log_line *line, const char *key, struct span value)
{
    if (log_privacy() == LOG_FULL)
        log_put_span(line, key, value);
    if (log_privacy() != LOG_HASH)
        return;
    struct digest digest;
    char digits[DIGEST_TEXT_SIZE];
    char text[sizeof "sha256:" + LOG_HASH_DIGITS];
    digest_of(value, &digest);
    digest_text(&digest, digits);
    (void)snprintf(text, sizeof text, "sha256:%.*s", LOG_HASH_DIGITS, digits);
    log_put_text(line, key, text);
}
