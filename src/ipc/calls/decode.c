#include "decode.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* The layout is what two programs agree on: without holes, the same for every compiler. */
_Static_assert(sizeof(struct decode_part) == 80, "struct decode_part has holes");
_Static_assert(sizeof(struct decode_range) == 16, "struct decode_range has holes");
_Static_assert(sizeof(struct decode_cover) == 24, "struct decode_cover has holes");
_Static_assert(sizeof(struct decode_finding) == 16, "struct decode_finding has holes");
_Static_assert(sizeof(struct decode_limits) == 48, "struct decode_limits has holes");
_Static_assert(sizeof(struct decode_job) == 336, "struct decode_job has holes");
_Static_assert(offsetof(struct decode_head, magic_end) == 104, "struct decode_head has moved");
_Static_assert(sizeof(struct decode_head) == 112, "struct decode_head has holes");

/* The shortest field that could be a cut is "X-Cordon-:h" with its line end. */
enum { DECODE_ALIGN = 8, DECODE_CUT_LEAST_BYTES = 12 };

#define DECODE_KINDS_MASK (DECODE_KIND_BIT(DECODE_KINDS) - 1)

#define DECODE_CORDON_PREFIX "X-Cordon-"
#define DECODE_VIRUS_SCANNED "X-Virus-Scanned"

uint32_t decode_most_cuts(const struct decode_limits *limits)
{
    return limits->header_bytes / DECODE_CUT_LEAST_BYTES + 1;
}

/* Each part owns at most one range; between two of these, and at both ends of the message, there is frame. */
static uint64_t decode_most_covers(const struct decode_limits *limits)
{
    return 2 * (uint64_t)limits->parts + 1;
}

uint64_t decode_report_size(const struct decode_limits *limits)
{
    uint64_t size = sizeof(struct decode_head) + limits->parts * (uint64_t)sizeof(struct decode_part) +
                    decode_most_covers(limits) * sizeof(struct decode_cover) +
                    decode_most_cuts(limits) * sizeof(struct decode_range) +
                    DECODE_MOST_FINDINGS * sizeof(struct decode_finding) + limits->text_bytes + DECODE_TEXT_OTHER;
    return size + DECODE_ALIGN - size % DECODE_ALIGN;
}

bool decode_report_is_complete(const struct decode_report *report)
{
    return (report->kinds & ~DECODE_KIND_BIT(DECODE_MALFORMED)) == 0;
}

struct span decode_report_text(const struct decode_report *report, struct decode_text text)
{
    return span_slice(report->text, text.offset, text.size);
}

/* --- Which fields are ours --- */

static bool is_host_char(char c)
{
    return ascii_is_alnum(c) || c == '-' || c == '_';
}

/* Does something follow that makes the name before it longer? The dot that ends a sentence does not. */
static bool goes_on(struct span rest)
{
    if (rest.size > 0 && rest.data[0] == '.')
        rest = span_from(rest, 1);
    return rest.size > 0 && is_host_char(rest.data[0]);
}

static bool has_word(struct span text, struct span word)
{
    for (size_t at = 0; at + word.size <= text.size; at++) {
        bool is_begun = at > 0 && (is_host_char(text.data[at - 1]) || text.data[at - 1] == '.');
        if (!is_begun && span_equal_nocase(span_slice(text, at, word.size), word) &&
            !goes_on(span_from(text, at + word.size)))
            return true;
    }
    return false;
}

bool decode_field_is_ours(struct span field, struct span host)
{
    size_t colon = span_find_byte(field, ':');
    if (colon == SPAN_NONE || host.size == 0)
        return false;
    struct span name = span_slice(field, 0, colon);
    struct span value = span_trim(span_from(field, colon + 1));
    while (name.size > 0 && ascii_is_space(name.data[name.size - 1]))
        name.size--;
    if (span_is_nocase(name, DECODE_VIRUS_SCANNED))
        return has_word(value, host);
    if (!span_starts_with_nocase(name, DECODE_CORDON_PREFIX) ||
        !span_equal_nocase(span_slice(value, 0, host.size), host))
        return false;
    struct span behind = span_from(value, host.size);
    return behind.size == 0 || strchr("; \t\r\n", behind.data[0]) != NULL;
}

/* --- The check: each step looks at what the ones before it have found sound --- */

struct check {
    struct span report;
    struct span message;
    const struct decode_job *job;
    const uint64_t *pack_sizes;
    struct decode_head head;
    struct decode_report out;
    struct fault *fault;
};

static bool is_inside(uint64_t offset, uint64_t size, uint64_t whole)
{
    return offset <= whole && size <= whole - offset;
}

static int check_head(struct check *check)
{
    const struct decode_head *head = &check->head;
    if (check->report.size < sizeof *head)
        return fault_set(check->fault, EPROTO, "the report has %zu bytes and no head", check->report.size);
    memcpy(&check->head, check->report.data, sizeof check->head);
    if (head->magic != DECODE_MAGIC || head->magic_end != DECODE_MAGIC)
        return fault_set(check->fault, EPROTO, "the report is not finished");
    if ((head->kinds & ~DECODE_KINDS_MASK) != 0)
        return fault_set(check->fault, EPROTO, "the report's kinds %#" PRIx32 " do not exist", head->kinds);
    check->out.kinds = head->kinds;
    return 0;
}

/* An array of the report: its start, or NULL and a fault. */
static const void *check_array(struct check *check, const char *what, uint64_t at, uint64_t count, size_t item_size,
                               uint64_t most)
{
    if (count > most) {
        (void)fault_set(check->fault, EPROTO, "the report has %" PRIu64 " %s, more than %" PRIu64, count, what, most);
        return NULL;
    }
    if (at < sizeof(struct decode_head) || at % DECODE_ALIGN != 0 ||
        !is_inside(at, count * item_size, check->report.size)) {
        (void)fault_set(check->fault, EPROTO, "the report's %s at %" PRIu64 " lie outside of it or are not aligned",
                        what, at);
        return NULL;
    }
    return check->report.data + at;
}

static int check_arrays(struct check *check)
{
    const struct decode_head *head = &check->head;
    const struct decode_limits *limits = &check->job->limits;
    const void *text = check_array(check, "text bytes", head->text_at, head->text_size, 1,
                                   (uint64_t)limits->text_bytes + DECODE_TEXT_OTHER);
    check->out.parts = check_array(check, "parts", head->parts_at, head->part_count, sizeof *check->out.parts,
                                   limits->parts);
    check->out.covers = check_array(check, "covers", head->covers_at, head->cover_count, sizeof *check->out.covers,
                                    decode_most_covers(limits));
    check->out.cuts = check_array(check, "cuts", head->cuts_at, head->cut_count, sizeof *check->out.cuts,
                                  decode_most_cuts(limits));
    check->out.findings = check_array(check, "findings", head->findings_at, head->finding_count,
                                      sizeof *check->out.findings, DECODE_MOST_FINDINGS);
    if (text == NULL || check->out.parts == NULL || check->out.covers == NULL || check->out.cuts == NULL ||
        check->out.findings == NULL)
        return -1;
    check->out.text = span_of(text, head->text_size);
    check->out.part_count = head->part_count;
    check->out.cover_count = head->cover_count;
    check->out.cut_count = head->cut_count;
    check->out.finding_count = head->finding_count;
    check->out.received_count = head->received_count;
    return 0;
}

static bool has_text(const struct check *check, struct decode_text text)
{
    return is_inside(text.offset, text.size, check->out.text.size);
}

static int check_texts(struct check *check)
{
    const struct decode_head *head = &check->head;
    if (!has_text(check, head->subject) || !has_text(check, head->from) || !has_text(check, head->message_id))
        return fault_set(check->fault, EPROTO, "a text of the report's head lies outside of the text area");
    check->out.subject = decode_report_text(&check->out, head->subject);
    check->out.from = decode_report_text(&check->out, head->from);
    check->out.message_id = decode_report_text(&check->out, head->message_id);
    return 0;
}

static int check_part_place(struct check *check, uint32_t i)
{
    const struct decode_part *part = &check->out.parts[i];
    if (part->parent < DECODE_NO_PARENT || part->parent >= (int64_t)i)
        return fault_set(check->fault, EPROTO, "part %" PRIu32 " names the parent %" PRId32, i, part->parent);
    uint64_t depth = part->parent == DECODE_NO_PARENT ? 0 : (uint64_t)check->out.parts[part->parent].depth + 1;
    if (part->depth != depth || depth > check->job->limits.depth)
        return fault_set(check->fault, EPROTO,
                         "part %" PRIu32 " has the depth %" PRIu32 ", not %" PRIu64 ", or too much", i, part->depth,
                         depth);
    if ((part->flags & ~(uint32_t)DECODE_PART_FLAGS) != 0)
        return fault_set(check->fault, EPROTO, "part %" PRIu32 " has the flags %#" PRIx32, i, part->flags);
    if ((part->flags & DECODE_KINDS_MASK & ~check->out.kinds) != 0)
        return fault_set(check->fault, EPROTO, "part %" PRIu32 " has the flags %#" PRIx32 ", and the report %#" PRIx32,
                         i, part->flags, check->out.kinds);
    return 0;
}

static int check_part_bytes(struct check *check, uint32_t i)
{
    const struct decode_part *part = &check->out.parts[i];
    if (part->pack >= DECODE_PACKS)
        return fault_set(check->fault, EPROTO, "part %" PRIu32 " lies in pack %" PRIu32, i, part->pack);
    if (!is_inside(part->offset, part->size, check->pack_sizes[part->pack]))
        return fault_set(check->fault, EPROTO, "part %" PRIu32 " lies outside of pack %" PRIu32, i, part->pack);
    return 0;
}

static int check_part_texts(struct check *check, uint32_t i)
{
    const struct decode_part *part = &check->out.parts[i];
    if (!has_text(check, part->path) || !has_text(check, part->names) || !has_text(check, part->declared) ||
        !has_text(check, part->detected) || !has_text(check, part->how) || !has_text(check, part->odd))
        return fault_set(check->fault, EPROTO, "part %" PRIu32 " has a text outside of the text area", i);
    struct span names = decode_report_text(&check->out, part->names);
    if (names.size > 0 && names.data[names.size - 1] != '\0')
        return fault_set(check->fault, EPROTO, "part %" PRIu32 " has a name without an end", i);
    return 0;
}

static int check_parts(struct check *check)
{
    uint64_t decoded = 0;
    for (uint32_t i = 0; i < check->out.part_count; i++) {
        if (check_part_place(check, i) != 0 || check_part_bytes(check, i) != 0 || check_part_texts(check, i) != 0)
            return -1;
        const struct decode_part *part = &check->out.parts[i];
        bool is_counted = part->pack != DECODE_PACK_MESSAGE && (part->flags & DECODE_PART_REPEAT) == 0;
        if (is_counted && part->size > check->job->limits.bytes_out - decoded)
            return fault_set(check->fault, EPROTO, "the parts up to %" PRIu32 " have more decoded bytes than allowed",
                             i);
        decoded += is_counted ? part->size : 0;
    }
    return 0;
}

/* A slice of the message that is judged in place of a range must hold it. What a decoder made of a range can't be
 * checked. */
static int check_owner(struct check *check, uint32_t i)
{
    const struct decode_cover *cover = &check->out.covers[i];
    if (cover->owner == DECODE_FRAME)
        return 0;
    if (cover->owner >= check->out.part_count)
        return fault_set(check->fault, EPROTO, "cover %" PRIu32 " belongs to part %" PRIu32 ", which is not there", i,
                         cover->owner);
    const struct decode_part *part = &check->out.parts[cover->owner];
    bool is_slice = part->pack == DECODE_PACK_MESSAGE;
    if (is_slice && (cover->offset < part->offset || cover->offset - part->offset > part->size ||
                     cover->size > part->size - (cover->offset - part->offset)))
        return fault_set(check->fault, EPROTO, "cover %" PRIu32 " is not in part %" PRIu32 ", to which it belongs", i,
                         cover->owner);
    return 0;
}

/* The covers follow one another without a gap from the message's first byte to its last, so no byte goes unclaimed and
 * none is claimed twice. */
static int check_covers(struct check *check)
{
    uint64_t at = 0;
    for (uint32_t i = 0; i < check->out.cover_count; i++) {
        const struct decode_cover *cover = &check->out.covers[i];
        if (cover->offset != at || cover->size == 0 || !is_inside(at, cover->size, check->message.size))
            return fault_set(check->fault, EPROTO,
                             "cover %" PRIu32 " leaves a gap at byte %" PRIu64 ", claims it twice, or is empty", i, at);
        if (check_owner(check, i) != 0)
            return -1;
        at += cover->size;
    }
    if (at != check->message.size)
        return fault_set(check->fault, EPROTO, "nothing accounts for byte %" PRIu64 " of the message", at);
    return 0;
}

static int check_findings(struct check *check)
{
    for (uint32_t i = 0; i < check->out.finding_count; i++) {
        const struct decode_finding *finding = &check->out.findings[i];
        if (finding->kind >= DECODE_KINDS || (check->out.kinds & DECODE_KIND_BIT(finding->kind)) == 0)
            return fault_set(check->fault, EPROTO,
                             "finding %" PRIu32 " is of kind %" PRIu32 ", which the report does not have", i,
                             finding->kind);
        if (finding->part >= check->out.part_count)
            return fault_set(check->fault, EPROTO, "finding %" PRIu32 " speaks of part %" PRIu32 ", which is not there",
                             i, finding->part);
        if (!has_text(check, finding->text))
            return fault_set(check->fault, EPROTO, "finding %" PRIu32 " has a text outside of the text area", i);
    }
    return 0;
}

static struct span cut_line(struct span *rest)
{
    size_t at = span_find_byte(*rest, '\n');
    struct span line = span_slice(*rest, 0, at == SPAN_NONE ? SIZE_MAX : at + 1);
    *rest = span_from(*rest, line.size);
    return line;
}

/* The header, up to its empty line. */
static size_t header_size(struct span message)
{
    size_t size = 0;
    for (struct span rest = message; rest.size > 0;) {
        struct span line = cut_line(&rest);
        if (span_is(line, "\r\n") || span_is(line, "\n"))
            break;
        size += line.size;
    }
    return size;
}

/* The field at the start of the span, with the lines that continue it. */
static size_t field_size(struct span rest)
{
    size_t size = cut_line(&rest).size;
    while (rest.size > 0 && ascii_is_space(rest.data[0]))
        size += cut_line(&rest).size;
    return size;
}

static int check_cut(struct check *check, uint32_t i, struct span header, uint64_t least)
{
    const struct decode_range *cut = &check->out.cuts[i];
    if (cut->offset < least || cut->size == 0 || !is_inside(cut->offset, cut->size, header.size))
        return fault_set(check->fault, EPROTO, "cut %" PRIu32 " is not in the header behind what comes before it", i);
    struct span field = span_slice(header, (size_t)cut->offset, (size_t)cut->size);
    if (cut->offset > 0 && header.data[cut->offset - 1] != '\n')
        return fault_set(check->fault, EPROTO, "cut %" PRIu32 " begins within a line", i);
    if (field_size(span_from(header, (size_t)cut->offset)) != cut->size)
        return fault_set(check->fault, EPROTO, "cut %" PRIu32 " is not one whole field", i);
    if (!decode_field_is_ours(field, span_of(check->job->host, strnlen(check->job->host, DECODE_HOST_SIZE))))
        return fault_set(check->fault, EPROTO, "cut %" PRIu32 " is somebody else's field", i);
    return 0;
}

static int check_cuts(struct check *check)
{
    if (check->out.cut_count == 0)
        return 0;
    if (check->job->standin_bytes == 0)
        return fault_set(check->fault, EPROTO, "the report cuts a file that nobody forwards");
    struct span header = span_slice(check->message, 0, header_size(check->message));
    uint64_t least = check->job->standin_bytes;
    for (uint32_t i = 0; i < check->out.cut_count; i++) {
        if (check_cut(check, i, header, least) != 0)
            return -1;
        least = check->out.cuts[i].offset + check->out.cuts[i].size;
    }
    return 0;
}

int decode_report_check(struct span report, struct span message, const struct decode_job *job,
                        const uint64_t pack_sizes[DECODE_PACKS], struct decode_report *report_out, struct fault *fault)
{
    static int (*const steps[])(struct check *) = { check_head,   check_arrays,   check_texts, check_parts,
                                                    check_covers, check_findings, check_cuts };
    struct check check = { .report = report, .message = message, .job = job, .pack_sizes = pack_sizes, .fault = fault };
    assert((uintptr_t)report.data % DECODE_ALIGN == 0 && pack_sizes[DECODE_PACK_MESSAGE] == message.size);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        if (steps[i](&check) != 0)
            return -1;
    }
    *report_out = check.out;
    return 0;
}
