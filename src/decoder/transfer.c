#include "transfer.h"

#include "decoder/receive.h"
#include "text/base64.h"
#include "text/binhex.h"
#include "text/qp.h"
#include "text/uuencode.h"
#include "text/yenc.h"

#include <stddef.h>

enum { TRANSFER_READERS = 3 };

/* One behind the other, until one finds something; none: as it stands. Those that come in a frame of their own may come
 * without it, and programs that go by the frame read xxencode whatever the field says. */
static unpack_reader *const readers[MAIL_ENCODINGS][TRANSFER_READERS] = {
    [MAIL_ENCODING_BASE64] = { base64_read },
    [MAIL_ENCODING_QP] = { qp_read },
    [MAIL_ENCODING_UUENCODE] = { uu_read, xx_read, uu_bare_read },
    [MAIL_ENCODING_XXENCODE] = { xx_read, uu_read },
    [MAIL_ENCODING_YENC] = { yenc_read, yenc_bare_read },
    [MAIL_ENCODING_BINHEX] = { binhex_read },
};

/* What is no text and was sent as if it were one: whoever keeps mail with LF as its line ends has it with LF. */
static void add_lf(struct walk *walk, uint32_t index, struct span body)
{
    struct receive receive;
    receive_init(&receive, walk, index, body.size);
    receive.are_readings = true;
    if (!unpack_begin(&receive.unpack, &(struct unpack_member){ .how = "line ends are LF", .size_hint = body.size }))
        return;
    for (struct span rest = body; rest.size > 0;) {
        size_t at = span_find(rest, span_text("\r\n"));
        if (!unpack_put(&receive.unpack, span_slice(rest, 0, at)))
            break;
        rest = span_from(rest, at == SPAN_NONE ? rest.size : at + 1);
    }
    unpack_end(&receive.unpack);
}

void transfer_fill(struct walk *walk, uint32_t index, enum mail_encoding encoding, struct span body, bool is_message)
{
    struct receive receive;
    receive_init(&receive, walk, index, body.size);
    receive.target = index;
    receive.are_readings = true;
    receive.is_message = is_message;
    for (size_t i = 0; i < TRANSFER_READERS && receive.members == 0 && readers[encoding][i] != NULL; i++)
        readers[encoding][i](&receive.unpack, body);
    if (receive.members > 0)
        return;
    emit_open(walk->emit, index, body.size, 0); /* nothing was encoded there: it is what it is */
    emit_slice(walk->emit, body);
    (void)walk_close_content(walk, index, is_message);
    if (span_find_byte(body, '\0') != SPAN_NONE && span_find(body, span_text("\r\n")) != SPAN_NONE)
        add_lf(walk, index, body);
}
