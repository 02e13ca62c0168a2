#include "text/literals.h"

#include "base/test.h"
#include "unpack/collect.h"

#include <stdio.h>
#include <string.h>

static struct collect collect;

/* By base64 of GNU coreutils, and by rev. */
#define TEXT "the payload of this test, which goes over more than one string"
#define B64_1 "dGhlIHBheWxvYWQgb2YgdGhpcyB0ZXN0LCB3aGljaCBn"
#define B64_2 "b2VzIG92ZXIgbW9yZSB0aGFuIG9uZSBzdHJpbmc="
#define BACKWARDS                                                                                                      \
    "=cmbpJHdzBSZu9GIuFGa0BSZy9WbgIXZ29GIzV2b"                                                                         \
    "nBCajlGa3BCL0NXZ0BycphGdgY2bgQWYvxWehBHIlhGd"

static const struct row {
    const char *content;
    const char *member; /* NULL: there is none */
} rows[] = {
    { "", NULL },
    { "He said \"" B64_1 B64_2 "\"", NULL },
    { "var a=\"" BACKWARDS "\".split('').reverse()", TEXT },
    { "var a='" B64_1 "';\nvar b='" B64_2 "'; f(a+b)", TEXT },
    { "it's a = '" B64_1 "';\nvar b = `" B64_2 "`;", TEXT },
    { "var a='" B64_1 "';\nvar b='x.y';\nvar c='" B64_2 "';", NULL },
    { "a=\"dGhl@IHBheWx@vYWQgb2YgdGhpcyB0ZXN0LCB3aGljaCBn@" B64_2 "\".replace(/@/g,'')", TEXT },
    { "a=\"dGhl IHBheWx vYWQgb2YgdGhpcyB0ZXN0LCB3aGljaCBn " B64_2 "\"", NULL },
    { "a=\"dGhl@IHBheWx#vYWQgb2YgdGhpcyB0ZXN0LCB3aGljaCBn@" B64_2 "\"", NULL },
    { "<p onclick=\"f('" BACKWARDS "')\">", TEXT },
    { "a=\"" B64_1 "\n" B64_2 "\"", NULL },
    { "'addEventListener','removeEventListener','attributeChangedCallback','hasOwnProperty'", NULL },
};

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_context(rows[i].content);
        for (size_t room = 1; room < 40; room++) {
            collect_init(&collect);
            collect.room = room;
            collect_read(&collect, literals_read, span_text(rows[i].content));
            CHECK(collect.count == (rows[i].member != NULL ? 1U : 0U));
            if (collect.count > 0 && rows[i].member != NULL &&
                !CHECK(strcmp(buf_text(&collect.members[0].bytes), rows[i].member) == 0))
                (void)fprintf(stderr, "it is \"%s\"\n", buf_text(&collect.members[0].bytes));
            collect_fini(&collect);
        }
    }
    test_context(NULL);
    CHECK(literals_looks(span_text("a='b'")) && !literals_looks(span_text("it's")));
    return test_end();
}
