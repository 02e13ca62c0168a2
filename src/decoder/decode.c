#include "decode.h"

#include "decoder/walk.h"
#include "mail/header.h"

#include <assert.h>

enum { DECODE_LOOK_BYTES = 65536 }; /* of a file, for fields that only a mail has */

/* A file that has none of these at its start is no mail. */
static const char *const mail_fields[] = {
    "Received",
    "Return-Path",
    "Delivered-To",
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "Reply-To",
    "MIME-Version",
    "Content-Type",
    "Sender",
    "X-Mailer",
    "Content-Transfer-Encoding",
    "Content-Disposition",
};

/* Empty lines, a byte order mark, an mbox's separator line: some put them before a mail, and they are no part of it. */
static size_t skip_start(struct span file)
{
    struct span rest = file;
    if (span_starts_with(rest, "\xef\xbb\xbf"))
        rest = span_from(rest, 3);
    struct span behind = rest;
    while (rest.size > 0 && mail_line_kind(mail_line_cut(&behind)) == MAIL_LINE_EMPTY)
        rest = behind;
    if (span_starts_with(rest, "From "))
        (void)mail_line_cut(&rest);
    return file.size - rest.size;
}

static bool is_mail_field(struct span name)
{
    for (size_t i = 0; i < sizeof mail_fields / sizeof mail_fields[0]; i++) {
        if (span_is_nocase(name, mail_fields[i]))
            return true;
    }
    return false;
}

/* Begins with a field, and has one of a mail's before the first empty line. */
static bool is_mail(struct span file)
{
    struct span rest = span_slice(file, 0, DECODE_LOOK_BYTES);
    bool is_first = true;
    while (rest.size > 0) {
        struct span line = mail_line_cut(&rest);
        enum mail_line kind = mail_line_kind(line);
        if (kind == MAIL_LINE_EMPTY || (is_first && kind != MAIL_LINE_FIELD))
            return false;
        struct mail_field field;
        if (kind == MAIL_LINE_FIELD && mail_field_next(&line, &field) && is_mail_field(field.name))
            return true;
        is_first = false;
    }
    return false;
}

static void decode_whole(struct span message, struct emit *emit)
{
    uint32_t index = 0;
    struct emit_part part = { .parent = DECODE_NO_PARENT, .number = 1 };
    if (emit_add_part(emit, &part, &index))
        emit_put_slice(emit, index, message, (struct decode_range){ .offset = 0, .size = message.size });
}

int decode_message(struct span message, const struct decode_job *job, struct emit *emit)
{
    assert(emit->job == job && job->message_size == message.size && job->standin_bytes <= message.size);
    size_t start = job->standin_bytes;
    bool is_file = start == 0;
    if (is_file)
        start = skip_start(message);
    if (is_file && !is_mail(span_from(message, start)))
        decode_whole(message, emit);
    else if (walk_message(message, start, emit) != 0)
        return -1;
    return emit_finish(emit);
}
