#include "filter.h"

#include "runner/communigate.h"
#include "runner/helper.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { FILTER_NAME_SIZE = 64, FILTER_ROUTE_SIZE = RUNNER_WAY_SIZE + FILTER_NAME_SIZE };

/* As the interface's own server has it, below the folder where the helper starts. */
#define FILTER_FOLDER "Queue"

/* Up from the base folder to the root, and down again: a name that helpers find which open it as it stands, and those
 * too that put the base folder's name in front of it. */
static void filter_find_way(struct runner_row *row)
{
    char real[PATH_MAX];
    const char *base = row->scanner->run.base_folder;
    struct span rest = span_text(realpath(base, real) != NULL ? real : base); /* else the helper can't start there */
    struct buf way;
    if (base[0] == '\0')
        return;
    buf_init(&way, sizeof row->way - 1);
    while (rest.size > 0) {
        if (span_cut(&rest, '/').size > 0)
            buf_put_text(&way, "../");
    }
    buf_printf(&way, "%s/", row->folder + 1);
    if (buf_overflowed(&way))
        (void)snprintf(row->refusal, sizeof row->refusal, "base_folder lies below too many folders");
    (void)span_copy(buf_span(&way), row->way, sizeof row->way);
    buf_fini(&way);
}

int filter_start(struct runner_row *row, struct fault *fault)
{
    filter_find_way(row);
    char path[LENT_PATH_SIZE + sizeof FILTER_FOLDER + 1];
    (void)snprintf(path, sizeof path, "%s/" FILTER_FOLDER, row->folder);
    if (mkdir(path, row->is_shown ? 0750 : 0700) != 0 && errno != EEXIST)
        return fault_set_errno(fault, errno, "cannot make a folder for files");
    row->helper = helper_new(row->scanner, row->folder, fault);
    return row->helper != NULL ? 0 : -1;
}

static void filter_fail(struct run_answer *answer, enum run_outcome outcome, const struct fault *fault)
{
    answer->outcome = outcome;
    (void)span_copy(span_text(fault->text), answer->text, sizeof answer->text);
}

void filter_serve(struct runner *runner, const struct runner_row *row, const struct sealed *piece, bool is_mail,
                  struct deadline deadline, int caller, struct run_answer *answer, struct buf *output_out)
{
    char name[FILTER_NAME_SIZE];
    char route[FILTER_ROUTE_SIZE];
    struct lent lent;
    struct fault fault = { 0 };
    struct buf file;
    (void)snprintf(name, sizeof name, FILTER_FOLDER "/%05" PRIu64 ".msg",
                   atomic_fetch_add(&runner->last_number, 1) + 1);
    buf_init(&file, communigate_file_most(piece->size));
    communigate_file_make(sealed_span(piece), is_mail, time(NULL), &file);
    int failed = lent_write(row->folder, name, row->is_shown, buf_span(&file), &lent, &fault);
    buf_fini(&file);
    if (failed != 0) {
        filter_fail(answer, RUN_FAILED, &fault);
        return;
    }
    answer->outcome = RUN_REPLIED;
    (void)snprintf(route, sizeof route, "%s%s", row->way, name);
    if (helper_ask(row->helper, route, deadline, caller, output_out, &fault) != 0)
        filter_fail(answer, fault.code == ETIMEDOUT ? RUN_DEADLINE : RUN_FAILED, &fault);
    if (answer->outcome == RUN_REPLIED && lent_check(&lent, &fault) != 0)
        filter_fail(answer, RUN_TAMPERED, &fault);
    lent_remove(&lent);
}
