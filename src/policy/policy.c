#include "policy/policy.h"

#include "base/buf.h"
#include "base/escape.h"

#include <stdio.h>

enum { REPLY_REASON_LIMIT = 120 };

const char *fate_action_text(enum fate_action action)
{
    static const char *const texts[] = {
        [FATE_PASS] = "pass", [FATE_REJECT] = "reject", [FATE_DISCARD] = "discard", [FATE_TEMPFAIL] = "tempfail"
    };
    return texts[action];
}

static unsigned actions_of(const struct verdict *verdict, const struct policy_settings *policy)
{
    enum category gravest = verdict_gravest(verdict);
    return gravest == CATEGORY_UNSCANNABLE ? policy->unscannable_actions[verdict->unscannable]
                                           : policy->actions[gravest];
}

/* What the sender is told beside the code. Of findings only those about the message itself: a scanner's own trouble is
 * none of the sender's business. */
static const struct {
    const char *word;
    bool shows_finding;
    const char *otherwise; /* where no finding is shown */
} reply_rows[CATEGORIES] = {
    [CATEGORY_CLEAN] = { "clean", false, "not taken" },
    [CATEGORY_MALFORMED] = { "malformed", true, "" },
    [CATEGORY_UNSCANNABLE] = { "unscannable", false, "" }, /* the reason's word */
    [CATEGORY_UNSCANNED] = { "not scanned", false, "try again later" },
    [CATEGORY_BANNED] = { "banned", true, "" },
    [CATEGORY_INFECTED] = { "infected", true, "" },
};

static void fate_reply(struct fate *fate, const char *code, const struct verdict *verdict)
{
    enum category gravest = verdict_gravest(verdict);
    const struct finding *finding = verdict_main_finding(verdict);
    const char *text = reply_rows[gravest].otherwise;
    if (gravest == CATEGORY_UNSCANNABLE)
        text = unscannable_text(verdict->unscannable);
    else if (reply_rows[gravest].shows_finding && finding != NULL)
        text = finding->text;
    struct buf reply;
    buf_init(&reply, sizeof fate->reply - 1);
    buf_printf(&reply, "%s %s: ", code, reply_rows[gravest].word);
    escape_header(&reply, span_text(text), REPLY_REASON_LIMIT);
    (void)span_copy(buf_span(&reply), fate->reply, sizeof fate->reply);
    buf_fini(&reply);
}

static void fate_tempfail(struct fate *fate, const struct verdict *verdict, const char *finding)
{
    fate->action = FATE_TEMPFAIL;
    fate_reply(fate, "451 4.7.1", verdict);
    (void)snprintf(fate->finding, sizeof fate->finding, "%s", finding);
}

static void fate_reject(struct fate *fate, const struct verdict *verdict, unsigned actions, enum mode mode,
                        bool has_store)
{
    if (mode == MODE_AFTER_QUEUE) {
        /* A 5xx would make the mail server bounce a virus to a forged sender: it is kept instead, and accepted. */
        if (!has_store) {
            fate_tempfail(fate, verdict,
                          "reject after the queue needs the quarantine, and there is no store: the message waits");
            return;
        }
        fate->action = FATE_DISCARD;
        fate->wants_keeping = true;
        (void)snprintf(fate->reply, sizeof fate->reply, "250 2.0.0 kept in quarantine");
        return;
    }
    fate->action = FATE_REJECT;
    fate_reply(fate, "550 5.7.1", verdict);
    fate->wants_keeping = (actions & ACTION_QUARANTINE) != 0 && has_store;
    if ((actions & ACTION_QUARANTINE) != 0 && !has_store)
        (void)snprintf(fate->finding, sizeof fate->finding,
                       "rejected without a copy: there is no store for the quarantine");
}

static void fate_discard(struct fate *fate, const struct verdict *verdict, unsigned actions, bool has_store)
{
    bool may_forget = (actions & ACTION_FORGET) != 0 && (actions & ACTION_QUARANTINE) == 0;
    if (!may_forget && !has_store) {
        fate_tempfail(fate, verdict, "discard needs a durable record, and there is no store: the message waits");
        return;
    }
    fate->action = FATE_DISCARD;
    fate->wants_keeping = !may_forget;
    (void)snprintf(fate->reply, sizeof fate->reply, "250 2.0.0 discarded");
}

static void fate_pass(struct fate *fate, const struct verdict *verdict, unsigned actions, bool has_store)
{
    if ((actions & ACTION_QUARANTINE) != 0 && !has_store) {
        fate_tempfail(fate, verdict, "quarantine was asked for, and there is no store: the message waits");
        return;
    }
    fate->action = FATE_PASS;
    fate->wants_keeping = (actions & ACTION_QUARANTINE) != 0;
    fate->is_tagged = (actions & ACTION_TAG) != 0;
}

void policy_decide(const struct verdict *verdict, const struct policy_settings *policy, enum mode mode, bool has_store,
                   struct fate *fate_out)
{
    unsigned actions = actions_of(verdict, policy);
    *fate_out = (struct fate){ .action = FATE_TEMPFAIL };
    if ((actions & ACTION_TEMPFAIL) != 0)
        fate_tempfail(fate_out, verdict, "");
    else if ((actions & ACTION_REJECT) != 0)
        fate_reject(fate_out, verdict, actions, mode, has_store);
    else if ((actions & ACTION_DISCARD) != 0)
        fate_discard(fate_out, verdict, actions, has_store);
    else if ((actions & ACTION_PASS) != 0)
        fate_pass(fate_out, verdict, actions, has_store);
    else
        fate_tempfail(fate_out, verdict, "the policy has no action for this category: the message waits");
}
