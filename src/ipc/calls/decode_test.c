#include "decode.h"

#include "base/test.h"

#include <stdio.h>
#include <string.h>

/* A sound report is built first; each row then breaks one thing, and the check must name it. */

#define STANDIN "X-Cordon-Scan: pending\r\n"
#define OLD_FIELD "X-Cordon-Scan: mx.example; clean;\r\n\tid=1\r\n"
#define OTHER_FIELD "X-Virus-Scanned: amavis at other.example\r\n"
#define MESSAGE STANDIN "Subject: x\r\n" OLD_FIELD OTHER_FIELD "\r\nbody"

enum { TEST_PARTS = 3, TEST_COVERS = 3, TEST_FINDINGS = 2, TEST_TEXT = 64 };

struct built {
    struct decode_head head;
    struct decode_part parts[TEST_PARTS];
    struct decode_cover covers[TEST_COVERS + 1];
    struct decode_range cuts[2];
    struct decode_finding findings[TEST_FINDINGS];
    char text[TEST_TEXT];
};

struct fixture {
    struct built built;
    struct decode_job job;
    char message[256];
    size_t message_size;
    uint64_t pack_sizes[DECODE_PACKS];
};

static size_t offset_in_message(const char *text)
{
    return (size_t)(strstr(MESSAGE, text) - MESSAGE);
}

/* A multipart without bytes of its own, a slice, and a decoded part of the last byte. */
static void fixture_init(struct fixture *f)
{
    size_t body = offset_in_message("body");
    *f = (struct fixture){
        .built = { .head = { .magic = DECODE_MAGIC,
                             .kinds = DECODE_KIND_BIT(DECODE_MALFORMED) | DECODE_KIND_BIT(DECODE_LIMIT),
                             .received_count = 1,
                             .part_count = TEST_PARTS,
                             .cover_count = TEST_COVERS,
                             .cut_count = 1,
                             .finding_count = TEST_FINDINGS,
                             .parts_at = offsetof(struct built, parts),
                             .covers_at = offsetof(struct built, covers),
                             .cuts_at = offsetof(struct built, cuts),
                             .findings_at = offsetof(struct built, findings),
                             .text_at = offsetof(struct built, text),
                             .text_size = TEST_TEXT,
                             .subject = { .offset = 0, .size = 1 },
                             .magic_end = DECODE_MAGIC },
                   .parts = { { .parent = DECODE_NO_PARENT, .names = { 4, 0 } },
                              { .parent = 0, .depth = 1, .offset = body, .size = 3, .names = { 2, 2 } },
                              { .pack = DECODE_PACK_COMMON,
                                .parent = 0,
                                .depth = 1,
                                .flags = DECODE_KIND_BIT(DECODE_LIMIT) | DECODE_PART_OPENED | DECODE_PART_READING,
                                .offset = 10,
                                .size = 90 } },
                   .covers = { { 0, body, DECODE_FRAME, 0 }, { body, 3, 1, 0 }, { body + 3, 1, 2, 0 } },
                   .cuts = { { offset_in_message(OLD_FIELD), strlen(OLD_FIELD) } },
                   .findings = { { DECODE_LIMIT, 2, { 0, 1 } }, { DECODE_MALFORMED, 0, { 2, 1 } } },
                   .text = "x\0n\0" },
        .job = { .magic = DECODE_MAGIC,
                 .message_size = strlen(MESSAGE),
                 .standin_bytes = (uint32_t)strlen(STANDIN),
                 .limits = { .bytes_out = 100,
                             .own_bytes = 25,
                             .parts = 3,
                             .depth = 2,
                             .header_bytes = 200,
                             .text_bytes = TEST_TEXT },
                 .host = "mx.example" },
        .message = MESSAGE,
        .message_size = strlen(MESSAGE),
        .pack_sizes = { strlen(MESSAGE), 100, 25, 25, 25, 25 },
    };
}

static int fixture_check(struct fixture *f, size_t report_size, struct decode_report *report, struct fault *fault)
{
    *fault = (struct fault){ 0 };
    return decode_report_check(span_of(&f->built, report_size), span_of(f->message, f->message_size), &f->job,
                               f->pack_sizes, report, fault);
}

static void test_sound(void)
{
    struct fixture f;
    struct decode_report report;
    struct fault fault;
    fixture_init(&f);
    CHECK(fixture_check(&f, sizeof f.built, &report, &fault) == 0);
    CHECK(report.kinds == (DECODE_KIND_BIT(DECODE_MALFORMED) | DECODE_KIND_BIT(DECODE_LIMIT)));
    CHECK(report.received_count == 1 && report.finding_count == TEST_FINDINGS);
    CHECK(report.part_count == TEST_PARTS && report.cover_count == TEST_COVERS && report.cut_count == 1);
    CHECK(span_is(report.subject, "x"));
    CHECK(span_equal(decode_report_text(&report, report.parts[1].names), span_of("n", 2)));
    CHECK(span_is(decode_report_text(&report, report.findings[1].text), "n"));
}

static void test_complete(void)
{
    struct decode_report report = { .kinds = 0 };
    CHECK(decode_report_is_complete(&report));
    for (unsigned kind = 0; kind < DECODE_KINDS; kind++) {
        report.kinds = DECODE_KIND_BIT(kind);
        CHECK(decode_report_is_complete(&report) == (kind == DECODE_MALFORMED));
        report.kinds |= DECODE_KIND_BIT(DECODE_MALFORMED);
        CHECK(decode_report_is_complete(&report) == (kind == DECODE_MALFORMED));
    }
}

static void break_magic(struct fixture *f)
{
    f->built.head.magic++;
}

static void break_end(struct fixture *f)
{
    f->built.head.magic_end = 0;
}

static void break_kinds(struct fixture *f)
{
    f->built.head.kinds |= DECODE_KIND_BIT(DECODE_KINDS);
}

static void break_part_count(struct fixture *f)
{
    f->built.head.part_count = 4;
}

static void break_part_count_huge(struct fixture *f)
{
    f->job.limits.parts = UINT32_MAX;
    f->built.head.part_count = UINT32_MAX;
}

static void break_parts_at(struct fixture *f)
{
    f->built.head.parts_at += 4;
}

static void break_parts_at_head(struct fixture *f)
{
    f->built.head.parts_at = 0;
}

static void break_covers_at(struct fixture *f)
{
    f->built.head.covers_at = UINT64_MAX - 7;
}

static void break_cover_count(struct fixture *f)
{
    f->built.head.cover_count = 8;
}

static void break_findings_at(struct fixture *f)
{
    f->built.head.findings_at = sizeof f->built - 8;
}

static void break_finding_count(struct fixture *f)
{
    f->built.head.finding_count = DECODE_MOST_FINDINGS + 1;
}

static void break_cut_count(struct fixture *f)
{
    f->built.head.cut_count = 1000;
}

static void break_text_size(struct fixture *f)
{
    f->built.head.text_size = UINT32_MAX;
}

static void break_text_at(struct fixture *f)
{
    f->built.head.text_at = sizeof f->built - 8;
}

static void break_subject(struct fixture *f)
{
    f->built.head.subject.size = UINT32_MAX;
}

static void break_parent_self(struct fixture *f)
{
    f->built.parts[1].parent = 1;
}

static void break_parent_later(struct fixture *f)
{
    f->built.parts[0].parent = 2;
}

static void break_parent_negative(struct fixture *f)
{
    f->built.parts[1].parent = -2;
}

static void break_depth(struct fixture *f)
{
    f->built.parts[1].depth = 2;
}

static void break_depth_root(struct fixture *f)
{
    f->built.parts[0].depth = 1;
}

static void break_depth_limit(struct fixture *f)
{
    f->job.limits.depth = 0;
}

static void break_part_flags(struct fixture *f)
{
    f->built.parts[2].flags = 1U << DECODE_KINDS;
}

static void break_part_kind(struct fixture *f)
{
    f->built.parts[1].flags = DECODE_KIND_BIT(DECODE_ENCRYPTED);
}

static void break_pack(struct fixture *f)
{
    f->built.parts[2].pack = DECODE_PACKS;
}

static void break_part_offset(struct fixture *f)
{
    f->built.parts[2].offset = UINT64_MAX;
}

static void break_part_size(struct fixture *f)
{
    f->built.parts[2].size = 91;
}

static void break_total(struct fixture *f)
{
    f->built.parts[0].pack = DECODE_PACK_COMMON;
    f->built.parts[0].size = 11;
}

static void break_path(struct fixture *f)
{
    f->built.parts[1].path.offset = TEST_TEXT + 1;
}

static void break_how(struct fixture *f)
{
    f->built.parts[1].how.size = TEST_TEXT + 1;
}

static void break_odd(struct fixture *f)
{
    f->built.parts[2].odd = (struct decode_text){ .offset = TEST_TEXT, .size = 1 };
}

static void break_names_end(struct fixture *f)
{
    f->built.parts[1].names.size = 1;
}

static void break_cover_start(struct fixture *f)
{
    f->built.covers[0].offset = 1;
    f->built.covers[0].size--;
}

static void break_cover_gap(struct fixture *f)
{
    f->built.covers[0].size--;
}

static void break_cover_twice(struct fixture *f)
{
    f->built.covers[1].offset--;
}

static void break_cover_empty(struct fixture *f)
{
    f->built.covers[3] = f->built.covers[2];
    f->built.covers[2].size = 0;
    f->built.head.cover_count = 4;
}

static void break_cover_beyond(struct fixture *f)
{
    f->built.covers[2].size = UINT64_MAX;
}

static void break_cover_missing(struct fixture *f)
{
    f->built.head.cover_count = 2;
}

static void break_cover_none(struct fixture *f)
{
    f->built.head.cover_count = 0;
}

static void break_owner(struct fixture *f)
{
    f->built.covers[2].owner = TEST_PARTS;
}

static void break_owner_before(struct fixture *f)
{
    f->built.parts[1].offset++;
}

static void break_owner_short(struct fixture *f)
{
    f->built.parts[1].size = 2;
}

static void break_owner_empty(struct fixture *f)
{
    f->built.covers[1].owner = 0;
}

static void break_finding_kind(struct fixture *f)
{
    f->built.findings[0].kind = DECODE_KINDS;
}

static void break_finding_bit(struct fixture *f)
{
    f->built.findings[0].kind = DECODE_DAMAGED;
}

static void break_finding_part(struct fixture *f)
{
    f->built.findings[1].part = TEST_PARTS;
}

static void break_finding_text(struct fixture *f)
{
    f->built.findings[1].text.size = TEST_TEXT;
}

static void break_cut_standin(struct fixture *f)
{
    f->built.cuts[0] = (struct decode_range){ 0, strlen(STANDIN) };
}

static void break_cut_other(struct fixture *f)
{
    f->built.cuts[0] = (struct decode_range){ offset_in_message(OTHER_FIELD), strlen(OTHER_FIELD) };
}

static void break_cut_subject(struct fixture *f)
{
    f->built.cuts[0] = (struct decode_range){ offset_in_message("Subject"), strlen("Subject: x\r\n") };
}

static void break_cut_short(struct fixture *f)
{
    f->built.cuts[0].size -= strlen("\tid=1\r\n");
}

static void break_cut_long(struct fixture *f)
{
    f->built.cuts[0].size += strlen(OTHER_FIELD);
}

static void break_cut_middle(struct fixture *f)
{
    f->built.cuts[0].offset++;
    f->built.cuts[0].size--;
}

static void break_cut_body(struct fixture *f)
{
    f->built.cuts[0] = (struct decode_range){ offset_in_message("body"), 4 };
}

static void break_cut_twice(struct fixture *f)
{
    f->built.cuts[1] = f->built.cuts[0];
    f->built.head.cut_count = 2;
}

static void break_cut_host(struct fixture *f)
{
    (void)snprintf(f->job.host, sizeof f->job.host, "mx.exampl");
}

static void break_cut_no_host(struct fixture *f)
{
    f->job.host[0] = '\0';
}

static void break_cut_file(struct fixture *f)
{
    f->job.standin_bytes = 0;
}

static void test_hostile(void)
{
    static const struct {
        const char *name;
        void (*break_it)(struct fixture *f);
        const char *text;
    } rows[] = {
        { "first magic", break_magic, "the report is not finished" },
        { "last magic", break_end, "the report is not finished" },
        { "kinds", break_kinds, "kinds 0x31 do not exist" },
        { "too many parts", break_part_count, "4 parts, more than 3" },
        { "very many parts", break_part_count_huge, "parts at 112 lie outside" },
        { "parts not aligned", break_parts_at, "parts at 116" },
        { "parts over the head", break_parts_at_head, "parts at 0" },
        { "covers far outside", break_covers_at, "covers at 18446744073709551608" },
        { "too many covers", break_cover_count, "8 covers, more than 7" },
        { "findings outside", break_findings_at, "findings at" },
        { "too many findings", break_finding_count, "65 findings, more than 64" },
        { "too many cuts", break_cut_count, "1000 cuts, more than 17" },
        { "too much text", break_text_size, "4294967295 text bytes, more than 16448" },
        { "text outside", break_text_at, "text bytes at" },
        { "subject outside", break_subject, "a text of the report's head" },
        { "its own parent", break_parent_self, "part 1 names the parent 1" },
        { "a later parent", break_parent_later, "part 0 names the parent 2" },
        { "a negative parent", break_parent_negative, "part 1 names the parent -2" },
        { "depth", break_depth, "part 1 has the depth 2, not 1" },
        { "depth of a root", break_depth_root, "part 0 has the depth 1, not 0" },
        { "depth over the limit", break_depth_limit, "part 1 has the depth 1" },
        { "part flags", break_part_flags, "part 2 has the flags 0x20" },
        { "a kind of the part alone", break_part_kind, "part 1 has the flags 0x8, and the report 0x11" },
        { "pack", break_pack, "part 2 lies in pack 6" },
        { "part offset", break_part_offset, "part 2 lies outside of pack 1" },
        { "part size", break_part_size, "part 2 lies outside of pack 1" },
        { "decoded bytes", break_total, "the parts up to 2 have more decoded bytes" },
        { "path outside", break_path, "part 1 has a text outside" },
        { "how outside", break_how, "part 1 has a text outside" },
        { "odd outside", break_odd, "part 2 has a text outside" },
        { "name without an end", break_names_end, "part 1 has a name without an end" },
        { "the first byte not covered", break_cover_start, "cover 0 leaves a gap at byte 0" },
        { "gap", break_cover_gap, "cover 1 leaves a gap at byte" },
        { "covered twice", break_cover_twice, "cover 1 leaves a gap at byte" },
        { "empty cover", break_cover_empty, "cover 2 leaves a gap at byte" },
        { "cover beyond the end", break_cover_beyond, "cover 2 leaves a gap" },
        { "end not covered", break_cover_missing, "nothing accounts for byte" },
        { "no cover", break_cover_none, "nothing accounts for byte 0" },
        { "owner that is not there", break_owner, "cover 2 belongs to part 3" },
        { "owner begins later", break_owner_before, "cover 1 is not in part 1" },
        { "owner ends before", break_owner_short, "cover 1 is not in part 1" },
        { "owner without bytes", break_owner_empty, "cover 1 is not in part 0" },
        { "kind of a finding", break_finding_kind, "finding 0 is of kind 5" },
        { "kind that the report does not have", break_finding_bit, "finding 0 is of kind 1" },
        { "finding about nothing", break_finding_part, "finding 1 speaks of part 3" },
        { "finding's text outside", break_finding_text, "finding 1 has a text outside" },
        { "stand-in cut", break_cut_standin, "cut 0 is not in the header" },
        { "another host's field cut", break_cut_other, "cut 0 is somebody else's field" },
        { "subject cut", break_cut_subject, "cut 0 is somebody else's field" },
        { "half a field cut", break_cut_short, "cut 0 is not one whole field" },
        { "two fields cut", break_cut_long, "cut 0 is not one whole field" },
        { "cut within a line", break_cut_middle, "cut 0 begins within a line" },
        { "cut in the body", break_cut_body, "cut 0 is not in the header" },
        { "cut twice", break_cut_twice, "cut 1 is not in the header" },
        { "cut of a longer host", break_cut_host, "cut 0 is somebody else's field" },
        { "cut without a host", break_cut_no_host, "cut 0 is somebody else's field" },
        { "cut in a file", break_cut_file, "cuts a file that nobody forwards" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fixture f;
        struct decode_report report;
        struct fault fault;
        test_context(rows[i].name);
        fixture_init(&f);
        rows[i].break_it(&f);
        CHECK(fixture_check(&f, sizeof f.built, &report, &fault) == -1);
        if (!CHECK(strstr(fault.text, rows[i].text) != NULL))
            (void)fprintf(stderr, "the fault is: %s\n", fault.text);
    }
    test_context(NULL);
}

/* Cut off anywhere, a report is refused and never read beyond its end. */
static void test_short(void)
{
    struct fixture f;
    struct decode_report report;
    struct fault fault;
    fixture_init(&f);
    for (size_t size = 0; size < sizeof f.built; size++)
        CHECK(fixture_check(&f, size, &report, &fault) == -1);
}

static void test_size(void)
{
    struct decode_limits most = { .parts = UINT32_MAX, .header_bytes = UINT32_MAX, .text_bytes = UINT32_MAX };
    struct decode_limits none = { 0 };
    CHECK(decode_report_size(&none) >= sizeof(struct decode_head) + DECODE_TEXT_OTHER);
    CHECK(decode_report_size(&most) > UINT64_C(4294967295) * 128);
    CHECK(decode_report_size(&most) % 8 == 0);
}

static void test_ours(void)
{
    static const struct {
        const char *field;
        bool is_ours;
    } rows[] = {
        { "X-Cordon-Scan: mx.example; clean\r\n", true },
        { "x-cordon-tag:MX.EXAMPLE\r\n", true },
        { "X-Cordon-Tag : mx.example ;\r\n", true },
        { "X-Cordon-Scan:\r\n\tmx.example;\r\n\tclean\r\n", true },
        { "X-Cordon-Later: mx.example\r\n", true },
        { "X-Cordon-Scan: mx.example.org; clean\r\n", false },
        { "X-Cordon-Scan: a.mx.example; clean\r\n", false },
        { "X-Cordon-Scan: clean; mx.example\r\n", false },
        { "X-Cordon: mx.example\r\n", false },
        { "X-Virus-Scanned: Cordon at mx.example\r\n", true },
        { "X-Virus-Scanned: Cordon (mx.example).\r\n", true },
        { "X-Virus-Scanned: by mx.example.\r\n", true },
        { "X-Virus-Scanned: Cordon at\r\n mx.example\r\n", true },
        { "X-Virus-Scanned: amavis at mx.example.org\r\n", false },
        { "X-Virus-Scanned: amavis at smx.example\r\n", false },
        { "X-Virus-Scanned: amavis at s.mx.example\r\n", false },
        { "X-Virus-Scanned-By: mx.example\r\n", false },
        { "Received: from mx.example\r\n", false },
        { "X-Cordon-Scan\r\n", false },
        { "", false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].field);
        CHECK(decode_field_is_ours(span_text(rows[i].field), span_text("mx.example")) == rows[i].is_ours);
    }
    test_context(NULL);
}

int main(void)
{
    test_sound();
    test_complete();
    test_hostile();
    test_short();
    test_size();
    test_ours();
    return test_end();
}
