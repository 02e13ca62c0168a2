#include "status.h"

#include "cordond/configuration.h"
#include "cordond/weaker.h"

#include <stdio.h>
#include <unistd.h>

/* One line, whatever is in the text. */
static void status_put_line(struct buf *out, const char *prefix, struct span text)
{
    buf_put_text(out, prefix);
    for (size_t i = 0; i < text.size; i++) {
        char c = text.data[i];
        if ((c >= 0 && c < ' ') || c == '\x7f')
            c = '?';
        buf_put_char(out, c);
    }
    buf_put_char(out, '\n');
}

static const char *supervisor_state(const struct supervisor *supervisor)
{
    if (supervisor->is_stopping)
        return "stopping";
    if (supervisor->pending != NULL)
        return "reloading";
    return supervisor->is_ready ? "working" : "starting";
}

static void status_put_supervisor(const struct supervisor *supervisor, struct buf *out)
{
    buf_printf(out, "version=%s\npid=%d\n", CORDON_VERSION, (int)getpid());
    buf_printf(out, "uptime_s=%lld\n", (long long)((clock_now_ms() - supervisor->started_ms) / 1000));
    status_put_line(out, "configuration=", span_text(configuration_name(supervisor->configuration)));
    if (supervisor->current != NULL)
        buf_printf(out, "generation=%u\n", supervisor->current->number);
    buf_printf(out, "state=%s\n", supervisor_state(supervisor));
    status_put_line(out, "reload=", span_text(supervisor->reload_result));
    signatures_put_status(supervisor, out);
    const struct settings *settings = supervisor->current != NULL ? supervisor->current->settings : NULL;
    weaker_put(&supervisor->user, settings, configuration_name(supervisor->configuration), out);
}

static void status_put_child(const struct child *child, const char *age, bool with_words, struct buf *out)
{
    char prefix[64];
    const char *name = child->name;
    buf_printf(out, "%s%s.state=%s\n", age, name, child_state_text(child->state));
    if (child->pid != 0)
        buf_printf(out, "%s%s.pid=%d\n", age, name, (int)child->pid);
    if (!with_words)
        return;
    buf_printf(out, "%s%s.restarts=%u\n", age, name, child->restarts);
    (void)snprintf(prefix, sizeof prefix, "%s.", name);
    struct span rest = span_text(child->status != NULL ? child->status : "");
    while (rest.size > 0) {
        struct span line = span_cut(&rest, '\n');
        if (line.size > 0)
            status_put_line(out, prefix, line);
    }
}

static bool child_is_new(const struct supervisor *supervisor, const struct child *child)
{
    return generation_has(supervisor->pending, child) || supervisor->signatures.fresh == child;
}

void status_put(const struct supervisor *supervisor, struct buf *text_out)
{
    status_put_supervisor(supervisor, text_out);
    for (unsigned place = 0; place < ROLE_PLACES; place++) {
        const struct child *child = supervisor->current != NULL ? supervisor->current->children[place] : NULL;
        if (child != NULL)
            status_put_child(child, "", true, text_out);
    }
    for (size_t i = 0; i < SUPERVISOR_MOST_CHILDREN; i++) {
        const struct child *child = &supervisor->children[i];
        if (child->is_used && !generation_has(supervisor->current, child))
            status_put_child(child, child_is_new(supervisor, child) ? "new-" : "old-", false, text_out);
    }
}
