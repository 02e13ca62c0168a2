#include "transfer.h"

#include "mail/param.h"

#include <assert.h>
#include <string.h>

enum { BASE64_JUNK = 64, BASE64_PAD = 65, BASE64_BLANK = 66 };

static const struct {
    const char *name;
    enum mail_encoding encoding;
} encodings[] = {
    { "7bit", MAIL_ENCODING_IDENTITY },       { "8bit", MAIL_ENCODING_IDENTITY },
    { "binary", MAIL_ENCODING_IDENTITY },     { "base64", MAIL_ENCODING_BASE64 },
    { "quoted-printable", MAIL_ENCODING_QP }, { "x-uuencode", MAIL_ENCODING_UUENCODE },
    { "x-uue", MAIL_ENCODING_UUENCODE },      { "uuencode", MAIL_ENCODING_UUENCODE },
};

bool mail_encoding_read(struct span field_value, enum mail_encoding *encoding_out)
{
    struct mail_params params;
    mail_params_init(&params, field_value);
    bool is_quoted = params.head.size >= 2 && params.head.data[0] == '"'; /* wrong, but some programs take it */
    struct span name = is_quoted ? span_slice(params.head, 1, params.head.size - 2) : params.head;
    *encoding_out = MAIL_ENCODING_IDENTITY;
    for (size_t i = 0; i < sizeof encodings / sizeof encodings[0]; i++) {
        if (span_is_nocase(name, encodings[i].name)) {
            *encoding_out = encodings[i].encoding;
            return !is_quoted && params.defects == 0;
        }
    }
    return false;
}

void mail_transfer_init(struct mail_transfer *transfer, enum mail_encoding encoding, struct span body)
{
    *transfer = (struct mail_transfer){ .encoding = encoding, .rest = body };
}

static size_t read_identity(struct mail_transfer *transfer, char *data, size_t capacity)
{
    struct span piece = span_slice(transfer->rest, 0, capacity);
    if (piece.size > 0)
        memcpy(data, piece.data, piece.size);
    transfer->rest = span_from(transfer->rest, piece.size);
    return piece.size;
}

#define J BASE64_JUNK
#define B BASE64_BLANK
static const unsigned char base64_values[256] = {
    /* clang-format off */
    J, J, J, J, J, J, J, J, J, B, B, J, J, B, J, J,  J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,
    B, J, J, J, J, J, J, J, J, J, J,62, J, J, J,63, 52,53,54,55,56,57,58,59,60,61, J, J, J,BASE64_PAD, J, J,
    J, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9,10,11,12,13,14, 15,16,17,18,19,20,21,22,23,24,25, J, J, J, J, J,
    J,26,27,28,29,30,31,32,33,34,35,36,37,38,39,40, 41,42,43,44,45,46,47,48,49,50,51, J, J, J, J, J,
    J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,  J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,
    J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,  J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,
    J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,  J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,
    J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,  J, J, J, J, J, J, J, J, J, J, J, J, J, J, J, J,
    /* clang-format on */
};
#undef J
#undef B

/* Writes the bytes that an unfinished group holds and begins a new one. One sextet alone is no byte. */
static size_t base64_flush(struct mail_transfer *transfer, char *data)
{
    size_t size = transfer->sextets > 0 ? transfer->sextets - 1 : 0;
    uint32_t group = transfer->group << (6 * (4 - transfer->sextets));
    for (size_t i = 0; i < size; i++)
        data[i] = (char)(group >> (16 - 8 * i));
    if (transfer->sextets == 1)
        transfer->defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_BASE64_CUT);
    transfer->sextets = 0;
    transfer->group = 0;
    return size;
}

/* Whole groups of four without anything else, as nearly all base64 is. Returns the bytes written. */
static size_t base64_fast(struct mail_transfer *transfer, char *data, size_t capacity)
{
    const unsigned char *in = (const unsigned char *)transfer->rest.data;
    size_t left = transfer->rest.size;
    size_t size = 0;
    while (left >= 4 && capacity - size >= 3) {
        unsigned a = base64_values[in[0]];
        unsigned b = base64_values[in[1]];
        unsigned c = base64_values[in[2]];
        unsigned d = base64_values[in[3]];
        if ((a | b | c | d) >= 64)
            break;
        uint32_t group = a << 18 | b << 12 | c << 6 | d;
        data[size++] = (char)(group >> 16);
        data[size++] = (char)(group >> 8);
        data[size++] = (char)group;
        in += 4;
        left -= 4;
    }
    transfer->rest = span_from(transfer->rest, transfer->rest.size - left);
    return size;
}

static size_t base64_sextet(struct mail_transfer *transfer, unsigned value, char *data)
{
    if (transfer->is_padded)
        transfer->defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_BASE64_MORE);
    transfer->is_padded = false;
    transfer->group = transfer->group << 6 | value;
    transfer->sextets++;
    return transfer->sextets == 4 ? base64_flush(transfer, data) : 0;
}

/* Padding ends a group. Some programs stop there for good and some go on: so we go on, and note it. */
static size_t read_base64(struct mail_transfer *transfer, char *data, size_t capacity)
{
    size_t size = 0;
    while (capacity - size >= 3 && transfer->rest.size > 0) {
        if (transfer->sextets == 0 && !transfer->is_padded)
            size += base64_fast(transfer, data + size, capacity - size);
        if (capacity - size < 3 || transfer->rest.size == 0)
            break;
        unsigned value = base64_values[(unsigned char)transfer->rest.data[0]];
        transfer->rest = span_from(transfer->rest, 1);
        if (value < 64) {
            size += base64_sextet(transfer, value, data + size);
        } else if (value == BASE64_PAD) {
            size += base64_flush(transfer, data + size);
            transfer->is_padded = true;
        } else if (value == BASE64_JUNK) {
            transfer->defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_BASE64_JUNK);
        }
    }
    if (transfer->rest.size == 0 && transfer->sextets > 0 && capacity - size >= 3) {
        transfer->defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_BASE64_CUT);
        size += base64_flush(transfer, data + size);
    }
    return size;
}

/* Takes the next line: spaces at its end don't count (RFC 2045 section 6.7, rule 3), and an equals sign there takes the
 * line end away. */
static void qp_line(struct mail_transfer *transfer)
{
    size_t at = span_find_byte(transfer->rest, '\n');
    struct span line = span_slice(transfer->rest, 0, at == SPAN_NONE ? SIZE_MAX : at);
    size_t end = line.size;
    transfer->rest = span_from(transfer->rest, at == SPAN_NONE ? line.size : at + 1);
    if (at != SPAN_NONE && end > 0 && line.data[end - 1] == '\r')
        end--;
    transfer->line_end = span_of(line.data + end, at == SPAN_NONE ? 0 : at + 1 - end);
    while (end > 0 && ascii_is_space(line.data[end - 1]))
        end--;
    transfer->line = span_slice(line, 0, end);
    if (end > 0 && line.data[end - 1] == '=') {
        transfer->line.size--;
        transfer->line_end.size = 0;
    }
}

static char qp_byte(struct mail_transfer *transfer)
{
    char c = transfer->line.data[0];
    bool is_hex = c == '=' && span_hex_byte(span_from(transfer->line, 1), &c);
    if (c == '=' && !is_hex)
        transfer->defects |= MAIL_DEFECT_BIT(MAIL_DEFECT_QP_SYNTAX);
    transfer->line = span_from(transfer->line, is_hex ? 3 : 1);
    return c;
}

static size_t read_qp(struct mail_transfer *transfer, char *data, size_t capacity)
{
    size_t size = 0;
    while (size < capacity) {
        if (transfer->line.size > 0) {
            struct span window = span_slice(transfer->line, 0, capacity - size);
            size_t equals = span_find_byte(window, '=');
            size_t run = equals != SPAN_NONE ? equals : window.size;
            if (run == 0) {
                data[size++] = qp_byte(transfer);
                continue;
            }
            memcpy(data + size, transfer->line.data, run);
            size += run;
            transfer->line = span_from(transfer->line, run);
        } else if (transfer->line_end.size > 0) {
            data[size++] = transfer->line_end.data[0];
            transfer->line_end = span_from(transfer->line_end, 1);
        } else if (transfer->rest.size > 0) {
            qp_line(transfer);
        } else {
            break;
        }
    }
    return size;
}

size_t mail_transfer_read(struct mail_transfer *transfer, char *data_out, size_t capacity)
{
    static size_t (*const readers[MAIL_ENCODINGS])(struct mail_transfer *, char *, size_t) = {
        [MAIL_ENCODING_IDENTITY] = read_identity,
        [MAIL_ENCODING_BASE64] = read_base64,
        [MAIL_ENCODING_QP] = read_qp,
        [MAIL_ENCODING_UUENCODE] = read_identity,
    };
    assert(transfer->encoding < MAIL_ENCODINGS && capacity >= MAIL_TRANSFER_LEAST);
    return readers[transfer->encoding](transfer, data_out, capacity);
}

size_t mail_transfer_most(enum mail_encoding encoding, size_t body_size)
{
    return encoding == MAIL_ENCODING_BASE64 ? body_size / 4 * 3 + 3 : body_size;
}
