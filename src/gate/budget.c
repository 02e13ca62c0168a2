#include "gate/budget.h"

#include "base/memory.h"
#include "sys/thread.h"

#include <assert.h>
#include <stddef.h>
#include <stdlib.h>

struct gate_budget {
    struct lock lock;
    uint64_t limit;
    uint64_t used;
    uint64_t next_age;
    struct reservation *oldest;
    struct reservation *newest;
};

struct gate_budget *budget_new(uint64_t limit_bytes)
{
    struct gate_budget *budget = memory_new(sizeof *budget);
    lock_init(&budget->lock);
    budget->limit = limit_bytes;
    budget->next_age = 1;
    return budget;
}

void budget_free(struct gate_budget *budget)
{
    if (budget == NULL)
        return;
    assert(budget->oldest == NULL);
    lock_fini(&budget->lock);
    free(budget);
}

/* The rule of the header: there is room, or this is the oldest. */
static bool may_hold(const struct gate_budget *budget, const struct reservation *reservation, uint64_t more)
{
    lock_assert_held(&budget->lock);
    bool is_oldest = budget->oldest == NULL || budget->oldest == reservation;
    bool has_room = budget->used <= budget->limit && more <= budget->limit - budget->used;
    return has_room || is_oldest;
}

bool budget_take(struct gate_budget *budget, struct reservation *reservation, uint64_t bytes)
{
    *reservation = (struct reservation){ 0 };
    lock_take(&budget->lock);
    bool is_granted = may_hold(budget, reservation, bytes);
    if (is_granted) {
        reservation->bytes = bytes;
        reservation->age = budget->next_age++;
        reservation->previous = budget->newest;
        if (budget->newest != NULL)
            budget->newest->next = reservation;
        else
            budget->oldest = reservation;
        budget->newest = reservation;
        budget->used += bytes;
    }
    lock_drop(&budget->lock);
    return is_granted;
}

bool budget_raise(struct gate_budget *budget, struct reservation *reservation, uint64_t bytes)
{
    assert(reservation->age != 0);
    if (bytes <= reservation->bytes) /* only its owner ever changes it */
        return true;
    lock_take(&budget->lock);
    uint64_t more = bytes - reservation->bytes;
    bool is_granted = may_hold(budget, reservation, more);
    if (is_granted) {
        reservation->bytes = bytes;
        budget->used += more;
    }
    lock_drop(&budget->lock);
    return is_granted;
}

void budget_drop(struct gate_budget *budget, struct reservation *reservation)
{
    if (reservation->age == 0)
        return;
    lock_take(&budget->lock);
    assert(budget->used >= reservation->bytes);
    budget->used -= reservation->bytes;
    if (reservation->previous != NULL)
        reservation->previous->next = reservation->next;
    else
        budget->oldest = reservation->next;
    if (reservation->next != NULL)
        reservation->next->previous = reservation->previous;
    else
        budget->newest = reservation->previous;
    lock_drop(&budget->lock);
    *reservation = (struct reservation){ 0 };
}

uint64_t budget_used(struct gate_budget *budget)
{
    lock_take(&budget->lock);
    uint64_t used = budget->used;
    lock_drop(&budget->lock);
    return used;
}
