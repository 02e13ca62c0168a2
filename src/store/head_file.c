#include "store/head_file.h"

#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_zero(struct span bytes)
{
    for (size_t i = 0; i < bytes.size; i++) {
        if (bytes.data[i] != 0)
            return false;
    }
    return true;
}

int head_file_read(struct head_file *head_file, struct fault *fault)
{
    char bytes[2 * RECORD_HEAD_SIZE];
    memset(head_file->is_valid, 0, sizeof head_file->is_valid);
    if (head_file->file == NULL)
        return 0;
    ssize_t got = disk_read(head_file->file, 0, bytes, sizeof bytes, fault);
    if (got < 0 || disk_size(head_file->file, &head_file->size, fault) != 0)
        return -1;
    for (unsigned i = 0; i < 2; i++) {
        struct span slot = span_slice(span_of(bytes, (size_t)got), (size_t)i * RECORD_HEAD_SIZE, RECORD_HEAD_SIZE);
        head_file->is_zero[i] = is_zero(slot);
        head_file->is_valid[i] = record_head_read(slot, &head_file->heads[i]);
    }
    bool is_second_newer = head_file->is_valid[1] && head_file->heads[1].commit > head_file->heads[0].commit;
    head_file->newest = !head_file->is_valid[0] || is_second_newer ? 1 : 0;
    return 0;
}

const struct record_head *head_file_newest(const struct head_file *head_file)
{
    return head_file->is_valid[head_file->newest] ? &head_file->heads[head_file->newest] : NULL;
}

int head_file_open(const char *path, bool to_write, struct head_file *head_file_out, struct fault *fault)
{
    *head_file_out = (struct head_file){ .path = memory_copy_text(path) };
    head_file_out->folder = disk_open_folder_of(head_file_out->path, &head_file_out->name, fault);
    if (head_file_out->folder == NULL) {
        head_file_close(head_file_out);
        return -1;
    }
    struct fault local = { 0 };
    head_file_out->file = disk_open(head_file_out->folder, head_file_out->name, to_write ? DISK_WRITE : DISK_READ,
                                    &local);
    bool is_failed = head_file_out->file == NULL && local.code != ENOENT;
    if (is_failed && fault != NULL)
        *fault = local;
    if (is_failed || head_file_read(head_file_out, fault) != 0) {
        head_file_close(head_file_out);
        return -1;
    }
    return 0;
}

void head_file_close(struct head_file *head_file)
{
    disk_close(head_file->file);
    disk_close_folder(head_file->folder);
    free(head_file->path);
    *head_file = (struct head_file){ 0 };
}

int head_file_make(struct head_file *head_file, struct fault *fault)
{
    bool has_head = head_file_newest(head_file) != NULL;
    if (head_file->file == NULL)
        head_file->file = disk_open(head_file->folder, head_file->name, DISK_CREATE, fault);
    if (head_file->file == NULL)
        return -1;
    if (has_head)
        return 0;
    /* Its full size at once, so that a head is never a matter of the file's size. */
    char zeroes[2 * RECORD_HEAD_SIZE] = { 0 };
    struct iovec vector = { zeroes, sizeof zeroes };
    if (disk_write(head_file->file, 0, &vector, 1, fault) != 0 ||
        disk_truncate(head_file->file, sizeof zeroes, fault) != 0 || disk_sync(head_file->file, fault) != 0)
        return -1;
    return disk_sync_folder(head_file->folder, fault);
}

static int write_slot(struct head_file *head_file, unsigned slot, const struct crypt_signer *signer,
                      struct fault *fault)
{
    unsigned char bytes[RECORD_HEAD_SIZE];
    record_head_make(&head_file->heads[slot], signer, bytes);
    struct iovec vector = { bytes, sizeof bytes };
    if (disk_write(head_file->file, (uint64_t)slot * RECORD_HEAD_SIZE, &vector, 1, fault) != 0 ||
        disk_sync(head_file->file, fault) != 0)
        return -1;
    head_file->is_valid[slot] = true;
    head_file->newest = slot;
    return 0;
}

int head_file_write(struct head_file *head_file, const struct record_head *head, const struct crypt_signer *signer,
                    struct fault *fault)
{
    unsigned slot = head_file->is_valid[head_file->newest] ? 1 - head_file->newest : 0;
    head_file->is_valid[slot] = false;
    head_file->heads[slot] = *head;
    memcpy(head_file->heads[slot].signer, signer->public_half, sizeof head->signer);
    return write_slot(head_file, slot, signer, fault);
}

int head_file_rewrite(struct head_file *head_file, const struct crypt_signer *signer, struct fault *fault)
{
    return write_slot(head_file, head_file->newest, signer, fault);
}
