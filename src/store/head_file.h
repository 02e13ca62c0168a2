/* The head's file: two slots that are written by turns, so that one of them is always whole. Seen by segments, recovery
 * and verification alone.
 *
 * Thread safety: one writer; any number of others may read the file by their own struct.
 */
#ifndef CORDON_STORE_HEAD_FILE_H
#define CORDON_STORE_HEAD_FILE_H

#include "base/fault.h"
#include "store/disk.h"
#include "store/record.h"

#include <stdbool.h>
#include <stdint.h>

#define HEAD_FILE_SIZE ((uint64_t)2 * RECORD_HEAD_SIZE)

struct head_file {
    struct disk_folder *folder;
    struct disk_file *file; /* NULL: there is none */
    const char *name;       /* within the folder */
    char *path;
    /* as it was read or written last: */
    bool is_valid[2];
    bool is_zero[2]; /* never written */
    uint64_t size;
    struct record_head heads[2];
    unsigned newest; /* the slot that counts; only where it is valid */
};

/* Opens the folder, and the file where there is one, and reads it. -1 and *fault where that can't be done. */
int head_file_open(const char *path, bool to_write, struct head_file *head_file_out, struct fault *fault);
void head_file_close(struct head_file *head_file);
/* Reads it again. */
int head_file_read(struct head_file *head_file, struct fault *fault);
/* The head that counts; NULL where there is none. */
const struct record_head *head_file_newest(const struct head_file *head_file);

/* Makes the file where there is none, with its name on stable storage; one without a head is all zero afterwards. */
int head_file_make(struct head_file *head_file, struct fault *fault);
/* Writes over the slot that does not count, and waits until it is on stable storage; then that one counts. */
int head_file_write(struct head_file *head_file, const struct record_head *head, const struct crypt_signer *signer,
                    struct fault *fault);
/* Writes what counts once more, as it is, and waits: what an earlier process read may never have reached the disk. */
int head_file_rewrite(struct head_file *head_file, const struct crypt_signer *signer, struct fault *fault);

#endif
