#include "glob.h"

#include <string.h>

/* What one byte of the text may be: *pattern is moved behind it. */
static bool bracket_has(const char *inside, const char *end, char c)
{
    bool is_not = *inside == '!' || *inside == '^';
    bool has = false;
    for (const char *p = inside + (is_not ? 1 : 0); p < end; p++) {
        unsigned char low = (unsigned char)ascii_lower(*p);
        unsigned char high = low;
        if (p + 2 < end && p[1] == '-') {
            high = (unsigned char)ascii_lower(p[2]);
            p += 2;
        }
        has |= (unsigned char)c >= low && (unsigned char)c <= high;
    }
    return has != is_not;
}

static const char *bracket_end(const char *pattern)
{
    const char *inside = pattern + 1;
    inside += *inside == '!' || *inside == '^';
    return *inside != '\0' ? strchr(inside + 1, ']') : NULL;
}

/* One element that is no star, against one byte. Moves *pattern behind it where it fits. */
static bool element_fits(const char **pattern, char c)
{
    const char *p = *pattern;
    const char *end = *p == '[' ? bracket_end(p) : NULL;
    if (*p == '\0')
        return false;
    bool fits = *p == '?' || ascii_lower(*p) == ascii_lower(c);
    if (end != NULL)
        fits = bracket_has(p + 1, end, ascii_lower(c));
    if (fits)
        *pattern = end != NULL ? end + 1 : p + 1;
    return fits;
}

bool glob_match(const char *pattern, struct span text)
{
    const char *star = NULL; /* behind the last one */
    size_t star_at = 0;      /* the text that is left to what stands behind it */
    size_t at = 0;
    while (at < text.size) {
        if (*pattern == '*') {
            star = ++pattern;
            star_at = at;
        } else if (element_fits(&pattern, text.data[at])) {
            at++;
        } else if (star != NULL) {
            pattern = star;
            at = ++star_at;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return *pattern == '\0';
}
