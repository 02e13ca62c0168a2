#include "proto/ehlo.h"

#include "base/test.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *line;
    unsigned bits;
    uint64_t size_limit;
    const char *xforward;
    const char *xclient;
} rows[] = {
    { "8BITMIME", HOP_8BITMIME, 0, "", "" },
    { "8bitmime", HOP_8BITMIME, 0, "", "" },
    { "SMTPUTF8", HOP_SMTPUTF8, 0, "", "" },
    { "DSN", HOP_DSN, 0, "", "" },
    { "PIPELINING", HOP_PIPELINING, 0, "", "" },
    { "CHUNKING", HOP_CHUNKING, 0, "", "" },
    { "STARTTLS", HOP_STARTTLS, 0, "", "" },
    { "ENHANCEDSTATUSCODES", HOP_ENHANCED, 0, "", "" },
    { "SIZE 10240000", HOP_SIZE, 10240000, "", "" },
    { "SIZE", HOP_SIZE, 0, "", "" },
    { "SIZE 0", HOP_SIZE, 0, "", "" },
    { "SIZE many", HOP_SIZE, 0, "", "" },
    { "SIZE 99999999999999999999", HOP_SIZE, 0, "", "" },
    { " SIZE  7 ", HOP_SIZE, 7, "", "" },
    { "XFORWARD NAME ADDR PROTO HELO", HOP_XFORWARD, 0, "NAME ADDR PROTO HELO", "" },
    { "XFORWARD  NAME   ADDR", HOP_XFORWARD, 0, "NAME ADDR", "" },
    { "XFORWARD", HOP_XFORWARD, 0, "", "" },
    { "XFORWARD NA<ME ADDR", HOP_XFORWARD, 0, "ADDR", "" },
    { "XCLIENT NAME ADDR LOGIN", HOP_XCLIENT, 0, "", "NAME ADDR LOGIN" },
    { "AUTH PLAIN LOGIN", 0, 0, "", "" },
    { "8BITMIMEX", 0, 0, "", "" },
    { "", 0, 0, "", "" },
};

static void test_lines(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct hop_abilities abilities = { 0 };
        test_context(rows[i].line);
        ehlo_add_line(&abilities, 1, span_text(rows[i].line));
        CHECK(abilities.bits == rows[i].bits);
        CHECK(abilities.size_limit == rows[i].size_limit);
        CHECK(strcmp(abilities.xforward, rows[i].xforward) == 0);
        CHECK(strcmp(abilities.xclient, rows[i].xclient) == 0);
    }
    test_context(NULL);
}

static void test_greeting_is_none(void)
{
    struct hop_abilities abilities = { 0 };
    ehlo_add_line(&abilities, 0, span_text("SMTPUTF8"));
    CHECK(abilities.bits == 0);
}

static void test_long_list(void)
{
    struct hop_abilities abilities = { 0 };
    char line[600] = "XFORWARD";
    for (int i = 0; i < 40; i++)
        (void)snprintf(line + strlen(line), sizeof line - strlen(line), " ATTRIBUTE%d", i);
    ehlo_add_line(&abilities, 1, span_text(line));
    CHECK(ehlo_has_attribute(abilities.xforward, "ATTRIBUTE0"));
    CHECK(ehlo_has_attribute(abilities.xforward, "attribute9"));
    CHECK(!ehlo_has_attribute(abilities.xforward, "ATTRIBUTE")); /* no half words */
    CHECK(!ehlo_has_attribute(abilities.xforward, "ATTRIBUTE39"));
    CHECK(strlen(abilities.xforward) < sizeof abilities.xforward);
}

static void test_keyword(void)
{
    CHECK(strcmp(ehlo_keyword(HOP_DSN), "DSN") == 0);
    CHECK(strcmp(ehlo_keyword(HOP_DSN | HOP_SMTPUTF8), "SMTPUTF8") == 0);
    CHECK(strcmp(ehlo_keyword(0), "") == 0);
}

int main(void)
{
    test_lines();
    test_greeting_is_none();
    test_long_list();
    test_keyword();
    return test_end();
}
