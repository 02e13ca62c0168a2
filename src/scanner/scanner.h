/* Scanners: whatever judges bytes, behind one interface, each with its limits, its health and its canary.
 *
 * A driver (engine.c, clamd.c, icap.c, plugin.c, socket.c) knows how to show pieces to its scanner and what the replies
 * mean. Everything else is here: which pieces it is shown (`input`), concurrency, deadline, the canary, health, and how
 * many must answer.
 *
 * Thread safety: after scanners_new any thread may call any function.
 */
#ifndef CORDON_SCANNER_SCANNER_H
#define CORDON_SCANNER_SCANNER_H

#include "base/buf.h"
#include "base/fault.h"
#include "conf/settings.h"
#include "ipc/roles.h"
#include "sys/clock.h"
#include "sys/digest.h"
#include "sys/sealed.h"
#include "verdict/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SCAN_PACKS = 7, SCAN_PACK_FRAME = 6 };

/* answer.piece where it speaks of the whole message or of its frame; else it is an index among the parts. */
#define PIECE_WHOLE UINT32_MAX
#define PIECE_FRAME (UINT32_MAX - 1)

/* A run of bytes to be judged: a slice of one of the message's packs. */
struct piece {
    const struct digest *digest; /* of its bytes; NULL: of no use, it never comes again */
    uint32_t pack;
    uint32_t number; /* of the part, for whoever made the list */
    bool is_opened;  /* a container whose whole content is among the parts: that it can't be looked into says nothing */
    uint64_t offset;
    uint64_t size;
};

/* All that may be judged of one message. Everything is sealed and outlives the call. */
struct scan_input {
    struct sealed packs[SCAN_PACKS]; /* number 0 is the message, the last its frame; fd -1 where there is none */
    const struct piece *parts;       /* the decoder's; empty parts left out */
    size_t part_count;
    bool is_complete;   /* as far as the decoder can tell, the parts are all that the message holds */
    bool has_frame;     /* parts and frame together hold every byte; then `frame` may be empty */
    struct piece frame; /* what is left of the message without the bodies that parts stand for */
    struct piece whole; /* the whole message */
};

struct scanner_set;

/* How a driver for an embedded engine gets the socket of that role's pool: a duplicate that the caller closes, or -1
 * where the engine is not there before the deadline. */
typedef int (*engine_socket_function)(void *context, enum role role, struct deadline deadline);

/* The same for the runner of that number (conf/runners.h). */
typedef int (*runner_socket_function)(void *context, size_t runner, struct deadline deadline);

/* `settings` must outlive the set. Starts nothing. */
struct scanner_set *scanners_new(const struct settings *settings, engine_socket_function engine_socket, void *context);
void scanners_free(struct scanner_set *set);

/* How scanners that are foreign programs get their runners' sockets; with the context of scanners_new. Before any
 * thread asks. */
void scanners_use_runners(struct scanner_set *set, const struct settings *settings,
                          runner_socket_function runner_socket);

/* Reads the certificates that scanners under TLS are held against: before any thread asks, and before the process is
 * boxed. -1 and *fault. */
int scanners_read_certificates(struct scanner_set *set, struct fault *fault);

size_t scanners_count(const struct scanner_set *set);
const char *scanner_name(const struct scanner_set *set, size_t index);

/* Some scanner is to be shown a message's frame; before it is asked for the first time this is a guess. */
bool scanners_want_frame(struct scanner_set *set);

/* Shows the message to the scanners: primaries first, side by side; backups for failed primaries; as policy->require
 * says. answers_out[scanners_count] says who answered what (ANSWER_NOT_ASKED: not asked); the verdict gets what follows
 * from them: infected, unscannable, or unscanned where the requirement was not met. Says verdict_conclude where it was.
 * Never more than the deadline. */
void scanners_judge(struct scanner_set *set, const struct scan_input *given, const struct policy_settings *policy,
                    struct deadline deadline, struct answer *answers_out, struct verdict *verdict);

/* Whether the requirement could be met right now, as far as the last canaries and messages tell. While it can't, one
 * caller at a time is told `true` as the probing message (at most one every few seconds). */
bool scanners_admit(struct scanner_set *set, const struct policy_settings *policy);

/* Shows every scanner its canaries (a small one, a large mail, and a clean one) when they are due; to be called about
 * once a second from one thread. Returns true where a scanner's health has changed: then `text_out` has one line about
 * each change, for the log. */
bool scanners_tend(struct scanner_set *set, struct buf *text_out);

/* Lines "scanner.NAME.state=working since=... generation=... queue=... input=... breaker=... role=... canary=..." and
 * "scanner.NAME.counts=answers clean=N ..." for `cordon status`. */
void scanners_status(struct scanner_set *set, struct buf *text_out);

/* The same and more, in the text format of Prometheus. */
void scanners_metrics(struct scanner_set *set, struct buf *text_out);

/* When the signatures of the embedded engine were made, by the wall clock; 0: unknown. */
void scanners_learn_engine_age(struct scanner_set *set, int64_t made_wall);

/* The embedded engine of that type has another process: what the old one said is forgotten, the canaries are due. */
void scanners_engine_is_new(struct scanner_set *set, enum scanner_type type);

/* Whether the requirement could be met right now: how many of those that are wanted work. */
bool scanners_are_ready(struct scanner_set *set, const struct policy_settings *policy, uint32_t *working_out,
                        uint32_t *wanted_out);

/* The scanner's own words about itself, for the stamp: "ClamAV 1.4.6/27600", or its name. Copies. */
void scanner_version(struct scanner_set *set, size_t index, char *text_out, size_t size);

/* The embedded engine runs on the test signature alone: such a message is never stamped as scanned. */
bool scanner_is_test(const struct scanner_set *set, size_t index);

#endif
