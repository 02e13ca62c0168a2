/* SPDX-License-Identifier: GPL-2.0-only */
/* Everything that libraries would fetch from the host's files at first use, fetched before the box closes. */
#ifndef CORDON_ENGINE_WARM_H
#define CORDON_ENGINE_WARM_H

/* Character sets and the time zone. To be called once. */
void warm_up(void);

/* Asks the kernel to keep the signatures in huge pages, which makes a fork cheaper: it copies one entry for each 2 MB.
 */
void warm_use_huge_pages(void);

#endif
