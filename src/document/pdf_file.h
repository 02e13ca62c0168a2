/* A PDF file's objects, found by looking at all of the file as readers do that repair it: no cross-reference table is
 * believed, and every object that was ever written is there, whether or not a later one takes its place.
 */
#ifndef CORDON_DOCUMENT_PDF_FILE_H
#define CORDON_DOCUMENT_PDF_FILE_H

#include "document/pdf_crypt.h"
#include "document/pdf_filter.h"
#include "document/pdf_value.h"
#include "unpack/unpack.h"

enum { PDF_OBJECTS = 1 << 19, PDF_HELD = 1 << 14, PDF_RANGES = 2, PDF_CHOICES = 2 };

struct pdf_object {
    uint32_t number;
    uint32_t generation;
    struct pdf_value value;
    struct span stream; /* from where its data begin to the file's end; data NULL: it is none */
    bool is_held;       /* in an object stream */
};

struct pdf_file {
    struct unpack *unpack;
    struct span content;
    struct pdf_object *objects; /* in the file's order, those in object streams last */
    size_t count;
    size_t capacity;
    uint32_t *order; /* of the first `ordered` of them: by number */
    size_t ordered;
    struct buf *held; /* object streams, unpacked */
    size_t held_count;
    size_t held_capacity;
    size_t held_bytes;
    size_t read_to;    /* values before that offset were read once */
    size_t stream_end; /* the last "endstream" that was found */
    bool is_ambiguous; /* set where a reference has more than one object */
    bool is_full;      /* a limit on objects is reached: no more of them */
    bool is_stopped;   /* the receiver wants no more of it */

    bool is_encrypted;
    bool is_also_clear; /* a trailer says that it is not: readers may take that one */
    bool is_open;       /* with this key */
    bool is_locked;     /* something is left out for want of a key */
    struct pdf_key key;
    enum pdf_method stream_method;
    enum pdf_method string_method;
    enum pdf_method file_method; /* of embedded files */
};

/* What a stream's dictionary says. Where a key is there twice, both are kept: readers take the first or the last. */
struct pdf_stream {
    const struct pdf_object *object;
    struct span type; /* a name, empty: none */
    struct span subtype;
    struct pdf_value filter[PDF_CHOICES]; /* the last, the first */
    struct pdf_value parameters[PDF_CHOICES];
    struct pdf_value length[PDF_CHOICES];
    bool is_ambiguous;  /* in how it is to be unpacked */
    bool is_odd;        /* of more than one type, or of what is none */
    bool is_holder;     /* an object stream, by its type or by the keys that one has */
    bool is_named_file; /* has what embedded files alone have */
};

void pdf_file_init(struct pdf_file *file, struct unpack *unpack, struct span content);
void pdf_file_fini(struct pdf_file *file);

/* Finds the objects that stand in the file itself; then those in object streams, which may need the key. */
void pdf_file_scan(struct pdf_file *file);
void pdf_file_expand(struct pdf_file *file);

/* Follows a reference: choice 0 takes the last object of that number, 1 the first. */
struct pdf_value pdf_resolve(struct pdf_file *file, struct pdf_value value, size_t choice);

void pdf_stream_read(struct pdf_file *file, const struct pdf_object *object, struct pdf_stream *stream_out);

/* The stretches of the file that the stream's data may be. Objects must be asked about in the file's order. Returns how
 * many. *is_cut_out: no end mark. */
size_t pdf_stream_find(struct pdf_file *file, const struct pdf_stream *stream, struct span ranges_out[PDF_RANGES],
                       bool *is_cut_out);

/* The filters; *is_clear_out: one of them says that the stream is not encrypted. */
void pdf_stream_chain(struct pdf_file *file, const struct pdf_stream *stream, size_t choice,
                      struct pdf_chain *chain_out, bool *is_clear_out);

/* A larger copy of an array of `count` elements where it is full, as it is where `capacity` is above that. */
void *pdf_grow(void *array, size_t count, size_t *capacity, size_t size);

/* Counts reading the same bytes again: an adversary's objects overlap. */
void pdf_count(struct pdf_file *file, uint64_t units);

/* Counts what filters made between each other, as far as it is out of proportion, and notes where it was too much. */
void pdf_count_effort(struct pdf_file *file, const struct pdf_effort *effort, size_t packed_size);

#endif
