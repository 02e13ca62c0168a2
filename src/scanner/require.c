#include "require.h"

#include "verdict/action.h"

#include <assert.h>

uint32_t require_wanted(uint32_t require, uint32_t primaries)
{
    uint32_t wanted = require == REQUIRE_ALL ? primaries : require;
    return wanted > 0 ? wanted : 1;
}

uint32_t require_missing(uint32_t require, const struct require_count *count)
{
    assert(count->primaries_definite <= count->primaries);
    uint32_t failed = count->primaries - count->primaries_definite;
    uint32_t stand_ins = count->backups_definite < failed ? count->backups_definite : failed;
    uint32_t have = count->primaries_definite + stand_ins;
    uint32_t wanted = require_wanted(require, count->primaries);
    return have < wanted ? wanted - have : 0;
}
