#include "communigate.h"

#include <stdio.h>

enum { FILE_FRAME_BYTES = 1024, BASE64_LINE_BYTES = 57 };

size_t communigate_file_most(size_t piece_size)
{
    return piece_size + piece_size / 2 + FILE_FRAME_BYTES;
}

static void file_put_envelope(time_t now, struct buf *file)
{
    char date[32] = "01-01-1970 00:00:00";
    struct tm utc;
    if (gmtime_r(&now, &utc) != NULL)
        (void)strftime(date, sizeof date, "%d-%m-%Y %H:%M:%S", &utc);
    buf_printf(file,
               "S SMTP [127.0.0.1]\nA localhost [127.0.0.1]\nO L\nP I %s 0000 ____ ____ <>\n"
               "R W %s 0000 ____ _FY_ <postmaster@localhost>\n\n",
               date, date);
}

/* RFC 5322 section 2.2: printable characters and a colon. */
static bool begins_with_field(struct span piece)
{
    for (size_t i = 0; i < piece.size; i++) {
        if (piece.data[i] == ':')
            return i > 0;
        if (piece.data[i] <= ' ' || piece.data[i] > '~')
            return false;
    }
    return false;
}

static void file_put_mail(struct span piece, struct buf *file)
{
    while (piece.size > 0) {
        size_t end = span_find(piece, span_text("\r\n"));
        if (end == SPAN_NONE)
            end = piece.size;
        buf_put_span(file, span_slice(piece, 0, end));
        if (end < piece.size)
            buf_put_char(file, '\n');
        piece = span_from(piece, end + 2);
    }
}

/* RFC 4648 section 4, at most BASE64_LINE_BYTES. */
static void file_put_base64_line(struct span bytes, struct buf *file)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.size; i += 3) {
        size_t have = bytes.size - i < 3 ? bytes.size - i : 3;
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (k < have ? (unsigned char)bytes.data[i + k] : 0U);
        char group[4] = { '=', '=', '=', '=' };
        for (size_t k = 0; k <= have; k++)
            group[k] = digits[bits >> (18 - 6 * k) & 63U];
        buf_put(file, group, sizeof group);
    }
    buf_put_char(file, '\n');
}

static void file_put_attachment(struct span piece, struct buf *file)
{
    buf_put_text(file, "From: postmaster@localhost\nTo: postmaster@localhost\nSubject: part of a message\n"
                       "MIME-Version: 1.0\nContent-Type: application/octet-stream; name=\"part.bin\"\n"
                       "Content-Disposition: attachment; filename=\"part.bin\"\n"
                       "Content-Transfer-Encoding: base64\n\n");
    for (; piece.size > 0; piece = span_from(piece, BASE64_LINE_BYTES))
        file_put_base64_line(span_slice(piece, 0, BASE64_LINE_BYTES), file);
}

void communigate_file_make(struct span piece, bool is_mail, time_t now, struct buf *file_out)
{
    file_put_envelope(now, file_out);
    if (is_mail && begins_with_field(piece))
        file_put_mail(piece, file_out);
    else
        file_put_attachment(piece, file_out);
}

bool communigate_line_read(struct span line, uint64_t *number_out, struct span *answer_out)
{
    line = span_trim(line);
    size_t digits = 0;
    while (digits < line.size && ascii_is_digit(line.data[digits]))
        digits++;
    if (digits >= line.size || !ascii_is_space(line.data[digits]) ||
        !span_number(span_slice(line, 0, digits), number_out))
        return false;
    *answer_out = span_trim(span_from(line, digits));
    return true;
}
