#include "cordond/update_socket.h"

#include "base/test.h"

#define ROW(text, result)                                                                                              \
    {                                                                                                                  \
        text, sizeof text - 1, result                                                                                  \
    }

static const struct {
    const char *said;
    size_t size;
    enum update_request request;
} rows[] = {
    ROW("", UPDATE_UNFINISHED),        ROW("RELOAD", UPDATE_RELOAD),
    ROW("RELOAD\n", UPDATE_RELOAD),    ROW("RELOAD\r\n", UPDATE_RELOAD),
    ROW("nRELOAD\n", UPDATE_RELOAD),   ROW("zRELOAD\0", UPDATE_RELOAD),
    ROW("R", UPDATE_UNFINISHED),       ROW("RELOA", UPDATE_UNFINISHED),
    ROW("n", UPDATE_UNFINISHED),       ROW("nRELOAD", UPDATE_UNFINISHED),
    ROW("zRELOAD", UPDATE_UNFINISHED), ROW("RELOAD\r", UPDATE_UNFINISHED),
    ROW("zRELOAD\n", UPDATE_UNKNOWN),  ROW("nRELOAD\0", UPDATE_UNKNOWN),
    ROW("RELOADED", UPDATE_UNKNOWN),   ROW("PING", UPDATE_UNKNOWN),
    ROW("zVERSION\0", UPDATE_UNKNOWN), ROW("reload", UPDATE_UNKNOWN),
    ROW("RELOAD\0", UPDATE_RELOAD),    ROW("\n", UPDATE_UNKNOWN),
    ROW("\0", UPDATE_UNKNOWN),         ROW("RELOAD\nRELOAD", UPDATE_UNKNOWN),
};

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].said);
        CHECK(update_request_read(span_of(rows[i].said, rows[i].size)) == rows[i].request);
    }
    return test_end();
}
