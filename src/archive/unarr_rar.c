#include "unarr_rar.h"

#include <unarr.h>

#include "archive/place.h"
#include "base/buf.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

enum { UNARR_ENTRIES = 1 << 20, UNARR_PIECE = 1024, UNARR_NAMES = 1 << 17 };

void unarr_prepare(void)
{
    tzset();
}

static ssize_t quiet_write(void *cookie, const char *bytes, size_t size)
{
    (void)cookie;
    (void)bytes;
    return (ssize_t)size;
}

/* The library warns on stderr, with foreign bytes, and can't be told not to: it gets another stderr. */
static FILE *quiet_begin(void)
{
    static FILE *quiet;
    FILE *before = stderr;
    if (quiet == NULL)
        quiet = fopencookie(NULL, "w", (cookie_io_functions_t){ .write = quiet_write });
    if (quiet != NULL)
        stderr = quiet;
    return before;
}

static bool piece_has_bytes(const char *piece, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (piece[i] != 0)
            return true;
    }
    return false;
}

/* An entry's data. A piece that fails may have been filled before a check sum was found wrong: it is handed out. When
 * the member must not grow, the rest is unpacked into nowhere, as the next entry may depend on it.
 * False where it was not whole. *is_over_out: no more work. */
static bool entry_put(struct unpack *unpack, ar_archive *archive, bool *is_over_out)
{
    uint64_t left = ar_entry_get_size(archive);
    bool may_grow = true;
    while (left > 0) {
        char piece[UNARR_PIECE] = { 0 };
        size_t size = left < sizeof piece ? (size_t)left : sizeof piece;
        bool is_sound = ar_entry_uncompress(archive, piece, size);
        if (may_grow && (is_sound || piece_has_bytes(piece, size)))
            may_grow = unpack_put(unpack, span_of(piece, size));
        if (!may_grow && !unpack_step(unpack, size)) {
            *is_over_out = true;
            return false;
        }
        if (!is_sound)
            return false;
        left -= size;
    }
    return true;
}

/* The library takes a name that is not in its UTF-16 form for one of the code page 437, which it may not be: the bytes
 * as they stand are a second name. They stand in the entry's header (technote.txt of RAR 3.93). */
static void entry_put_names(struct buf *names, ar_archive *archive, struct span content)
{
    const char *name = ar_entry_get_name(archive);
    if (name != NULL && name[0] != '\0')
        buf_put(names, name, strlen(name) + 1);
    struct span header = span_from(content, (size_t)ar_entry_get_offset(archive));
    size_t at = (place_u16(header, 3) & 0x0100) != 0 ? 40 : 32;
    struct span raw = span_slice(header, at, place_u16(header, 26));
    raw = span_slice(raw, 0, span_find_byte(raw, '\0'));
    if (raw.size == 0 || (name != NULL && span_is(raw, name)))
        return;
    buf_put_span(names, raw);
    buf_put_char(names, '\0');
}

static size_t archive_read_entries(struct unpack *unpack, ar_archive *archive, struct span content)
{
    size_t whole = 0;
    bool is_over = false;
    for (size_t i = 0; i < UNARR_ENTRIES && !is_over && ar_parse_entry(archive); i++) {
        struct buf names;
        buf_init(&names, UNARR_NAMES);
        entry_put_names(&names, archive, content);
        struct unpack_member member = {
            .names = buf_overflowed(&names) ? span_of(NULL, 0) : buf_span(&names),
            .size_hint = ar_entry_get_size(archive),
            .how = "rar, unarr",
        };
        bool is_begun = unpack_begin(unpack, &member);
        buf_fini(&names);
        if (!is_begun)
            break;
        whole += entry_put(unpack, archive, &is_over) ? 1 : 0;
        unpack_end(unpack);
    }
    return whole;
}

size_t unarr_read_rar(struct unpack *unpack, struct span content)
{
    size_t whole = 0;
    FILE *before = quiet_begin();
    ar_stream *stream = ar_open_memory(content.data, content.size);
    ar_archive *archive = stream != NULL ? ar_open_rar_archive(stream) : NULL;
    if (archive != NULL) {
        whole = archive_read_entries(unpack, archive, content);
        ar_close_archive(archive);
    }
    if (stream != NULL)
        ar_close(stream);
    stderr = before;
    return whole;
}
