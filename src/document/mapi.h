/* A list of MAPI properties as TNEF writes it (MS-OXTNEF 2.1.3.4). */
#ifndef CORDON_DOCUMENT_MAPI_H
#define CORDON_DOCUMENT_MAPI_H

#include "base/span.h"

#include <stdint.h>

enum {
    MAPI_STRING = 0x1e,
    MAPI_UNICODE = 0x1f,
    MAPI_OBJECT = 0x0d,
    MAPI_BINARY = 0x102,

    MAPI_BODY = 0x1000,
    MAPI_RTF = 0x1009,
    MAPI_HTML = 0x1013,
    MAPI_DISPLAY_NAME = 0x3001,
    MAPI_ATTACHMENT = 0x3701,
    MAPI_FILE_NAME = 0x3704,
    MAPI_LONG_FILE_NAME = 0x3707,
    MAPI_TRANSPORT_NAME = 0x370c
};

struct mapi {
    struct span list;
    size_t at;
    uint32_t left;   /* properties */
    uint32_t values; /* left of the one that is being read */
    unsigned id;
    unsigned type;  /* without the flag that says that it has many values */
    bool is_broken; /* it ended where it should not */
};

void mapi_init(struct mapi *mapi, struct span list);

/* The next value; id and type are in the mapi. False at the end. */
bool mapi_next(struct mapi *mapi, struct span *value_out);

#endif
