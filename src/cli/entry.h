/* A record of a store as people and programs are shown it. Everything in it is foreign, and escaped. */
#ifndef CORDON_CLI_ENTRY_H
#define CORDON_CLI_ENTRY_H

#include "base/buf.h"
#include "store/meta.h"
#include "store/store.h"

#include <stdint.h>

enum { ENTRY_TEXT_LIMIT = 8 << 20, ENTRY_LINE_MOST = 1000 /* bytes of one value that a person is shown */ };

/* An object, without its end: so that more can be put behind. Keys are there only where the record has the field. */
void entry_put_json(struct buf *out, const char *store, const struct store_entry *entry);

/* Lines, each with a word for what it is. */
void entry_put_text(struct buf *out, const char *store, const struct store_entry *entry);

/* "12.3 MB" */
void entry_put_size(struct buf *out, uint64_t bytes);

/* The first value of a field, not yet escaped, with how many more there are: "a@example.org +2". */
void entry_put_first(struct buf *out, struct span meta, enum meta_field wanted);

/* ",\"NAME\":" with a string, a number, or a moment. */
void json_put_text(struct buf *out, const char *name, struct span value);
void json_put_number(struct buf *out, const char *name, uint64_t number);
void json_put_time(struct buf *out, const char *name, uint64_t ms);
/* All values of a field as a list; nothing where there is none. */
void json_put_list(struct buf *out, const char *name, struct span meta, enum meta_field field);

/* META_ABOUT: the records that a note is about, up to `most`; how many there are. */
size_t entry_read_about(struct span meta, uint64_t *about_out, size_t most);

#endif
