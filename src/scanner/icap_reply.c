#include "icap_reply.h"

#include "proto/icap.h"
#include "scanner/clamd_reply.h"
#include "scanner/driver.h"

#include <stdio.h>

static const char unnamed[] = "unnamed";

/* --- Names --- */

struct violation_row {
    const char *word;
    enum answer_kind kind;
    enum unscannable unscannable;
};

/* Symantec's and others' "Encrypted container violation": the first word that is in it. A time limit says something
 * about the machine and not about the message. */
static const struct violation_row violation_rows[] = {
    { "encrypt", ANSWER_UNSCANNABLE, UNSCANNABLE_ENCRYPTED },
    { "password", ANSWER_UNSCANNABLE, UNSCANNABLE_ENCRYPTED },
    { "time", ANSWER_FAILED, UNSCANNABLE_NONE },
    { "size", ANSWER_UNSCANNABLE, UNSCANNABLE_LIMIT },
    { "depth", ANSWER_UNSCANNABLE, UNSCANNABLE_LIMIT },
    { "level", ANSWER_UNSCANNABLE, UNSCANNABLE_LIMIT },
    { "limit", ANSWER_UNSCANNABLE, UNSCANNABLE_LIMIT },
    { "malformed", ANSWER_UNSCANNABLE, UNSCANNABLE_DAMAGED },
    { "corrupt", ANSWER_UNSCANNABLE, UNSCANNABLE_DAMAGED },
    { "damaged", ANSWER_UNSCANNABLE, UNSCANNABLE_DAMAGED },
    { "", ANSWER_UNSCANNABLE, UNSCANNABLE_UNSUPPORTED },
};

static void read_violation(struct span name, struct answer *answer)
{
    const struct violation_row *row = violation_rows;
    while (span_find_nocase(name, span_text(row->word)) == SPAN_NONE)
        row++;
    answer_set(answer, row->kind, name);
    answer->blame = BLAME_PIECE; /* where it failed, it was over this piece */
    answer->unscannable = row->unscannable;
}

static void read_name(struct span value, struct answer *answer)
{
    struct span name = span_trim(value);
    if (name.size == 0 || span_is_nocase(name, "no threats") || span_is_nocase(name, "none"))
        return;
    if (span_find_nocase(name, span_text("container ")) != SPAN_NONE &&
        span_find_nocase(name, span_text("violation")) != SPAN_NONE)
        read_violation(name, answer);
    else
        clamav_name_read(name, answer); /* as c-icap passes them on */
}

/* --- Fields --- */

/* "Type=0; Resolution=2; Threat=Troj/DocDl-OYC;" (draft-stecher-icap-subid): 0 a virus, 1 a violation of the mail
 * policy, 2 of a bound on containers. */
static void read_infection(struct span value, struct answer *answer)
{
    struct span type = span_of(NULL, 0);
    struct span threat = value;
    for (struct span rest = value; rest.size > 0;) {
        struct span content = span_trim(span_cut(&rest, ';'));
        struct span key = span_trim(span_cut(&content, '='));
        if (span_is_nocase(key, "type"))
            type = span_trim(content);
        else if (span_is_nocase(key, "threat") && content.size > 0)
            threat = span_trim(content);
    }
    if (span_is(type, "2"))
        read_violation(threat, answer);
    else
        read_name(threat, answer);
    if (answer->kind == ANSWER_NOT_ASKED)
        answer_set(answer, ANSWER_INFECTED, span_text(unnamed));
}

/* A count, and four lines for each: file, name, number, what was done with it. */
static void read_violations(struct span value, struct answer *answer)
{
    struct span rest = value;
    uint64_t count = 0;
    if (!span_number(span_trim(span_cut(&rest, '\n')), &count)) {
        answer_set(answer, ANSWER_FAILED, span_text("its X-Violations-Found can't be understood"));
        return;
    }
    if (count == 0)
        return;
    while (rest.size > 0) {
        struct answer one = { .kind = ANSWER_NOT_ASKED };
        (void)span_cut(&rest, '\n');
        read_name(span_cut(&rest, '\n'), &one);
        (void)span_cut(&rest, '\n');
        (void)span_cut(&rest, '\n');
        answer_worsen(answer, &one);
    }
    if (answer->kind == ANSWER_NOT_ASKED)
        answer_set(answer, ANSWER_INFECTED, span_text(unnamed));
}

static struct span unquoted(struct span value)
{
    bool is_quoted = value.size >= 2 && value.data[0] == '"' && value.data[value.size - 1] == '"';
    return is_quoted ? span_slice(value, 1, value.size - 2) : value;
}

static void read_quoted_name(struct span value, struct answer *answer)
{
    read_name(unquoted(value), answer);
}

static void read_result(struct span value, struct answer *answer)
{
    static const char *const finds[] = { "infected", "suspicious", "suspected", "riskware", "pua", "spyware" };
    if (span_is_nocase(unquoted(value), "clean"))
        return;
    answer_set(answer, ANSWER_FAILED, span_text("its X-FSecure-Scan-Result is neither clean nor infected"));
    for (size_t i = 0; i < sizeof finds / sizeof finds[0]; i++) {
        if (span_is_nocase(unquoted(value), finds[i]))
            answer_set(answer, ANSWER_INFECTED, span_text(unnamed));
    }
}

static void read_blocked(struct span value, struct answer *answer)
{
    static const char *const no[] = { "", "0", "no", "false", "allowed" };
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++) {
        if (span_is_nocase(value, no[i]))
            return;
    }
    answer_set(answer, ANSWER_INFECTED, span_text(unnamed));
}

static void read_response(struct span value, struct answer *answer)
{
    if (span_starts_with_nocase(value, "blocked") || span_starts_with_nocase(value, "infected"))
        answer_set(answer, ANSWER_INFECTED, span_text(unnamed));
}

struct field_row {
    const char *name;
    void (*read)(struct span value, struct answer *answer); /* leaves ANSWER_NOT_ASKED where it tells nothing */
};

/* Those with names first: of equal answers the first stays. */
static const struct field_row field_rows[] = {
    { "X-Infection-Found", read_infection },          /* the draft: Symantec, Trend Micro, ESET, c-icap, Dr.Web */
    { "X-Violations-Found", read_violations },        /* Symantec, c-icap */
    { "X-Virus-ID", read_name },                      /* Sophos, Kaspersky, Fortinet, Trend Micro */
    { "X-Virus-Name", read_name },                    /* McAfee */
    { "X-FSecure-Infection-Name", read_quoted_name }, /* F-Secure */
    { "X-FSecure-Scan-Result", read_result },         /* F-Secure */
    { "X-Blocked", read_blocked },                    /* gateways */
    { "X-Block-Reason", read_blocked },               /* McAfee */
    { "X-WWBlockResult", read_blocked },              /* McAfee, Webwasher */
    { "X-Response-Info", read_response },             /* Kaspersky, MetaDefender */
};

static void read_fields(struct span fields, struct answer *answer)
{
    for (size_t i = 0; i < sizeof field_rows / sizeof field_rows[0]; i++) {
        struct span name;
        struct span value;
        for (struct span rest = fields; icap_field_next(&rest, &name, &value);) {
            struct answer said = { .kind = ANSWER_NOT_ASKED };
            if (!span_is_nocase(name, field_rows[i].name))
                continue;
            field_rows[i].read(value, &said);
            answer_worsen(answer, &said);
        }
    }
}

/* --- Statuses --- */

struct status_row {
    unsigned status;
    enum blame blame;
    const char *text;
};

static const struct status_row status_rows[] = {
    { 100, BLAME_SCANNER, "it wants more than there is" },
    { 206, BLAME_SCANNER, "it sent a part of the content, which nobody asked for" },
    { 400, BLAME_SCANNER, "it did not understand the request" },
    { 403, BLAME_SCANNER, "it refuses to serve us" },
    { 404, BLAME_SCANNER, "it has no such service" },
    { 405, BLAME_SCANNER, "its service does not know this method" },
    { 408, BLAME_SCANNER, "it gave up waiting for us" },
    { 500, BLAME_PIECE, "it failed" },
    { 501, BLAME_SCANNER, "it does not know this method" },
    { 502, BLAME_SCANNER, "it has no connection to its scanner" },
    { 503, BLAME_SCANNER, "it is overloaded" },
    { 505, BLAME_SCANNER, "it does not know this version of ICAP" },
};

static void judge_status(const struct icap_reply *reply, struct answer *answer)
{
    char text[ANSWER_TEXT_SIZE];
    const char *meaning = "an unknown status";
    enum blame blame = BLAME_SCANNER;
    for (size_t i = 0; i < sizeof status_rows / sizeof status_rows[0]; i++) {
        if (status_rows[i].status == reply->status) {
            meaning = status_rows[i].text;
            blame = status_rows[i].blame;
        }
    }
    int shown = (int)(reply->reason.size < 60 ? reply->reason.size : 60);
    (void)snprintf(text, sizeof text, "%s: %u %.*s", meaning, reply->status, shown,
                   reply->reason.size > 0 ? reply->reason.data : "");
    answer_fail(answer, blame, span_text(text));
}

/* A 200 whose fields say nothing. */
static void judge_content(const struct icap_reply *reply, struct answer *answer)
{
    const char *text = "it changed the content and names no infection";
    struct span place;
    bool is_same = reply->content == ICAP_CONTENT_SAME && !reply->is_page &&
                   (reply->http_status == 200 || reply->http_status == 0);
    if (reply->http_status == 403) {
        answer_set(answer, ANSWER_INFECTED, span_text(unnamed));
        return;
    }
    /* squidclamav sends the browser elsewhere. */
    if (reply->http_status / 100 == 3 && icap_field_find(reply->http_fields, "Location", &place) &&
        span_find(place, span_text("virus=")) != SPAN_NONE) {
        answer_set(answer, ANSWER_INFECTED, span_text(unnamed));
        return;
    }
    if (is_same && !reply->may_204) {
        answer_set(answer, ANSWER_CLEAN, span_text(""));
        return;
    }
    if (is_same)
        text = "it sent the content back although it can answer 204: perhaps more than it looks into";
    else if (reply->content == ICAP_CONTENT_NONE)
        text = "it answered 200 without any content";
    answer_fail(answer, BLAME_PIECE, span_text(text));
}

void icap_reply_judge(const struct icap_reply *reply, struct answer *answer_out)
{
    *answer_out = (struct answer){ .kind = ANSWER_NOT_ASKED };
    if (reply->status != 100) {
        read_fields(reply->fields, answer_out);
        read_fields(reply->http_fields, answer_out);
    }
    if (answer_out->kind == ANSWER_INFECTED)
        return;
    if (reply->status != 200 && reply->status != 204)
        judge_status(reply, answer_out);
    else if (answer_out->kind == ANSWER_NOT_ASKED && reply->status == 204)
        answer_set(answer_out, ANSWER_CLEAN, span_text(""));
    else if (answer_out->kind == ANSWER_NOT_ASKED)
        judge_content(reply, answer_out);
    if (answer_out->kind == ANSWER_CLEAN && !reply->has_all)
        answer_fail(answer_out, BLAME_SCANNER, span_text("it answered before it had the whole piece"));
    if (answer_out->kind != ANSWER_UNSCANNABLE && answer_out->kind != ANSWER_INFECTED)
        answer_out->unscannable = UNSCANNABLE_NONE;
}
