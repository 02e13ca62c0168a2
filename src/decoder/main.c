/* cordon-decoder: the parent of the decoders. It has seen no mail and never will: it warms itself up on a sample of its
 * own, so that its children begin with everything in place, and then hands one message to each child.
 */
#include "archive/libarchive.h"
#include "archive/unarr_rar.h"
#include "base/buf.h"
#include "conf/conf.h"
#include "decoder/child.h"
#include "decoder/decode.h"
#include "ipc/pool.h"
#include "ipc/roles.h"
#include "sys/log.h"

#include <string.h>
#include <sysexits.h>

enum { DECODER_QUEUE = 256, DECODER_MISTAKES_LIMIT = 16384, WARM_PACK_BYTES = 4096 };

/* A bit of everything, so that every page that a message needs has been touched before the first fork. */
static const char warm_message[] = "X-Cordon-Scan: pending\r\n"
                                   "Subject: =?iso-8859-1?Q?caf=E9?=\r\n"
                                   "Content-Type: multipart/mixed; boundary=\"b\"\r\n\r\n"
                                   "--b\r\nContent-Type: text/plain; name*=utf-8''a%20b\r\n"
                                   "Content-Transfer-Encoding: quoted-printable\r\n\r\nx=3D\r\n"
                                   "--b\r\nContent-Disposition: attachment; filename=\"=?utf-8?B?YS50eHQ=?=\"\r\n"
                                   "Content-Transfer-Encoding: base64\r\n\r\nYWJj\r\n--b--\r\n";

static int warm_write(void *context, uint64_t offset, const void *data, size_t size, struct fault *fault)
{
    (void)context, (void)offset, (void)data, (void)size, (void)fault;
    return 0;
}

static void warm_up(void)
{
    static char room[DECODE_PACKS][WARM_PACK_BYTES];
    struct emit_pack packs[DECODE_PACKS] = { 0 };
    struct decode_job job = { .magic = DECODE_MAGIC,
                              .message_size = strlen(warm_message),
                              .standin_bytes = (uint32_t)strcspn(warm_message, "\n") + 1,
                              .limits = { .bytes_out = WARM_PACK_BYTES,
                                          .own_bytes = WARM_PACK_BYTES,
                                          .parts = 8,
                                          .depth = 4,
                                          .header_bytes = 4096,
                                          .text_bytes = 4096,
                                          .steps = 100000,
                                          .ratio = 100,
                                          .readings = 8 },
                              .host = "warm.invalid" };
    for (unsigned i = 1; i < DECODE_PACKS; i++)
        packs[i] = (struct emit_pack){ .data = room[i], .size = WARM_PACK_BYTES };
    (void)decode_message(span_text(warm_message), &job, packs, warm_write, NULL, NULL);
}

static struct settings *load_settings(void)
{
    struct buf mistakes;
    buf_init(&mistakes, DECODER_MISTAKES_LIMIT);
    struct settings *settings = conf_load_fd(ROLE_SETTINGS_FD, &mistakes);
    if (settings == NULL)
        log_note(LOG_ERROR, "configuration", "%s", buf_text(&mistakes));
    buf_fini(&mistakes);
    return settings;
}

/* The parent's own box is wider than its children's: it forks, and boxes them. */
static int close_box(const struct settings *settings, bool *is_weaker_out, struct fault *fault)
{
    if (sandbox_drop_user(settings->user, NULL, fault) != 0)
        return -1;
    struct sandbox_program *program = sandbox_prepare(SANDBOX_POOL_PARENT, fault);
    if (program == NULL)
        return -1;
    struct sandbox_settings box = { .program = program };
    int entered = sandbox_enter(&box, is_weaker_out, fault);
    sandbox_program_free(program);
    if (entered == 0 && *is_weaker_out)
        log_note(LOG_WARNING, "box", "this kernel has no Landlock: the decoder's box has one layer less");
    return entered;
}

static const char *decoder_status(void *context)
{
    const struct child_boxes *boxes = context;
    return boxes->is_weaker ? "weaker=the kernel has no Landlock\n" : "";
}

int main(void)
{
    struct settings *settings = load_settings();
    if (settings == NULL)
        return CONF_EXIT_BAD;
    log_begin("cordon-decoder", &settings->log);
    libarchive_prepare(); /* these two open files */
    unarr_prepare();
    struct child_boxes boxes;
    struct fault fault;
    if (child_boxes_prepare(&boxes, (size_t)settings->decoder.memory_bytes, &fault) != 0 ||
        close_box(settings, &boxes.is_weaker, &fault) != 0) {
        log_note(LOG_ERROR, "box-failed", "%s", fault.text);
        return EX_OSERR;
    }
    warm_up();
    struct pool_settings pool = { .name = "decoder",
                                  .spares = settings->decoder.spares,
                                  .most = settings->decoder.processes,
                                  .jobs_per_child = 1,
                                  .queue = DECODER_QUEUE,
                                  .child = child_run,
                                  .context = &boxes,
                                  .control = ROLE_CONTROL_FD,
                                  .status = decoder_status };
    int ended = pool_run(&pool, &fault);
    if (ended != 0)
        log_note(LOG_ERROR, "decoder-stopped", "%s", fault.text);
    child_boxes_free(&boxes);
    settings_free(settings);
    return ended == 0 ? EX_OK : EX_SOFTWARE;
}
