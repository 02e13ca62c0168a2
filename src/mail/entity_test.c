#include "entity.h"

#include "base/escape.h"
#include "base/test.h"

#include <stdio.h>
#include <string.h>

#define BIT(name) MAIL_DEFECT_BIT(MAIL_DEFECT_##name)

/* A header's main reading, and the bits of all others. */
static void test_entities(void)
{
    static const struct {
        const char *header;
        const char *type;
        unsigned kinds; /* the main one is the lowest bit that is set, or the only one */
        unsigned encodings;
        const char *names; /* with '|' behind each */
        mail_defects defects;
    } rows[] = {
        { "", "text/plain", MAIL_LEAF, 1, "", 0 },
        { "A: b\n", "text/plain", MAIL_LEAF, 1, "", 0 },
        { "Content-TYPE: Text/HTML\n", "text/html", MAIL_LEAF, 1, "", 0 },
        { "Content-Type: multipart / mixed; boundary=b\n", "multipart/mixed", MAIL_MULTIPART, 1, "",
          BIT(PARAM_SYNTAX) },
        { "Content-Type: \"text/html\"\n", "text/html", MAIL_LEAF, 1, "", 0 },
        { "Content-Type: text(x)/html\n", "text(x)/html", MAIL_LEAF, 1, "", BIT(PARAM_SYNTAX) },
        { "Content-Type: text/html charset=x\n", "text/html", MAIL_LEAF, 1, "", BIT(PARAM_SYNTAX) },
        { "Content-Type: text\n", "text", MAIL_LEAF, 1, "", BIT(TYPE_SYNTAX) },
        { "Content-Type:\n", "", MAIL_LEAF, 1, "", BIT(TYPE_SYNTAX) },
        { "Content-Type: message/rfc822\n", "message/rfc822", MAIL_MESSAGE, 1, "", 0 },
        { "Content-Type: message/partial\n", "message/partial", MAIL_PARTIAL, 1, "", 0 },
        { "Content-Type: message/external-body\n", "message/external-body", MAIL_EXTERNAL, 1, "", 0 },
        { "Content-Type: message/rfc822-headers\n", "message/rfc822-headers", MAIL_LEAF, 1, "", 0 },
        { "Content-Type: message/x-foo\n", "message/x-foo", MAIL_LEAF | MAIL_MESSAGE, 1, "", 0 },
        { "Content-Type: message/delivery-status\n", "message/delivery-status", MAIL_LEAF, 1, "", 0 },
        { "Content-Type: multipart/digest\n", "multipart/digest", MAIL_MULTIPART | MAIL_DIGEST, 1, "", 0 },
        { "Content-Type: a/b\nContent-Type: message/rfc822\n", "a/b", MAIL_LEAF | MAIL_MESSAGE, 1, "",
          BIT(TYPE_TWICE) },
        { "Content-Type : message/rfc822\nContent-Type: a/b\n", "a/b", MAIL_LEAF | MAIL_MESSAGE, 1, "",
          BIT(TYPE_TWICE) | BIT(HEADER_COLON) },
        { "Content-Type : a/b\n", "a/b", MAIL_LEAF, 1, "", BIT(HEADER_COLON) },
        { "Content-Transfer-Encoding: base64\n", "text/plain", MAIL_LEAF, 2, "", 0 },
        { "Content-Transfer-Encoding: 7bit\nContent-Transfer-Encoding: base64\n", "text/plain", MAIL_LEAF, 3, "",
          BIT(ENCODING_TWICE) },
        { "Content-Transfer-Encoding: rot13\n", "text/plain", MAIL_LEAF, 7, "", BIT(ENCODING_UNKNOWN) },
        { "Content-Disposition: inline\nContent-Disposition: attachment\n", "text/plain", MAIL_LEAF, 1, "",
          BIT(DISPOSITION_TWICE) },
        { "Content-Type: a/b; name=n.txt\nContent-Disposition: x; filename=f.exe\n", "a/b", MAIL_LEAF, 1,
          "n.txt|f.exe|", 0 },
        { "Content-Type: a/b; filename=n.txt\nContent-Disposition: x; name=f.exe\n", "a/b", MAIL_LEAF, 1,
          "n.txt|f.exe|", 0 },
        { "Content-Description: a b.exe\nContent-ID: <c.exe@d>\nContent-Location: e.exe\n", "text/plain", MAIL_LEAF, 1,
          "a b.exe|c.exe@d|c.exe|e.exe|", 0 },
        { "Content-Description: x\nContent-Disposition: x; filename=f.exe\n", "text/plain", MAIL_LEAF, 1, "f.exe|", 0 },
        { "junk\nContent-Type: a/b\n", "a/b", MAIL_LEAF, 1, "", 0 },
    };
    struct mail_entity entity;
    mail_entity_init(&entity, 10000);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char names[200];
        test_context(rows[i].header);
        mail_entity_read(&entity, span_text(rows[i].header), "text/plain");
        struct span list = buf_span(&entity.names.list);
        (void)span_copy(list, names, sizeof names);
        for (size_t k = 0; k < list.size; k++)
            names[k] = list.data[k] == '\0' ? '|' : list.data[k];
        if (!CHECK(strcmp(entity.type, rows[i].type) == 0 && strcmp(names, rows[i].names) == 0))
            (void)fprintf(stderr, "type %s, names %s\n", entity.type, names);
        if (!CHECK(entity.kinds == rows[i].kinds && entity.encodings.all == rows[i].encodings &&
                   entity.defects == rows[i].defects))
            (void)fprintf(stderr, "kinds %#x, encodings %#x, defects %#x\n", entity.kinds, entity.encodings.all,
                          entity.defects);
        CHECK((entity.kinds & entity.kind) == entity.kind && !entity.is_cut);
    }
    test_context(NULL);
    mail_entity_fini(&entity);
}

/* What one header said is forgotten with the next; the default type counts where there is none. */
static void test_again(void)
{
    struct mail_entity entity;
    mail_entity_init(&entity, 10000);
    mail_entity_read(&entity,
                     span_text("Content-Type: multipart/mixed; boundary=b; name=n; charset=x\n"
                               "Content-Transfer-Encoding: base64\n"),
                     "text/plain");
    CHECK(entity.has_type && entity.has_encoding && entity.boundaries.count > 0 && entity.names.count == 1);
    CHECK(entity.charset_count == 1 && strcmp(entity.charsets[0], "x") == 0);
    mail_entity_read(&entity, span_text(""), "message/rfc822");
    CHECK(!entity.has_type && !entity.has_encoding && entity.boundaries.count == 0 && entity.names.count == 0);
    CHECK(entity.charset_count == 0 && entity.kind == MAIL_MESSAGE && strcmp(entity.type, "message/rfc822") == 0);
    CHECK(entity.encodings.all == 1 && entity.defects == 0);
    mail_entity_fini(&entity);
}

static void test_charsets(void)
{
    struct mail_entity entity;
    mail_entity_init(&entity, 10000);
    mail_entity_read(&entity,
                     span_text("Content-Type: text/plain; charset=\"UTF-7\"; charset=utf-7; charset*=''UTF-16;\n"
                               " charset=c; charset=d; charset=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"),
                     "text/plain");
    static const char *const charsets[] = { "utf-7", "''utf-16", "utf-16", "c", "d" };
    CHECK(entity.charset_count == 5);
    for (size_t i = 0; i < entity.charset_count; i++)
        CHECK(strcmp(entity.charsets[i], charsets[i]) == 0);
    mail_entity_fini(&entity);
}

static void test_limits(void)
{
    struct mail_entity entity;
    struct buf header;
    buf_init(&header, 100000);
    mail_entity_init(&entity, 10);
    mail_entity_read(&entity, span_text("Content-Type: a/b; name=123456789"), "text/plain");
    CHECK(!entity.is_cut && entity.names.count == 1);
    mail_entity_read(&entity, span_text("Content-Type: a/b; name=1234567890"), "text/plain");
    CHECK(entity.is_cut && entity.names.count == 0);
    buf_put_text(&header, "Content-Type: multipart/mixed");
    for (unsigned i = 0; i < 60; i++)
        buf_printf(&header, "; boundary=b%u", i);
    mail_entity_read(&entity, buf_span(&header), "text/plain");
    CHECK(entity.is_cut && entity.boundaries.count == MAIL_BOUNDARIES_MOST);
    buf_clear(&header);
    buf_put_text(&header, "Content-Type: ");
    for (unsigned i = 0; i < MAIL_TYPE_SIZE; i++)
        buf_put_char(&header, 'x');
    mail_entity_read(&entity, buf_span(&header), "text/plain");
    CHECK(strlen(entity.type) == MAIL_TYPE_SIZE - 1);
    mail_entity_fini(&entity);
    buf_fini(&header);
}

int main(void)
{
    test_entities();
    test_again();
    test_charsets();
    test_limits();
    return test_end();
}
