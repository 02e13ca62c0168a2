#include "gates.h"

#include "base/memory.h"
#include "cordond/supervisor.h"

#include <stdlib.h>
#include <string.h>

static void gate_tell(struct child *gate, enum control_kind kind, const char *text)
{
    char **told = &gate->told[kind == CONTROL_STORES ? CHILD_TOLD_STORES : CHILD_TOLD_SIGNATURES];
    if (strcmp(*told != NULL ? *told : "", text) == 0)
        return;
    free(*told);
    *told = memory_copy_text(text);
    child_send(gate, kind, ROLE_GATE, text, -1);
}

void gates_tell(struct supervisor *supervisor, enum control_kind kind, const struct buf *text)
{
    for (size_t i = 0; i < SUPERVISOR_MOST_GENERATIONS && !supervisor->is_stopping; i++) {
        struct generation *generation = &supervisor->generations[i];
        struct child *gate = generation->is_used ? generation->children[ROLE_GATE] : NULL;
        if (gate != NULL && !generation->is_retired && child_is_alive(gate))
            gate_tell(gate, kind, buf_text(text));
    }
}

void gates_tell_stores(struct supervisor *supervisor)
{
    const struct child *keeper = supervisor->current != NULL ? supervisor->current->children[ROLE_KEEPER] : NULL;
    struct span rest = span_text(keeper != NULL && keeper->status != NULL ? keeper->status : "");
    struct buf text;
    buf_init(&text, CONTROL_TEXT_SIZE - 1);
    while (rest.size > 0) {
        struct span line = span_cut(&rest, '\n');
        if (span_starts_with(line, "store."))
            buf_printf(&text, "%.*s\n", (int)line.size, line.data);
    }
    gates_tell(supervisor, CONTROL_STORES, &text);
    buf_fini(&text);
}
