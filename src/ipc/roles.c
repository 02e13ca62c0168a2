#include "roles.h"

#include <assert.h>

/* Each pair stands once, in the row of the side that asks. */
static const struct role_row rows[ROLE_COUNT] = {
    [ROLE_GATE] = { ROLE_GATE, "gate", "cordon-gate",
                    1U << ROLE_DECODER | 1U << ROLE_ENGINE | 1U << ROLE_YARA | 1U << ROLE_RUNNER },
    [ROLE_DECODER] = { ROLE_DECODER, "decoder", "cordon-decoder", 0 },
    [ROLE_ENGINE] = { ROLE_ENGINE, "engine", "cordon-engine-clamav", 0 },
    [ROLE_YARA] = { ROLE_YARA, "yara", "cordon-engine-yara", 0 },
    [ROLE_RUNNER] = { ROLE_RUNNER, "runner", "cordon-runner", 0 },
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
