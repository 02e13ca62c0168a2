#include "scanner/run_reply.h"

#include "base/test.h"

#include <string.h>

static const struct run_settings clamscan = {
    .clean = { .items = { "0" }, .count = 1 },
    .infected = { .items = { "1", "^ALARM (.*)" }, .count = 2 },
    .unscannable = { .items = { "encrypted: 13", "limit: too large", "damaged: ^broken" }, .count = 3 },
    .failed = { .items = { "licence has expired" }, .count = 1 },
    .name_pattern = ": (.+) FOUND$",
};

static const struct row {
    int status;
    const char *output;
    enum answer_kind kind;
    enum unscannable unscannable;
    const char *text;
} rows[] = {
    { 0, "", ANSWER_CLEAN, UNSCANNABLE_NONE, "" },
    { 0, "/proc/self/fd/3: OK\n", ANSWER_CLEAN, UNSCANNABLE_NONE, "" },
    { 1, "/proc/self/fd/3: Eicar-Test FOUND\n", ANSWER_INFECTED, UNSCANNABLE_NONE, "Eicar-Test" },
    { 1, "", ANSWER_INFECTED, UNSCANNABLE_NONE, "unnamed" },
    { 1, "x:   FOUND\n", ANSWER_INFECTED, UNSCANNABLE_NONE, "unnamed" },
    { 0, "ok\nALARM x\n", ANSWER_INFECTED, UNSCANNABLE_NONE, "unnamed" },
    { 2, "ALARM x\na: B FOUND", ANSWER_INFECTED, UNSCANNABLE_NONE, "B" },
    { 1, "the licence has expired", ANSWER_INFECTED, UNSCANNABLE_NONE, "unnamed" },
    { 0, "the licence has expired", ANSWER_FAILED, UNSCANNABLE_NONE, "exit status 0: the licence has expired" },
    { 13, "the licence has expired", ANSWER_FAILED, UNSCANNABLE_NONE, "exit status 13: the licence has expired" },
    { 13, "", ANSWER_UNSCANNABLE, UNSCANNABLE_ENCRYPTED, "exit status 13" },
    { 0, "it is too large", ANSWER_UNSCANNABLE, UNSCANNABLE_LIMIT, "exit status 0: it is too large" },
    { 4, "a\nbroken", ANSWER_UNSCANNABLE, UNSCANNABLE_DAMAGED, "exit status 4: a" },
    { 2, "\n\n  ERROR: no access\n", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown: exit status 2: ERROR: no access" },
    { 255, "", ANSWER_FAILED, UNSCANNABLE_NONE, "unknown: exit status 255" },
};

static void test_table(void)
{
    struct run_meaning *meaning = run_meaning_new(&clamscan);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct row *row = &rows[i];
        struct answer answer;
        test_context(row->output);
        run_reply_read(meaning, row->status, span_text(row->output), &answer);
        CHECK(answer.kind == row->kind && answer.unscannable == row->unscannable);
        CHECK(strcmp(answer.text, row->text) == 0);
    }
    run_meaning_free(meaning);
}

/* A helper's answers have no exit status: 0 and -1 must not be taken for one another. */
static void test_without_status(void)
{
    struct run_settings settings = clamscan;
    settings.clean = (struct settings_list){ .items = { "^OK$", "0" }, .count = 2 };
    struct run_meaning *meaning = run_meaning_new(&settings);
    struct answer answer;
    test_context("without status");
    run_reply_read(meaning, RUN_NO_STATUS, span_text("OK"), &answer);
    CHECK(answer.kind == ANSWER_CLEAN);
    run_reply_read(meaning, RUN_NO_STATUS, span_text("OKAY"), &answer);
    CHECK(answer.kind == ANSWER_FAILED && strcmp(answer.text, "unknown answer: OKAY") == 0);
    run_meaning_free(meaning);
}

static void test_costly(void)
{
    static char output[60000];
    struct run_settings settings = clamscan;
    settings.infected = (struct settings_list){ .items = { "(a+)+(a+)+(a+)+$[xy]" }, .count = 1 };
    memset(output, 'a', sizeof output);
    struct run_meaning *meaning = run_meaning_new(&settings);
    struct answer answer;
    test_context("costly");
    run_reply_read(meaning, 0, span_of(output, sizeof output), &answer);
    CHECK(answer.kind == ANSWER_FAILED && strstr(answer.text, "costs too much") != NULL);
    run_meaning_free(meaning);
}

int main(void)
{
    test_table();
    test_without_status();
    test_costly();
    return test_end();
}
