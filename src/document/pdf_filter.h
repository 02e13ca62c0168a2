/* The filters of PDF's streams (ISO 32000-2 section 7.4), one behind the other. */
#ifndef CORDON_DOCUMENT_PDF_FILTER_H
#define CORDON_DOCUMENT_PDF_FILTER_H

#include "base/buf.h"
#include "unpack/unpack.h"

enum { PDF_FILTERS = 16 };

/* Between two filters at most so many bytes are kept. */
#define PDF_STAGE_BYTES ((size_t)64 << 20)

enum pdf_filter_kind {
    PDF_FLATE,
    PDF_LZW,
    PDF_RUN_LENGTH,
    PDF_ASCII_HEX,
    PDF_ASCII_85,
    PDF_PREDICTOR, /* a step of its own here: stands behind Flate or LZW */
    PDF_IDENTITY,  /* Crypt: seen to before */
    PDF_IMAGE,     /* DCT, JPX, CCITT, JBIG2: what is there is the file */
    PDF_UNKNOWN
};

struct pdf_filter {
    enum pdf_filter_kind kind;
    int64_t predictor; /* of PDF_PREDICTOR, as the rest but the last; section 7.4.4.4 */
    int64_t colors;
    int64_t bits;
    int64_t columns;
    int64_t early_change; /* of LZW */
};

struct pdf_chain {
    struct pdf_filter filters[PDF_FILTERS];
    size_t count;
    bool is_unknown; /* there is a filter that nothing here undoes */
    bool is_longer;  /* than PDF_FILTERS */
};

/* By its name or its abbreviation. */
enum pdf_filter_kind pdf_filter_find(struct span name);

/* What came of the filters but the last. */
struct pdf_effort {
    uint64_t between; /* bytes kept between filters, which nobody else counts */
    bool is_over;     /* more than `most` at one place: cut there */
};

/* Undoes the chain up to the first image's or unknown filter and puts the bytes into what is open in `unpack`. Between
 * filters no more than `most` bytes are kept. UNPACK_WHOLE for all but Flate even without their end marks: readers do
 * without. */
enum unpack_ending pdf_chain_put(struct unpack *unpack, const struct pdf_chain *chain, struct span bytes, size_t most,
                                 struct pdf_effort *effort_out);

/* The same into a buffer, up to its limit, where it ends as UNPACK_STOPPED. */
enum unpack_ending pdf_chain_put_buf(struct buf *buf, const struct pdf_chain *chain, struct span bytes, size_t most,
                                     struct pdf_effort *effort_out);

#endif
