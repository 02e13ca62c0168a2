/* SPDX-License-Identifier: GPL-2.0-only */
#include "clam.h"

#include "base/memory.h"
#include "engine/folder.h"
#include "engine/remark.h"
#include "engine/signatures.h"
#include "scanner/clamd_reply.h"
#include "scanner/names.h"

#include <assert.h>
#include <clamav.h>
#include <errno.h>
#include <link.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CLAM_SCAN_LEAST_BYTES = 64 << 20,
    CLAM_SCAN_TIMES = 64,
    CLAM_OPENED_LEAST_BYTES = 16 << 20,
    CLAM_OPENED_TIMES = 4
};

enum { CLAM_MAX_RECURSION = 17, CLAM_MAX_FILES = 10000, CLAM_SCANS_OF_MAX = 4, CLAM_FOLDER_SIZE = 512 };

#define CLAM_SLACK_BYTES UINT64_C(65536)
#define CLAM_MOST_BYTES (UINT64_C(2147483646) - CLAM_SLACK_BYTES) /* the library counts with an int inside */

struct clam {
    struct cl_engine *engine;
    unsigned count;
    struct signatures_about about;
    uint64_t file_bytes; /* of one layer */
    uint64_t scan_bytes; /* of all layers */
    bool has_unrar;
    char folder[CLAM_FOLDER_SIZE];
};

/* What went wrong since clam_listen: the worst of the library's complaints. The library has one callback for the
 * process. */
static struct clam_complaint {
    struct remark remark;
    char text[SCAN_TEXT_SIZE];
    uint64_t scanned_bytes; /* of all layers so far */
    uint64_t most_bytes;    /* that this scan may unpack */
} complaint;

/* All names that one scan found, as far as they matter. */
static struct clam_found {
    const struct settings_names *names;
    char hard[SCAN_TEXT_SIZE]; /* the first that is infected whatever the names say */
    struct answer soft;        /* what was noted of the others */
} found;

static void clam_complain(const struct remark *remark, struct span text)
{
    if (remark->unscannable > complaint.remark.unscannable)
        complaint.remark.unscannable = remark->unscannable;
    if (remark->result <= complaint.remark.result)
        return;
    complaint.remark.result = remark->result;
    (void)span_copy(text, complaint.text, sizeof complaint.text);
}

static void clam_hear(enum cl_msg severity, const char *full, const char *text, void *context)
{
    (void)full;
    (void)context;
    if (severity < CL_MSG_WARN)
        return;
    struct span said = span_trim(span_text(text));
    struct remark remark = remark_read(said);
    char line[SCAN_TEXT_SIZE];
    (void)snprintf(line, sizeof line, "libclamav: %.*s", (int)(said.size < 160 ? said.size : 160), said.data);
    clam_complain(&remark, span_text(line));
}

/* The library removes temporary files as it goes, and does not notice every write that fails. But whatever it unpacked
 * lies there while it is looked at: so the room is looked at before and after each layer. A file that lost its end then
 * has none left, and one that lost everything leaves its containers without. */
static void clam_look_at_room(void *context)
{
    static const struct remark full = { .result = SCAN_FAILED };
    const struct clam *clam = context;
    if (folder_is_full(clam->folder))
        clam_complain(&full, span_text("the folder for temporary files ran full (see folder_size)"));
}

/* Some unpackers of the library cut what they write at its limits, and say nothing. So its limits are a little wider
 * than ours, and whatever is beyond ours may have been cut. */
static void clam_count_layer(const struct clam *clam, uint64_t size)
{
    static const struct remark limit = { .result = SCAN_UNSCANNABLE, .unscannable = UNSCANNABLE_LIMIT };
    complaint.scanned_bytes += size;
    if (size > clam->file_bytes)
        clam_complain(&limit, span_text("something in it is larger than max_size"));
    if (complaint.scanned_bytes > complaint.most_bytes)
        clam_complain(&limit, span_text("all that is in it is larger than what folder_size and max_size allow"));
}

/* Its plug-in for RAR has a licence of its own and is often not there: then the library calls a RAR archive clean. */
static void clam_look_at_type(const struct clam *clam, const char *type)
{
    static const struct remark unsupported = { .result = SCAN_UNSCANNABLE, .unscannable = UNSCANNABLE_UNSUPPORTED };
    if (!clam->has_unrar && type != NULL && strncmp(type, "CL_TYPE_RAR", strlen("CL_TYPE_RAR")) == 0)
        clam_complain(&unsupported,
                      span_text("a RAR archive, and libclamav's plug-in for it (libclamunrar) is missing"));
}

static int clam_is_unrar(struct dl_phdr_info *library, size_t size, void *has_unrar)
{
    (void)size;
    if (strstr(library->dlpi_name, "libclamunrar_iface") != NULL)
        *(bool *)has_unrar = true;
    return 0;
}

static cl_error_t clam_before_layer(int fd, const char *type, const char **ancestors, size_t parent_size,
                                    const char *name, size_t size, const char *bytes, uint32_t depth,
                                    uint32_t attributes, void *context)
{
    (void)fd, (void)ancestors, (void)parent_size, (void)name, (void)bytes, (void)depth, (void)attributes;
    clam_count_layer(context, size);
    clam_look_at_type(context, type);
    clam_look_at_room(context);
    return CL_CLEAN;
}

static cl_error_t clam_after_layer(int fd, int result, const char *name, void *context)
{
    (void)fd, (void)result, (void)name;
    clam_look_at_room(context);
    return CL_CLEAN;
}

/* Called for each name where all are looked for, else for the first. */
static void clam_find(int fd, const char *name, void *context)
{
    (void)fd;
    (void)context;
    struct answer answer = { 0 };
    struct span text = span_text(name != NULL ? name : "(no name)");
    clamav_name_read(text, &answer);
    if (answer.kind != ANSWER_INFECTED) {
        struct remark remark = { .result = answer.kind == ANSWER_UNSCANNABLE ? SCAN_UNSCANNABLE : SCAN_FAILED,
                                 .unscannable = answer.unscannable };
        clam_complain(&remark, text);
        return;
    }
    enum name_action action = found.names != NULL ? names_find(found.names, text) : NAME_INFECTED;
    if (action != NAME_INFECTED)
        names_note(action, text, &found.soft);
    else if (found.hard[0] == '\0')
        (void)span_copy(text, found.hard, sizeof found.hard);
}

static void clam_listen(void)
{
    found = (struct clam_found){ .names = NULL };
    complaint = (struct clam_complaint){ .remark = { .result = SCAN_CLEAN } };
}

struct number_row {
    enum cl_engine_field field;
    uint64_t number;
};

/* A bomb must reach a limit, which is a fact about it, before it fills the folder, which may be anything: files within
 * files lie there together, and count together; one more is written before it is counted. */
static void clam_choose_limits(struct clam *clam, const struct clam_settings *settings)
{
    clam->file_bytes = settings->max_bytes < CLAM_MOST_BYTES ? settings->max_bytes : CLAM_MOST_BYTES;
    clam->scan_bytes = CLAM_SCANS_OF_MAX * clam->file_bytes;
    uint64_t room_bytes = settings->folder_bytes / 8 * 7;
    if (clam->scan_bytes + clam->file_bytes > room_bytes)
        clam->scan_bytes = room_bytes > 2 * clam->file_bytes ? room_bytes - clam->file_bytes : clam->file_bytes;
}

static int clam_set_limits(struct clam *clam, const struct clam_settings *settings, struct fault *fault)
{
    clam_choose_limits(clam, settings);
    const struct number_row rows[] = {
        { CL_ENGINE_MAX_FILESIZE, clam->file_bytes + CLAM_SLACK_BYTES },
        { CL_ENGINE_MAX_SCANSIZE, clam->scan_bytes + CLAM_SLACK_BYTES },
        { CL_ENGINE_MAX_RECURSION, CLAM_MAX_RECURSION },
        { CL_ENGINE_MAX_FILES, CLAM_MAX_FILES },
        /* The pool's parent watches the time: a limit here would say of the message what is true of the machine. */
        { CL_ENGINE_MAX_SCANTIME, 0 },
        { CL_ENGINE_BYTECODE_MODE, CL_BYTECODE_MODE_INTERPRETER }, /* a JIT needs memory to write and execute */
        { CL_ENGINE_DISABLE_CACHE, 1 },                            /* of clean answers: the gate's business */
        { CL_ENGINE_DISABLE_PE_STATS, 1 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        cl_error_t code = cl_engine_set_num(clam->engine, rows[i].field, (long long)rows[i].number);
        if (code != CL_SUCCESS)
            return fault_set(fault, EINVAL, "libclamav refuses setting %d: %s", (int)rows[i].field, cl_strerror(code));
    }
    return 0;
}

int clam_use_folder(struct clam *clam, const char *folder, struct fault *fault)
{
    (void)snprintf(clam->folder, sizeof clam->folder, "%s", folder);
    cl_error_t code = cl_engine_set_str(clam->engine, CL_ENGINE_TMPDIR, folder);
    return code == CL_SUCCESS ? 0 : fault_set(fault, EINVAL, "libclamav refuses the folder: %s", cl_strerror(code));
}

static int clam_load_signatures(struct clam *clam, const char *path, struct fault *fault)
{
    clam_listen();
    cl_error_t code = cl_load(path, clam->engine, &clam->count, CL_DB_STDOPT);
    if (clam->count == 0 && (code == CL_SUCCESS || code == CL_EOPEN)) /* a folder without any file that it knows */
        return fault_set(fault, ENOENT, "no signatures: %s has none; " SIGNATURES_ADVICE, path);
    if (code != CL_SUCCESS)
        return fault_set(fault, EIO, "cannot load the signatures of %s: %s%s%.100s", path, cl_strerror(code),
                         complaint.text[0] != '\0' ? ": " : "", complaint.text);
    code = cl_engine_compile(clam->engine);
    if (code != CL_SUCCESS)
        return fault_set(fault, EIO, "cannot compile the signatures: %s", cl_strerror(code));
    return 0;
}

static int clam_begin(struct clam *clam, const struct clam_settings *settings, struct fault *fault)
{
    struct signatures_file file;
    if (signatures_look(settings->signatures, cl_retver(), &clam->about, fault) != 0)
        return -1;
    cl_error_t code = cl_init(CL_INIT_DEFAULT);
    if (code != CL_SUCCESS)
        return fault_set(fault, EIO, "libclamav does not start: %s", cl_strerror(code));
    (void)dl_iterate_phdr(clam_is_unrar, &clam->has_unrar); /* cl_init has loaded it, if it can */
    cl_set_clcb_msg(clam_hear);
    clam->engine = cl_engine_new();
    if (clam->engine == NULL)
        return fault_set(fault, ENOMEM, "libclamav does not start: no memory");
    cl_engine_set_clcb_file_inspection(clam->engine, clam_before_layer);
    cl_engine_set_clcb_post_scan(clam->engine, clam_after_layer);
    cl_engine_set_clcb_virus_found(clam->engine, clam_find);
    if (clam_set_limits(clam, settings, fault) != 0 || clam_use_folder(clam, settings->folder, fault) != 0 ||
        signatures_open(settings->signatures, settings->folder, &file, fault) != 0)
        return -1;
    int status = clam_load_signatures(clam, file.path, fault);
    signatures_close(&file);
    return status;
}

struct clam *clam_load(const struct clam_settings *settings, struct fault *fault)
{
    struct clam *clam = memory_new(sizeof *clam);
    if (clam_begin(clam, settings, fault) == 0)
        return clam;
    clam_free(clam);
    return NULL;
}

void clam_free(struct clam *clam)
{
    if (clam == NULL)
        return;
    if (clam->engine != NULL)
        (void)cl_engine_free(clam->engine);
    free(clam);
}

const char *clam_version(const struct clam *clam)
{
    return clam->about.version;
}

const char *clam_databases(const struct clam *clam)
{
    return clam->about.databases;
}

int64_t clam_built(const struct clam *clam)
{
    return clam->about.built;
}

uint64_t clam_generation(const struct clam *clam)
{
    return clam->about.generation;
}

unsigned clam_signature_count(const struct clam *clam)
{
    return clam->count;
}

struct code_row {
    cl_error_t code;
    enum scan_result result;
    enum unscannable unscannable;
};

/* What a scan's return code means; whatever is not here has failed. */
static const struct code_row code_rows[] = {
    { CL_CLEAN, SCAN_CLEAN, UNSCANNABLE_NONE },
    { CL_EMAXREC, SCAN_UNSCANNABLE, UNSCANNABLE_LIMIT },
    { CL_EMAXSIZE, SCAN_UNSCANNABLE, UNSCANNABLE_LIMIT },
    { CL_EMAXFILES, SCAN_UNSCANNABLE, UNSCANNABLE_LIMIT },
    { CL_EFORMAT, SCAN_UNSCANNABLE, UNSCANNABLE_DAMAGED },
    { CL_EPARSE, SCAN_UNSCANNABLE, UNSCANNABLE_DAMAGED },
    { CL_EUNPACK, SCAN_UNSCANNABLE, UNSCANNABLE_DAMAGED },
};

static void clam_read_code(cl_error_t code, struct engine_result *result)
{
    *result = (struct engine_result){ .result = SCAN_FAILED };
    for (size_t i = 0; i < sizeof code_rows / sizeof code_rows[0]; i++) {
        if (code_rows[i].code == code) {
            result->result = code_rows[i].result;
            result->unscannable = code_rows[i].unscannable;
        }
    }
    if (result->result != SCAN_CLEAN)
        (void)snprintf(result->text, sizeof result->text, "libclamav: %s", cl_strerror(code));
}

/* A name: of a signature, or of what the library did not look into. */
static void clam_read_name(const char *name, struct engine_result *result)
{
    static const enum scan_result results[ANSWERS] = {
        [ANSWER_NOT_ASKED] = SCAN_FAILED, [ANSWER_CLEAN] = SCAN_FAILED,      [ANSWER_UNSCANNABLE] = SCAN_UNSCANNABLE,
        [ANSWER_FAILED] = SCAN_FAILED,    [ANSWER_INFECTED] = SCAN_INFECTED,
    };
    struct answer answer = { 0 };
    clamav_name_read(span_text(name != NULL ? name : "(no name)"), &answer);
    *result = (struct engine_result){ .result = results[answer.kind], .unscannable = answer.unscannable };
    (void)snprintf(result->text, sizeof result->text, "%s", answer.text);
}

/* A complaint makes everything but infected worse. */
static void clam_add_complaint(struct engine_result *result)
{
    if (complaint.remark.unscannable > result->unscannable)
        result->unscannable = complaint.remark.unscannable;
    if (complaint.remark.result <= result->result)
        return;
    result->result = complaint.remark.result;
    (void)snprintf(result->text, sizeof result->text, "%s", complaint.text);
}

/* What the library may unpack from one piece: so that a bomb costs no more than its size and a bit. Of a container that
 * the decoder has opened, its content is judged anyway. */
static uint64_t clam_scan_bytes(const struct clam *clam, size_t size, bool is_opened)
{
    uint64_t least = is_opened ? CLAM_OPENED_LEAST_BYTES : CLAM_SCAN_LEAST_BYTES;
    uint64_t times = is_opened ? CLAM_OPENED_TIMES : CLAM_SCAN_TIMES;
    bool is_most = least >= clam->scan_bytes || size >= (clam->scan_bytes - least) / times;
    return is_most ? clam->scan_bytes : least + times * size;
}

/* One look. *name_out: what the library calls the find, where it returns CL_VIRUS. False, and a failed result, where it
 * could not even begin. */
static bool clam_look(struct clam *clam, const struct clam_piece *piece, unsigned general, cl_error_t *code_out,
                      const char **name_out, struct engine_result *result_out)
{
    /* The options are the library's to change. */
    struct cl_scan_options options = {
        .general = CL_SCAN_GENERAL_HEURISTICS | general,
        .parse = ~0U, /* every format that it knows */
        .heuristic = CL_SCAN_HEURISTIC_EXCEEDS_MAX | CL_SCAN_HEURISTIC_ENCRYPTED_ARCHIVE |
                     CL_SCAN_HEURISTIC_ENCRYPTED_DOC,
    };
    struct span bytes = piece->bytes;
    clam_listen();
    found.names = piece->names;
    complaint.most_bytes = clam_scan_bytes(clam, bytes.size, piece->is_opened);
    uint64_t most = complaint.most_bytes + CLAM_SLACK_BYTES;
    if (cl_engine_set_num(clam->engine, CL_ENGINE_MAX_SCANSIZE, (long long)most) != CL_SUCCESS) {
        *result_out = (struct engine_result){ .result = SCAN_FAILED, .text = "libclamav: refuses a limit" };
        return false;
    }
    cl_fmap_t *map = cl_fmap_open_memory(bytes.data, bytes.size);
    if (map == NULL) {
        *result_out = (struct engine_result){ .result = SCAN_FAILED, .text = "libclamav: no memory for a map" };
        return false;
    }
    unsigned long scanned = 0;
    *name_out = NULL;
    *code_out = cl_scanmap_callback(map, NULL, name_out, &scanned, clam->engine, &options, clam);
    cl_fmap_close(map);
    return true;
}

/* A second look, for all names. Whatever is neither found nor a complaint by then is clean. */
static void clam_look_for_all(struct clam *clam, const struct clam_piece *piece, struct engine_result *result_out)
{
    cl_error_t code = CL_CLEAN;
    const char *name = NULL;
    if (!clam_look(clam, piece, CL_SCAN_GENERAL_ALLMATCHES, &code, &name, result_out))
        return;
    clam_read_code(code == CL_VIRUS ? CL_CLEAN : code, result_out);
    if (found.hard[0] != '\0') {
        *result_out = (struct engine_result){ .result = SCAN_INFECTED };
        (void)snprintf(result_out->text, sizeof result_out->text, "%s", found.hard);
    } else if (found.soft.named[0] == '\0' && found.soft.ignored[0] == '\0') {
        /* The first look found something: what the second makes of it is not known. */
        *result_out = (struct engine_result){ .result = SCAN_FAILED, .text = "libclamav: a name was not found again" };
    }
    (void)snprintf(result_out->named, sizeof result_out->named, "%s", found.soft.named);
    (void)snprintf(result_out->ignored, sizeof result_out->ignored, "%s", found.soft.ignored);
    clam_add_complaint(result_out);
}

void clam_scan(struct clam *clam, const struct clam_piece *piece, struct engine_result *result_out)
{
    assert(piece->bytes.size > 0);
    cl_error_t code = CL_CLEAN;
    const char *name = NULL;
    if (!clam_look(clam, piece, 0, &code, &name, result_out))
        return;
    if (code == CL_VIRUS)
        clam_read_name(name, result_out);
    else
        clam_read_code(code, result_out);
    bool is_soft = result_out->result == SCAN_INFECTED && piece->names != NULL &&
                   names_find(piece->names, span_text(result_out->text)) != NAME_INFECTED;
    if (is_soft)
        clam_look_for_all(clam, piece, result_out);
    else
        clam_add_complaint(result_out);
}
