#include "document/pdf_unlock.h"

#include <string.h>

enum { PDF_LOCKS = 4, PDF_PASSWORDS = 64, PDF_PASSWORD_COST = 1 << 14 };

/* What the file's trailers say (ISO 32000-2 section 7.5.5): those after "trailer" and the streams that replace them. */
struct pdf_trailers {
    struct pdf_value locks[PDF_LOCKS];
    size_t lock_count;
    struct pdf_value ids[PDF_LOCKS];
    size_t id_count;
};

static void pdf_add_distinct(struct pdf_value *values, size_t *count, const struct pdf_value *value)
{
    for (size_t i = 0; i < *count; i++) {
        if (values[i].kind == value->kind && values[i].number == value->number &&
            span_equal(values[i].bytes, value->bytes))
            return;
    }
    if (*count < PDF_LOCKS)
        values[(*count)++] = *value;
}

static void pdf_read_trailer(struct pdf_file *file, struct span bytes, struct pdf_trailers *trailers)
{
    struct span key = { 0 };
    struct pdf_value value;
    bool has_root = false;
    bool has_lock = false;
    for (size_t at = 0; pdf_read_pair(bytes, &at, &key, &value);) {
        has_root |= pdf_name_is(key, "Root");
        has_lock |= pdf_name_is(key, "Encrypt");
        if (pdf_name_is(key, "Encrypt") && (value.kind == PDF_REFERENCE || value.kind == PDF_DICTIONARY))
            pdf_add_distinct(trailers->locks, &trailers->lock_count, &value);
        if (!pdf_name_is(key, "ID"))
            continue;
        struct pdf_value array = pdf_resolve(file, value, 0);
        struct pdf_value id;
        size_t id_at = 0;
        if (array.kind != PDF_ARRAY || !pdf_read_value(array.bytes, &id_at, &id))
            continue;
        id = pdf_resolve(file, id, 0);
        if (id.kind == PDF_STRING || id.kind == PDF_HEX)
            pdf_add_distinct(trailers->ids, &trailers->id_count, &id);
    }
    file->is_also_clear |= has_root && !has_lock;
}

static void pdf_find_trailers(struct pdf_file *file, struct pdf_trailers *trailers)
{
    struct span word = span_text("trailer");
    for (size_t at = 0, read_to = 0; !file->is_stopped;) {
        size_t found = span_find(span_from(file->content, at), word);
        if (found == SPAN_NONE)
            break;
        at += found + word.size;
        size_t end = at;
        struct pdf_value value;
        if (pdf_read_value(file->content, &end, &value) && value.kind == PDF_DICTIONARY)
            pdf_read_trailer(file, value.bytes, trailers);
        if (at < read_to)
            pdf_count(file, end - at);
        read_to = end > read_to ? end : read_to;
    }
    for (size_t i = 0; i < file->count; i++) {
        if (file->objects[i].stream.data != NULL)
            pdf_read_trailer(file, file->objects[i].value.bytes, trailers);
    }
}

static size_t pdf_copy_string(const struct pdf_value *value, char *bytes_out, size_t size)
{
    struct buf buf;
    memset(bytes_out, 0, size);
    if (value->kind != PDF_STRING && value->kind != PDF_HEX)
        return 0;
    buf_init(&buf, (size_t)2 * PDF_PASSWORD_STRING_SIZE);
    pdf_put_string(&buf, value);
    size_t copied = buf.size < size ? buf.size : size;
    if (copied > 0)
        memcpy(bytes_out, buf.data, copied);
    buf_fini(&buf);
    return copied;
}

/* Section 7.6.6: the method that a crypt filter of that name stands for. */
static enum pdf_method pdf_find_method(struct pdf_file *file, struct span filters, struct span name)
{
    struct span key = { 0 };
    struct pdf_value value;
    if (name.size == 0 || pdf_name_is(name, "Identity"))
        return PDF_NO_METHOD;
    struct span filter = { 0 };
    for (size_t at = 0; pdf_read_pair(filters, &at, &key, &value);) {
        value = pdf_resolve(file, value, 0);
        if (span_equal(key, name) && value.kind == PDF_DICTIONARY)
            filter = value.bytes;
    }
    for (size_t at = 0; pdf_read_pair(filter, &at, &key, &value);) {
        value = pdf_resolve(file, value, 0);
        if (!pdf_name_is(key, "CFM"))
            continue;
        return pdf_name_is(value.bytes, "V2")      ? PDF_RC4
               : pdf_name_is(value.bytes, "AESV2") ? PDF_AES_128
               : pdf_name_is(value.bytes, "AESV3") ? PDF_AES_256
               : pdf_name_is(value.bytes, "None")  ? PDF_NO_METHOD
                                                   : PDF_METHOD_UNKNOWN;
    }
    return PDF_NO_METHOD;
}

struct pdf_lock_names {
    struct span handler;
    struct span stream;
    struct span string;
    struct span file;
    struct span filters;
    int64_t version;
};

static void pdf_read_lock_entry(struct span key, const struct pdf_value *value, struct pdf_lock *lock,
                                struct pdf_lock_names *names)
{
    const struct {
        const char *name;
        char *bytes;
        size_t size;
    } strings[] = { { "O", lock->owner, sizeof lock->owner },
                    { "U", lock->user, sizeof lock->user },
                    { "OE", lock->owner_key, sizeof lock->owner_key },
                    { "UE", lock->user_key, sizeof lock->user_key } };
    const struct {
        const char *name;
        enum pdf_kind kind;
        struct span *bytes;
    } spans[] = { { "Filter", PDF_NAME, &names->handler },
                  { "StmF", PDF_NAME, &names->stream },
                  { "StrF", PDF_NAME, &names->string },
                  { "EFF", PDF_NAME, &names->file },
                  { "CF", PDF_DICTIONARY, &names->filters } };
    const struct {
        const char *name;
        int64_t *number;
    } numbers[] = { { "V", &names->version }, { "R", &lock->revision }, { "Length", &lock->key_size } };
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++) {
        if (pdf_name_is(key, strings[i].name))
            (void)pdf_copy_string(value, strings[i].bytes, strings[i].size);
    }
    for (size_t i = 0; i < sizeof spans / sizeof spans[0]; i++) {
        if (pdf_name_is(key, spans[i].name) && value->kind == spans[i].kind)
            *spans[i].bytes = value->bytes;
    }
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        if (pdf_name_is(key, numbers[i].name) && value->kind == PDF_NUMBER)
            *numbers[i].number = value->number;
    }
    if (pdf_name_is(key, "P") && value->kind == PDF_NUMBER)
        lock->permissions = (uint32_t)((uint64_t)value->number & UINT32_MAX);
    if (pdf_name_is(key, "EncryptMetadata") && value->kind == PDF_WORD)
        lock->is_metadata_clear = span_is(value->bytes, "false");
}

/* False: not the standard handler, or a method that nothing here knows. */
static bool pdf_read_lock(struct pdf_file *file, struct span bytes, struct pdf_lock *lock)
{
    struct span key = { 0 };
    struct pdf_value value;
    struct pdf_lock_names names = { 0 };
    *lock = (struct pdf_lock){ 0 };
    for (size_t at = 0; pdf_read_pair(bytes, &at, &key, &value);) {
        value = pdf_resolve(file, value, 0);
        pdf_read_lock_entry(key, &value, lock, &names);
    }
    lock->key_size /= 8;
    file->stream_method = PDF_RC4;
    file->string_method = PDF_RC4;
    file->file_method = PDF_RC4;
    if (names.version >= 4) {
        file->stream_method = pdf_find_method(file, names.filters, names.stream);
        file->string_method = pdf_find_method(file, names.filters, names.string);
        file->file_method = names.file.size > 0 ? pdf_find_method(file, names.filters, names.file)
                                                : file->stream_method;
    }
    return pdf_name_is(names.handler, "Standard") && lock->revision >= 2 && lock->revision <= 6 &&
           file->stream_method != PDF_METHOD_UNKNOWN && file->file_method != PDF_METHOD_UNKNOWN;
}

static bool pdf_try_passwords(struct pdf_file *file, const struct pdf_lock *lock)
{
    if (pdf_lock_open(lock, (struct span){ 0 }, &file->key))
        return true;
    for (size_t i = 0; i < PDF_PASSWORDS; i++) {
        const char *password = unpack_password(file->unpack, i);
        if (password == NULL)
            return false;
        pdf_count(file, PDF_PASSWORD_COST);
        if (file->is_stopped)
            return false;
        if (pdf_lock_open(lock, span_text(password), &file->key))
            return true;
    }
    return false;
}

/* Is there another dictionary that readers may take? Then the file has two keys, and only one is tried. */
static bool pdf_is_second(struct pdf_file *file, struct pdf_value reference, const struct pdf_value *taken)
{
    struct pdf_value first = pdf_resolve(file, reference, 1);
    return first.kind != taken->kind || !span_equal(first.bytes, taken->bytes);
}

void pdf_unlock(struct pdf_file *file)
{
    struct pdf_trailers trailers = { 0 };
    struct pdf_lock lock;
    pdf_find_trailers(file, &trailers);
    for (size_t i = 0; i < trailers.lock_count; i++) {
        struct pdf_value value = pdf_resolve(file, trailers.locks[i], 0);
        if (value.kind != PDF_DICTIONARY)
            continue;
        file->is_encrypted = true;
        file->is_locked |= i > 0 || pdf_is_second(file, trailers.locks[i], &value);
        if (file->is_open || !pdf_read_lock(file, value.bytes, &lock))
            continue;
        for (size_t n = 0; n <= trailers.id_count && !file->is_open && !file->is_stopped; n++) {
            struct pdf_value none = { 0 };
            lock.id_size = pdf_copy_string(n < trailers.id_count ? &trailers.ids[n] : &none, lock.id, sizeof lock.id);
            file->is_open = pdf_try_passwords(file, &lock);
        }
    }
}
