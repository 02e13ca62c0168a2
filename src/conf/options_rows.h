/* What rows of the option table are written with. For options*.c alone. */
#ifndef CORDON_CONF_OPTIONS_ROWS_H
#define CORDON_CONF_OPTIONS_ROWS_H

#include "conf/options.h"
#include "conf/settings.h"

#define OPTION_COUNT(rows) (sizeof(rows) / sizeof(rows)[0])
#define KIB UINT64_C(1024)
#define MIB (KIB * 1024)
#define GIB (MIB * 1024)
#define SECONDS UINT64_C(1000)
#define MINUTES (SECONDS * 60)
#define HOURS (MINUTES * 60)
#define DAYS (HOURS * 24)

#endif
