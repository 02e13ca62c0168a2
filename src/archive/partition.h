/* Partition tables: each partition is a slice. MBR with its logical partitions, and GPT in both of its places.
 */
#ifndef CORDON_ARCHIVE_PARTITION_H
#define CORDON_ARCHIVE_PARTITION_H

#include "unpack/unpack.h"

/* By a table with an entry that begins inside of the content. */
bool partition_looks(struct span content);
void partition_read(struct unpack *unpack, struct span content);

#endif
