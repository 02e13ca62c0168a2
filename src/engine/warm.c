/* SPDX-License-Identifier: GPL-2.0-only */
#include "warm.h"

#include <assert.h>
#include <iconv.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif

enum {
    WARM_HUGE_LEAST_BYTES = 4 * 1024 * 1024,
    WARM_HUGE_PAGE_BYTES = 2 * 1024 * 1024,
    WARM_NAME_SIZE = 32,
    WARM_MOST_CHARSETS = 160
};

/* What iconv(3) can load as a module: the code pages that libclamav looks for in documents, and the sets that browsers
 * know (encoding.spec.whatwg.org). A page in any other set is looked at as it stands. */
static const char warm_charsets[] =
    "IBM037 IBM437 IBM500 ASMO-708 IBM775 IBM850 IBM852 IBM855 IBM857 IBM860 IBM861 IBM863 IBM864 IBM865 IBM866 "
    "IBM869 IBM870 IBM871 IBM880 IBM905 IBM1026 IBM273 IBM277 IBM278 IBM280 IBM284 IBM285 IBM290 IBM297 IBM420 "
    "IBM423 IBM424 CP866 CP875 CP949 CP932 CP936 CP950 CP1025 WINDOWS-874 WINDOWS-1250 WINDOWS-1251 WINDOWS-1252 "
    "WINDOWS-1253 WINDOWS-1254 WINDOWS-1255 WINDOWS-1256 WINDOWS-1257 WINDOWS-1258 WINDOWS-31J JOHAB MACINTOSH "
    "MAC-CYRILLIC SHIFT_JIS GB2312 GBK GB18030 BIG5 BIG5-HKSCS EUC-JP EUC-KR EUC-CN EUC-TW UHC KOI8-R KOI8-U "
    "ISO-8859-1 ISO-8859-2 ISO-8859-3 ISO-8859-4 ISO-8859-5 ISO-8859-6 ISO-8859-7 ISO-8859-8 ISO-8859-9 ISO-8859-10 "
    "ISO-8859-11 ISO-8859-13 ISO-8859-14 ISO-8859-15 ISO-8859-16 ISO-2022-JP ISO-2022-JP-2 ISO-2022-JP-3 ISO-2022-KR "
    "ISO-2022-CN TIS-620 UTF-7 UTF-8 UTF-16 UTF-16LE UTF-16BE UTF-32 UTF-32LE UTF-32BE UCS-2 UCS-4 UNICODE US-ASCII ";

/* A module stays loaded while a descriptor is open: so these are never closed. */
static iconv_t warm_descriptors[WARM_MOST_CHARSETS];

void warm_up(void)
{
    tzset();
    size_t count = 0;
    const char *rest = warm_charsets;
    for (const char *end = strchr(rest, ' '); end != NULL; end = strchr(rest, ' ')) {
        char name[WARM_NAME_SIZE];
        assert(count < WARM_MOST_CHARSETS && end - rest < WARM_NAME_SIZE);
        (void)snprintf(name, sizeof name, "%.*s", (int)(end - rest), rest);
        warm_descriptors[count++] = iconv_open("UTF-16BE",
                                               name); /* as libclamav will; one that is unknown is no harm */
        rest = end + 1;
    }
}

void warm_use_huge_pages(void)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    if (maps == NULL)
        return;
    char line[512];
    while (fgets(line, sizeof line, maps) != NULL) {
        /* "7f0000000000-7f0000200000 rw-p 00000000 00:00 0 \n" */
        char *rest = line;
        uintptr_t begin = strtoul(rest, &rest, 16);
        uintptr_t end = *rest == '-' ? strtoul(rest + 1, &rest, 16) : begin;
        bool is_ours = strncmp(rest, " rw-p ", 6) == 0 && strstr(rest, " 00:00 0 ") != NULL; /* no file behind it */
        if (!is_ours || end - begin < WARM_HUGE_LEAST_BYTES)
            continue;
        void *start = (void *)begin; /* NOLINT(performance-no-int-to-ptr): the kernel's own number */
        if (madvise(start, end - begin, MADV_HUGEPAGE) != 0)
            continue;
        /* Page by page: the kernel stops at the first one that it can't move. */
        uintptr_t page = (begin + WARM_HUGE_PAGE_BYTES - 1) / WARM_HUGE_PAGE_BYTES * WARM_HUGE_PAGE_BYTES;
        for (; page + WARM_HUGE_PAGE_BYTES <= end; page += WARM_HUGE_PAGE_BYTES)
            (void)madvise((char *)start + (page - begin), WARM_HUGE_PAGE_BYTES, MADV_COLLAPSE);
    }
    (void)fclose(maps);
}
