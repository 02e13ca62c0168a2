/* The commands of `cordon store`, one function each: the table is in store.c. */
#ifndef CORDON_CLI_STORE_COMMANDS_H
#define CORDON_CLI_STORE_COMMANDS_H

#include "base/buf.h"
#include "base/fault.h"
#include "cli/command.h"
#include "store/record.h"

#include <stdint.h>

int store_command_keygen(const struct command_line *line);
int store_command_rotate(const struct command_line *line);
int store_command_verify(const struct command_line *line);
int store_command_head(const struct command_line *line);
int store_command_accept(const struct command_line *line);
int store_command_reindex(const struct command_line *line);
int store_command_status(const struct command_line *line);
int store_command_trail(const struct command_line *line);
int store_command_judge(const struct command_line *line);
int store_command_import(const struct command_line *line);

/* A head as one line of text, without the line end: "cordon-head-1 BASE64". */
void head_put_text(struct buf *out, struct span slot);
/* The head in a text: that line, with whatever space around it. -1 and *fault where it is none. */
int head_read_text(struct span text, struct record_head *head_out, struct fault *fault);
/* The head in a head's file: of its two slots the one that counts, whose bytes are put too (may be NULL). */
int head_read_file(const char *path, struct record_head *head_out, struct buf *slot_out, struct fault *fault);

/* Done and all of it, now and then, on a terminal's last line; nothing where standard error is none. */
void progress_show(const char *what, uint64_t done, uint64_t all);
void progress_clear(void);

#endif
