#include "settling.h"

#include "sys/folder_print.h"

static void settling_remember(struct settling *settling, uint64_t name)
{
    for (size_t i = 0; i < settling->written_count; i++) {
        if (settling->written[i] == name)
            return;
    }
    if (settling->written_count == SETTLING_MOST_WRITTEN)
        settling->is_blurred = true;
    else
        settling->written[settling->written_count++] = name;
}

static void settling_forget(struct settling *settling, uint64_t name)
{
    for (size_t i = 0; i < settling->written_count; i++) {
        if (settling->written[i] == name)
            settling->written[i--] = settling->written[--settling->written_count];
    }
}

static void settling_change(struct settling *settling, int64_t now_ms)
{
    if (!settling->is_changed)
        settling->first_ms = now_ms;
    settling->is_changed = true;
    settling->last_ms = now_ms;
}

void settling_note(struct settling *settling, enum settling_event event, const char *name, int64_t now_ms)
{
    settling_change(settling, now_ms);
    if (event == SETTLING_BLURRED) {
        settling->is_blurred = true;
        settling->written_count = 0; /* some of them may have been closed unseen */
    } else if (event == SETTLING_WRITTEN) {
        settling_remember(settling, folder_print_text(name));
    } else if (event != SETTLING_TOUCHED) {
        settling_forget(settling, folder_print_text(name));
    }
}

void settling_hurry(struct settling *settling, int64_t now_ms)
{
    settling_change(settling, now_ms);
    settling->is_hurried = true;
}

int64_t settling_at_ms(const struct settling *settling)
{
    if (!settling->is_changed || settling->written_count > 0)
        return INT64_MAX;
    if (settling->is_blurred)
        return settling->last_ms + SETTLING_BLURRED_MS;
    return settling->is_hurried ? settling->last_ms : settling->last_ms + SETTLING_QUIET_MS;
}

bool settling_is_settled(const struct settling *settling, int64_t now_ms)
{
    return now_ms >= settling_at_ms(settling);
}

void settling_take(struct settling *settling)
{
    *settling = (struct settling){ .is_changed = false };
}

bool settling_is_overdue(struct settling *settling, int64_t now_ms)
{
    if (!settling->is_changed || settling->is_told || now_ms - settling->first_ms < SETTLING_PATIENCE_MS)
        return false;
    settling->is_told = true;
    return true;
}
