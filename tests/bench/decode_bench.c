/* Times the decoder over files of mail, in this process alone: no gate, no box, no scanner.
 *
 *     decode_bench [-c] [-p PARTS] [-r REPEAT] [-w] FILE...
 *
 * One line: files, bytes, and the least seconds of CPU for all of them of REPEAT passes. The packs are mapped once and
 * serve every message, so that a pass measures decoding; with -c each message is decoded once in a child of its own
 * that maps them anew, as in the daemon. With -w one line for each file: its bytes, seconds, parts, kinds of findings,
 * and with -c the child's largest resident memory in KB.
 */
#include "decoder/decode.h"

#include <inttypes.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { BENCH_MAP_BYTES = 131072, BENCH_REPEAT = 5, BENCH_PARTS = 10000, BENCH_PARTS_MOST = 100000 };
#define BENCH_BYTES_OUT (UINT64_C(400) << 20)

struct bench {
    unsigned repeat;
    uint32_t parts;
    bool is_fresh;
    bool is_each;
    struct emit_pack packs[DECODE_PACKS];
    struct decode_head head; /* of the report that was written last */
};

static double now(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void die(const char *what)
{
    perror(what);
    exit(1);
}

static struct span read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL || fseek(file, 0, SEEK_END) != 0)
        die(path);
    size_t size = (size_t)ftell(file);
    char *data = malloc(size + 1);
    rewind(file);
    if (data == NULL || fread(data, 1, size, file) != size)
        die(path);
    (void)fclose(file);
    return span_of(data, size);
}

static void map_packs(struct bench *bench)
{
    for (unsigned i = 1; i < DECODE_PACKS; i++) {
        uint64_t size = i == DECODE_PACK_COMMON ? BENCH_BYTES_OUT : BENCH_BYTES_OUT / 4;
        void *data = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
        if (data == MAP_FAILED)
            die("mmap");
        bench->packs[i] = (struct emit_pack){ .data = data, .size = size };
    }
}

static int keep_head(void *context, uint64_t offset, const void *data, size_t size, struct fault *fault)
{
    struct bench *bench = context;
    (void)fault;
    if (offset == 0 && size == sizeof bench->head)
        memcpy(&bench->head, data, size);
    return 0;
}

static double decode(struct bench *bench, struct span message)
{
    struct fault fault;
    struct decode_job job = { .magic = DECODE_MAGIC,
                              .message_size = message.size,
                              .limits = { .bytes_out = BENCH_BYTES_OUT,
                                          .own_bytes = BENCH_BYTES_OUT / 4,
                                          .parts = bench->parts,
                                          .depth = 50,
                                          .header_bytes = 1 << 20,
                                          .text_bytes = 1 << 20,
                                          .steps = 200000000,
                                          .ratio = 400,
                                          .readings = 64 },
                              .host = "bench.invalid" };
    double start = now();
    if (decode_message(message, &job, bench->packs, keep_head, bench, &fault) != 0) {
        (void)fprintf(stderr, "%s\n", fault.text);
        exit(1);
    }
    return now() - start;
}

/* In a child: its seconds come back through a pipe, its memory with its end. */
static double decode_fresh(struct bench *bench, struct span message, long *memory_out)
{
    int ends[2];
    struct {
        double seconds;
        struct decode_head head;
    } result;
    if (pipe(ends) != 0)
        die("pipe");
    pid_t child = fork();
    if (child == 0) {
        map_packs(bench);
        result.seconds = decode(bench, message);
        result.head = bench->head;
        _exit(write(ends[1], &result, sizeof result) == (ssize_t)sizeof result ? 0 : 1);
    }
    struct rusage usage;
    (void)close(ends[1]);
    if (child < 0 || read(ends[0], &result, sizeof result) != (ssize_t)sizeof result ||
        wait4(child, NULL, 0, &usage) != child)
        die("child");
    (void)close(ends[0]);
    bench->head = result.head;
    *memory_out = usage.ru_maxrss;
    return result.seconds;
}

static double decode_one(struct bench *bench, struct span message, long *memory_out)
{
    double best = 1e9;
    *memory_out = 0;
    for (unsigned i = 0; i < bench->repeat; i++) {
        double seconds = bench->is_fresh ? decode_fresh(bench, message, memory_out) : decode(bench, message);
        best = seconds < best ? seconds : best;
    }
    return best;
}

int main(int argc, char **argv)
{
    struct bench bench = { .repeat = BENCH_REPEAT, .parts = BENCH_PARTS };
    int option = 0;
    while ((option = getopt(argc, argv, "cp:r:w")) != -1) {
        bench.is_fresh |= option == 'c';
        bench.is_each |= option == 'w';
        if (option == 'p')
            bench.parts = (uint32_t)strtoul(optarg, NULL, 10);
        else if (option == 'r')
            bench.repeat = (unsigned)strtoul(optarg, NULL, 10);
        else if (option == '?')
            return 2;
    }
    if (bench.parts == 0 || bench.parts > BENCH_PARTS_MOST || bench.repeat == 0)
        return 2;
    (void)mallopt(M_MMAP_THRESHOLD, BENCH_MAP_BYTES); /* as in a process that has freed nothing large yet */
    if (!bench.is_fresh)
        map_packs(&bench);
    size_t bytes = 0;
    double seconds = 0;
    for (int i = optind; i < argc; i++) {
        long memory = 0;
        struct span message = read_file(argv[i]);
        double best = decode_one(&bench, message, &memory);
        bytes += message.size;
        seconds += best;
        if (bench.is_each)
            (void)printf("%s %zu %.6f %" PRIu32 " %" PRIx32 " %ld\n", argv[i], message.size, best,
                         bench.head.part_count, bench.head.kinds, memory);
        free((void *)(uintptr_t)message.data);
    }
    if (!bench.is_each)
        (void)printf("%d %zu %.6f\n", argc - optind, bytes, seconds);
    return 0;
}
