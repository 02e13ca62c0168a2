/* What `cordon explain` shows: the tree of readings and parts, what is odd about each, and what was said of it. */
#ifndef CORDON_GATE_EXPLAIN_H
#define CORDON_GATE_EXPLAIN_H

#include "base/buf.h"
#include "gate/transaction.h"

/* What is longer is left out part by part, and that is said. */
enum { EXPLAIN_SIZE = 16 * 1024 * 1024 };

/* For people: indented lines, foreign text escaped. `t` has been run. */
void explain_text(const struct transaction *t, struct buf *out);

/* For programs: one object, without a line end. */
void explain_json(const struct transaction *t, struct buf *out);

/* The pieces that both are made of, as JSON members: "verdict", "names" and "reasons"; "scanners". */
void explain_put_verdict(const struct transaction *t, struct buf *json);
void explain_put_scanners(const struct transaction *t, struct buf *json);

/* The findings in one line, for people. */
void explain_put_summary(const struct transaction *t, struct buf *text);

/* Does a part's content contradict what it is declared to be? Text is text, and a declared application/octet-stream
 * says nothing. */
bool explain_is_mismatch(struct span declared, struct span detected);

#endif
