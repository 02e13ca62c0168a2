#include "zip_map.h"

#include "base/memory.h"

#include "zip_format.h"

#include <stdlib.h>
#include <string.h>

enum { ZIP_GROW_FIRST = 64, ZIP_NO_DISK = 0xffff };

void *zip_grow(void *items, size_t count, size_t *capacity, size_t item_size)
{
    if (count < *capacity)
        return items;
    *capacity = *capacity > 0 ? *capacity * 2 : ZIP_GROW_FIRST;
    void *grown = reallocarray(items, *capacity, item_size);
    if (grown == NULL)
        memory_end();
    return grown;
}

void zip_areas_add(struct zip_areas *areas, size_t start, size_t end)
{
    if (start >= end)
        return;
    if (areas->count > 0 && areas->items[areas->count - 1].end == start) {
        areas->items[areas->count - 1].end = end;
        return;
    }
    areas->items = zip_grow(areas->items, areas->count, &areas->capacity, sizeof *areas->items);
    areas->items[areas->count++] = (struct zip_area){ start, end };
}

static int zip_area_compare(const void *a, const void *b)
{
    const struct zip_area *left = a;
    const struct zip_area *right = b;
    return left->start < right->start ? -1 : left->start > right->start;
}

void zip_areas_merge(struct zip_areas *areas)
{
    if (areas->count == 0)
        return;
    qsort(areas->items, areas->count, sizeof *areas->items, zip_area_compare);
    size_t last = 0;
    for (size_t i = 1; i < areas->count; i++) {
        struct zip_area *into = &areas->items[last];
        if (areas->items[i].start > into->end)
            areas->items[++last] = areas->items[i];
        else if (areas->items[i].end > into->end)
            into->end = areas->items[i].end;
    }
    areas->count = last + 1;
}

bool zip_areas_hold(const struct zip_areas *areas, size_t at)
{
    size_t low = 0;
    size_t high = areas->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (areas->items[middle].end <= at)
            low = middle + 1;
        else
            high = middle;
    }
    return low < areas->count && areas->items[low].start <= at;
}

static void map_add(struct zip_map *map, struct zip_offsets *offsets, size_t at)
{
    if (offsets->count == ZIP_MAP_RECORDS) {
        map->is_limited = true;
        return;
    }
    offsets->items = zip_grow(offsets->items, offsets->count, &offsets->capacity, sizeof *offsets->items);
    offsets->items[offsets->count++] = at;
}

static bool map_add_ref(struct zip_map *map, size_t local, size_t central)
{
    if (map->ref_count == ZIP_MAP_REFS) {
        map->is_limited = true;
        return false;
    }
    map->refs = zip_grow(map->refs, map->ref_count, &map->ref_capacity, sizeof *map->refs);
    map->refs[map->ref_count++] = (struct zip_ref){ local, central };
    return true;
}

static void map_find_records(struct zip_map *map)
{
    enum zip_record record = ZIP_RECORD_NONE;
    for (size_t at = zip_record_next(map->content, 0, &record); record != ZIP_RECORD_NONE;
         at = zip_record_next(map->content, at + ZIP_SIGNATURE_SIZE, &record)) {
        if (record == ZIP_RECORD_LOCAL)
            map_add(map, &map->locals, at);
        else if (record == ZIP_RECORD_CENTRAL)
            map_add(map, &map->centrals, at);
        else if (record == ZIP_RECORD_END || record == ZIP_RECORD_END64)
            map_add(map, &map->ends, at);
    }
}

/* Where a directory may begin, and where its offsets count from: `base` may lie before the content where the start of
 * that is missing; the sum is what counts, and wraps on purpose. */
struct zip_start {
    uint64_t at;
    uint64_t base;
};

static int zip_start_compare(const void *a, const void *b)
{
    const struct zip_start *left = a;
    const struct zip_start *right = b;
    if (left->at != right->at)
        return left->at < right->at ? -1 : 1;
    return left->base < right->base ? -1 : left->base > right->base;
}

/* By an end's place and the directory's size; and by the directory's offset. */
static void zip_end_starts(const struct zip_end *end, struct zip_start starts_out[2])
{
    uint64_t by_place = end->at - end->directory_size; /* beyond the content where it wraps */
    starts_out[0] = (struct zip_start){ by_place, by_place - end->directory_offset };
    starts_out[1] = (struct zip_start){ end->directory_offset, 0 };
}

static bool map_next_central(const struct zip_map *map, uint64_t at, struct zip_header *header_out)
{
    return zip_record_at(map->content, at) == ZIP_RECORD_CENTRAL &&
           zip_central_read(map->content, (size_t)at, header_out);
}

/* Whether there is a local header at each offset is looked at later. */
static void map_walk(struct zip_map *map, const struct zip_start *start)
{
    struct zip_header header;
    for (uint64_t at = start->at; map_next_central(map, at, &header); at = header.end) {
        uint64_t local = start->base + header.offset;
        if (!map_add_ref(map, (size_t)local, (size_t)at))
            break;
    }
}

static bool map_end_read(const struct zip_map *map, size_t index, struct zip_end *end_out)
{
    size_t at = map->ends.items[index];
    bool is_wide = zip_record_at(map->content, at) == ZIP_RECORD_END64;
    return (is_wide ? zip_end64_read : zip_end_read)(map->content, at, end_out);
}

/* Many ends may lead to one directory, which is gone through once for each base. */
static void map_walk_ends(struct zip_map *map)
{
    struct zip_start *starts = NULL;
    size_t count = 0;
    size_t capacity = 0;
    for (size_t i = 0; i < map->ends.count; i++) {
        struct zip_end end;
        struct zip_start both[2];
        struct zip_header header;
        if (!map_end_read(map, i, &end))
            continue;
        zip_end_starts(&end, both);
        for (size_t k = 0; k < 2; k++) {
            if (!map_next_central(map, both[k].at, &header))
                continue;
            starts = zip_grow(starts, count, &capacity, sizeof *starts);
            starts[count++] = both[k];
        }
    }
    if (count > 0)
        qsort(starts, count, sizeof *starts, zip_start_compare);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || zip_start_compare(&starts[i - 1], &starts[i]) != 0)
            map_walk(map, &starts[i]);
    }
    free(starts);
}

/* The directory of the last end that has one. */
static void map_find_main(struct zip_map *map)
{
    for (size_t i = map->ends.count; i > 0 && map->main.end == 0; i--) {
        struct zip_end end;
        struct zip_start both[2];
        struct zip_header header;
        if (!map_end_read(map, i - 1, &end))
            continue;
        zip_end_starts(&end, both);
        for (size_t k = 0; k < 2 && map->main.end == 0; k++) {
            map->main.start = both[k].at < map->content.size ? (size_t)both[k].at : map->content.size;
            for (uint64_t at = both[k].at; map_next_central(map, at, &header); at = header.end)
                map->main.end = header.end < map->content.size ? header.end : map->content.size;
        }
    }
}

static void map_judge_ends(struct zip_map *map)
{
    for (size_t i = 0; i < map->ends.count; i++) {
        size_t at = map->ends.items[i];
        bool is_wide = zip_record_at(map->content, at) == ZIP_RECORD_END64;
        struct zip_end end;
        if (!map_end_read(map, i, &end))
            continue;
        map->has_end = map->has_end || !is_wide;
        map->is_split = end.disk != 0 && (end.disk != ZIP_NO_DISK || is_wide);
        map->is_last_end_final = end.end == map->content.size;
        map->is_last_end_empty = end.entries == 0;
        zip_areas_add(&map->records, at, is_wide ? end.end : at + ZIP_END_SIZE);
        if (is_wide && span_starts_with(span_from(map->content, end.end), "PK\6\7"))
            zip_areas_add(&map->records, end.end, end.end + ZIP_LOCATOR_SIZE);
    }
}

static int zip_ref_compare_central(const void *a, const void *b)
{
    const struct zip_ref *left = a;
    const struct zip_ref *right = b;
    if (left->central != right->central)
        return left->central < right->central ? -1 : 1;
    return left->local < right->local ? -1 : left->local > right->local;
}

static int zip_offset_compare(const void *a, const void *b)
{
    const size_t *left = a;
    const size_t *right = b;
    return *left < *right ? -1 : *left > *right;
}

static int zip_ref_compare_local(const void *a, const void *b)
{
    const struct zip_ref *left = a;
    const struct zip_ref *right = b;
    if (left->local != right->local)
        return left->local < right->local ? -1 : 1;
    return left->central < right->central ? -1 : left->central > right->central;
}

/* A central header that no directory leads from to a local header: counted from the start, and from the first one. */
static bool map_guess(struct zip_map *map, size_t central)
{
    struct zip_header header;
    if (!zip_central_read(map->content, central, &header))
        return true;
    bool is_found = false;
    size_t first = map->locals.count > 0 ? map->locals.items[0] : 0;
    for (int i = 0; i < (first > 0 ? 2 : 1); i++) {
        uint64_t local = header.offset + (i == 0 ? 0 : first);
        if (zip_record_at(map->content, local) == ZIP_RECORD_LOCAL)
            is_found = map_add_ref(map, (size_t)local, central) || is_found;
    }
    return is_found;
}

/* Of the readings of one central header, those that lead to a local header are kept. Where none does, some program may
 * not look for the signature, and all are kept that lie in the content. */
static void map_sift(struct zip_map *map, size_t central, size_t first, size_t count)
{
    bool is_found = false;
    for (size_t i = first; i < first + count; i++)
        is_found = is_found || zip_record_at(map->content, map->refs[i].local) == ZIP_RECORD_LOCAL;
    map->is_astray = map->is_astray || (!is_found && count > 0);
    if (!is_found)
        is_found = map_guess(map, central);
    for (size_t i = first; i < first + count; i++) {
        size_t local = map->refs[i].local;
        bool is_local = zip_record_at(map->content, local) == ZIP_RECORD_LOCAL;
        if (is_found ? !is_local : local >= map->content.size)
            map->refs[i].local = SIZE_MAX;
    }
    if (!is_found && count > 0)
        map_add(map, &map->lost, central);
}

/* Goes through the central headers found by signature and those that directories hold, side by side. */
static void map_guess_all(struct zip_map *map)
{
    size_t count = map->ref_count;
    if (count > 0)
        qsort(map->refs, count, sizeof *map->refs, zip_ref_compare_central);
    size_t ref = 0;
    for (size_t i = 0; i < map->centrals.count; i++) {
        size_t central = map->centrals.items[i];
        while (ref < count && map->refs[ref].central < central)
            ref++;
        size_t first = ref;
        while (ref < count && map->refs[ref].central == central)
            ref++;
        map_sift(map, central, first, ref - first);
    }
}

void zip_map_found(struct zip_map *map, size_t central)
{
    size_t *found = map->lost.count == 0 ? NULL
                                         : bsearch(&central, map->lost.items, map->lost.count, sizeof *map->lost.items,
                                                   zip_offset_compare);
    if (found == NULL)
        return;
    map->lost.count--;
    memmove(found, found + 1, (size_t)(map->lost.items + map->lost.count - found) * sizeof *found);
}

static void map_order_refs(struct zip_map *map)
{
    size_t kept = 0;
    if (map->ref_count > 0)
        qsort(map->refs, map->ref_count, sizeof *map->refs, zip_ref_compare_local);
    for (size_t i = 0; i < map->ref_count && map->refs[i].local != SIZE_MAX; i++) {
        if (kept == 0 || zip_ref_compare_local(&map->refs[kept - 1], &map->refs[i]) != 0)
            map->refs[kept++] = map->refs[i];
    }
    map->ref_count = kept;
}

void zip_map_init(struct zip_map *map, struct span content)
{
    *map = (struct zip_map){ .content = content };
    map_find_records(map);
    for (size_t i = 0; i < map->centrals.count; i++) {
        struct zip_header header;
        if (zip_central_read(content, map->centrals.items[i], &header))
            zip_areas_add(&map->records, header.at, header.end < content.size ? header.end : content.size);
    }
    map_walk_ends(map);
    map_find_main(map);
    map_judge_ends(map);
    map_guess_all(map);
    map_order_refs(map);
}

void zip_map_fini(struct zip_map *map)
{
    free(map->locals.items);
    free(map->centrals.items);
    free(map->ends.items);
    free(map->lost.items);
    free(map->refs);
    free(map->records.items);
}
