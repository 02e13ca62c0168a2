#include "fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int fault_set(struct fault *fault, int code, const char *format, ...)
{
    if (fault == NULL)
        return -1;
    fault->code = code != 0 ? code : EIO;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(fault->text, sizeof fault->text, format, args);
    va_end(args);
    return -1;
}

int fault_set_errno(struct fault *fault, int code, const char *format, ...)
{
    if (fault == NULL)
        return -1;
    fault->code = code != 0 ? code : EIO;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(fault->text, sizeof fault->text, format, args);
    va_end(args);

    char reason[128];
    const char *text = strerror_r(fault->code, reason, sizeof reason);
    size_t used = strlen(fault->text);
    (void)snprintf(fault->text + used, sizeof fault->text - used, ": %s", text);
    return -1;
}

int fault_wrap(struct fault *fault, const char *format, ...)
{
    if (fault == NULL)
        return -1;
    char inner[FAULT_TEXT_SIZE];
    memcpy(inner, fault->text, sizeof inner);
    va_list args;
    va_start(args, format);
    (void)vsnprintf(fault->text, sizeof fault->text, format, args);
    va_end(args);
    size_t used = strlen(fault->text);
    (void)snprintf(fault->text + used, sizeof fault->text - used, ": %s", inner);
    return -1;
}
