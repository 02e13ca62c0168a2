#include "amavis.h"

#include "base/test.h"
#include "cli/amavis_table.h"

#include <string.h>

struct table_row {
    const char *perl;
    const char *table; /* what is somewhere in the table; NULL: nothing is turned */
    const char *left;  /* what is somewhere in the rest; NULL: nothing is left */
};

#define ONE(entry) "@av_scanners = (\n" entry "\n);\n1;\n"

static const struct table_row rows[] = {
    { ONE("['ClamAV-clamd', \\&ask_daemon, [\"CONTSCAN {}\\n\", \"/run/c.ctl\"], qr/\\bOK$/m, qr/\\bFOUND$/m ],"),
      "clamav-clamd: { # line 2, ClamAV-clamd\n        address = \"unix:/run/c.ctl\";\n        type = \"clamd\";\n",
      NULL },
    { ONE("['x', \\&ask_daemon, ['*', 'clamd:127.0.0.1:3310']]"), "address = \"127.0.0.1:3310\";", NULL },
    { ONE("['Sophos', \\&ask_daemon, [\"{}\", 'sssp:/s/sssp.sock'], qr/^DONE OK\\b/m]"), "@include \"sssp.conf\"",
      NULL },
    { ONE("['a', \\&ask_daemon, [\"SCAN {}\\n\", '[::1]:1'], qr/^OK/m, qr/^F(:)/m, qr/^F: (.+)/m ],"),
      "            \">> SCAN {path}\\\\x0a\",\n            \"read all\",\n"
      "            \"infected \\\\A(?=[\\\\s\\\\S]*?(?m:^F(?::)))[\\\\s\\\\S]*?(?m:^F: (.+))\",\n"
      "            \"infected (?m:^F(?::))\",\n            \"clean (?m:^OK)\"\n",
      "make /run/cordon-lent on a tmpfs" },
    { ONE("['true', '/bin/true', '-x {}/* y', [0,1..3,4+1], qr/[(](a)/i, undef ],"),
      "command = [\"/bin/true\", \"-x\", \"{}\", \"y\"];\n        clean = (0, 1, 2, 3, 5);\n"
      "        infected = (\"(?i-m:[(](?:a))\");\n",
      NULL },
    { ONE("['true', ['/nowhere/x', '/bin/true'], \"-t=$T \" . # why\n 'a {}', [0], [0x10], qr'(b)'m,\n sub "
          "{chdir(')')}, ],"),
      "command = [\"/bin/true\", \"a\", \"{}\"];", "names a variable of amavisd was left out: -t=$T" },
    { ONE("['a b', '/bin/true', '{}', [0], [1]], ['a b', '/bin/true', '{}', [0], [1]],"), "    a-b-2: { # line 2, a b",
      NULL },
    { "@av_scanners_backup = (['x', '/bin/true', '{}', [0], [1]]);", "role = \"backup\";", NULL },
    { "# @av_scanners = (['x', '/bin/true', '{}', [0], [1]]);\n", NULL, NULL },
    { ONE("['x', '/nowhere/x', '{}', [0], [1]]"), NULL, "its program is not on this machine: /nowhere/x" },
    { ONE("['x', '/bin/true', '-a', [0], [1]]"), NULL, "no place for a file" },
    { ONE("['x', '/bin/true', '{} $Q', [0], [1]]"), "\"{}\", \"$Q\"", NULL },
    { ONE("['x', '/bin/true', \"{} $Q\", [0], [1]]"), NULL, "an argument is a variable of amavisd: $Q" },
    { ONE("['x', '/bin/true', '{}', undef, [1]]"), NULL, "it never says clean" },
    { ONE("['x', '/bin/true', '{}', [0], undef]"), NULL, "neither exit statuses nor a pattern for: infected" },
    { ONE("['x', '/bin/true', '{}', [0], qr/(a)\\1/]"), NULL, "refers to groups by number" },
    { ONE("['x', '/bin/true', '{}', [300], [1]]"), NULL, "its exit statuses are none" },
    { ONE("['x', '/bin/true', '{}', [0], qr/a\tb [\n]/i]"), "infected = (\"(?i-m:a\\\\x09b [\\\\x0a])\");", NULL },
    { ONE("['x', '/bin/true', '{}', [0], qr/(?x) a # one (\n  [#\n] \\# b/]"),
      "infected = (\"(?-m:(?x) a   [#\\\\x0a] \\\\# b)\");", NULL },
    { ONE("['x', sub {0}]"), NULL, "it is Perl code: sub {0}" },
    { ONE("['x', \\&sophos_savi ]"), NULL, "it is Perl code: sophos_savi" },
    { ONE("['DrWeb', \\&ask_daemon, [pack('N',1). '{}/*', '/s'], qr/a/, qr/b/]"), NULL, "made by code" },
    { ONE("['x', \\&ask_daemon, [\"SCAN\\n\", '/s'], qr/a/, qr/b/]"), NULL, "no place for a file" },
    { ONE("'x'"), NULL, "no list of a name" },
    { ONE("['x', '/bin/true"), NULL, "could not be read any further" },
    { ONE("[[[[[[[[[[[[[[[[[[[[[[[["), NULL, "could not be read any further" },
    { "@av_scanners = (", NULL, NULL },
    { "", NULL, NULL },
};

static void test_row(const struct table_row *row)
{
    struct amavis amavis;
    struct amavis_wishes wishes = { .user = "amavis" };
    struct buf table;
    struct buf left;
    buf_init(&table, 1 << 20);
    buf_init(&left, 1 << 20);
    amavis_read(span_text(row->perl), &amavis);
    amavis_print(&amavis, &wishes, &table, &left);
    test_context(buf_text(row->table != NULL ? &table : &left));
    CHECK(row->table != NULL ? strstr(buf_text(&table), row->table) != NULL : strstr(buf_text(&table), "type") == NULL);
    if (row->left != NULL)
        CHECK(strstr(buf_text(&left), row->left) != NULL);
    else if (strcmp(row->perl, "@av_scanners = (") != 0)
        CHECK(left.size == 0);
    amavis_fini(&amavis);
    buf_fini(&table);
    buf_fini(&left);
}

int main(void)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        test_row(&rows[i]);
    return test_end();
}
