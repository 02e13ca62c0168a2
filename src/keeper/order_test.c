/* Papers as they must be, and each way in which they make no sense. */
#include "keeper/order.h"

#include "base/test.h"
#include "store/meta.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

enum { MESSAGE_SIZE = 10000 };

struct papers {
    struct buf meta;
    struct buf rest;
    uint32_t count;
};

static void papers_begin(struct papers *papers)
{
    *papers = (struct papers){ 0 };
    buf_init(&papers->meta, (size_t)2 * STORE_META_MOST);
    buf_init(&papers->rest, (size_t)2 * KEEP_PAPERS_MOST);
}

static void papers_put_part(struct papers *papers, uint64_t offset, uint64_t size)
{
    struct keep_part part = { .offset = offset, .size = size };
    buf_put(&papers->rest, &part, sizeof part);
    papers->count++;
}

/* 0, or the fault's code. Frees the papers. */
static int papers_read(struct papers *papers, enum keep_kind kind, unsigned change, struct order *order_out)
{
    struct keep_job job = { .magic = KEEP_MAGIC, .kind = kind, .change = change };
    struct keep_papers head = { .meta_size = (uint32_t)papers->meta.size, .part_count = papers->count };
    struct fault fault = { 0 };
    struct buf all;
    buf_init(&all, (size_t)4 * KEEP_PAPERS_MOST);
    buf_put(&all, &head, sizeof head);
    buf_put_span(&all, buf_span(&papers->meta));
    buf_put_span(&all, buf_span(&papers->rest));
    int failed = order_read(&job, buf_span(&all), MESSAGE_SIZE, order_out, &fault);
    CHECK((failed != 0) == (fault.text[0] != '\0'));
    buf_fini(&all);
    buf_fini(&papers->meta);
    buf_fini(&papers->rest);
    return failed != 0 ? fault.code : 0;
}

static void test_put(void)
{
    struct papers papers;
    struct order order;
    papers_begin(&papers);
    meta_put_text(&papers.meta, META_SENDER, "a@client.test");
    papers_put_part(&papers, 100, 5000);
    papers_put_part(&papers, 5100, 4900);
    CHECK(papers_read(&papers, KEEP_PUT, 0, &order) == 0 && order.part_count == 2 && order.meta.size > 0);
    CHECK(order.parts[1].offset == 5100 && order.parts[1].size == 4900);
    order_fini(&order);
    papers_begin(&papers);
    CHECK(papers_read(&papers, KEEP_PUT, 0, &order) == 0 && order.part_count == 0);
    order_fini(&order);
}

static void test_parts(void)
{
    static const struct row {
        const char *name;
        struct keep_part first;
        struct keep_part second;
    } cases[] = {
        { "empty", { 0, 0 }, { 1, 1 } },
        { "overlap", { 0, 100 }, { 99, 1 } },
        { "descending", { 100, 100 }, { 0, 100 } },
        { "behind the end", { 0, MESSAGE_SIZE }, { MESSAGE_SIZE, 1 } },
        { "too long", { 0, 1 }, { 1, MESSAGE_SIZE } },
        { "size wraps", { 100, UINT64_MAX - 50 }, { 50, 10 } },
        { "offset wraps", { UINT64_MAX, 2 }, { 1, 1 } },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct papers papers;
        struct order order;
        test_context(cases[i].name);
        papers_begin(&papers);
        papers_put_part(&papers, cases[i].first.offset, cases[i].first.size);
        papers_put_part(&papers, cases[i].second.offset, cases[i].second.size);
        CHECK(papers_read(&papers, KEEP_PUT, 0, &order) == EINVAL);
    }
    test_context(NULL);
}

static void test_put_refused(void)
{
    static const enum meta_field others[] = { META_PART, META_PART_DIGEST, META_OWNERS, META_WHAT, META_ABOUT };
    struct papers papers;
    struct order order;
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        papers_begin(&papers);
        meta_put_number(&papers.meta, others[i], 1);
        CHECK(papers_read(&papers, KEEP_PUT, 0, &order) == EINVAL);
    }
    papers_begin(&papers);
    buf_put_text(&papers.meta, "x");
    CHECK(papers_read(&papers, KEEP_PUT, 0, &order) == EINVAL);
    papers_begin(&papers);
    papers_put_part(&papers, 0, 1);
    papers.count = 2;
    CHECK(papers_read(&papers, KEEP_PUT, 0, &order) == EINVAL);
    papers_begin(&papers);
    papers_put_part(&papers, 0, 1);
    papers.count = UINT32_MAX;
    CHECK(papers_read(&papers, KEEP_PUT, 0, &order) == EINVAL);
    papers_begin(&papers);
    while (papers.meta.size <= STORE_META_MOST)
        meta_put(&papers.meta, META_SUBJECT, span_of("0123456789abcdef", 16));
    CHECK(papers_read(&papers, KEEP_PUT, 0, &order) == EINVAL);

    struct keep_job job = { .kind = KEEP_PUT };
    struct keep_papers head = { .meta_size = 1 };
    struct fault fault = { 0 };
    CHECK(order_read(&job, span_of(&head, sizeof head), 1, &order, &fault) == -1 && fault.code == EINVAL);
    CHECK(order_read(&job, span_of(&head, sizeof head - 1), 1, &order, &fault) == -1);
    CHECK(order_read(&job, span_of(NULL, 0), 1, &order, &fault) == -1);
}

static void change_begin(struct papers *papers)
{
    papers_begin(papers);
    meta_put_text(&papers->meta, META_WHAT, "delete");
    meta_put_text(&papers->meta, META_WHO, "root");
}

static void test_change(void)
{
    struct papers papers;
    struct order order;
    change_begin(&papers);
    meta_put_text(&papers.meta, META_WHY, "because");
    meta_put_number(&papers.meta, META_ABOUT, 7);
    meta_put_number(&papers.meta, META_ABOUT, UINT64_C(0x0102030405060708));
    CHECK(papers_read(&papers, KEEP_CHANGE, STORE_DELETE, &order) == 0);
    CHECK(order.change.kind == STORE_DELETE && order.change.count == 2 && order.change.about[0] == 7);
    CHECK(order.change.about[1] == UINT64_C(0x0102030405060708));
    CHECK(strcmp(order.change.what, "delete") == 0 && strcmp(order.change.who, "root") == 0);
    CHECK(strcmp(order.change.why, "because") == 0 && order.change.how[0] == '\0');
    order_fini(&order);

    change_begin(&papers);
    CHECK(papers_read(&papers, KEEP_CHANGE, STORE_NOTE, &order) == 0 && order.change.count == 0);
    order_fini(&order);
}

static int change_with(enum meta_field field, struct span value, unsigned change)
{
    struct papers papers;
    struct order order;
    change_begin(&papers);
    meta_put_number(&papers.meta, META_ABOUT, 1);
    meta_put(&papers.meta, field, value);
    int code = papers_read(&papers, KEEP_CHANGE, change, &order);
    order_fini(&order);
    return code;
}

static void test_change_refused(void)
{
    static const char zeroes[ORDER_HOW_SIZE] = { 0 };
    char long_text[ORDER_HOW_SIZE + 1];
    struct papers papers;
    struct order order;
    memset(long_text, 'a', sizeof long_text);
    CHECK(change_with(META_WHY, span_text("x"), STORE_DELETE) == 0);
    CHECK(change_with(META_WHY, span_text("x"), STORE_CHANGES) == EINVAL);
    CHECK(change_with(META_WHY, span_of(long_text, ORDER_WHY_SIZE), STORE_DELETE) == EFBIG);
    CHECK(change_with(META_HOW, span_of(long_text, ORDER_HOW_SIZE - 1), STORE_DELETE) == 0);
    CHECK(change_with(META_HOW, span_of(long_text, 32768), STORE_DELETE) == 0); /* hundreds of recipients */
    CHECK(change_with(META_HOW, span_of(zeroes, 3), STORE_DELETE) == EINVAL);
    CHECK(change_with(META_WHO, span_text("x"), STORE_DELETE) == EINVAL); /* twice */
    CHECK(change_with(META_SENDER, span_text("x"), STORE_DELETE) == EINVAL);
    CHECK(change_with(META_ABOUT, span_text("x"), STORE_DELETE) == EINVAL);
    CHECK(change_with(META_ABOUT, span_of(zeroes, 8), STORE_DELETE) == EINVAL);
    change_begin(&papers);
    CHECK(papers_read(&papers, KEEP_CHANGE, STORE_DELETE, &order) == EINVAL); /* about nothing */
    papers_begin(&papers);
    meta_put_number(&papers.meta, META_ABOUT, 1);
    CHECK(papers_read(&papers, KEEP_CHANGE, STORE_DELETE, &order) == EINVAL); /* nobody's */
    change_begin(&papers);
    for (uint64_t i = 0; i <= STORE_MOST_ABOUT; i++)
        meta_put_number(&papers.meta, META_ABOUT, i + 1);
    CHECK(papers_read(&papers, KEEP_CHANGE, STORE_DELETE, &order) == EFBIG);
    change_begin(&papers);
    papers_put_part(&papers, 0, 1);
    CHECK(papers_read(&papers, KEEP_CHANGE, STORE_NOTE, &order) == EINVAL);
}

static int slots_with(size_t bytes, uint32_t count, unsigned abouts)
{
    static const char slots[(STORE_MOST_OWNERS + 1) * KEEP_SLOT_SIZE] = { 1 };
    struct papers papers;
    struct order order;
    papers_begin(&papers);
    for (unsigned i = 0; i < abouts; i++)
        meta_put_number(&papers.meta, META_ABOUT, 5 + i);
    buf_put(&papers.rest, slots, bytes);
    papers.count = count;
    int code = papers_read(&papers, KEEP_SLOTS, 0, &order);
    CHECK(code != 0 || (order.slots_each * abouts == count && order.about[0] == 5));
    order_fini(&order);
    return code;
}

static void test_slots(void)
{
    CHECK(slots_with(KEEP_SLOT_SIZE, 1, 1) == 0);
    CHECK(slots_with((size_t)STORE_MOST_OWNERS * KEEP_SLOT_SIZE, STORE_MOST_OWNERS, 1) == 0);
    CHECK(slots_with((size_t)(STORE_MOST_OWNERS + 1) * KEEP_SLOT_SIZE, STORE_MOST_OWNERS + 1, 1) == EINVAL);
    CHECK(slots_with(KEEP_SLOT_SIZE - 1, 1, 1) == EINVAL);
    CHECK(slots_with(KEEP_SLOT_SIZE, 1, 2) == EINVAL);
    CHECK(slots_with((size_t)6 * KEEP_SLOT_SIZE, 6, 3) == 0);
    CHECK(slots_with((size_t)6 * KEEP_SLOT_SIZE, 6, 4) == EINVAL);
    CHECK(slots_with(KEEP_SLOT_SIZE, 1, 0) == EINVAL);
    CHECK(slots_with(0, 0, 1) == EINVAL);
}

int main(void)
{
    test_put();
    test_parts();
    test_put_refused();
    test_change();
    test_change_refused();
    test_slots();
    return test_end();
}
