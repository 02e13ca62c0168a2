/* Any content has one type, well written and no longer than a declared one may be, however it is cut into pieces. The
 * first byte is the pieces' size; the second, where it is odd, puts the rest where the window may be.
 */
#include "detect.h"

#include "mail/entity.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FAR_BYTES = 40000 };

static const char *detect(struct span content, size_t piece_size)
{
    struct mail_sample sample;
    mail_sample_init(&sample);
    for (size_t at = 0; at < content.size; at += piece_size)
        mail_sample_add(&sample, span_slice(content, at, piece_size));
    assert(sample.size == content.size);
    return mail_detect(&sample);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    size_t piece_size = (size_t)data[0] + 1;
    size_t content_size = (data[1] & 1) != 0 ? FAR_BYTES : size - 2;
    char *content = calloc(1, content_size + 1);
    assert(content != NULL);
    size_t copied = size - 2 < content_size ? size - 2 : content_size;
    memcpy(content, data + 2, copied);
    memcpy(content + content_size - copied, data + 2, copied);

    const char *whole = detect(span_of(content, content_size), content_size + 1);
    assert(detect(span_of(content, content_size), piece_size) == whole);
    assert(strlen(whole) < MAIL_TYPE_SIZE);
    assert(strspn(whole, "abcdefghijklmnopqrstuvwxyz0123456789/.+-") == strlen(whole));
    assert(whole[0] == '\0' || strchr(whole, '/') != NULL);
    free(content);
    return 0;
}
