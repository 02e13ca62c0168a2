/* What the drivers have in common whose scanners listen on a socket and are told things over a byte stream. */
#ifndef CORDON_SCANNER_WIRE_H
#define CORDON_SCANNER_WIRE_H

#include "scanner/driver.h"
#include "sys/stream.h"

/* A connection to the scanner's address, under TLS where its settings say so, whose every wait ends at the deadline,
 * and for a reply also once `stop` (may be NULL) is raised; to be freed with stream_free. NULL and *fault. */
struct stream *wire_dial(const struct scanner *scanner, struct deadline deadline, const struct stop *stop,
                         struct fault *fault);

/* Something went wrong before the piece was shown: by its code the fault is the scanner's own from here on. Returns -1.
 */
int wire_unreached(struct fault *fault);

/* Who is to blame for a fault: by its code. ECONNRESET stands for a peer that closed, also in the middle. */
enum blame wire_blame(const struct fault *fault);

/* Sends all bytes, and watches for the peer while doing so, for it may reply or close before it took everything.
 * 0: sent; 1: it has said something or closed, and the rest was not sent; -1 and *fault. */
int wire_send(struct stream *stream, struct span bytes, struct deadline deadline, struct fault *fault);
int wire_send_text(struct stream *stream, const char *text, struct deadline deadline, struct fault *fault);

/* One line without its line end. 0, or -1 and *fault, also where it closes within the line or before. */
int wire_read_line(struct stream *stream, char *line_out, size_t size, struct fault *fault);

/* What a text says in place of a number of the set of signatures; never 0. */
uint64_t wire_generation(struct span text);

/* Shows one piece. Fills the answer, or -1 and *fault where there is none. */
typedef int (*wire_ask_function)(struct scanner *scanner, const struct scan_request *request, size_t index,
                                 struct answer *answer_out, struct fault *fault);

/* A whole request, piece by piece, until one is infected or failed. */
void wire_ask(struct scanner *scanner, const struct scan_request *request, wire_ask_function ask_piece,
              struct answer *answer_out);

#endif
