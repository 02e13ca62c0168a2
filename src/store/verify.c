#include "store/verify.h"

#include "base/memory.h"
#include "store/disk.h"
#include "store/frames.h"
#include "store/head_file.h"
#include "store/verify_erased.h"
#include "sys/clock.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    TRIES = 5,        /* at each place where a writer may be in the middle of something */
    MORE_TRIES = 500, /* for all such places together: a busy machine may keep the writer there for seconds */
    TRY_PAUSE_MS = 20,
    FILE_NAME_SIZE = 320,
    TEXT_SIZE = 256,
    PACE_BYTES = 1048576, /* between two looks at the clock */
    LONGEST_PAUSE_MS = 200,
    MOST_UNCOMMITTED = 16, /* segments that a writer may have begun since its last commit */
    LONGEST_PROOF = 3      /* times that the head may move on while tombstones are looked for */
};

/* What the next frame has to continue. */
struct chain {
    bool is_known;
    uint64_t sequence; /* of the record before */
    struct crypt_digest digest;
    /* Where that record is, if it is an erased one: its digest is proved by what follows. */
    bool is_erased;
    struct place place;
};

struct verify {
    const struct verify_settings *settings;
    struct verify_result *result;
    struct disk_folder *folder;
    struct disk_folder *names;
    struct head_file head_file;
    bool has_head;
    struct record_head head;
    struct segment_numbers numbers;
    bool *is_chosen; /* for each of numbers */
    struct chain chain;
    uint64_t chain_segment; /* the one that the chain was followed through last */
    struct erased_records erased;
    uint64_t all_bytes;
    uint64_t paced_bytes;
    int64_t begun_ms;
    unsigned more_tries;
};

__attribute__((format(printf, 5, 6))) static void tell(struct verify *verify, const char *file, uint64_t offset,
                                                       uint64_t sequence, const char *format, ...)
{
    char text[TEXT_SIZE];
    va_list list;
    va_start(list, format);
    (void)vsnprintf(text, sizeof text, format, list);
    va_end(list);
    verify->result->wrong++;
    if (verify->settings->tell != NULL)
        verify->settings->tell(verify->settings->context, file, offset, sequence, text);
}

static void segment_file(uint64_t number, char file_out[FILE_NAME_SIZE])
{
    char name[SEGMENT_NAME_SIZE];
    segment_name(number, name);
    (void)snprintf(file_out, FILE_NAME_SIZE, "segments/%s", name);
}

static bool is_same_digest(const struct crypt_digest *a, const struct crypt_digest *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static bool is_digest_zero(const struct crypt_digest *digest)
{
    static const struct crypt_digest zero;
    return is_same_digest(digest, &zero);
}

/* So many bytes were read. False where it is to end. */
static bool pace(struct verify *verify, uint64_t bytes)
{
    const struct verify_settings *settings = verify->settings;
    verify->result->bytes += bytes;
    verify->paced_bytes += bytes;
    if (verify->paced_bytes < PACE_BYTES)
        return true;
    verify->paced_bytes = 0;
    if (verify->result->bytes > verify->all_bytes)
        verify->all_bytes = verify->result->bytes;
    if (settings->progress != NULL)
        settings->progress(settings->context, verify->result->bytes, verify->all_bytes);
    for (;;) {
        if (settings->may_go_on != NULL && !settings->may_go_on(settings->context))
            return false;
        if (settings->bytes_per_second == 0)
            return true;
        double due_ms = (double)verify->result->bytes * 1000.0 / (double)settings->bytes_per_second;
        double left_ms = due_ms - (double)(clock_now_ms() - verify->begun_ms);
        if (left_ms < 1)
            return true;
        (void)poll(NULL, 0, left_ms < LONGEST_PAUSE_MS ? (int)left_ms : LONGEST_PAUSE_MS);
    }
}

/* --- The head --- */

/* Two slots, of which the older one is exactly the head before. */
static bool is_head_sound(const struct head_file *head_file)
{
    const struct record_head *newest = head_file_newest(head_file);
    if (newest == NULL || head_file->size != HEAD_FILE_SIZE)
        return false;
    unsigned other = 1 - head_file->newest;
    const struct record_head *older = &head_file->heads[other];
    if (!head_file->is_valid[other])
        return head_file->is_zero[other] && newest->commit == 1;
    return older->commit + 1 == newest->commit && memcmp(&older->store, &newest->store, sizeof older->store) == 0 &&
           memcmp(older->signer, newest->signer, sizeof older->signer) == 0;
}

static void tell_head(struct verify *verify)
{
    const struct head_file *head_file = &verify->head_file;
    const char *path = verify->settings->head_path;
    if (head_file->file == NULL) {
        tell(verify, path, 0, 0, "there is no head");
        return;
    }
    if (head_file->size != HEAD_FILE_SIZE)
        tell(verify, path, HEAD_FILE_SIZE, 0, "it has %" PRIu64 " bytes instead of %" PRIu64, head_file->size,
             HEAD_FILE_SIZE);
    bool is_told = false;
    for (unsigned i = 0; i < 2; i++) {
        const struct record_head *newest = head_file_newest(head_file);
        bool is_unused = head_file->is_zero[i] && newest != NULL && newest->commit == 1;
        if (!head_file->is_valid[i] && !is_unused) {
            tell(verify, path, (uint64_t)i * RECORD_HEAD_SIZE, 0, "slot %u is no head that was written", i + 1);
            is_told = true;
        }
    }
    if (!is_told && head_file->size == HEAD_FILE_SIZE)
        tell(verify, path, 0, 0, "the two slots are not one after the other");
}

/* Gives a writer that may be in the middle of something some time. False where a further look is of no use. */
static bool wait_for_writer(struct verify *verify, unsigned *tries)
{
    if (!disk_is_locked(verify->folder) || (*tries >= TRIES && verify->more_tries == 0))
        return false;
    if (++*tries > TRIES)
        verify->more_tries--;
    (void)poll(NULL, 0, TRY_PAUSE_MS);
    return true;
}

static int check_head(struct verify *verify, struct fault *fault)
{
    struct head_file *head_file = &verify->head_file;
    if (head_file_open(verify->settings->head_path, false, head_file, fault) != 0)
        return -1;
    unsigned tries = 1;
    while (!is_head_sound(head_file) && wait_for_writer(verify, &tries)) {
        if (head_file_read(head_file, fault) != 0)
            return -1;
    }
    if (!is_head_sound(head_file))
        tell_head(verify);
    const struct record_head *head = head_file_newest(head_file);
    verify->has_head = head != NULL;
    verify->head = head != NULL ? *head : (struct record_head){ .segment = UINT64_MAX, .length = UINT64_MAX };
    return 0;
}

/* The head as it is now, where it can be read; the store's own otherwise. */
static struct record_head head_now(struct verify *verify)
{
    if (head_file_read(&verify->head_file, NULL) != 0)
        return verify->head;
    const struct record_head *head = head_file_newest(&verify->head_file);
    return head != NULL && head->commit >= verify->head.commit ? *head : verify->head;
}

static void check_exported(struct verify *verify)
{
    const struct record_head *exported = verify->settings->exported;
    const struct record_head *head = &verify->head;
    const char *path = verify->settings->head_path;
    if (exported == NULL || !verify->has_head)
        return;
    if (memcmp(&exported->store, &head->store, sizeof head->store) != 0 ||
        memcmp(exported->signer, head->signer, sizeof head->signer) != 0)
        tell(verify, path, 0, 0, "the exported head is another store's");
    else if (exported->sequence > head->sequence || exported->commit > head->commit)
        tell(verify, path, 0, head->sequence,
             "the store ends at record %" PRIu64 ", and does not reach the exported "
             "head, record %" PRIu64,
             head->sequence, exported->sequence);
    else if (exported->sequence == head->sequence && !is_same_digest(&exported->digest, &head->digest))
        tell(verify, path, 0, head->sequence, "the exported head has another record %" PRIu64, head->sequence);
}

/* --- Names --- */

static int check_name(void *context, const char *name)
{
    static const char *const known[] = { "segments",     "damaged",          "lock",
                                         "index.sqlite", "index.sqlite-wal", "index.sqlite-shm" };
    struct verify *verify = context;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (strcmp(name, known[i]) == 0)
            return 0;
    }
    tell(verify, name, 0, 0, "it does not belong here");
    return 0;
}

static int check_segment_name(void *context, const char *name)
{
    struct verify *verify = context;
    char file[FILE_NAME_SIZE];
    if (segment_number(name) != 0)
        return 0;
    (void)snprintf(file, sizeof file, "segments/%s", name);
    tell(verify, file, 0, 0, "it does not belong here");
    return 0;
}

/* --- Frames --- */

static void take_tombstone(struct verify *verify, const struct record *record, const char *file, uint64_t offset,
                           bool is_told)
{
    size_t count = 0;
    if (!record_tombstone_read(record->content, &verify->head.store, verify->head.signer, &count)) {
        if (is_told && verify->has_head)
            tell(verify, file, offset, record->header.sequence, "the tombstone is not signed by this store's key");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct record_death death = record_tombstone_at(record->content, i);
        if (death.sequence < record->header.sequence)
            erased_allow(&verify->erased, &death);
    }
}

/* Does the frame continue the chain? Tells where not. */
static void check_link(struct verify *verify, const char *file, const struct frames_found *found)
{
    const struct chain *chain = &verify->chain;
    const struct record_header *header = &found->record.header;
    if (!chain->is_known)
        return;
    if (header->sequence != chain->sequence + 1) {
        tell(verify, file, found->place.offset, header->sequence, "record %" PRIu64 " stands where %" PRIu64 " belongs",
             header->sequence, chain->sequence + 1);
    } else if (!is_same_digest(&header->previous, &chain->digest)) {
        if (chain->is_erased && chain->place.segment == found->place.segment)
            tell(verify, file, chain->place.offset, chain->sequence,
                 "it is erased, and its digest is not what the "
                 "next record says");
        else
            tell(verify, file, found->place.offset, header->sequence,
                 "it does not continue the record before it, or "
                 "that one was exchanged");
    }
}

static void check_exported_record(struct verify *verify, const char *file, const struct frames_found *found)
{
    const struct record_head *exported = verify->settings->exported;
    if (exported != NULL && exported->sequence == found->record.header.sequence &&
        !is_same_digest(&exported->digest, &found->record.digest))
        tell(verify, file, found->place.offset, exported->sequence, "the exported head has another record there");
}

static void check_record(struct verify *verify, const char *file, const struct frames_found *found)
{
    const struct record *record = &found->record;
    verify->result->records++;
    check_link(verify, file, found);
    verify->chain = (struct chain){ .is_known = found->state != RECORD_BROKEN,
                                    .sequence = record->header.sequence,
                                    .digest = record->digest,
                                    .is_erased = found->state == RECORD_ERASED,
                                    .place = found->place };
    if (found->state == RECORD_BROKEN) {
        tell(verify, file, found->place.offset, record->header.sequence, "the record is broken");
        return;
    }
    check_exported_record(verify, file, found);
    if (found->state == RECORD_ERASED) {
        verify->result->erased++;
        erased_add(&verify->erased, record->header.sequence, &record->digest, found->place.segment,
                   found->place.offset);
    } else if (record->header.kind == RECORD_TOMBSTONE) {
        take_tombstone(verify, record, file, found->place.offset, true);
    }
}

/* The next frame. A broken one is looked at again where a writer is at work: it may be in the middle of erasing it. */
static enum frames_step next_frame(struct verify *verify, struct frames *frames, struct frames_found *found,
                                   struct fault *fault)
{
    enum frames_step step = frames_next(frames, found, fault);
    unsigned tries = 1;
    while (step == FRAMES_RECORD && found->state == RECORD_BROKEN && wait_for_writer(verify, &tries)) {
        frames->offset = found->place.offset;
        frames->filled = 0; /* from the disk once more */
        step = frames_next(frames, found, fault);
    }
    return step;
}

/* False where it is to end. */
static bool check_frames(struct verify *verify, struct frames *frames, const char *file)
{
    struct fault fault = { 0 };
    for (;;) {
        struct frames_found found;
        uint64_t offset = frames->offset;
        uint64_t last = verify->chain.is_known ? verify->chain.sequence : 0;
        enum frames_step step = next_frame(verify, frames, &found, &fault);
        if (step == FRAMES_END)
            return true;
        if (step == FRAMES_RECORD) {
            check_record(verify, file, &found);
        } else {
            tell(verify, file, offset, verify->chain.is_known ? last + 1 : 0, "%s",
                 step == FRAMES_FAULT ? fault.text : "there is no whole record here");
            verify->chain.is_known = false;
            if (step == FRAMES_FAULT || frames_seek(frames, last, UINT64_MAX, &fault) != 0)
                return true;
        }
        if (!pace(verify, frames->offset - offset))
            return false;
    }
}

/* A segment that is not chosen: its tombstones alone. */
static bool skim_frames(struct verify *verify, struct frames *frames, const char *file)
{
    verify->chain.is_known = false;
    while (verify->erased.count > 0) {
        struct frames_found found;
        enum frames_step step = frames_hop(frames, &found, NULL);
        if (step == FRAMES_RECORD && found.record.header.kind == RECORD_TOMBSTONE) {
            frames->offset = found.place.offset;
            step = frames_next(frames, &found, NULL);
            if (step == FRAMES_RECORD && found.state == RECORD_WHOLE)
                take_tombstone(verify, &found.record, file, found.place.offset, false);
        } else if (step == FRAMES_LOST && frames_seek(frames, 0, UINT64_MAX, NULL) != 0) {
            return true;
        }
        if (step == FRAMES_END || step == FRAMES_FAULT)
            return true;
        if (!pace(verify, RECORD_HEADER_SIZE))
            return false;
    }
    return true;
}

/* --- Segments --- */

static void check_segment_header(struct verify *verify, const struct frames *frames, const char *file)
{
    const struct record_segment *header = &frames->header;
    if (!frames->has_header) {
        if (header->number != 0)
            tell(verify, file, 0, 0, "it is segment %" PRIu64 " under another's name", header->number);
        else
            tell(verify, file, 0, 0, "the segment's header is broken");
        return;
    }
    if (!verify->has_head)
        return;
    if (memcmp(&header->store, &verify->head.store, sizeof header->store) != 0 ||
        memcmp(header->signer, verify->head.signer, sizeof header->signer) != 0)
        tell(verify, file, 0, 0, "it is another store's segment");
}

/* The end of the segment before against the beginning of this one, whose header is signed. */
static void check_seam(struct verify *verify, const struct frames *frames, const char *file)
{
    const struct chain *chain = &verify->chain;
    const struct record_segment *header = &frames->header;
    const struct record_head *exported = verify->settings->exported;
    char before[FILE_NAME_SIZE];
    if (!chain->is_known) /* nothing is before it, or that has been told */
        return;
    segment_file(verify->chain_segment, before);
    bool does_continue = is_same_digest(&header->previous, &chain->digest);
    if (header->first_sequence <= chain->sequence)
        tell(verify, file, 0, header->first_sequence, "it begins with record %" PRIu64 " once more",
             header->first_sequence);
    else if (!does_continue && header->first_sequence == chain->sequence + 1)
        tell(verify, before, chain->place.offset, chain->sequence,
             "its last record is not the one that the next "
             "segment continues");
    else if (!does_continue)
        tell(verify, before, chain->place.offset + chain->place.size, chain->sequence + 1,
             "records %" PRIu64 " to %" PRIu64 " are missing", chain->sequence + 1, header->first_sequence - 1);
    else if (exported != NULL && exported->sequence > chain->sequence && exported->sequence < header->first_sequence)
        tell(verify, file, 0, exported->sequence, "the record that the exported head names is lost");
}

/* Numbers that are missing before this segment; none is where a loss was accepted, or nothing was in them. */
static void check_gap(struct verify *verify, uint64_t expected, const struct frames *frames)
{
    char file[FILE_NAME_SIZE];
    bool is_accepted = verify->chain.is_known && frames->has_header &&
                       is_same_digest(&frames->header.previous, &verify->chain.digest);
    /* All that there was is lost, which the header says. */
    bool is_all = frames->has_header && is_digest_zero(&frames->header.previous) && frames->header.number > 1;
    if (expected == frames->number || is_accepted || is_all)
        return;
    if (verify->has_head && head_now(verify).first >= frames->number) { /* removed in the meantime */
        verify->chain.is_known = false;
        return;
    }
    segment_file(expected, file);
    if (frames->number - expected > 1)
        tell(verify, file, 0, 0, "it is missing, and all before segment %" PRIu64, frames->number);
    else
        tell(verify, file, 0, 0, "it is missing");
    verify->chain.is_known = false;
}

/* The last one ends where the head says. */
static void check_end(struct verify *verify, const struct frames *frames, const char *file)
{
    const struct record_head *head = &verify->head;
    const struct chain *chain = &verify->chain;
    if (frames->size < head->length)
        tell(verify, file, frames->size, 0, "it is %" PRIu64 " bytes shorter than the head says",
             head->length - frames->size);
    else if (frames->size > head->length && !disk_is_locked(verify->folder))
        tell(verify, file, head->length, 0, "%" PRIu64 " bytes are behind what the head says",
             frames->size - head->length);
    if (chain->is_known && (chain->sequence != head->sequence || !is_same_digest(&chain->digest, &head->digest)))
        tell(verify, file, chain->place.offset, chain->sequence,
             "it does not end with the record %" PRIu64 " that the head says", head->sequence);
}

/* Gone while we read: removed by the writer, which its head says. */
static void tell_unreadable(struct verify *verify, uint64_t number, const char *file, const struct fault *fault)
{
    verify->chain.is_known = false;
    if (fault->code != ENOENT || head_now(verify).first <= number)
        tell(verify, file, 0, 0, "%s", fault->text);
}

/* False where it is to end. */
static bool check_segment(struct verify *verify, size_t index, uint64_t expected)
{
    uint64_t number = verify->numbers.list[index];
    bool is_last = verify->has_head && number == verify->head.segment;
    struct frames frames;
    struct fault fault = { 0 };
    char file[FILE_NAME_SIZE];
    segment_file(number, file);
    if (frames_open(verify->names, number, is_last ? verify->head.length : UINT64_MAX, &frames, &fault) != 0) {
        tell_unreadable(verify, number, file, &fault);
        return true;
    }
    check_gap(verify, expected, &frames);
    check_segment_header(verify, &frames, file);
    if (frames.has_header) {
        check_seam(verify, &frames, file);
        verify->chain = (struct chain){ .is_known = true,
                                        .sequence = frames.header.first_sequence - 1,
                                        .digest = frames.header.previous,
                                        .place = { number, RECORD_SEGMENT_SIZE, 0 } };
    }
    verify->chain_segment = number;
    bool goes_on = pace(verify, RECORD_SEGMENT_SIZE) && (verify->is_chosen[index] ? check_frames(verify, &frames, file)
                                                                                  : skim_frames(verify, &frames, file));
    if (goes_on && is_last)
        check_end(verify, &frames, file);
    frames_close(&frames);
    return goes_on;
}

/* Is it soon no more than what a writer at work explains? */
static bool is_explained(struct verify *verify, uint64_t number)
{
    if (!disk_is_locked(verify->folder))
        return false;
    unsigned tries = 1;
    do {
        struct frames frames;
        struct record_head now = head_now(verify);
        if (number >= now.first && number <= now.segment + MOST_UNCOMMITTED)
            return true;
        if (frames_open(verify->names, number, UINT64_MAX, &frames, NULL) != 0)
            return true; /* it has been removed */
        frames_close(&frames);
    } while (wait_for_writer(verify, &tries));
    return false;
}

/* Beyond the head nothing is, but what a writer is about to commit; before the first nothing, but what it removes. */
static void check_stray(struct verify *verify, uint64_t number)
{
    char file[FILE_NAME_SIZE];
    if (is_explained(verify, number))
        return;
    segment_file(number, file);
    tell(verify, file, 0, 0, "%s",
         number < verify->head.first ? "it was removed, and is there again"
                                     : "it is behind the last segment that the head says");
}

static void check_last(struct verify *verify, uint64_t expected)
{
    char file[FILE_NAME_SIZE];
    if (!verify->has_head || expected > verify->head.segment)
        return;
    segment_file(verify->head.segment, file);
    tell(verify, file, 0, verify->head.sequence, "it is missing, the last one, that the head says");
}

static bool check_segments(struct verify *verify)
{
    uint64_t expected = verify->has_head ? verify->head.first : 1;
    for (size_t i = 0; i < verify->numbers.count; i++) {
        uint64_t number = verify->numbers.list[i];
        if (number < verify->head.first || number > verify->head.segment) {
            check_stray(verify, number);
            continue;
        }
        if (!check_segment(verify, i, expected))
            return false;
        expected = number + 1;
    }
    check_last(verify, expected);
    return true;
}

/* --- What is erased --- */

/* Tombstones that were committed since. */
static bool look_behind(struct verify *verify, const struct record_head *from, const struct record_head *to)
{
    for (uint64_t number = from->segment; number <= to->segment; number++) {
        struct frames frames;
        if (frames_open(verify->names, number, number == to->segment ? to->length : UINT64_MAX, &frames, NULL) != 0)
            continue;
        if (number == from->segment && from->length < frames.end)
            frames.offset = from->length;
        bool goes_on = skim_frames(verify, &frames, "");
        frames_close(&frames);
        if (!goes_on)
            return false;
    }
    return true;
}

static int compare_erased(const void *a, const void *b)
{
    uint64_t left = ((const struct erased_record *)a)->sequence;
    uint64_t right = ((const struct erased_record *)b)->sequence;
    return (left > right) - (left < right);
}

static bool check_erased(struct verify *verify)
{
    struct record_head from = verify->head;
    for (unsigned i = 0; verify->has_head && verify->erased.count > 0 && i < LONGEST_PROOF; i++) {
        struct record_head now = head_now(verify);
        if (now.commit == from.commit)
            break;
        if (!look_behind(verify, &from, &now))
            return false;
        from = now;
    }
    struct erased_records *erased = &verify->erased;
    /* Removed in the meantime, with their tombstones. */
    uint64_t first = erased->count > 0 && verify->has_head ? head_now(verify).first : 0;
    if (erased->count > 0)
        qsort(erased->table, erased->capacity, sizeof *erased->table, compare_erased);
    for (size_t i = 0; i < erased->capacity && erased->count > 0; i++) {
        const struct erased_record *record = &erased->table[i];
        char file[FILE_NAME_SIZE];
        if (record->sequence == 0 || record->segment < first)
            continue;
        segment_file(record->segment, file);
        tell(verify, file, record->offset, record->sequence, "it is erased, and no tombstone names it");
    }
    return true;
}

/* --- All of it --- */

static uint64_t first_sequence_of(struct verify *verify, size_t index)
{
    struct frames frames;
    if (index >= verify->numbers.count ||
        frames_open(verify->names, verify->numbers.list[index], UINT64_MAX, &frames, NULL) != 0)
        return 0;
    uint64_t first = frames.has_header ? frames.header.first_sequence : 0;
    frames_close(&frames);
    return first;
}

/* By chance; but always the last one, those before a gap in the numbers, and the one that an exported head names. */
static void choose_segments(struct verify *verify)
{
    const struct segment_numbers *numbers = &verify->numbers;
    const struct record_head *exported = verify->settings->exported;
    verify->is_chosen = memory_new(numbers->count + 1);
    for (size_t i = 0; i < numbers->count; i++) {
        uint16_t chance;
        crypt_random(&chance, sizeof chance);
        bool is_last = i + 1 == numbers->count || numbers->list[i] == verify->head.segment;
        bool is_chosen = verify->settings->percent >= 100 || is_last || numbers->list[i + 1] != numbers->list[i] + 1 ||
                         chance % 100 < verify->settings->percent;
        if (!is_chosen && exported != NULL)
            is_chosen = first_sequence_of(verify, i) <= exported->sequence &&
                        first_sequence_of(verify, i + 1) > exported->sequence;
        verify->is_chosen[i] = is_chosen;
        struct disk_file *file = NULL;
        uint64_t size = 0;
        char name[SEGMENT_NAME_SIZE];
        segment_name(numbers->list[i], name);
        if (is_chosen && (file = disk_open(verify->names, name, DISK_READ, NULL)) != NULL &&
            disk_size(file, &size, NULL) == 0)
            verify->all_bytes += size;
        disk_close(file);
    }
}

static int verify_all(struct verify *verify, struct fault *fault)
{
    verify->folder = disk_open_folder(verify->settings->path, fault);
    if (verify->folder == NULL)
        return -1;
    verify->names = disk_open_within(verify->folder, "segments", fault);
    /* The head before the names, so that no segment is missing that a writer makes in between. */
    if (verify->names == NULL || check_head(verify, fault) != 0 ||
        disk_list(verify->folder, check_name, verify, fault) != 0 ||
        disk_list(verify->names, check_segment_name, verify, fault) != 0 ||
        segment_numbers_read(verify->names, &verify->numbers, fault) != 0)
        return -1;
    choose_segments(verify);
    check_exported(verify);
    if (!check_segments(verify) || !check_erased(verify))
        return fault_set(fault, ECANCELED, "the verification was broken off");
    verify->result->last_sequence = verify->has_head ? verify->head.sequence : verify->chain.sequence;
    if (verify->settings->progress != NULL)
        verify->settings->progress(verify->settings->context, verify->all_bytes, verify->all_bytes);
    return 0;
}

int verify_store(const struct verify_settings *settings, struct verify_result *result_out, struct fault *fault)
{
    *result_out = (struct verify_result){ 0 };
    struct verify verify = {
        .settings = settings, .result = result_out, .begun_ms = clock_now_ms(), .more_tries = MORE_TRIES
    };
    int result = verify_all(&verify, fault);
    erased_free(&verify.erased);
    free(verify.is_chosen);
    segment_numbers_free(&verify.numbers);
    head_file_close(&verify.head_file);
    disk_close_folder(verify.names);
    disk_close_folder(verify.folder);
    return result;
}
