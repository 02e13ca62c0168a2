#include "param.h"

#include "base/escape.h"
#include "base/test.h"

#include <stdio.h>
#include <string.h>

static void put_params(const char *value, struct buf *text)
{
    struct mail_params params;
    struct mail_param param;
    mail_params_init(&params, span_text(value));
    buf_printf(text, "[%.*s]", (int)params.head.size, params.head.data != NULL ? params.head.data : "");
    while (mail_params_next(&params, &param)) {
        buf_printf(text, " %.*s=<", (int)param.name.size, param.name.data);
        mail_param_put(&param, text);
        buf_put_char(text, '>');
        if (param.loose.size > 0)
            buf_printf(text, "|<%.*s>", (int)param.loose.size, param.loose.data);
    }
    buf_put_text(text, params.defects != 0 ? " bad" : "");
}

static void test_params(void)
{
    static const struct {
        const char *value;
        const char *read;
    } rows[] = {
        { "text/plain", "[text/plain]" },
        { "text/plain;", "[text/plain]" },
        { "", "[]" },
        { "text/plain; charset=utf-8", "[text/plain] charset=<utf-8>" },
        { "a/b;n=\"v w\";m = x ;", "[a/b] n=<v w> m=<x>" },
        { "a/b\r\n\t; n=\r\n x", "[a/b] n=<x>" },
        { "a/b; n=\"x\\\"y\\\\z\"", "[a/b] n=<x\"y\\z>" },
        { "a/b; n=\"one\r\n two\"", "[a/b] n=<one two>" },
        { "a/b; n=\"a;b\"; m=c", "[a/b] n=<a;b> m=<c>" },
        { "a/b (comment; x=y); n=v (other)", "[a/b] n=<v>" },
        { "a/b; (x\\)(y)) n=v", "[a/b] n=<v>" },
        { "a/b; n=my file.exe; m=c", "[a/b] n=<my>|<my file.exe> m=<c> bad" },
        { "a/b; n=a(1).exe", "[a/b] n=<a>|<a(1).exe> bad" },
        { "a/b; n=\"a\".exe; m=c", "[a/b] n=<a>|<\"a\".exe> m=<c> bad" },
        { "a/b; n=\"a; m=c.exe", "[a/b] n=<a; m=c.exe>|<\"a> m=<c.exe> bad" },
        { "a/b; n=\"a\\", "[a/b] n=<a\\>|<\"a\\> bad" },
        { "a/b n=v", "[a/b] n=<v> bad" },
        { "filename=x.exe", "[] filename=<x.exe> bad" },
        { "a/b; word; n=v", "[a/b] n=<v> bad" },
        { "a/b; =v; n=w", "[a/b] =<v> n=<w>" },
        { "a/b; n=v (open; m=w", "[a/b] n=<v>|<v (open> m=<w> bad" },
        { "a/b;;; n=v", "[a/b] n=<v>" },
        { "a/b; n=; m=w", "[a/b] n=<> m=<w>" },
        { "a/b; n=\"\"; m=w", "[a/b] n=<> m=<w>" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf text;
        buf_init(&text, 4096);
        test_context(rows[i].value);
        put_params(rows[i].value, &text);
        if (!CHECK(strcmp(buf_text(&text), rows[i].read) == 0))
            (void)fprintf(stderr, "it was read as: %s\n", buf_text(&text));
        buf_fini(&text);
    }
    test_context(NULL);
}

static void test_places(void)
{
    static const struct {
        const char *name;
        bool is_it, is_extended, is_section;
        uint32_t section;
    } rows[] = {
        { "filename", true, false, false, 0 },          { "FileName*", true, true, false, 0 },
        { "filename*0", true, false, true, 0 },         { "filename*12*", true, true, true, 12 },
        { "filename2", false, false, false, 0 },        { "filename**", false, false, false, 0 },
        { "filename*x", false, false, false, 0 },       { "file", false, false, false, 0 },
        { "filename*9999999", false, false, false, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mail_param param = { .name = span_text(rows[i].name) };
        struct mail_param_place place;
        test_context(rows[i].name);
        if (CHECK(mail_param_is(&param, "filename", &place) == rows[i].is_it) && rows[i].is_it) {
            CHECK(place.is_extended == rows[i].is_extended && place.is_section == rows[i].is_section);
            CHECK(place.section == rows[i].section);
        }
    }
    test_context(NULL);
}

static void test_percent(void)
{
    struct buf bytes;
    buf_init(&bytes, 100);
    mail_percent_put(span_text("a%20b%2fc%zz%4"), &bytes);
    CHECK(strcmp(buf_text(&bytes), "a b/c%zz%4") == 0);
    buf_fini(&bytes);
}

int main(void)
{
    test_params();
    test_places();
    test_percent();
    return test_end();
}
