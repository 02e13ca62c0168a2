#include "transfer.h"

#include "decoder/receive.h"
#include "text/base64.h"
#include "text/binhex.h"
#include "text/qp.h"
#include "text/uuencode.h"
#include "text/yenc.h"

#include <stddef.h>

/* NULL: as it stands. Those that come in a frame of their own may come without it. */
static const struct {
    unpack_reader *read;
    unpack_reader *otherwise;
} readers[MAIL_ENCODINGS] = {
    [MAIL_ENCODING_IDENTITY] = { NULL, NULL },      [MAIL_ENCODING_BASE64] = { base64_read, NULL },
    [MAIL_ENCODING_QP] = { qp_read, NULL },         [MAIL_ENCODING_UUENCODE] = { uu_read, uu_bare_read },
    [MAIL_ENCODING_XXENCODE] = { xx_read, NULL },   [MAIL_ENCODING_YENC] = { yenc_read, yenc_bare_read },
    [MAIL_ENCODING_BINHEX] = { binhex_read, NULL },
};

void transfer_fill(struct walk *walk, uint32_t index, enum mail_encoding encoding, struct span body, bool is_message)
{
    struct receive receive;
    receive_init(&receive, walk, index, body.size);
    receive.target = index;
    receive.are_readings = true;
    receive.is_message = is_message;
    if (readers[encoding].read != NULL)
        readers[encoding].read(&receive.unpack, body);
    if (receive.members == 0 && readers[encoding].otherwise != NULL)
        readers[encoding].otherwise(&receive.unpack, body);
    if (receive.members > 0)
        return;
    emit_open(walk->emit, index, body.size, 0); /* nothing was encoded there: it is what it is */
    emit_slice(walk->emit, body);
    (void)walk_close_content(walk, index, is_message);
}
