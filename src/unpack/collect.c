#include "collect.h"

#include "base/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLLECT_ROOM = 4096, COLLECT_BYTES = 1 << 20 };

static struct collect_member *collect_top(struct collect *collect)
{
    assert(collect->is_open && collect->count > 0);
    return &collect->members[collect->count - 1];
}

static bool collect_begin(void *context, const struct unpack_member *member)
{
    struct collect *collect = context;
    assert(!collect->is_open);
    assert(member->names.size == 0 || member->names.data[member->names.size - 1] == '\0');
    if (collect->count == collect->most_members)
        return false;
    struct collect_member *top = &collect->members[collect->count++];
    *top = (struct collect_member){ .how = member->how, .names = memory_new(member->names.size + 1) };
    if (member->names.size > 0)
        memcpy(top->names, member->names.data, member->names.size);
    for (size_t i = 0; i < member->names.size; i++) {
        if (top->names[i] == '\0')
            top->names[i] = '|';
    }
    buf_init(&top->bytes, collect->most_bytes);
    collect->is_open = true;
    collect->is_slice = false;
    return true;
}

static char *collect_room(void *context, size_t *size_out)
{
    struct collect *collect = context;
    struct collect_member *top = collect_top(collect);
    assert(!collect->is_slice);
    size_t left = collect->most_bytes - top->bytes.size;
    size_t room = collect->room > 0 ? collect->room : COLLECT_ROOM;
    *size_out = left < room ? left : room;
    if (*size_out == 0)
        return NULL;
    /* A piece of its own, so that a sanitizer sees a write beyond it. */
    free(collect->given);
    collect->given = memory_new(*size_out);
    collect->given_size = *size_out;
    return collect->given;
}

static void collect_wrote(void *context, size_t size)
{
    struct collect *collect = context;
    assert(collect->given != NULL && size <= collect->given_size);
    buf_put(&collect_top(collect)->bytes, collect->given, size);
    free(collect->given);
    collect->given = NULL;
}

static bool collect_slice(void *context, struct span bytes)
{
    struct collect *collect = context;
    struct collect_member *top = collect_top(collect);
    assert(!collect->is_slice && top->bytes.size == 0);
    assert(bytes.size == 0 || (bytes.data >= collect->content.data &&
                               bytes.data + bytes.size <= collect->content.data + collect->content.size));
    buf_put_span(&top->bytes, span_slice(bytes, 0, collect->most_bytes));
    collect->is_slice = true;
    return bytes.size <= collect->most_bytes;
}

static void collect_end(void *context)
{
    struct collect *collect = context;
    (void)collect_top(collect);
    collect->is_open = false;
    free(collect->given);
    collect->given = NULL;
}

static void collect_note(void *context, enum unpack_trouble trouble, const char *text)
{
    struct collect *collect = context;
    assert(trouble < UNPACK_TROUBLES && text[0] != '\0');
    for (const char *c = text; *c != '\0'; c++)
        assert(*c >= ' ' && *c <= '~');
    if (collect->note_count == COLLECT_NOTES)
        return;
    collect->notes[collect->note_count].trouble = trouble;
    (void)snprintf(collect->notes[collect->note_count].text, COLLECT_NOTE_SIZE, "%s", text);
    collect->note_count++;
}

static bool collect_step(void *context, uint64_t units)
{
    struct collect *collect = context;
    collect->steps += units;
    return collect->steps <= collect->most_steps;
}

static const char *collect_password(void *context, size_t index)
{
    struct collect *collect = context;
    for (size_t i = 0; collect->passwords != NULL && collect->passwords[i] != NULL; i++) {
        if (i == index)
            return collect->passwords[i];
    }
    return NULL;
}

static const struct unpack_ops collect_ops = { .begin = collect_begin,
                                               .room = collect_room,
                                               .wrote = collect_wrote,
                                               .slice = collect_slice,
                                               .end = collect_end,
                                               .note = collect_note,
                                               .step = collect_step,
                                               .password = collect_password };

void collect_init(struct collect *collect)
{
    *collect = (struct collect){ .most_members = COLLECT_MEMBERS,
                                 .most_bytes = COLLECT_BYTES,
                                 .most_steps = UINT64_C(100000000) };
    collect->unpack = (struct unpack){ .ops = &collect_ops, .context = collect };
}

void collect_fini(struct collect *collect)
{
    for (size_t i = 0; i < collect->count; i++) {
        free(collect->members[i].names);
        buf_fini(&collect->members[i].bytes);
    }
    free(collect->given);
    collect->given = NULL;
    collect->count = 0;
}

void collect_read(struct collect *collect, unpack_reader *reader, struct span content)
{
    collect->content = content;
    reader(&collect->unpack, content);
    assert(!collect->is_open);
}

void collect_fuzz(unpack_looks *looks, unpack_reader *reader, struct span content)
{
    struct collect *collect = malloc(sizeof *collect);
    if (collect == NULL)
        return;
    (void)looks(content);
    collect_init(collect);
    collect->most_members = 256;
    collect->most_bytes = 1 << 16;
    collect->room = content.size % 97;
    collect_read(collect, reader, content);
    collect_fini(collect);
    free(collect);
}

const struct collect_member *collect_find(const struct collect *collect, struct span bytes)
{
    for (size_t i = 0; i < collect->count; i++) {
        if (span_equal(buf_span(&collect->members[i].bytes), bytes))
            return &collect->members[i];
    }
    return NULL;
}

const struct collect_member *collect_named(const struct collect *collect, const char *name)
{
    size_t size = strlen(name);
    for (size_t i = 0; i < collect->count; i++) {
        for (const char *at = collect->members[i].names; *at != '\0'; at += strcspn(at, "|") + 1) {
            if (strcspn(at, "|") == size && memcmp(at, name, size) == 0)
                return &collect->members[i];
        }
    }
    return NULL;
}

bool collect_has_note(const struct collect *collect, enum unpack_trouble trouble, const char *text)
{
    for (size_t i = 0; i < collect->note_count; i++) {
        if (collect->notes[i].trouble == trouble && strstr(collect->notes[i].text, text) != NULL)
            return true;
    }
    return false;
}
