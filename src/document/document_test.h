/* For the tests of the readers alone: the small kept files, which stand in the folder that the test is given, and looks
 * at what came out. */
#ifndef CORDON_DOCUMENT_TEST_H
#define CORDON_DOCUMENT_TEST_H

#include "base/memory.h"
#include "base/test.h"
#include "unpack/collect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAYLOAD "the payload: harmless, and long enough to be looked for.\n"

/* To be freed. Empty where there is no such file. */
static inline struct span test_file(const char *folder, const char *name)
{
    enum { MOST = 1 << 16 };
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    char *data = memory_new(MOST);
    FILE *file = fopen(path, "rb");
    size_t size = file != NULL ? fread(data, 1, MOST, file) : 0;
    if (file != NULL)
        (void)fclose(file);
    return span_of(data, size);
}

/* Is there a member whose bytes begin with the payload? */
static inline const struct collect_member *test_payload(const struct collect *collect)
{
    for (size_t i = 0; i < collect->count; i++) {
        if (span_starts_with(buf_span(&collect->members[i].bytes), PAYLOAD))
            return &collect->members[i];
    }
    return NULL;
}

struct test_row {
    const char *file;
    const char *name; /* of the member with the payload; NULL: any */
    const char *note; /* a part of the only note; NULL: no note at all */
};

static inline void test_file_row(const char *folder, const struct test_row *row, unpack_looks *looks,
                                 unpack_reader *reader)
{
    static struct collect collect;
    struct span content = test_file(folder, row->file);
    test_context(row->file);
    CHECK(content.size > 0 && looks(content));
    for (size_t room = 0; room < 8; room += 7) {
        collect_init(&collect);
        collect.room = room;
        collect_read(&collect, reader, content);
        const struct collect_member *named = row->name != NULL ? collect_named(&collect, row->name) : NULL;
        CHECK(test_payload(&collect) != NULL);
        bool has_name = false;
        for (size_t i = 0; named != NULL && i < collect.count; i++)
            has_name = has_name || (span_starts_with(buf_span(&collect.members[i].bytes), PAYLOAD) &&
                                    strstr(collect.members[i].names, row->name) != NULL);
        CHECK(row->name == NULL || has_name);
        CHECK(row->note == NULL ? collect.note_count == 0
                                : collect.note_count == 1 && strstr(collect.notes[0].text, row->note) != NULL);
        collect_fini(&collect);
    }
    test_context(NULL);
    free((void *)(uintptr_t)content.data);
}

#endif
