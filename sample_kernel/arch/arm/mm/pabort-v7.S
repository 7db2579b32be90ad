/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/linkage.h>
#include <asm/assembler.h>

	.arch	armv7-a
	.text

/*
 * Prefetch aborts of ARMv7.
 *
 * On entry	r2: the registers, r4: the instruction, r5: its status
 * For C	r0: the address, r1: the fault status register, r2: as it was
 */
	.align	5
ENTRY(v7_pabort)
	mrc	p15, 0, r0, c6, c0, 2		@ IFAR
	mrc	p15, 0, r1, c5, c0, 1		@ IFSR
	b	do_PrefetchAbort
ENDPROC(v7_pabort)
