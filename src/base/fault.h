/* What went wrong outside of us, as a value.
 *
 * A function that depends on the world (a peer, a file, hostile mail) returns -1 and fills a fault that its caller
 * lends. Libraries never log: the caller at the top of the call tree does, once, with fault.text. Our own bugs are
 * assertions instead, and a failed small allocation ends the process (see memory.h).
 *
 * Thread safety: a fault belongs to its caller.
 */
#ifndef CORDON_BASE_FAULT_H
#define CORDON_BASE_FAULT_H

#define FAULT_TEXT_SIZE 256

struct fault {
    int code;                   /* an errno value; 0 while nothing has gone wrong */
    char text[FAULT_TEXT_SIZE]; /* one sentence without a full stop, for a log line; cut if longer */
};

/* Fills *fault and returns -1, so that callers can write `return fault_set(...)`. `fault` may be NULL: then only -1 is
 * returned. */
int fault_set(struct fault *fault, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* As fault_set, with ": " and the text of `code` appended. */
int fault_set_errno(struct fault *fault, int code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts a prefix and ": " before a text that a callee left, and returns -1. */
int fault_wrap(struct fault *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
