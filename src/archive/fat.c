#include "fat.h"

#include "archive/disk.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

/* "FAT: General Overview of On-Disk Format" (Microsoft, version 1.03); sections named where it matters. */
enum {
    FAT_ENTRY = 32,            /* bytes of a directory entry */
    FAT_DIRECTORIES = 1 << 16, /* of one file system */
    FAT_BYTES = 2,             /* how often the image's size may be handed out in all, by files that share clusters */
    FAT_NAME_PARTS = 20,       /* entries of a long name */
    FAT_PART = 26,             /* bytes of UTF-16 in one */
    FAT_COPIES = 4,            /* of the allocation table */
    FAT_NAME_SIZE = 1024
};
enum { FAT_VOLUME = 0x08, FAT_DIRECTORY = 0x10, FAT_LONG = 0x0f, FAT_DELETED = 0xe5 };

struct fat {
    struct unpack *unpack;
    struct span image;
    uint64_t cluster_size;
    uint64_t table_at; /* of the copy that is used */
    uint64_t table_size;
    uint64_t root_at; /* in 12 and 16 bits */
    uint64_t root_size;
    uint64_t data_at;
    uint32_t clusters; /* number 2 is the first, clusters + 1 the last */
    uint32_t root_cluster;
    unsigned copies;
    unsigned bits;

    unsigned char *visited; /* a bit for each cluster that was read as a directory's */
    uint32_t *directories;  /* first clusters; a queue */
    size_t directory_count;
    uint64_t budget;
    bool is_damaged;
    bool is_limited;
    bool is_over; /* no more members */
};

/* The long name that stands before a short one, its parts in the order of their numbers. */
struct fat_name {
    char utf16[FAT_NAME_PARTS * FAT_PART];
    size_t parts;
};

static bool fat_is_power(uint64_t number)
{
    return number != 0 && (number & (number - 1)) == 0;
}

/* The boot sector as all known systems want it (Linux asks for no more): section "Boot Sector and BPB Structure". */
static bool fat_open(struct fat *fat, struct span image)
{
    *fat = (struct fat){ .image = image };
    uint64_t sector = disk_little(image, 11, 2);
    uint64_t per_cluster = disk_little(image, 13, 1);
    uint64_t reserved = disk_little(image, 14, 2);
    uint64_t media = disk_little(image, 21, 1);
    uint64_t short_table = disk_little(image, 22, 2);
    uint64_t table = short_table != 0 ? short_table : disk_little(image, 36, 4);
    uint64_t total = disk_little(image, 19, 2) != 0 ? disk_little(image, 19, 2) : disk_little(image, 32, 4);
    fat->copies = (unsigned)disk_little(image, 16, 1);
    if (image.size < 512 || !fat_is_power(sector) || sector < 128 || sector > 4096 || !fat_is_power(per_cluster) ||
        reserved == 0 || fat->copies == 0 || fat->copies > FAT_COPIES || (media != 0xf0 && media < 0xf8) ||
        table == 0 || total == 0)
        return false;
    fat->cluster_size = sector * per_cluster;
    fat->table_at = reserved * sector;
    fat->table_size = table * sector;
    fat->root_at = fat->table_at + fat->copies * fat->table_size;
    fat->root_size = disk_little(image, 17, 2) * FAT_ENTRY;
    fat->data_at = fat->root_at + (fat->root_size + sector - 1) / sector * sector;
    if (fat->data_at >= total * sector || fat->root_at >= image.size)
        return false;
    uint64_t clusters = (total * sector - fat->data_at) / fat->cluster_size;
    fat->root_cluster = (uint32_t)disk_little(image, 44, 4);
    fat->bits = short_table == 0 ? 32 : clusters < 4085 ? 12 : 16;
    if (clusters == 0 || clusters > 0x0ffffff5 || (fat->bits != 32 && fat->root_size == 0))
        return false;
    /* The table says for how many clusters there can be an entry, the image how many can be there. */
    uint64_t entries = fat->table_size * 8 / fat->bits;
    uint64_t there = fat->data_at < image.size ? (image.size - fat->data_at) / fat->cluster_size + 1 : 1;
    clusters = clusters + 2 > entries ? (entries > 2 ? entries - 2 : 0) : clusters;
    fat->clusters = (uint32_t)(clusters < there ? clusters : there);
    return fat->clusters > 0;
}

bool fat_looks(struct span content)
{
    struct fat fat;
    return fat_open(&fat, content);
}

static bool fat_is_cluster(const struct fat *fat, uint32_t cluster)
{
    return cluster >= 2 && cluster - 2 < fat->clusters;
}

static struct span fat_cluster(const struct fat *fat, uint32_t cluster)
{
    return disk_slice(fat->image, fat->data_at + (cluster - 2) * fat->cluster_size, fat->cluster_size);
}

/* What comes behind the cluster; no cluster's number at the chain's end. */
static uint32_t fat_next(const struct fat *fat, uint32_t cluster)
{
    struct span table = disk_slice(fat->image, fat->table_at, fat->table_size);
    if (fat->bits == 12) {
        uint32_t pair = (uint32_t)disk_little(table, cluster + cluster / 2, 2);
        return cluster % 2 == 0 ? pair & 0xfff : pair >> 4;
    }
    unsigned size = fat->bits / 8;
    return (uint32_t)disk_little(table, (uint64_t)cluster * size, size) & 0x0fffffff;
}

/* How many clusters from this one on lie one behind the other, both in the chain and in the image; *next_out is what
 * the last of them leads to. */
static uint32_t fat_run(const struct fat *fat, uint32_t cluster, uint64_t most, uint32_t *next_out)
{
    uint32_t count = 0;
    uint32_t next = cluster;
    while (count < most && fat_is_cluster(fat, next) && next == cluster + count) {
        count++;
        next = fat_next(fat, next);
    }
    *next_out = next;
    return count;
}

/* The file's bytes, of which the directory says that there are `size`. */
static void fat_put_file(struct fat *fat, uint32_t cluster, uint64_t size)
{
    uint64_t left = size;
    uint64_t chain = fat->clusters; /* a longer chain is a loop */
    while (left > 0 && fat_is_cluster(fat, cluster) && chain > 0) {
        uint64_t wanted = (left + fat->cluster_size - 1) / fat->cluster_size;
        uint64_t most = fat->budget / fat->cluster_size + 1; /* no further, or each file could cost the whole table */
        uint32_t next = 0;
        most = most < chain ? most : chain;
        uint32_t count = fat_run(fat, cluster, wanted < most ? wanted : most, &next);
        uint64_t run = count * fat->cluster_size < left ? count * fat->cluster_size : left;
        struct span bytes = disk_slice(fat->image, fat->data_at + (cluster - 2) * fat->cluster_size, run);
        if (bytes.size > fat->budget) {
            fat->is_limited = true;
            return;
        }
        fat->budget -= bytes.size;
        bool taken = run == size ? unpack_slice(fat->unpack, bytes) : unpack_put(fat->unpack, bytes);
        if (!taken)
            return;
        left -= bytes.size;
        chain -= count;
        cluster = next;
        if (bytes.size < run)
            break;
    }
    if (left > 0)
        fat->is_damaged = true;
}

/* Section "FAT Long Directory Entries": the number of the part in the low bits, the last part comes first. */
static void fat_take_part(struct fat_name *name, struct span entry)
{
    size_t number = (size_t)disk_little(entry, 0, 1) & 0x1f;
    if (number == 0 || number > FAT_NAME_PARTS)
        return;
    char *part = name->utf16 + (number - 1) * FAT_PART;
    memcpy(part, entry.data + 1, 10);
    memcpy(part + 10, entry.data + 14, 12);
    memcpy(part + 22, entry.data + 28, 4);
    if (number > name->parts)
        name->parts = number;
}

/* Section "FAT Directory Structure": 8 and 3 letters, filled up with blanks. */
static void fat_put_short_name(struct buf *names, struct span entry)
{
    size_t at = names->size;
    for (size_t i = 0; i < 11; i++) {
        if (i == 8)
            buf_put_char(names, '.');
        if (i == 0 && entry.data[i] == 5)
            buf_put_char(names, (char)FAT_DELETED);
        else if (entry.data[i] != ' ')
            buf_put_char(names, entry.data[i]);
    }
    if (names->size > at && names->data[names->size - 1] == '.')
        names->size--;
    for (size_t i = at; i < names->size; i++) {
        if (names->data[i] == '\0')
            names->data[i] = '?';
    }
    buf_put_char(names, '\0');
}

static void fat_hand_out(struct fat *fat, const struct fat_name *name, struct span entry, uint32_t cluster)
{
    struct buf names;
    buf_init(&names, (size_t)FAT_NAME_SIZE * 2);
    if (name->parts > 0) {
        disk_put_name(&names, span_of(name->utf16, name->parts * FAT_PART));
        buf_put_char(&names, '\0');
    }
    fat_put_short_name(&names, entry);
    uint64_t size = disk_little(entry, 28, 4);
    struct unpack_member member = { .names = buf_span(&names), .packed_size = size, .size_hint = size, .how = "FAT" };
    if (unpack_begin(fat->unpack, &member)) {
        fat_put_file(fat, cluster, size);
        unpack_end(fat->unpack);
    } else {
        fat->is_over = true;
    }
    buf_fini(&names);
}

/* Takes a directory's cluster; false where it was read before. */
static bool fat_visit(struct fat *fat, uint32_t cluster)
{
    unsigned char bit = (unsigned char)(1u << (cluster % 8));
    if ((fat->visited[cluster / 8] & bit) != 0)
        return false;
    fat->visited[cluster / 8] |= bit;
    return true;
}

static void fat_queue(struct fat *fat, uint32_t cluster)
{
    if (!fat_is_cluster(fat, cluster)) {
        fat->is_damaged = true;
    } else if (fat->directory_count == FAT_DIRECTORIES) {
        fat->is_limited = true;
    } else {
        fat->directories[fat->directory_count++] = cluster;
    }
}

/* One entry of a directory. `is_behind`: there was an end mark, so that this may be anything. */
static void fat_take_entry(struct fat *fat, struct fat_name *name, struct span entry, bool is_behind)
{
    unsigned attributes = (unsigned)disk_little(entry, 11, 1);
    if ((unsigned char)entry.data[0] == FAT_DELETED) {
        name->parts = 0;
        return;
    }
    if ((attributes & 0x3f) == FAT_LONG) {
        fat_take_part(name, entry);
        return;
    }
    uint32_t cluster = (uint32_t)disk_little(entry, 26, 2);
    if (fat->bits == 32)
        cluster |= (uint32_t)disk_little(entry, 20, 2) << 16;
    bool is_sound = !is_behind || fat_is_cluster(fat, cluster);
    bool is_dots = disk_has(entry, 0, ".          ", 11) || disk_has(entry, 0, "..         ", 11);
    if ((attributes & FAT_VOLUME) == 0 && is_sound && !is_dots) {
        if ((attributes & FAT_DIRECTORY) != 0)
            fat_queue(fat, cluster);
        else if (disk_little(entry, 28, 4) > 0)
            fat_hand_out(fat, name, entry, cluster);
    }
    memset(name, 0, sizeof *name);
}

static void fat_read_entries(struct fat *fat, struct fat_name *name, struct span bytes, bool *is_behind)
{
    for (size_t at = 0; at + FAT_ENTRY <= bytes.size && !fat->is_over; at += FAT_ENTRY) {
        struct span entry = span_slice(bytes, at, FAT_ENTRY);
        if (entry.data[0] == '\0') {
            *is_behind = true;
            name->parts = 0;
            continue;
        }
        fat_take_entry(fat, name, entry, *is_behind);
    }
}

/* Each cluster is read as a directory's once at most, so that loops end. */
static void fat_read_directory(struct fat *fat, uint32_t cluster)
{
    struct fat_name name = { .parts = 0 };
    bool is_behind = false;
    while (fat_is_cluster(fat, cluster) && fat_visit(fat, cluster) && !fat->is_over) {
        struct span bytes = fat_cluster(fat, cluster);
        if (bytes.size < fat->cluster_size)
            fat->is_damaged = true;
        fat_read_entries(fat, &name, bytes, &is_behind);
        cluster = fat_next(fat, cluster);
    }
}

/* The whole tree, by one copy of the table and one width of its entries. */
static void fat_read_tree(struct fat *fat)
{
    fat->visited = memory_try(fat->clusters / 8 + 2);
    fat->directories = memory_try(FAT_DIRECTORIES * sizeof *fat->directories);
    fat->directory_count = 0;
    fat->budget = FAT_BYTES * (uint64_t)fat->image.size;
    if (fat->visited != NULL && fat->directories != NULL) {
        memset(fat->visited, 0, fat->clusters / 8 + 2);
        struct fat_name name = { .parts = 0 };
        bool is_behind = false;
        struct span root = disk_slice(fat->image, fat->root_at, fat->root_size);
        if (fat->bits == 32)
            fat_queue(fat, fat->root_cluster);
        else
            fat_read_entries(fat, &name, root, &is_behind);
        if (fat->bits != 32 && root.size < fat->root_size)
            fat->is_damaged = true;
        for (size_t i = 0; i < fat->directory_count && !fat->is_over; i++)
            fat_read_directory(fat, fat->directories[i]);
    } else {
        fat->is_limited = true;
    }
    free(fat->visited);
    free(fat->directories);
}

/* The copies of the table that differ from all before them. Windows and Linux use the first, FAT32 can name another,
 * repairing tools take any. */
static void fat_read_copies(struct fat *fat)
{
    uint64_t first = fat->table_at;
    for (unsigned i = 0; i < fat->copies && !fat->is_over; i++) {
        struct span table = disk_slice(fat->image, first + i * fat->table_size, fat->table_size);
        bool is_new = table.size == fat->table_size || i == 0;
        for (unsigned k = 0; k < i && is_new; k++)
            is_new = !span_equal(table, disk_slice(fat->image, first + k * fat->table_size, fat->table_size));
        fat->table_at = first + i * fat->table_size;
        /* A copy that was never written says nothing; nor does a second reading's damage. */
        bool was_damaged = fat->is_damaged;
        if (is_new && (i == 0 || disk_little(table, 0, 2) != 0))
            fat_read_tree(fat);
        if (i > 0)
            fat->is_damaged = was_damaged;
    }
    fat->table_at = first;
}

void fat_read(struct unpack *unpack, struct span content)
{
    struct fat fat;
    if (!fat_open(&fat, content))
        return;
    fat.unpack = unpack;
    fat_read_copies(&fat);
    /* Systems draw the line between 12 and 16 bits at slightly different numbers of clusters. */
    if (fat.bits != 32 && fat.clusters >= 4078 && fat.clusters < 4100 && !fat.is_over) {
        bool was_damaged = fat.is_damaged;
        fat.bits = fat.bits == 12 ? 16 : 12;
        fat_read_copies(&fat);
        fat.is_damaged = was_damaged;
    }
    if (fat.is_damaged)
        unpack_note(unpack, UNPACK_DAMAGED, "fat: cut short or corrupt");
    if (fat.is_limited)
        unpack_note(unpack, UNPACK_LIMIT, "fat: clusters shared by too many files, or too many directories");
}
