#include "zip_entry.h"

#include "archive/libarchive.h"
#include "base/memory.h"
#include "unpack/inflate.h"
#include "zip_crypt.h"
#include "zip_format.h"
#include "zip_method.h"
#include "zip_names.h"

#include <stdlib.h>
#include <string.h>

enum {
    ZIP_TAKES = 32,          /* readings of one entry */
    ZIP_VALUES = 4,          /* different sums or sizes that its headers tell */
    ZIP_DESCRIPTORS = 64,    /* records that are passed in search of a data descriptor */
    ZIP_PASSWORDS = 64,      /* candidates that are tried */
    ZIP_PASSWORD_STEPS = 64, /* work of one candidate that does not fit */
    ZIP_AES_MISSES = 16,     /* deriving a key is slow on purpose */
    ZIP_DECRYPTED_BYTES = 64 << 20,
    ZIP_EXTRA_AES = 0x9901,
    ZIP_EXTRA_AES_SIZE = 7
};

enum zip_lock { ZIP_OPEN, ZIP_LOCKED, ZIP_LOCKED_AES, ZIP_LOCKED_STRONG };

/* One reading of an entry. */
struct zip_take {
    size_t data; /* offset of its packed bytes */
    uint16_t method;
    uint16_t flags;
    uint16_t time;
    enum zip_lock lock;
    unsigned strength;    /* of the key, for AES */
    uint64_t packed_size; /* a hint alone where the method's data has an end of its own */
    uint64_t sizes[ZIP_VALUES];
    uint64_t packed_sizes[ZIP_VALUES];
    uint32_t sums[ZIP_VALUES];
    size_t size_count;
    size_t packed_count;
    size_t sum_count;
    const char *how;
};

struct zip_entry {
    struct zip_work *work;
    struct zip_header local;
    struct zip_names names;
    struct zip_take takes[ZIP_TAKES];
    size_t count;
    bool is_crowded;
    struct {
        uint64_t size;
        uint32_t crc;
    } sound[ZIP_TAKES];
    size_t sound_count;
    struct zip_result *result;
};

/* How one decoding went. */
struct zip_outcome {
    enum unpack_ending ending;
    uint64_t size;
    uint32_t crc;
    size_t used;
};

/* ---- The readings ---- */

static void values_add(uint64_t *values, size_t *count, uint64_t value)
{
    for (size_t i = 0; i < *count; i++) {
        if (values[i] == value)
            return;
    }
    if (*count < ZIP_VALUES)
        values[(*count)++] = value;
}

static bool take_is_same(const struct zip_take *a, const struct zip_take *b)
{
    bool is_sized = a->lock != ZIP_OPEN || !zip_method_has_end(a->method);
    return a->data == b->data && a->method == b->method && a->lock == b->lock &&
           (!is_sized || a->packed_size == b->packed_size) &&
           (a->method != ZIP_METHOD_LZMA || ((a->flags ^ b->flags) & ZIP_FLAG_LZMA_END) == 0);
}

/* The flags of strong encryption and of masked values say something only beside that of encryption: programs do not
 * look at them alone. */
static bool header_is_locked(const struct zip_header *header)
{
    return (header->flags & ZIP_FLAG_ENCRYPTED) != 0 || header->method == ZIP_METHOD_AES;
}

/* The AES extra field (AE-1 and AE-2, by WinZip): version, vendor, strength, and the method inside. */
static void take_set_lock(struct zip_take *take, const struct zip_header *header)
{
    struct span aes = zip_extra_find(header->extra, ZIP_EXTRA_AES);
    bool is_strong = (header->flags & (ZIP_FLAG_STRONG | ZIP_FLAG_MASKED)) != 0;
    if ((is_strong && (header->flags & ZIP_FLAG_ENCRYPTED) != 0) ||
        (header->method == ZIP_METHOD_AES && aes.size < ZIP_EXTRA_AES_SIZE)) {
        take->lock = ZIP_LOCKED_STRONG;
    } else if (header->method == ZIP_METHOD_AES) {
        take->lock = ZIP_LOCKED_AES;
        take->strength = (unsigned char)aes.data[4];
        take->method = zip_u16(aes, 5);
    } else if ((header->flags & ZIP_FLAG_ENCRYPTED) != 0) {
        take->lock = ZIP_LOCKED;
    }
}

/* A reading as `header` tells it, with a data offset and packed size of the caller's. */
static void entry_add(struct zip_entry *entry, const struct zip_header *header, size_t data, uint64_t packed_size,
                      const char *how)
{
    struct zip_take take = { .data = data,
                             .method = header->method,
                             .flags = header->flags,
                             .time = header->time,
                             .packed_size = packed_size,
                             .how = how };
    take_set_lock(&take, header);
    struct zip_take *into = NULL;
    for (size_t i = 0; i < entry->count && into == NULL; i++)
        into = take_is_same(&entry->takes[i], &take) ? &entry->takes[i] : NULL;
    if (into == NULL && entry->count == ZIP_TAKES) {
        entry->is_crowded = true;
        return;
    }
    if (into == NULL) {
        into = &entry->takes[entry->count++];
        *into = take;
    }
    values_add(into->sizes, &into->size_count, header->size);
    values_add(into->packed_sizes, &into->packed_count, packed_size);
    bool has_sum = header->crc != 0 || (header->flags & ZIP_FLAG_DESCRIPTOR) == 0;
    for (size_t i = 0; has_sum && i < into->sum_count; i++)
        has_sum = into->sums[i] != header->crc;
    if (has_sum && into->sum_count < ZIP_VALUES)
        into->sums[into->sum_count++] = header->crc;
}

/* The sizes of stored data are all that says where they end; both are believed. */
static void entry_add_header(struct zip_entry *entry, const struct zip_header *header, size_t data, const char *how)
{
    bool is_unsaid = (header->flags & ZIP_FLAG_DESCRIPTOR) != 0 && header->packed_size == 0 && header->size == 0;
    bool is_plain = !header_is_locked(header);
    bool is_endless = header->method == ZIP_METHOD_STORED || !is_plain;
    if (!is_endless || (!is_unsaid && (header->packed_size > 0 || header->size == 0)))
        entry_add(entry, header, data, header->packed_size, how);
    if (header->method == ZIP_METHOD_STORED && is_plain && header->size != header->packed_size && header->size > 0)
        entry_add(entry, header, data, header->size, how);
}

/* Stored or encrypted data whose size comes behind them: up to a descriptor with that size, and up to the next record
 * of any kind, without the descriptor if there is one without a signature. */
static void entry_add_unsized(struct zip_entry *entry, size_t data)
{
    struct span content = entry->work->content;
    enum zip_record record = ZIP_RECORD_NONE;
    size_t next = zip_record_next(content, data, &record);
    size_t size = next - data;
    uint32_t crc = 0;
    static const size_t descriptors[] = { 0, 12, 20 };
    for (size_t i = 0; i < sizeof descriptors / sizeof descriptors[0]; i++) {
        size_t without = size - (descriptors[i] < size ? descriptors[i] : size);
        if (without > 0 && (i == 0 || zip_descriptor_read(content, data + without, without, &crc) == descriptors[i]))
            entry_add(entry, &entry->local, data, without, "zip, up to the next record");
    }
    for (size_t i = 0; i < ZIP_DESCRIPTORS && record != ZIP_RECORD_NONE; i++) {
        if (record == ZIP_RECORD_DESCRIPTOR && zip_descriptor_read(content, next, next - data, &crc) > 0) {
            entry_add(entry, &entry->local, data, next - data, "zip, up to the data descriptor");
            break;
        }
        next = zip_record_next(content, next + ZIP_SIGNATURE_SIZE, &record);
    }
}

/* Where data begin is told by the local header's sizes of name and extra field, which most programs believe; some took
 * the name's size from the central directory, and some took the extra field's size for a signed number (both are known
 * of Android, whose signatures were got around so). */
static void entry_add_offsets(struct zip_entry *entry, const struct zip_header *central)
{
    const struct zip_header *local = &entry->local;
    entry_add_header(entry, central, local->end, "zip, central directory");
    if (central->name_size != local->name_size)
        entry_add_header(entry, central, local->at + ZIP_LOCAL_SIZE + central->name_size + local->extra_size,
                         "zip, name's size from the central directory");
    size_t before = (size_t)UINT16_MAX + 1;
    if (local->extra_size > INT16_MAX && local->end - local->at >= before)
        entry_add_header(entry, central, local->end - before, "zip, extra field's size as a signed number");
}

static void entry_collect(struct zip_entry *entry, const struct zip_place *place)
{
    const struct zip_header *local = &entry->local;
    bool is_unsigned = entry->result->is_unsigned;
    if (!is_unsigned)
        zip_names_put_all(&entry->names, local->name, local->extra);
    for (size_t i = 0; i < place->ref_count; i++) {
        struct zip_header central;
        if (!zip_central_read(entry->work->content, place->refs[i].central, &central))
            continue;
        zip_names_put_all(&entry->names, central.name, central.extra);
        entry_add_offsets(entry, &central);
    }
    if (is_unsigned)
        return;
    entry_add_header(entry, local, local->end, place->ref_count > 0 ? "zip, local header" : "zip, local header alone");
    bool is_endless = local->method == ZIP_METHOD_STORED || (header_is_locked(local) && place->ref_count == 0);
    bool is_sized = local->packed_size > 0 && place->ref_count > 0;
    if (is_endless && (local->flags & ZIP_FLAG_DESCRIPTOR) != 0 && !is_sized)
        entry_add_unsized(entry, local->end);
}

/* ---- Taking one ---- */

static struct span take_packed(const struct zip_entry *entry, const struct zip_take *take)
{
    struct span rest = span_from(entry->work->content, take->data);
    bool is_sized = take->lock != ZIP_OPEN || !zip_method_has_end(take->method);
    return is_sized && take->packed_size < rest.size ? span_slice(rest, 0, (size_t)take->packed_size) : rest;
}

/* By the header, the size that one of the methods needs; without an end mark it is the only end. */
static uint64_t take_lzma_size(const struct zip_take *take)
{
    bool has_end = (take->flags & ZIP_FLAG_LZMA_END) != 0;
    return has_end || take->sizes[0] == 0 ? UINT64_MAX : take->sizes[0];
}

static bool entry_begin(struct zip_entry *entry, const struct zip_take *take)
{
    struct zip_work *work = entry->work;
    size_t rest = span_from(work->content, take->data).size;
    struct unpack_member member = { .names = buf_span(&entry->names.bytes),
                                    .packed_size = take->packed_size < rest ? take->packed_size : rest,
                                    .size_hint = take->sizes[0],
                                    .how = take->how };
    work->is_stopped = work->is_stopped || !unpack_begin(work->unpack, &member);
    return !work->is_stopped;
}

/* Decodes `packed` into a member of its own, or into nothing. False: no more members. */
static bool entry_decode(struct zip_entry *entry, const struct zip_take *take, struct span packed, uint64_t most,
                         bool is_discarding, struct zip_outcome *outcome_out)
{
    struct zip_work *work = entry->work;
    *outcome_out = (struct zip_outcome){ .ending = UNPACK_STOPPED };
    if (!is_discarding && !entry_begin(entry, take))
        return false;
    zip_meter_init(&work->meter, work->unpack, most, is_discarding);
    outcome_out->ending = zip_method_put(&work->meter.unpack, take->method, take_lzma_size(take), packed,
                                         &outcome_out->used);
    outcome_out->size = work->meter.size;
    outcome_out->crc = work->meter.crc;
    if (!is_discarding)
        unpack_end(work->unpack);
    return true;
}

static bool entry_slice(struct zip_entry *entry, const struct zip_take *take, struct span bytes,
                        struct zip_outcome *outcome_out)
{
    struct zip_work *work = entry->work;
    *outcome_out = (struct zip_outcome){ .ending = UNPACK_STOPPED, .used = bytes.size };
    if (!entry_begin(entry, take))
        return false;
    bool is_taken = unpack_slice(work->unpack, bytes);
    unpack_end(work->unpack);
    if (!is_taken)
        return true;
    outcome_out->ending = take->packed_size > bytes.size ? UNPACK_CUT : UNPACK_WHOLE;
    outcome_out->size = bytes.size;
    outcome_out->crc = inflate_crc32(0, bytes);
    return true;
}

/* Some program ends at the size, or at the packed size, that a header tells, though the data go on. What such programs
 * write is the start of what was handed out, but a file of its own. */
static void entry_take_shorter(struct zip_entry *entry, const struct zip_take *take, const struct zip_outcome *outcome)
{
    struct zip_outcome shorter;
    for (size_t i = 0; i < take->size_count; i++) {
        if (take->sizes[i] > 0 && take->sizes[i] < outcome->size &&
            !entry_decode(entry, take, take_packed(entry, take), take->sizes[i], false, &shorter))
            return;
    }
    for (size_t i = 0; i < take->packed_count; i++) {
        struct span packed = span_slice(take_packed(entry, take), 0, (size_t)take->packed_sizes[i]);
        if (take->packed_sizes[i] > 0 && take->packed_sizes[i] < outcome->used &&
            !entry_decode(entry, take, packed, UINT64_MAX, false, &shorter))
            return;
    }
}

/* Does the sum agree with a header, or with the data descriptor behind `end`? */
static bool take_is_summed(const struct zip_take *take, uint32_t crc)
{
    for (size_t i = 0; i < take->sum_count; i++) {
        if (take->sums[i] == crc)
            return true;
    }
    return false;
}

static enum zip_trouble entry_judge(struct zip_entry *entry, const struct zip_take *take,
                                    const struct zip_outcome *outcome)
{
    struct zip_result *result = entry->result;
    size_t end = take->data + outcome->used;
    uint32_t crc = 0;
    size_t descriptor = (entry->local.flags & ZIP_FLAG_DESCRIPTOR) != 0
                            ? zip_descriptor_read(entry->work->content, end, outcome->used, &crc)
                            : 0;
    if (outcome->ending == UNPACK_STOPPED)
        return ZIP_SOUND;
    if (outcome->ending != UNPACK_WHOLE)
        return outcome->ending == UNPACK_CUT ? ZIP_CUT : ZIP_BROKEN;
    if (!take_is_summed(take, outcome->crc) && (descriptor == 0 || crc != outcome->crc))
        return ZIP_WRONG_SUM;
    entry->sound[entry->sound_count].size = outcome->size;
    entry->sound[entry->sound_count++].crc = outcome->crc;
    bool is_farther = end + descriptor > result->data.end;
    if (!result->is_sound || is_farther) {
        result->data.end = end + descriptor;
        result->is_slice = take->method == ZIP_METHOD_STORED;
    }
    result->is_sound = true;
    return ZIP_SOUND;
}

/* A folder is nothing to look at, unless it has data. */
static bool take_is_folder(struct zip_entry *entry, const struct zip_take *take, struct zip_outcome *outcome_out)
{
    struct span name = entry->local.name;
    struct span packed = take_packed(entry, take);
    *outcome_out = (struct zip_outcome){ .ending = UNPACK_WHOLE };
    if (name.size == 0 || name.data[name.size - 1] != '/')
        return false;
    if (take->method == ZIP_METHOD_STORED)
        return packed.size == 0;
    (void)entry_decode(entry, take, packed, 1, true, outcome_out);
    return outcome_out->size == 0 && outcome_out->ending == UNPACK_WHOLE;
}

static enum zip_trouble entry_take_open(struct zip_entry *entry, const struct zip_take *take)
{
    if (!zip_method_can(take->method))
        return ZIP_METHOD;
    struct zip_outcome outcome;
    struct span packed = take_packed(entry, take);
    if (take_is_folder(entry, take, &outcome))
        return entry_judge(entry, take, &outcome);
    if (take->method == ZIP_METHOD_STORED) {
        if (!entry_slice(entry, take, packed, &outcome))
            return ZIP_SOUND;
        size_t end = take->data + packed.size;
        entry->result->data.end = end > entry->result->data.end ? end : entry->result->data.end;
        return entry_judge(entry, take, &outcome);
    }
    if (!entry_decode(entry, take, packed, UINT64_MAX, false, &outcome))
        return ZIP_SOUND;
    entry_take_shorter(entry, take, &outcome);
    return entry_judge(entry, take, &outcome);
}

/* ---- Encrypted ones ---- */

/* Is `plain`, which is packed by the take's method, what the headers speak of? If so it is handed out. `is_proven`: the
 * password is right whatever the sum. Into nothing at first: a wrong password passes the check byte once in a while. */
static bool entry_take_plain(struct zip_entry *entry, const struct zip_take *take, struct span plain, bool is_proven)
{
    struct zip_outcome outcome;
    if (!is_proven) {
        uint32_t crc = 0;
        size_t end = take->data + take_packed(entry, take).size;
        bool has_descriptor = (take->flags & ZIP_FLAG_DESCRIPTOR) != 0 &&
                              zip_descriptor_read(entry->work->content, end, take->packed_size, &crc) > 0;
        (void)entry_decode(entry, take, plain, UINT64_MAX, true, &outcome);
        if (outcome.ending != UNPACK_WHOLE ||
            (!take_is_summed(take, outcome.crc) && (!has_descriptor || crc != outcome.crc)))
            return false;
    }
    (void)entry_decode(entry, take, plain, UINT64_MAX, false, &outcome);
    return true;
}

static enum zip_trouble entry_decrypt_aes(struct zip_entry *entry, const struct zip_take *take, const char *password)
{
    char *plain = NULL;
    size_t size = 0;
    enum unpack_ending ending = libarchive_decrypt_aes(entry->work->unpack, take_packed(entry, take), take->strength,
                                                       password, &plain, &size);
    if (ending == UNPACK_STOPPED)
        return ZIP_ENCRYPTED;
    bool is_right = unpack_step(entry->work->unpack, size) &&
                    entry_take_plain(entry, take, span_of(plain, size), ending == UNPACK_WHOLE);
    free(plain);
    return is_right ? ZIP_SOUND : ZIP_ENCRYPTED;
}

static enum zip_trouble entry_decrypt(struct zip_entry *entry, const struct zip_take *take, struct zip_crypt *crypt)
{
    struct span packed = span_from(take_packed(entry, take), ZIP_CRYPT_HEADER);
    char *plain = memory_try(packed.size);
    if (plain == NULL || !unpack_step(entry->work->unpack, packed.size)) {
        free(plain);
        return ZIP_LARGE;
    }
    zip_crypt_decrypt(crypt, packed, plain);
    bool is_right = entry_take_plain(entry, take, span_of(plain, packed.size), false);
    free(plain);
    return is_right ? ZIP_SOUND : ZIP_ENCRYPTED;
}

/* The check byte is the sum's highest byte, or the time's where the sum comes behind the data. */
static enum zip_trouble entry_try_password(struct zip_entry *entry, const struct zip_take *take, const char *password)
{
    struct span packed = take_packed(entry, take);
    unsigned char checks[ZIP_VALUES + 1] = { (unsigned char)(take->time >> 8) };
    if (packed.size > ZIP_DECRYPTED_BYTES)
        return ZIP_LARGE;
    if (take->lock == ZIP_LOCKED_AES)
        return entry_decrypt_aes(entry, take, password);
    for (size_t i = 0; i < take->sum_count; i++)
        checks[i + 1] = (unsigned char)(take->sums[i] >> 24);
    for (size_t i = 0; i <= take->sum_count; i++) {
        struct zip_crypt crypt;
        zip_crypt_init(&crypt, password);
        if (!zip_crypt_check(&crypt, packed, checks[i]))
            continue;
        enum zip_trouble trouble = entry_decrypt(entry, take, &crypt);
        if (trouble != ZIP_ENCRYPTED || entry->work->is_stopped)
            return trouble;
    }
    return ZIP_ENCRYPTED;
}

static enum zip_trouble entry_take_locked(struct zip_entry *entry, const struct zip_take *take)
{
    struct zip_work *work = entry->work;
    enum zip_trouble trouble = ZIP_ENCRYPTED;
    bool is_slow = take->lock == ZIP_LOCKED_AES;
    if (take->lock == ZIP_LOCKED_STRONG || !zip_method_can(take->method))
        return trouble;
    if (work->password != NULL)
        trouble = entry_try_password(entry, take, work->password);
    size_t most = is_slow && work->misses >= ZIP_AES_MISSES ? 0 : ZIP_PASSWORDS;
    for (size_t i = 0; i < most && trouble == ZIP_ENCRYPTED; i++) {
        const char *password = unpack_password(work->unpack, i);
        if (password == NULL || !unpack_step(work->unpack, ZIP_PASSWORD_STEPS))
            break;
        trouble = entry_try_password(entry, take, password);
        if (trouble == ZIP_SOUND)
            work->password = password;
    }
    work->misses = trouble == ZIP_SOUND ? 0 : work->misses + (is_slow ? 1 : 0);
    return trouble;
}

/* A program that does not look at the flag unpacks what is plain behind it. */
static bool entry_take_as_plain(struct zip_entry *entry, const struct zip_take *take)
{
    struct zip_take plain = *take;
    plain.lock = ZIP_OPEN;
    plain.how = "zip, plain behind a flag of encryption";
    struct zip_outcome outcome;
    if (!zip_method_can(take->method))
        return false;
    (void)entry_decode(entry, &plain, take_packed(entry, take), UINT64_MAX, true, &outcome);
    if (outcome.ending != UNPACK_WHOLE || !take_is_summed(take, outcome.crc))
        return false;
    return entry_take_open(entry, &plain) == ZIP_SOUND;
}

static enum zip_trouble entry_take(struct zip_entry *entry, const struct zip_take *take)
{
    if (take->lock == ZIP_OPEN)
        return entry_take_open(entry, take);
    enum zip_trouble trouble = entry_take_locked(entry, take);
    if (trouble != ZIP_SOUND && entry_take_as_plain(entry, take))
        return ZIP_SOUND;
    size_t end = take->data + take_packed(entry, take).size;
    if (end > entry->result->data.end && !entry->result->is_sound)
        entry->result->data.end = end;
    entry->result->is_sound = entry->result->is_sound || trouble == ZIP_SOUND;
    return trouble;
}

/* ---- The entry ---- */

/* A reading that failed is no trouble where another one came out sound; but what is encrypted or packed by an unknown
 * method must be that very file. */
static bool entry_is_made_up(const struct zip_entry *entry, const struct zip_take *take, enum zip_trouble trouble)
{
    if (trouble < ZIP_CROWDED)
        return entry->result->is_sound;
    for (size_t i = 0; i < entry->sound_count; i++) {
        if (take_is_summed(take, entry->sound[i].crc) && take->sizes[0] == entry->sound[i].size)
            return true;
    }
    return false;
}

static void entry_run(struct zip_entry *entry)
{
    struct zip_result *result = entry->result;
    enum zip_trouble troubles[ZIP_TAKES] = { ZIP_SOUND };
    for (size_t i = 0; i < entry->count && !entry->work->is_stopped; i++)
        troubles[i] = entry_take(entry, &entry->takes[i]);
    for (size_t i = 0; i < entry->count; i++) {
        const struct zip_take *take = &entry->takes[i];
        if (troubles[i] <= result->trouble || entry_is_made_up(entry, take, troubles[i]))
            continue;
        result->trouble = troubles[i];
        result->method = take->method;
        result->crc = take->sums[0];
        result->size = take->sizes[0];
    }
    if ((entry->is_crowded || entry->names.is_crowded) && result->trouble < ZIP_CROWDED)
        result->trouble = ZIP_CROWDED;
    /* What can't be unpacked is not shown as bytes between entries either. */
    if (result->trouble >= ZIP_METHOD && entry->count > 0) {
        size_t end = entry->takes[0].data + take_packed(entry, &entry->takes[0]).size;
        result->data.end = end > result->data.end ? end : result->data.end;
    }
    size_t rest = span_from(entry->work->content, entry->local.end).size;
    result->next = result->is_sound || entry->local.packed_size > rest
                       ? result->data.end
                       : entry->local.end + (size_t)entry->local.packed_size;
}

void zip_entry_read(struct zip_work *work, const struct zip_place *place, struct zip_result *result_out)
{
    *result_out = (struct zip_result){ .data = { place->local, place->local } };
    result_out->is_unsigned = zip_record_at(work->content, place->local) != ZIP_RECORD_LOCAL;
    struct zip_entry *entry = memory_new(sizeof *entry);
    entry->work = work;
    entry->result = result_out;
    zip_names_init(&entry->names);
    if (zip_local_read(work->content, place->local, &entry->local)) {
        result_out->data.end = entry->local.end < work->content.size ? entry->local.end : work->content.size;
        result_out->next = result_out->data.end;
        entry_collect(entry, place);
        entry_run(entry);
    } else {
        result_out->trouble = ZIP_CUT;
    }
    zip_names_fini(&entry->names);
    free(entry);
}
