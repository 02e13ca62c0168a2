/* Durations and sizes as people write them: "500ms", "60s", "5m", "1h", "2d"; "64K", "25M", "1G". */
#ifndef CORDON_CONF_UNITS_H
#define CORDON_CONF_UNITS_H

#include "base/buf.h"
#include "base/span.h"

#include <stdbool.h>
#include <stdint.h>

enum unit_kind { UNIT_DURATION, UNIT_SIZE };

/* A number with a unit and nothing else, in milliseconds or bytes. Without a unit a duration is in seconds and a size
 * in bytes. False where it is not one, or does not fit. */
bool unit_read(enum unit_kind kind, struct span text, uint64_t *value_out);

/* With the largest unit that loses nothing. */
void unit_print(enum unit_kind kind, uint64_t value, struct buf *text_out);

#endif
