#include "cordond/update_socket.h"

#include <string.h>

/* `said` is the beginning of `whole`. */
static bool is_on_its_way(struct span said, const char *whole, size_t size)
{
    return said.size < size && memcmp(said.data, whole, said.size) == 0;
}

/* Of a command in the old style, without a letter before it, the end may be left out: clamd takes it so, and freshclam
 * sends it so. */
enum update_request update_request_read(struct span said)
{
    static const char *const whole[] = { "RELOAD", "RELOAD\n", "RELOAD\r\n", "nRELOAD\n" };
    static const char with_nul[] = "zRELOAD"; /* its NUL belongs to it */
    if (said.size == 0)
        return UPDATE_UNFINISHED;
    bool is_begun = is_on_its_way(said, with_nul, sizeof with_nul);
    if (span_equal(said, span_of(with_nul, sizeof with_nul)))
        return UPDATE_RELOAD;
    for (size_t i = 0; i < sizeof whole / sizeof whole[0]; i++) {
        if (span_is(said, whole[i]))
            return UPDATE_RELOAD;
        is_begun = is_begun || is_on_its_way(said, whole[i], strlen(whole[i]));
    }
    return is_begun ? UPDATE_UNFINISHED : UPDATE_UNKNOWN;
}
