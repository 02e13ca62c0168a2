/* Compound files (MS-CFB): sectors, chains and directory entries; what the streams mean is for ole.c.
 *
 * Never believes a number: a chain longer than the file has sectors is a circle, and ends. Where the allocation table
 * itself is cut off, sectors follow each other as they stand. `content` must outlive the cfb. One thread at a time.
 */
#ifndef CORDON_DOCUMENT_CFB_H
#define CORDON_DOCUMENT_CFB_H

#include "base/buf.h"

enum { CFB_ENTRY_SIZE = 128, CFB_FREE = 0, CFB_STORAGE = 1, CFB_STREAM = 2, CFB_ROOT = 5, CFB_MINI_CUTOFF = 4096 };
#define CFB_NONE UINT32_MAX

struct cfb_list {
    uint32_t *sectors; /* may hold numbers beyond the file's end */
    size_t count;
};

struct cfb {
    struct span content;
    unsigned shift; /* a sector has 1 << shift bytes */
    unsigned mini_shift;
    uint32_t sector_count; /* that begin inside of the file */
    uint64_t cutoff;       /* streams below it stand in the mini stream */
    struct cfb_list fat;
    struct cfb_list mini_fat;
    struct cfb_list mini; /* the mini stream */
    struct cfb_list directory;
    bool is_damaged; /* set by whatever function sees it, never cleared */
};

struct cfb_entry {
    struct span name; /* UTF-16, without its NUL */
    unsigned type;
    uint32_t left; /* of the tree of names in one storage */
    uint32_t right;
    uint32_t child; /* a storage's tree */
    uint32_t start;
    uint64_t size;
};

/* Walks one stream's bytes, from the first one on. */
struct cfb_reader {
    struct cfb *cfb;
    uint32_t sector;
    uint64_t left;
    uint64_t steps; /* sectors that the chain may still have */
    bool is_mini;
};

/* False where there is not even a header. */
bool cfb_init(struct cfb *cfb, struct span content);
void cfb_fini(struct cfb *cfb);

size_t cfb_entry_count(const struct cfb *cfb);

/* An entry that can't be read has the type CFB_FREE. */
struct cfb_entry cfb_entry(const struct cfb *cfb, size_t index);

void cfb_reader_init(struct cfb_reader *reader, struct cfb *cfb, const struct cfb_entry *entry, bool is_mini);

/* The next bytes that stand side by side in the file, at least one. False at the end; where that is before the size
 * that the entry has, the cfb is damaged. */
bool cfb_read(struct cfb_reader *reader, struct span *run_out);

/* The stream's bytes from `from` on, at most `most` of them: in one piece in the file, or copied to `copy`, whose limit
 * must allow it. */
struct span cfb_part(struct cfb *cfb, const struct cfb_entry *entry, uint64_t from, size_t most, struct buf *copy);

#endif
