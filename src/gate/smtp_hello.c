/* EHLO, HELO, LHLO and STARTTLS: who the client says it is, and what it is offered.
 *
 * What a message would need from end to end is offered only where the next hop has it; what is between neighbours is
 * always ours. Nothing else is offered.
 */
#include "gate/smtp.h"

#include "base/memory.h"
#include "proto/smtp_command.h"
#include "sys/log.h"

#include <inttypes.h>
#include <stdlib.h>

enum { SMTP_OFFER_LIMIT = 2048 };

static const struct {
    unsigned ability; /* enum hop_ability */
    unsigned extension;
    const char *keyword;
} end_to_end[] = {
    { HOP_8BITMIME, SMTP_EXT_8BITMIME, "8BITMIME" },
    { HOP_SMTPUTF8, SMTP_EXT_SMTPUTF8, "SMTPUTF8" },
    { HOP_DSN, SMTP_EXT_DSN, "DSN" },
};

void smtp_forget_hello(struct smtp *smtp)
{
    smtp_mail_end(smtp);
    free(smtp->hello);
    smtp->hello = NULL;
    smtp->is_extended = false;
    smtp->offers_xclient = false;
    smtp->extensions = 0;
}

/* Takes the name; false where it is none. */
static bool smtp_take_hello(struct smtp *smtp, struct span name)
{
    if (!smtp_hello_is_valid(name)) {
        smtp_mistake(smtp, "501 5.5.4 A host name is needed");
        return false;
    }
    char text[SMTP_HELLO_LIMIT + 1];
    smtp_forget_hello(smtp); /* RFC 5321 section 4.1.4: as RSET */
    (void)span_copy(name, text, sizeof text);
    smtp->hello = memory_copy_text(text);
    smtp->largest_bytes = smtp->settings->max_message_bytes;
    return true;
}

void smtp_hello(struct smtp *smtp, struct span arguments)
{
    if (smtp_take_hello(smtp, arguments))
        smtp_reply_as_host(smtp, "250", "Ok");
}

static bool smtp_may_start_tls(const struct smtp *smtp)
{
    return smtp->session->listener->tls != NULL && stream_tls_text(smtp->stream)[0] == '\0';
}

static void offer_attributes(enum xforward_command command, const char *keyword, const char *takers_list,
                             struct buf *offer)
{
    buf_put_text(offer, keyword);
    for (int i = 0; i < XFORWARD_ATTRIBUTES; i++) {
        const char *text = xforward_attribute_text((enum xforward_attribute)i);
        bool is_taken = takers_list == NULL || ehlo_has_attribute(takers_list, text);
        if (is_taken && xforward_has_attribute(command, (enum xforward_attribute)i))
            buf_printf(offer, " %s", text);
    }
    buf_put_text(offer, "\r\n250-");
}

static void smtp_offer(struct smtp *smtp, const struct hop_abilities *hop)
{
    if (hop->size_limit > 0 && hop->size_limit < smtp->largest_bytes)
        smtp->largest_bytes = hop->size_limit;
    smtp->is_extended = true;
    smtp->extensions = SMTP_EXT_SIZE;
    smtp->offers_xclient = smtp->session->is_trusted && (hop->bits & HOP_XCLIENT) != 0;

    struct buf offer;
    buf_init(&offer, SMTP_OFFER_LIMIT);
    buf_printf(&offer, "250-%s\r\n250-PIPELINING\r\n", smtp->gate->settings->hostname);
    buf_printf(&offer, "250-SIZE %" PRIu64 "\r\n250-", smtp->largest_bytes);
    if (smtp_may_start_tls(smtp))
        buf_put_text(&offer, "STARTTLS\r\n250-");
    for (size_t i = 0; i < sizeof end_to_end / sizeof end_to_end[0]; i++) {
        if ((hop->bits & end_to_end[i].ability) == 0)
            continue;
        smtp->extensions |= end_to_end[i].extension;
        buf_printf(&offer, "%s\r\n250-", end_to_end[i].keyword);
    }
    if (smtp->session->is_trusted)
        offer_attributes(XFORWARD_COMMAND, "XFORWARD", NULL, &offer);
    if (smtp->offers_xclient)
        offer_attributes(XCLIENT_COMMAND, "XCLIENT", hop->xclient, &offer);
    buf_put_text(&offer, "ENHANCEDSTATUSCODES\r\n250 CHUNKING");
    smtp_reply(smtp, buf_text(&offer));
    buf_fini(&offer);
}

void smtp_extended_hello(struct smtp *smtp, struct span arguments)
{
    if (!smtp_take_hello(smtp, arguments))
        return;
    struct hop_abilities hop;
    struct fault fault;
    if (hop_pool_abilities(smtp->session->listener->hops, smtp_hop_deadline(smtp), &hop, &fault) == 0) {
        smtp_offer(smtp, &hop);
        return;
    }
    smtp_log_refusal(smtp, smtp->is_lmtp ? "LHLO" : "EHLO", NULL, fault.text);
    smtp_hang_up(smtp, "421 4.4.1", "The next hop can't be reached, try again later");
}

/* The dialogue starts anew, and nothing that was said in plain text counts (RFC 3207 section 4.2). */
void smtp_starttls(struct smtp *smtp, struct span arguments)
{
    (void)arguments;
    if (!smtp_may_start_tls(smtp)) {
        smtp_mistake(smtp, "503 5.5.1 TLS is not offered here, or has begun");
        return;
    }
    smtp_forget_hello(smtp);
    smtp_forget_origin(smtp);
    smtp_reply(smtp, "220 2.0.0 Ready to start TLS");
    if (stream_start_tls_server(smtp->stream, smtp->session->listener->tls) != 0) {
        log_note(LOG_NOTICE, "tls-failed", "session %s: %s", smtp->session->id, stream_fault(smtp->stream)->text);
        smtp->is_over = true;
    }
}
