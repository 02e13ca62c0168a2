#include "cordond/update_socket.h"

#define REQUEST(text)                                                                                                  \
    {                                                                                                                  \
        (text), sizeof(text) - 1                                                                                       \
    }

/* clamd takes a command in the old style, without a letter before it, with any end and with none; freshclam sends it
 * with a NUL. */
static const struct span requests[] = {
    REQUEST("RELOAD"),     REQUEST("RELOAD\0"),  REQUEST("RELOAD\n"),
    REQUEST("RELOAD\r\n"), REQUEST("nRELOAD\n"), REQUEST("zRELOAD\0"),
};

enum update_request update_request_read(struct span said)
{
    bool is_begun = false;
    for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
        if (span_equal(said, requests[i]))
            return UPDATE_RELOAD;
        is_begun = is_begun || span_equal(said, span_slice(requests[i], 0, said.size));
    }
    return is_begun ? UPDATE_UNFINISHED : UPDATE_UNKNOWN;
}
