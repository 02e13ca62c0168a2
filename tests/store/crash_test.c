/* Records are put into a store whose disk fails and whose power goes away at any call, again and again: every record
 * that was committed is there, whole, once, the chain and the head agree, and nobody has to be asked.
 *
 * CORDON_ROUNDS says how many stores (30), CORDON_SEED which ones (1). A round that failed is repeated by its seed.
 */
#include "disk_chaos.h"

#include "base/test.h"
#include "store/segments.h"
#include "store/verify.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    CRASHES = 6, /* of one store */
    MOST_RECORDS = 4000,
    MOST_ATTEMPTS = 4000,
    MOST_CHANGES = 60, /* in one life of the process */
    MOST_CALLS = 160,  /* before something happens */
    CRASH_PATH_SIZE = 128,
    LARGE_SIZE = 9000,
    ACCEPT_CALLS = 40 /* more than accepting a loss takes */
};

struct known {
    struct crypt_digest digest;
    struct place place;
    bool is_tombstone;
    bool is_dead;    /* a tombstone for it was committed, or may have been */
    bool is_erasing; /* begun, at least */
    bool is_seen;
};
struct attempt {
    uint64_t sequence;
    struct crypt_digest digest;
    struct place place;
    bool is_tombstone;
};

static char root[CRASH_PATH_SIZE];
static char store_path[2 * CRASH_PATH_SIZE];
static char head_path[2 * CRASH_PATH_SIZE];
static struct segments_settings settings;
static struct crypt_signer signer;

static struct known known[MOST_RECORDS + 1];
static uint64_t committed; /* acknowledged */
static struct attempt attempts[MOST_ATTEMPTS];
static size_t attempt_count;
static uint64_t removed_below; /* segments that may be gone */

static struct {
    uint64_t opened, refused_by_chaos, committed, kept_beyond, cut_bytes, power, killed, erased, removed;
} totals;

/* --- Looking --- */

static struct {
    uint64_t last;
    bool is_wrong;
    struct segments *segments;
} looking;

static bool wrong(uint64_t sequence, const char *text)
{
    printf("record %llu: %s\n", (unsigned long long)sequence, text);
    looking.is_wrong = true;
    return false;
}

/* One beyond what was acknowledged: it must have been tried. */
static bool learn(uint64_t sequence, const struct record *record, struct place place)
{
    for (size_t i = attempt_count; i-- > 0;) {
        if (attempts[i].sequence == sequence &&
            memcmp(&attempts[i].digest, &record->digest, sizeof record->digest) == 0) {
            known[sequence] = (struct known){ .digest = record->digest,
                                              .place = place,
                                              .is_tombstone = attempts[i].is_tombstone };
            committed = sequence;
            totals.kept_beyond++;
            return true;
        }
    }
    return wrong(sequence, "nobody ever wrote it so");
}

static int look(void *context, enum record_state state, const struct record *record, struct place place)
{
    (void)context;
    uint64_t sequence = record->header.sequence;
    if (sequence != looking.last + 1 && looking.last != 0)
        return !wrong(sequence, "it does not follow");
    looking.last = sequence;
    if (sequence > MOST_RECORDS)
        return !wrong(sequence, "there are not so many");
    if (sequence > committed && (state != RECORD_WHOLE || sequence != committed + 1 || !learn(sequence, record, place)))
        return !wrong(sequence, "beyond what was committed");
    struct known *one = &known[sequence];
    if (one->is_seen)
        return !wrong(sequence, "it is there twice");
    one->is_seen = true;
    if (memcmp(&place, &one->place, sizeof place) != 0)
        return !wrong(sequence, "it is elsewhere");
    if (state == RECORD_BROKEN && one->is_erasing)
        return 0; /* half of it is gone */
    if (state == RECORD_BROKEN || (state == RECORD_ERASED && !one->is_erasing))
        return !wrong(sequence, "it is not whole");
    if (memcmp(&record->digest, &one->digest, sizeof one->digest) != 0)
        return !wrong(sequence, "it is another one");
    return 0;
}

static bool check_records(struct segments *segments)
{
    struct fault fault = { 0 };
    for (uint64_t i = 1; i <= committed; i++)
        known[i].is_seen = false;
    looking.last = 0;
    looking.is_wrong = false;
    looking.segments = segments;
    uint64_t last = segments_last_sequence(segments);
    if (segments_walk(segments, 1, look, NULL, &fault) != 0 || looking.is_wrong)
        return wrong(looking.last, fault.text);
    for (uint64_t i = 1; i <= committed; i++) {
        if (!known[i].is_seen && known[i].place.segment >= removed_below)
            return wrong(i, "a committed record is gone");
    }
    attempt_count = 0;
    return last == committed || wrong(last, "the head does not agree");
}

static void tell(void *context, const char *file, uint64_t offset, uint64_t sequence, const char *text)
{
    (void)context;
    printf("verify: %s at %llu, record %llu: %s\n", file, (unsigned long long)offset, (unsigned long long)sequence,
           text);
}

/* With nothing left to fail: what was begun is finished, and then every byte is in order. */
static bool check_store(void)
{
    struct segments *segments = NULL;
    struct segments_found found;
    struct fault fault = { 0 };
    chaos_plan(CHAOS_NONE, 0, false);
    if (segments_open(&settings, &segments, &found, &fault) != 0) {
        printf("cannot be opened: %s\n", fault.text);
        return false;
    }
    totals.opened++;
    totals.cut_bytes += found.cut_bytes;
    bool is_good = found.damaged == 0 && check_records(segments);
    for (uint64_t i = 1; is_good && i <= committed; i++) {
        if (known[i].is_erasing && known[i].is_seen && segments_erase(segments, known[i].place, &fault) != 0)
            is_good = wrong(i, fault.text);
    }
    segments_close(segments);
    struct verify_settings verify = { .path = store_path, .head_path = head_path, .percent = 100, .tell = tell };
    struct verify_result result;
    return is_good && verify_store(&verify, &result, &fault) == 0 && result.wrong == 0 &&
           result.last_sequence == committed;
}

/* --- Load --- */

static bool append(struct segments *segments, enum record_kind kind, struct span content)
{
    static char random_bytes[LARGE_SIZE];
    struct fault fault;
    struct attempt *attempt = &attempts[attempt_count];
    size_t size = 30 + (size_t)chaos_random(chaos_random(10) == 0 ? LARGE_SIZE - 30 : 600);
    if (attempt_count == MOST_ATTEMPTS)
        return false;
    for (size_t i = 0; i < size; i++)
        random_bytes[i] = (char)chaos_random(256);
    struct record_draft draft = { .kind = kind, .time_ms = 1, .meta = span_of(random_bytes, size), .content = content };
    if (segments_append(segments, &draft, &attempt->sequence, &attempt->digest, &attempt->place, &fault) != 0)
        return false;
    attempt->is_tombstone = kind == RECORD_TOMBSTONE;
    attempt_count++;
    return true;
}

/* Since the last commit, this many of the attempts are still good. */
static bool commit(struct segments *segments, size_t count)
{
    struct fault fault;
    if (segments_commit(segments, &fault) != 0)
        return false;
    for (size_t i = attempt_count - count; i < attempt_count; i++) {
        const struct attempt *attempt = &attempts[i];
        if (attempt->sequence != committed + 1)
            return wrong(attempt->sequence, "it has a strange number");
        known[++committed] = (struct known){ .digest = attempt->digest,
                                             .place = attempt->place,
                                             .is_tombstone = attempt->is_tombstone };
    }
    attempt_count = 0;
    totals.committed += count;
    return true;
}

static bool put_some(struct segments *segments)
{
    size_t count = 1 + (size_t)chaos_random(8);
    for (size_t i = 0; i < count; i++) {
        if (!append(segments, RECORD_NOTE, span_of(NULL, 0)))
            return false;
    }
    return commit(segments, count);
}

/* Tombstones for some of the living up to there, and then they are erased. */
static bool kill_records(struct segments *segments, uint64_t from, uint64_t to, bool are_erased)
{
    struct record_death deaths[MOST_RECORDS];
    size_t count = 0;
    for (uint64_t i = from; i <= to; i++) {
        /* A tombstone is needed as long as what it names is there. */
        bool is_mortal = !known[i].is_dead && !(are_erased && known[i].is_tombstone);
        if (is_mortal && known[i].place.segment >= removed_below)
            deaths[count++] = (struct record_death){ .sequence = i, .digest = known[i].digest };
    }
    if (count == 0)
        return true;
    struct buf content;
    buf_init(&content, sizeof deaths + 1024);
    record_tombstone_put(segments_id(segments), deaths, count, &signer, &content);
    bool is_good = append(segments, RECORD_TOMBSTONE, buf_span(&content)) && commit(segments, 1);
    buf_fini(&content);
    for (size_t i = 0; is_good && i < count; i++)
        known[deaths[i].sequence].is_dead = true;
    for (size_t i = 0; is_good && are_erased && i < count; i++) {
        struct known *one = &known[deaths[i].sequence];
        one->is_erasing = true;
        is_good = segments_erase(segments, one->place, NULL) == 0;
        totals.erased += is_good;
    }
    return is_good;
}

/* The oldest segment, once all that is in it is dead. */
static bool remove_oldest(struct segments *segments)
{
    uint64_t first = 1;
    while (first <= committed && known[first].place.segment < removed_below)
        first++;
    if (first > committed || known[committed].place.segment < known[first].place.segment + 2)
        return true;
    uint64_t number = known[first].place.segment;
    uint64_t last = first;
    while (known[last + 1].place.segment == number)
        last++;
    if (!kill_records(segments, first, last, false))
        return false;
    removed_below = number + 1;
    totals.removed++;
    return segments_remove_before(segments, number + 1, NULL) == 0;
}

/* Until something fails that an opening has to mend, or enough was done. */
static void live(struct segments *segments)
{
    for (unsigned i = 0; i < MOST_CHANGES && committed + 20 < MOST_RECORDS; i++) {
        unsigned what = (unsigned)chaos_random(20);
        bool is_good;
        if (what == 0 && committed > 3) {
            uint64_t from = 1 + chaos_random(committed - 2);
            is_good = kill_records(segments, from, from + chaos_random(3), true);
        } else if (what == 1) {
            is_good = remove_oldest(segments);
        } else {
            is_good = put_some(segments);
        }
        if (!is_good && segments_failure(segments) != NULL)
            return;
    }
}

static void plan_something(void)
{
    static const enum chaos_kind kinds[] = { CHAOS_STOP,   CHAOS_STOP,  CHAOS_STOP, CHAOS_STOP,
                                             CHAOS_ENOSPC, CHAOS_SHORT, CHAOS_EIO,  CHAOS_EIO };
    bool is_soon = chaos_random(4) == 0; /* while the store is being opened, or made */
    chaos_plan(kinds[chaos_random(sizeof kinds / sizeof kinds[0])], chaos_random(is_soon ? 12 : MOST_CALLS),
               chaos_random(2) == 0);
}

static bool make_folders(void)
{
    char command[2 * CRASH_PATH_SIZE];
    (void)snprintf(command, sizeof command, "find %s -mindepth 1 -delete", root);
    return system(command) == 0 && /* NOLINT(cert-env33-c): a test's own folder */
           mkdir(store_path, 0700) == 0;
}

static bool run_store(uint64_t seed)
{
    if (!make_folders() || mkdir(head_path, 0700) != 0)
        return false;
    (void)strncat(head_path, "/head", sizeof head_path - strlen(head_path) - 1);
    memset(known, 0, sizeof known);
    committed = attempt_count = removed_below = 0;
    chaos_begin(root, seed);
    settings = (struct segments_settings){
        .path = store_path, .head_path = head_path, .signer = &signer, .segment_bytes = 1000 + chaos_random(20000)
    };
    bool is_good = true;
    for (unsigned i = 0; is_good && i < CRASHES; i++) {
        struct segments *segments = NULL;
        struct segments_found found;
        struct fault fault = { 0 };
        plan_something();
        if (segments_open(&settings, &segments, &found, &fault) == 0) {
            is_good = check_records(segments);
            if (is_good)
                live(segments);
        } else {
            totals.refused_by_chaos++;
            is_good = chaos_has_struck() || wrong(0, fault.text);
        }
        segments_close(segments);
        if (chaos_random(3) > 0) {
            chaos_lose_power();
            totals.power++;
        } else {
            chaos_restart();
            totals.killed++;
        }
        is_good = is_good && !looking.is_wrong && check_store();
    }
    chaos_end();
    head_path[strlen(head_path) - strlen("/head")] = 0;
    return is_good;
}

/* --- A loss that is accepted, while the power goes away as well --- */

static int count_whole(void *context, enum record_state state, const struct record *record, struct place place)
{
    (void)record, (void)place;
    *(uint64_t *)context += state == RECORD_WHOLE;
    return 0;
}

/* The last record of three segments is cut; whatever stops at any call, accepting it again loses nothing more. */
static bool accept_loss(uint64_t calls)
{
    struct segments *segments = NULL;
    struct segments_found found;
    struct fault fault;
    char path[3 * CRASH_PATH_SIZE];
    uint64_t count = 0;
    if (!make_folders())
        return false;
    chaos_begin(root, calls);
    settings = (struct segments_settings){
        .path = store_path, .head_path = head_path, .signer = &signer, .segment_bytes = 4000
    };
    committed = attempt_count = removed_below = 0;
    bool is_good = segments_open(&settings, &segments, &found, &fault) == 0;
    while (is_good && (committed == 0 || known[committed].place.segment < 3))
        is_good = put_some(segments);
    segments_close(segments);
    struct place last = known[committed].place;
    (void)snprintf(path, sizeof path, "%s/segments/%08llu.seg", store_path, (unsigned long long)last.segment);
    is_good = is_good && truncate(path, (off_t)(last.offset + last.size - 1)) == 0;
    chaos_begin(root, calls + 1);
    chaos_plan(CHAOS_STOP, calls, false);
    (void)segments_accept(&settings, &found, &fault);
    chaos_lose_power();
    is_good = is_good && segments_accept(&settings, &found, &fault) == 0 &&
              segments_open(&settings, &segments, &found, &fault) == 0;
    is_good = is_good && found.last_sequence == committed &&
              segments_walk(segments, 1, count_whole, &count, &fault) == 0 && count == committed - 1;
    segments_close(segments);
    struct verify_settings verify = { .path = store_path, .head_path = head_path, .percent = 100, .tell = tell };
    struct verify_result result;
    is_good = is_good && verify_store(&verify, &result, &fault) == 0 && result.wrong == 0;
    chaos_end();
    return is_good;
}

static unsigned long from_environment(const char *name, unsigned long otherwise)
{
    const char *text = getenv(name);
    return text != NULL ? strtoul(text, NULL, 10) : otherwise;
}

int main(void)
{
    struct crypt_key key = { { 3 } };
    struct fault fault = { 0 };
    unsigned long rounds = from_environment("CORDON_ROUNDS", 30);
    unsigned long seed = from_environment("CORDON_SEED", 1);
    /* In memory where that can be had: what is durable here is a matter of disk_chaos, not of a disk. */
    (void)snprintf(root, sizeof root, "%s/cordon-crash-XXXXXX", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
    if (crypt_begin(&fault) != 0 || mkdtemp(root) == NULL)
        return 1;
    (void)snprintf(store_path, sizeof store_path, "%s/store", root);
    (void)snprintf(head_path, sizeof head_path, "%s/heads", root);
    crypt_signer_derive(&key, &signer);
    for (unsigned long i = 0; i < rounds; i++) {
        if (!CHECK(run_store(seed + i))) {
            printf("seed %lu\n", seed + i);
            return test_end(); /* what is left of it is to be looked at */
        }
    }
    (void)snprintf(head_path, sizeof head_path, "%s/head", root);
    for (uint64_t i = 0; i < ACCEPT_CALLS; i++) {
        if (!CHECK(accept_loss(i)))
            printf("stopped at call %llu\n", (unsigned long long)i);
    }
    char command[2 * CRASH_PATH_SIZE];
    (void)snprintf(command, sizeof command, "rm -rf %s", root);
    CHECK(system(command) == 0); /* NOLINT(cert-env33-c): a test's own folder */
    printf("%llu openings, %llu power losses, %llu kills, %llu openings that failed; %llu records committed, %llu kept "
           "beyond the head, %llu bytes cut, %llu erased, %llu segments removed\n",
           (unsigned long long)totals.opened, (unsigned long long)totals.power, (unsigned long long)totals.killed,
           (unsigned long long)totals.refused_by_chaos, (unsigned long long)totals.committed,
           (unsigned long long)totals.kept_beyond, (unsigned long long)totals.cut_bytes,
           (unsigned long long)totals.erased, (unsigned long long)totals.removed);
    return test_end();
}
