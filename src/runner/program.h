/* One foreign program: started without a shell, watched, and gone with everybody who stems from it when its time is
 * over.
 *
 * It gets exactly the descriptors 0 to 2 and, where there is one, PROGRAM_PIECE_FD; a clean environment; limits; and it
 * ends with the process that started it. Any number of threads may start some.
 */
#ifndef CORDON_RUNNER_PROGRAM_H
#define CORDON_RUNNER_PROGRAM_H

#include "base/buf.h"
#include "base/fault.h"
#include "ipc/calls/run.h"
#include "sys/clock.h"

#include <stdint.h>
#include <sys/types.h>

enum { PROGRAM_PIECE_FD = 3 };

struct program_request {
    char *const *arguments; /* the first is the program's absolute path; ended by NULL */
    int input_fd;           /* its standard input; -1: /dev/null */
    int output_fd;          /* its standard output */
    int error_fd;           /* and error */
    int piece_fd;           /* becomes PROGRAM_PIECE_FD; -1: none */
    const char *folder;     /* where it starts */
    const char *temporary;  /* its TMPDIR */
    uint64_t file_bytes;    /* the largest file that it may write */
};

struct program {
    pid_t pid; /* its warden's, which ends as it ends */
    int pidfd;
    int told; /* closed: all must go */
};

/* -1 and *fault where it can't be executed. The descriptors stay the caller's. */
int program_start(const struct program_request *request, struct program *program_out, struct fault *fault);

/* Kills it with all who stem from it, and reaps them. *status_out (may be NULL): its exit status, or minus the signal.
 * To be called once for each that was started, also where it has ended by itself. */
void program_end(struct program *program, int *status_out);

struct program_result {
    enum run_outcome outcome; /* RUN_EXITED, RUN_SIGNALLED, RUN_DEADLINE or RUN_TOO_MUCH */
    int status;
};

/* Starts one and waits for its end, the deadline, or until `caller` hangs up (RUN_DEADLINE too). What it writes to its
 * standard output and error is put, up to the limit of the buffer. The request's output_fd and error_fd are not looked
 * at. -1 and *fault where it can't be executed. */
int program_run(const struct program_request *request, struct deadline deadline, int caller, struct buf *output_out,
                struct program_result *result_out, struct fault *fault);

#endif
