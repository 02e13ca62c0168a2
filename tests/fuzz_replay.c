/* Stands in for libFuzzer in ordinary builds: feeds every file of the folders named on the command line to the fuzz
 * target, whole and cut at every length up to 512 bytes.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { REPLAY_FILE_LIMIT = 1 << 20, REPLAY_CUTS = 512 };

static int replay_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        perror(path);
        return -1;
    }
    uint8_t *data = malloc(REPLAY_FILE_LIMIT);
    if (data == NULL)
        abort();
    size_t size = fread(data, 1, REPLAY_FILE_LIMIT, file);
    (void)fclose(file);
    for (size_t cut = 0; cut < size && cut < REPLAY_CUTS; cut++) {
        uint8_t *exact = malloc(cut > 0 ? cut : 1); /* of just this size, so that a sanitizer sees one byte too far */
        if (exact == NULL)
            abort();
        memcpy(exact, data, cut);
        (void)LLVMFuzzerTestOneInput(exact, cut);
        free(exact);
    }
    (void)LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 0;
}

int main(int argc, char **argv)
{
    unsigned files = 0;
    unsigned failed = 0;
    for (int i = 1; i < argc; i++) {
        DIR *folder = opendir(argv[i]);
        if (folder == NULL) {
            perror(argv[i]);
            return 1;
        }
        for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
            char path[4096];
            if (entry->d_name[0] == '.')
                continue;
            (void)snprintf(path, sizeof path, "%s/%s", argv[i], entry->d_name);
            files++;
            failed += replay_file(path) != 0;
        }
        (void)closedir(folder);
    }
    printf("%u inputs replayed, %u failed\n", files, failed);
    return files > 0 && failed == 0 ? 0 : 1;
}
