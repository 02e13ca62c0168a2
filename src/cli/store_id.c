#include "cli/store_use.h"

bool store_id_read(struct span text, struct span *name_out, uint64_t *sequence_out)
{
    struct span rest = text;
    struct span name = span_cut(&rest, ':');
    bool has_name = rest.data != NULL;
    *name_out = has_name ? name : span_of(NULL, 0);
    return (!has_name || name.size > 0) && span_number(has_name ? rest : text, sequence_out) && *sequence_out > 0;
}
