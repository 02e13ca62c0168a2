#include "literals.h"

#include "base/base64.h"
#include "text/pull.h"
#include "text/quotes.h"

enum {
    LITERALS_LETTERS = 32, /* of one string */
    LITERALS_FIRST = 16,   /* of the first of several */
    LITERALS_WORD = 4,
    LITERALS_TOGETHER = 64, /* of all of them */
    LITERALS_GAP = 256,     /* bytes of script from one to the next */
    LITERALS_SAMPLE = 96,   /* decoded bytes that are looked at */
    LITERALS_LEAST = 16,    /* ... and how many there have to be */
    LITERALS_TEXT_PERCENT = 95,
    LITERALS_MEMBERS = 256 /* of one content */
};

/* What stands between two quotes of one kind on one line. */
struct literal {
    struct span text;
    size_t letters;
    size_t others; /* neither letters nor padding */
    char other;    /* the first of these */
    bool has_pad;
    bool is_mixed; /* there are others than that one, and the rest was not looked at */
};

/* Goes through a content from its start to its end. */
struct literals {
    struct quotes quotes;
    size_t at;
    size_t line_end; /* the next one, at or behind where was asked last */
};

static struct literals literals_of(struct span content)
{
    return (struct literals){ .quotes = quotes_of(content), .line_end = quotes_find(content, 0, '\n') };
}

static struct literal literal_of(struct span text)
{
    struct literal literal = { .text = text };
    for (size_t i = 0; i < text.size && !literal.is_mixed; i++) {
        unsigned value = base64_value(text.data[i]);
        literal.letters += value < 64;
        literal.has_pad |= value == BASE64_PAD;
        if (value < 64 || value == BASE64_PAD)
            continue;
        if (literal.others == 0)
            literal.other = text.data[i];
        literal.is_mixed |= text.data[i] != literal.other;
        literal.others++;
    }
    return literal;
}

/* With one character between that is no blank? */
static bool is_filled(const struct literal *literal)
{
    return literal->others > 1 && !literal->is_mixed && literal->other != ' ';
}

/* The next literal. What is no base64 may have stood between two, or hold others in quotes of another kind: so every
 * quote in it may open the next. One that nothing closes on its line opens none. Of each kind, no byte is looked at
 * twice. */
static bool literal_next(struct literals *literals, struct literal *literal_out)
{
    struct span content = literals->quotes.content;
    for (size_t open = quotes_next(&literals->quotes, literals->at); open < content.size;
         open = quotes_next(&literals->quotes, literals->at)) {
        literals->at = open + 1;
        if (literals->line_end < open)
            literals->line_end = quotes_find(content, open, '\n');
        struct span rest = span_slice(content, open + 1, literals->line_end - open - 1);
        size_t size = span_find_byte(rest, content.data[open]);
        if (size == SPAN_NONE)
            continue;
        *literal_out = literal_of(span_slice(rest, 0, size));
        bool is_whole = literal_out->letters >= LITERALS_WORD && (literal_out->others == 0 || is_filled(literal_out));
        literals->at += is_whole ? size + 1 : 0;
        return true;
    }
    return false;
}

/* The letters of one literal, forwards or backwards, or of several one behind the other. */
struct letters {
    struct span rest;
    bool is_backwards;
    struct literals others; /* where the next ones are found */
    size_t more;            /* how many of them there are */
    uint32_t group;
    unsigned sextets;
};

static int letters_next(struct letters *letters)
{
    for (;;) {
        while (letters->rest.size > 0) {
            struct span rest = letters->rest;
            char c = rest.data[letters->is_backwards ? rest.size - 1 : 0];
            letters->rest = letters->is_backwards ? span_slice(rest, 0, rest.size - 1) : span_from(rest, 1);
            if (base64_is_letter(c))
                return (int)base64_value(c);
        }
        struct literal literal;
        if (letters->more == 0 || !literal_next(&letters->others, &literal))
            return -1;
        letters->rest = literal.text;
        letters->more--;
    }
}

static size_t letters_pull(void *state, char *data_out, size_t capacity)
{
    struct letters *letters = state;
    size_t size = 0;
    while (capacity - size >= 3) {
        int value = letters_next(letters);
        if (value >= 0) {
            letters->group = letters->group << 6 | (unsigned)value;
            letters->sextets++;
        }
        if (letters->sextets == 0 || (value >= 0 && letters->sextets < 4)) {
            if (value < 0)
                break;
            continue;
        }
        uint32_t group = letters->group << (6 * (4 - letters->sextets));
        for (unsigned i = 0; i + 1 < letters->sextets; i++)
            data_out[size++] = (char)(group >> (16 - 8 * i));
        letters->group = 0;
        letters->sextets = 0;
    }
    return size;
}

static bool is_plausible(struct span sample)
{
    static const char *const magics[] = {
        "MZ",     "PK\3\4",       "%PDF", "Rar!", "7z\xbc\xaf",  "\x1f\x8b\x08", "\x7f\x45LF",
        "{\\rtf", "\xd0\xcf\x11", "MSCF", "BZh",  "\xfd\x37zXZ", "x\x9c",        "x\xda",
    };
    size_t printable = 0;
    for (size_t i = 0; i < sizeof magics / sizeof magics[0]; i++) {
        if (span_starts_with(sample, magics[i]))
            return sample.size >= LITERALS_LEAST;
    }
    for (size_t i = 0; i < sample.size; i++)
        printable += (sample.data[i] >= ' ' && sample.data[i] <= '~') ||
                     base64_value(sample.data[i]) == BASE64_LINE_END;
    return sample.size >= LITERALS_LEAST && printable * 100 >= sample.size * LITERALS_TEXT_PERCENT;
}

/* True where there may be more members. */
static bool letters_put(struct unpack *unpack, const struct letters *letters, const char *how, size_t *members)
{
    char sample[LITERALS_SAMPLE];
    struct letters first = *letters;
    size_t size = letters_pull(&first, sample, sizeof sample);
    if (!is_plausible(span_of(sample, size)))
        return true;
    if ((*members)++ == LITERALS_MEMBERS || !unpack_begin(unpack, &(struct unpack_member){ .how = how }))
        return false;
    struct letters all = *letters;
    (void)text_put_pulled(unpack, letters_pull, &all);
    unpack_end(unpack);
    return true;
}

/* Several that are base64 and nothing else, up to one with padding. */
struct chain {
    struct span first;
    size_t count;
    size_t letters;
    struct literals others; /* behind the first */
};

static bool chain_end(struct unpack *unpack, struct chain *chain, size_t *members)
{
    struct letters letters = { .rest = chain->first, .others = chain->others, .more = chain->count - 1 };
    bool is_some = chain->count > 1 && chain->letters >= LITERALS_TOGETHER;
    *chain = (struct chain){ 0 };
    return !is_some || letters_put(unpack, &letters, "base64 in several strings", members);
}

/* The next literal, behind which `behind` stands. False: no more members. */
static bool chain_add(struct unpack *unpack, struct chain *chain, const struct literal *literal,
                      const struct literals *behind, size_t *members)
{
    bool is_pure = literal->others == 0 && literal->letters >= LITERALS_WORD;
    if (chain->count > 0 && !is_pure && !chain_end(unpack, chain, members))
        return false;
    if (!is_pure || (chain->count == 0 && literal->letters < LITERALS_FIRST))
        return true;
    if (chain->count++ == 0) {
        chain->first = literal->text;
        chain->others = *behind;
    }
    chain->letters += literal->letters;
    return !literal->has_pad || chain_end(unpack, chain, members);
}

static bool literal_read(struct unpack *unpack, const struct literal *literal, size_t *members)
{
    struct letters letters = { .rest = literal->text };
    if (literal->letters < LITERALS_LETTERS)
        return true;
    if (literal->others == 0) {
        letters.is_backwards = true;
        return letters_put(unpack, &letters, "base64 backwards", members);
    }
    return !is_filled(literal) || letters_put(unpack, &letters, "base64 with a character between", members);
}

bool literals_looks(struct span content)
{
    struct literals literals = literals_of(content);
    struct literal literal;
    return literal_next(&literals, &literal);
}

void literals_read(struct unpack *unpack, struct span content)
{
    struct literals literals = literals_of(content);
    struct chain chain = { 0 };
    struct literal literal;
    size_t members = 0;
    size_t last = 0;
    for (; literal_next(&literals, &literal); last = literals.at) {
        bool is_far = (size_t)(literal.text.data - content.data) > last + LITERALS_GAP;
        if (is_far && chain.count > 0 && !chain_end(unpack, &chain, &members))
            return;
        if (!literal_read(unpack, &literal, &members) || !chain_add(unpack, &chain, &literal, &literals, &members))
            return;
    }
    if (chain.count > 0)
        (void)chain_end(unpack, &chain, &members);
}
