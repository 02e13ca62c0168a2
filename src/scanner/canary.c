#include "canary.h"

#include "base/memory.h"
#include "scanner/driver.h"
#include "scanner/eicar.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum {
    CANARY_LINE_WORDS = 10,
    CANARY_FRAME_BYTES = 4096,
    CANARY_LINE_BYTES = 57, /* of a base64 line; a short sample has one line of its own */
    CANARY_SHORT_BYTES = 192,
    CANARY_ATTACHED_LIMIT = 1 << 20, /* a larger sample is shown alone */
    CANARY_COMMENT_BYTES = 16
};

struct canary_row {
    const char *name;
    bool is_infected;
};

static const struct canary_row canary_rows[CANARIES] = {
    [CANARY_SMALL] = { "the small sample", true },
    [CANARY_LARGE] = { "the large mail", true },
    [CANARY_CLEAN] = { "the clean mail", false },
};

/* RFC 4648 section 4. */
static void canary_put_base64(struct buf *mail, const char *text, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        if (i > 0 && size > CANARY_SHORT_BYTES && i % CANARY_LINE_BYTES == 0)
            buf_put_text(mail, "\r\n");
        size_t have = size - i < 3 ? size - i : 3;
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (k < have ? (unsigned char)text[i + k] : 0U);
        char group[4] = { '=', '=', '=', '=' };
        for (size_t k = 0; k <= have; k++)
            group[k] = digits[bits >> (18 - 6 * k) & 63U];
        buf_put(mail, group, sizeof group);
    }
    buf_put_text(mail, "\r\n");
}

/* Lines of made-up words, always the same ones. */
static void canary_put_text(struct buf *mail, size_t size)
{
    uint32_t state = 1;
    size_t end = mail->size + size;
    while (mail->size < end && !buf_overflowed(mail)) {
        for (unsigned word = 0; word < CANARY_LINE_WORDS; word++) {
            char letters[8];
            for (size_t i = 0; i < sizeof letters - 1; i++) {
                state = state * 1664525U + 1013904223U;
                letters[i] = (char)('a' + (state >> 24) % 26);
            }
            letters[sizeof letters - 1] = ' ';
            buf_put(mail, letters, sizeof letters - state % 4);
            buf_put_char(mail, ' ');
        }
        buf_put_text(mail, "\r\n");
    }
}

static void canary_put_mail(struct buf *mail, size_t text_bytes, struct span attachment, uint64_t nonce)
{
    buf_put_text(mail, "From: canary@localhost\r\nTo: canary@localhost\r\nSubject: Cordon's canary\r\n"
                       "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\n");
    buf_printf(mail, "Message-ID: <canary-%016" PRIx64 "@localhost>\r\n", nonce);
    buf_put_text(mail, "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"canary-1\"\r\n\r\n"
                       "--canary-1\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n");
    canary_put_text(mail, text_bytes);
    buf_put_text(mail, "--canary-1\r\nContent-Type: application/octet-stream; name=\"sample.bin\"\r\n"
                       "Content-Disposition: attachment; filename=\"sample.bin\"\r\n"
                       "Content-Transfer-Encoding: base64\r\n\r\n");
    canary_put_base64(mail, attachment.data, attachment.size);
    buf_put_text(mail, "--canary-1--\r\n");
}

static const char harmless[] = "Nothing is wrong with this attachment, and no scanner may say so.\r\n";

void canary_put_large(struct buf *mail, size_t large_bytes, bool with_eicar)
{
    char eicar[EICAR_SIZE + 1];
    eicar_make(eicar);
    canary_put_mail(mail, large_bytes, span_text(with_eicar ? eicar : harmless), 0);
}

/* "The string may be followed by any combination of whitespace, as long as the total is at most 128 characters." */
static void canary_put_eicar(uint64_t nonce, struct buf *bytes)
{
    char eicar[EICAR_SIZE + 1];
    eicar_make(eicar);
    buf_put(bytes, eicar, EICAR_SIZE);
    for (unsigned i = 0; i < CANARY_EICAR_MOST - EICAR_SIZE; i++)
        buf_put_char(bytes, (nonce >> i & 1) != 0 ? '\t' : ' ');
}

/* A zip archive ends in a record of 22 bytes, of which the last two are the size of the comment behind it (APPNOTE
 * 4.3.16). */
static bool canary_is_zip(const struct canary *canary)
{
    enum { END_BYTES = 22 };
    if (canary->file_size < END_BYTES)
        return false;
    const char *end = canary->file + canary->file_size - END_BYTES;
    return memcmp(end, "PK\5\6", 4) == 0 && end[20] == 0 && end[21] == 0;
}

static void canary_put_file(const struct canary *canary, uint64_t nonce, struct buf *bytes)
{
    if (!canary_is_zip(canary)) {
        buf_put(bytes, canary->file, canary->file_size);
        return;
    }
    buf_put(bytes, canary->file, canary->file_size - 2);
    buf_put_char(bytes, CANARY_COMMENT_BYTES);
    buf_put_char(bytes, '\0');
    buf_printf(bytes, "%016" PRIx64, nonce);
}

static void canary_put_sample(const struct canary *canary, uint64_t nonce, struct buf *bytes)
{
    if (canary->kind == CANARY_EICAR)
        canary_put_eicar(nonce, bytes);
    else
        canary_put_file(canary, nonce, bytes);
}

bool canary_make(const struct canary *canary, enum canary_sample sample, uint64_t nonce, struct buf *bytes_out)
{
    if (sample == CANARY_CLEAN) {
        canary_put_mail(bytes_out, 0, span_text(harmless), nonce);
        return true;
    }
    if (canary->kind == CANARY_NONE)
        return false;
    if (sample == CANARY_SMALL) {
        canary_put_sample(canary, nonce, bytes_out);
        return true;
    }
    if (canary->file_size > CANARY_ATTACHED_LIMIT)
        return false;
    struct buf infected;
    buf_init(&infected, CANARY_ATTACHED_LIMIT + CANARY_EICAR_MOST);
    canary_put_sample(canary, nonce, &infected);
    canary_put_mail(bytes_out, canary->large_bytes, buf_span(&infected), nonce);
    buf_fini(&infected);
    return true;
}

/* All of a file, if it has no more than CANARY_FILE_LIMIT. */
static int canary_read(struct canary *canary, const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    size_t size = 0;
    ssize_t n = 1;
    canary->file = memory_new(CANARY_FILE_LIMIT + 1);
    while (n > 0 && size <= CANARY_FILE_LIMIT) {
        n = read(fd, canary->file + size, CANARY_FILE_LIMIT + 1 - size);
        if (n < 0 && errno == EINTR)
            n = 1;
        else if (n > 0)
            size += (size_t)n;
    }
    (void)close(fd);
    canary->file_size = size;
    if (n == 0 && size == 0)
        errno = ENODATA;
    else if (n > 0)
        errno = EFBIG;
    return n == 0 && size > 0 ? 0 : -1;
}

void canary_init(struct canary *canary, const char *setting, size_t large_bytes)
{
    *canary = (struct canary){ .kind = CANARY_EICAR, .large_bytes = large_bytes };
    if (setting == NULL || strcmp(setting, "eicar") == 0)
        return;
    canary->kind = strcmp(setting, "none") == 0 ? CANARY_NONE : CANARY_FILE;
    if (canary->kind == CANARY_FILE && canary_read(canary, setting) != 0)
        (void)snprintf(canary->fault, sizeof canary->fault, "the canary %.100s: %s", setting, strerror(errno));
}

void canary_fini(struct canary *canary)
{
    free(canary->file);
    canary->file = NULL;
}

static size_t canary_room(const struct canary *canary)
{
    size_t attached = canary->file_size / CANARY_LINE_BYTES * 80 + canary->file_size;
    return canary->large_bytes + attached + CANARY_FRAME_BYTES;
}

static enum canary_result canary_read_answer(const struct canary_row *row, const struct answer *answer,
                                             char text_out[ANSWER_TEXT_SIZE])
{
    if (answer->kind == (row->is_infected ? ANSWER_INFECTED : ANSWER_CLEAN))
        return CANARY_PASSED;
    if (answer->kind == ANSWER_FAILED) {
        (void)snprintf(text_out, ANSWER_TEXT_SIZE, "%s", answer->text);
        return CANARY_FAILED;
    }
    (void)snprintf(text_out, ANSWER_TEXT_SIZE, "canary missed: of %s it said %s %.100s", row->name,
                   answer_kind_text(answer->kind), answer->text);
    return CANARY_MISSED;
}

static enum canary_result canary_show_one(const struct canary *canary, enum canary_sample sample,
                                          struct scanner *scanner, struct deadline deadline,
                                          char text_out[ANSWER_TEXT_SIZE])
{
    const struct canary_row *row = &canary_rows[sample];
    struct buf bytes;
    struct sealed packs[SCAN_PACKS];
    uint64_t nonce = 0;
    ssize_t n = getrandom(&nonce, sizeof nonce, 0);
    assert(n == (ssize_t)sizeof nonce);
    for (size_t i = 0; i < SCAN_PACKS; i++)
        packs[i] = SEALED_NONE;
    buf_init(&bytes, canary_room(canary));
    bool is_made = canary_make(canary, sample, nonce, &bytes);
    int sealed = is_made && !buf_overflowed(&bytes) ? sealed_copy(buf_span(&bytes), "cordon-canary", &packs[0], NULL)
                                                    : -1;
    buf_fini(&bytes);
    if (!is_made)
        return CANARY_PASSED;
    if (sealed != 0) {
        (void)snprintf(text_out, ANSWER_TEXT_SIZE, "no memory for %s", row->name);
        return CANARY_FAILED;
    }
    struct piece piece = { .pack = 0, .offset = 0, .size = packs[0].size };
    struct scan_request request = {
        .packs = packs, .pieces = &piece, .count = 1, .deadline = deadline, .is_canary = true
    };
    struct answer answer = { .kind = ANSWER_NOT_ASKED };
    scanner->ops->ask(scanner, &request, &answer);
    sealed_close(&packs[0]);
    return canary_read_answer(row, &answer, text_out);
}

enum canary_result canary_show(const struct canary *canary, struct scanner *scanner, struct deadline deadline,
                               char text_out[ANSWER_TEXT_SIZE])
{
    if (canary->fault[0] != '\0') {
        (void)snprintf(text_out, ANSWER_TEXT_SIZE, "%s", canary->fault);
        return CANARY_MISSED;
    }
    for (enum canary_sample sample = CANARY_SMALL; sample < CANARIES; sample++) {
        if (sample == CANARY_LARGE && scanner->settings->type == SCANNER_YARA)
            continue; /* rules are about bytes as they stand: what is encoded in a mail is not theirs to find */
        enum canary_result result = canary_show_one(canary, sample, scanner, deadline, text_out);
        if (result != CANARY_PASSED)
            return result;
    }
    return CANARY_PASSED;
}
