#include "canary.h"

#include "scanner/eicar.h"

#include <stdio.h>
#include <string.h>

enum { CANARY_LINE_WORDS = 10, CANARY_FRAME_BYTES = 4096 };

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

void canary_put_large(struct buf *mail, size_t large_bytes, bool with_eicar)
{
    char eicar[EICAR_SIZE + 1];
    eicar_make(eicar);
    const char *attachment = with_eicar ? eicar
                                        : "Nothing is wrong with this attachment, and no scanner may say so.\r\n";
    buf_put_text(mail, "From: canary@localhost\r\nTo: canary@localhost\r\nSubject: Cordon's canary\r\n"
                       "Date: Thu, 01 Jan 2026 00:00:00 +0000\r\nMessage-ID: <canary@localhost>\r\n"
                       "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"canary-1\"\r\n\r\n"
                       "--canary-1\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n");
    canary_put_text(mail, large_bytes);
    buf_put_text(mail, "--canary-1\r\nContent-Type: application/octet-stream; name=\"sample.bin\"\r\n"
                       "Content-Disposition: attachment; filename=\"sample.bin\"\r\n"
                       "Content-Transfer-Encoding: base64\r\n\r\n");
    canary_put_base64(mail, attachment, strlen(attachment));
    buf_put_text(mail, "--canary-1--\r\n");
}

static void canary_make(struct sealed *sample, enum canary canary, size_t large_bytes)
{
    struct buf bytes;
    buf_init(&bytes, large_bytes + CANARY_FRAME_BYTES);
    if (canary == CANARY_SMALL) {
        char eicar[EICAR_SIZE + 1];
        eicar_make(eicar);
        buf_put(&bytes, eicar, EICAR_SIZE);
    } else {
        canary_put_large(&bytes, canary == CANARY_LARGE ? large_bytes : 0, canary == CANARY_LARGE);
    }
    if (sealed_copy(buf_span(&bytes), "cordon-canary", sample, NULL) != 0)
        *sample = SEALED_NONE;
    buf_fini(&bytes);
}

void canaries_init(struct canary_set *canaries, size_t large_bytes)
{
    for (enum canary canary = CANARY_SMALL; canary < CANARIES; canary++)
        canary_make(&canaries->samples[canary], canary, large_bytes);
}

void canaries_fini(struct canary_set *canaries)
{
    for (size_t i = 0; i < CANARIES; i++)
        sealed_close(&canaries->samples[i]);
}

static enum canary_result canary_show(const struct canary_set *canaries, enum canary canary, struct scanner *scanner,
                                      struct deadline deadline, char text_out[ANSWER_TEXT_SIZE])
{
    const struct canary_row *row = &canary_rows[canary];
    const struct sealed *sample = &canaries->samples[canary];
    if (sample->fd < 0) {
        (void)snprintf(text_out, ANSWER_TEXT_SIZE, "no memory for %s", row->name);
        return CANARY_FAILED;
    }
    struct sealed packs[SCAN_PACKS];
    for (size_t i = 0; i < SCAN_PACKS; i++)
        packs[i] = i == 0 ? *sample : SEALED_NONE;
    struct piece piece = { .pack = 0, .offset = 0, .size = sample->size };
    struct scan_request request = { .packs = packs, .pieces = &piece, .count = 1, .deadline = deadline };
    struct answer answer = { .kind = ANSWER_NOT_ASKED };
    scanner->ops->ask(scanner, &request, &answer);

    if (answer.kind == (row->is_infected ? ANSWER_INFECTED : ANSWER_CLEAN))
        return CANARY_PASSED;
    if (answer.kind == ANSWER_FAILED) {
        (void)snprintf(text_out, ANSWER_TEXT_SIZE, "%s", answer.text);
        return CANARY_FAILED;
    }
    (void)snprintf(text_out, ANSWER_TEXT_SIZE, "canary missed: of %s it said %s %.100s", row->name,
                   answer_kind_text(answer.kind), answer.text);
    return CANARY_MISSED;
}

enum canary_result canaries_show(const struct canary_set *canaries, struct scanner *scanner, struct deadline deadline,
                                 char text_out[ANSWER_TEXT_SIZE])
{
    for (enum canary canary = CANARY_SMALL; canary < CANARIES; canary++) {
        if (canary == CANARY_LARGE && scanner->settings->type == SCANNER_YARA)
            continue; /* rules are about bytes as they stand: what is encoded in a mail is not theirs to find */
        enum canary_result result = canary_show(canaries, canary, scanner, deadline, text_out);
        if (result != CANARY_PASSED)
            return result;
    }
    return CANARY_PASSED;
}
