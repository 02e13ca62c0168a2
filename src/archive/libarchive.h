/* libarchive behind the readers' contract: 7z, RAR 4 and 5, ISO 9660, and what the zip reader leaves to it.
 *
 * Formats are switched on one by one and no filter ever: some filters start programs, and what wraps an archive is for
 * the other readers. The library gets the content as it lies in memory. Own memory: what the library takes for one
 * archive; a dictionary is as large as the archive says (7z: up to 4 GiB of address space, which is touched only as far
 * as data is unpacked; RAR 5: up to 64 MiB here), and it is the process's limit that bounds it.
 */
#ifndef CORDON_ARCHIVE_LIBARCHIVE_H
#define CORDON_ARCHIVE_LIBARCHIVE_H

#include "unpack/unpack.h"

/* Names in 7z, RAR and Joliet are UTF-16, which the library turns into the locale's charset alone. This loads the
 * locale C.UTF-8 for that use (never the process's own): once, before a sandbox forbids opening files. Without it, or
 * where the locale is missing, such names come with '?' in place of what is not ASCII. */
void libarchive_prepare(void);

/* How a format is shown to the library. */
enum libarchive_format { LIBARCHIVE_7Z, LIBARCHIVE_RAR4, LIBARCHIVE_RAR5, LIBARCHIVE_ISO };

/* What the library sees as its file: `head` in place of the content's first bytes; with a stride, only the 2048 bytes
 * of data in each sector of `stride` bytes, from `skip` on. */
struct libarchive_view {
    struct span content;
    struct span head;
    size_t stride; /* 0: the content as it stands */
    size_t skip;
};

/* One way of reading an archive. */
struct libarchive_job {
    enum libarchive_format format;
    struct libarchive_view view;
    const char *name;            /* before each note: "rar" */
    const char *how;             /* of each member */
    const char *const *switches; /* options of the format, NULL-ended, "!x" to switch off; NULL: none */
    bool is_part;                /* of several volumes: what is cut is not damaged */
};

/* Hands out every entry. What is no archive at all to the library is noted as damaged. */
void libarchive_read(struct unpack *unpack, const struct libarchive_job *job);

/* A zip by the library's two readers (central directory; one local header after the other). Hands out the entries that
 * are encrypted and open with one of unpack_password's candidates, and those of method 98 (PPMd). Makes no notes.
 * True where there were encrypted entries and each of them was opened. Other methods than stored and deflate are not
 * opened inside of an encryption. */
bool libarchive_read_zip(struct unpack *unpack, struct span content);

#endif
