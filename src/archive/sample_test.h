/* Archives inside of unit tests, for those alone: base64 of deflated bytes (RFC 1950), checked row by row for what
 * comes out of a reader, whatever room it is given.
 */
#ifndef CORDON_ARCHIVE_SAMPLE_TEST_H
#define CORDON_ARCHIVE_SAMPLE_TEST_H

#include "base/base64.h"
#include "base/memory.h"
#include "base/test.h"
#include "unpack/collect.h"
#include "unpack/inflate.h"

#include <stdlib.h>
#include <string.h>

#define SAMPLE_LINE "the payload, which is a few words long and says nothing else\n"
#define SAMPLE_PAYLOAD SAMPLE_LINE SAMPLE_LINE SAMPLE_LINE
#define SAMPLE_OTHER "another text\n"

struct sample_row {
    const char *name;
    const char *base64;
    size_t members;     /* SIZE_MAX: any number */
    const char *member; /* a name that is among them, or NULL */
    const char *bytes;  /* and what one of them has; NULL: none has SAMPLE_PAYLOAD */
    enum unpack_trouble trouble;
    const char *note; /* of that trouble, and the only ones; NULL: none at all */
};

static struct collect sample_collect;

static void sample_inflate(struct unpack *unpack, struct span packed)
{
    static const struct unpack_member member = { .how = "sample" };
    size_t used = 0;
    CHECK(unpack_begin(unpack, &member));
    CHECK(inflate_put(unpack, INFLATE_ZLIB, packed, &used) == UNPACK_WHOLE);
    unpack_end(unpack);
}

/* The bytes, to be freed with free(). */
static inline char *sample_open(const char *base64, size_t *size_out)
{
    size_t capacity = strlen(base64) + 4;
    char *packed = memory_new(capacity);
    struct base64 decoder = { 0 };
    struct span rest = span_text(base64);
    size_t size = base64_decode(&decoder, &rest, packed, capacity);
    size += base64_flush(&decoder, packed + size);
    collect_init(&sample_collect);
    sample_collect.most_bytes = 4 << 20;
    collect_read(&sample_collect, sample_inflate, span_of(packed, size));
    struct span bytes = buf_span(&sample_collect.members[0].bytes);
    char *copy = memory_new(bytes.size + 1);
    memcpy(copy, bytes.data, bytes.size);
    *size_out = bytes.size;
    collect_fini(&sample_collect);
    free(packed);
    return copy;
}

static inline void sample_check_notes(const struct sample_row *row)
{
    CHECK((sample_collect.note_count == 0) == (row->note == NULL));
    for (size_t i = 0; i < sample_collect.note_count; i++) {
        CHECK(row->note == NULL || strstr(sample_collect.notes[i].text, row->note) != NULL);
        CHECK(sample_collect.notes[i].trouble == row->trouble);
    }
}

static inline void sample_check(const struct sample_row *row, unpack_looks *looks, unpack_reader *reader, size_t room)
{
    size_t size = 0;
    char *bytes = sample_open(row->base64, &size);
    test_context(row->name);
    collect_init(&sample_collect);
    sample_collect.room = room;
    CHECK(looks(span_of(bytes, size)));
    collect_read(&sample_collect, reader, span_of(bytes, size));
    CHECK(row->members == SIZE_MAX || sample_collect.count == row->members);
    CHECK(row->member == NULL || collect_named(&sample_collect, row->member) != NULL);
    const char *wanted = row->bytes != NULL ? row->bytes : SAMPLE_PAYLOAD;
    CHECK((collect_find(&sample_collect, span_text(wanted)) != NULL) == (row->bytes != NULL));
    sample_check_notes(row);
    collect_fini(&sample_collect);
    /* Cut anywhere, it is read without harm. */
    for (size_t cut = 0; cut < size; cut += size / 16 + 1) {
        char *part = memory_new(cut + 1);
        memcpy(part, bytes, cut);
        collect_init(&sample_collect);
        if (looks(span_of(part, cut)))
            collect_read(&sample_collect, reader, span_of(part, cut));
        collect_fini(&sample_collect);
        free(part);
    }
    free(bytes);
    test_context(NULL);
}

static inline void sample_check_rows(const struct sample_row *rows, size_t count, unpack_looks *looks,
                                     unpack_reader *reader)
{
    for (size_t i = 0; i < count; i++) {
        sample_check(&rows[i], looks, reader, 0);
        sample_check(&rows[i], looks, reader, 11);
    }
}

#endif
