#include "recall.h"

#include "base/test.h"
#include "scanner/together.h"

#include <poll.h>
#include <stdatomic.h>
#include <string.h>

static struct recall_key key(unsigned number, uint64_t hint)
{
    struct recall_key key = { .hint = hint };
    digest_of(span_of(&number, sizeof number), &key.digest);
    return key;
}

static struct answer said(enum answer_kind kind, const char *text)
{
    struct answer answer = { .kind = kind };
    answer_set(&answer, kind, span_text(text));
    return answer;
}

/* Claims and settles. */
static void keep(struct recall *recall, const struct recall_key *key, uint64_t generation, int64_t now_ms,
                 const struct answer *answer)
{
    struct answer known;
    CHECK(recall_claim(recall, key, generation, now_ms, &known) == RECALL_CLAIMED);
    recall_settle(recall, key, generation, now_ms, answer);
}

static enum recall_state look(struct recall *recall, const struct recall_key *key, uint64_t generation, int64_t now_ms)
{
    struct answer known;
    enum recall_state state = recall_claim(recall, key, generation, now_ms, &known);
    if (state == RECALL_CLAIMED)
        recall_settle(recall, key, generation, now_ms, NULL);
    return state;
}

static void test_answers(void)
{
    int64_t now = clock_now_ms();
    struct recall *recall = recall_new(65536, 1000 * 1000);
    struct recall_key one = key(1, 0);
    struct recall_key hinted = key(1, 1);
    struct recall_key two = key(2, 0);
    struct answer infected = said(ANSWER_INFECTED, "A.Name");
    struct answer failed = said(ANSWER_FAILED, "timed out");
    struct answer known = { 0 };
    keep(recall, &one, 7, now, &infected);
    CHECK(recall_claim(recall, &one, 7, now, &known) == RECALL_KNOWN);
    CHECK(known.kind == ANSWER_INFECTED && strcmp(known.text, "A.Name") == 0);
    CHECK(look(recall, &hinted, 7, now) == RECALL_CLAIMED); /* with another hint it is another question */
    CHECK(look(recall, &one, 7, now + 999999) == RECALL_KNOWN);
    CHECK(look(recall, &one, 7, now + 1001000) == RECALL_CLAIMED); /* too old */
    keep(recall, &one, 7, now, &infected);
    keep(recall, &two, 7, now, &failed); /* only definite answers */
    CHECK(look(recall, &two, 7, now) == RECALL_CLAIMED);
    struct answer named = said(ANSWER_CLEAN, "");
    memcpy(named.ignored, "PUA", 4);
    keep(recall, &two, 7, now, &named); /* nor what is more than an answer */
    CHECK(look(recall, &two, 7, now) == RECALL_CLAIMED);
    CHECK(recall_count(recall).answers == 1);
    recall_drop(recall);
    CHECK(look(recall, &one, 7, now) == RECALL_CLAIMED && recall_count(recall).answers == 0);
    recall_free(recall);
}

static void test_generations(void)
{
    int64_t now = clock_now_ms();
    struct recall *recall = recall_new(65536, 1000 * 1000);
    struct recall_key one = key(1, 0);
    struct recall_key two = key(2, 0);
    struct answer clean = said(ANSWER_CLEAN, "");
    struct answer known;
    keep(recall, &one, 7, now, &clean);
    CHECK(look(recall, &one, 8, now) == RECALL_CLAIMED); /* other signatures */
    CHECK(look(recall, &one, 7, now) == RECALL_CLAIMED); /* gone for good */
    CHECK(recall_claim(recall, &one, 7, now, &known) == RECALL_CLAIMED);
    CHECK(look(recall, &two, 8, now) == RECALL_CLAIMED); /* a change while somebody asks */
    recall_settle(recall, &one, 7, now, &clean);
    CHECK(look(recall, &one, 8, now) == RECALL_CLAIMED);
    recall_free(recall);
}

static void test_bound(void)
{
    int64_t now = clock_now_ms();
    struct answer clean = said(ANSWER_CLEAN, "");
    CHECK(recall_new(0, 1000) == NULL && recall_new(100, 1000) == NULL);
    struct recall *recall = recall_new(65536, 1000 * 1000);
    struct recall_key often = key(0, 0);
    keep(recall, &often, 7, now, &clean);
    for (unsigned i = 1; i < 10000; i++) {
        struct recall_key one = key(i, 0);
        keep(recall, &one, 7, now, &clean);
        CHECK(look(recall, &often, 7, now) == RECALL_KNOWN); /* what is used is kept */
    }
    struct recall_counts counts = recall_count(recall);
    CHECK(counts.answers <= counts.room && counts.room <= 65536 / 128 && counts.answers > counts.room / 2);
    recall_free(recall);
}

static struct crowd {
    struct recall *recall;
    atomic_uint asked;
    atomic_uint answered;
    atomic_bool fails;
} crowd;

static void crowd_run(void *argument)
{
    struct recall_key one = key(1, 0);
    struct answer clean = said(ANSWER_CLEAN, "");
    struct answer failed = said(ANSWER_FAILED, "no");
    struct answer known;
    (void)argument;
    enum recall_state state = recall_wait(crowd.recall, &one, 7, deadline_in(20000), &known);
    if (state == RECALL_CLAIMED) {
        atomic_fetch_add(&crowd.asked, 1);
        (void)poll(NULL, 0, 20);
        recall_settle(crowd.recall, &one, 7, clock_now_ms(), atomic_load(&crowd.fails) ? &failed : &clean);
    }
    atomic_fetch_add(&crowd.answered, state == RECALL_CLAIMED || state == RECALL_KNOWN ? 1 : 0);
}

/* What comes at the same time is asked about once; a failure is nobody's but his who had it. */
static void test_crowd(bool fails)
{
    struct together_task tasks[12];
    crowd = (struct crowd){ .recall = recall_new(65536, 1000 * 1000) };
    atomic_store(&crowd.fails, fails);
    for (size_t i = 0; i < 12; i++)
        tasks[i] = (struct together_task){ .run = crowd_run };
    together_run(tasks, 12);
    CHECK(atomic_load(&crowd.answered) == 12 && atomic_load(&crowd.asked) == (fails ? 12U : 1U));
    struct answer known;
    struct recall_key two = key(2, 0);
    CHECK(recall_claim(crowd.recall, &two, 7, clock_now_ms(), &known) == RECALL_CLAIMED);
    CHECK(recall_wait(crowd.recall, &two, 7, deadline_in(10), &known) == RECALL_BUSY);
    recall_free(crowd.recall);
}

int main(void)
{
    test_answers();
    test_generations();
    test_bound();
    test_crowd(false);
    test_crowd(true);
    return test_end();
}
