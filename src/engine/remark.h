/* SPDX-License-Identifier: GPL-2.0-only */
/* What libclamav's complaints mean.
 *
 * The library says "clean" of what it could not look into, and a warning is all that it gives away. So a warning or
 * error takes the worth from a clean answer, unless it is known to speak about the message.
 */
#ifndef CORDON_ENGINE_REMARK_H
#define CORDON_ENGINE_REMARK_H

#include "base/span.h"
#include "ipc/calls/scan.h"
#include "verdict/verdict.h"

struct remark {
    enum scan_result result; /* SCAN_CLEAN: of no weight; SCAN_UNSCANNABLE; SCAN_FAILED */
    enum unscannable unscannable;
};

/* `text` is the complaint without the library's prefix. Whatever is not listed is SCAN_FAILED. */
struct remark remark_read(struct span text);

#endif
