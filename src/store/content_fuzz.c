/* Any bytes are sealed content, what sealed pieces hold, a recipe, and a message with parts. Whatever they are, no more
 * comes out than was asked for.
 */
#include "content.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FUZZ_MOST = 300000 };

static const struct crypt_key key = { .bytes = { 3 } };
static struct span message; /* where parts are taken from */
static struct buf opened;

static int put(void *context, struct span bytes, struct fault *fault)
{
    (void)context;
    (void)fault;
    assert(bytes.size > 0);
    buf_put_span(&opened, bytes);
    assert(!buf_overflowed(&opened));
    return 0;
}

/* A part's sequence is its offset here, and 1 more. */
static int fetch(void *context, uint64_t sequence, uint64_t size, struct fault *fault)
{
    assert(size > 0 && size <= FUZZ_MOST);
    struct span part = span_slice(span_from(message, (size_t)(sequence - 1)), 0, (size_t)size);
    return part.size == size ? put(context, part, fault) : fault_set(fault, ENOENT, "no such part");
}

static int open_both(struct span sealed)
{
    struct fault fault = { 0 };
    buf_clear(&opened);
    (void)content_open(&key, sealed, FUZZ_MOST, put, NULL, &fault);
    buf_clear(&opened);
    return content_open_message(&key, sealed, FUZZ_MOST, put, fetch, NULL, &fault);
}

/* Sealed pieces of the right sizes, with anything in them. */
static void check_pieces(struct span packed)
{
    struct buf sealed;
    buf_init(&sealed, 2 * packed.size + 1000);
    struct crypt_stream *stream = crypt_stream_seal(&key, &sealed);
    while (packed.size > CONTENT_PIECE_SIZE) {
        crypt_stream_push(stream, span_slice(packed, 0, CONTENT_PIECE_SIZE), false, &sealed);
        packed = span_from(packed, CONTENT_PIECE_SIZE);
    }
    crypt_stream_push(stream, packed, true, &sealed);
    crypt_stream_free(stream);
    (void)open_both(buf_span(&sealed));
    buf_fini(&sealed);
}

/* A message whose own first bytes say where its parts are. */
static void check_message(void)
{
    struct content_part parts[8];
    size_t count = 0;
    size_t at = 0;
    for (size_t i = 0; i + 1 < message.size && count < 8; i += 2) {
        size_t skip = (unsigned char)message.data[i];
        size_t take = (unsigned char)message.data[i + 1];
        if (skip + take > message.size - at)
            break;
        parts[count++] = (struct content_part){ .offset = at + skip, .size = take, .sequence = at + skip + 1 };
        at += skip + take;
    }
    struct buf sealed;
    struct fault fault = { 0 };
    buf_init(&sealed, 2 * message.size + 1000);
    int failed = content_seal_message(&key, message, parts, count, &sealed, &fault);
    assert(failed == 0);
    failed = open_both(buf_span(&sealed));
    assert(message.size > FUZZ_MOST || (failed == 0 && span_equal(buf_span(&opened), message)));
    buf_fini(&sealed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (crypt_begin(NULL) != 0)
        abort();
    message = span_of(data, size);
    buf_init(&opened, FUZZ_MOST);
    (void)open_both(message);
    check_pieces(message);
    struct buf sealed; /* as a recipe */
    struct fault fault = { 0 };
    buf_init(&sealed, 2 * size + 1000);
    int failed = content_seal(&key, message, &sealed, &fault);
    assert(failed == 0);
    (void)open_both(buf_span(&sealed));
    buf_fini(&sealed);
    check_message();
    buf_fini(&opened);
    return 0;
}
