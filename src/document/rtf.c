#include "rtf.h"

#include "base/buf.h"
#include "document/names.h"
#include "document/ole1.h"
#include "document/rtf_hex.h"

#include <string.h>

enum { RTF_START_MOST = 1024, RTF_PICTURE_LEAST = 64, RTF_WORD_MOST = 32 };

static const char rtf_start[] = "{\\rt";

/* Control words whose text is hexadecimal. */
static const struct rtf_word {
    const char *name;
    const char *how;
    bool is_object;
} rtf_words[] = {
    { "objdata", "rtf: object", true },           { "pict", "rtf: picture", false },
    { "datastore", "rtf: data store", false },    { "themedata", "rtf: theme", false },
    { "fontfile", "rtf: font", false },           { "fontemb", "rtf: font", false },
    { "datafield", "rtf: field data", false },    { "colorschememapping", "rtf: theme", false },
    { "objalias", "rtf: object's alias", false }, { "objsect", "rtf: object's section", false },
};

struct rtf {
    struct unpack *unpack;
    struct span text; /* behind the control word */
    struct rtf_way way;
    const struct rtf_word *word;
    struct buf names;
    bool is_full;
    bool is_cut;
};

bool rtf_looks(struct span content)
{
    struct span head = span_slice(content, 0, RTF_START_MOST);
    size_t start = span_find(head, span_text(rtf_start));
    if (start == SPAN_NONE)
        return false;
    static const char blanks[] = " \t\r\n\v\f\0\xef\xbb\xbf";
    bool is_blank = true;
    for (size_t i = 0; i < start; i++)
        is_blank = is_blank && memchr(blanks, head.data[i], sizeof blanks - 1) != NULL;
    return is_blank || span_find(span_from(content, start), span_text("\\objdata")) != SPAN_NONE;
}

static bool rtf_begin(struct rtf *rtf, const char *how)
{
    struct unpack_member member = { .names = buf_span(&rtf->names), .how = how };
    if (!rtf->is_full)
        rtf->is_full = !unpack_begin(rtf->unpack, &member);
    return !rtf->is_full;
}

/* Puts the bytes [from, from + size) of the data into the open member. Returns how many there were. */
static uint64_t rtf_put(struct rtf *rtf, struct rtf_hex *hex, uint64_t from, uint64_t size)
{
    char piece[4096];
    uint64_t done = 0;
    for (size_t got; done < size && (got = rtf_hex_read(hex, piece, sizeof piece)) > 0;) {
        size_t skipped = from < got ? (size_t)from : got;
        from -= skipped;
        struct span bytes = span_slice(span_of(piece, got), skipped, size - done < got ? (size_t)(size - done) : got);
        if (!unpack_put(rtf->unpack, bytes))
            return size;
        done += bytes.size;
    }
    return done;
}

static void rtf_hand_part(struct rtf *rtf, struct ole1_part part, const char *how)
{
    struct rtf_hex hex;
    if (!rtf_begin(rtf, how))
        return;
    rtf_hex_init(&hex, rtf->text, rtf->way);
    if (rtf_put(rtf, &hex, part.at, part.size) < part.size && part.size != UINT64_MAX)
        rtf->is_cut = true;
    unpack_end(rtf->unpack);
}

static void rtf_hand_package(struct rtf *rtf, struct span head, struct ole1_part native)
{
    struct ole1_part file;
    buf_clear(&rtf->names);
    if (!ole1_read_package(span_from(head, (size_t)native.at), &file, &rtf->names))
        return;
    file.at += native.at;
    ole1_read_package_tail(span_from(head, (size_t)(file.at + file.size)), &rtf->names);
    rtf_hand_part(rtf, file, "rtf: embedded file");
    buf_clear(&rtf->names);
}

/* Some ways of putting the object's header wrong are fine with Word: the compound file is what counts. */
static void rtf_hand_object(struct rtf *rtf, struct span head)
{
    static const char magic[] = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";
    struct ole1_part native = { 0 };
    bool is_object = ole1_read_object(head, &native);
    if (is_object) {
        rtf_hand_part(rtf, native, "rtf: object's native data");
        rtf_hand_package(rtf, head, native);
    }
    size_t at = span_find(head, span_text(magic));
    if (at != SPAN_NONE && !(is_object && at == native.at))
        rtf_hand_part(rtf, (struct ole1_part){ .at = at, .size = UINT64_MAX }, "rtf: compound file in an object");
}

/* The destination's data by one way of reading. *hex_out has seen all of it. */
static void rtf_hand(struct rtf *rtf, struct rtf_hex *hex_out)
{
    char bytes[OLE1_HEAD];
    rtf_hex_init(hex_out, rtf->text, rtf->way);
    struct span head = span_of(bytes, rtf_hex_read(hex_out, bytes, sizeof bytes));
    if (head.size < (rtf->word->is_object ? 1 : RTF_PICTURE_LEAST) || !rtf_begin(rtf, rtf->word->how))
        return;
    if (unpack_put(rtf->unpack, head))
        (void)rtf_put(rtf, hex_out, 0, UINT64_MAX);
    unpack_end(rtf->unpack);
    if (rtf->word->is_object)
        rtf_hand_object(rtf, head);
}

/* Whatever else may be read differently, in all combinations. Only what the first way says is damage. */
static void rtf_hand_other_ways(struct rtf *rtf, const struct rtf_hex *seen)
{
    bool was_cut = rtf->is_cut;
    unsigned escapes = seen->has_escape ? RTF_ESCAPES : 1;
    unsigned groups = seen->has_group ? RTF_GROUPS : 1;
    unsigned numbers = seen->has_number ? 2 : 1;
    size_t size = rtf->text.size - seen->rest.size;
    for (unsigned i = 1; i < escapes * groups * numbers && !rtf->is_full; i++) {
        struct rtf_hex hex;
        rtf->way.escape = (enum rtf_escape)(i % escapes);
        rtf->way.group = (enum rtf_group)(i / escapes % groups);
        rtf->way.is_number_data = i / escapes / groups != 0;
        if (!unpack_step(rtf->unpack, size))
            return;
        rtf_hand(rtf, &hex);
    }
    rtf->is_cut = was_cut;
}

static const struct rtf_word *rtf_find_word(struct span text)
{
    size_t size = 0;
    while (size < text.size && size < RTF_WORD_MOST && ascii_is_alnum(text.data[size]) &&
           !ascii_is_digit(text.data[size]))
        size++;
    for (size_t i = 0; i < sizeof rtf_words / sizeof rtf_words[0]; i++) {
        if (span_is(span_slice(text, 0, size), rtf_words[i].name))
            return &rtf_words[i];
    }
    return NULL;
}

/* Every backslash may begin a control word, wherever it stands: what is raw data for one program isn't for another. */
void rtf_read(struct unpack *unpack, struct span content)
{
    struct rtf rtf = { .unpack = unpack };
    size_t unread = content.size; /* behind the destination that ended last */
    buf_init(&rtf.names, NAMES_LIMIT);
    for (struct span rest = content; !rtf.is_full;) {
        size_t at = span_find_byte(rest, '\\');
        if (at == SPAN_NONE)
            break;
        rest = span_from(rest, at + 1);
        rtf.word = rtf_find_word(rest);
        if (rtf.word == NULL)
            continue;
        /* Destinations inside of each other are read again and again. */
        if (rest.size > unread && !unpack_step(unpack, rest.size - unread))
            break;
        struct rtf_hex seen;
        rtf.text = span_from(rest, strlen(rtf.word->name));
        rtf.way = (struct rtf_way){ .group = rtf.word->is_object ? RTF_GROUP_STARRED : RTF_GROUP_SKIP };
        rtf_hand(&rtf, &seen);
        if (rtf.word->is_object)
            rtf_hand_other_ways(&rtf, &seen);
        unread = seen.rest.size < unread ? seen.rest.size : unread;
    }
    if (rtf.is_cut)
        unpack_note(unpack, UNPACK_DAMAGED, "rtf: an object is cut short");
    buf_fini(&rtf.names);
}
