#include "buf.h"

#include "memory.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BUF_FIRST_CAPACITY = 256 };

void buf_init(struct buf *buf, size_t limit)
{
    *buf = (struct buf){ .limit = limit };
}

void buf_fini(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){ 0 };
}

void buf_clear(struct buf *buf)
{
    buf->size = 0;
    buf->overflowed = false;
    if (buf->data != NULL)
        buf->data[0] = '\0';
}

/* Room for `more` bytes and the NUL; false, and marked, where the limit forbids it. */
static bool buf_reserve(struct buf *buf, size_t more)
{
    assert(buf->size <= buf->limit);
    if (more > buf->limit - buf->size) {
        buf->overflowed = true;
        return false;
    }
    size_t needed = buf->size + more + 1;
    if (needed <= buf->capacity)
        return true;
    size_t capacity = buf->capacity > 0 ? buf->capacity * 2 : BUF_FIRST_CAPACITY;
    if (capacity < needed)
        capacity = needed;
    char *data = realloc(buf->data, capacity);
    if (data == NULL)
        memory_end();
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

void buf_put(struct buf *buf, const void *data, size_t size)
{
    if (!buf_reserve(buf, size))
        return;
    if (size > 0)
        memcpy(buf->data + buf->size, data, size);
    buf->size += size;
    buf->data[buf->size] = '\0';
}

void buf_put_span(struct buf *buf, struct span span)
{
    buf_put(buf, span.data, span.size);
}

void buf_put_text(struct buf *buf, const char *text)
{
    buf_put(buf, text, strlen(text));
}

void buf_put_char(struct buf *buf, char c)
{
    buf_put(buf, &c, 1);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int needed = vsnprintf(NULL, 0, format, args);
    va_end(args);
    assert(needed >= 0);
    if (!buf_reserve(buf, (size_t)needed))
        return;
    va_start(args, format);
    (void)vsnprintf(buf->data + buf->size, (size_t)needed + 1, format, args);
    va_end(args);
    buf->size += (size_t)needed;
}

bool buf_overflowed(const struct buf *buf)
{
    return buf->overflowed;
}

struct span buf_span(const struct buf *buf)
{
    return span_of(buf->data, buf->size);
}

const char *buf_text(const struct buf *buf)
{
    return buf->data != NULL ? buf->data : "";
}
