/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __ASM_PROCFNS_H
#define __ASM_PROCFNS_H

#include <asm/glue-df.h>

/* What a family of processors does in its own way; asm-offsets.h knows it. */
struct processor {
	void (*_data_abort)(unsigned long pc);
	void (*_prefetch_abort)(unsigned long pc);
};

#ifdef MULTI_DABORT
extern struct processor processor;
#endif

#endif /* __ASM_PROCFNS_H */
