#include "cli/filter.h"

#include "base/test.h"
#include "cli/cli.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

static const uint64_t now = UINT64_C(1795699805000);
static const uint64_t hour_ms = 3600000;

static const struct {
    const char *text;
    bool is_size;
    uint64_t least;
    uint64_t most;
} sizes[] = {
    { ">1M", true, 1048577, 0 },
    { ">=1M", true, 1048576, 0 },
    { "<10k", true, 0, 10239 },
    { "<= 10K", true, 0, 10240 },
    { "10k-1M", true, 10240, 1048576 },
    { "500", true, 500, 500 },
    { "10kB", true, 10240, 10240 },
    { ">0", true, 1, 0 },
    { "<0", false, 0, 0 },
    { "<1", false, 0, 0 },
    { "1M-10k", false, 0, 0 },
    { "", false, 0, 0 },
    { ">", false, 0, 0 },
    { "10x", false, 0, 0 },
    { "-5", false, 0, 0 },
    { "many", false, 0, 0 },
    { "1-", false, 0, 0 },
    { ">99999999999999999999", false, 0, 0 },
};

static void test_sizes(void)
{
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint64_t least = 0;
        uint64_t most = 0;
        test_context(sizes[i].text);
        CHECK(filter_size_read(span_text(sizes[i].text), &least, &most) == sizes[i].is_size);
        CHECK(!sizes[i].is_size || (least == sizes[i].least && most == sizes[i].most));
    }
    test_context(NULL);
}

static void test_categories(void)
{
    unsigned categories = 0;
    CHECK(filter_categories_read(span_text("infected, banned"), &categories));
    CHECK(categories == ((1U << CATEGORY_INFECTED) | (1U << CATEGORY_BANNED)));
    CHECK(!filter_categories_read(span_text("infected,"), &categories));
    CHECK(!filter_categories_read(span_text("ill"), &categories));
}

/* What a command got, in this test's one command. */
static struct filter got;
static int status_of_read;

static int take(const struct command_line *line)
{
    status_of_read = filter_read(line, now, &got);
    return status_of_read < 0 ? 0 : status_of_read;
}

/* The texts live as long as the program, as those of a real command line do. */
static char typed[24][64];

static int run(const char *const *words)
{
    static struct command commands[] = { { "list", "", "for the test", take, 0, 0, 0 } };
    static const struct command_group group = { "quarantine", "A test.", "", commands, 1 };
    char *argv[25] = { typed[0], typed[1] };
    (void)snprintf(typed[0], sizeof typed[0], "quarantine");
    (void)snprintf(typed[1], sizeof typed[1], "list");
    int argc = 2;
    for (; *words != NULL; words++, argc++) {
        (void)snprintf(typed[argc], sizeof typed[argc], "%s", *words);
        argv[argc] = typed[argc];
    }
    commands[0].options = command_filters;
    memset(&got, 0, sizeof got);
    optind = 0; /* getopt begins anew */
    return command_run(&group, argc, argv);
}

static void test_line(void)
{
    CHECK(run((const char *const[]){ NULL }) == 0);
    CHECK(got.word_count == 0 && got.query.since_ms == 0 && got.query.categories == 0 && !got.query.is_held);
    CHECK(run((const char *const[]){ "--since", "3h", "--until=now", "--sender", "@example.org", "--held", "--sender",
                                     "joe", "--category", "infected", "--category=clean", "--size", ">1M", NULL }) ==
          0);
    CHECK(got.query.since_ms == now - 3 * hour_ms && got.query.until_ms == now && got.query.is_held);
    CHECK(got.query.categories == ((1U << CATEGORY_INFECTED) | (1U << CATEGORY_CLEAN)));
    CHECK(got.query.least_size == 1048577 && got.query.most_size == 0);
    CHECK(got.word_count == 2 && strcmp(got.words[0].field, "sender") == 0);
    CHECK(got.word_count == 2 && strcmp(got.words[1].text, "joe") == 0);
}

static void test_refusals(void)
{
    CHECK(run((const char *const[]){ "--since", "soon", NULL }) == CLI_EXIT_USAGE);
    CHECK(run((const char *const[]){ "--until", "soon", NULL }) == CLI_EXIT_USAGE);
    CHECK(run((const char *const[]){ "--since", "1h", "--until", "2h", NULL }) == CLI_EXIT_USAGE);
    CHECK(run((const char *const[]){ "--size", "big", NULL }) == CLI_EXIT_USAGE);
    CHECK(run((const char *const[]){ "--category", "bad", NULL }) == CLI_EXIT_USAGE);
    CHECK(run((const char *const[]){ "--force", NULL }) == CLI_EXIT_USAGE);
    CHECK(run((const char *const[]){ "more", NULL }) == CLI_EXIT_USAGE);
    CHECK(run((const char *const[]){ "--sender", NULL }) == CLI_EXIT_USAGE);
    CHECK(run((const char *const[]){ "--help", NULL }) == 0);
}

int main(void)
{
    test_sizes();
    test_categories();
    test_line();
    test_refusals();
    return test_end();
}
