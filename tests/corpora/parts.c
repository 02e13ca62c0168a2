/* Decodes files with the product's limits, in ordinary memory and without a box, and prints what comes out: a line of
 * JSON for each file. Folders are walked. With --mail the files are mail that came in over SMTP; else they may be
 * anything. With --count there is one line in all: files, parts, and files by kind of finding.
 *
 * Exit status: 0, 1 where a file could not be read or there was none.
 */
#include "base/buf.h"
#include "base/escape.h"
#include "conf/conf.h"
#include "conf/settings.h"
#include "decoder/memory.h"
#include "sys/digest.h"

#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LINE_SIZE = 64 << 20 };

#define STANDIN "X-Cordon-Scan: pending\r\n"

static const char *const kinds[DECODE_KINDS] = { "malformed", "damaged", "unsupported", "encrypted", "limit" };

struct parts {
    struct decode_limits limits;
    bool is_mail;
    bool is_count;
    unsigned long files;
    unsigned long parts;
    unsigned long clean;
    unsigned long by_kind[DECODE_KINDS];
};

/* As the configuration has it where nothing is written in it. */
static struct decode_limits product_limits(void)
{
    struct buf told;
    buf_init(&told, LINE_SIZE);
    int fd = memfd_create("empty", MFD_CLOEXEC);
    struct settings *settings = conf_load_fd(fd, &told);
    if (settings == NULL) {
        (void)fprintf(stderr, "the defaults: %s\n", buf_text(&told));
        exit(1);
    }
    const struct decoder_settings *decoder = &settings->decoder;
    struct decode_limits limits = { .bytes_out = decoder->max_bytes_out,
                                    .own_bytes = decoder->max_bytes_out / 4,
                                    .parts = decoder->max_parts,
                                    .depth = decoder->max_depth,
                                    .header_bytes = decoder->max_header_bytes,
                                    .text_bytes = decoder->max_header_bytes,
                                    .ratio = decoder->max_ratio,
                                    .readings = decoder->max_readings,
                                    .steps = decoder->max_steps };
    settings_free(settings);
    (void)close(fd);
    buf_fini(&told);
    return limits;
}

static void put_member(struct buf *line, const char *name, struct span value)
{
    buf_printf(line, ",\"%s\":", name);
    escape_json(line, value);
}

static void put_names(struct buf *line, struct span names)
{
    buf_put_text(line, ",\"names\":[");
    for (size_t at = 0; at < names.size;) {
        size_t size = span_find_byte(span_from(names, at), '\0');
        if (size == SPAN_NONE)
            size = names.size - at;
        if (at > 0)
            buf_put_char(line, ',');
        escape_json(line, span_slice(names, at, size));
        at += size + 1;
    }
    buf_put_char(line, ']');
}

/* The digest of the bytes, and that of the bytes with LF alone at the end of each line. */
static void put_digests(struct buf *line, struct span bytes)
{
    char text[DIGEST_TEXT_SIZE];
    struct digest digest;
    digest_of(bytes, &digest);
    digest_text(&digest, text);
    buf_printf(line, ",\"sha256\":\"%s\"", text);
    char *lines = malloc(bytes.size + 1);
    size_t size = 0;
    for (size_t i = 0; lines != NULL && i < bytes.size; i++) {
        if (bytes.data[i] != '\r' || i + 1 == bytes.size || bytes.data[i + 1] != '\n')
            lines[size++] = bytes.data[i];
    }
    digest_of(span_of(lines, size), &digest);
    digest_text(&digest, text);
    buf_printf(line, ",\"sha256_lf\":\"%s\"", text);
    free(lines);
}

static void put_part(struct buf *line, const struct memory *memory, uint32_t index)
{
    const struct decode_report *report = &memory->report;
    const struct decode_part *part = &report->parts[index];
    buf_printf(line, "%s{\"depth\":%u,\"parent\":%d,\"size\":%llu,\"reading\":%s,\"repeat\":%s,\"opened\":%s",
               index > 0 ? "," : "", part->depth, part->parent, (unsigned long long)part->size,
               (part->flags & DECODE_PART_READING) != 0 ? "true" : "false",
               (part->flags & DECODE_PART_REPEAT) != 0 ? "true" : "false",
               (part->flags & DECODE_PART_OPENED) != 0 ? "true" : "false");
    put_member(line, "path", decode_report_text(report, part->path));
    put_member(line, "declared", decode_report_text(report, part->declared));
    put_member(line, "detected", decode_report_text(report, part->detected));
    put_member(line, "how", decode_report_text(report, part->how));
    put_member(line, "odd", decode_report_text(report, part->odd));
    put_names(line, decode_report_text(report, part->names));
    put_digests(line, memory_part(memory, index));
    buf_put_char(line, '}');
}

static void put_kinds(struct buf *line, uint32_t bits)
{
    const char *separator = "";
    for (size_t i = 0; i < DECODE_KINDS; i++) {
        if ((bits & DECODE_KIND_BIT(i)) == 0)
            continue;
        buf_printf(line, "%s\"%s\"", separator, kinds[i]);
        separator = ",";
    }
}

static void print_report(const char *path, const struct memory *memory)
{
    const struct decode_report *report = &memory->report;
    struct buf line;
    buf_init(&line, LINE_SIZE);
    buf_put_text(&line, "{\"file\":");
    escape_json(&line, span_text(path));
    buf_put_text(&line, ",\"kinds\":[");
    put_kinds(&line, report->kinds);
    buf_put_text(&line, "],\"findings\":[");
    for (uint32_t i = 0; i < report->finding_count; i++) {
        const struct decode_finding *finding = &report->findings[i];
        buf_printf(&line, "%s{\"kind\":\"%s\",\"part\":%u", i > 0 ? "," : "", kinds[finding->kind], finding->part);
        put_member(&line, "text", decode_report_text(report, finding->text));
        buf_put_char(&line, '}');
    }
    buf_put_text(&line, "],\"parts\":[");
    for (uint32_t i = 0; i < report->part_count; i++)
        put_part(&line, memory, i);
    buf_put_text(&line, "]}\n");
    if (buf_overflowed(&line))
        (void)printf("{\"file\":\"too many parts to print\"}\n");
    else
        (void)fwrite(line.data, 1, line.size, stdout);
    buf_fini(&line);
}

static void count_report(struct parts *parts, const struct decode_report *report)
{
    parts->files++;
    parts->parts += report->part_count;
    parts->clean += report->kinds == 0;
    for (size_t i = 0; i < DECODE_KINDS; i++)
        parts->by_kind[i] += (report->kinds & DECODE_KIND_BIT(i)) != 0;
}

/* The line that mailbox files have before each message: no client sends it. */
static size_t mailbox_line_size(struct span bytes)
{
    size_t at = span_starts_with(bytes, "From ") ? span_find_byte(bytes, '\n') : SPAN_NONE;
    return at == SPAN_NONE ? 0 : at + 1;
}

/* The file's bytes, behind the stand-in where it is mail; to be freed. */
static char *read_file(const char *path, bool is_mail, size_t *size_out)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        return NULL;
    size_t standin = is_mail ? strlen(STANDIN) : 0;
    (void)fseek(file, 0, SEEK_END);
    long end = ftell(file);
    rewind(file);
    size_t size = end > 0 ? (size_t)end : 0;
    char *bytes = malloc(standin + size + (standin + size == 0)); /* exact, so that sanitizers see a read beyond it */
    if (bytes != NULL) {
        memcpy(bytes, STANDIN, standin);
        size = fread(bytes + standin, 1, size, file);
        size_t start = is_mail ? mailbox_line_size(span_of(bytes + standin, size)) : 0;
        memmove(bytes + standin, bytes + standin + start, size - start);
        *size_out = standin + size - start;
    }
    (void)fclose(file);
    return bytes;
}

static bool take_file(struct parts *parts, const char *path)
{
    size_t size = 0;
    char *bytes = read_file(path, parts->is_mail, &size);
    if (bytes == NULL) {
        (void)fprintf(stderr, "%s: cannot be read\n", path);
        return false;
    }
    struct memory memory;
    memory_decode(&memory, span_of(bytes, size), parts->is_mail ? strlen(STANDIN) : 0, "mail.example.org",
                  &parts->limits);
    count_report(parts, &memory.report);
    if (!parts->is_count)
        print_report(path, &memory);
    memory_free(&memory);
    free(bytes);
    return true;
}

static int compare_names(const FTSENT **a, const FTSENT **b)
{
    return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool take_all(struct parts *parts, char *const *paths)
{
    FTS *tree = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, compare_names);
    if (tree == NULL)
        return false;
    bool is_good = true;
    for (FTSENT *entry = NULL; (entry = fts_read(tree)) != NULL;) {
        if (entry->fts_info == FTS_F)
            is_good &= take_file(parts, entry->fts_path);
        else if (entry->fts_info != FTS_D && entry->fts_info != FTS_DP)
            is_good = false;
    }
    (void)fts_close(tree);
    return is_good;
}

int main(int argc, char **argv)
{
    struct parts parts = { .limits = product_limits() };
    int at = 1;
    for (; at < argc && strncmp(argv[at], "--", 2) == 0; at++) {
        parts.is_mail |= strcmp(argv[at], "--mail") == 0;
        parts.is_count |= strcmp(argv[at], "--count") == 0;
    }
    bool is_good = at < argc && take_all(&parts, argv + at) && parts.files > 0;
    if (parts.is_count) {
        (void)printf("%lu files, %lu parts; %lu with nothing to note", parts.files, parts.parts, parts.clean);
        for (size_t i = 0; i < DECODE_KINDS; i++)
            (void)printf(", %lu %s", parts.by_kind[i], kinds[i]);
        (void)printf("\n");
    }
    return is_good ? 0 : 1;
}
