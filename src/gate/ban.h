/* The operator's list of what no message may carry, held against every part of a report, at any depth. */
#ifndef CORDON_GATE_BAN_H
#define CORDON_GATE_BAN_H

#include "base/buf.h"
#include "conf/settings.h"
#include "ipc/calls/decode.h"
#include "verdict/verdict.h"

enum { BAN_PATH_SIZE = 4096 };

/* Adds a `banned` finding for each part that matches, with the first rule that did. The cost is linear in the report's
 * texts and parts, times the number of rules. */
void ban_check(const struct ban_settings *ban, const struct decode_report *report, struct verdict *verdict);

/* The containers that a part lies in, from the outermost, each with a slash behind it: "zip/tar/". Multiparts and the
 * message itself are none. Cut at the front where they are too many. */
void ban_path(const struct decode_report *report, uint32_t index, char path_out[BAN_PATH_SIZE]);

#endif
