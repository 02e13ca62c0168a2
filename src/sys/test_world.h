/* For tests: a world of our own, with a network that has nothing but loopback, and files and folders that only we see.
 */
#ifndef CORDON_SYS_TEST_WORLD_H
#define CORDON_SYS_TEST_WORLD_H

#include <stdbool.h>

/* Into new network and mount namespaces, before any thread. False, and said so, where the machine forbids it: then what
 * needs them is skipped. */
bool test_world_enter(void);

/* From here on the folder is empty and writable. */
bool test_world_empty(const char *folder);

/* From here on the file, which must be there, has this text. */
bool test_world_replace(const char *path, const char *text);

#endif
