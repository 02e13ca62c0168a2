/* SPDX-License-Identifier: GPL-2.0-only */
/* Which of the loaded signatures may match what only a raw message has: encoded bodies, and the mail around a part.
 *
 * A scanner is shown decoded parts and what is left of the message without their encoded bodies. A signature that is
 * written for these very bodies, a run of base64 letters, would then never match, nor one that is for what lies in
 * mail. So the files that libclamav loads are looked through, before it does: plain text, and within the containers
 * (.cvd, .cld, .cud).
 */
#ifndef CORDON_ENGINE_RAW_H
#define CORDON_ENGINE_RAW_H

#include "base/span.h"

#include <stdint.h>

enum {
    RAW_NAME_SIZE = 64,
    RAW_LEAST_RUN = 24,
    RAW_LEAST_RUN_OF_MAIL = 16 /* a signature for mail that has header and body together needs no long ones */
};

struct raw_found {
    uint32_t count;
    char first[RAW_NAME_SIZE]; /* the first one's name; "" where there is none */
};

/* Adds what the file named `name` (which says its kind) with these bytes has. What can't be read is counted too. */
void raw_look_at_file(struct span name, struct span bytes, struct raw_found *found);

/* Looks at every file of a folder. */
void raw_look(const char *folder, struct raw_found *found_out);

#endif
