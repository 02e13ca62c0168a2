#include "runner/communigate.h"

#include "base/test.h"

#include <string.h>

static struct buf file;

static const char *make(const char *piece, bool is_mail)
{
    buf_clear(&file);
    communigate_file_make(span_text(piece), is_mail, 1790000000, &file);
    CHECK(!buf_overflowed(&file) && file.size <= communigate_file_most(strlen(piece)));
    return buf_text(&file);
}

static void test_files(void)
{
    const char *text = make("Subject: x\r\nX: y\r\n\r\nbody\r\n.\r\rend", true);
    const char *message = strstr(text, "\n\n");
    CHECK(strncmp(text, "S SMTP [127.0.0.1]\nA ", 21) == 0 &&
          strstr(text, "\nP I 21-09-2026 14:13:20 0000 ____ ____ <>\n") != NULL);
    CHECK(message != NULL && strcmp(message, "\n\nSubject: x\nX: y\n\nbody\n.\r\rend") == 0);
    text = make("Subject: x\r\n\r\nbody\r\n", false);
    CHECK(strstr(text, "\n\nU3ViamVjdDogeA0KDQpib2R5DQo=\n") != NULL);
    static const char *const no_mail[] = { "X5O!P no colon", ": x", "a b: c", "\r\nSubject: x", "word" };
    for (size_t i = 0; i < sizeof no_mail / sizeof no_mail[0]; i++) {
        test_context(no_mail[i]);
        CHECK(strstr(make(no_mail[i], true), "Content-Transfer-Encoding: base64\n\n") != NULL);
    }
    test_context(NULL);
    char long_piece[200];
    memset(long_piece, 'a', sizeof long_piece - 1);
    long_piece[sizeof long_piece - 1] = '\0';
    text = strstr(make(long_piece, false), "base64\n\n");
    CHECK(text != NULL && strcspn(text + strlen("base64\n\n"), "\n") == 76);
    (void)make("", true);
}

static void test_lines(void)
{
    static const struct row {
        const char *line;
        const char *answer; /* NULL: none */
        uint64_t number;
    } rows[] = {
        { "00002 OK", "OK", 2 },
        { "2 OK \r", "OK", 2 },
        { "17 ADDHEADER \"X: y\" OK", "ADDHEADER \"X: y\" OK", 17 },
        { "* 17 OK", NULL, 0 },
        { "OK", NULL, 0 },
        { "2", NULL, 0 },
        { "2OK", NULL, 0 },
        { "", NULL, 0 },
        { "-2 OK", NULL, 0 },
        { "99999999999999999999999 OK", NULL, 0 },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint64_t number = 0;
        struct span answer = { 0 };
        test_context(rows[i].line);
        bool is_answer = communigate_line_read(span_text(rows[i].line), &number, &answer);
        CHECK(is_answer == (rows[i].answer != NULL));
        CHECK(!is_answer || (number == rows[i].number && span_is(answer, rows[i].answer)));
    }
    test_context(NULL);
}

int main(void)
{
    buf_init(&file, 65536);
    test_files();
    test_lines();
    buf_fini(&file);
    return test_end();
}
