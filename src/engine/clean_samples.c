/* SPDX-License-Identifier: GPL-2.0-only */
#include "clean_samples.h"

#include "base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CLEAN_MADE_LIMIT = 65536, PE_HEAD_BYTES = 512, PE_FILE_BYTES = 1024 };

static const char text_sample[] = "Dear colleagues,\n\nthe meeting on Thursday begins at ten. Please bring the figures "
                                  "of last month.\n\nKind regards\n";

static void put_text_sample(struct buf *out)
{
    buf_put_text(out, text_sample);
}

static void put_mail(struct buf *out)
{
    buf_put_text(out, "From: Anna <anna@example.org>\r\nTo: Ben <ben@example.net>\r\nSubject: Thursday\r\n"
                      "Date: Tue, 3 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
                      "Content-Type: text/plain; charset=utf-8\r\n\r\n");
    buf_put_text(out, text_sample);
}

static void put_html(struct buf *out)
{
    buf_put_text(out, "<!DOCTYPE html>\n<html><head><title>News</title><style>p { color: black; }</style></head>\n"
                      "<body><h1>News</h1><p>Our office is closed on Friday.</p>\n"
                      "<a href=\"https://www.example.org/news\">All the news</a>\n"
                      "<script>document.title = 'News of the week';</script></body></html>\n");
}

/* With a table of offsets that is right, as a damaged file is no sample. */
static void put_pdf(struct buf *out)
{
    static const char *const objects[] = {
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Contents 4 0 R /Resources << /Font << /F 5 0 R >> >> >>",
        "<< /Length 39 >>\nstream\nBT /F 12 Tf 20 50 Td (An invoice) Tj ET\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    };
    enum { OBJECTS = sizeof objects / sizeof objects[0] };
    size_t offsets[OBJECTS];
    buf_put_text(out, "%PDF-1.4\n");
    for (size_t i = 0; i < OBJECTS; i++) {
        offsets[i] = out->size;
        buf_printf(out, "%zu 0 obj\n%s\nendobj\n", i + 1, objects[i]);
    }
    size_t table = out->size;
    buf_printf(out, "xref\n0 %d\n0000000000 65535 f \n", OBJECTS + 1);
    for (size_t i = 0; i < OBJECTS; i++)
        buf_printf(out, "%010zu 00000 n \n", offsets[i]);
    buf_printf(out, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%zu\n%%%%EOF\n", OBJECTS + 1, table);
}

static void put_little(struct buf *out, uint32_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        buf_put_char(out, (char)(value >> (8 * i) & 0xff));
}

static uint32_t crc_of(const char *data, size_t size)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < size; i++) {
        crc ^= (unsigned char)data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ ((crc & 1) != 0 ? UINT32_C(0xedb88320) : 0);
    }
    return ~crc;
}

/* What local and central entry of a stored file have in common. */
static void put_zip_facts(struct buf *out, uint32_t size, uint32_t name_size)
{
    put_little(out, 10, 2);         /* the version that is needed */
    put_little(out, 0, 4);          /* flags; stored */
    put_little(out, 0x5b635000, 4); /* a time */
    put_little(out, crc_of(text_sample, size), 4);
    put_little(out, size, 4);
    put_little(out, size, 4);
    put_little(out, name_size, 2);
    put_little(out, 0, 2);
}

static void put_zip(struct buf *out)
{
    static const char name[] = "letter.txt";
    uint32_t size = sizeof text_sample - 1;
    uint32_t name_size = sizeof name - 1;
    put_little(out, 0x04034b50, 4);
    put_zip_facts(out, size, name_size);
    buf_put_text(out, name);
    buf_put_text(out, text_sample);
    uint32_t directory = (uint32_t)out->size;
    put_little(out, 0x02014b50, 4);
    put_little(out, 20, 2);
    put_zip_facts(out, size, name_size);
    for (int i = 0; i < 7; i++) /* comment, disk, attributes, and the local entry's offset: all nought */
        put_little(out, 0, 2);
    buf_put_text(out, name);
    uint32_t directory_size = (uint32_t)out->size - directory;
    put_little(out, 0x06054b50, 4);
    put_little(out, 0, 4);
    put_little(out, 1, 2);
    put_little(out, 1, 2);
    put_little(out, directory_size, 4);
    put_little(out, directory, 4);
    put_little(out, 0, 2);
}

static void put_zeros(struct buf *out, size_t until)
{
    while (out->size < until && !buf_overflowed(out))
        buf_put_char(out, '\0');
}

/* A program for Windows with one section, which returns at once. */
static void put_pe(struct buf *out)
{
    buf_put_text(out, "MZ");
    put_zeros(out, 60);
    put_little(out, 64, 4);
    buf_put(out, "PE\0\0", 4);
    static const uint16_t file_head[] = { 0x14c, 1, 0, 0, 0, 0, 0, 0, 224, 0x102 }; /* i386, one section, executable */
    for (size_t i = 0; i < sizeof file_head / sizeof file_head[0]; i++)
        put_little(out, file_head[i], 2);
    put_little(out, 0x0e0e010b, 4); /* PE32, and a linker's version */
    static const uint32_t head[] = { 512, 0,      0,   0x1000, 0x1000, 0x2000,   0x400000, 0x1000,   512,    4, 0, 4,
                                     0,   0x2000, 512, 0,      3,      0x100000, 0x1000,   0x100000, 0x1000, 0, 16 };
    for (size_t i = 0; i < sizeof head / sizeof head[0]; i++)
        put_little(out, head[i], 4);
    put_zeros(out, 64 + 24 + 224);
    buf_put(out, ".text\0\0\0", 8);
    static const uint32_t section[] = { 3, 0x1000, 512, PE_HEAD_BYTES, 0, 0, 0, 0x60000020 };
    for (size_t i = 0; i < sizeof section / sizeof section[0]; i++)
        put_little(out, section[i], 4);
    put_zeros(out, PE_HEAD_BYTES);
    buf_put(out, "\x31\xc0\xc3", 3); /* xor eax, eax; ret */
    put_zeros(out, PE_FILE_BYTES);
}

static const struct {
    const char *name;
    void (*put)(struct buf *out);
} made[] = {
    { "a letter", put_text_sample }, { "a mail", put_mail },       { "an HTML page", put_html },
    { "a PDF document", put_pdf },   { "a zip archive", put_zip }, { "a program", put_pe },
};

size_t clean_made_count(void)
{
    return sizeof made / sizeof made[0];
}

const char *clean_made_name(size_t index)
{
    return made[index].name;
}

void clean_made_put(size_t index, struct buf *bytes_out)
{
    buf_init(bytes_out, CLEAN_MADE_LIMIT);
    made[index].put(bytes_out);
}

/* 0: it was read, or is none to read; -1 and *fault. */
static int clean_file_read(int folder, const char *name, struct clean_files *files, size_t *room, struct fault *fault)
{
    int fd = openat(folder, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        int code = errno;
        if (fd >= 0)
            (void)close(fd);
        return fault_set_errno(fault, code, "cannot read %.60s", name);
    }
    int status = 0;
    if (S_ISREG(st.st_mode) && st.st_size > 0) {
        struct clean_file *file = &files->files[files->count];
        if (files->count == CLEAN_MOST_FILES || (uint64_t)st.st_size > *room) {
            (void)close(fd);
            return fault_set(fault, EFBIG, "there are more than %d files or %d MiB", CLEAN_MOST_FILES,
                             CLEAN_MOST_BYTES >> 20);
        }
        *file = (struct clean_file){ .data = memory_new((size_t)st.st_size), .size = (size_t)st.st_size };
        (void)snprintf(file->name, sizeof file->name, "%.*s", CLEAN_NAME_SIZE - 1, name);
        files->count++;
        *room -= file->size;
        if (read(fd, file->data, file->size) != (ssize_t)file->size)
            status = fault_set(fault, EIO, "cannot read %.60s", name);
    }
    (void)close(fd);
    return status;
}

int clean_files_read(const char *folder, struct clean_files *files_out, struct fault *fault)
{
    files_out->count = 0;
    DIR *entries = opendir(folder);
    if (entries == NULL)
        return fault_set_errno(fault, errno, "cannot open the clean samples' folder %.120s", folder);
    int status = 0;
    size_t room = CLEAN_MOST_BYTES;
    for (struct dirent *entry = readdir(entries); entry != NULL && status == 0; entry = readdir(entries)) {
        if (entry->d_name[0] != '.')
            status = clean_file_read(dirfd(entries), entry->d_name, files_out, &room, fault);
    }
    (void)closedir(entries);
    if (status == 0)
        return 0;
    clean_files_free(files_out);
    return fault_wrap(fault, "clean samples in %.100s", folder);
}

void clean_files_free(struct clean_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        free(files->files[i].data);
    files->count = 0;
}
