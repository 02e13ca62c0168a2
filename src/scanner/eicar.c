#include "eicar.h"

#include <assert.h>
#include <string.h>

void eicar_make(char text_out[EICAR_SIZE + 1])
{
    static const char *const pieces[] = { "X5O!P%@AP[4\\PZX5", "4(P^)7CC)7}$",   "EICAR-STAND",
                                          "ARD-ANTIV",         "IRUS-TEST-FILE", "!$H+H*" };
    size_t size = 0;
    for (size_t i = 0; i < sizeof pieces / sizeof pieces[0]; i++) {
        size_t length = strlen(pieces[i]);
        assert(size + length <= EICAR_SIZE);
        memcpy(text_out + size, pieces[i], length);
        size += length;
    }
    assert(size == EICAR_SIZE);
    text_out[size] = '\0';
}
