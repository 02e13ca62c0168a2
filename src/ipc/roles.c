#include "roles.h"

#include <assert.h>

/* Each pair stands once, in the row of the side that asks. */
static const struct role_row rows[ROLE_COUNT] = {
    [ROLE_GATE] = { "gate", "cordon-gate", ROLE_GATE,
                    1U << ROLE_DECODER | 1U << ROLE_ENGINE | 1U << ROLE_YARA | 1U << ROLE_KEEPER | 1U << ROLE_RUNNER },
    [ROLE_DECODER] = { "decoder", "cordon-decoder", ROLE_DECODER, 0 },
    [ROLE_ENGINE] = { "engine", "cordon-engine-clamav", ROLE_ENGINE, 0 },
    [ROLE_YARA] = { "yara", "cordon-engine-yara", ROLE_YARA, 0 },
    [ROLE_KEEPER] = { "keeper", "cordon-keeper", ROLE_KEEPER, 0 },
    [ROLE_RUNNER] = { "runner", "cordon-runner", ROLE_RUNNER, 0 },
};

static_assert((int)ROLE_RUNNER == (int)ROLE_COUNT - 1, "the runners' places are the last");

enum role role_of_place(unsigned place)
{
    assert(place < ROLE_PLACES);
    return place < ROLE_RUNNER ? (enum role)place : ROLE_RUNNER;
}

const struct role_row *role_row(enum role role)
{
    assert((unsigned)role < ROLE_COUNT);
    return &rows[role];
}
