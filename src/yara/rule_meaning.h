/* What a match of a rule means: its meta `cordon` says so. */
#ifndef CORDON_YARA_RULE_MEANING_H
#define CORDON_YARA_RULE_MEANING_H

#include "ipc/calls/scan.h"
#include "verdict/verdict.h"

#include <stdbool.h>

#define MEANING_META "cordon"
#define MEANING_ADVICE                                                                                                 \
    "write \"infected\", \"ignore\", or \"unscannable:\" with damaged, unsupported, encrypted or limit behind it"

struct rule_meaning {
    enum scan_result result;      /* SCAN_INFECTED, SCAN_UNSCANNABLE, or SCAN_CLEAN: the match is of no weight */
    enum unscannable unscannable; /* of SCAN_UNSCANNABLE */
};

/* `text` is the meta's; NULL: there is none, which means infected. False where it says nothing known; then the meaning
 * is infected too. */
bool rule_meaning_read(const char *text, struct rule_meaning *meaning_out);

#endif
