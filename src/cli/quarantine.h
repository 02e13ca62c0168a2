/* The commands of `cordon quarantine`, one function each: the table is in quarantine.c. */
#ifndef CORDON_CLI_QUARANTINE_H
#define CORDON_CLI_QUARANTINE_H

#include "base/fault.h"
#include "cli/command.h"
#include "cli/store_use.h"
#include "sys/sealed.h"

#include <stdint.h>

int quarantine_list(const struct command_line *line); /* and search */
int quarantine_show(const struct command_line *line);
int quarantine_export(const struct command_line *line); /* and cordon store export */
int quarantine_release(const struct command_line *line);
int quarantine_delete(const struct command_line *line);
int quarantine_hold(const struct command_line *line);
int quarantine_unhold(const struct command_line *line);
int quarantine_report(const struct command_line *line);

/* The message as it was, in sealed memory, held against its digest. -1 and *fault, as store_read. Only after a note in
 * the audit trail says what for. */
int quarantine_read(const struct store_use *use, uint64_t sequence, struct sealed *message_out, struct fault *fault);

/* A copy of one record's metadata, and of its row. -1 and *fault: ENOENT. */
struct quarantine_entry {
    struct index_row row;
    struct buf meta;
};
int quarantine_entry_get(const struct store_use *use, uint64_t sequence, struct quarantine_entry *entry_out,
                         struct fault *fault);
void quarantine_entry_fini(struct quarantine_entry *entry);

/* Leaves those of use->ids that are there: a note about any other is refused as a whole. Says which are not, and gives
 * the exit status. */
int quarantine_ids_check(struct store_use *use);

#endif
