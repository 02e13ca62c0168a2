/* What the files of this folder share and nobody else sees: a scanner, and what a driver must be able to do.
 *
 * A driver is one file with one struct scanner_ops. It shows pieces to its scanner and says what the replies mean;
 * health, slots and choice of pieces are not its business. Any number of threads may call it at once.
 */
#ifndef CORDON_SCANNER_DRIVER_H
#define CORDON_SCANNER_DRIVER_H

#include "scanner/health.h"
#include "scanner/scanner.h"
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
};

enum { SCANNER_VERSION_SIZE = 64 };

struct scanner;

struct scanner_ops {
    /* Shows all pieces and fills the answer: never ANSWER_NOT_ASKED, `piece` is an index into the request. Clean or
     * unscannable only where there is a definite answer for every piece. Ends at the deadline. */
    void (*ask)(struct scanner *scanner, const struct scan_request *request, struct answer *answer_out);
    /* Learns the scanner's version (scanner_learn). NULL: `ask` does. */
    void (*refresh)(struct scanner *scanner, struct deadline deadline);
};

struct scanner {
    const struct scanner_settings *settings;
    const struct scanner_ops *ops;
    engine_socket_function engine_socket;
    void *engine_context;

    struct slots slots;
    atomic_uint waiting; /* messages that wait for a slot */

    struct lock lock; /* for all below */
    struct signal_point proved;
    bool is_proving; /* canaries are being shown */
    struct health health;
    int64_t since_told_ms; /* health.since_ms as it stood when `since_wall` was taken */
    int64_t since_wall;    /* the same moment by the wall clock, for people */
    char version[SCANNER_VERSION_SIZE];
    uint64_t generation;     /* of the signatures; 0: unknown */
    uint32_t raw_signatures; /* so many of them may match what only the raw message has */
};

extern const struct scanner_ops clamd_ops;
extern const struct scanner_ops engine_ops;
extern const struct scanner_ops yara_ops;

/* Remembers what a scanner says about itself. `version` is foreign. */
void scanner_learn(struct scanner *scanner, struct span version, uint64_t generation, uint32_t raw_signatures);

/* What the scanner is to be shown now: its `input`, but INPUT_BOTH for INPUT_AUTO where it has signatures for the raw
 * message. */
enum scanner_input scanner_wanted(struct scanner *scanner);

/* The answer about one piece, rid of what does not stand: of a container whose content was judged piece by piece it
 * does not matter that the scanner could not look into it. */
void answer_settle(struct answer *answer, const struct piece *piece);

/* Takes over the graver of the two answers, and the graver reason. */
void answer_worsen(struct answer *answer, const struct answer *other);

/* The bytes of a piece. */
struct span request_bytes(const struct scan_request *request, size_t index);

#endif
