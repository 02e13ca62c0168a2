#include "swf.h"

#include "document/document_test.h"

static struct collect collect;

static void test_movie(const char *folder, const char *file, const char *header, const char *note)
{
    struct span content = test_file(folder, file);
    test_context(file);
    CHECK(swf_looks(content));
    collect_init(&collect);
    collect_read(&collect, swf_read, content);
    CHECK(header == NULL || (collect.count == 1 && span_starts_with(buf_span(&collect.members[0].bytes), header)));
    CHECK(note != NULL ||
          (collect.note_count == 0 && span_find(buf_span(&collect.members[0].bytes), span_text(PAYLOAD)) != SPAN_NONE));
    CHECK(note == NULL || (collect.note_count == 1 && strcmp(collect.notes[0].text, note) == 0));
    collect_fini(&collect);
    free((void *)(uintptr_t)content.data);
}

int main(int argc, char **argv)
{
    const char *folder = argc > 1 ? argv[1] : ".";
    test_movie(folder, "deflated.swf", "FWS\x0a", NULL);
    test_movie(folder, "cut.swf", "FWS\x0a", "swf: cut short or damaged");
    test_movie(folder, "lzma.swf", "FWS\x0d", NULL);
    test_movie(folder, "lzma-cut.swf", "FWS\x0d", "swf: cut short or damaged");
    CHECK(!swf_looks(span_text("CWS is a text of some length")));
    CHECK(!swf_looks(span_text("FWS\x0a is not compressed")));
    return test_end();
}
