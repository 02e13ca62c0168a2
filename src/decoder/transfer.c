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
}
