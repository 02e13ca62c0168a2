/* The records of a zip archive (APPNOTE section 4.3), read from any offset of a content.
 *
 * Nothing here believes what it reads beyond the content's end: runs that would reach there are clipped.
 */
#ifndef CORDON_ARCHIVE_ZIP_FORMAT_H
#define CORDON_ARCHIVE_ZIP_FORMAT_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    ZIP_SIGNATURE_SIZE = 4,
    ZIP_LOCAL_SIZE = 30,
    ZIP_CENTRAL_SIZE = 46,
    ZIP_END_SIZE = 22,
    ZIP_END64_SIZE = 56,
    ZIP_LOCATOR_SIZE = 20
};

/* The general purpose flags that matter here (4.4.4). */
enum {
    ZIP_FLAG_ENCRYPTED = 1,
    ZIP_FLAG_LZMA_END = 2, /* method 14: the stream has an end mark */
    ZIP_FLAG_DESCRIPTOR = 8,
    ZIP_FLAG_STRONG = 1 << 6,
    ZIP_FLAG_MASKED = 1 << 13
};

enum zip_record {
    ZIP_RECORD_NONE,
    ZIP_RECORD_LOCAL,
    ZIP_RECORD_CENTRAL,
    ZIP_RECORD_END,
    ZIP_RECORD_END64,
    ZIP_RECORD_DESCRIPTOR /* also the mark in front of a split archive */
};

/* A local or a central header. */
struct zip_header {
    size_t at;
    size_t end; /* behind it; beyond the content where it is cut */
    uint16_t version;
    uint16_t flags;
    uint16_t method;
    uint16_t time;
    uint32_t crc;
    uint64_t packed_size; /* with the zip64 extra field (4.5.3) where it has one */
    uint64_t size;
    uint64_t offset;  /* of the local header; central headers alone */
    uint32_t disk;    /* likewise */
    size_t name_size; /* as it says, where it may be cut */
    size_t extra_size;
    struct span name;
    struct span extra;
    struct span comment; /* central headers alone */
};

/* An end of central directory, of either width. */
struct zip_end {
    size_t at;
    size_t end; /* behind its comment; beyond the content where it is cut */
    uint64_t disk;
    uint64_t entries;
    uint64_t directory_size;
    uint64_t directory_offset;
    struct span comment;
};

uint16_t zip_u16(struct span span, size_t at); /* 0 beyond the end, as the others */
uint32_t zip_u32(struct span span, size_t at);
uint64_t zip_u64(struct span span, size_t at);

/* What stands at `at`, which may be anywhere. */
enum zip_record zip_record_at(struct span content, uint64_t at);

/* The offset of the next record's signature at or behind `at`, or the content's size. */
size_t zip_record_next(struct span content, size_t at, enum zip_record *record_out);

/* The signature is the caller's business. False where the fixed part is cut. */
bool zip_local_read(struct span content, size_t at, struct zip_header *header_out);
bool zip_central_read(struct span content, size_t at, struct zip_header *header_out);
bool zip_end_read(struct span content, size_t at, struct zip_end *end_out);
bool zip_end64_read(struct span content, size_t at, struct zip_end *end_out);

/* Might a local header be read as one by some program: a method that there is, and a name that fits? */
bool zip_local_is_possible(struct span content, const struct zip_header *header);

/* Does a local header look as if a program had written it, rather than as bytes that happen to be there? */
bool zip_local_is_plausible(struct span content, const struct zip_header *header);

/* The extra field with that number, or an empty span. */
struct span zip_extra_find(struct span extra, uint16_t number);

/* A data descriptor (4.3.9) behind `packed_size` bytes of data, with or without signature, of either width. Returns its
 * size; 0: none there. */
size_t zip_descriptor_read(struct span content, size_t at, uint64_t packed_size, uint32_t *crc_out);

#endif
