#include "poison.h"

#include "base/test.h"

static struct digest digest(unsigned number)
{
    struct digest digest;
    digest_of(span_of(&number, sizeof number), &digest);
    return digest;
}

static void test_three_times(void)
{
    struct poison poison;
    poison_init(&poison);
    struct digest it = digest(1);
    struct digest other = digest(2);
    CHECK(poison_is_empty(&poison) && poison_look(&poison, &it, 1000) == POISON_NONE);
    poison_suspect(&poison, &it, 1000);
    CHECK(!poison_is_empty(&poison) && poison_look(&poison, &it, 1000) == POISON_SUSPECT);
    for (int64_t i = 1; i <= POISON_FAILURES; i++) {
        CHECK(poison_look(&poison, &it, i * 10000) == POISON_SUSPECT);
        poison_failed(&poison, &it, i * 10000);
        poison_failed(&poison, &it, i * 10000 + 1); /* twice between two canaries is once */
        poison_confirm(&poison, i * 10000 - 1);     /* sent before: says nothing */
        CHECK(poison_look(&poison, &it, i * 10000 + 2) == POISON_SUSPECT);
        poison_confirm(&poison, i * 10000 + 2);
        poison_confirm(&poison, i * 10000 + 3); /* once is enough */
    }
    CHECK(poison_look(&poison, &it, 40000) == POISON_SURE && poison_count(&poison, 40000) == 1);
    CHECK(poison_look(&poison, &other, 40000) == POISON_NONE);
    CHECK(poison_look(&poison, &it, 30001 + POISON_KEEP_MS) == POISON_NONE && poison_is_empty(&poison));
    poison_fini(&poison);
}

static void test_forgets(void)
{
    struct poison poison;
    poison_init(&poison);
    struct digest it = digest(1);
    poison_failed(&poison, &it, 0);
    poison_confirm(&poison, 10);
    poison_forget(&poison, &it);
    poison_forget(&poison, &it);
    CHECK(poison_is_empty(&poison) && poison_look(&poison, &it, 20) == POISON_NONE);
    poison_fini(&poison);
}

/* However many there are: the room is bounded, and those that count outlast those that are suspects. */
static void test_bound(void)
{
    struct poison poison;
    poison_init(&poison);
    struct digest it = digest(0);
    for (int64_t i = 1; i <= POISON_FAILURES; i++) {
        poison_failed(&poison, &it, i);
        poison_confirm(&poison, i);
    }
    for (unsigned i = 1; i < 20 * POISON_ROWS; i++) {
        struct digest suspect = digest(i);
        poison_suspect(&poison, &suspect, i);
    }
    CHECK(atomic_load(&poison.count) <= POISON_ROWS && atomic_load(&poison.count) > POISON_ROWS / 2);
    CHECK(poison_look(&poison, &it, 100) == POISON_SURE);
    poison_fini(&poison);
}

int main(void)
{
    test_three_times();
    test_forgets();
    test_bound();
    return test_end();
}
