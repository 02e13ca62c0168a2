#include "emit.h"

#include "base/test.h"
#include "decoder/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PACK_SIZE = 1000, REPORT_SIZE = 200000 };

/* A report in the making. */
struct fixture {
    struct span message;
    struct decode_job job;
    struct emit_pack packs[DECODE_PACKS];
    char bytes[DECODE_PACKS][PACK_SIZE];
    struct emit emit;
};

static struct fixture fixture;

static void start(const char *message, const struct decode_limits *limits)
{
    struct fault fault = { 0 };
    fixture.message = span_text(message);
    fixture.job = (struct decode_job){ .message_size = fixture.message.size, .limits = *limits };
    for (unsigned i = 1; i < DECODE_PACKS; i++)
        fixture.packs[i] = (struct emit_pack){ .data = fixture.bytes[i],
                                               .size = i == DECODE_PACK_COMMON ? limits->bytes_out
                                                                               : limits->own_bytes };
    CHECK(emit_init(&fixture.emit, &fixture.job, fixture.message, fixture.packs, &fault) == 0);
}

static struct decode_limits small_limits(void)
{
    struct decode_limits limits = memory_limits();
    limits.bytes_out = PACK_SIZE;
    limits.own_bytes = 100;
    return limits;
}

/* A part with so many bytes of a kind, in pieces as they are allowed; how many went in. */
static uint32_t add_bytes(int32_t parent, char byte, size_t size, uint64_t packed, uint64_t hint, size_t *put_out)
{
    struct emit *emit = &fixture.emit;
    uint32_t index = 0;
    *put_out = 0;
    if (!CHECK(emit_add_part(emit, parent, NULL, &index)))
        return 0;
    emit_open(emit, index, packed, hint);
    while (*put_out < size) {
        size_t room = 0;
        char *data = emit_room(emit, &room);
        if (data == NULL)
            break;
        size_t left = size - *put_out;
        room = room < left ? room : left;
        memset(data, byte, room);
        emit_wrote(emit, room);
        *put_out += room;
    }
    (void)emit_close(emit);
    return index;
}

static uint32_t add_slice(int32_t parent, struct span bytes)
{
    uint32_t index = 0;
    CHECK(emit_add_part(&fixture.emit, parent, NULL, &index));
    emit_open(&fixture.emit, index, bytes.size, 0);
    emit_slice(&fixture.emit, bytes);
    (void)emit_close(&fixture.emit);
    return index;
}

static const char *finding(uint32_t number)
{
    static char text[200];
    text[0] = '\0';
    if (number < fixture.emit.finding_count)
        (void)span_copy(emit_text_of(&fixture.emit, fixture.emit.findings[number].text), text, sizeof text);
    return text;
}

/* Each limit on bytes is exact. */
static void test_bytes(void)
{
    struct decode_limits limits = small_limits();
    size_t put = 0;
    for (size_t more = 0; more <= 1; more++) {
        start("m", &limits);
        (void)add_bytes(DECODE_NO_PARENT, 'a', 400, 10, 0, &put);
        CHECK(put == 400);
        uint32_t second = add_bytes(0, 'b', 600 + more, 10, 0, &put);
        CHECK(put == 600 && fixture.emit.bytes_out == 1000 && fixture.emit.parts[second].size == 600);
        CHECK((fixture.emit.kinds != 0) == (more > 0));
        CHECK(strcmp(finding(0), more > 0 ? "decoded bytes: more than 1000" : "") == 0);
        (void)add_bytes(0, 'c', more, 10, 0, &put);
        CHECK(put == 0);
        emit_fini(&fixture.emit);
    }
}

/* What a part is unpacked from bounds it, once it is large. */
static void test_ratio(void)
{
    struct decode_limits limits = small_limits();
    limits.ratio = 3;
    limits.bytes_out = UINT64_C(1) << 40;
    start("m", &limits);
    uint32_t index = 0;
    CHECK(emit_add_part(&fixture.emit, DECODE_NO_PARENT, NULL, &index));
    emit_open(&fixture.emit, index, 10 << 20, 0);
    CHECK(fixture.emit.open.is_ratio && fixture.emit.open.size_left == 30 << 20);
    (void)emit_close(&fixture.emit);
    emit_open(&fixture.emit, index, 1, 0); /* 16 MB are free */
    CHECK(fixture.emit.open.is_ratio && fixture.emit.open.size_left == 16 << 20);
    fixture.emit.open.size_left = 0;
    size_t size = 0;
    CHECK(emit_room(&fixture.emit, &size) == NULL);
    CHECK(strcmp(finding(0), "more than 3 times what it is unpacked from") == 0);
    (void)emit_close(&fixture.emit);
    emit_open(&fixture.emit, index, UINT64_MAX, 0); /* what overflows bounds nothing */
    CHECK(fixture.emit.open.size_left == 16 << 20);
    (void)emit_close(&fixture.emit);
    emit_fini(&fixture.emit);
}

/* A part that may become large gets a pack of its own; where it becomes larger, it moves. */
static void test_own_packs(void)
{
    struct decode_limits limits = small_limits();
    size_t put = 0;
    start("m", &limits);
    const struct decode_part *parts = fixture.emit.parts;
    (void)add_bytes(DECODE_NO_PARENT, 'a', 5, 5, 0, &put);
    CHECK(parts[0].pack == DECODE_PACK_COMMON);
    (void)add_bytes(0, 'b', 24, 24, 24, &put); /* less than a quarter */
    CHECK(parts[1].pack == DECODE_PACK_COMMON && parts[1].offset == 5);
    (void)add_bytes(0, 'c', 25, 25, 25, &put);
    CHECK(parts[2].pack == DECODE_PACK_OWN && parts[2].offset == 0);
    (void)add_bytes(0, 'd', 100, 25, 100, &put);
    CHECK(parts[3].pack == DECODE_PACK_OWN + 1 && put == 100);
    (void)add_bytes(0, 'e', 101, 25, 100, &put); /* more than was said */
    CHECK(parts[4].pack == DECODE_PACK_COMMON && parts[4].offset == 29 && put == 101);
    struct span moved = emit_bytes(&fixture.emit, 4);
    CHECK(moved.size == 101 && moved.data[0] == 'e' && moved.data[100] == 'e');
    (void)add_bytes(0, 'f', 25, 25, 101, &put); /* too large for one */
    CHECK(parts[5].pack == DECODE_PACK_COMMON && parts[5].offset == 130);
    (void)add_bytes(0, 'c', 25, 25, 25, &put); /* a repeat gives its pack back */
    CHECK(parts[6].pack == DECODE_PACK_OWN && (parts[6].flags & DECODE_PART_REPEAT) != 0);
    (void)add_bytes(0, 'g', 0, 25, 25, &put); /* so does one without bytes */
    CHECK(parts[7].pack == DECODE_PACK_MESSAGE && parts[7].size == 0);
    (void)add_bytes(0, 'h', 25, 25, 25, &put);
    (void)add_bytes(0, 'i', 25, 25, 25, &put);
    (void)add_bytes(0, 'j', 25, 25, 25, &put); /* all are taken */
    CHECK(parts[8].pack == DECODE_PACK_OWN + 2 && parts[9].pack == DECODE_PACK_OWN + 3);
    CHECK(parts[10].pack == DECODE_PACK_COMMON && parts[10].offset == 155 && fixture.emit.kinds == 0);
    CHECK(fixture.emit.bytes_out == 5 + 24 + 25 + 100 + 101 + 25 + 3 * 25);
    emit_fini(&fixture.emit);
}

/* It does not fit into its own pack, nor into what is left of the common one. */
static void test_no_room_to_move(void)
{
    struct decode_limits limits = small_limits();
    size_t put = 0;
    start("m", &limits);
    (void)add_bytes(DECODE_NO_PARENT, 'a', 890, 890, 0, &put);
    uint32_t index = add_bytes(0, 'b', 111, 25, 50, &put);
    CHECK(put == 110 && fixture.emit.parts[index].pack == DECODE_PACK_COMMON && fixture.emit.bytes_out == 1000);
    CHECK(strcmp(finding(0), "decoded bytes: more than 1000") == 0);
    emit_fini(&fixture.emit);
    start("m", &limits);
    (void)add_bytes(DECODE_NO_PARENT, 'a', 900, 900, 0, &put);
    index = add_bytes(0, 'b', 101, 25, 50, &put);
    CHECK(put == 100 && fixture.emit.parts[index].pack == DECODE_PACK_OWN);
    emit_fini(&fixture.emit);
}

static void test_slices(void)
{
    struct decode_limits limits = small_limits();
    size_t put = 0;
    start("0123456789", &limits);
    struct emit *emit = &fixture.emit;
    (void)add_slice(DECODE_NO_PARENT, fixture.message);
    uint32_t index = add_slice(0, span_slice(fixture.message, 2, 3));
    CHECK(emit->parts[index].pack == DECODE_PACK_MESSAGE && emit->parts[index].offset == 2);
    CHECK(emit->bytes_out == 0 && emit->common_size == 0);
    index = add_bytes(0, '7', 1, 1, 0, &put); /* made, and then found in the message: a repeat of nothing */
    CHECK((emit->parts[index].flags & DECODE_PART_REPEAT) == 0 && emit->bytes_out == 1);
    index = add_slice(0, span_slice(fixture.message, 7, 1));
    CHECK((emit->parts[index].flags & DECODE_PART_REPEAT) != 0 && emit->parts[index].pack == DECODE_PACK_COMMON);
    index = add_bytes(0, 'x', 50, 50, 0, &put);
    index = add_slice(0, span_slice(emit_bytes(emit, index), 10, 20));
    CHECK(emit->parts[index].pack == DECODE_PACK_COMMON && emit->parts[index].offset == 11);
    CHECK(emit->common_size == 51 && emit->bytes_out == 71);
    index = add_slice(0, span_of(NULL, 0));
    CHECK(emit->parts[index].size == 0 && emit->kinds == 0);
    emit_fini(emit);
}

/* Work on bytes that are there already, or overlap, ends too. */
static void test_work(void)
{
    struct decode_limits limits = small_limits();
    size_t put = 0;
    uint64_t made = 0;
    start("0123456789", &limits);
    (void)add_slice(DECODE_NO_PARENT, fixture.message);
    for (unsigned i = 0; i < 100; i++) {
        (void)add_bytes(0, 'a', 100, 100, 0, &put);
        made += put;
    }
    CHECK(made == 4 * (1000 + 10) && strcmp(finding(0), "decoded bytes: more than 1000") == 0);
    emit_fini(&fixture.emit);
    start("0123456789", &limits);
    for (unsigned i = 0; i < 403; i++)
        (void)add_slice(i == 0 ? DECODE_NO_PARENT : 0, fixture.message);
    CHECK(fixture.emit.kinds == 0);
    (void)add_slice(0, fixture.message);
    CHECK(fixture.emit.kinds == 0 && fixture.emit.bytes_sliced == 4040);
    uint32_t index = add_slice(0, fixture.message);
    CHECK(fixture.emit.kinds == DECODE_KIND_BIT(DECODE_LIMIT) && fixture.emit.parts[index].size == 0);
    emit_fini(&fixture.emit);
}

static int keep(void *context, uint64_t offset, const void *data, size_t size, struct fault *fault)
{
    (void)fault;
    memcpy((char *)context + offset, data, size);
    return 0;
}

/* Ranges that overlap, that have no owner any more, or whose owner has no bytes. */
static void test_covers(void)
{
    static char room[REPORT_SIZE];
    struct decode_limits limits = small_limits();
    struct fault fault = { 0 };
    size_t put = 0;
    start("0123456789", &limits);
    struct emit *emit = &fixture.emit;
    (void)add_slice(DECODE_NO_PARENT, span_of(NULL, 0));
    uint32_t a = add_bytes(0, 'a', 5, 5, 0, &put);
    uint32_t b = add_bytes(0, 'b', 5, 5, 0, &put);
    uint32_t nothing = add_bytes(0, 'c', 0, 5, 0, &put);
    emit_cover(emit, (struct decode_range){ 4, 3 }, b);
    emit_cover(emit, (struct decode_range){ 1, 4 }, a);
    emit_cover(emit, (struct decode_range){ 8, 1 }, a);
    emit_cover(emit, (struct decode_range){ 9, 1 }, nothing);
    uint32_t dropped = add_bytes(0, 'a', 5, 5, 0, &put);
    emit_cover(emit, (struct decode_range){ 7, 1 }, dropped);
    emit_find(emit, DECODE_DAMAGED, dropped, "x");
    emit_drop_part(emit, dropped);
    CHECK(emit->findings[0].part == 0 && (emit->parts[0].flags & DECODE_KIND_BIT(DECODE_DAMAGED)) != 0);
    CHECK(emit_finish(emit, keep, room, &fault) == 0);
    static const struct decode_cover expected[] = {
        { .offset = 0, .size = 1, .owner = DECODE_FRAME }, { .offset = 1, .size = 4, .owner = 1 },
        { .offset = 5, .size = 3, .owner = DECODE_FRAME }, { .offset = 8, .size = 1, .owner = 1 },
        { .offset = 9, .size = 1, .owner = DECODE_FRAME },
    };
    struct decode_head head;
    memcpy(&head, room, sizeof head);
    if (CHECK(head.cover_count == 5))
        CHECK(memcmp(room + head.covers_at, expected, sizeof expected) == 0);
    emit_fini(emit);
}

static void test_names(void)
{
    struct decode_limits limits = small_limits();
    uint32_t index = 0;
    start("m", &limits);
    struct emit *emit = &fixture.emit;
    CHECK(emit_add_part(emit, DECODE_NO_PARENT, "how", &index));
    emit_add_names(emit, index, span_of("a\0b\0a\0\0", 7));
    CHECK(span_equal(emit_text_of(emit, emit->parts[0].names), span_of("a\0b\0", 4)));
    emit_set_declared(emit, index, span_text("x/y"));
    emit_add_names(emit, index, span_of("c\0b\0", 4)); /* they move behind the type */
    CHECK(span_equal(emit_text_of(emit, emit->parts[0].names), span_of("a\0b\0c\0", 6)));
    CHECK(span_is(emit_text_of(emit, emit->parts[0].declared), "x/y"));
    CHECK(span_is(emit_text_of(emit, emit->parts[0].path), "1"));
    uint32_t child = 0;
    CHECK(emit_add_part(emit, 0, NULL, &child));
    uint32_t counted = emit->text_counted;
    emit_drop_part(emit, child);
    CHECK(emit->text_counted == counted - 3); /* its path is forgotten too */
    CHECK(emit_add_part(emit, 0, NULL, &child) && span_is(emit_text_of(emit, emit->parts[child].path), "1.1"));
    emit_fini(emit);
}

/* What repeats is stored once, but counts each time for whoever unpacks everything. */
static void test_bombs(void)
{
    struct decode_limits limits = small_limits();
    size_t put = 0;
    start("m", &limits);
    (void)add_bytes(DECODE_NO_PARENT, 'r', 1, 1, 0, &put);
    for (int i = 0; i < 10; i++)
        (void)add_bytes(0, 'a', 100, 100, 0, &put);
    emit_check_bombs(&fixture.emit);
    CHECK(fixture.emit.kinds == 0); /* 1,001 bytes: as many as may be, and the message */
    (void)add_bytes(0, 'b', 1, 1, 0, &put);
    emit_check_bombs(&fixture.emit);
    CHECK(strcmp(finding(0), "decoded bytes, if what repeats is counted each time") == 0);
    emit_fini(&fixture.emit);

    start("m", &limits); /* each level holds the level below ten times: 10, 100, 1,000, 10,000 */
    (void)add_bytes(DECODE_NO_PARENT, 'r', 1, 1, 0, &put);
    int32_t above = 0;
    for (char c = 'a'; c < 'e'; c++) {
        uint32_t first = add_bytes(above, c, 1, 1, 0, &put);
        for (int i = 1; i < 10; i++)
            (void)add_bytes(above, c, 1, 1, 0, &put);
        above = (int32_t)first;
    }
    emit_check_bombs(&fixture.emit);
    CHECK(strcmp(finding(0), "decoded bytes, if what repeats is counted each time") == 0);
    emit_fini(&fixture.emit);

    start("m", &limits); /* a part that holds itself */
    (void)add_bytes(DECODE_NO_PARENT, 'r', 1, 1, 0, &put);
    (void)add_bytes(0, 'q', 1, 1, 0, &put);
    (void)add_bytes(1, 'q', 1, 1, 0, &put);
    emit_check_bombs(&fixture.emit);
    CHECK(strcmp(finding(0), "an archive that contains itself") == 0);
    emit_fini(&fixture.emit);
}

static void test_steps(void)
{
    struct decode_limits limits = small_limits();
    limits.steps = 10;
    start("m", &limits);
    uint32_t index = 0;
    CHECK(emit_add_part(&fixture.emit, DECODE_NO_PARENT, NULL, &index));
    CHECK(emit_step(&fixture.emit, 10, index) && emit_step(&fixture.emit, 0, index) && fixture.emit.kinds == 0);
    CHECK(!emit_step(&fixture.emit, 1, index) && !emit_step(&fixture.emit, 0, index));
    CHECK(strcmp(finding(0), "steps of work") == 0 && fixture.emit.finding_count == 1);
    CHECK(!emit_step(&fixture.emit, UINT64_MAX, index) && !emit_step(&fixture.emit, 0, index));
    emit_fini(&fixture.emit);
}

int main(void)
{
    test_bytes();
    test_ratio();
    test_own_packs();
    test_no_room_to_move();
    test_slices();
    test_work();
    test_covers();
    test_names();
    test_bombs();
    test_steps();
    return test_end();
}
