/* A payload that was found in a text: decoded once to see whether it is plausible, then again into a member.
 */
#ifndef CORDON_TEXT_ESCAPES_PAYLOAD_H
#define CORDON_TEXT_ESCAPES_PAYLOAD_H

#include "text/escapes_source.h"
#include "unpack/unpack.h"

enum {
    ESCAPES_LEAST = 16,     /* bytes of a payload */
    ESCAPES_SAMPLE = 4096,  /* bytes of it that are looked at first */
    ESCAPES_MEMBERS = 1024, /* of one content */
    ESCAPES_GUESSES = 256   /* of those, found by plausibility alone */
};

/* How the bytes are written. */
enum escapes_code {
    ESCAPES_PLAIN,
    ESCAPES_ESCAPED,
    ESCAPES_WIDE, /* escapes as 16 bits each, least significant byte first: what heap sprays build */
    ESCAPES_HEX,
    ESCAPES_BASE64,
    ESCAPES_NUMBERS,
    ESCAPES_URI,       /* data: with % escapes */
    ESCAPES_URI_BASE64 /* with ;base64 */
};

struct escapes_payload {
    struct escapes_source source;
    enum escapes_code code;
    bool is_marked;      /* something says that it is to be decoded */
    struct span content; /* else what stands in there before `start` is looked at; empty: nothing */
    size_t start;
    const char *how;
    const char *declared; /* NULL: none */
};

struct escapes_hand {
    struct unpack *unpack;
    size_t members;
    size_t guesses;
    bool is_over;    /* no more members are taken */
    bool is_limited; /* a marked one was dropped */
};

/* Does something shortly before this place say that what comes is to be decoded? */
bool escapes_is_marked(struct span content, size_t at);

/* Hands it out if it is plausible. */
void escapes_hand_out(struct escapes_hand *hand, const struct escapes_payload *payload);

/* All data: URIs of a text (escapes_uri.c). */
void escapes_read_uris(struct escapes_hand *hand, struct span content);

#endif
