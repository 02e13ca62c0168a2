/* A growing run of bytes with a limit.
 *
 * For replies, log lines and reports. The limit is the promise that no peer makes us grow beyond it: what does not fit
 * is dropped whole and the buffer remembers it (buf_overflowed), so that callers can put many pieces and look once.
 */
#ifndef CORDON_BASE_BUF_H
#define CORDON_BASE_BUF_H

#include "span.h"

#include <stdbool.h>
#include <stddef.h>

struct buf {
    char *data; /* always followed by a NUL that does not count */
    size_t size;
    size_t capacity;
    size_t limit;
    bool overflowed;
};

/* An empty buffer that never holds more than `limit` bytes. Allocates nothing yet. */
void buf_init(struct buf *buf, size_t limit);
void buf_fini(struct buf *buf);

/* Forgets the bytes and the overflow, keeps the memory. */
void buf_clear(struct buf *buf);

void buf_put(struct buf *buf, const void *data, size_t size);
void buf_put_span(struct buf *buf, struct span span);
void buf_put_text(struct buf *buf, const char *text);
void buf_put_char(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

bool buf_overflowed(const struct buf *buf);

/* The bytes so far: valid until the next call that puts. */
struct span buf_span(const struct buf *buf);
const char *buf_text(const struct buf *buf); /* terminated; "" while empty */

#endif
