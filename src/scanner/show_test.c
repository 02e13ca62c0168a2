/* What a scanner is shown, with drivers that this test plays itself. */
#include "show.h"

#include "base/memory.h"
#include "base/test.h"
#include "scanner/eicar.h"
#include "scanner/set.h"
#include "scanner/together.h"

#include <assert.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PARTS = 6, PART_BYTES = 8, TIMEOUT_MS = 300 };

/* Each part is a word of eight letters that says what the scanner makes of it. */
static struct play {
    bool alone;           /* it asks one by one */
    atomic_uint asked;    /* calls */
    atomic_uint pieces;   /* shown in all */
    atomic_uint canaries; /* shown */
    atomic_bool is_broken;
    uint64_t generation;
    uint32_t pause_ms;
} play;

static bool piece_is(const struct scan_request *request, size_t index, const char *word)
{
    return span_starts_with(request_bytes(request, index), word);
}

static void play_piece(struct scanner *scanner, const struct scan_request *request, size_t index, struct answer *answer)
{
    (void)scanner;
    *answer = (struct answer){ .kind = ANSWER_CLEAN, .piece = (uint32_t)index };
    if (piece_is(request, index, "infected")) {
        answer_set(answer, ANSWER_INFECTED, span_text("Bad.Name"));
    } else if (piece_is(request, index, "noisy")) {
        answer_set(answer, ANSWER_INFECTED, span_text("PUA.Noise"));
    } else if (piece_is(request, index, "deadly")) {
        answer_fail(answer, BLAME_DEATH, span_text("it died"));
    } else if (piece_is(request, index, "slow")) {
        (void)poll(NULL, 0, deadline_left_ms(request->deadline));
        answer_fail(answer, BLAME_TIME, span_text("timeout"));
    } else if (piece_is(request, index, "locked")) {
        answer_set(answer, ANSWER_UNSCANNABLE, span_text("a password"));
        answer->unscannable = UNSCANNABLE_ENCRYPTED;
    }
}

static bool play_canary(const struct scan_request *request, struct answer *answer)
{
    char eicar[EICAR_SIZE + 1];
    eicar_make(eicar);
    if (!request->is_canary)
        return false;
    atomic_fetch_add(&play.canaries, 1);
    struct span bytes = request_bytes(request, 0);
    bool is_clean = span_find(bytes, span_text("canary")) != SPAN_NONE && bytes.size < 4096;
    *answer = (struct answer){ .kind = is_clean ? ANSWER_CLEAN : ANSWER_INFECTED };
    return true;
}

static void play_ask(struct scanner *scanner, const struct scan_request *request, struct answer *answer_out)
{
    if (atomic_load(&play.is_broken)) {
        answer_fail(answer_out, BLAME_SCANNER, span_text("refused"));
        answer_out->piece = 0;
        return;
    }
    scanner_learn(scanner, span_text("play"), play.generation, 0);
    if (play_canary(request, answer_out))
        return;
    atomic_fetch_add(&play.asked, 1);
    if (play.pause_ms > 0)
        (void)poll(NULL, 0, (int)play.pause_ms);
    *answer_out = (struct answer){ .kind = ANSWER_CLEAN };
    for (size_t i = 0; i < request->count; i++) {
        struct answer answer;
        atomic_fetch_add(&play.pieces, 1);
        play_piece(scanner, request, i, &answer);
        if (answer.kind == ANSWER_FAILED && !play.alone)
            answer.piece = 0; /* it can't say which */
        answer_worsen(answer_out, &answer);
        if (answer.kind == ANSWER_INFECTED || answer.kind == ANSWER_FAILED)
            return;
    }
}

static const struct scanner_ops play_together = { .ask = play_ask, .tells_with_it = true };
static const struct scanner_ops play_alone = { .ask = play_ask, .tells_with_it = true, .asks_alone = true };

static struct settings settings;
static struct scanner_set *set;

static void begin(bool alone, uint64_t memory_bytes)
{
    play = (struct play){ .alone = alone, .generation = 1 };
    settings = (struct settings){ .scanner_count = 1, .answers_memory_bytes = memory_bytes };
    settings.scanners[0] = (struct scanner_settings){ .name = "play",
                                                      .type = SCANNER_CLAMD,
                                                      .input = INPUT_PARTS,
                                                      .timeout_ms = TIMEOUT_MS,
                                                      .concurrency = 100,
                                                      .max_bytes = 1U << 20,
                                                      .max_pieces = 100,
                                                      .canary_interval_ms = 600000 };
    set = scanners_new(&settings, NULL, NULL);
    set->scanners[0].ops = alone ? &play_alone : &play_together;
}

static void tend(void)
{
    struct buf text;
    buf_init(&text, 4096);
    (void)scanners_tend(set, &text);
    buf_fini(&text);
}

static void end(void)
{
    scanners_free(set);
}

/* Judges a message of these parts; they are parted by blanks. */
static struct verdict judge(const char *words, struct answer *answer_out)
{
    char bytes[PARTS * PART_BYTES] = "";
    struct piece parts[PARTS];
    struct scan_input input = { .is_complete = true, .parts = parts };
    struct span rest = span_text(words);
    for (size_t i = 0; i < SCAN_PACKS; i++)
        input.packs[i] = SEALED_NONE;
    for (; rest.size > 0; input.part_count++) {
        struct span word = span_cut(&rest, ' ');
        assert(input.part_count < PARTS && word.size <= PART_BYTES);
        memset(bytes + input.part_count * PART_BYTES, '.', PART_BYTES);
        memcpy(bytes + input.part_count * PART_BYTES, word.data, word.size);
        parts[input.part_count] = (struct piece){ .offset = input.part_count * PART_BYTES, .size = PART_BYTES };
    }
    assert(sealed_copy(span_of(bytes, sizeof bytes), "test", &input.packs[0], NULL) == 0);
    input.whole = (struct piece){ .size = sizeof bytes };
    struct policy_settings policy = { .require = REQUIRE_ANY };
    struct verdict verdict;
    verdict_init(&verdict);
    scanners_judge(set, &input, &policy, deadline_in(30000), answer_out, &verdict);
    sealed_close(&input.packs[0]);
    return verdict;
}

static enum category category(const char *words)
{
    struct answer answer;
    struct verdict verdict = judge(words, &answer);
    return verdict_gravest(&verdict);
}

static void test_remembers(bool alone)
{
    test_context(alone ? "memory, one by one" : "memory, together");
    begin(alone, 1 << 20);
    tend();
    struct answer answer;
    CHECK(category("one two three") == CATEGORY_CLEAN && atomic_load(&play.pieces) == 3);
    CHECK(category("one two three") == CATEGORY_CLEAN && atomic_load(&play.pieces) == 3);
    CHECK(category("one two four") == CATEGORY_CLEAN && atomic_load(&play.pieces) == 4);
    CHECK(category("five five") == CATEGORY_CLEAN && atomic_load(&play.pieces) == 5); /* twice in one message */
    CHECK(category("one infected two") == CATEGORY_INFECTED);
    unsigned pieces = atomic_load(&play.pieces);
    struct verdict verdict = judge("one infected", &answer);
    CHECK(verdict_gravest(&verdict) == CATEGORY_INFECTED && atomic_load(&play.pieces) == pieces && answer.piece == 1);
    CHECK(strcmp(answer.text, "Bad.Name") == 0);
    CHECK(category("locked six") == CATEGORY_UNSCANNABLE);
    verdict = judge("locked six", &answer);
    CHECK(verdict_gravest(&verdict) == CATEGORY_UNSCANNABLE && answer.unscannable == UNSCANNABLE_ENCRYPTED);

    pieces = atomic_load(&play.pieces);
    play.generation = 2;
    CHECK(category("seven") == CATEGORY_CLEAN); /* tells of it */
    CHECK(category("one two three") == CATEGORY_CLEAN && atomic_load(&play.pieces) == pieces + 4);
    CHECK(category("deadly") == CATEGORY_UNSCANNED);
    tend();
    pieces = atomic_load(&play.pieces);
    CHECK(category("one two three") == CATEGORY_CLEAN && atomic_load(&play.pieces) == pieces + 3); /* one has died */
    play.generation = 0; /* unknown: nothing is remembered */
    CHECK(category("eight") == CATEGORY_CLEAN && category("eight") == CATEGORY_CLEAN);
    pieces = atomic_load(&play.pieces);
    CHECK(category("eight") == CATEGORY_CLEAN && atomic_load(&play.pieces) == pieces + 1);
    end();
    begin(alone, 0);
    tend();
    CHECK(category("one") == CATEGORY_CLEAN && category("one") == CATEGORY_CLEAN && atomic_load(&play.pieces) == 2);
    end();
}

static void crowd_judge(void *argument)
{
    (void)argument;
    assert(category("one two three") == CATEGORY_CLEAN);
}

static void test_shares(void)
{
    test_context("the same parts at once");
    begin(false, 1 << 20);
    tend();
    struct together_task tasks[10];
    for (size_t i = 0; i < 10; i++)
        tasks[i] = (struct together_task){ .run = crowd_judge };
    play.pause_ms = 50;
    together_run(tasks, 10);
    CHECK(atomic_load(&play.pieces) == 3);
    CHECK(recall_count(set->scanners[0].recall).shared > 0);
    end();
}

/* The third time and its canary over, it is shown no more; whoever is in a message with it is not to blame. */
static void test_poison(bool alone, const char *word)
{
    char words[32];
    test_context(word);
    (void)snprintf(words, sizeof words, "one %s two", word);
    begin(alone, 1 << 20);
    tend();
    struct answer answer;
    for (unsigned i = 0; i < 2 * POISON_FAILURES && category(words) == CATEGORY_UNSCANNED; i++) {
        tend();
        uint32_t working, wanted;
        CHECK(scanners_are_ready(set, &(struct policy_settings){ .require = REQUIRE_ANY }, &working, &wanted));
    }
    struct verdict verdict = judge(words, &answer);
    CHECK(verdict_gravest(&verdict) == CATEGORY_UNSCANNABLE && verdict.unscannable == UNSCANNABLE_POISON);
    CHECK(answer.piece == 1 && atomic_load(&set->scanners[0].counts.poisoned) > 0);
    CHECK(poison_count(&set->scanners[0].poison, clock_now_ms()) == 1);
    CHECK(category("one two") == CATEGORY_CLEAN); /* the others are well */
    CHECK(set->scanners[0].health.state == HEALTH_WORKING);
    end();
}

static void test_no_poison(void)
{
    test_context("a broken scanner makes no poison");
    begin(false, 1 << 20);
    tend();
    for (unsigned i = 0; i < 10; i++) {
        atomic_store(&play.is_broken, true);
        CHECK(category("one two") == CATEGORY_UNSCANNED);
        scanner_await_proof(&set->scanners[0], deadline_in(10000));
        atomic_store(&play.is_broken, false);
        set->scanners[0].health.canary_at_ms = 0;
        tend();
    }
    CHECK(poison_is_empty(&set->scanners[0].poison) && category("one two") == CATEGORY_CLEAN);
    end();
}

static void test_names(bool alone)
{
    test_context(alone ? "names, one by one" : "names, together");
    begin(alone, 1 << 20);
    settings.scanners[0].names = (struct settings_names){ .patterns = { "PUA.*" },
                                                          .actions = { NAME_IGNORE },
                                                          .count = 1 };
    tend();
    struct answer answer;
    for (unsigned i = 0; i < 2; i++) { /* nor is it ever remembered as clean */
        struct verdict verdict = judge("one noisy two noisy", &answer);
        CHECK(verdict_gravest(&verdict) == CATEGORY_UNSCANNABLE && verdict.unscannable == UNSCANNABLE_MASKED);
        CHECK(strcmp(answer.ignored, "PUA.Noise") == 0 && answer.piece == 1);
    }
    CHECK(category("noisy one infected") == CATEGORY_INFECTED); /* it goes on behind it */
    CHECK(category("infected noisy") == CATEGORY_INFECTED);
    CHECK(category("one two") == CATEGORY_CLEAN);
    settings.scanners[0].names.actions[0] = NAME_BANNED;
    struct verdict verdict = judge("one noisy two", &answer);
    CHECK(verdict_gravest(&verdict) == CATEGORY_BANNED && verdict.unscannable == UNSCANNABLE_MASKED);
    end();
}

static void test_breaker(void)
{
    test_context("breaker");
    begin(false, 0);
    tend();
    struct scanner *scanner = &set->scanners[0];
    atomic_store(&play.is_broken, true);
    CHECK(category("one") == CATEGORY_UNSCANNED);
    scanner_await_proof(scanner, deadline_in(10000)); /* the probe, without anybody's tending */
    CHECK(scanner->health.state == HEALTH_FAILED && atomic_load(&scanner->counts.opened) == 1);
    unsigned asked = atomic_load(&play.asked);
    for (unsigned i = 0; i < 10; i++)
        CHECK(category("one") == CATEGORY_UNSCANNED);
    CHECK(atomic_load(&play.asked) == asked && atomic_load(&scanner->counts.answers[ANSWER_NOT_ASKED]) == 10);
    atomic_store(&play.is_broken, false);
    scanner->health.canary_at_ms = 0;
    tend();
    CHECK(category("one") == CATEGORY_CLEAN);

    test_context("a slow piece opens it, and the probe closes it");
    CHECK(category("slow") == CATEGORY_UNSCANNED && atomic_load(&scanner->counts.opened) == 2);
    CHECK(category("one") == CATEGORY_CLEAN); /* it waits for the probe for a moment */

    test_context("tampered");
    scanner_accuse(scanner, "tampered: it altered a file");
    struct answer answer;
    struct verdict verdict = judge("one", &answer);
    CHECK(verdict_gravest(&verdict) == CATEGORY_UNSCANNED && strstr(answer.text, "tampered") != NULL);
    scanner->health.canary_at_ms = 0;
    tend();
    CHECK(category("one") == CATEGORY_CLEAN);

    test_context("other signatures are proved");
    unsigned canaries = atomic_load(&play.canaries);
    play.generation = 9;
    CHECK(category("one") == CATEGORY_CLEAN);
    tend();
    CHECK(atomic_load(&play.canaries) > canaries);
    end();
}

static void test_texts(void)
{
    test_context("texts");
    begin(true, 1 << 20);
    tend();
    CHECK(category("one") == CATEGORY_CLEAN);
    struct buf text;
    buf_init(&text, 65536);
    scanners_status(set, &text);
    CHECK(strstr(buf_text(&text), " breaker=closed role=primary canary=eicar ") != NULL);
    CHECK(strstr(buf_text(&text), "scanner.play.counts=answers clean=1 unscannable=0 failed=0 infected=0") != NULL);
    buf_clear(&text);
    scanners_metrics(set, &text);
    CHECK(strstr(buf_text(&text), "\ncordon_scanner_answers_total{scanner=\"play\",answer=\"clean\"} 1\n") != NULL);
    CHECK(strstr(buf_text(&text), "\ncordon_scanner_duration_seconds_count{scanner=\"play\"} 1\n") != NULL);
    CHECK(strstr(buf_text(&text), "\ncordon_scanner_breaker_state{scanner=\"play\"} 0\n") != NULL);
    CHECK(!buf_overflowed(&text));
    buf_fini(&text);
    end();
}

int main(void)
{
    for (int alone = 0; alone < 2; alone++) {
        test_remembers(alone != 0);
        test_poison(alone != 0, "deadly");
        test_poison(alone != 0, "slow");
        test_names(alone != 0);
    }
    test_shares();
    test_no_poison();
    test_breaker();
    test_texts();
    return test_end();
}
