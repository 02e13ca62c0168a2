/* A large store in one run: how fast messages are kept, how much room they take, how long it takes to list, search and
 * show; beside plain files, each of them synced, and beside gzip.
 *
 *   store_bench FOLDER [RECORDS [THREADS]]
 */
#include "store/store.h"

#include "base/memory.h"
#include "store/meta.h"
#include "sys/clock.h"
#include "sys/thread.h"

#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum {
    BENCH_PATH_SIZE = 512,
    BENCH_MESSAGE_MOST = 65536,
    BENCH_ATTACHMENT = 24000,
    BENCH_ATTACHMENTS = 200, /* different ones that come again and again */
    BENCH_PLAIN = 1000,      /* so many plain files beside */
    BENCH_ASKS = 1000,
    WAIT_MS = 60000
};

static const char *const words[] = { "the",     "order",    "of",       "your",    "invoice",  "and",    "we",
                                     "please",  "find",     "attached", "meeting", "tomorrow", "report", "with",
                                     "regards", "delivery", "payment",  "number",  "is",       "to",     "in",
                                     "about",   "account",  "team",     "project", "thanks",   "for",    "new",
                                     "version", "week",     "question", "answer" };

static uint32_t next_random(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* Text of its own, and in every tenth an attachment, half of which have been seen before. */
static struct span message_make(char out[BENCH_MESSAGE_MOST], unsigned number, struct content_part *part_out)
{
    uint32_t state = number * 2654435761U + 1;
    size_t size = (size_t)sprintf(out,
                                  "From: user%u@sender%u.test\r\nTo: someone@example.org\r\nSubject: %s %s %u\r\n\r\n",
                                  number % 5000, number % 300, words[number % 32], words[number / 32 % 32], number);
    size_t text = 800 + next_random(&state) % 3000;
    while (size < text)
        size += (size_t)sprintf(out + size, "%s%s", words[next_random(&state) % 32],
                                next_random(&state) % 12 == 0 ? ".\r\n" : " ");
    *part_out = (struct content_part){ .offset = size };
    if (number % 10 == 0) {
        static const char base64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        state = (number % 20 == 0 ? number / 20 % BENCH_ATTACHMENTS : number) * 40503U + 7;
        for (size_t i = 0; i < BENCH_ATTACHMENT; i++)
            out[size++] = i % 78 == 76 ? '\r' : i % 78 == 77 ? '\n' : base64[next_random(&state) % 64];
        part_out->size = BENCH_ATTACHMENT;
    }
    return span_of(out, size);
}

struct bench {
    struct store *store;
    unsigned records;
    atomic_uint next;
    atomic_ullong bytes;
    struct lock lock;
    struct signal_point ended;
    unsigned left;
};

static void bench_put(struct bench *bench, unsigned number)
{
    char bytes[BENCH_MESSAGE_MOST];
    char text[64];
    struct content_part part;
    struct span message = message_make(bytes, number, &part);
    struct buf meta;
    buf_init(&meta, STORE_META_MOST);
    (void)sprintf(text, "user%u@sender%u.test", number % 5000, number % 300);
    meta_put_text(&meta, META_SENDER, text);
    meta_put_text(&meta, META_RECIPIENT, "someone@example.org");
    (void)sprintf(text, "%s %s %u", words[number % 32], words[number / 32 % 32], number);
    meta_put_text(&meta, META_SUBJECT, text);
    meta_put_text(&meta, META_CATEGORY, number % 7 == 0 ? "banned" : "infected");
    meta_put_text(&meta, META_NAME, number % 1000 == 0 ? "Rare.Virus" : "Common.Virus");
    (void)sprintf(text, "<%u@sender.test>", number);
    meta_put_text(&meta, META_MESSAGE_ID, text);
    meta_put_number(&meta, META_SIZE, message.size);
    struct store_message put = { .bytes = message,
                                 .meta = buf_span(&meta),
                                 .category = number % 7 == 0 ? CATEGORY_BANNED : CATEGORY_INFECTED,
                                 .parts = &part,
                                 .part_count = part.size > 0 ? 1 : 0 };
    uint64_t sequence = 0;
    struct fault fault = { 0 };
    if (store_put(bench->store, &put, deadline_in(WAIT_MS), &sequence, &fault) != 0) {
        fprintf(stderr, "store_bench: %s\n", fault.text);
        abort();
    }
    buf_fini(&meta);
    atomic_fetch_add(&bench->bytes, message.size);
}

static void bench_run(void *argument)
{
    struct bench *bench = argument;
    for (unsigned number = atomic_fetch_add(&bench->next, 1); number < bench->records;
         number = atomic_fetch_add(&bench->next, 1))
        bench_put(bench, number);
    lock_take(&bench->lock);
    bench->left--;
    signal_point_wake_all(&bench->ended);
    lock_drop(&bench->lock);
}

static double seconds_since(int64_t begin_us)
{
    return (double)(clock_now_us() - begin_us) / 1e6;
}

static void bench_write(struct bench *bench, unsigned threads)
{
    int64_t begin = clock_now_us();
    bench->left = threads;
    for (unsigned i = 0; i < threads; i++) {
        if (thread_start(bench_run, bench, 1048576, NULL) != 0)
            abort();
    }
    lock_take(&bench->lock);
    while (bench->left > 0)
        (void)signal_point_wait(&bench->ended, &bench->lock, deadline_never());
    lock_drop(&bench->lock);
    double seconds = seconds_since(begin);
    struct store_status status;
    store_read_status(bench->store, &status);
    printf("kept        %u messages by %u threads in %.1f s: %.0f a second, %.1f MB/s, %.1f messages a commit\n",
           bench->records, threads, seconds, bench->records / seconds, (double)bench->bytes / 1e6 / seconds,
           (double)bench->records / (double)status.commits);
    printf("room        %.1f MB of mail in %.1f MB\n", (double)bench->bytes / 1e6, (double)status.disk_bytes / 1e6);
    begin = clock_now_us();
    while (status.is_indexing || status.indexed_sequence < status.last_sequence) {
        (void)usleep(1000);
        store_read_status(bench->store, &status);
    }
    printf("index       complete %.1f s later\n", seconds_since(begin));
}

/* The same mail in plain files: written, synced, and its folder synced. And what gzip makes of it. */
static void bench_plain(const char *folder, unsigned records)
{
    char path[BENCH_PATH_SIZE];
    static char bytes[BENCH_MESSAGE_MOST];
    static unsigned char packed[BENCH_MESSAGE_MOST * 2];
    struct content_part part;
    unsigned count = records < BENCH_PLAIN ? records : BENCH_PLAIN;
    double plain = 0;
    double gzip = 0;
    (void)snprintf(path, sizeof path, "%.400s/plain", folder);
    (void)mkdir(path, 0700);
    int place = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int64_t begin = clock_now_us();
    for (unsigned i = 0; i < count; i++) {
        struct span message = message_make(bytes, i, &part);
        (void)snprintf(path, sizeof path, "%u", i);
        int fd = openat(place, path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
        if (fd < 0 || write(fd, message.data, message.size) != (ssize_t)message.size || fsync(fd) != 0 ||
            close(fd) != 0 || fsync(place) != 0)
            abort();
    }
    double seconds = seconds_since(begin);
    for (unsigned i = 0; i < count; i++) {
        struct span message = message_make(bytes, i, &part);
        uLongf size = sizeof packed;
        if (compress2(packed, &size, (const Bytef *)message.data, message.size, 6) != Z_OK)
            abort();
        plain += (double)message.size;
        gzip += (double)size;
        (void)snprintf(path, sizeof path, "%u", i);
        (void)unlinkat(place, path, 0);
    }
    (void)close(place);
    printf("plain files %.0f a second, one writer, each synced; gzip makes %.2f of it\n", count / seconds,
           gzip / plain);
}

static int by_size(const void *a, const void *b)
{
    const int64_t *left = a;
    const int64_t *right = b;
    return (*left > *right) - (*left < *right);
}

static void tell_times(const char *what, int64_t times[BENCH_ASKS])
{
    qsort(times, BENCH_ASKS, sizeof *times, by_size);
    printf("%-11s p50 %.2f ms, p99 %.2f ms\n", what, (double)times[BENCH_ASKS / 2] / 1000,
           (double)times[BENCH_ASKS * 99 / 100] / 1000);
}

static int count_each(void *context, const struct store_entry *entry)
{
    (void)entry;
    (*(unsigned *)context)++;
    return 0;
}

/* `asked` NULL: some sender's address. */
static void bench_find(struct store_reader *reader, const char *what, const char *field, const char *asked,
                       unsigned records)
{
    int64_t times[BENCH_ASKS];
    uint64_t tokens[INDEX_MOST_TOKENS];
    uint32_t state = 77;
    for (size_t i = 0; i < BENCH_ASKS; i++) {
        char text[128];
        unsigned found = 0;
        unsigned number = next_random(&state) % records;
        struct index_query query = { .tokens = tokens, .limit = 50 };
        struct fault fault = { 0 };
        int64_t begin = clock_now_us();
        (void)snprintf(text, sizeof text, "user%u@sender%u.test", number % 5000, number % 300);
        if ((field != NULL && store_ask(reader, span_text(field), span_text(asked != NULL ? asked : text), tokens,
                                        &query.token_count, &fault) != 0) ||
            store_find(reader, &query, count_each, &found, NULL, &fault) != 0) {
            fprintf(stderr, "store_bench: %s\n", fault.text);
            abort();
        }
        times[i] = clock_now_us() - begin;
    }
    tell_times(what, times);
}

static int drop_put(void *context, struct span bytes, struct fault *fault)
{
    (void)fault;
    *(size_t *)context += bytes.size;
    return 0;
}

static int first_each(void *context, const struct store_entry *entry)
{
    *(uint64_t *)context = entry->row.sequence;
    return 1;
}

static void bench_show(struct store_reader *reader, const struct crypt_pair *owner, unsigned records)
{
    int64_t times[BENCH_ASKS];
    uint64_t tokens[INDEX_MOST_TOKENS];
    uint32_t state = 78;
    for (size_t i = 0; i < BENCH_ASKS; i++) {
        char text[64];
        uint64_t sequence = 0;
        size_t size = 0;
        struct index_query query = { .tokens = tokens, .limit = 1 };
        struct fault fault = { 0 };
        int64_t begin = clock_now_us();
        (void)snprintf(text, sizeof text, "<%u@sender.test>", next_random(&state) % records);
        if (store_ask(reader, span_text("message-id"), span_text(text), tokens, &query.token_count, &fault) != 0 ||
            store_find(reader, &query, first_each, &sequence, NULL, &fault) < 0 ||
            store_read(reader, sequence, owner, 1, drop_put, &size, &fault) != 0) {
            fprintf(stderr, "store_bench: %s\n", fault.text);
            abort();
        }
        times[i] = clock_now_us() - begin;
    }
    tell_times("show one", times);
}

int main(int argc, char **argv)
{
    char path[BENCH_PATH_SIZE];
    char head[BENCH_PATH_SIZE];
    struct crypt_pair owner;
    struct segments_found found;
    struct fault fault = { 0 };
    struct store_reader *reader = NULL;
    if (argc < 2 || crypt_begin(&fault) != 0) {
        fprintf(stderr, "Usage: store_bench FOLDER [RECORDS [THREADS]]\n");
        return 64;
    }
    struct bench bench = { .records = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 20000 };
    unsigned threads = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 16;
    (void)snprintf(path, sizeof path, "%.400s/store", argv[1]);
    (void)snprintf(head, sizeof head, "%.400s/head", argv[1]);
    (void)mkdir(path, 0700);
    crypt_pair_new(&owner);
    struct store_settings settings = {
        .name = "bench", .path = path, .head_path = head, .owner_count = 1, .period_ms = UINT64_C(864000000000)
    };
    crypt_random(&settings.root, sizeof settings.root);
    memcpy(settings.owners[0], owner.public_half, sizeof owner.public_half);
    bench.store = store_open(&settings, NULL, NULL, &found, &fault);
    lock_init(&bench.lock);
    signal_point_init(&bench.ended);
    if (bench.store == NULL) {
        fprintf(stderr, "store_bench: %s\n", fault.text);
        return EXIT_FAILURE;
    }
    bench_write(&bench, threads);
    bench_plain(argv[1], bench.records);
    if (store_open_reader(&settings, &reader, &fault) != 0) {
        fprintf(stderr, "store_bench: %s\n", fault.text);
        return EXIT_FAILURE;
    }
    bench_find(reader, "list newest", NULL, "", bench.records);
    bench_find(reader, "sender", "sender", NULL, bench.records);
    bench_find(reader, "rare name", "name", "Rare.Virus", bench.records);
    bench_find(reader, "common name", "name", "Common.Virus", bench.records);
    bench_show(reader, &owner, bench.records);
    store_close_reader(reader);
    store_close(bench.store);
    return EXIT_SUCCESS;
}
