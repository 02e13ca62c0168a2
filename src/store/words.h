/* The words by which a message is found: tokens from its metadata, and from what a person asks for.
 *
 *   sender, recipient: the whole address, its domain ("@example.org"), its local part
 *   subject, name, file: each word (letters and digits in a row, folded to lower case; other bytes of UTF-8 belong to
 * words), and the whole text message-id, client, session, listener: the whole text
 *
 * A token is the keyed digest of "field:word", so the same word in two fields has two.
 */
#ifndef CORDON_STORE_WORDS_H
#define CORDON_STORE_WORDS_H

#include "base/fault.h"
#include "store/crypt.h"
#include "store/index.h"
#include "store/meta.h"

#include <stddef.h>
#include <stdint.h>

/* Of a message; each once; at most INDEX_MOST_TOKENS, the fields that people ask for most come first. */
size_t words_of(const struct crypt_key *key, struct span meta, uint64_t tokens_out[INDEX_MOST_TOKENS]);

/* What a person asks for: "sender=...", as field and text; all words of the text must be there. -1 and *fault (EINVAL)
 * where there is no such field, or the text has no word. Appends to tokens[*count] up to INDEX_MOST_TOKENS. */
int words_ask(const struct crypt_key *key, struct span field, struct span text, uint64_t tokens[INDEX_MOST_TOKENS],
              size_t *count, struct fault *fault);

#endif
