/* A runner's call: one piece in, what a foreign program said about it out.
 *
 * The job is a struct run_job; its one descriptor is sealed memory with the piece and nothing else, opened for reading
 * (none with RUN_VERSION). The row is the number of a scanner in the settings, which both sides read: no caller ever
 * says what is to be executed. The answer is a struct run_answer and the output behind it. What that means is the
 * caller's business (scanner/run_reply.h).
 *
 * With RUN_LEND, for a row that is a daemon, nothing is started: the piece is put into the row's shared folder, and a
 * first answer (RUN_LENT) has as output the file's name there. When the caller shuts its side of the line for sending,
 * hangs up, or misses the deadline, the file is looked at again and removed, and the last answer is RUN_RETURNED,
 * RUN_TAMPERED or RUN_FAILED.
 */
#ifndef CORDON_IPC_CALLS_RUN_H
#define CORDON_IPC_CALLS_RUN_H

#include <stdint.h>

#define RUN_MAGIC UINT64_C(0x43524452554e4e31) /* "CRDRUNN1" */

enum { RUN_TEXT_SIZE = 192 };

/* Flags of a job. */
enum {
    RUN_VERSION = 1U << 0, /* the row's version_command instead, without a piece */
    RUN_MAIL = 1U << 1,    /* the piece is a message as it came, or one without its encoded bodies */
    RUN_LEND = 1U << 2,    /* lend the piece to a daemon */
    RUN_FLAGS = RUN_VERSION | RUN_MAIL | RUN_LEND
};

struct run_job {
    uint64_t magic;
    uint32_t row;
    uint32_t flags;
};

enum run_outcome {
    RUN_EXITED = 1, /* it ended by itself; status: its exit status; its output follows */
    RUN_REPLIED,    /* a helper's answer follows, without its number */
    RUN_SIGNALLED,  /* it was ended by a signal that is not ours; status: which */
    RUN_DEADLINE,   /* it was killed at the deadline, or has not answered by then */
    RUN_TOO_MUCH,   /* it was killed because it wrote too much */
    RUN_TAMPERED,   /* it changed or removed the file that it was lent */
    RUN_FAILED,     /* it could not be asked: text says why */
    RUN_LENT,       /* the file's name follows, digits alone */
    RUN_RETURNED,   /* what was lent is as it was */
    RUN_OUTCOMES
};

struct run_answer {
    uint64_t magic;
    uint32_t outcome; /* enum run_outcome */
    int32_t status;
    uint32_t size; /* of the output */
    uint32_t reserved;
    char text[RUN_TEXT_SIZE]; /* terminated */
    char output[];
};

/* An answer has to fit in a pool's. */
enum { RUN_OUTPUT_MOST = 65536 - sizeof(struct run_answer) };

#endif
