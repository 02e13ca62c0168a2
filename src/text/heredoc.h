/* Files that a shell script carries line by line, as shell archives do:
 *
 *     sed 's/^X//' > name << 'END'
 *     Xa line
 *     END
 *
 * Each is handed out as it stands in the script, and without what a sed of that form takes away.
 */
#ifndef CORDON_TEXT_HEREDOC_H
#define CORDON_TEXT_HEREDOC_H

#include "unpack/unpack.h"

/* A line of cat or sed that has "<<" and a word. */
bool heredoc_looks(struct span content);

/* Nothing is noted: a script that is cut short is a text like any other. */
void heredoc_read(struct unpack *unpack, struct span content);

#endif
