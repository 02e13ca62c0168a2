#include "zip.h"

#include "base/memory.h"
#include "unpack/inflate.h"
#include "zip_entry.h"
#include "zip_format.h"
#include "zip_map.h"
#include "zip_method.h"

#include <stdlib.h>
#include <string.h>

enum {
    ZIP_END_NEAR = 66 << 10, /* from the content's end, for an end of central directory: a comment has up to 64 KiB */
    ZIP_GAP_LEAST = 16,      /* bytes between entries that may be something */
    ZIP_NOTED_METHODS = 16
};

struct zip_bad {
    struct zip_place place;
    struct zip_result result;
};

struct zip {
    struct zip_work work;
    struct zip_map map;
    struct zip_areas sound; /* of sound entries: what is found inside is their content as a rule */
    struct zip_areas taken; /* everything that was looked at */
    struct zip_area slice;  /* the last sound stored entry */
    struct zip_bad *bad;
    size_t bad_count;
    size_t bad_capacity;
    size_t expected; /* where a reader of a stream looks for the next local header */
};

/* ---- Looks ---- */

/* A local header at the start, or behind the mark of an archive that was split or might have been (8.5.4). */
static bool zip_starts(struct span content, size_t *first_out)
{
    *first_out = 0;
    if (span_starts_with(content, "PK00") || span_starts_with(content, "PK\7\x08"))
        *first_out = ZIP_SIGNATURE_SIZE;
    return zip_record_at(content, *first_out) == ZIP_RECORD_LOCAL;
}

static bool zip_looks_by_end(struct span content)
{
    size_t from = content.size > ZIP_END_NEAR ? content.size - ZIP_END_NEAR : 0;
    enum zip_record record = ZIP_RECORD_NONE;
    for (size_t at = zip_record_next(content, from, &record); record != ZIP_RECORD_NONE;
         at = zip_record_next(content, at + ZIP_SIGNATURE_SIZE, &record)) {
        struct zip_end end;
        if (record == ZIP_RECORD_END && zip_end_read(content, at, &end) &&
            (end.entries == 0 || end.directory_size >= ZIP_CENTRAL_SIZE))
            return true;
    }
    return false;
}

bool zip_looks(struct span content)
{
    size_t first = 0;
    enum zip_record start = zip_record_at(content, 0);
    if (zip_starts(content, &first) || (start != ZIP_RECORD_NONE && start != ZIP_RECORD_DESCRIPTOR))
        return true;
    if (zip_looks_by_end(content))
        return true;
    for (size_t at = 0;; at += ZIP_SIGNATURE_SIZE) {
        size_t found = span_find(span_from(content, at), span_of("PK\3\4", ZIP_SIGNATURE_SIZE));
        if (found == SPAN_NONE)
            return false;
        at += found;
        struct zip_header header;
        if (zip_local_read(content, at, &header) && zip_local_is_possible(content, &header))
            return true;
    }
}

/* ---- Entries ---- */

/* A local header that no directory leads to, and where no reader of a stream would come to. */
static bool zip_is_worth_it(const struct zip *zip, size_t at, bool *may_note_out)
{
    struct zip_header header;
    *may_note_out = false;
    if (!zip_local_read(zip->work.content, at, &header) || header.end > zip->work.content.size)
        return false;
    *may_note_out = zip_local_is_plausible(zip->work.content, &header);
    return *may_note_out || (zip_method_can(header.method) && header.name_size > 0);
}

/* Inside of a sound stored entry lies, as a rule, a file that is a zip itself, and is read as such. That holds as long
 * as nothing outside of the entry points into it, and the header's data end inside. */
static bool zip_is_for_later(const struct zip *zip, const struct zip_place *place)
{
    struct span slice = span_slice(zip->work.content, 0, zip->slice.end);
    struct zip_header header;
    if (place->local < zip->slice.start || place->local >= zip->slice.end)
        return false;
    for (size_t i = 0; i < place->ref_count; i++) {
        if (place->refs[i].central < zip->slice.start || place->refs[i].central >= zip->slice.end)
            return false;
    }
    if (!zip_local_read(slice, place->local, &header) || !zip_local_is_plausible(slice, &header))
        return false;
    enum zip_record record = ZIP_RECORD_NONE;
    if ((header.flags & ZIP_FLAG_DESCRIPTOR) != 0 && header.packed_size == 0)
        return zip_record_next(slice, header.end, &record) < slice.size;
    return header.packed_size <= slice.size - header.end;
}

static void zip_keep_trouble(struct zip *zip, const struct zip_place *place, const struct zip_result *result)
{
    zip->bad = zip_grow(zip->bad, zip->bad_count, &zip->bad_capacity, sizeof *zip->bad);
    zip->bad[zip->bad_count++] = (struct zip_bad){ *place, *result };
}

/* Data without a local header: either they were found all the same, or what is wrong with them is that. */
static void zip_judge_unsigned(struct zip *zip, const struct zip_place *place, struct zip_result *result)
{
    for (size_t i = 0; result->is_sound && i < place->ref_count; i++)
        zip_map_found(&zip->map, place->refs[i].central);
    if (result->trouble < ZIP_CROWDED)
        result->trouble = ZIP_SOUND;
}

static void zip_read_one(struct zip *zip, const struct zip_place *place)
{
    bool may_note = true;
    bool is_expected = place->local == zip->expected;
    if (zip_is_for_later(zip, place))
        return;
    if (place->ref_count == 0 && !is_expected && !zip_is_worth_it(zip, place->local, &may_note))
        return;
    struct zip_result result;
    zip_entry_read(&zip->work, place, &result);
    if (result.is_unsigned)
        zip_judge_unsigned(zip, place, &result);
    if (!result.is_unsigned || result.is_sound)
        zip_areas_add(&zip->taken, result.data.start, result.data.end);
    if (is_expected || place->ref_count > 0)
        zip->expected = result.next;
    if (result.is_sound) {
        zip_areas_add(&zip->sound, result.data.start + ZIP_SIGNATURE_SIZE, result.data.end);
        if (result.is_slice && result.data.end > zip->slice.end)
            zip->slice = (struct zip_area){ result.data.start + ZIP_LOCAL_SIZE, result.data.end };
    }
    if (result.trouble != ZIP_SOUND && may_note)
        zip_keep_trouble(zip, place, &result);
}

/* Goes through the local headers found by signature and those that directories lead to, side by side. The former hold
 * the latter, unless there were too many. */
static void zip_read_entries(struct zip *zip)
{
    const struct zip_map *map = &zip->map;
    size_t local = 0;
    size_t ref = 0;
    while ((local < map->locals.count || ref < map->ref_count) && !zip->work.is_stopped) {
        size_t at = local < map->locals.count ? map->locals.items[local] : SIZE_MAX;
        if (ref < map->ref_count && map->refs[ref].local < at)
            at = map->refs[ref].local;
        struct zip_place place = { .local = at, .refs = ref < map->ref_count ? &map->refs[ref] : NULL };
        while (ref + place.ref_count < map->ref_count && map->refs[ref + place.ref_count].local == at)
            place.ref_count++;
        ref += place.ref_count;
        local += local < map->locals.count && map->locals.items[local] == at ? 1 : 0;
        zip_read_one(zip, &place);
    }
}

/* ---- What is not in entries ---- */

static bool zip_is_something(struct span bytes)
{
    return bytes.size >= ZIP_GAP_LEAST && memcmp(bytes.data, bytes.data + 1, bytes.size - 1) != 0;
}

static void zip_show(struct zip *zip, size_t start, size_t end, const char *how)
{
    struct span bytes = span_slice(zip->work.content, start, end - start);
    struct unpack_member member = { .packed_size = bytes.size, .size_hint = bytes.size, .how = how };
    if (!zip->work.is_stopped && zip_is_something(bytes))
        zip->work.is_stopped = !unpack_member_slice(zip->work.unpack, &member, bytes);
}

static void zip_show_comment(struct zip *zip, struct span comment)
{
    if (comment.size == 0)
        return;
    size_t start = (size_t)(comment.data - zip->work.content.data);
    zip_show(zip, start, start + comment.size, "zip, comment");
    zip_areas_add(&zip->taken, start, start + comment.size);
}

static void zip_show_comments(struct zip *zip)
{
    const struct zip_map *map = &zip->map;
    for (size_t i = 0; i < map->centrals.count && !zip->work.is_stopped; i++) {
        struct zip_header header;
        if (!zip_areas_hold(&zip->sound, map->centrals.items[i]) &&
            zip_central_read(zip->work.content, map->centrals.items[i], &header))
            zip_show_comment(zip, header.comment);
    }
    for (size_t i = 0; i < map->ends.count && !zip->work.is_stopped; i++) {
        struct zip_end end;
        if (!zip_areas_hold(&zip->sound, map->ends.items[i]) &&
            zip_record_at(zip->work.content, map->ends.items[i]) == ZIP_RECORD_END &&
            zip_end_read(zip->work.content, map->ends.items[i], &end))
            zip_show_comment(zip, end.comment);
    }
}

/* What comes before the first record is not between entries: the content itself begins with it, and is looked at. */
static void zip_show_gaps(struct zip *zip)
{
    for (size_t i = 0; i < zip->map.records.count; i++)
        zip_areas_add(&zip->taken, zip->map.records.items[i].start, zip->map.records.items[i].end);
    zip_areas_merge(&zip->taken);
    for (size_t i = 0; i < zip->taken.count; i++) {
        bool is_last = i + 1 == zip->taken.count;
        size_t next = is_last ? zip->work.content.size : zip->taken.items[i + 1].start;
        zip_show(zip, zip->taken.items[i].end, next, is_last ? "zip, behind the end" : "zip, between entries");
    }
}

/* ---- Notes ---- */

/* Is it a zip to whoever gets it, and not a file of another kind that has a zip somewhere inside, perhaps in pieces? */
static bool zip_is_one(const struct zip *zip)
{
    size_t first = 0;
    if (zip_starts(zip->work.content, &first))
        return true;
    return zip->map.main.end > zip->map.main.start && (zip->map.is_last_end_final || !zip->map.is_astray);
}

/* Does a header that is in no sound entry, or one of the last directory, speak of it? */
static bool zip_is_noteworthy(const struct zip *zip, const struct zip_place *place)
{
    if (!zip_areas_hold(&zip->sound, place->local))
        return true;
    for (size_t i = 0; i < place->ref_count; i++) {
        size_t central = place->refs[i].central;
        if (!zip_areas_hold(&zip->sound, central) || (central >= zip->map.main.start && central < zip->map.main.end))
            return true;
    }
    return false;
}

static void zip_note_method(struct zip *zip, uint16_t method)
{
    const char *name = zip_method_name(method);
    if (name != NULL)
        unpack_note(zip->work.unpack, UNPACK_UNSUPPORTED, "zip: method %u (%s)", method, name);
    else
        unpack_note(zip->work.unpack, UNPACK_UNSUPPORTED, "zip: method %u", method);
}

/* Each kind of trouble once; each method once, as far as they are counted. */
static void zip_note_entries(struct zip *zip)
{
    static const struct {
        enum unpack_trouble trouble;
        const char *text;
    } notes[] = { [ZIP_WRONG_SUM] = { UNPACK_DAMAGED, "zip: an entry with a wrong check sum" },
                  [ZIP_BROKEN] = { UNPACK_DAMAGED, "zip: an entry is corrupt" },
                  [ZIP_CUT] = { UNPACK_DAMAGED, "zip: an entry is cut short" },
                  [ZIP_CROWDED] = { UNPACK_LIMIT, "zip: an entry with too many readings" },
                  [ZIP_LARGE] = { UNPACK_LIMIT, "zip: an encrypted entry is too large" },
                  [ZIP_METHOD] = { UNPACK_UNSUPPORTED, NULL },
                  [ZIP_ENCRYPTED] = { UNPACK_ENCRYPTED, "zip: an entry is encrypted" } };
    bool is_noted[sizeof notes / sizeof notes[0]] = { false };
    uint16_t methods[ZIP_NOTED_METHODS];
    size_t method_count = 0;
    bool is_one = zip_is_one(zip);
    for (size_t i = 0; i < zip->bad_count; i++) {
        const struct zip_bad *bad = &zip->bad[i];
        enum zip_trouble trouble = bad->result.trouble;
        if (trouble == ZIP_SOUND || !zip_is_noteworthy(zip, &bad->place))
            continue;
        if (trouble == ZIP_METHOD) {
            bool is_new = method_count < ZIP_NOTED_METHODS;
            for (size_t k = 0; k < method_count; k++)
                is_new = is_new && methods[k] != bad->result.method;
            if (is_new) {
                methods[method_count++] = bad->result.method;
                zip_note_method(zip, bad->result.method);
            }
            continue;
        }
        if (!is_noted[trouble] && (is_one || notes[trouble].trouble != UNPACK_DAMAGED)) {
            is_noted[trouble] = true;
            unpack_note(zip->work.unpack, notes[trouble].trouble, "%s", notes[trouble].text);
        }
    }
}

static bool zip_has_lost(const struct zip *zip)
{
    for (size_t i = 0; i < zip->map.lost.count; i++) {
        if (!zip_areas_hold(&zip->sound, zip->map.lost.items[i]))
            return true;
    }
    return false;
}

static void zip_note_archive(struct zip *zip)
{
    struct unpack *unpack = zip->work.unpack;
    const struct zip_map *map = &zip->map;
    size_t first = 0;
    bool is_one = zip_is_one(zip);
    bool starts = zip_starts(zip->work.content, &first);
    bool is_first_part = starts && !map->has_end && zip_record_at(zip->work.content, 0) == ZIP_RECORD_DESCRIPTOR;
    if (map->is_limited)
        unpack_note(unpack, UNPACK_LIMIT, "zip: too many headers");
    if (is_first_part || (map->is_split && (map->main.end > map->main.start || map->is_last_end_final)))
        unpack_note(unpack, UNPACK_UNSUPPORTED, "zip: part of a split archive");
    else if (is_one && zip_has_lost(zip))
        unpack_note(unpack, UNPACK_DAMAGED, "zip: an entry of the directory is not there");
    if (starts && !map->has_end && !is_first_part)
        unpack_note(unpack, UNPACK_DAMAGED, "zip: no end of the central directory");
    else if (map->is_last_end_final && !map->is_last_end_empty && map->main.end == 0)
        unpack_note(unpack, UNPACK_DAMAGED, "zip: no central directory where its end says");
}

/* ---- All ---- */

void zip_read(struct unpack *unpack, struct span content)
{
    struct zip *zip = memory_new(sizeof *zip);
    zip->work.unpack = unpack;
    zip->work.content = content;
    (void)zip_starts(content, &zip->expected);
    zip_map_init(&zip->map, content);
    zip_read_entries(zip);
    zip_areas_merge(&zip->sound);
    zip_show_comments(zip);
    zip_show_gaps(zip);
    zip_note_entries(zip);
    zip_note_archive(zip);
    zip_map_fini(&zip->map);
    free(zip->sound.items);
    free(zip->taken.items);
    free(zip->bad);
    free(zip);
}
