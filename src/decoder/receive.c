#include "receive.h"

#include <assert.h>

static bool receive_begin(void *context, const struct unpack_member *member)
{
    struct receive *receive = context;
    struct emit *emit = receive->walk->emit;
    assert(receive->open == EMIT_NO_PART);
    if (receive->target != EMIT_NO_PART && receive->members == 0)
        receive->open = receive->target;
    else if (!emit_add_part(emit, (int32_t)receive->parent, member->how, &receive->open)) {
        receive->has_trouble = true;
        receive->open = EMIT_NO_PART;
        return false;
    }
    if (receive->open != receive->target)
        receive->walk->works[receive->open] = (struct work){ .kind = WORK_NONE };
    emit_add_names(emit, receive->open, member->names);
    if (member->declared != NULL)
        emit_set_declared(emit, receive->open, span_text(member->declared));
    if (receive->are_readings && receive->open != receive->target)
        emit_add_flags(emit, receive->open, DECODE_PART_READING);
    uint64_t packed = member->packed_size > 0 ? member->packed_size : receive->packed_size;
    emit_open(emit, receive->open, packed, member->size_hint);
    receive->members++;
    return true;
}

static char *receive_room(void *context, size_t *size_out)
{
    struct receive *receive = context;
    char *room = emit_room(receive->walk->emit, size_out);
    receive->has_trouble |= room == NULL;
    return room;
}

static void receive_wrote(void *context, size_t size)
{
    struct receive *receive = context;
    emit_wrote(receive->walk->emit, size);
}

static bool receive_slice(void *context, struct span bytes)
{
    struct receive *receive = context;
    emit_slice(receive->walk->emit, bytes);
    return true;
}

static void receive_end(void *context)
{
    struct receive *receive = context;
    struct emit *emit = receive->walk->emit;
    uint32_t index = receive->open;
    receive->open = EMIT_NO_PART;
    bool is_fresh = walk_close_content(receive->walk, index, receive->is_message);
    receive->fresh += is_fresh ? 1 : 0;
    bool is_kept = is_fresh || receive->walk->works[index].kind == WORK_CONTENT;
    if (is_kept || !receive->are_readings || index == receive->target)
        return;
    emit_drop_part(emit, index); /* a reading that gives what another one gives is none */
}

static void receive_note(void *context, enum unpack_trouble trouble, const char *text)
{
    static const enum decode_kind kinds[UNPACK_TROUBLES] = { [UNPACK_DAMAGED] = DECODE_DAMAGED,
                                                             [UNPACK_UNSUPPORTED] = DECODE_UNSUPPORTED,
                                                             [UNPACK_ENCRYPTED] = DECODE_ENCRYPTED,
                                                             [UNPACK_LIMIT] = DECODE_LIMIT };
    struct receive *receive = context;
    receive->has_trouble = true;
    if (trouble == UNPACK_DAMAGED && walk_is_doubtful(receive->walk, receive->parent))
        return; /* the reading is what is wrong, and it has been told */
    emit_find(receive->walk->emit, kinds[trouble], receive->parent, text);
}

static bool receive_step(void *context, uint64_t units)
{
    struct receive *receive = context;
    bool may_go_on = emit_step(receive->walk->emit, units, receive->parent);
    receive->has_trouble |= !may_go_on;
    return may_go_on;
}

static const char *receive_password(void *context, size_t index)
{
    struct receive *receive = context;
    return words_at(&receive->walk->words, index);
}

static const struct unpack_ops receive_ops = { .begin = receive_begin,
                                               .room = receive_room,
                                               .wrote = receive_wrote,
                                               .slice = receive_slice,
                                               .end = receive_end,
                                               .note = receive_note,
                                               .step = receive_step,
                                               .password = receive_password };

void receive_init(struct receive *receive, struct walk *walk, uint32_t parent, uint64_t packed_size)
{
    *receive = (struct receive){
        .walk = walk, .parent = parent, .packed_size = packed_size, .target = EMIT_NO_PART, .open = EMIT_NO_PART
    };
    receive->unpack = (struct unpack){ .ops = &receive_ops, .context = receive };
}
