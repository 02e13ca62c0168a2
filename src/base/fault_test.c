#include "fault.h"

#include "test.h"

#include <errno.h>
#include <string.h>

static void test_texts(void)
{
    struct fault fault = { 0 };
    CHECK(fault_set(&fault, EPROTO, "line %d", 7) == -1);
    CHECK(fault.code == EPROTO && strcmp(fault.text, "line 7") == 0);
    CHECK(fault_set_errno(&fault, ENOENT, "cannot open %s", "/x") == -1);
    CHECK(fault.code == ENOENT && strcmp(fault.text, "cannot open /x: No such file or directory") == 0);
    CHECK(fault_wrap(&fault, "listener %s", "main") == -1);
    CHECK(fault.code == ENOENT && strcmp(fault.text, "listener main: cannot open /x: No such file or directory") == 0);
}

static void test_a_fault_always_has_a_code(void)
{
    struct fault fault = { 0 };
    (void)fault_set(&fault, 0, "something");
    CHECK(fault.code == EIO);
}

static void test_nobody_need_listen(void)
{
    CHECK(fault_set(NULL, EIO, "x") == -1);
    CHECK(fault_set_errno(NULL, EIO, "x") == -1);
    CHECK(fault_wrap(NULL, "x") == -1);
}

static void test_long_texts_are_cut(void)
{
    char text[2 * FAULT_TEXT_SIZE];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct fault fault = { 0 };
    (void)fault_set_errno(&fault, EIO, "%s", text);
    CHECK(strlen(fault.text) == FAULT_TEXT_SIZE - 1);
    (void)fault_wrap(&fault, "%s", text);
    CHECK(strlen(fault.text) == FAULT_TEXT_SIZE - 1);
}

int main(void)
{
    test_texts();
    test_a_fault_always_has_a_code();
    test_nobody_need_listen();
    test_long_texts_are_cut();
    return test_end();
}
