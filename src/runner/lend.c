#include "lend.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { LEND_NAME_SIZE = 24 };

static void lend_fail(struct run_answer *answer, enum run_outcome outcome, const struct fault *fault)
{
    answer->outcome = outcome;
    (void)span_copy(span_text(fault->text), answer->text, sizeof answer->text);
}

static void lend_tell(const struct serve_job *job, const char *name)
{
    struct buf told;
    struct run_answer first = { .magic = RUN_MAGIC, .outcome = RUN_LENT, .size = (uint32_t)strlen(name) };
    buf_init(&told, sizeof first + LEND_NAME_SIZE);
    buf_put(&told, &first, sizeof first);
    buf_put_text(&told, name);
    serve_tell(job, buf_span(&told));
    buf_fini(&told);
}

static void lend_wait(const struct serve_job *job)
{
    struct pollfd caller = { .fd = job->caller, .events = POLLIN };
    while (poll(&caller, 1, deadline_left_ms(job->deadline)) < 0 && errno == EINTR)
        continue;
}

void lend_serve(struct runner *runner, const struct runner_row *row, const struct sealed *piece,
                const struct serve_job *job, struct run_answer *answer)
{
    char name[LEND_NAME_SIZE];
    struct lent lent;
    struct fault fault = { 0 };
    (void)snprintf(name, sizeof name, "%" PRIu64, atomic_fetch_add(&runner->last_number, 1) + 1);
    if (lent_write(row->folder, name, row->is_shown, sealed_span(piece), &lent, &fault) != 0) {
        lend_fail(answer, RUN_FAILED, &fault);
        return;
    }
    lend_tell(job, name);
    lend_wait(job);
    answer->outcome = RUN_RETURNED;
    if (lent_check(&lent, &fault) != 0)
        lend_fail(answer, RUN_TAMPERED, &fault);
    lent_remove(&lent);
}
