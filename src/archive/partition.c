#include "partition.h"

#include "archive/disk.h"

enum {
    PARTITION_SECTOR = 512,
    PARTITION_MOST = 256,    /* of one disk, each counted once */
    PARTITION_LOGICAL = 128, /* extended boot records in a chain; Linux follows 100 that are empty */
    PARTITION_BYTES = 4,     /* how often the disk's size may be handed out by partitions that overlap */
    PARTITION_GPT_TYPE = 0xee
};
/* The master boot record: four entries of 16 bytes and a mark. */
enum { MBR_ENTRIES = 446, MBR_ENTRY = 16, MBR_COUNT = 4 };

struct partition {
    uint64_t start;
    uint64_t size;
};

struct partition_table {
    struct unpack *unpack;
    struct span disk;
    struct partition seen[PARTITION_MOST];
    size_t count;
    uint64_t budget;
    bool is_damaged;
    bool is_limited;
    bool is_over;
};

static uint64_t partition_type(struct span disk, uint64_t entry)
{
    return disk_little(disk, entry + 4, 1);
}

static bool partition_is_extended(uint64_t type)
{
    return type == 0x05 || type == 0x0f || type == 0x85;
}

/* The boot sector of a file system has the same mark, with code where the table would be: the states must be right. */
static bool partition_is_mbr(struct span disk, uint64_t at)
{
    if (!disk_has(disk, at + 510, "\x55\xaa", 2))
        return false;
    for (uint64_t i = 0; i < MBR_COUNT; i++) {
        if ((disk_little(disk, at + MBR_ENTRIES + i * MBR_ENTRY, 1) & 0x7f) != 0)
            return false;
    }
    return true;
}

/* Is the entry in use, and does it begin behind the table, inside of the disk? */
static bool partition_is_used(struct span disk, uint64_t entry)
{
    uint64_t start = disk_little(disk, entry + 8, 4);
    return partition_type(disk, entry) != 0 && start > 0 && start < disk.size / PARTITION_SECTOR &&
           disk_little(disk, entry + 12, 4) > 0;
}

static uint64_t partition_find_gpt(struct span disk, uint64_t *sector_out)
{
    static const uint64_t sectors[] = { 512, 4096 };
    for (size_t i = 0; i < 2; i++) {
        *sector_out = sectors[i];
        if (disk_has(disk, sectors[i], "EFI PART", 8))
            return sectors[i];
        if (disk.size > sectors[i] && disk_has(disk, disk.size - sectors[i], "EFI PART", 8))
            return disk.size - sectors[i];
    }
    return 0;
}

bool partition_looks(struct span content)
{
    uint64_t sector = 0;
    if (partition_find_gpt(content, &sector) != 0)
        return true;
    if (!partition_is_mbr(content, 0))
        return false;
    for (uint64_t i = 0; i < MBR_COUNT; i++) {
        if (partition_is_used(content, MBR_ENTRIES + i * MBR_ENTRY))
            return true;
    }
    return false;
}

static void partition_hand_out(struct partition_table *table, uint64_t start, uint64_t size, struct span name)
{
    for (size_t i = 0; i < table->count; i++) {
        if (table->seen[i].start == start && table->seen[i].size == size)
            return;
    }
    /* One that is cut short is no damage yet: its file system tells whether anything is missing. */
    struct span bytes = disk_slice(table->disk, start, size);
    if (bytes.size == 0)
        return;
    if (table->count == PARTITION_MOST || bytes.size > table->budget) {
        table->is_limited = true;
        return;
    }
    table->seen[table->count++] = (struct partition){ .start = start, .size = size };
    table->budget -= bytes.size;
    struct unpack_member member = {
        .names = name, .packed_size = bytes.size, .size_hint = size, .how = "disk partition"
    };
    table->is_over = !unpack_member_slice(table->unpack, &member, bytes);
}

/* A chain of boot records inside of an extended partition: the first entry is a partition, counted from its own record;
 * another one leads to the next record, counted from the extended partition's start. */
static void partition_read_logical(struct partition_table *table, uint64_t extended)
{
    uint64_t record = extended;
    for (size_t left = PARTITION_LOGICAL; record != 0 && !table->is_over; left--) {
        if (left == 0) {
            table->is_limited = true;
            return;
        }
        uint64_t at = record * PARTITION_SECTOR;
        if (!partition_is_mbr(table->disk, at)) {
            table->is_damaged = true;
            return;
        }
        uint64_t next = 0;
        for (uint64_t i = 0; i < MBR_COUNT && !table->is_over; i++) {
            uint64_t entry = at + MBR_ENTRIES + i * MBR_ENTRY;
            uint64_t start = disk_little(table->disk, entry + 8, 4);
            uint64_t size = disk_little(table->disk, entry + 12, 4);
            uint64_t type = partition_type(table->disk, entry);
            if (partition_is_extended(type))
                next = next == 0 && start > 0 ? extended + start : next;
            else if (type != 0 && size > 0)
                partition_hand_out(table, (record + start) * PARTITION_SECTOR, size * PARTITION_SECTOR, span_of("", 0));
        }
        record = next;
    }
}

static void partition_read_mbr(struct partition_table *table, bool has_gpt)
{
    if (!partition_is_mbr(table->disk, 0))
        return;
    for (uint64_t i = 0; i < MBR_COUNT && !table->is_over; i++) {
        uint64_t entry = MBR_ENTRIES + i * MBR_ENTRY;
        uint64_t type = partition_type(table->disk, entry);
        if (!partition_is_used(table->disk, entry) || (has_gpt && type == PARTITION_GPT_TYPE))
            continue;
        uint64_t start = disk_little(table->disk, entry + 8, 4);
        if (partition_is_extended(type))
            partition_read_logical(table, start);
        else
            partition_hand_out(table, start * PARTITION_SECTOR,
                               disk_little(table->disk, entry + 12, 4) * PARTITION_SECTOR, span_of("", 0));
    }
}

/* UEFI specification, section 5.3: a header names the place, size and number of the entries. */
static void partition_read_gpt(struct partition_table *table, uint64_t header, uint64_t sector)
{
    if (!disk_has(table->disk, header, "EFI PART", 8))
        return;
    uint64_t lba = disk_little(table->disk, header + 72, 8);
    uint64_t count = disk_little(table->disk, header + 80, 4);
    uint64_t entry_size = disk_little(table->disk, header + 84, 4);
    uint64_t sectors = table->disk.size / sector;
    if (lba > sectors || entry_size < 128 || entry_size > 4096) {
        table->is_damaged = true;
        return;
    }
    for (uint64_t i = 0; i < count && !table->is_over; i++) {
        struct span entry = disk_slice(table->disk, lba * sector + i * entry_size, entry_size);
        if (entry.size < entry_size) {
            table->is_damaged = true;
            return;
        }
        uint64_t first = disk_little(entry, 32, 8);
        uint64_t last = disk_little(entry, 40, 8);
        bool is_used = (disk_little(entry, 0, 8) | disk_little(entry, 8, 8)) != 0;
        if (!is_used || last < first || last - first >= UINT64_MAX / 8192)
            continue;
        if (first >= sectors) {
            table->is_damaged = true;
            continue;
        }
        struct buf name;
        buf_init(&name, 256);
        disk_put_name(&name, span_slice(entry, 56, 72));
        buf_put_char(&name, '\0');
        partition_hand_out(table, first * sector, (last - first + 1) * sector, buf_span(&name));
        buf_fini(&name);
    }
}

void partition_read(struct unpack *unpack, struct span content)
{
    struct partition_table table = { .unpack = unpack,
                                     .disk = content,
                                     .budget = PARTITION_BYTES * (uint64_t)content.size };
    uint64_t sector = 0;
    bool has_gpt = partition_find_gpt(content, &sector) != 0;
    if (has_gpt) {
        partition_read_gpt(&table, sector, sector);
        if (content.size >= 2 * sector && !table.is_over)
            partition_read_gpt(&table, content.size - sector, sector);
    }
    if (!table.is_over)
        partition_read_mbr(&table, has_gpt);
    if (table.is_damaged)
        unpack_note(unpack, UNPACK_DAMAGED, "partition table: leads beyond the disk's end");
    if (table.is_limited)
        unpack_note(unpack, UNPACK_LIMIT, "partition table: too many partitions, or the same place too often");
}
