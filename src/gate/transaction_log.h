/* The one line that says everything about a message. */
#ifndef CORDON_GATE_TRANSACTION_LOG_H
#define CORDON_GATE_TRANSACTION_LOG_H

#include "gate/transaction.h"

void transaction_log(const struct transaction *t);

#endif
