#include "cli/command.h"

#include <stdarg.h>
#include <stdio.h>

int command_refuse(const struct command_line *line, int status, const char *format, ...)
{
    va_list arguments;
    fprintf(stderr, "cordon %s %s: ", line->group, line->command->name);
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
    return status;
}
