/* The operator's list of banned names and types, held against every part of a report, at any depth. */
#ifndef CORDON_GATE_BAN_H
#define CORDON_GATE_BAN_H

#include "conf/settings.h"
#include "ipc/calls/decode.h"
#include "verdict/verdict.h"

/* Adds a `banned` finding for each part that matches, with the first name or type that did. */
void ban_check(const struct ban_settings *ban, const struct decode_report *report, struct verdict *verdict);

#endif
