#include "cfb.h"

#include "base/memory.h"
#include "document/little.h"

#include <stdlib.h>

enum {
    CFB_HEADER = 512,
    CFB_HEADER_FATS = 109,
    CFB_FATS_MOST = 1 << 16,    /* of 512 bytes: a file of 4 GiB */
    CFB_SECTORS_MOST = 1 << 20, /* of one list */
    CFB_NAME_MOST = 64
};
#define CFB_END 0xfffffffeU

/* Sector 0 begins behind the header, which fills one sector (2.2); the smallest header has 512 bytes. */
static uint64_t cfb_at(const struct cfb *cfb, uint32_t sector)
{
    return ((uint64_t)sector + 1) << cfb->shift;
}

static bool cfb_has(const struct cfb *cfb, uint32_t sector)
{
    return sector < cfb->sector_count;
}

/* Where a number stands in a table that is spread over sectors; SIZE_MAX: nowhere. */
static size_t cfb_find_number(const struct cfb *cfb, const struct cfb_list *table, uint32_t index)
{
    size_t which = index >> (cfb->shift - 2);
    if (which >= table->count || !cfb_has(cfb, table->sectors[which]))
        return SIZE_MAX;
    size_t inside = index & ((1U << (cfb->shift - 2)) - 1);
    size_t at = (size_t)cfb_at(cfb, table->sectors[which]) + 4 * inside;
    return at + 4 <= cfb->content.size ? at : SIZE_MAX;
}

static uint32_t cfb_next(struct cfb *cfb, const struct cfb_list *table, uint32_t index)
{
    size_t at = cfb_find_number(cfb, table, index);
    if (at != SIZE_MAX)
        return little_32(cfb->content, at);
    cfb->is_damaged = true;
    return index + 1;
}

/* The whole of a chain. One that is said to be empty may begin anywhere. */
static void cfb_list_chain(struct cfb *cfb, uint32_t start, bool is_empty, struct cfb_list *list_out)
{
    bool was_damaged = cfb->is_damaged;
    size_t count = 0;
    uint32_t sector = start;
    while (cfb_has(cfb, sector) && count < CFB_SECTORS_MOST && count <= cfb->sector_count) {
        sector = cfb_next(cfb, &cfb->fat, sector);
        count++;
    }
    if (sector != CFB_END)
        cfb->is_damaged = true;
    if (is_empty)
        cfb->is_damaged = was_damaged;
    if (count > cfb->sector_count)
        count = cfb->sector_count;
    *list_out = (struct cfb_list){ .sectors = memory_new((count + 1) * sizeof(uint32_t)) };
    for (sector = start; list_out->count < count; sector = cfb_next(cfb, &cfb->fat, sector))
        list_out->sectors[list_out->count++] = sector;
}

static void cfb_add_fats(struct cfb *cfb, struct span numbers, size_t most)
{
    for (size_t at = 0; at + 4 <= numbers.size && cfb->fat.count < most; at += 4)
        cfb->fat.sectors[cfb->fat.count++] = little_32(numbers, at);
}

/* The sectors of the FAT: 109 in the header, the others in a chain of their own (2.5.1). */
static void cfb_list_fats(struct cfb *cfb)
{
    size_t most = cfb->sector_count / (1U << (cfb->shift - 2)) + 1 + CFB_HEADER_FATS;
    if (most > CFB_FATS_MOST)
        most = CFB_FATS_MOST;
    cfb->fat = (struct cfb_list){ .sectors = memory_new(most * sizeof(uint32_t)) };
    cfb_add_fats(cfb, span_slice(cfb->content, 76, (size_t)CFB_HEADER_FATS * 4), most);
    uint32_t sector = little_32(cfb->content, 68);
    while (cfb_has(cfb, sector) && cfb->fat.count < most) {
        struct span difat = span_slice(cfb->content, (size_t)cfb_at(cfb, sector), (size_t)1 << cfb->shift);
        cfb_add_fats(cfb, span_slice(difat, 0, ((size_t)1 << cfb->shift) - 4), most);
        if (difat.size < (size_t)1 << cfb->shift) {
            cfb->is_damaged = true;
            break;
        }
        sector = little_32(difat, ((size_t)1 << cfb->shift) - 4);
    }
    /* What is not in use counts as not there. */
    while (cfb->fat.count > 0 && !cfb_has(cfb, cfb->fat.sectors[cfb->fat.count - 1]) &&
           cfb->fat.sectors[cfb->fat.count - 1] >= CFB_END)
        cfb->fat.count--;
}

bool cfb_init(struct cfb *cfb, struct span content)
{
    *cfb = (struct cfb){ .content = content };
    if (content.size < CFB_HEADER)
        return false;
    cfb->shift = little_16(content, 30);
    if (cfb->shift < 9 || cfb->shift > 16) {
        cfb->shift = little_16(content, 26) == 4 ? 12 : 9;
        cfb->is_damaged = true;
    }
    cfb->mini_shift = little_16(content, 32);
    if (cfb->mini_shift < 2 || cfb->mini_shift > cfb->shift) {
        cfb->mini_shift = 6;
        cfb->is_damaged = true;
    }
    uint64_t count = ((uint64_t)content.size + ((1U << cfb->shift) - 1)) >> cfb->shift;
    count = count > 0 ? count - 1 : 0;
    cfb->sector_count = count < 0xfffffff0U ? (uint32_t)count : 0xfffffff0U;
    cfb->cutoff = little_32(content, 56);
    cfb_list_fats(cfb);
    cfb_list_chain(cfb, little_32(content, 48), false, &cfb->directory);
    cfb_list_chain(cfb, little_32(content, 60), little_32(content, 64) == 0, &cfb->mini_fat);
    struct cfb_entry root = cfb_entry(cfb, 0);
    cfb_list_chain(cfb, root.start, root.size == 0, &cfb->mini);
    return true;
}

void cfb_fini(struct cfb *cfb)
{
    free(cfb->fat.sectors);
    free(cfb->mini_fat.sectors);
    free(cfb->mini.sectors);
    free(cfb->directory.sectors);
    *cfb = (struct cfb){ 0 };
}

size_t cfb_entry_count(const struct cfb *cfb)
{
    return cfb->directory.count << (cfb->shift - 7);
}

struct cfb_entry cfb_entry(const struct cfb *cfb, size_t index)
{
    struct cfb_entry entry = {
        .type = CFB_FREE, .left = CFB_NONE, .right = CFB_NONE, .child = CFB_NONE, .start = CFB_END
    };
    size_t which = index >> (cfb->shift - 7);
    if (which >= cfb->directory.count)
        return entry;
    size_t inside = index & (((size_t)1 << (cfb->shift - 7)) - 1);
    size_t at = (size_t)cfb_at(cfb, cfb->directory.sectors[which]) + inside * CFB_ENTRY_SIZE;
    struct span raw = span_slice(cfb->content, at, CFB_ENTRY_SIZE);
    if (raw.size < CFB_ENTRY_SIZE)
        return entry;
    size_t name_size = little_16(raw, 64);
    name_size = name_size >= 2 && name_size <= CFB_NAME_MOST ? name_size - 2 : CFB_NAME_MOST;
    entry = (struct cfb_entry){ .name = span_slice(raw, 0, name_size),
                                .type = little_8(raw, 66),
                                .left = little_32(raw, 68),
                                .right = little_32(raw, 72),
                                .child = little_32(raw, 76),
                                .start = little_32(raw, 116),
                                .size = little_64(raw, 120) };
    /* Old writers left the upper half as it was (2.6.3). */
    if (cfb->shift == 9)
        entry.size &= UINT32_MAX;
    return entry;
}

void cfb_reader_init(struct cfb_reader *reader, struct cfb *cfb, const struct cfb_entry *entry, bool is_mini)
{
    uint64_t steps = is_mini ? (uint64_t)cfb->mini.count << (cfb->shift - cfb->mini_shift) : cfb->sector_count;
    *reader = (struct cfb_reader){
        .cfb = cfb, .sector = entry->start, .left = entry->size, .steps = steps, .is_mini = is_mini
    };
}

/* The bytes of the reader's sector, as far as they are in the file. */
static struct span cfb_sector(const struct cfb_reader *reader)
{
    const struct cfb *cfb = reader->cfb;
    if (!reader->is_mini) {
        if (!cfb_has(cfb, reader->sector))
            return span_of(NULL, 0);
        return span_slice(cfb->content, (size_t)cfb_at(cfb, reader->sector), (size_t)1 << cfb->shift);
    }
    uint64_t at = (uint64_t)reader->sector << cfb->mini_shift;
    uint64_t which = at >> cfb->shift;
    if (which >= cfb->mini.count)
        return span_of(NULL, 0);
    size_t inside = (size_t)(at & ((1U << cfb->shift) - 1));
    return span_slice(cfb->content, (size_t)cfb_at(cfb, cfb->mini.sectors[which]) + inside,
                      (size_t)1 << cfb->mini_shift);
}

bool cfb_read(struct cfb_reader *reader, struct span *run_out)
{
    struct cfb *cfb = reader->cfb;
    struct span run = { 0 };
    while (reader->left > 0) {
        struct span sector = cfb_sector(reader);
        if (run.size > 0 && sector.data != run.data + run.size)
            break;
        if (sector.size == 0 || reader->steps == 0) {
            cfb->is_damaged = true;
            reader->left = 0;
            break;
        }
        sector = span_slice(sector, 0, reader->left < sector.size ? (size_t)reader->left : sector.size);
        run = run.size == 0 ? sector : span_of(run.data, run.size + sector.size);
        reader->left -= sector.size;
        reader->steps--;
        if (reader->left > 0 && sector.size < (size_t)1 << (reader->is_mini ? cfb->mini_shift : cfb->shift))
            cfb->is_damaged = true; /* the file ends inside of it */
        /* What stands behind the last sector of the chain is nobody's business. */
        if (reader->left > 0)
            reader->sector = cfb_next(cfb, reader->is_mini ? &cfb->mini_fat : &cfb->fat, reader->sector);
    }
    *run_out = run;
    return run.size > 0;
}

struct span cfb_part(struct cfb *cfb, const struct cfb_entry *entry, uint64_t from, size_t most, struct buf *copy)
{
    struct cfb_reader reader;
    struct span run = { 0 };
    cfb_reader_init(&reader, cfb, entry, entry->size < CFB_MINI_CUTOFF);
    if (from >= reader.left)
        return run;
    if (most < reader.left - from)
        reader.left = from + most;
    buf_clear(copy);
    while (!buf_overflowed(copy) && cfb_read(&reader, &run)) {
        size_t skipped = from < run.size ? (size_t)from : run.size;
        from -= skipped;
        run = span_from(run, skipped);
        if (copy->size == 0 && reader.left == 0)
            return run;
        buf_put_span(copy, run);
    }
    return buf_span(copy);
}
