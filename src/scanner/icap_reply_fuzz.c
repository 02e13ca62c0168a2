#include "icap_reply.h"

#include "proto/icap.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte is about the content, the rest the two heads with an empty line between. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct span all = span_of(data + 1, size - 1);
    size_t gap = span_find(all, span_text("\r\n\r\n"));
    struct icap_head head;
    struct icap_head http = { .status = 0 };
    if (!icap_head_read(gap != SPAN_NONE ? span_slice(all, 0, gap + 2) : all, "ICAP", &head))
        return 0;
    if (gap != SPAN_NONE)
        (void)icap_head_read(span_from(all, gap + 4), "HTTP", &http);
    struct icap_reply reply = { .status = head.status,
                                .reason = head.reason,
                                .fields = head.fields,
                                .http_status = http.status,
                                .http_fields = http.fields,
                                .content = (enum icap_content)(data[0] % 3),
                                .is_page = (data[0] & 4) != 0,
                                .may_204 = (data[0] & 8) != 0,
                                .has_all = (data[0] & 16) != 0 };
    struct answer answer;
    icap_reply_judge(&reply, &answer);
    assert(answer.kind > ANSWER_NOT_ASKED && answer.kind < ANSWERS);
    assert(memchr(answer.text, '\0', sizeof answer.text) != NULL);
    assert(answer.kind != ANSWER_UNSCANNABLE || answer.unscannable != UNSCANNABLE_NONE);
    if (answer.kind == ANSWER_CLEAN) {
        assert(reply.has_all && (reply.status == 204 || reply.status == 200));
        assert(reply.status == 204 || (reply.content == ICAP_CONTENT_SAME && !reply.is_page && !reply.may_204));
    }
    return 0;
}
