/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way from the vectors of 64-bit ARM into C and back.
 */
#include <linux/linkage.h>
#include <asm/esr.h>
#include <asm/ptrace.h>

#define S_LR		240
#define S_SP		248
#define S_PC		256
#define S_PSTATE	264
#define S_FRAME_SIZE	288

	.text

	.macro	kernel_entry, el
	sub	sp, sp, #S_FRAME_SIZE
	stp	x0, x1, [sp, #0]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	.if	\el == 0
	mrs	x21, sp_el0
	.else
	add	x21, sp, #S_FRAME_SIZE
	.endif
	mrs	x22, elr_el1
	mrs	x23, spsr_el1
	str	x30, [sp, #S_LR]
	str	x21, [sp, #S_SP]
	stp	x22, x23, [sp, #S_PC]
	.endm

	.macro	kernel_exit, el
	ldp	x22, x23, [sp, #S_PC]
	msr	elr_el1, x22
	msr	spsr_el1, x23
	.if	\el == 0
	ldr	x21, [sp, #S_SP]
	msr	sp_el0, x21
	.endif
	ldp	x0, x1, [sp, #0]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldp	x18, x19, [sp, #144]
	ldp	x20, x21, [sp, #160]
	ldp	x22, x23, [sp, #176]
	ldp	x24, x25, [sp, #192]
	ldp	x26, x27, [sp, #208]
	ldp	x28, x29, [sp, #224]
	ldr	x30, [sp, #S_LR]
	add	sp, sp, #S_FRAME_SIZE
	eret
	.endm

/*
 * From kernel mode
 */
	.align	6
ENTRY(el1_sync)
	kernel_entry 1
	mrs	x1, esr_el1
	lsr	x24, x1, #ESR_EL1_EC_SHIFT
	cmp	x24, #ESR_EL1_EC_DABT_EL1
	b.eq	el1_da
	b	.			// nothing else is expected
el1_da:
	mrs	x0, far_el1
	mov	x2, sp
	bl	do_mem_abort
	kernel_exit 1
ENDPROC(el1_sync)

/*
 * From user mode
 */
	.align	6
ENTRY(el0_sync)
	kernel_entry 0
	mrs	x1, esr_el1
	lsr	x24, x1, #ESR_EL1_EC_SHIFT
	cmp	x24, #ESR_EL1_EC_DABT_EL0
	b.eq	el0_da
	cmp	x24, #ESR_EL1_EC_IABT_EL0
	b.eq	el0_ia
	b	.
el0_da:
	mrs	x0, far_el1
	bic	x0, x0, #(0xff << 56)	// the tag is no part of the address
	mov	x2, sp
	bl	do_mem_abort
	b	ret_to_user
el0_ia:
	mrs	x0, far_el1
	orr	x1, x1, #(1 << 24)	// ESR_LNX_EXEC
	mov	x2, sp
	bl	do_mem_abort
	b	ret_to_user
ENDPROC(el0_sync)

ENTRY(ret_to_user)
	kernel_exit 0
ENDPROC(ret_to_user)
