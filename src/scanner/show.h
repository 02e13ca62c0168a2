/* Shows pieces to a scanner through its driver: those that it must be asked about, and in the way that tells most.
 *
 * What it is known to have said (recall.h) is not asked again; a piece that is poison (poison.h) is not shown; one that
 * is suspected of it is shown alone; and found names become what the operator's `names` says (names.h).
 */
#ifndef CORDON_SCANNER_SHOW_H
#define CORDON_SCANNER_SHOW_H

#include "scanner/driver.h"

/* As scanner_ops.ask: `piece` is an index into the request, which has at least one. Fills blame where it failed. With
 * request->stop raised the answer may be failed for no other reason. Returns false where the scanner itself was not
 * asked about anything, since all was known. */
bool scanner_show(struct scanner *scanner, const struct scan_request *request, struct answer *answer_out);

#endif
