#include "fault.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 0))) static void fault_format(struct fault *fault, int code, const char *format,
                                                               va_list arguments)
{
    fault->code = code != 0 ? code : EIO;
    (void)vsnprintf(fault->text, sizeof fault->text, format, arguments);
}

static void fault_append(struct fault *fault, const char *text)
{
    size_t used = strlen(fault->text);
    (void)snprintf(fault->text + used, sizeof fault->text - used, ": %s", text);
}

int fault_set(struct fault *fault, int code, const char *format, ...)
{
    if (fault == NULL)
        return -1;
    va_list arguments;
    va_start(arguments, format);
    fault_format(fault, code, format, arguments);
    va_end(arguments);
    return -1;
}

int fault_set_errno(struct fault *fault, int code, const char *format, ...)
{
    if (fault == NULL)
        return -1;
    va_list arguments;
    va_start(arguments, format);
    fault_format(fault, code, format, arguments);
    va_end(arguments);
    char reason[128];
    fault_append(fault, strerror_r(fault->code, reason, sizeof reason));
    return -1;
}

int fault_wrap(struct fault *fault, const char *format, ...)
{
    if (fault == NULL)
        return -1;
    struct fault inner = *fault;
    va_list arguments;
    va_start(arguments, format);
    fault_format(fault, inner.code, format, arguments);
    va_end(arguments);
    fault_append(fault, inner.text);
    return -1;
}
