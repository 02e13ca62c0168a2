/* A disk that fails, under src/store/disk.c: calls that give ENOSPC or EIO or write less than asked for, and a power
 * that goes away.
 *
 * Programs see their writes at once, as through a page cache: those go to real files below one folder. What is
 * *durable* is kept here, in memory: what fdatasync (of a file) and fsync (of a folder, for its names) were told. When
 * the power goes, the real files are made anew from that, and from an arbitrary part of what was not synced: each 512
 * bytes of each write, each change of a size, each name that was made, moved or removed may have reached the disk or
 * not, whatever the order they came in.
 *
 * A sync that fails loses what it was to bring to the disk, or part of it, for good: programs go on reading it, and
 * later syncs succeed without it, as Linux does it.
 *
 * Thread safety: calls from any number of threads; the functions here from one, while no store is open.
 */
#ifndef CORDON_TESTS_STORE_DISK_CHAOS_H
#define CORDON_TESTS_STORE_DISK_CHAOS_H

#include <stdbool.h>
#include <stdint.h>

/* From here on the store's calls go through here. All files below the folder are durable as they are. */
void chaos_begin(const char *folder, uint64_t seed);
/* The real calls again; memory is freed. */
void chaos_end(void);

enum chaos_kind {
    CHAOS_NONE,
    CHAOS_EIO,    /* one call fails */
    CHAOS_ENOSPC, /* one call fails; chaos_plan's `lasts`: and those that need room after it, until the next plan */
    CHAOS_SHORT,  /* one write writes less */
    CHAOS_STOP    /* that call and all after it fail: the process or the machine has stopped */
};
/* What happens to the n-th call that changes anything, from now on; 0: the next one. */
void chaos_plan(enum chaos_kind kind, uint64_t after, bool lasts);
/* It has happened. */
bool chaos_has_struck(void);

/* The machine lost its power, and is up again. */
void chaos_lose_power(void);
/* The process alone was killed: what it wrote is still in the page cache, and may be lost later. */
void chaos_restart(void);

/* Below `limit`, which is above 0; repeatable by the seed. */
uint64_t chaos_random(uint64_t limit);

#endif
