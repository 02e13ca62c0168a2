#include "encoded_word.h"

#include "base/base64.h"
#include "mail/charset.h"

enum { WORD_PIECE = 256, WORD_LOOSE_MOST = 256 };

struct word {
    struct span charset;
    bool is_base64;
    struct span text;
    size_t size; /* of the whole "=?...?=" */
};

static void put_base64(struct span text, struct buf *bytes)
{
    struct base64 base64 = { 0 };
    char piece[WORD_PIECE];
    while (text.size > 0)
        buf_put(bytes, piece, base64_decode(&base64, &text, piece, sizeof piece));
    buf_put(bytes, piece, base64_flush(&base64, piece));
}

/* The "Q" encoding is not quite quoted-printable: '_' is a space (RFC 2047 section 4.2). */
static void put_q(struct span text, struct buf *bytes)
{
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if (c == '=' && span_hex_byte(span_from(text, i + 1), &c))
            i += 2;
        else if (c == '_')
            c = ' ';
        buf_put_char(bytes, c);
    }
}

/* Cuts the text of a word off *rest, up to the "?=" that ends it. It should have no '?', but lenient programs take one;
 * only so far do they look for an end. */
static struct span cut_text(struct span *rest)
{
    struct span start = span_slice(*rest, 0, WORD_LOOSE_MOST);
    struct span text = span_cut(rest, '?');
    while (rest->size > 0 && rest->data[0] != '=') {
        size_t next = span_find_byte(span_from(start, text.size + 1), '?');
        if (next == SPAN_NONE)
            break;
        text = span_slice(start, 0, text.size + 1 + next);
        *rest = span_from(*rest, next + 1);
    }
    return text;
}

/* Reads the encoded word at the start of the text. Each look ends at the next '?', or is bounded. */
static bool word_read(struct span text, struct word *word_out)
{
    struct span rest = span_from(text, 2);
    word_out->charset = span_cut(&rest, '?');
    struct span encoding = span_cut(&rest, '?');
    word_out->text = cut_text(&rest);
    word_out->is_base64 = span_is_nocase(encoding, "b");
    if (rest.size == 0 || rest.data[0] != '=' || word_out->charset.size == 0)
        return false;
    if (!word_out->is_base64 && !span_is_nocase(encoding, "q"))
        return false;
    if (word_out->is_base64 && span_find_byte(word_out->text, '"') != SPAN_NONE)
        return false; /* pieces of one that a program joins first, and the quotes around them */
    size_t language = span_find_byte(word_out->charset, '*'); /* RFC 2231 section 5 */
    if (language != SPAN_NONE)
        word_out->charset.size = language;
    word_out->size = text.size - rest.size + 1;
    return true;
}

static void word_put(const struct word *word, bool is_raw, struct buf *text_out)
{
    struct buf bytes;
    buf_init(&bytes, word->text.size);
    (word->is_base64 ? put_base64 : put_q)(word->text, &bytes);
    if (is_raw)
        buf_put_span(text_out, buf_span(&bytes));
    else
        mail_charset_put(word->charset, buf_span(&bytes), text_out);
    buf_fini(&bytes);
}

static bool words_put(struct span text, bool is_raw, struct buf *text_out)
{
    bool has_any = false;
    bool is_behind_word = false;
    while (text.size > 0) {
        struct word word;
        if (span_starts_with(text, "=?") && word_read(text, &word)) {
            word_put(&word, is_raw, text_out);
            text = span_from(text, word.size);
            has_any |= !is_raw || mail_charset_is_odd(word.charset);
            is_behind_word = true;
            continue;
        }
        size_t skipped = span_find(span_from(text, 1), span_text("=?"));
        struct span plain = span_slice(text, 0, skipped == SPAN_NONE ? SIZE_MAX : skipped + 1);
        bool is_gap = is_behind_word && span_trim(plain).size == 0 && skipped != SPAN_NONE &&
                      word_read(span_from(text, plain.size), &word);
        if (!is_gap)
            buf_put_span(text_out, plain);
        is_behind_word = false;
        text = span_from(text, plain.size);
    }
    return has_any;
}

bool mail_encoded_words_put(struct span text, struct buf *text_out)
{
    return words_put(text, false, text_out);
}

bool mail_encoded_words_put_raw(struct span text, struct buf *text_out)
{
    return words_put(text, true, text_out);
}
