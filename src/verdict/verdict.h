/* The vocabulary of judgement: categories, reasons, answers and the verdict.
 *
 * A verdict only gets worse (verdict_add). A message gets every category that applies; the gravest decides. Nothing
 * here does I/O or knows a clock.
 */
#ifndef CORDON_VERDICT_VERDICT_H
#define CORDON_VERDICT_VERDICT_H

#include "base/span.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In the order of gravity. `unscanned` outranks `unscannable`: a broken scanner must not look like an encrypted zip. */
enum category {
    CATEGORY_CLEAN,
    CATEGORY_MALFORMED,
    CATEGORY_UNSCANNABLE,
    CATEGORY_UNSCANNED,
    CATEGORY_BANNED,
    CATEGORY_INFECTED,
    CATEGORIES
};

/* In the order of gravity. */
enum unscannable {
    UNSCANNABLE_NONE,
    UNSCANNABLE_DAMAGED,
    UNSCANNABLE_UNSUPPORTED,
    UNSCANNABLE_ENCRYPTED,
    UNSCANNABLE_LIMIT,
    UNSCANNABLE_MASKED, /* an ignored name was found, and the scanner tells one name only */
    UNSCANNABLE_DECODER,
    UNSCANNABLE_POISON,
    UNSCANNABLES
};

const char *category_text(enum category category);          /* "infected" */
const char *unscannable_text(enum unscannable unscannable); /* "encrypted"; "" for none */
bool category_from_text(struct span text, enum category *category_out);
bool unscannable_from_text(struct span text, enum unscannable *unscannable_out);

/* What one scanner said, of all the pieces that it was shown. In the order of gravity. */
enum answer_kind { ANSWER_NOT_ASKED, ANSWER_CLEAN, ANSWER_UNSCANNABLE, ANSWER_FAILED, ANSWER_INFECTED, ANSWERS };

enum { ANSWER_TEXT_SIZE = 192 };

/* What a failed answer says about whom. */
enum blame {
    BLAME_SCANNER, /* it could not be reached, or says nonsense */
    BLAME_TIME,    /* it, or the piece, took too long */
    BLAME_DEATH,   /* it ended without an answer: perhaps by the piece */
    BLAME_PIECE,   /* it says itself that it failed on this piece */
    BLAME_NOBODY   /* we did not give it the time or the room that it has */
};

struct answer {
    enum answer_kind kind;
    enum unscannable unscannable; /* the gravest seen, also beside a graver kind; NONE: none */
    char text[ANSWER_TEXT_SIZE];  /* the signature's name, or why it failed or could not look */
    uint32_t piece;               /* which piece `text` speaks of */
    uint32_t took_ms;
    enum blame blame;               /* of a failed answer */
    enum category named_as;         /* what `names` makes of `named` */
    char named[ANSWER_TEXT_SIZE];   /* a found name that is less than infected by `names`; empty: none */
    char ignored[ANSWER_TEXT_SIZE]; /* a found name that is nothing by `names`; empty: none */
};

const char *answer_kind_text(enum answer_kind kind); /* "infected" */

/* Sets kind and text; `text` may be foreign: it is cut and its control characters replaced by '?'. */
void answer_set(struct answer *answer, enum answer_kind kind, struct span text);

/* The answer is definite: clean, infected or unscannable. */
bool answer_is_definite(const struct answer *answer);

enum { VERDICT_MOST_FINDINGS = 64, VERDICT_TEXT_SIZE = 224 };

struct finding {
    enum category category;
    enum unscannable unscannable;
    char source[32];              /* "decoder", or the scanner's name */
    char text[VERDICT_TEXT_SIZE]; /* the signature's name, or the reason */
};

struct verdict {
    unsigned categories;          /* bits 1U << category; 0 only while nothing was judged: never forwarded as clean */
    enum unscannable unscannable; /* the gravest */
    struct finding findings[VERDICT_MOST_FINDINGS];
    size_t finding_count; /* beyond the bound the least grave are dropped, the categories are kept */
};

void verdict_init(struct verdict *verdict);

/* Adds a finding, whose text may be foreign, as answer_set. CATEGORY_CLEAN is not a finding: see verdict_conclude.
 * `unscannable` is NONE for every category but CATEGORY_UNSCANNABLE, and never for that. */
void verdict_add(struct verdict *verdict, enum category category, enum unscannable unscannable, const char *source,
                 const char *text);

/* The gravest category that was found, CATEGORY_UNSCANNED where verdict_conclude was never called. */
enum category verdict_gravest(const struct verdict *verdict);

/* The requirement was looked at: with nothing found the message is clean from here on. */
void verdict_conclude(struct verdict *verdict);

/* The first finding of the gravest category, and within it of the gravest reason; NULL where there is none. */
const struct finding *verdict_main_finding(const struct verdict *verdict);

#endif
