/* The body reader against a plain model, all at once and one byte at a time, in all four ways of use. */
#include "proto/smtp_body.h"

#include "base/buf.h"

#include <assert.h>
#include <stdint.h>

enum { FUZZ_LIMIT = 1 << 22 };

struct model {
    struct buf out;
    size_t taken;
    bool is_ended;
    bool is_flawed;
};

static void put_line(struct model *model, struct span line, bool mends)
{
    for (size_t i = 0; i < line.size; i++) {
        bool is_bare = line.data[i] == '\r' || line.data[i] == '\n';
        if (is_bare)
            buf_put_text(&model->out, "\r\n");
        else
            buf_put_char(&model->out, line.data[i]);
        model->is_flawed = model->is_flawed || (is_bare && !mends);
    }
}

/* Line by line, as the RFC speaks of it. */
static void model_read(struct model *model, enum smtp_body_kind kind, bool mends, struct span rest)
{
    *model = (struct model){ 0 };
    buf_init(&model->out, FUZZ_LIMIT);
    while (rest.size > 0 && !model->is_ended) {
        size_t end = span_find(rest, span_text("\r\n"));
        struct span line = span_slice(rest, 0, end != SPAN_NONE ? end : rest.size);
        rest = span_from(rest, end != SPAN_NONE ? end + 2 : rest.size);
        model->taken += line.size + (end != SPAN_NONE ? 2 : 0);
        model->is_ended = kind == SMTP_BODY_DATA && end != SPAN_NONE && span_is(line, ".");
        if (model->is_ended)
            break;
        if (kind == SMTP_BODY_DATA && span_starts_with(line, "."))
            line = span_from(line, 1);
        for (int i = 1; i < SMTP_BODY_MOST_HELD_CRS; i++) {
            if (end == SPAN_NONE || line.size == 0 || line.data[line.size - 1] != '\r')
                break;
            line.size--; /* a stammer */
            model->is_flawed = model->is_flawed || !mends;
        }
        put_line(model, line, mends);
        bool lacks_end = model->out.size > 0 && model->out.data[model->out.size - 1] != '\n';
        if (end != SPAN_NONE || (kind == SMTP_BODY_BDAT && lacks_end))
            buf_put_text(&model->out, "\r\n");
    }
    model->is_flawed = model->is_flawed || (model->out.size > 0 && ascii_is_space(model->out.data[0]));
}

static void collect(void *context, struct span run)
{
    buf_put_span(context, run);
}

static void check(const struct model *model, enum smtp_body_kind kind, bool mends, struct span in, size_t step)
{
    struct buf out;
    buf_init(&out, FUZZ_LIMIT);
    struct smtp_body body;
    smtp_body_init(&body, kind, mends, collect, &out);
    size_t taken = 0;
    for (size_t at = 0; at < in.size && !smtp_body_is_ended(&body); at += step)
        taken += smtp_body_take(&body, span_slice(in, at, step));
    if (kind == SMTP_BODY_DATA)
        assert(smtp_body_is_ended(&body) == model->is_ended);
    else
        smtp_body_finish(&body);
    assert(taken == model->taken);
    if (smtp_body_is_ended(&body)) {
        assert((body.flaw != SMTP_BODY_SOUND) == model->is_flawed);
        assert(model->is_flawed || span_equal(buf_span(&out), buf_span(&model->out)));
    }
    buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span in = span_of(data, size);
    for (unsigned way = 0; way < 4; way++) {
        enum smtp_body_kind kind = (way & 1) != 0 ? SMTP_BODY_BDAT : SMTP_BODY_DATA;
        bool mends = (way & 2) != 0;
        struct model model;
        model_read(&model, kind, mends, in);
        check(&model, kind, mends, in, size + 1);
        check(&model, kind, mends, in, 1);
        check(&model, kind, mends, in, 7);
        buf_fini(&model.out);
    }
    return 0;
}
