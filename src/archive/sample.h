/* For the unit tests of readers alone: tables of small files, as programs wrote them, with what must come out. */
#ifndef CORDON_ARCHIVE_SAMPLE_H
#define CORDON_ARCHIVE_SAMPLE_H

#include "base/base64.h"
#include "base/test.h"
#include "unpack/collect.h"
#include "unpack/inflate.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE_MEMBERS = 16, SAMPLE_SIZE = 1 << 17 };

struct sample_member {
    const char *name; /* one of its names; NULL: any */
    const char *text; /* its bytes; NULL: any */
};

struct sample {
    const char *name;
    const char *base64;
    size_t cut;  /* so many bytes are missing at the end */
    size_t flip; /* the byte at this offset is another one; 0: none */
    struct sample_member members[SAMPLE_MEMBERS];
    size_t count;     /* of all members; 0: of those above */
    const char *note; /* part of one; NULL: there must be none */
    enum unpack_trouble trouble;
};

static inline size_t sample_decode(const char *text, char *bytes_out)
{
    struct base64 base64 = { 0 };
    struct span rest = span_text(text);
    size_t size = base64_decode(&base64, &rest, bytes_out, SAMPLE_SIZE);
    return size + base64_flush(&base64, bytes_out + size);
}

static inline bool sample_has(const struct collect *collect, const struct sample_member *wanted)
{
    for (size_t i = 0; i < collect->count; i++) {
        struct collect one = { .members = { collect->members[i] }, .count = 1 };
        if ((wanted->name == NULL || collect_named(&one, wanted->name) != NULL) &&
            (wanted->text == NULL || span_is(buf_span(&collect->members[i].bytes), wanted->text)))
            return true;
    }
    return false;
}

static inline void sample_report(const struct collect *collect)
{
    for (size_t i = 0; i < collect->count; i++)
        (void)fprintf(stderr, "  %zu bytes '%s' (%s)\n", collect->members[i].bytes.size, collect->members[i].names,
                      collect->members[i].how);
    for (size_t i = 0; i < collect->note_count; i++)
        (void)fprintf(stderr, "  %s\n", collect->notes[i].text);
}

static inline void sample_check_content(const struct sample *sample, unpack_reader *reader, struct span content)
{
    static const size_t rooms[] = { 0, 1, 7 };
    static struct collect collect;
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++) {
        collect_init(&collect);
        collect.room = rooms[i];
        collect_read(&collect, reader, content);
        size_t wanted = 0;
        bool is_good = true;
        for (;
             wanted < SAMPLE_MEMBERS && (sample->members[wanted].name != NULL || sample->members[wanted].text != NULL);
             wanted++)
            is_good = CHECK(sample_has(&collect, &sample->members[wanted])) && is_good;
        is_good = CHECK(collect.count == (sample->count > 0 ? sample->count : wanted)) && is_good;
        if (sample->note != NULL)
            is_good = CHECK(collect_has_note(&collect, sample->trouble, sample->note)) && is_good;
        else
            is_good = CHECK(collect.note_count == 0) && is_good;
        if (!is_good)
            sample_report(&collect);
        collect_fini(&collect);
    }
}

static inline void sample_check(const struct sample *rows, size_t count, unpack_looks *looks, unpack_reader *reader)
{
    static char bytes[SAMPLE_SIZE];
    for (size_t i = 0; i < count; i++) {
        test_context(rows[i].name);
        size_t size = sample_decode(rows[i].base64, bytes) - rows[i].cut;
        if (rows[i].flip > 0)
            bytes[rows[i].flip] ^= 0x21;
        /* Of just this size, so that a sanitizer sees one byte too far. */
        char *exact = malloc(size);
        if (!CHECK(exact != NULL))
            return;
        memcpy(exact, bytes, size);
        CHECK(looks(span_of(exact, size)));
        sample_check_content(&rows[i], reader, span_of(exact, size));
        free(exact);
    }
    test_context(NULL);
}

/* The same of what is in a gzip: for archives with many zero bytes. */
static inline void sample_inflate(struct unpack *unpack, struct span content)
{
    size_t used = 0;
    if (unpack_begin(unpack, &(struct unpack_member){ .how = NULL })) {
        (void)inflate_put(unpack, INFLATE_GZIP, content, &used);
        unpack_end(unpack);
    }
}

static inline void sample_check_packed(const struct sample *rows, size_t count, unpack_looks *looks,
                                       unpack_reader *reader)
{
    static char bytes[SAMPLE_SIZE];
    static struct collect outer;
    for (size_t i = 0; i < count; i++) {
        test_context(rows[i].name);
        collect_init(&outer);
        collect_read(&outer, sample_inflate, span_of(bytes, sample_decode(rows[i].base64, bytes)));
        struct span content = buf_span(&outer.members[0].bytes);
        if (CHECK(content.size > rows[i].cut)) {
            content = span_slice(content, 0, content.size - rows[i].cut);
            if (rows[i].flip > 0)
                outer.members[0].bytes.data[rows[i].flip] ^= 0x21;
            CHECK(looks(content));
            sample_check_content(&rows[i], reader, content);
        }
        collect_fini(&outer);
    }
    test_context(NULL);
}

/* Texts and the like that begin as the format does and are not of it. */
static inline void sample_check_others(const struct span *others, size_t count, unpack_looks *looks)
{
    for (size_t i = 0; i < count; i++)
        CHECK(!looks(others[i]));
}

#endif
