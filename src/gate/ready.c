#include "gate/ready.h"

#include "conf/settings.h"
#include "scanner/scanner.h"

bool gate_is_ready(const struct gate *gate, struct buf *text_out)
{
    const struct settings *settings = gate->settings;
    for (size_t i = 0; i < settings->listener_count; i++) {
        const struct listener_settings *listener = &settings->listeners[i];
        if (scanners_are_ready(gate->scanners, &listener->policy))
            continue;
        if (text_out != NULL) {
            buf_printf(text_out, "listener %s: ", listener->name);
            scanners_put_ready(gate->scanners, &listener->policy, text_out);
        }
        return false;
    }
    if (settings->listener_count > 0 || scanners_are_ready(gate->scanners, &settings->policy))
        return true;
    if (text_out != NULL)
        scanners_put_ready(gate->scanners, &settings->policy, text_out);
    return false;
}
