#include "health.h"

#include <assert.h>
#include <stdio.h>

static const char *const state_texts[HEALTH_STATES] = {
    [HEALTH_UNKNOWN] = "unknown",
    [HEALTH_WORKING] = "working",
    [HEALTH_DOUBTFUL] = "doubtful",
    [HEALTH_FAILED] = "failed",
};

const char *health_state_text(enum health_state state)
{
    assert((size_t)state < HEALTH_STATES);
    return state_texts[state];
}

void health_init(struct health *health, int64_t now_ms)
{
    *health = (struct health){ .since_ms = now_ms, .canary_at_ms = now_ms };
}

static void health_change(struct health *health, enum health_state state, int64_t now_ms, const char *text)
{
    if (health->state != state)
        health->since_ms = now_ms;
    health->state = state;
    (void)snprintf(health->text, sizeof health->text, "%s", text);
}

void health_canary_passed(struct health *health, int64_t now_ms, uint32_t interval_ms)
{
    health_change(health, HEALTH_WORKING, now_ms, "");
    health->misses = 0;
    health->is_open = false;
    health->passed_at_ms = now_ms;
    health->canary_at_ms = now_ms + interval_ms;
}

static int64_t health_retry_ms(const struct health *health)
{
    int64_t wait_ms = HEALTH_RETRY_LEAST_MS + (int64_t)health->misses * HEALTH_RETRY_STEP_MS;
    return wait_ms < HEALTH_RETRY_MOST_MS ? wait_ms : HEALTH_RETRY_MOST_MS;
}

void health_canary_missed(struct health *health, int64_t now_ms, const char *text)
{
    health_change(health, HEALTH_FAILED, now_ms, text);
    health->canary_at_ms = now_ms + health_retry_ms(health);
    if (health->misses < HEALTH_RETRY_MOST_MS / HEALTH_RETRY_STEP_MS)
        health->misses++;
}

void health_canary_late(struct health *health, int64_t sent_at_ms, int64_t now_ms, const char *text)
{
    bool is_failed = health->state == HEALTH_FAILED || health->state == HEALTH_UNKNOWN;
    if (is_failed || health->answered_at_ms <= sent_at_ms) {
        health_canary_missed(health, now_ms, text);
        return;
    }
    health->is_open = false;
    health->canary_at_ms = now_ms + HEALTH_RETRY_MOST_MS;
}

void health_message_answered(struct health *health, int64_t now_ms)
{
    health->answered_at_ms = now_ms;
}

void health_message_failed(struct health *health, int64_t now_ms, enum blame blame, const char *text)
{
    bool opens = blame == BLAME_SCANNER || blame == BLAME_TIME;
    if (health->state != HEALTH_WORKING && health->state != HEALTH_DOUBTFUL)
        return;
    if (health->state == HEALTH_WORKING || (opens && !health->is_open)) {
        health_change(health, HEALTH_DOUBTFUL, now_ms, text);
        health->canary_at_ms = now_ms;
    }
    health->is_open = health->is_open || opens;
}

void health_accuse(struct health *health, int64_t now_ms, const char *text)
{
    health_canary_missed(health, now_ms, text);
}

void health_renewed(struct health *health, int64_t now_ms)
{
    if (health->state == HEALTH_WORKING || health->state == HEALTH_DOUBTFUL)
        health->canary_at_ms = now_ms;
}

bool health_canary_is_due(const struct health *health, int64_t now_ms)
{
    return now_ms >= health->canary_at_ms;
}

bool health_is_trusted(const struct health *health)
{
    return health->state == HEALTH_WORKING || (health->state == HEALTH_DOUBTFUL && !health->is_open);
}

bool health_take_change(struct health *health, enum health_state *before_out)
{
    if (health->state == health->told)
        return false;
    *before_out = health->told;
    health->told = health->state;
    return true;
}
