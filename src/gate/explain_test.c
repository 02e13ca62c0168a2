#include "gate/explain.h"

#include "base/test.h"

#include <stdio.h>
#include <string.h>

static int no_engine(void *context, enum role role, struct deadline deadline)
{
    (void)context, (void)role, (void)deadline;
    return -1;
}

static struct settings settings = {
    .scanner_count = 2,
    .scanners = { { .name = "one", .concurrency = 1, .signatures = "test" },
                  { .name = "two", .concurrency = 1, .type = SCANNER_CLAMD, .address = "unix:/none" } },
};

enum { PARTS = 4, TEXT_SIZE = 4096 };

struct world {
    struct gate gate;
    struct transaction t;
    struct decode_part parts[PARTS];
    struct decode_finding findings[2];
    char text[TEXT_SIZE];
    uint32_t text_size;
};

static struct decode_text put(struct world *world, const char *text, size_t size)
{
    struct decode_text placed = { .offset = world->text_size, .size = (uint32_t)size };
    memcpy(world->text + world->text_size, text, size);
    world->text_size += (uint32_t)size;
    return placed;
}

#define PUT(literal) put(world, literal, sizeof literal - 1)

/* A mail with a zip that says that it is a picture, and in it something that is locked. */
static void world_init(struct world *world)
{
    *world = (struct world){ .gate = { .settings = &settings } };
    world->gate.scanners = scanners_new(&settings, no_engine, NULL);
    struct transaction *t = &world->t;
    t->gate = &world->gate;
    t->has_report = true;
    t->message.size = 1000;
    world->parts[0] = (struct decode_part){
        .parent = DECODE_NO_PARENT, .path = PUT("1"), .declared = PUT("multipart/mixed"), .detected = PUT("text/plain")
    };
    world->parts[1] = (struct decode_part){ .depth = 1,
                                            .size = 300,
                                            .flags = DECODE_PART_OPENED | DECODE_PART_READING,
                                            .path = PUT("1.1"),
                                            .names = PUT("a.png\0b\xe2\x80\xae\x1b.png\0"),
                                            .declared = PUT("image/png"),
                                            .detected = PUT("application/zip"),
                                            .how = PUT("base64 with \"junk\""),
                                            .odd = PUT("odd\n") };
    world->parts[2] = (struct decode_part){ .parent = 1,
                                            .depth = 2,
                                            .size = 20,
                                            .flags = DECODE_KIND_BIT(DECODE_ENCRYPTED),
                                            .path = PUT("1.1.1"),
                                            .names = PUT("gr\xc3\xbc\xc3\x9f.txt\0"),
                                            .detected = PUT("text/plain") };
    world->parts[3] = (struct decode_part){ .parent = 1, .depth = 2, .path = PUT("1.1.2") };
    world->findings[0] = (struct decode_finding){ DECODE_ENCRYPTED, 2, PUT("zip: encrypted") };
    world->findings[1] = (struct decode_finding){ DECODE_MALFORMED, 1, PUT("base64 has foreign characters") };
    t->report = (struct decode_report){ .kinds = DECODE_KIND_BIT(DECODE_ENCRYPTED) | DECODE_KIND_BIT(DECODE_MALFORMED),
                                        .parts = world->parts,
                                        .part_count = PARTS,
                                        .findings = world->findings,
                                        .finding_count = 2,
                                        .text = span_of(world->text, world->text_size) };
    t->answers[0] = (struct answer){ .kind = ANSWER_INFECTED, .text = "Some.Name", .piece = 1, .took_ms = 3 };
    t->answers[1] = (struct answer){ .kind = ANSWER_UNSCANNABLE,
                                     .unscannable = UNSCANNABLE_LIMIT,
                                     .text = "too large",
                                     .piece = PIECE_FRAME,
                                     .took_ms = 4 };
    verdict_init(&t->verdict);
    verdict_add(&t->verdict, CATEGORY_INFECTED, UNSCANNABLE_NONE, "one", "Some.Name");
    verdict_add(&t->verdict, CATEGORY_UNSCANNABLE, UNSCANNABLE_ENCRYPTED, "decoder", "zip: encrypted (part 1.1.1)");
}

static void world_fini(struct world *world)
{
    scanners_free(world->gate.scanners);
}

static void check_output(void (*explain)(const struct transaction *, struct buf *), const struct transaction *t,
                         const char *expected)
{
    struct buf out;
    buf_init(&out, EXPLAIN_SIZE);
    explain(t, &out);
    if (!CHECK(strcmp(buf_text(&out), expected) == 0))
        (void)fprintf(stderr, "the explanation is\n%s\n", buf_text(&out));
    buf_fini(&out);
}

static void test_text(void)
{
    struct world world;
    world_init(&world);
    check_output(
        explain_text, &world.t,
        "  1  multipart/mixed (text/plain), 0 bytes\n"
        "    1.1  image/png, BUT IT IS application/zip \"a.png\" \"b\\xe2\\x80\\xae\\x1b.png\", 300 bytes, opened, "
        "seen by some programs only\n"
        "        how: base64 with \"junk\"\n"
        "        odd: odd\\x0a\n"
        "        malformed: base64 has foreign characters\n"
        "        one: infected Some.Name\n"
        "      1.1.1  text/plain \"gr\xc3\xbc\xc3\x9f.txt\", 20 bytes, encrypted\n"
        "          within: zip/\n"
        "          encrypted: zip: encrypted\n"
        "      1.1.2  of an unknown type, 0 bytes\n"
        "          within: zip/\n"
        "  the message without its encoded bodies\n"
        "      two: unscannable too large\n"
        "scanner one: infected Some.Name, 3 ms (one)\n"
        "scanner two: unscannable too large, 4 ms (two)\n"
        "verdict: infected (Some.Name (one); encrypted: zip: encrypted (part 1.1.1) (decoder))\n");
    world_fini(&world);
}

/* Of a name that fills the screen both ends are shown, in whole letters. */
static void test_long_name(void)
{
    struct world world;
    struct buf out;
    char name[3 * 200 + sizeof ".exe"] = "";
    for (size_t i = 0; i < 200; i++)
        memcpy(name + 3 * i, "\xe6\xbc\xa2", 3);
    memcpy(name + 3 * 200, ".exe", sizeof ".exe");
    world_init(&world);
    world.parts[2].names = put(&world, name, sizeof name);
    world.t.report.text = span_of(world.text, world.text_size);
    buf_init(&out, EXPLAIN_SIZE);
    explain_text(&world.t, &out);
    CHECK(strstr(buf_text(&out), "\xe6\xbc\xa2 ...(604 bytes)... \xe6\xbc\xa2") != NULL);
    CHECK(strstr(buf_text(&out), "\xe6\xbc\xa2.exe\", 20 bytes") != NULL && strstr(buf_text(&out), "\\x") != NULL);
    CHECK(strstr(buf_text(&out), "\\xbc") == NULL && strstr(buf_text(&out), "\\xe6") == NULL);
    buf_fini(&out);
    world_fini(&world);
}

static void test_json(void)
{
    struct world world;
    world_init(&world);
    check_output(
        explain_json, &world.t,
        "{\"verdict\":\"infected\",\"names\":[\"Some.Name\"],\"reasons\":[\"encrypted: zip: encrypted (part 1.1.1)\"],"
        "\"size\":1000,\"decoded\":true,\"complete\":false,\"parts\":["
        "{\"number\":0,\"parent\":null,\"path\":\"1\",\"names\":[],\"declared\":\"multipart/mixed\","
        "\"detected\":\"text/"
        "plain\",\"mismatch\":false,\"size\":0,\"within\":\"\",\"flags\":[],\"how\":\"\",\"odd\":\"\","
        "\"findings\":[],\"scanners\":{}},"
        "{\"number\":1,\"parent\":0,\"path\":\"1.1\",\"names\":[\"a.png\",\"b\xe2\x80\xae\\u001b.png\"],"
        "\"declared\":\"image/png\",\"detected\":\"application/zip\",\"mismatch\":true,\"size\":300,\"within\":\"\","
        "\"flags\":[\"opened\",\"reading\"],\"how\":\"base64 with \\\"junk\\\"\",\"odd\":\"odd\\u000a\","
        "\"findings\":[{\"kind\":\"malformed\",\"text\":\"base64 has foreign characters\"}],"
        "\"scanners\":{\"one\":{\"answer\":\"infected\",\"text\":\"Some.Name\"}}},"
        "{\"number\":2,\"parent\":1,\"path\":\"1.1.1\",\"names\":[\"gr\xc3\xbc\xc3\x9f.txt\"],\"declared\":\"\","
        "\"detected\":\"text/plain\",\"mismatch\":false,\"size\":20,\"within\":\"zip/\",\"flags\":[\"encrypted\"],"
        "\"how\":\"\",\"odd\":\"\",\"findings\":[{\"kind\":\"encrypted\",\"text\":\"zip: "
        "encrypted\"}],\"scanners\":{}},"
        "{\"number\":3,\"parent\":1,\"path\":\"1.1.2\",\"names\":[],\"declared\":\"\",\"detected\":\"\","
        "\"mismatch\":false,\"size\":0,\"within\":\"zip/\",\"flags\":[],\"how\":\"\",\"odd\":\"\",\"findings\":[],"
        "\"scanners\":{}}],\"parts_left_out\":0,"
        "\"frame\":{\"scanners\":{\"two\":{\"answer\":\"unscannable\",\"text\":\"too large\"}}},"
        "\"message\":{\"scanners\":{}},"
        "\"scanners\":{\"one\":{\"answer\":\"infected\",\"ms\":3,\"text\":\"Some.Name\"},"
        "\"two\":{\"answer\":\"unscannable\",\"ms\":4,\"text\":\"too large\"}}}");
    world_fini(&world);
}

/* A part whose names are endless is left out, with those behind it, and what comes after the parts is there. */
static void test_bound(void)
{
    static char names[400 * 1024];
    struct world world;
    struct buf out;
    world_init(&world);
    memset(names, 'x', sizeof names - 1);
    world.t.report.text = span_of(names, sizeof names);
    for (size_t i = 0; i < PARTS; i++)
        world.parts[i] = (struct decode_part){ .parent = DECODE_NO_PARENT };
    for (size_t i = 0; i < 2; i++)
        world.findings[i].text = (struct decode_text){ 0 };
    world.parts[2].names = (struct decode_text){ .size = sizeof names };
    buf_init(&out, EXPLAIN_SIZE);
    explain_json(&world.t, &out);
    CHECK(span_find(buf_span(&out), span_text("\"parts_left_out\":2,")) != SPAN_NONE);
    CHECK(out.data[out.size - 1] == '}' && !buf_overflowed(&out));
    buf_clear(&out);
    world.parts[2].names.size = 0;
    explain_text(&world.t, &out);
    CHECK(span_find(buf_span(&out), span_text("more parts")) == SPAN_NONE);
    world.t.has_report = false;
    world.t.report.part_count = 0;
    buf_clear(&out);
    explain_text(&world.t, &out);
    CHECK(span_starts_with(buf_span(&out), "  not decoded\n"));
    buf_fini(&out);
    world_fini(&world);
}

static void test_mismatch(void)
{
    static const struct {
        const char *declared, *detected;
        bool is_mismatch;
    } rows[] = {
        { "image/png", "application/zip", true },
        { "image/png", "image/png", false },
        { "Image/PNG", "image/png", false },
        { "text/html", "text/plain", false },
        { "text/plain", "application/zip", true },
        { "application/octet-stream", "application/zip", false },
        { "multipart/mixed", "text/plain", false },
        { "", "text/plain", false },
        { "image/png", "", false },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].declared);
        CHECK(explain_is_mismatch(span_text(rows[i].declared), span_text(rows[i].detected)) == rows[i].is_mismatch);
    }
    test_context(NULL);
}

int main(void)
{
    test_text();
    test_long_name();
    test_json();
    test_bound();
    test_mismatch();
    return test_end();
}
