#include "text/mbox.h"

#include "base/test.h"
#include "unpack/collect.h"

#include <string.h>

static struct collect collect;

#define ONE "From a@b Thu Jan  1 10:00:00 1970\n"

/* Members with a '|' behind each. */
static const struct row {
    const char *content;
    bool looks;
    const char *members;
} rows[] = {
    { "", false, "" },
    { "From here on\nit is text\n", false, "" },
    { ONE "A: b\n\nx\n", false, "A: b\n\nx\n|" },
    { ONE "A: b\n\nx\n\n" ONE "C: d\n\ny\n", true, "A: b\n\nx\n\n|C: d\n\ny\n|" },
    { ONE "A: b\r\n\r\nx\r\n\r\n" ONE "C: d\r\n", true, "A: b\r\n\r\nx\r\n\r\n|C: d\r\n|" },
    { ONE "A: b\n\nx\nFrom y\nC: d\n", false, "A: b\n\nx\nFrom y\nC: d\n|" },
    { ONE "A: b\n\nx\n\nFrom now on\nno field\n", false, "A: b\n\nx\n\nFrom now on\nno field\n|" },
    { ONE ">From c@d\nA: b\n\n" ONE "C: d\n", true, ">From c@d\nA: b\n\n|C: d\n|" },
    { "A: b\n\n" ONE "C: d\n\n" ONE "E: f\n", false, "C: d\n\n|E: f\n|" },
};

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct span content = span_text(rows[i].content);
        struct buf members;
        test_context(rows[i].content);
        buf_init(&members, 1024);
        collect_init(&collect);
        CHECK(mbox_looks(content) == rows[i].looks);
        collect_read(&collect, mbox_read, content);
        for (size_t k = 0; k < collect.count; k++) {
            buf_put_span(&members, buf_span(&collect.members[k].bytes));
            buf_put_char(&members, '|');
        }
        CHECK(strcmp(buf_text(&members), rows[i].members) == 0);
        collect_fini(&collect);
        buf_fini(&members);
    }
    return test_end();
}
