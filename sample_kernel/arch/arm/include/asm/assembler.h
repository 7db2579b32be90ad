/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __ASM_ASSEMBLER_H__
#define __ASM_ASSEMBLER_H__

#ifndef __ASSEMBLY__
#error "for assembly only"
#endif

#include <asm/ptrace.h>

/* Unwinders stop at a frame pointer of 0. */
	.macro	zero_fp
#ifdef CONFIG_FRAME_POINTER
	mov	fp, #0
#endif
	.endm

/* Kernel stacks are aligned to their size of 8 KiB. */
	.macro	get_thread_info, rd
	mov	\rd, sp, lsr #13
	mov	\rd, \rd, lsl #13
	.endm

#endif /* __ASM_ASSEMBLER_H__ */
