/* Harmless samples that a working scanner must know: an infected one alone, the same in an attachment behind a big
 * text, and a clean mail without it.
 *
 * The large one is there because some engines go blind where they have no room for temporary files, and still find a
 * small sample. Each time the samples are made anew and a little different, so that nobody's cache can answer: the test
 * file has blanks at its end (up to 128 bytes in all, as its makers allow), a zip archive has a comment, the mails have
 * another Message-ID. A sample of the operator's that is no zip archive is shown as it is.
 *
 * The driver is asked directly: neither our memory of answers nor `names` stands between.
 */
#ifndef CORDON_SCANNER_CANARY_H
#define CORDON_SCANNER_CANARY_H

#include "base/buf.h"
#include "base/span.h"
#include "sys/clock.h"
#include "verdict/verdict.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct scanner;

enum canary_sample { CANARY_SMALL, CANARY_LARGE, CANARY_CLEAN, CANARIES };

enum canary_kind { CANARY_EICAR, CANARY_FILE, CANARY_NONE };

enum { CANARY_LARGE_BYTES = 4 * 1024 * 1024, CANARY_FILE_LIMIT = 8 * 1024 * 1024, CANARY_EICAR_MOST = 128 };

struct canary {
    enum canary_kind kind;
    size_t large_bytes;           /* of the large mail's text */
    char *file;                   /* the operator's sample */
    size_t file_size;             /* bytes */
    char fault[ANSWER_TEXT_SIZE]; /* why there is no sample; empty: there is */
};

/* `setting` is "eicar", "none", or the path of a file, which is read now. */
void canary_init(struct canary *canary, const char *setting, size_t large_bytes);
void canary_fini(struct canary *canary);

enum canary_result {
    CANARY_PASSED,
    CANARY_MISSED, /* a definite answer, and a wrong one */
    CANARY_FAILED  /* no definite answer */
};

/* Shows all samples (with CANARY_NONE the clean one alone), until the first that goes wrong; then text_out says what
 * was wrong. */
enum canary_result canary_show(const struct canary *canary, struct scanner *scanner, struct deadline deadline,
                               char text_out[ANSWER_TEXT_SIZE]);

/* A sample's bytes, different for each `nonce`. False where there is none of that kind. The buffer's limit must have
 * room. */
bool canary_make(const struct canary *canary, enum canary_sample sample, uint64_t nonce, struct buf *bytes_out);

/* A mail with the test file, or something harmless, behind a text of about `large_bytes`, for whoever else needs a
 * sample (the engine's self-test). */
void canary_put_large(struct buf *mail, size_t large_bytes, bool with_eicar);

#endif
