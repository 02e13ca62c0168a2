/* The path of MAIL and RCPT: "<local-part@domain>" (RFC 5321 section 4.1.2, RFC 6531 section 3.3).
 *
 * Stricter than the wire often is about what could be read in two ways (spaces, brackets, control characters), lenient
 * about what harms nobody: dots in any place, underscores in a domain, a local part without a domain. The next hop
 * judges the address itself.
 */
#ifndef CORDON_PROTO_SMTP_PATH_H
#define CORDON_PROTO_SMTP_PATH_H

#include "base/span.h"

#include <stdbool.h>

/* Takes a path off the front of *rest. The address has neither angle brackets nor a source route ("@a,@b:", RFC 5321
 * appendix C); "<>" gives an empty one. *has_utf8 becomes true where the address has UTF-8 beyond ASCII. False where
 * there is no valid path; then *rest is as it was. */
bool smtp_path_take(struct span *rest, struct span *address_out, bool *has_utf8);

#endif
