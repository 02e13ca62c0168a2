#include "mbox.h"

#include "text/pull.h"

#define MBOX_SEPARATOR "From "

enum { MBOX_FIELD_NAME_MOST = 80 };

/* Begins with a field's name and a colon; some mailboxes have more lines of the separator's kind first. */
static bool is_field(struct span text)
{
    size_t i = 0;
    if (span_starts_with(text, ">" MBOX_SEPARATOR))
        (void)text_cut_whole_line(&text);
    while (i < text.size && i < MBOX_FIELD_NAME_MOST && (unsigned char)text.data[i] > ' ' && text.data[i] != ':')
        i++;
    return i > 0 && i < text.size && text.data[i] == ':';
}

/* Where the next separator at or behind *at begins, and where its mail does. */
static bool find_separator(struct span content, size_t *at, size_t *mail_at_out)
{
    struct span rest = span_from(content, *at);
    bool is_behind_empty = *at == 0;
    while (rest.size > 0) {
        size_t here = content.size - rest.size;
        struct span line = text_cut_whole_line(&rest);
        if (is_behind_empty && span_starts_with(line, MBOX_SEPARATOR) && is_field(rest)) {
            *at = here;
            *mail_at_out = content.size - rest.size;
            return true;
        }
        is_behind_empty = span_trim(line).size == 0;
    }
    return false;
}

bool mbox_looks(struct span content)
{
    size_t at = 0;
    size_t mail_at = 0;
    if (!span_starts_with(content, MBOX_SEPARATOR) || !find_separator(content, &at, &mail_at) || at != 0)
        return false;
    at = mail_at;
    return find_separator(content, &at, &mail_at);
}

void mbox_read(struct unpack *unpack, struct span content)
{
    static const struct unpack_member member = { .declared = "message/rfc822", .how = "mbox" };
    size_t at = 0;
    size_t mail_at = 0;
    if (!find_separator(content, &at, &mail_at))
        return;
    for (bool is_last = false; !is_last;) {
        size_t next_mail_at = 0;
        at = mail_at;
        is_last = !find_separator(content, &at, &next_mail_at);
        size_t end = is_last ? content.size : at;
        if (!unpack_member_slice(unpack, &member, span_slice(content, mail_at, end - mail_at)))
            return;
        mail_at = next_mail_at;
    }
}
