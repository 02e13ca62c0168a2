/* A decoder that somebody took over: it decodes like the real one, and then lies in the way that the message asks for
 * with a field "X-Lie: NAME". Without a box, so that it may try what the real one's box forbids.
 */
#include "conf/conf.h"
#include "decoder/decode.h"
#include "ipc/pool.h"
#include "ipc/roles.h"
#include "sys/log.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

enum { FD_MESSAGE = 0, FD_REPORT = 1, HOSTILE_QUEUE = 64, HOSTILE_LIE_SIZE = 32 };

struct hostile {
    int socket;
    struct decode_job job;
    struct pool_job received;
    struct span message;
    char *report; /* as large as the pack */
    size_t report_size;
    struct decode_head *head;
    struct decode_part *parts;
    struct decode_cover *covers;
    struct emit_pack packs[DECODE_PACKS];
};

static struct decode_part *last_part(struct hostile *h)
{
    return &h->parts[h->head->part_count - 1];
}

static void lie_range(struct hostile *h)
{
    last_part(h)->offset = h->job.limits.bytes_out;
}

static void lie_pack(struct hostile *h)
{
    last_part(h)->pack = 4000000000U;
}

static void lie_huge(struct hostile *h)
{
    last_part(h)->size = UINT64_MAX - 3;
}

static void lie_parent(struct hostile *h)
{
    last_part(h)->parent = (int32_t)h->head->part_count;
}

static void lie_counts(struct hostile *h)
{
    h->head->part_count = h->head->cover_count = h->head->text_size = UINT32_MAX;
}

static void lie_arrays(struct hostile *h)
{
    h->head->parts_at = UINT64_MAX - 7;
}

static void lie_gap(struct hostile *h)
{
    h->covers[0].size--;
}

static void lie_twice(struct hostile *h)
{
    h->covers[1] = h->covers[0];
    if (h->head->cover_count < 2)
        h->head->cover_count = 2;
}

static void lie_short(struct hostile *h)
{
    h->head->cover_count--;
}

static void lie_unfinished(struct hostile *h)
{
    h->head->magic_end = 0;
}

static void lie_kinds(struct hostile *h)
{
    h->head->kinds = UINT32_MAX;
}

static void lie_text(struct hostile *h)
{
    last_part(h)->names = (struct decode_text){ .offset = UINT32_MAX, .size = UINT32_MAX };
}

/* The infected part is nothing: but its bytes in the message must belong to somebody. */
static void lie_empty(struct hostile *h)
{
    last_part(h)->size = 0;
}

static void lie_no_parts(struct hostile *h)
{
    h->head->part_count = 0;
    h->head->cover_count = 0;
    h->head->finding_count = 0;
}

/* Everything belongs to the frame, and there are no parts: what is not opened is judged as it stands. */
static void lie_frame(struct hostile *h)
{
    h->head->part_count = 1;
    h->head->finding_count = 0;
    h->parts[0].size = 0;
    h->covers[0] = (struct decode_cover){ .size = h->message.size, .owner = DECODE_FRAME };
    h->head->cover_count = 1;
}

/* It calls the infected part a repeat of something else. */
static void lie_repeat(struct hostile *h)
{
    last_part(h)->flags |= DECODE_PART_REPEAT;
}

static void lie_noise(struct hostile *h)
{
    unsigned seed = (unsigned)h->job.seed;
    for (size_t i = 0; i < h->report_size; i++)
        h->report[i] = (char)rand_r(&seed);
}

static void lie_flip(struct hostile *h)
{
    unsigned seed = (unsigned)h->job.seed;
    for (int i = 0; i < 8; i++)
        h->report[(size_t)rand_r(&seed) % (sizeof *h->head + h->head->part_count * sizeof *h->parts)] ^=
            (char)(1 << rand_r(&seed) % 8);
}

static void lie_crash(struct hostile *h)
{
    (void)h;
    (void)raise(SIGSEGV);
}

static void lie_exit(struct hostile *h)
{
    (void)h;
    _exit(7);
}

static void lie_endless(struct hostile *h)
{
    while (pwrite(h->received.fds[FD_REPORT], h->report, h->report_size, 0) != 0)
        ;
}

/* More than the packs hold: they were forbidden to grow. */
static void lie_grow(struct hostile *h)
{
    for (size_t i = FD_REPORT; i < h->received.fd_count; i++) {
        if (ftruncate(h->received.fds[i], (off_t)1 << 40) == 0 ||
            pwrite(h->received.fds[i], "x", 1, (off_t)1 << 40) > 0)
            _exit(8);
    }
}

/* Descriptors and an answer that nobody asked for. */
static void lie_descriptors(struct hostile *h)
{
    char byte = 'x';
    struct iovec vector = { .iov_base = &byte, .iov_len = 1 };
    union {
        struct cmsghdr header;
        char room[CMSG_SPACE(sizeof(int) * 4)];
    } control = { .room = { 0 } };
    int fds[4] = { h->received.fds[0], h->received.fds[1], h->received.fds[2], h->received.fds[3] };
    struct msghdr message = {
        .msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.room
    };
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof fds);
    memcpy(CMSG_DATA(header), fds, sizeof fds);
    (void)sendmsg(h->socket, &message, MSG_NOSIGNAL);
}

/* A process that lives on with the packs in its hands, to alter them once they have been judged. */
static void lie_keep(struct hostile *h)
{
    (void)h;
    if (fork() == 0) {
        (void)sleep(30);
        _exit(0);
    }
}

static const struct {
    const char *name;
    void (*tell)(struct hostile *h);
} lies[] = {
    { "range", lie_range },
    { "pack", lie_pack },
    { "huge", lie_huge },
    { "parent", lie_parent },
    { "counts", lie_counts },
    { "arrays", lie_arrays },
    { "gap", lie_gap },
    { "twice", lie_twice },
    { "short", lie_short },
    { "unfinished", lie_unfinished },
    { "kinds", lie_kinds },
    { "text", lie_text },
    { "empty", lie_empty },
    { "noparts", lie_no_parts },
    { "frame", lie_frame },
    { "repeat", lie_repeat },
    { "noise", lie_noise },
    { "flip", lie_flip },
    { "crash", lie_crash },
    { "exit", lie_exit },
    { "endless", lie_endless },
    { "grow", lie_grow },
    { "descriptors", lie_descriptors },
    { "keep", lie_keep },
};

static int hostile_write(void *context, uint64_t offset, const void *data, size_t size, struct fault *fault)
{
    struct hostile *h = context;
    (void)fault;
    memcpy(h->report + offset, data, size);
    return 0;
}

static void tell_lie(struct hostile *h)
{
    char name[HOSTILE_LIE_SIZE];
    size_t at = span_find(h->message, span_text("X-Lie: "));
    if (at == SPAN_NONE)
        return;
    struct span rest = span_from(h->message, at + strlen("X-Lie: "));
    (void)span_copy(span_trim(span_cut(&rest, '\n')), name, sizeof name);
    for (size_t i = 0; i < sizeof lies / sizeof lies[0]; i++) {
        if (strcmp(lies[i].name, name) == 0)
            lies[i].tell(h);
    }
}

static int hostile_child(int socket, unsigned slot, void *context)
{
    struct hostile h = { .socket = socket };
    struct fault fault;
    (void)slot, (void)context;
    if (pool_job_receive(socket, &h.job, sizeof h.job, &h.received, &fault) <= 0)
        return EX_OK;
    char *message = mmap(NULL, (size_t)h.job.message_size, PROT_READ, MAP_SHARED, h.received.fds[FD_MESSAGE], 0);
    h.message = span_of(message, (size_t)h.job.message_size);
    h.report_size = (size_t)decode_report_size(&h.job.limits);
    h.report = calloc(1, h.report_size);
    for (unsigned i = 1; i < DECODE_PACKS; i++) {
        uint64_t size = i == DECODE_PACK_COMMON ? h.job.limits.bytes_out : h.job.limits.own_bytes;
        void *data = mmap(NULL, (size_t)size, PROT_READ | PROT_WRITE, MAP_SHARED, h.received.fds[FD_REPORT + i], 0);
        h.packs[i] = (struct emit_pack){ .data = data, .size = size };
    }
    if (h.report == NULL || decode_message(h.message, &h.job, h.packs, hostile_write, &h, &fault) != 0)
        return EX_IOERR;
    h.head = (struct decode_head *)(void *)h.report;
    h.parts = (struct decode_part *)(void *)(h.report + h.head->parts_at);
    h.covers = (struct decode_cover *)(void *)(h.report + h.head->covers_at);
    tell_lie(&h);
    return pwrite(h.received.fds[FD_REPORT], h.report, h.report_size, 0) == (ssize_t)h.report_size ? EX_OK : EX_IOERR;
}

int main(void)
{
    struct buf mistakes;
    struct fault fault;
    buf_init(&mistakes, 16384);
    struct settings *settings = conf_load_fd(ROLE_SETTINGS_FD, &mistakes);
    if (settings == NULL)
        return CONF_EXIT_BAD;
    log_begin("cordon-decoder", &settings->log);
    struct pool_settings pool = { .name = "decoder",
                                  .spares = 1,
                                  .most = settings->decoder.processes,
                                  .jobs_per_child = 1,
                                  .queue = HOSTILE_QUEUE,
                                  .child = hostile_child,
                                  .control = ROLE_CONTROL_FD };
    return pool_run(&pool, &fault) == 0 ? EX_OK : EX_SOFTWARE;
}
