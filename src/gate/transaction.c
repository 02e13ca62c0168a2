#include "gate/transaction.h"

#include "gate/ban.h"
#include "gate/counters.h"
#include "gate/decode.h"
#include "gate/frame.h"
#include "gate/keep.h"
#include "gate/stamp.h"
#include "gate/transaction_log.h"
#include "gate/waiting.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void transaction_init(struct transaction *t, struct gate *gate, const struct listener_settings *listener,
                      const char *session_id, uint32_t number, const char *intake)
{
    *t = (struct transaction){ .gate = gate, .listener = listener, .number = number, .intake = intake };
    t->policy = listener != NULL ? &listener->policy : &gate->settings->policy;
    t->mode = listener != NULL ? listener->mode : MODE_BEFORE_QUEUE;
    (void)snprintf(t->id, sizeof t->id, "%s", session_id);
    arena_init(&t->arena, TRANSACTION_ARENA_LIMIT);
    t->message = SEALED_NONE;
    t->report_pack = SEALED_NONE;
    t->frame_pack = SEALED_NONE;
    for (size_t i = 0; i < DECODE_PACKS; i++)
        t->packs[i] = SEALED_NONE;
    t->deadline = deadline_never();
    verdict_init(&t->verdict);
}

void transaction_fini(struct transaction *t)
{
    sealed_close(&t->message);
    sealed_close(&t->report_pack);
    sealed_close(&t->frame_pack);
    for (size_t i = 1; i < DECODE_PACKS; i++)
        sealed_close(&t->packs[i]);
    if (t->own_reservation.age != 0)
        budget_drop(t->gate->budget, &t->own_reservation);
    buf_fini(&t->edits.fields);
    arena_fini(&t->arena);
}

int transaction_body_begin(struct transaction *t, struct fault *fault)
{
    assert(t->message.fd < 0);
    if (sealed_open(&t->message, "cordon-message", fault) != 0)
        return -1;
    t->standin_bytes = strlen(TRANSACTION_STANDIN);
    return sealed_append(&t->message, TRANSACTION_STANDIN, t->standin_bytes, fault);
}

static void transaction_seal(struct transaction *t)
{
    struct fault fault;
    if (t->listener == NULL) /* the local socket's caller has sealed it */
        return;
    if (sealed_finish(&t->message, &fault) != 0)
        verdict_add(&t->verdict, CATEGORY_UNSCANNED, UNSCANNABLE_NONE, "gate", fault.text);
}

/* A message that has been through too many hands is going round in a circle. */
static bool transaction_is_loop(const struct transaction *t)
{
    return t->listener != NULL && t->has_report && t->report.received_count > t->listener->max_received;
}

static void transaction_decode(struct transaction *t)
{
    if (t->message.data == NULL)
        return;
    decode_message_by_box(t);
    if (t->has_report)
        ban_check(&t->gate->settings->ban, &t->report, &t->verdict);
}

/* Answers speak of parts by their place among those that were shown; from here on, by their number in the report. */
static void transaction_number_answers(struct transaction *t, const struct scan_input *input)
{
    for (size_t i = 0; i < scanners_count(t->gate->scanners); i++) {
        struct answer *answer = &t->answers[i];
        if (answer->piece < input->part_count)
            answer->piece = input->parts[answer->piece].number;
    }
}

/* Is this place among the parts already? A decoder says so too, but might not be believed: what it calls a repeat and
 * is none would not be judged. `table` has room for twice as many places, in which 0 is empty and n the part n - 1. */
static bool is_repeat(const struct piece *parts, uint32_t *table, size_t mask, uint32_t number)
{
    const struct piece *part = &parts[number];
    uint64_t hash = (part->offset + 1) * UINT64_C(0x9e3779b97f4a7c15) ^ part->size * UINT64_C(0xc2b2ae3d27d4eb4f) ^
                    part->pack * UINT64_C(0x165667b19e3779f9);
    size_t slot = (size_t)(hash ^ hash >> 29) & mask;
    for (; table[slot] != 0; slot = (slot + 1) & mask) {
        const struct piece *other = &parts[table[slot] - 1];
        if (other->pack == part->pack && other->offset == part->offset && other->size == part->size)
            return true;
    }
    table[slot] = number + 1;
    return false;
}

/* The parts that are to be judged: each place once, none that is empty. NULL where there is no memory. */
static struct piece *transaction_parts(struct transaction *t, size_t *count_out)
{
    size_t room = 2;
    while (room < (size_t)t->report.part_count * 2)
        room *= 2;
    struct piece *parts = arena_try(&t->arena, (t->report.part_count + 1) * sizeof *parts);
    uint32_t *table = arena_try(&t->arena, room * sizeof *table);
    *count_out = 0;
    for (uint32_t i = 0; parts != NULL && table != NULL && i < t->report.part_count; i++) {
        const struct decode_part *part = &t->report.parts[i];
        parts[*count_out] = (struct piece){ .pack = part->pack,
                                            .number = i,
                                            .is_opened = (part->flags & DECODE_PART_OPENED) != 0,
                                            .offset = part->offset,
                                            .size = part->size };
        if (part->size > 0 && !is_repeat(parts, table, room - 1, (uint32_t)*count_out))
            (*count_out)++;
    }
    return table != NULL ? parts : NULL;
}

static void transaction_judge(struct transaction *t)
{
    if (t->message.data == NULL) {
        if (t->message.size == 0)
            verdict_conclude(&t->verdict); /* an empty file has nothing to judge */
        return;
    }
    struct scan_input input = { .whole = { .pack = 0, .offset = 0, .size = t->message.size } };
    input.is_complete = t->has_report && decode_report_is_complete(&t->report);
    input.packs[0] = t->message;
    for (size_t i = 1; i < DECODE_PACKS; i++)
        input.packs[i] = t->packs[i];
    input.packs[SCAN_PACK_FRAME] = SEALED_NONE;
    if (input.is_complete && scanners_want_frame(t->gate->scanners))
        input.has_frame = frame_make(&t->report, sealed_span(&t->message), &t->frame_pack);
    if (input.has_frame) {
        input.packs[SCAN_PACK_FRAME] = t->frame_pack;
        /* Whatever nests in it has been opened: a scanner that does not get so deep says nothing. */
        input.frame = (struct piece){ .pack = SCAN_PACK_FRAME, .is_opened = true, .size = t->frame_pack.size };
    }

    struct piece *parts = transaction_parts(t, &input.part_count);
    if (parts == NULL) {
        verdict_add(&t->verdict, CATEGORY_UNSCANNED, UNSCANNABLE_NONE, "gate", "no memory for the list of parts");
        return;
    }
    input.parts = parts;
    scanners_judge(t->gate->scanners, &input, t->policy, t->deadline, t->answers, &t->verdict);
    transaction_number_answers(t, &input);
}

/* What was kept is not kept again, and is not dropped; the operator may have it go on all the same, and that is told.
 */
static void transaction_decide_release(const struct transaction *t, struct fate *fate)
{
    enum fate_action wanted = fate->action;
    fate->wants_keeping = false;
    if (wanted != FATE_PASS && t->release == RELEASE_FORCED) {
        *fate = (struct fate){ .action = FATE_PASS };
        (void)snprintf(fate->finding, sizeof fate->finding, "released by force, where the policy says %s",
                       fate_action_text(wanted));
    } else if (wanted == FATE_DISCARD) {
        fate->action = FATE_REJECT;
        (void)snprintf(fate->reply, sizeof fate->reply, "550 5.7.1 %s: the policy says discard",
                       category_text(verdict_gravest(&t->verdict)));
    }
}

/* Everybody shares one policy for now; the loop is the place where a recipient's own would come in. A message that goes
 * round in a circle is refused where it would go on: after the queue the mail server returns what we refuse to its
 * sender, and what may not pass must not go there either. */
static void transaction_decide_each(struct transaction *t)
{
    for (size_t i = 0; i < t->recipient_count; i++) {
        struct recipient *recipient = &t->recipients[i];
        recipient->store = keep_find_store(t->gate->settings, verdict_gravest(&t->verdict), recipient->address);
        policy_decide(&t->verdict, t->policy, t->mode, recipient->store != NULL, &recipient->fate);
        if (t->release != RELEASE_NOT)
            transaction_decide_release(t, &recipient->fate);
        if (recipient->fate.action == FATE_PASS && transaction_is_loop(t)) {
            recipient->fate = (struct fate){ .action = FATE_REJECT };
            (void)snprintf(recipient->fate.reply, sizeof recipient->fate.reply,
                           "554 5.4.6 loop: %u Received fields, more than %u", t->report.received_count,
                           t->listener->max_received);
        }
        (void)snprintf(recipient->reply, sizeof recipient->reply, "%s", recipient->fate.reply);
    }
}

/* A protocol with one reply can't tell several fates: a temporary failure of one is everybody's. */
static void transaction_merge_fates(struct transaction *t)
{
    if (t->listener == NULL || t->listener->protocol != PROTOCOL_SMTP)
        return;
    const struct recipient *waiting = NULL;
    for (size_t i = 0; i < t->recipient_count && waiting == NULL; i++) {
        if (t->recipients[i].fate.action == FATE_TEMPFAIL)
            waiting = &t->recipients[i];
    }
    for (size_t i = 0; i < t->recipient_count && waiting != NULL; i++) {
        t->recipients[i].fate = waiting->fate;
        (void)snprintf(t->recipients[i].reply, sizeof t->recipients[i].reply, "%s", waiting->fate.reply);
    }
}

static void transaction_decide(struct transaction *t)
{
    transaction_decide_each(t);
    transaction_merge_fates(t);
}

static void transaction_keep(struct transaction *t)
{
    if (!keep_message(t))
        transaction_merge_fates(t);
}

static bool transaction_has_passing(const struct transaction *t)
{
    for (size_t i = 0; i < t->recipient_count; i++) {
        if (t->recipients[i].fate.action == FATE_PASS)
            return true;
    }
    return false;
}

/* Whether it comes again, and why: for the scanners' sake or the policy's, or for the next hop's. */
static void transaction_note_waiting(const struct transaction *t)
{
    const struct recipient *waits = NULL;
    for (size_t i = 0; i < t->recipient_count && waits == NULL; i++) {
        if (t->recipients[i].reply[0] == '4')
            waits = &t->recipients[i];
    }
    if (t->listener == NULL || t->release != RELEASE_NOT || (waits == NULL && waiting_is_empty(t->gate->waiting)))
        return;
    struct digest key;
    struct span bytes = sealed_span(&t->message);
    waiting_key(span_text(t->sender != NULL ? t->sender : ""), t->report.message_id,
                span_from(bytes, t->standin_bytes < bytes.size ? t->standin_bytes : bytes.size), &key);
    if (waits == NULL)
        waiting_end(t->gate->waiting, &key);
    else
        waiting_note(t->gate->waiting, &key,
                     waits->fate.action == FATE_TEMPFAIL ? verdict_gravest(&t->verdict) : CATEGORY_CLEAN,
                     clock_now_ms());
}

/* The way of a message, in order. Whatever goes wrong becomes a finding, and the verdict only gets worse. */
void transaction_run(struct transaction *t, transaction_forward forward, void *context)
{
    t->received_us = clock_now_us();
    transaction_seal(t); /* from here on nobody can alter it: what is judged is what is forwarded */
    t->sealed_us = clock_now_us();
    transaction_decode(t);
    t->decoded_us = clock_now_us();
    transaction_judge(t);
    t->judged_us = clock_now_us();
    transaction_decide(t);
    transaction_keep(t); /* before anybody is answered */
    t->kept_us = clock_now_us();
    stamp_make(t);
    if (forward != NULL && transaction_has_passing(t))
        forward(t, context); /* the next hop's reply becomes the recipient's */
    t->acted_us = clock_now_us();
    transaction_note_waiting(t);
    counters_message(t->gate->counters, verdict_gravest(&t->verdict), t->message.size - t->standin_bytes);
    transaction_log(t);
}

int transaction_slices(const struct transaction *t, int (*put)(void *context, struct span bytes), void *context)
{
    struct span message = sealed_span(&t->message);
    size_t at = t->standin_bytes;
    if (put(context, buf_span(&t->edits.fields)) != 0)
        return -1;
    for (size_t i = 0; i < t->edits.cut_count; i++) {
        const struct decode_range *cut = &t->edits.cuts[i];
        assert(cut->offset >= at && cut->offset <= message.size); /* decode_report_check has seen to it */
        if (cut->offset > at && put(context, span_slice(message, at, (size_t)cut->offset - at)) != 0)
            return -1;
        at = (size_t)(cut->offset + cut->size);
    }
    return at < message.size ? put(context, span_from(message, at)) : 0;
}

const char *transaction_single_reply(const struct transaction *t)
{
    assert(t->recipient_count > 0);
    const char *refused = NULL;
    for (size_t i = 0; i < t->recipient_count; i++) {
        const char *reply = t->recipients[i].reply;
        if (reply[0] == '4')
            return reply;
        if (reply[0] == '5' && refused == NULL)
            refused = reply;
    }
    return refused != NULL ? refused : t->recipients[0].reply;
}
