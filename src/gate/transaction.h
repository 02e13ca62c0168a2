/* One message on its way: envelope, sealed body, facts, verdict, and what each recipient gets.
 *
 * An intake (smtp.c, scan.c; later milter, HTTP) fills a transaction while it speaks its protocol and then calls
 * transaction_run, which is the whole of Cordon in one function. What to answer and how to edit is one value (struct
 * outcome); whether and how to forward is the intake's own function, because a milter's mail server forwards by itself.
 */
#ifndef CORDON_GATE_TRANSACTION_H
#define CORDON_GATE_TRANSACTION_H

#include "base/arena.h"
#include "base/buf.h"
#include "gate/budget.h"
#include "gate/gate.h"
#include "ipc/calls/decode.h"
#include "policy/policy.h"
#include "sys/clock.h"
#include "sys/sealed.h"
#include "verdict/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TRANSACTION_ARENA_LIMIT = 8 * 1024 * 1024,
    TRANSACTION_REPLY_SIZE = 1024,
    ORIGIN_VALUE_SIZE = 256,
    SESSION_ID_SIZE = 24
};

/* What stands at the start of a message while it is judged, in place of the fields that are known only afterwards. Its
 * first field is one by which ClamAV knows mail: it looks at a file's first bytes, and would not take for mail what
 * begins with a field of ours (or with some odd one of the sender's). */
#define TRANSACTION_STANDIN "Received: by cordon\r\nX-Cordon-Scan: pending\r\n"

/* Where a message comes from, as far as a trusted neighbour told (XFORWARD, XCLIENT, PROXY), else as we see it. Empty:
 * unknown. */
struct origin {
    char address[ORIGIN_VALUE_SIZE];
    char port[ORIGIN_VALUE_SIZE];
    char name[ORIGIN_VALUE_SIZE];
    char helo[ORIGIN_VALUE_SIZE];
    char protocol[ORIGIN_VALUE_SIZE];
    char queue_id[ORIGIN_VALUE_SIZE]; /* XFORWARD IDENT */
    char source[ORIGIN_VALUE_SIZE];
};

struct recipient {
    char *address;                  /* as in RCPT TO, without the angle brackets; may be empty */
    char *parameters;               /* as in RCPT TO, behind the address: "NOTIFY=NEVER" or "" */
    const struct store_conf *store; /* that takes the message for this recipient; NULL: none does */
    struct fate fate;
    char reply[TRANSACTION_REPLY_SIZE]; /* what this recipient is answered after the body: "250 2.0.0 Ok"; lines parted
                                           by CRLF, none at the end */
};

struct edits {
    struct buf fields;               /* whole header fields, CRLF-ended, to go on top */
    const struct decode_range *cuts; /* ascending, of the sealed message */
    size_t cut_count;
};

/* A message that was kept and is to go on: it is not kept again, and nothing of it comes again by itself. */
enum transaction_release { RELEASE_NOT, RELEASE_ASKED, RELEASE_FORCED /* whatever the policy says */ };

struct transaction {
    struct gate *gate;
    const struct listener_settings *listener; /* NULL: command line; then `policy` alone decides */
    const struct policy_settings *policy;
    enum mode mode;
    enum transaction_release release;
    char id[SESSION_ID_SIZE]; /* of the session, "s-" and hexadecimal digits */
    uint32_t number;          /* of this transaction in its session */
    const char *intake;       /* "smtp", "lmtp", "scan", "release" */
    struct origin origin;

    struct arena arena;
    char *sender;                 /* as in MAIL FROM, without the angle brackets; "" is the null sender */
    char *sender_parameters;      /* "SIZE=1000 BODY=8BITMIME" */
    struct recipient *recipients; /* in the arena, accepted ones only */
    size_t recipient_count;

    struct sealed message;           /* being written by the intake, sealed by transaction_run */
    size_t standin_bytes;            /* strlen(TRANSACTION_STANDIN); 0: a file that need not be a mail */
    struct deadline deadline;        /* set by the intake at the message's last byte */
    struct reservation *reservation; /* of the intake, which drops it; NULL: `own_reservation` is taken where needed */
    struct reservation own_reservation;

    /* Filled by transaction_run. */
    struct sealed report_pack;
    struct sealed packs[DECODE_PACKS]; /* packs[0] stays unused: that is `message` */
    struct sealed frame_pack;          /* the message's frame, where a scanner wants it */
    struct decode_report report;
    bool has_report;
    struct answer answers[SETTINGS_MOST_SCANNERS];
    struct verdict verdict;
    uint64_t kept[SETTINGS_MOST_STORES]; /* its number in each store that has it now; 0: it is not there */
    struct edits edits;
    char next_hop_reply[TRANSACTION_REPLY_SIZE]; /* the last one, for the log */
    bool client_is_gone;
    int64_t received_us, sealed_us, decoded_us, judged_us, kept_us, acted_us; /* clock_now_us at the end of each step */
};

/* Zeroes and fills what every intake needs. The arena is ready afterwards. */
void transaction_init(struct transaction *t, struct gate *gate, const struct listener_settings *listener,
                      const char *session_id, uint32_t number, const char *intake);
void transaction_fini(struct transaction *t);

/* Makes the memory for the body and puts the stand-in there. 0, or -1 and *fault. */
int transaction_body_begin(struct transaction *t, struct fault *fault);

/* Delivers one message to those recipients whose fate is FATE_PASS and sets their reply (and t->next_hop_reply). Never
 * fails: a next hop that does not take it is a 4xx reply, or its own 5xx. NULL where nobody forwards. */
typedef void (*transaction_forward)(struct transaction *t, void *context);

/* Seal, decode, judge, decide, act, answer, log. Afterwards every recipient has its fate and its reply. */
void transaction_run(struct transaction *t, transaction_forward forward, void *context);

/* The message as it goes on: our fields, then the sealed bytes behind the stand-in without the cuts. Calls `put` for
 * each run of bytes, in order; stops and returns -1 where `put` does, else 0. */
int transaction_slices(const struct transaction *t, int (*put)(void *context, struct span bytes), void *context);

/* The one reply of a protocol that has only one: any 4xx wins, else the first 5xx, else the first. */
const char *transaction_single_reply(const struct transaction *t);

#endif
