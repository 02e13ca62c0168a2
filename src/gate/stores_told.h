/* What the supervisor tells of the stores (CONTROL_STORES), for the metrics. Thread safe. */
#ifndef CORDON_GATE_STORES_TOLD_H
#define CORDON_GATE_STORES_TOLD_H

#include "base/buf.h"
#include "conf/settings.h"

struct stores_told;

struct stores_told *stores_told_new(void);
void stores_told_free(struct stores_told *told);

/* Replaces what was told before. Lines "store.NAME.KEY=VALUE"; an empty text: there is no keeper. */
void stores_told_take(struct stores_told *told, const char *text);

/* In the text format of Prometheus: of each store in the settings whether it takes messages, and what was told. */
void stores_told_metrics(struct stores_told *told, const struct settings *settings, struct buf *text_out);

#endif
