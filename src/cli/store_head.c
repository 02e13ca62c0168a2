/* cordon store head; and heads as text. */
#include "base/base64.h"
#include "cli/cli.h"
#include "cli/entry.h"
#include "cli/store_commands.h"
#include "cli/store_use.h"
#include "cli/when.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { HEAD_TEXT_MOST = 4096 };

static const char head_word[] = "cordon-head-1";

static void base64_put(struct buf *out, struct span bytes)
{
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.size; i += 3) {
        uint32_t group = 0;
        size_t size = bytes.size - i < 3 ? bytes.size - i : 3;
        for (size_t k = 0; k < 3; k++)
            group = (group << 8) | (k < size ? (unsigned char)bytes.data[i + k] : 0U);
        for (size_t k = 0; k < 4; k++)
            buf_put(out, k <= size ? &letters[(group >> (18 - 6 * k)) & 63] : "=", 1);
    }
}

void head_put_text(struct buf *out, struct span slot)
{
    buf_printf(out, "%s ", head_word);
    base64_put(out, slot);
}

int head_read_text(struct span text, struct record_head *head_out, struct fault *fault)
{
    char bytes[RECORD_HEAD_SIZE + 8];
    struct base64 base64 = { 0 };
    struct span rest = span_trim(text);
    struct span word = span_cut(&rest, ' ');
    if (!span_is(word, head_word))
        return fault_set(fault, EINVAL, "that is no head: it begins with \"%s\"", head_word);
    size_t size = 0;
    while (rest.size > 0 && size + 3 <= sizeof bytes)
        size += base64_decode(&base64, &rest, bytes + size, sizeof bytes - size);
    if (size + 2 <= sizeof bytes)
        size += base64_flush(&base64, bytes + size);
    if (rest.size > 0 || base64.has_other || size != RECORD_HEAD_SIZE ||
        !record_head_read(span_of(bytes, size), head_out))
        return fault_set(fault, EBADMSG, "that head is cut off, or was altered");
    return 0;
}

int head_read_file(const char *path, struct record_head *head_out, struct buf *slot_out, struct fault *fault)
{
    char bytes[2 * RECORD_HEAD_SIZE];
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    ssize_t size = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
    int code = errno;
    bool is_found = false;
    if (fd >= 0)
        (void)close(fd);
    if (size < 0)
        return fault_set_errno(fault, code, "%s", path);
    for (size_t at = 0; at + RECORD_HEAD_SIZE <= (size_t)size; at += RECORD_HEAD_SIZE) {
        struct record_head head;
        struct span slot = span_of(bytes + at, RECORD_HEAD_SIZE);
        if (!record_head_read(slot, &head) || (is_found && head.commit <= head_out->commit))
            continue;
        is_found = true;
        *head_out = head;
        if (slot_out == NULL)
            continue;
        buf_clear(slot_out);
        buf_put_span(slot_out, slot);
    }
    return is_found ? 0 : fault_set(fault, EBADMSG, "%s holds no sound head", path);
}

static void put_hex(struct buf *out, const unsigned char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        buf_printf(out, "%02x", bytes[i]);
}

static void head_print(const struct store_use *use, const struct record_head *head, struct span slot)
{
    struct buf out;
    buf_init(&out, HEAD_TEXT_MOST);
    if (command_has(use->line, OPTION_JSON)) {
        buf_printf(&out, "{\"store\":\"%s\",\"head\":\"", use->conf->name);
        head_put_text(&out, slot);
        buf_put_text(&out, "\",\"id\":\"");
        put_hex(&out, head->store.bytes, sizeof head->store.bytes);
        buf_put_text(&out, "\",\"signer\":\"");
        put_hex(&out, head->signer, sizeof head->signer);
        buf_put_char(&out, '"');
        json_put_number(&out, "commit", head->commit);
        json_put_number(&out, "segment", head->segment);
        json_put_number(&out, "length", head->length);
        json_put_number(&out, "sequence", head->sequence);
        json_put_time(&out, "time", head->time_ms);
        buf_put_char(&out, '}');
    } else {
        head_put_text(&out, slot);
    }
    (void)puts(buf_text(&out));
    buf_fini(&out);
}

int store_command_head(const struct command_line *line)
{
    struct store_use *use = NULL;
    struct fault fault = { 0 };
    struct record_head head = { 0 };
    struct buf slot;
    buf_init(&slot, RECORD_HEAD_SIZE);
    int status = store_use_begin(line, 0, false, &use);
    if (status < 0 && head_read_file(use->store.head_path, &head, &slot, &fault) != 0)
        status = command_refuse(line, STORE_EXIT_NOT_READ, "the head of the store %s can't be read: %s",
                                use->conf->name, fault.text);
    if (status < 0) {
        struct buf when;
        buf_init(&when, 64);
        when_put(&when, head.time_ms);
        head_print(use, &head, buf_span(&slot));
        if (!command_has(line, OPTION_JSON))
            fprintf(stderr,
                    "cordon: up to record %" PRIu64 " of %s, at %s. Keep this line on another machine: with it, cordon "
                    "store verify --head\ncordon: tells whether the store was put back to an earlier state, or cut.\n",
                    head.sequence, use->conf->name, buf_text(&when));
        buf_fini(&when);
        status = fflush(stdout) == 0 ? STORE_EXIT_DONE : STORE_EXIT_NOT_ALL;
    }
    buf_fini(&slot);
    store_use_end(use);
    return status;
}
