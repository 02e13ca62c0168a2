/* Marks of any bytes: ascending, inside, each the start of a line with its dashes; the search finds the same as a walk.
 */
#include "lines.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_mark(struct span bytes, const struct mail_mark *mark)
{
    assert(mark->at == 0 || bytes.data[mark->at - 1] == '\n');
    assert(mark->text_at >= mark->at + 2 && mark->text_at + mark->text_size <= mark->next_at);
    assert(bytes.data[mark->text_at - 1] == '-' && bytes.data[mark->text_at - 2] == '-');
    assert(mark->next_at <= bytes.size && mark->is_indented == (mark->text_at > mark->at + 2));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span bytes = span_of(data, size);
    struct mail_lines lines;
    mail_lines_init(&lines, bytes, 50);
    assert(lines.count <= 50 && (!lines.is_cut || lines.count == 50));
    size_t next = 0;
    for (size_t i = 0; i < lines.count; i++) {
        assert(lines.marks[i].at >= next);
        check_mark(bytes, &lines.marks[i]);
        next = lines.marks[i].next_at;
        assert(mail_lines_find(&lines, lines.marks[i].at) == i);
        assert(mail_lines_find(&lines, lines.marks[i].at + 1) == i + 1);
    }
    assert(mail_lines_find(&lines, 0) == 0 && mail_lines_find(&lines, size + 1) == lines.count);
    mail_lines_fini(&lines);
    return 0;
}
