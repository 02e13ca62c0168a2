/* Any bytes as a server's reply: what is kept of it is itself one reply with the same code. */
#include "proto/ehlo.h"
#include "proto/smtp_reply.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_kept(const struct smtp_reply *reply)
{
    struct smtp_reply again;
    struct span rest = span_of(reply->text, reply->text_size);
    int more = 1;
    assert(strlen(reply->text) == reply->text_size);
    smtp_reply_init(&again);
    while (more == 1) {
        assert(rest.size > 0);
        struct span line = span_cut(&rest, '\n');
        if (line.size > 0 && line.data[line.size - 1] == '\r')
            line.size--;
        assert(span_find_byte(line, '\r') == SPAN_NONE);
        more = smtp_reply_add_line(&again, line, NULL);
    }
    assert(more == 0 && rest.size == 0);
    assert(again.code == reply->code && strcmp(again.text, reply->text) == 0);
    assert(smtp_reply_code(reply->text) == reply->code);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span rest = span_of(data, size);
    struct smtp_reply reply;
    struct hop_abilities abilities = { 0 };
    smtp_reply_init(&reply);
    int more = 1;
    while (more == 1 && rest.size > 0) {
        struct span line = span_cut(&rest, '\n');
        more = smtp_reply_add_line(&reply, line, NULL);
        if (more >= 0)
            ehlo_add_line(&abilities, reply.line_count - 1, span_from(line, 4));
    }
    if (more == 0)
        check_kept(&reply);
    assert(strlen(abilities.xforward) < sizeof abilities.xforward);
    assert(strlen(abilities.xclient) < sizeof abilities.xclient);
    return 0;
}
