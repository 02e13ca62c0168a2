/* What the files of this folder share and nobody else sees: a scanner, and what a driver must be able to do.
 *
 * A driver is one file with one struct scanner_ops. It shows pieces to its scanner and says what the replies mean;
 * health, slots and choice of pieces are not its business. Any number of threads may call it at once.
 */
#ifndef CORDON_SCANNER_DRIVER_H
#define CORDON_SCANNER_DRIVER_H

#include "scanner/canary.h"
#include "scanner/counts.h"
#include "scanner/health.h"
#include "scanner/poison.h"
#include "scanner/recall.h"
#include "scanner/scanner.h"
#include "scanner/stop.h"
#include "sys/thread.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scan_request {
    const struct sealed *packs; /* SCAN_PACKS of them */
    const struct piece *pieces; /* none is empty or larger than max_bytes */
    size_t count;
    struct deadline deadline;
    bool is_canary;          /* found names are told as they are, whatever `names` says */
    const struct stop *stop; /* NULL: none; once it is raised the answer is of no use any more */
};

enum { SCANNER_VERSION_SIZE = 64 };

struct scanner;
struct tls_context;

struct scanner_ops {
    /* What the driver keeps for a scanner (scanner->own). Both may be NULL. */
    void (*open)(struct scanner *scanner);
    void (*close)(struct scanner *scanner);
    /* Shows all pieces and fills the answer: never ANSWER_NOT_ASKED, `piece` is an index into the request. Clean or
     * unscannable only where there is a definite answer for every piece. Ends at the deadline. */
    void (*ask)(struct scanner *scanner, const struct scan_request *request, struct answer *answer_out);
    bool asks_alone;    /* it shows its pieces one by one: a failure is about answer.piece */
    bool tells_all;     /* it finds all names, and minds `names` itself; else it tells the first */
    bool tells_with_it; /* each answer comes with the generation of the signatures that it was made with */
    /* Learns the scanner's version (scanner_learn). NULL: `ask` does. */
    void (*refresh)(struct scanner *scanner, struct deadline deadline);
};

struct scanner {
    const struct scanner_settings *settings;
    const struct scanner_ops *ops;
    engine_socket_function engine_socket;
    void *engine_context;                 /* of runner_socket too */
    runner_socket_function runner_socket; /* NULL: there are no runners */
    size_t runner;
    struct tls_context *tls; /* for what is said over its address; NULL: in plain */
    uint32_t row;            /* the number of its settings: all that a runner is told */
    void *own;               /* the driver's */

    struct slots slots;
    atomic_uint waiting;   /* messages that wait for a slot */
    struct recall *recall; /* what it said of parts; NULL: nothing is remembered */
    struct poison poison;  /* pieces that it failed on */
    struct counts counts;
    struct canary canary;

    struct lock lock; /* for all below */
    struct signal_point proved;
    bool is_proving; /* canaries are being shown */
    struct health health;
    int64_t since_told_ms;  /* health.since_ms as it stood when `since_wall` was taken */
    int64_t since_wall;     /* the same moment by the wall clock, for people */
    int64_t passed_told_ms; /* likewise of health.passed_at_ms */
    int64_t passed_wall;
    char version[SCANNER_VERSION_SIZE];
    uint64_t generation;     /* of the signatures; 0: unknown */
    int64_t made_wall;       /* when they were made, by the wall clock, in seconds; 0: unknown */
    uint32_t raw_signatures; /* so many of them may match what only the raw message has */
};

extern const struct scanner_ops clamd_ops;
extern const struct scanner_ops engine_ops;
extern const struct scanner_ops command_ops; /* of both types that are foreign programs */
extern const struct scanner_ops icap_ops;
extern const struct scanner_ops plugin_ops;
extern const struct scanner_ops socket_ops;
extern const struct scanner_ops yara_ops;

/* Remembers what a scanner says about itself. `version` is foreign. */
void scanner_learn(struct scanner *scanner, struct span version, uint64_t generation, uint32_t raw_signatures);

/* Remembers that it has that set of signatures now; 0: unknown. */
void scanner_learn_generation(struct scanner *scanner, uint64_t generation);

/* Remembers when its signatures were made, in seconds since 1970; 0: unknown. */
void scanner_learn_age(struct scanner *scanner, int64_t made_wall);

/* The scanner did something that no scanner may: it altered a file that was lent to it ("tampered: ..."). It is failed
 * until a canary passes. The answer at hand is the driver's to fail. */
void scanner_accuse(struct scanner *scanner, const char *text);

/* What the scanner is to be shown now: its `input`, but INPUT_BOTH for INPUT_AUTO where it has signatures for the raw
 * message. */
enum scanner_input scanner_wanted(struct scanner *scanner);

/* The answer about one piece, rid of what does not stand: of a container whose content was judged piece by piece it
 * does not matter that the scanner could not look into it. */
void answer_settle(struct answer *answer, const struct piece *piece);

/* A failed answer, and who is to blame. */
void answer_fail(struct answer *answer, enum blame blame, struct span text);

/* Takes over the graver of the two answers, and the graver reason. */
void answer_worsen(struct answer *answer, const struct answer *other);

/* A descriptor with just this piece, whole and for reading, in memory that nobody can change. -1 and *fault. */
int request_lend(const struct scan_request *request, size_t index, struct fault *fault);

/* The bytes of a piece. */
struct span pack_bytes(const struct sealed *packs, const struct piece *piece);
struct span request_bytes(const struct scan_request *request, size_t index);

#endif
