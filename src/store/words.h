/* The words by which a message is found: tokens from its metadata, and from what a person asks for.
 *
 *   sender, recipient            the whole address, its domain ("@example.org"), its local part
 *   subject, name, file          each word (letters and digits in a row; bytes beyond ASCII belong to words, so text
 *                                that has no spaces is one word), and the whole text, asked for in quotes ("...")
 *   message-id, client, session, listener
 *                                the whole text, without angle brackets
 *
 * A token is the keyed digest of "field:word", so the same word in two fields has two; of a whole text beside words of
 * "field=text". ASCII letters are folded to lower case, others are not; blanks in a row are one. A word counts up to
 * its first WORDS_WORD_MOST bytes, a whole text up to WORDS_TEXT_MOST: what is longer is found by its beginning.
 *
 * The key is the one for tokens (CRYPT_FOR_TOKENS). Thread safety: pure.
 */
#ifndef CORDON_STORE_WORDS_H
#define CORDON_STORE_WORDS_H

#include "base/fault.h"
#include "store/crypt.h"
#include "store/index.h"
#include "store/meta.h"

#include <stddef.h>
#include <stdint.h>

enum { WORDS_WORD_MOST = 128, WORDS_TEXT_MOST = 512 };

/* Of a message; each once; at most INDEX_MOST_TOKENS. Each field has a share that no other takes from it (a hundred
 * recipients, some fifty names of files); what is left goes to those that need more. */
size_t words_of(const struct crypt_key *key, struct span meta, uint64_t tokens_out[INDEX_MOST_TOKENS]);

/* What a person asks for: "sender=...", as field and text; all words of the text must be there. -1 and *fault (EINVAL)
 * where there is no such field, the text has no word, or there are too many. Appends to tokens[*count] up to
 * INDEX_MOST_TOKENS. */
int words_ask(const struct crypt_key *key, struct span field, struct span text, uint64_t tokens[INDEX_MOST_TOKENS],
              size_t *count, struct fault *fault);

#endif
