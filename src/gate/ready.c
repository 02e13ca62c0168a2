#include "gate/ready.h"

#include "conf/settings.h"
#include "scanner/scanner.h"

static bool is_met(const struct gate *gate, const struct policy_settings *policy, const char *listener,
                   struct buf *text_out)
{
    uint32_t working = 0;
    uint32_t wanted = 0;
    if (scanners_are_ready(gate->scanners, policy, &working, &wanted))
        return true;
    if (text_out != NULL && listener != NULL)
        buf_printf(text_out, "listener %s: ", listener);
    if (text_out != NULL)
        buf_printf(text_out, "%u of %u required scanners work", working, wanted);
    return false;
}

bool gate_is_ready(const struct gate *gate, struct buf *text_out)
{
    const struct settings *settings = gate->settings;
    for (size_t i = 0; i < settings->listener_count; i++) {
        const struct listener_settings *listener = &settings->listeners[i];
        if (!is_met(gate, &listener->policy, listener->name, text_out))
            return false;
    }
    return settings->listener_count > 0 || is_met(gate, &settings->policy, NULL, text_out);
}
