/* What all sessions of one gate share. Each member is either immutable or has a lock of its own. */
#ifndef CORDON_GATE_GATE_H
#define CORDON_GATE_GATE_H

#include "conf/settings.h"
#include "scanner/scanner.h"
#include "sys/thread.h"

struct gate_peers;
struct gate_budget;
struct gate_counters;
struct gate_listener;
struct stores_told;
struct updates;
struct waiting;

struct gate {
    const struct settings *settings;
    struct gate_peers *peers;        /* sockets to the decoder and the engine, which the supervisor renews (peers.h) */
    struct gate_budget *budget;      /* memory for messages in flight (budget.h) */
    struct gate_counters *counters;  /* for status (counters.h) */
    struct waiting *waiting;         /* messages that were told to wait (waiting.h) */
    struct stores_told *stores_told; /* as the supervisor tells */
    struct updates *updates;         /* of the engine's signatures, as the supervisor tells (updates.h) */
    struct scanner_set *scanners;
    struct gate_listener *listeners; /* by whose next hops a kept message may be released */
    size_t listener_count;
    struct slots decode_slots; /* what needs the processor takes one of a few */
    int retiring_fd;           /* an eventfd that is readable once nothing new is to be accepted */
    int stopping_fd;           /* an eventfd that is readable once the gate drains; sessions look at it while idle */
};

#endif
