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

/* What the library sees as its file: `head` and then the content, less its first `covered` bytes; with a stride, only
 * the 2048 bytes of data in each sector of `stride` bytes, from `skip` on. */
struct libarchive_view {
    struct span content;
    struct span head;
    size_t covered;
    size_t stride; /* 0: the content as it stands */
    size_t skip;
};

/* One way of reading an archive. */
struct libarchive_job {
    enum libarchive_format format;
    struct libarchive_view view;
    const char *name;            /* before each note: "rar"; NULL: no notes */
    const char *how;             /* of each member */
    const char *const *switches; /* options of the format, NULL-ended, "!x" to switch off; NULL: none */
};

/* Hands out every entry. What is no archive at all to the library is noted as damaged. */
void libarchive_read(struct unpack *unpack, const struct libarchive_job *job);

/* A zip by the library's two readers (central directory; one local header after the other). Hands out the entries that
 * are encrypted and open with one of unpack_password's candidates, and those of method 98 (PPMd). Makes no notes.
 * True where there were encrypted entries and each of them was opened. Other methods than stored and deflate are not
 * opened inside of an encryption. */
bool libarchive_read_zip(struct unpack *unpack, struct span content);

/* The parts of that for a reader that finds the entries itself. `packed` is an entry's data as it lies in the zip.
 *
 * Puts the data of an entry of method 98 into the member that is open. */
enum unpack_ending libarchive_put_ppmd(struct unpack *unpack, struct span packed);

/* Decrypts an entry of method 99, whose extra field 0x9901 says the strength (1 to 3): what comes out is packed by the
 * method named there. UNPACK_WHOLE: *plain_out is to be freed with free(). UNPACK_BROKEN: so too, but the code at the
 * end is wrong: the data was changed, or the password is wrong and seems to fit (one in 65536). UNPACK_STOPPED: nothing
 * was opened. Charges unpack_step for the key. */
enum unpack_ending libarchive_decrypt_aes(struct unpack *unpack, struct span packed, unsigned strength,
                                          const char *password, char **plain_out, size_t *size_out);

#endif
