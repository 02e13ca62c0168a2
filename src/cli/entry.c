#include "cli/entry.h"

#include "base/escape.h"
#include "cli/when.h"
#include "sys/digest.h"

#include <inttypes.h>

void json_put_text(struct buf *out, const char *name, struct span value)
{
    buf_printf(out, ",\"%s\":", name);
    escape_json(out, value);
}

void json_put_number(struct buf *out, const char *name, uint64_t number)
{
    buf_printf(out, ",\"%s\":%" PRIu64, name, number);
}

void json_put_time(struct buf *out, const char *name, uint64_t ms)
{
    buf_printf(out, ",\"%s\":\"", name);
    when_put_utc(out, ms);
    buf_put_char(out, '"');
}

void json_put_list(struct buf *out, const char *name, struct span meta, enum meta_field field)
{
    struct meta_reader reader;
    struct span value;
    unsigned number = 0;
    bool is_any = false;
    meta_begin(&reader, meta);
    while (meta_next(&reader, &number, &value)) {
        if (number != (unsigned)field)
            continue;
        if (is_any)
            buf_put_char(out, ',');
        else
            buf_printf(out, ",\"%s\":[", name);
        is_any = true;
        escape_json(out, value);
    }
    if (is_any)
        buf_put_char(out, ']');
}

static void json_put_field(struct buf *out, const char *name, struct span meta, enum meta_field field)
{
    struct span value = meta_find(meta, field);
    if (value.data != NULL)
        json_put_text(out, name, value);
}

/* [{"address":"ann@example.org","fate":"reject 550 5.7.1 ..."}] */
static void json_put_recipients(struct buf *out, struct span meta)
{
    struct meta_reader reader;
    struct span value;
    unsigned field = 0;
    bool is_open = false;
    buf_put_text(out, ",\"recipients\":[");
    meta_begin(&reader, meta);
    while (meta_next(&reader, &field, &value)) {
        if (field == META_RECIPIENT) {
            buf_put_text(out, is_open ? "},{\"address\":" : "{\"address\":");
            escape_json(out, value);
            is_open = true;
        } else if (field == META_FATE && is_open) {
            json_put_text(out, "fate", value);
        }
    }
    buf_put_text(out, is_open ? "}]" : "]");
}

static void put_digest(struct buf *out, struct span digest)
{
    for (size_t i = 0; i < digest.size; i++)
        buf_printf(out, "%02x", (unsigned)(unsigned char)digest.data[i]);
}

static const struct {
    const char *json;
    const char *text; /* for people */
    enum meta_field field;
    bool is_list;
} fields[] = {
    { "sender", "sender", META_SENDER, false },
    { "client", "client", META_CLIENT, false },
    { "helo", "helo", META_HELO, false },
    { "session", "session", META_SESSION, false },
    { "listener", "listener", META_LISTENER, false },
    { "intake", "intake", META_INTAKE, false },
    { "from", "from", META_FROM, false },
    { "subject", "subject", META_SUBJECT, false },
    { "message_id", "message-id", META_MESSAGE_ID, false },
    { "names", "found", META_NAME, true },
    { "reasons", "reason", META_REASON, true },
    { "files", "file", META_FILE, true },
    { "scanners", "scanner", META_SCANNERS, true },
    { "stored_as", "stored as", META_STORED_AS, false },
};
enum { FIELDS = sizeof fields / sizeof fields[0] };

void entry_put_json(struct buf *out, const char *store, const struct store_entry *entry)
{
    uint64_t number = 0;
    struct span digest = meta_find(entry->meta, META_DIGEST);
    buf_put_text(out, "{\"id\":\"");
    buf_printf(out, "%s:%" PRIu64 "\"", store, entry->row.sequence);
    json_put_text(out, "store", span_text(store));
    json_put_number(out, "sequence", entry->row.sequence);
    json_put_time(out, "time", entry->row.time_ms);
    if (meta_number(entry->meta, META_RECEIVED, &number))
        json_put_time(out, "received", number);
    json_put_text(out, "category", span_text(category_text(entry->row.category)));
    json_put_number(out, "size", entry->row.size);
    json_put_number(out, "holds", entry->row.holds);
    json_put_recipients(out, entry->meta);
    for (size_t i = 0; i < FIELDS; i++) {
        if (fields[i].is_list)
            json_put_list(out, fields[i].json, entry->meta, fields[i].field);
        else
            json_put_field(out, fields[i].json, entry->meta, fields[i].field);
    }
    if (digest.data != NULL) {
        buf_put_text(out, ",\"sha256\":\"");
        put_digest(out, digest);
        buf_put_char(out, '"');
    }
}

static void put_line(struct buf *out, const char *name, struct span value)
{
    buf_printf(out, "  %-10s  ", name);
    escape_shown(out, value, ENTRY_LINE_MOST);
    buf_put_char(out, '\n');
}

static void put_time(struct buf *out, const char *name, uint64_t ms)
{
    buf_printf(out, "  %-10s  ", name);
    when_put(out, ms);
    buf_put_char(out, '\n');
}

static void put_recipients(struct buf *out, struct span meta)
{
    struct meta_reader reader;
    struct span value;
    unsigned field = 0;
    bool is_open = false;
    meta_begin(&reader, meta);
    while (meta_next(&reader, &field, &value)) {
        if (field == META_RECIPIENT) {
            buf_put_text(out, is_open ? "\n  recipient   " : "  recipient   ");
            escape_shown(out, value, ENTRY_LINE_MOST);
            is_open = true;
        } else if (field == META_FATE && is_open) {
            buf_put_text(out, ": ");
            escape_shown(out, value, ENTRY_LINE_MOST);
        }
    }
    if (is_open)
        buf_put_char(out, '\n');
}

static void put_fields(struct buf *out, struct span meta)
{
    for (size_t i = 0; i < FIELDS; i++) {
        struct meta_reader reader;
        struct span value;
        unsigned field = 0;
        meta_begin(&reader, meta);
        while (meta_next(&reader, &field, &value)) {
            if (field == (unsigned)fields[i].field)
                put_line(out, fields[i].text,
                         fields[i].field == META_SENDER && value.size == 0 ? span_text("<>") : value);
        }
        if (fields[i].field == META_SENDER)
            put_recipients(out, meta);
    }
}

void entry_put_text(struct buf *out, const char *store, const struct store_entry *entry)
{
    uint64_t number = 0;
    struct span digest = meta_find(entry->meta, META_DIGEST);
    buf_printf(out, "%s:%" PRIu64 "\n", store, entry->row.sequence);
    put_time(out, "kept", entry->row.time_ms);
    if (meta_number(entry->meta, META_RECEIVED, &number))
        put_time(out, "received", number);
    put_line(out, "category", span_text(category_text(entry->row.category)));
    buf_printf(out, "  %-10s  %" PRIu64 " bytes\n", "size", entry->row.size);
    if (digest.data != NULL) {
        buf_printf(out, "  %-10s  ", "sha256");
        put_digest(out, digest);
        buf_put_char(out, '\n');
    }
    if (entry->row.holds > 0)
        put_line(out, "held", span_text("yes: it can't be deleted, and does not expire"));
    if (entry->meta.size == 0)
        put_line(out, "metadata", span_text("broken: see cordon store verify"));
    put_fields(out, entry->meta);
}

void entry_put_size(struct buf *out, uint64_t bytes)
{
    static const char *const units[] = { "B", "kB", "MB", "GB", "TB" };
    size_t unit = 0;
    uint64_t divisor = 1;
    while (bytes / divisor >= 1024 && unit + 1 < sizeof units / sizeof units[0]) {
        divisor *= 1024;
        unit++;
    }
    buf_printf(out, "%" PRIu64, bytes / divisor);
    if (unit > 0)
        buf_printf(out, ".%" PRIu64, bytes % divisor * 10 / divisor);
    buf_printf(out, " %s", units[unit]);
}

void entry_put_first(struct buf *out, struct span meta, enum meta_field wanted)
{
    struct meta_reader reader;
    struct span value;
    struct span first = { 0 };
    unsigned field = 0;
    unsigned count = 0;
    meta_begin(&reader, meta);
    while (meta_next(&reader, &field, &value)) {
        if (field == (unsigned)wanted && count++ == 0)
            first = value;
    }
    buf_put_span(out, first);
    if (count > 1)
        buf_printf(out, " +%u", count - 1);
}

size_t entry_read_about(struct span meta, uint64_t *about_out, size_t most)
{
    struct meta_reader reader;
    struct span value;
    unsigned field = 0;
    size_t count = 0;
    meta_begin(&reader, meta);
    while (meta_next(&reader, &field, &value)) {
        if (field != META_ABOUT || value.size != sizeof(uint64_t))
            continue;
        if (count < most) {
            about_out[count] = 0;
            for (size_t i = value.size; i > 0; i--)
                about_out[count] = (about_out[count] << 8) | (unsigned char)value.data[i - 1];
        }
        count++;
    }
    return count;
}
