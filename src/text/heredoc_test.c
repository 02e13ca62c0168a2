#include "heredoc.h"

#include "base/test.h"
#include "unpack/collect.h"

static const struct {
    const char *name;
    const char *content;
    const char *member; /* NULL: there is none */
    size_t count;
} rows[] = {
    { "sed", "#!/bin/sh\nsed 's/^X//' > a << 'END'\nXone\nXtwo\nEND\nexit\n", "one\ntwo\n", 2 },
    { "another divider", "sed -e s,^@@,, >'a b' <<END\n@@one\nEND\n", "one\n", 2 },
    { "cat", "cat > a <<\\EOF\none\nEOF\n", "one\n", 1 },
    { "cat by itself", "cat <<EOF\none\nEOF\n", "one\n", 1 },
    { "tabs", "cat > a <<-EOF\n\t\tone\n\tEOF\n", "one\n", 2 },
    { "CR LF", "cat > a <<EOF\r\none\r\nEOF\r\n", "one\r\n", 1 },
    { "the second", "cat > a <<EOF\none\nEOF\ncat > b <<EOF\ntwo\nEOF\n", "two\n", 2 },
    { "no end", "cat > a <<EOF\none\n", "one\n", 1 },
    { "C++", "std::cout << a;\n", NULL, 0 },
    { "C++ about cats", "out << \"a cat \" << end;\nout << b;\n", NULL, 0 },
    { "no word", "cat > a <<\none\n", NULL, 0 },
    { "empty", "", NULL, 0 },
};

int main(void)
{
    static struct collect collect;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct span content = span_text(rows[i].content);
        test_context(rows[i].name);
        collect_init(&collect);
        collect_read(&collect, heredoc_read, content);
        CHECK(rows[i].count == 0 || heredoc_looks(content));
        CHECK(collect.count == rows[i].count && collect.note_count == 0);
        CHECK(rows[i].member == NULL || collect_find(&collect, span_text(rows[i].member)) != NULL);
        collect_fini(&collect);
    }
    return test_end();
}
