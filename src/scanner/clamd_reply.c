#include "clamd_reply.h"

#include <stdio.h>
#include <time.h>

enum { REPLY_SHOWN = 120 };

struct name_row {
    const char *prefix;
    enum answer_kind kind;
    enum unscannable unscannable;
};

/* The first that fits. A time limit says something about the machine and not about the message. */
static const struct name_row name_rows[] = {
    { "Heuristics.Limits.Exceeded.MaxScanTime", ANSWER_FAILED, UNSCANNABLE_NONE },
    { "Heuristics.Limits.Exceeded", ANSWER_UNSCANNABLE, UNSCANNABLE_LIMIT },
    { "Heuristics.Encrypted", ANSWER_UNSCANNABLE, UNSCANNABLE_ENCRYPTED },
    { "", ANSWER_INFECTED, UNSCANNABLE_NONE },
};

void clamav_name_read(struct span name, struct answer *answer_out)
{
    const struct name_row *row = name_rows;
    while (!span_starts_with(name, row->prefix))
        row++;
    answer_set(answer_out, row->kind, name);
    answer_out->unscannable = row->unscannable;
    answer_out->blame = BLAME_PIECE; /* where it failed, it was over this piece */
}

static void reply_failed(const char *what, struct span reply, enum blame blame, struct answer *answer_out)
{
    char text[ANSWER_TEXT_SIZE];
    int shown = (int)(reply.size < REPLY_SHOWN ? reply.size : REPLY_SHOWN);
    (void)snprintf(text, sizeof text, "%s: %.*s", what, shown, reply.size > 0 ? reply.data : "");
    answer_set(answer_out, ANSWER_FAILED, span_text(text));
    answer_out->blame = blame;
}

/* Cuts `end` off the end of *span. */
static bool reply_cut_end(struct span *span, const char *end)
{
    struct span wanted = span_text(end);
    if (span->size < wanted.size || !span_equal(span_from(*span, span->size - wanted.size), wanted))
        return false;
    span->size -= wanted.size;
    return true;
}

/* Cuts "stream: " or "fd[10]: " off the start. */
static bool reply_cut_subject(struct span *span)
{
    if (span_starts_with(*span, "stream: ")) {
        *span = span_from(*span, sizeof "stream: " - 1);
        return true;
    }
    if (!span_starts_with(*span, "fd["))
        return false;
    struct span rest = span_from(*span, 3);
    uint64_t number = 0;
    size_t end = span_find_byte(rest, ']');
    if (end == SPAN_NONE || !span_number(span_slice(rest, 0, end), &number))
        return false;
    rest = span_from(rest, end);
    if (!span_starts_with(rest, "]: "))
        return false;
    *span = span_from(rest, 3);
    return true;
}

/* Takes the "(hash:size)" of clamd's ExtendedDetectionInfo off a name. */
static struct span reply_plain_name(struct span name)
{
    size_t open = name.size;
    if (name.size == 0 || name.data[name.size - 1] != ')')
        return name;
    while (open > 0 && name.data[open - 1] != '(')
        open--;
    struct span inside = span_slice(name, open, name.size - open - 1);
    struct span hash = span_cut(&inside, ':');
    uint64_t number = 0;
    bool is_info = open > 1 && hash.size >= 32 && span_number(inside, &number);
    return is_info ? span_slice(name, 0, open - 1) : name;
}

void clamd_reply_read(struct span reply, struct answer *answer_out)
{
    struct span rest = reply;
    *answer_out = (struct answer){ .kind = ANSWER_FAILED };
    if (span_is(reply, "INSTREAM size limit exceeded. ERROR")) {
        answer_set(answer_out, ANSWER_UNSCANNABLE, span_text("larger than clamd's StreamMaxLength"));
        answer_out->unscannable = UNSCANNABLE_LIMIT;
    } else if (reply_cut_end(&rest, " ERROR")) {
        reply_failed("clamd reports", rest, BLAME_PIECE, answer_out);
    } else if (reply_cut_subject(&rest) && span_is(rest, "OK")) {
        answer_set(answer_out, ANSWER_CLEAN, span_text(""));
    } else if (rest.size < reply.size && reply_cut_end(&rest, " FOUND") && rest.size > 0) { /* it has a subject */
        clamav_name_read(reply_plain_name(rest), answer_out);
    } else {
        reply_failed("unknown reply", reply, BLAME_SCANNER, answer_out);
    }
}

int64_t clamd_reply_date(struct span date)
{
    char text[64];
    struct tm utc = { .tm_isdst = 0 };
    if (!span_copy(span_trim(date), text, sizeof text))
        return 0;
    const char *end = strptime(text, "%a %b %d %H:%M:%S %Y", &utc);
    if (end == NULL || *end != '\0')
        return 0;
    time_t made = timegm(&utc);
    return made > 0 ? (int64_t)made : 0;
}
