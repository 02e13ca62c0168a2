#include "names.h"

#include "base/test.h"

#include <stdio.h>
#include <string.h>

/* With '|' for the NUL behind each. */
static void put_names(const struct mail_names *names, char *text, size_t size)
{
    struct span list = buf_span(&names->list);
    (void)span_copy(list, text, size);
    for (size_t i = 0; i < list.size && i + 1 < size; i++)
        if (list.data[i] == '\0')
            text[i] = '|';
}

/* The names that a field gives. */
static void read_names(struct span value, size_t most, struct mail_names *names, char *text, size_t size)
{
    mail_names_init(names, most);
    mail_names_add_field(names, value, "filename");
    put_names(names, text, size);
}

static void test_names(void)
{
    static const struct {
        const char *value;
        const char *names;
    } rows[] = {
        { "attachment", "" },
        { "attachment; filename=a.txt", "a.txt|" },
        { "attachment; filename=\"a b.txt\"; filename=\"a b.txt\"", "a b.txt|" },
        { "attachment; filename=\"a.txt\"; filename*=utf-8''b.exe", "a.txt|b.exe|" },
        { "attachment; filename*=utf-8'en'%e2%82%ac%20rates.exe", "\xe2\x82\xac rates.exe|" },
        { "attachment; filename*=iso-8859-1''caf%e9.exe", "caf\xc3\xa9.exe|" },
        { "attachment; filename*=windows-1252''%80.exe", "\xe2\x82\xac.exe|" },
        { "attachment; filename*=koi8-r''%c1.exe", "\xc1.exe|" },
        { "attachment; filename*=plain.exe", "plain.exe|" },
        { "attachment; filename*0=ev; filename*1=il.exe", "evil.exe|" },
        { "attachment; filename*1=il.exe; filename*0=\"ev\"", "evil.exe|" },
        { "attachment; filename*0*=utf-8''e%76; filename*1=il%2e; filename*2*=%65xe", "evil%2eexe|evil.exe|" },
        { "attachment; filename*0=a; filename*2=c", "ac|a|" },
        { "attachment; filename*0=a; filename*0=b", "ab|a|b|" },
        { "attachment; filename=\"=?utf-8?B?ZXZpbC5leGU=?=\"", "=?utf-8?B?ZXZpbC5leGU=?=|evil.exe|" },
        { "attachment; filename==?iso-8859-1?Q?caf=E9_x.exe?=",
          "=?iso-8859-1?Q?caf=E9_x.exe?=|caf\xc3\xa9 x.exe|caf\xc3\xa9|" },
        { "attachment; filename*0=\"=?utf-8?B?ZXZpb\"; filename*1=\"C5leGU=?=\"",
          "=?utf-8?B?ZXZpbC5leGU=?=|evil.exe|" },
        { "attachment; filename=my evil.exe", "my|my evil.exe|" },
        { "attachment; filename=\"a\".exe", "a|\"a\".exe|a.exe|" },
        { "attachment; filename=\"C:\\dir\\evil.exe\"", "C:direvil.exe|C:\\dir\\evil.exe|" },
        { "attachment; filename=\"caf\xe9.exe\"", "caf\xe9.exe|" },
        { "filename=evil.exe", "evil.exe|" },
        { "attachment; FILENAME=\"evil\r\n .exe\"", "evil .exe|evil.exe|" },
        { "attachment; name=a.txt", "" },
        /* Percent signs where they don't belong. */
        { "attachment; filename=\"a%2eexe\"", "a%2eexe|a.exe|" },
        { "attachment; filename=\"100%.txt\"", "100%.txt|" },
        { "attachment; filename=\"=?utf-8?Q?a=252eexe?=\"", "=?utf-8?Q?a=252eexe?=|a%2eexe|a.exe|" },
        /* The first, the last and all. */
        { "attachment; filename=a.exe; filename=b.txt; filename=c.com", "a.exe|b.txt|c.com|" },
        { "attachment; filename*0=a.exe; filename*1=.txt", "a.exe.txt|a.exe|" },
        { "attachment; filename*0=a.txt; filename*1=x; filename*0=b; filename*1=.exe",
          "a.txtbx.exe|a.txtx|b.exe|a.txt|" },
        { "attachment; filename*0*=''a; filename*0=evil; filename*1=.exe; filename*1*=.txt",
          "aevil.exe.txt|a.exe|evil.txt|a.txt|evil.exe|" },
        { "attachment; filename*00=a.exe; filename*0=b", "a.exeb|a.exe|b|" },
        { "attachment; filename*1=a.exe; filename*2=b", "a.exeb|a.exe|" },
        /* Quotes that some programs don't see. */
        { "attachment; filename='evil.exe'", "'evil.exe'|evil.exe|" },
        { "attachment; filename=\"evil.exe;.txt\"", "evil.exe;.txt|evil.exe|" },
        { "attachment; filename=\"evil.exe\\\".txt\"", "evil.exe\".txt|evil.exe\\\".txt|evil.exe\\|" },
        { "attachment; filename=\"evil.exe", "evil.exe|\"evil.exe|" },
        { "attachment; filename=\"evil.exe; x=y", "evil.exe; x=y|evil.exe|\"evil.exe|" },
        /* Comments. */
        { "attachment; filename=evil(x).exe", "evil|evil(x).exe|evil.exe|" },
        { "attachment; filename=\"evil(x).exe\"", "evil(x).exe|evil.exe|" },
        /* Folds. */
        { "attachment; filename=\"ev\r\n\til.exe\"", "ev\til.exe|evil.exe|" },
        { "attachment; filename=ev\r\n il.exe", "ev|ev il.exe|evil.exe|" },
        /* Charsets that are not like ASCII, and programs that don't know them. */
        { "attachment; filename*=utf-16le''a%00.%00c%00o%00m%00", "a.com|a|" },
        { "attachment; filename*=UTF-16''%00a%00.%00c%00o%00m", "a.com|" },
        { "attachment; filename*=utf-7''a+AC4-com", "a.com|a+AC4-com|" },
        { "attachment; filename*=ibm037''%81%4b%83%96%94", "a.com|\x81K\x83\x96\x94|" },
        { "attachment; filename=\"=?ibm037?Q?a.com?=\"", "=?ibm037?Q?a.com?=|/???_|a.com|" },
        /* Encoded words that are none to the standard. */
        { "attachment; filename=\"=?utf-8?Q?a?b.exe?=\"", "=?utf-8?Q?a?b.exe?=|a?b.exe|" },
        { "attachment; filename=\"=?utf-8?Q?a.exe=0A.txt?=\"", "=?utf-8?Q?a.exe=0A.txt?=|a.exe|a.exe.txt|" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mail_names names;
        char text[256];
        test_context(rows[i].value);
        read_names(span_text(rows[i].value), 4096, &names, text, sizeof text);
        if (!CHECK(strcmp(text, rows[i].names) == 0))
            (void)fprintf(stderr, "the names are: %s\n", text);
        CHECK(!names.is_cut);
        mail_names_fini(&names);
    }
    test_context(NULL);
}

static void test_nul(void)
{
    static const char value[] = "attachment; filename=\"evil.exe\0.txt\"";
    struct mail_names names;
    char text[64];
    read_names(span_of(value, sizeof value - 1), 4096, &names, text, sizeof text);
    CHECK(strcmp(text, "evil.exe|evil.exe.txt|\"evil.exe|") == 0);
    CHECK((names.defects & MAIL_DEFECT_BIT(MAIL_DEFECT_NAME_NUL)) != 0);
    mail_names_fini(&names);
}

/* Each limit is exact: what is at it passes, what is one above is noted and the rest still there. */
static void test_limits(void)
{
    for (unsigned more = 0; more <= 1; more++) {
        struct buf value;
        struct mail_names names;
        char text[64];
        buf_init(&value, 100000);
        buf_put_text(&value, "attachment");
        for (unsigned i = 0; i < MAIL_NAMES_MOST + more; i++)
            buf_printf(&value, "; filename=n%u", i);
        read_names(buf_span(&value), 4096, &names, text, sizeof text);
        CHECK(names.count == MAIL_NAMES_MOST && names.is_cut == (more > 0));
        mail_names_fini(&names);

        buf_clear(&value);
        buf_put_text(&value, "attachment");
        for (unsigned i = 0; i < MAIL_SECTIONS_MOST + more; i++)
            buf_printf(&value, "; filename*%u=x", i);
        read_names(buf_span(&value), 4096, &names, text, sizeof text);
        CHECK(names.list.size == MAIL_SECTIONS_MOST + 1 && names.is_cut == (more > 0));
        mail_names_fini(&names);

        read_names(span_text("attachment; filename=abcd"), 5 - more, &names, text, sizeof text);
        CHECK(names.count == 1 - more && names.is_cut == (more > 0));
        mail_names_fini(&names);
        buf_fini(&value);
    }
}

static void test_find(void)
{
    static const struct {
        const char *value;
        const char *boundary; /* "": none */
        mail_defects defects;
    } rows[] = {
        { "multipart/mixed; boundary=b", "b", 0 },
        { "multipart/mixed; boundary=\"a b\"", "a b", 0 },
        { "multipart/mixed; charset=x", "", 0 },
        { "multipart/mixed; boundary=a; boundary=b", "a", MAIL_DEFECT_BIT(MAIL_DEFECT_PARAM_TWICE) },
        { "multipart/mixed; boundary*0=a; boundary*1=b", "ab", 0 },
        { "multipart/mixed; boundary*=us-ascii''a%62", "ab", 0 },
        { "multipart/mixed; boundary*=us-ascii''x; boundary=y", "y", MAIL_DEFECT_BIT(MAIL_DEFECT_PARAM_TWICE) },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct buf boundary;
        mail_defects defects = 0;
        test_context(rows[i].value);
        buf_init(&boundary, 100);
        bool found = mail_param_find(span_text(rows[i].value), "boundary", &boundary, &defects);
        CHECK(found == (rows[i].boundary[0] != '\0') && defects == rows[i].defects);
        CHECK(strcmp(buf_text(&boundary), rows[i].boundary) == 0);
        buf_fini(&boundary);
    }
    test_context(NULL);
}

/* Fields that are no parameters. */
static void test_texts(void)
{
    static const struct {
        const char *value;
        const char *names; /* as a description */
        const char *id_names;
    } rows[] = {
        { "report.exe", "report.exe|", "report.exe|" },
        { "\"a b.exe\"", "a b.exe|", "\"a b.exe\"|" },
        { "=?utf-8?Q?a=2eexe?=", "=?utf-8?Q?a=2eexe?=|a.exe|", "=?utf-8?Q?a=2eexe?=|" },
        { "http://x/a%2eexe", "http://x/a%2eexe|http://x/a.exe|", "http://x/a%2eexe|http://x/a.exe|" },
        { "<a.exe@x.y>", "<a.exe@x.y>|", "a.exe@x.y|a.exe|" },
        { "ev\r\n il.exe", "ev il.exe|evil.exe|", "ev|ev il.exe|" },
        { "", "", "" },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (int is_id = 0; is_id < 2; is_id++) {
            struct mail_names names;
            char text[256];
            test_context(rows[i].value);
            mail_names_init(&names, 4096);
            (is_id != 0 ? mail_names_add_id : mail_names_add_text)(&names, span_text(rows[i].value));
            put_names(&names, text, sizeof text);
            if (!CHECK(strcmp(text, is_id != 0 ? rows[i].id_names : rows[i].names) == 0))
                (void)fprintf(stderr, "the names are: %s\n", text);
            mail_names_fini(&names);
        }
    }
    test_context(NULL);
}

int main(void)
{
    test_names();
    test_nul();
    test_limits();
    test_texts();
    test_find();
    return test_end();
}
