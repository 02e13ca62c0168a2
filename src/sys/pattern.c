#include "pattern.h"

#include "base/memory.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Enough for any sane pattern on an answer of 64 KB, and spent in some tens of milliseconds by one that is not. */
enum { PATTERN_MATCH_LIMIT = 1000000, PATTERN_DEPTH_LIMIT = 10000, PATTERN_HEAP_KIB = 4096, PATTERN_ERROR_SIZE = 160 };

struct pattern {
    pcre2_code *code;
    uint32_t groups;
};

struct pattern *pattern_new(const char *text, struct fault *fault)
{
    int error = 0;
    PCRE2_SIZE at = 0;
    pcre2_code *code = pcre2_compile((PCRE2_SPTR)text, PCRE2_ZERO_TERMINATED, PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C,
                                     &error, &at, NULL);
    if (code == NULL) {
        PCRE2_UCHAR why[PATTERN_ERROR_SIZE] = "";
        (void)pcre2_get_error_message(error, why, sizeof why);
        (void)fault_set(fault, EINVAL, "%s at letter %zu", (const char *)why, (size_t)at + 1);
        return NULL;
    }
    struct pattern *pattern = memory_new(sizeof *pattern);
    pattern->code = code;
    (void)pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &pattern->groups);
    return pattern;
}

void pattern_free(struct pattern *pattern)
{
    if (pattern == NULL)
        return;
    pcre2_code_free(pattern->code);
    free(pattern);
}

unsigned pattern_groups(const struct pattern *pattern)
{
    return pattern->groups;
}

static struct span pattern_group(const pcre2_match_data *data, uint32_t groups, struct span text)
{
    PCRE2_SIZE *ends = pcre2_get_ovector_pointer((pcre2_match_data *)data);
    size_t group = 1;
    while (group <= groups && ends[2 * group] == PCRE2_UNSET)
        group++;
    if (group > groups)
        group = 0;
    PCRE2_SIZE begin = ends[2 * group];
    PCRE2_SIZE end = ends[2 * group + 1];
    return begin <= end ? span_slice(text, begin, end - begin) : span_slice(text, 0, 0); /* \K may turn them round */
}

enum pattern_result pattern_match(const struct pattern *pattern, struct span text, struct span *group_out)
{
    pcre2_match_context *context = pcre2_match_context_create(NULL);
    pcre2_match_data *data = pcre2_match_data_create_from_pattern(pattern->code, NULL);
    int found = PCRE2_ERROR_NOMEMORY;
    if (context != NULL && data != NULL) {
        (void)pcre2_set_match_limit(context, PATTERN_MATCH_LIMIT);
        (void)pcre2_set_depth_limit(context, PATTERN_DEPTH_LIMIT);
        (void)pcre2_set_heap_limit(context, PATTERN_HEAP_KIB);
        PCRE2_SPTR bytes = (PCRE2_SPTR)(text.size > 0 ? text.data : "");
        found = pcre2_match(pattern->code, bytes, text.size, 0, 0, data, context);
    }
    if (found >= 0 && group_out != NULL)
        *group_out = pattern_group(data, pattern->groups, text);
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    if (found == PCRE2_ERROR_NOMATCH)
        return PATTERN_NO;
    return found >= 0 ? PATTERN_YES : PATTERN_GAVE_UP;
}
