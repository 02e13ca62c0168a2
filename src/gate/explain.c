#include "gate/explain.h"

#include "base/escape.h"
#include "base/memory.h"
#include "gate/ban.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    EXPLAIN_PART_SIZE = 256 * 1024,
    EXPLAIN_RESERVE = 64 * 1024, /* for what stands behind the parts */
    EXPLAIN_INDENT = 2,
    EXPLAIN_MOST_INDENT = 60,
    EXPLAIN_TEXT_SHOWN = 4096,
    EXPLAIN_NAME_SHOWN = 240
};

static const char *const kind_texts[DECODE_KINDS] = {
    [DECODE_MALFORMED] = "malformed", [DECODE_DAMAGED] = "damaged", [DECODE_UNSUPPORTED] = "unsupported",
    [DECODE_ENCRYPTED] = "encrypted", [DECODE_LIMIT] = "limit",
};

struct flag_row {
    uint32_t flag;
    const char *word;
    const char *text;
};

static const struct flag_row flag_rows[] = {
    { DECODE_PART_OPENED, "opened", "opened" },
    { DECODE_PART_READING, "reading", "seen by some programs only" },
    { DECODE_KIND_BIT(DECODE_MALFORMED), "malformed", "malformed" },
    { DECODE_KIND_BIT(DECODE_DAMAGED), "damaged", "damaged" },
    { DECODE_KIND_BIT(DECODE_UNSUPPORTED), "unsupported", "unsupported" },
    { DECODE_KIND_BIT(DECODE_ENCRYPTED), "encrypted", "encrypted" },
    { DECODE_KIND_BIT(DECODE_LIMIT), "limit", "beyond a limit" },
};

enum { FLAG_ROWS = sizeof flag_rows / sizeof flag_rows[0] };

bool explain_is_mismatch(struct span declared, struct span detected)
{
    if (declared.size == 0 || detected.size == 0 || span_equal_nocase(declared, detected))
        return false;
    bool is_container = span_starts_with_nocase(declared, "multipart/") ||
                        span_starts_with_nocase(declared, "message/");
    bool are_text = span_starts_with_nocase(declared, "text/") && span_starts_with_nocase(detected, "text/");
    return !is_container && !are_text && !span_is_nocase(declared, "application/octet-stream");
}

static bool speaks_of(const struct answer *answer, uint32_t piece)
{
    return answer->piece == piece &&
           (answer->kind == ANSWER_INFECTED || answer->kind == ANSWER_UNSCANNABLE || answer->kind == ANSWER_FAILED);
}

/* --- JSON --- */

static void put_strings(struct buf *json, const char *key, const struct verdict *verdict, bool is_name)
{
    buf_printf(json, "\"%s\":[", key);
    bool is_first = true;
    for (size_t i = 0; i < verdict->finding_count; i++) {
        const struct finding *finding = &verdict->findings[i];
        if ((finding->category == CATEGORY_INFECTED) != is_name)
            continue;
        struct buf text;
        buf_init(&text, 1024);
        if (finding->unscannable != UNSCANNABLE_NONE)
            buf_printf(&text, "%s: ", unscannable_text(finding->unscannable));
        buf_put_text(&text, finding->text);
        if (!is_first)
            buf_put_char(json, ',');
        escape_json(json, buf_span(&text));
        is_first = false;
        buf_fini(&text);
    }
    buf_put_char(json, ']');
}

void explain_put_verdict(const struct transaction *t, struct buf *json)
{
    buf_printf(json, "\"verdict\":\"%s\",", category_text(verdict_gravest(&t->verdict)));
    put_strings(json, "names", &t->verdict, true);
    buf_put_char(json, ',');
    put_strings(json, "reasons", &t->verdict, false);
}

void explain_put_scanners(const struct transaction *t, struct buf *json)
{
    const struct scanner_set *scanners = t->gate->scanners;
    buf_put_text(json, "\"scanners\":{");
    for (size_t i = 0; i < scanners_count(scanners); i++) {
        buf_printf(json, "%s", i > 0 ? "," : "");
        escape_json(json, span_text(scanner_name(scanners, i)));
        buf_printf(json, ":{\"answer\":\"%s\",\"ms\":%" PRIu32 ",\"text\":", answer_kind_text(t->answers[i].kind),
                   t->answers[i].took_ms);
        escape_json(json, span_text(t->answers[i].text));
        buf_put_char(json, '}');
    }
    buf_put_char(json, '}');
}

static void json_text(const struct transaction *t, struct buf *json, const char *key, struct decode_text text)
{
    buf_printf(json, ",\"%s\":", key);
    escape_json(json, decode_report_text(&t->report, text));
}

static void json_names(const struct transaction *t, struct buf *json, const struct decode_part *part)
{
    struct span names = decode_report_text(&t->report, part->names);
    buf_put_text(json, ",\"names\":[");
    for (bool is_first = true; names.size > 0; is_first = false) {
        buf_put_text(json, is_first ? "" : ",");
        escape_json(json, span_cut(&names, '\0'));
    }
    buf_put_char(json, ']');
}

static void json_flags(struct buf *json, uint32_t flags)
{
    bool is_first = true;
    buf_put_text(json, ",\"flags\":[");
    for (size_t i = 0; i < FLAG_ROWS; i++) {
        if ((flags & flag_rows[i].flag) == 0)
            continue;
        buf_printf(json, "%s\"%s\"", is_first ? "" : ",", flag_rows[i].word);
        is_first = false;
    }
    buf_put_char(json, ']');
}

static void json_findings(const struct transaction *t, struct buf *json, uint32_t index)
{
    bool is_first = true;
    buf_put_text(json, ",\"findings\":[");
    for (uint32_t i = 0; i < t->report.finding_count; i++) {
        const struct decode_finding *finding = &t->report.findings[i];
        if (finding->part != index)
            continue;
        buf_printf(json, "%s{\"kind\":\"%s\",\"text\":", is_first ? "" : ",", kind_texts[finding->kind]);
        escape_json(json, decode_report_text(&t->report, finding->text));
        buf_put_char(json, '}');
        is_first = false;
    }
    buf_put_char(json, ']');
}

/* What scanners said of one piece. */
static void json_said(const struct transaction *t, struct buf *json, uint32_t piece)
{
    bool is_first = true;
    buf_put_text(json, "\"scanners\":{");
    for (size_t i = 0; i < scanners_count(t->gate->scanners); i++) {
        const struct answer *answer = &t->answers[i];
        if (!speaks_of(answer, piece))
            continue;
        buf_put_text(json, is_first ? "" : ",");
        escape_json(json, span_text(scanner_name(t->gate->scanners, i)));
        buf_printf(json, ":{\"answer\":\"%s\",\"text\":", answer_kind_text(answer->kind));
        escape_json(json, span_text(answer->text));
        buf_put_char(json, '}');
        is_first = false;
    }
    buf_put_char(json, '}');
}

static void json_part(const struct transaction *t, uint32_t index, bool is_first, struct buf *json)
{
    const struct decode_part *part = &t->report.parts[index];
    char within[BAN_PATH_SIZE];
    bool is_mismatch = explain_is_mismatch(decode_report_text(&t->report, part->declared),
                                           decode_report_text(&t->report, part->detected));
    ban_path(&t->report, index, within);
    buf_printf(json, "%s{\"number\":%" PRIu32 ",\"parent\":", is_first ? "" : ",", index);
    if (part->parent == DECODE_NO_PARENT)
        buf_put_text(json, "null");
    else
        buf_printf(json, "%" PRId32, part->parent);
    json_text(t, json, "path", part->path);
    json_names(t, json, part);
    json_text(t, json, "declared", part->declared);
    json_text(t, json, "detected", part->detected);
    buf_printf(json, ",\"mismatch\":%s,\"size\":%" PRIu64 ",\"within\":", is_mismatch ? "true" : "false", part->size);
    escape_json(json, span_text(within));
    json_flags(json, part->flags);
    json_text(t, json, "how", part->how);
    json_text(t, json, "odd", part->odd);
    json_findings(t, json, index);
    buf_put_char(json, ',');
    json_said(t, json, index);
    buf_put_char(json, '}');
}

/* The parts as a tree is read: each behind the one that it is in. The report lists them as they were found. */
static void order_parts(const struct decode_report *report, uint32_t *order_out)
{
    uint32_t *first = memory_new((report->part_count + 1) * sizeof *first * 2); /* child of each, + 1 */
    uint32_t *next = first + report->part_count + 1;                            /* sibling of each, + 1 */
    uint32_t *roots = &first[report->part_count];
    for (uint32_t i = report->part_count; i-- > 0;) {
        int32_t parent = report->parts[i].parent;
        uint32_t *above = parent == DECODE_NO_PARENT ? roots : &first[parent];
        next[i] = *above;
        *above = i + 1;
    }
    uint32_t count = 0;
    for (uint32_t at = *roots; at != 0;) {
        uint32_t part = at - 1;
        order_out[count++] = part;
        at = first[part];
        while (at == 0 && report->parts[part].parent != DECODE_NO_PARENT && next[part] == 0)
            part = (uint32_t)report->parts[part].parent;
        at = at == 0 ? next[part] : at;
    }
    free(first);
}

/* Each part as a whole or not at all. The number of those that are there. */
static uint32_t put_parts(const struct transaction *t, struct buf *out,
                          void (*put)(const struct transaction *t, uint32_t index, bool is_first, struct buf *out))
{
    struct buf part;
    uint32_t *order = memory_new((t->report.part_count + 1) * sizeof *order);
    order_parts(&t->report, order);
    buf_init(&part, EXPLAIN_PART_SIZE);
    uint32_t i = 0;
    for (; i < t->report.part_count; i++) {
        buf_clear(&part);
        put(t, order[i], i == 0, &part);
        if (buf_overflowed(&part) || out->size + part.size + EXPLAIN_RESERVE > EXPLAIN_SIZE)
            break;
        buf_put_span(out, buf_span(&part));
    }
    buf_fini(&part);
    free(order);
    return i;
}

void explain_json(const struct transaction *t, struct buf *out)
{
    buf_put_char(out, '{');
    explain_put_verdict(t, out);
    buf_printf(out, ",\"size\":%zu,\"decoded\":%s,\"complete\":%s,\"parts\":[", t->message.size,
               t->has_report ? "true" : "false",
               t->has_report && decode_report_is_complete(&t->report) ? "true" : "false");
    uint32_t shown = put_parts(t, out, json_part);
    buf_printf(out, "],\"parts_left_out\":%" PRIu32 ",\"frame\":{", t->report.part_count - shown);
    json_said(t, out, PIECE_FRAME);
    buf_put_text(out, "},\"message\":{");
    json_said(t, out, PIECE_WHOLE);
    buf_put_text(out, "},");
    explain_put_scanners(t, out);
    buf_put_char(out, '}');
}

/* --- Text --- */

void explain_put_summary(const struct transaction *t, struct buf *text)
{
    for (size_t i = 0; i < t->verdict.finding_count; i++) {
        const struct finding *finding = &t->verdict.findings[i];
        bool is_reasoned = finding->unscannable != UNSCANNABLE_NONE;
        buf_printf(text, "%s%s%s%s (%s)", i > 0 ? "; " : "", unscannable_text(finding->unscannable),
                   is_reasoned ? ": " : "", finding->text, finding->source);
    }
}

static void put_indent(struct buf *out, uint32_t depth)
{
    uint32_t columns = (depth + 1) * EXPLAIN_INDENT;
    for (uint32_t i = 0; i < columns && i < EXPLAIN_MOST_INDENT; i++)
        buf_put_char(out, ' ');
}

static void put_shown(struct buf *out, struct span text)
{
    escape_shown(out, text, EXPLAIN_TEXT_SHOWN);
}

/* A name can have thousands of letters, so that nobody sees how it ends. */
static void put_name(struct buf *out, struct span name)
{
    if (name.size <= EXPLAIN_NAME_SHOWN) {
        put_shown(out, name);
        return;
    }
    put_shown(out, span_slice(name, 0, utf8_start(name, EXPLAIN_NAME_SHOWN / 2)));
    buf_printf(out, " ...(%zu bytes)... ", name.size);
    put_shown(out, span_from(name, utf8_start(name, name.size - EXPLAIN_NAME_SHOWN / 4)));
}

static void put_types(const struct transaction *t, const struct decode_part *part, struct buf *out)
{
    struct span declared = decode_report_text(&t->report, part->declared);
    struct span detected = decode_report_text(&t->report, part->detected);
    if (declared.size == 0 && detected.size == 0)
        buf_put_text(out, "of an unknown type");
    put_shown(out, declared.size > 0 ? declared : detected);
    if (declared.size == 0 || detected.size == 0 || span_equal_nocase(declared, detected))
        return;
    buf_put_text(out, explain_is_mismatch(declared, detected) ? ", BUT IT IS " : " (");
    put_shown(out, detected);
    if (!explain_is_mismatch(declared, detected))
        buf_put_char(out, ')');
}

static void put_line(struct buf *out, uint32_t depth, const char *label, struct span text)
{
    if (text.size == 0)
        return;
    put_indent(out, depth + 2);
    buf_printf(out, "%s: ", label);
    put_shown(out, text);
    buf_put_char(out, '\n');
}

static void put_said(const struct transaction *t, struct buf *out, uint32_t piece, uint32_t depth)
{
    for (size_t i = 0; i < scanners_count(t->gate->scanners); i++) {
        const struct answer *answer = &t->answers[i];
        if (!speaks_of(answer, piece))
            continue;
        put_indent(out, depth + 2);
        buf_printf(out, "%s: %s ", scanner_name(t->gate->scanners, i), answer_kind_text(answer->kind));
        put_shown(out, span_text(answer->text));
        buf_put_char(out, '\n');
    }
}

static void text_part(const struct transaction *t, uint32_t index, bool is_first, struct buf *out)
{
    (void)is_first;
    const struct decode_part *part = &t->report.parts[index];
    char within[BAN_PATH_SIZE];
    put_indent(out, part->depth);
    put_shown(out, decode_report_text(&t->report, part->path));
    buf_put_text(out, "  ");
    put_types(t, part, out);
    for (struct span names = decode_report_text(&t->report, part->names); names.size > 0;) {
        buf_put_text(out, " \"");
        put_name(out, span_cut(&names, '\0'));
        buf_put_char(out, '"');
    }
    buf_printf(out, ", %" PRIu64 " bytes", part->size);
    for (size_t i = 0; i < FLAG_ROWS; i++) {
        if ((part->flags & flag_rows[i].flag) != 0)
            buf_printf(out, ", %s", flag_rows[i].text);
    }
    buf_put_char(out, '\n');
    ban_path(&t->report, index, within);
    put_line(out, part->depth, "within", span_text(within));
    put_line(out, part->depth, "how", decode_report_text(&t->report, part->how));
    put_line(out, part->depth, "odd", decode_report_text(&t->report, part->odd));
    for (uint32_t i = 0; i < t->report.finding_count; i++) {
        const struct decode_finding *finding = &t->report.findings[i];
        if (finding->part == index)
            put_line(out, part->depth, kind_texts[finding->kind], decode_report_text(&t->report, finding->text));
    }
    put_said(t, out, index, part->depth);
}

static void put_answers(const struct transaction *t, struct buf *out)
{
    for (size_t i = 0; i < scanners_count(t->gate->scanners); i++) {
        const struct answer *answer = &t->answers[i];
        char version[64];
        scanner_version(t->gate->scanners, i, version, sizeof version);
        buf_printf(out, "scanner %s: %s", scanner_name(t->gate->scanners, i), answer_kind_text(answer->kind));
        if (answer->text[0] != '\0')
            buf_put_char(out, ' ');
        put_shown(out, span_text(answer->text));
        buf_printf(out, ", %" PRIu32 " ms (", answer->took_ms);
        put_shown(out, span_text(version));
        buf_put_text(out, ")\n");
    }
}

void explain_text(const struct transaction *t, struct buf *out)
{
    uint32_t shown = put_parts(t, out, text_part);
    if (shown < t->report.part_count)
        buf_printf(out, "  and %" PRIu32 " more parts\n", t->report.part_count - shown);
    if (!t->has_report)
        buf_put_text(out, "  not decoded\n");
    static const struct {
        uint32_t piece;
        const char *label;
    } others[] = { { PIECE_FRAME, "the message without its encoded bodies" },
                   { PIECE_WHOLE, "the message as it came" } };
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        struct buf said;
        buf_init(&said, EXPLAIN_RESERVE / 4);
        put_said(t, &said, others[i].piece, 0);
        if (said.size > 0)
            buf_printf(out, "  %s\n", others[i].label);
        buf_put_span(out, buf_span(&said));
        buf_fini(&said);
    }
    put_answers(t, out);
    struct buf summary;
    buf_init(&summary, EXPLAIN_RESERVE / 4);
    explain_put_summary(t, &summary);
    buf_printf(out, "verdict: %s", category_text(verdict_gravest(&t->verdict)));
    if (summary.size > 0) {
        buf_put_text(out, " (");
        put_shown(out, buf_span(&summary));
        buf_put_char(out, ')');
    }
    buf_put_char(out, '\n');
    buf_fini(&summary);
}
