#include "gate/budget.h"

#include "base/test.h"

static void test_limit_refuses_all_but_the_oldest(void)
{
    struct gate_budget *budget = budget_new(100);
    struct reservation first, second, third;
    CHECK(budget_take(budget, &first, 60));
    CHECK(budget_take(budget, &second, 40));
    CHECK(!budget_take(budget, &third, 1));
    CHECK(budget_used(budget) == 100);
    CHECK(!budget_raise(budget, &second, 41));
    CHECK(budget_raise(budget, &first, 500)); /* the oldest can always finish */
    CHECK(budget_used(budget) == 540);

    budget_drop(budget, &first);
    CHECK(budget_used(budget) == 40);
    CHECK(budget_raise(budget, &second, 1000)); /* now it is the oldest */
    budget_drop(budget, &second);
    CHECK(budget_used(budget) == 0);
    budget_drop(budget, &third); /* was never granted */
    budget_free(budget);
}

static void test_an_empty_budget_lets_one_in(void)
{
    struct gate_budget *budget = budget_new(10);
    struct reservation huge, small;
    CHECK(budget_take(budget, &huge, 1000));
    CHECK(!budget_take(budget, &small, 1));
    budget_drop(budget, &huge);
    CHECK(budget_take(budget, &small, 1));
    budget_drop(budget, &small);
    budget_free(budget);
}

static void test_ages_keep_their_order(void)
{
    struct gate_budget *budget = budget_new(3);
    struct reservation r[3];
    for (int i = 0; i < 3; i++)
        CHECK(budget_take(budget, &r[i], 1));
    budget_drop(budget, &r[1]); /* from the middle */
    CHECK(budget_raise(budget, &r[2], 2));
    CHECK(!budget_raise(budget, &r[2], 3));
    budget_drop(budget, &r[0]);
    CHECK(budget_raise(budget, &r[2], 30));
    budget_drop(budget, &r[2]);
    budget_free(budget);
}

int main(void)
{
    test_limit_refuses_all_but_the_oldest();
    test_an_empty_budget_lets_one_in();
    test_ages_keep_their_order();
    return test_end();
}
