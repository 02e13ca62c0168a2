/* Any line, with everything offered and nothing: what is accepted can be said again and means the same. */
#include "proto/smtp_command.h"

#include "base/escape.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

enum { ALL = SMTP_EXT_SIZE | SMTP_EXT_8BITMIME | SMTP_EXT_SMTPUTF8 | SMTP_EXT_DSN };

/* Nothing that could end the line or open a second path ever gets through. */
static void check_address(struct span address)
{
    bool is_quoted = false;
    for (size_t i = 0; i < address.size; i++) {
        unsigned char c = (unsigned char)address.data[i];
        assert(c >= 0x20 && c != 0x7f);
        if (is_quoted && c == '\\')
            i++;
        else if (c == '"')
            is_quoted = !is_quoted;
        else
            assert(is_quoted || (c != ' ' && c != '<' && c != '>'));
    }
    assert(!is_quoted);
    while (address.size > 0) {
        size_t n = utf8_sequence(address);
        assert(n > 0);
        address = span_from(address, n);
    }
}

static void check_envelope(enum smtp_verb verb, struct span arguments, unsigned offered, bool is_utf8)
{
    struct smtp_envelope first;
    struct smtp_envelope second;
    const char *reply = NULL;
    if (smtp_envelope_parse(verb, arguments, offered, is_utf8, &first, &reply) != 0) {
        assert(reply != NULL && reply[0] == '5');
        return;
    }
    assert((first.extensions & ~offered) == 0);
    check_address(first.address);
    struct buf parameters;
    struct buf line;
    buf_init(&parameters, arguments.size + 64);
    buf_init(&line, 2 * arguments.size + 128);
    smtp_envelope_put_parameters(&first, ALL, &parameters);
    buf_printf(&line, "%s<", verb == SMTP_MAIL ? "FROM:" : "TO:");
    buf_put_span(&line, first.address);
    buf_printf(&line, "> %s", buf_text(&parameters));
    assert(strpbrk(buf_text(&parameters), "\r\n") == NULL && strlen(buf_text(&parameters)) == parameters.size);
    assert(smtp_envelope_parse(verb, buf_span(&line), offered, is_utf8, &second, &reply) == 0);
    assert(span_equal(first.address, second.address) && first.size == second.size);
    assert(first.extensions == second.extensions);
    buf_fini(&line);
    buf_fini(&parameters);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span arguments;
    enum smtp_verb verb = smtp_verb_parse(span_of(data, size), &arguments);
    if (verb == SMTP_MAIL || verb == SMTP_RCPT) {
        check_envelope(verb, arguments, ALL, true);
        check_envelope(verb, arguments, ALL, false);
        check_envelope(verb, arguments, 0, false);
    }
    uint64_t number = 0;
    bool is_last = false;
    (void)smtp_bdat_parse(arguments, &number, &is_last);
    (void)smtp_hello_is_valid(arguments);
    return 0;
}
