#include "folder_print.h"

#include <dirent.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

/* FNV-1a. */
static uint64_t print_add(uint64_t print, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    for (size_t i = 0; i < size; i++)
        print = (print ^ bytes[i]) * UINT64_C(0x100000001b3);
    return print;
}

uint64_t folder_print_text(const char *text)
{
    return print_add(UINT64_C(0xcbf29ce484222325), text, strlen(text));
}

/* The sum over all files, because a folder has no order. */
int folder_print_add(const char *path, bool (*wants)(const char *name), struct folder_print *print, struct fault *fault)
{
    DIR *folder = opendir(path);
    if (folder == NULL)
        return fault_set_errno(fault, errno, "cannot open %s", path);
    unsigned files = 0;
    for (struct dirent *entry = readdir(folder); entry != NULL && files < FOLDER_PRINT_MOST_FILES;
         entry = readdir(folder)) {
        struct stat st;
        if ((wants != NULL && !wants(entry->d_name)) || fstatat(dirfd(folder), entry->d_name, &st, 0) != 0 ||
            !S_ISREG(st.st_mode))
            continue;
        uint64_t one = folder_print_text(entry->d_name);
        one = print_add(one, &st.st_size, sizeof st.st_size);
        one = print_add(one, &st.st_mtim.tv_sec, sizeof st.st_mtim.tv_sec);
        one = print_add(one, &st.st_mtim.tv_nsec, sizeof st.st_mtim.tv_nsec);
        print->number += one;
        if (st.st_mtim.tv_sec > print->newest)
            print->newest = st.st_mtim.tv_sec;
        files++;
    }
    (void)closedir(folder);
    return 0;
}
