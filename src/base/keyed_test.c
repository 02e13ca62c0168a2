#include "base/keyed.h"

#include "base/test.h"

int main(void)
{
    struct span text = span_text("a=1\nab=two=2\nempty=\nbare\na=3\nlast=99999999999999999999");
    CHECK(span_is(keyed_value(text, "a"), "1") && span_is(keyed_value(text, "ab"), "two=2"));
    CHECK(keyed_value(text, "empty").data != NULL && keyed_value(text, "empty").size == 0);
    CHECK(keyed_value(text, "b").data == NULL && keyed_value(text, "bare").data == NULL);
    CHECK(keyed_value(span_text(""), "a").data == NULL);
    CHECK(keyed_number(text, "a") == 1 && keyed_number(text, "ab") == 0 && keyed_number(text, "none") == 0);
    CHECK(keyed_number(text, "last") == 0);
    return test_end();
}
