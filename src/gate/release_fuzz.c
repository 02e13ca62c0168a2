/* The input is the envelope of a kept message. What passes has its recipients, and nobody has been told anything. */
#include "gate/release.h"

#include "base/buf.h"
#include "gate/budget.h"
#include "ipc/calls/judge.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct settings settings;
    struct gate gate = { .settings = &settings, .budget = budget_new(1) };
    struct fault fault = { 0 };
    struct release *release = release_new(&gate, span_of((const char *)data, size), "s-1", 1, &fault);
    struct buf replies;
    buf_init(&replies, JUDGE_REPLIES_SIZE);
    if (release != NULL) {
        release_run(release, span_text("Subject: x\r\n\r\n"), false, deadline_in(1000)); /* there is no listener */
        release_put_replies(release, &replies);
        assert(replies.size > 0 && !buf_overflowed(&replies));
        assert(release_transaction(release)->recipient_count == 0);
    }
    buf_fini(&replies);
    release_free(release);
    budget_free(gate.budget);
    return 0;
}
