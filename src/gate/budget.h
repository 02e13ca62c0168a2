/* Memory for messages in flight: a sum with a limit, and a rule that somebody can always finish.
 *
 * Memory is reserved at MAIL from SIZE and as the body grows. At the limit everybody is refused (a 4xx) but the oldest
 * transaction, which may go on.
 */
#ifndef CORDON_GATE_BUDGET_H
#define CORDON_GATE_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

struct gate_budget;

struct reservation {
    uint64_t bytes;
    uint64_t age;                        /* smaller is older; 0: none */
    struct reservation *next, *previous; /* by age */
};

struct gate_budget *budget_new(uint64_t limit_bytes);
void budget_free(struct gate_budget *budget);

/* Begins a reservation of `bytes` in all. False: refuse with a 4xx; then nothing is held. */
bool budget_take(struct gate_budget *budget, struct reservation *reservation, uint64_t bytes);

/* Raises it to `bytes` in all, if it is less. False: refuse; what was held stays held until budget_drop. */
bool budget_raise(struct gate_budget *budget, struct reservation *reservation, uint64_t bytes);
void budget_drop(struct gate_budget *budget, struct reservation *reservation); /* accepts a zeroed one */

uint64_t budget_used(struct gate_budget *budget);

#endif
