/* The embedded engine's call: sealed descriptors in, one answer out.
 *
 * One pool job carries pieces of one message, all of them where they are not very many: a struct scan_job followed by
 * piece_count struct scan_piece; its descriptors are packs (fresh read-only opens of sealed memory, whose seals and
 * sizes the engine checks). The engine scans in order and stops at the first infected piece. The answer is one struct
 * scan_answer.
 */
#ifndef CORDON_IPC_CALLS_SCAN_H
#define CORDON_IPC_CALLS_SCAN_H

#include <stdint.h>

#define SCAN_MAGIC UINT64_C(0x4352445343414e33) /* "CRDSCAN3" */

enum { SCAN_MOST_PIECES = 2048, SCAN_MOST_PACKS = 8, SCAN_TEXT_SIZE = 192 };

/* Flags of a piece. */
enum {
    SCAN_PIECE_OPENED = 1U << 0, /* a container whose content is judged in other pieces: no `unscannable` about it */
    SCAN_PIECE_CANARY = 1U << 1  /* found names are told as they are, whatever the scanner's `names` says */
};

struct scan_piece {
    uint32_t pack; /* index of a descriptor of this job */
    uint32_t flags;
    uint64_t offset;
    uint64_t size;
};

struct scan_job {
    uint64_t magic;
    uint32_t piece_count;
    uint32_t pack_count;
    struct scan_piece pieces[];
};

/* The same four answers everywhere; the order is the gravity (verdict/answer.h). */
enum scan_result {
    SCAN_CLEAN = 1,   /* every piece was judged clean */
    SCAN_UNSCANNABLE, /* some piece could not be looked into: reason; none infected, none failed */
    SCAN_FAILED,      /* no definite answer: text says why */
    SCAN_INFECTED     /* text: the signature's name */
};

struct scan_answer {
    uint64_t magic;
    uint32_t result;         /* enum scan_result: the gravest */
    uint32_t unscannable;    /* enum unscannable: the gravest reason seen, 0: none */
    uint32_t piece;          /* which piece the result speaks of */
    uint32_t pieces_judged;  /* pieces with a definite answer */
    uint64_t generation;     /* of the signatures: a number that changes with each set */
    uint32_t raw_signatures; /* of them, so many may match what a raw message alone has: encoded bodies */
    uint32_t reserved;
    char text[SCAN_TEXT_SIZE];    /* terminated, as all texts here */
    char named[SCAN_TEXT_SIZE];   /* a found name that is less than infected by the scanner's `names`, the gravest */
    char ignored[SCAN_TEXT_SIZE]; /* a found name that is nothing by them, the first */
    char engine[64];              /* "ClamAV 1.4.6/27600" */
};

#endif
