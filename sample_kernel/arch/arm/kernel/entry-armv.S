/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way from the vectors of 32-bit ARM into C and back.
 */
#include <linux/linkage.h>
#include <asm/assembler.h>
#include <asm/glue-df.h>
#include <asm/glue-pf.h>
#include <generated/asm-offsets.h>

	.arch	armv7-a
	.text

@ Handlers find the registers at r2, the interrupted place in r4 and its
@ status in r5. They leave the address in r0 and the status in r1 and branch
@ to C, which returns to the instruction behind the macro.

	.macro	dabt_helper
#ifdef MULTI_DABORT
	ldr	ip, =processor
	ldr	ip, [ip, #PROCESSOR_DABT_FUNC]
	blx	ip
#else
	bl	CPU_DABORT_HANDLER
#endif
	.endm

	.macro	pabt_helper
	bl	CPU_PABORT_HANDLER
	.endm

	.macro	irq_handler
	mov	r0, #0			@ the controller has one line
	mov	r1, sp
	bl	asm_do_IRQ
	.endm

@ The vector has put the return address and the status on the stack. Makes a
@ struct pt_regs of them and of the registers, with its end where the stack
@ was before.

	.macro	store_regs
	sub	sp, sp, #(S_FRAME_SIZE - 8)
	stmia	sp, {r0 - r12}
	ldr	r4, [sp, #(S_FRAME_SIZE - 8)]
	ldr	r5, [sp, #(S_FRAME_SIZE - 4)]
	mvn	r6, #0			@ no system call
	.endm

/*
 * From kernel mode
 */

	.macro	svc_entry
	store_regs
	add	r2, sp, #S_FRAME_SIZE
	mov	r3, lr
	add	r7, sp, #S_SP
	stmia	r7, {r2 - r6}
	.endm

	.macro	svc_exit, rpsr
	msr	spsr_cxsf, \rpsr
	ldmia	sp, {r0 - pc}^
	.endm

	.align	5
__dabt_svc:
	svc_entry
	mov	r2, sp
	dabt_helper
	ldr	r5, [sp, #S_PSR]
	svc_exit r5
ENDPROC(__dabt_svc)

	.align	5
__irq_svc:
	svc_entry
	irq_handler
	ldr	r5, [sp, #S_PSR]
	svc_exit r5
ENDPROC(__irq_svc)

	.align	5
__pabt_svc:
	svc_entry
	mov	r2, sp
	pabt_helper
	ldr	r5, [sp, #S_PSR]
	svc_exit r5
ENDPROC(__pabt_svc)

/*
 * From user mode
 */

	.macro	usr_entry
	store_regs
	add	r7, sp, #S_PC
	stmia	r7, {r4 - r6}
	stmdb	r7, {sp, lr}^
	zero_fp
	.endm

	.align	5
__dabt_usr:
	usr_entry
	mov	r2, sp
	dabt_helper
	b	ret_from_exception
ENDPROC(__dabt_usr)

	.align	5
__irq_usr:
	usr_entry
	irq_handler
	b	ret_from_exception
ENDPROC(__irq_usr)

	.align	5
__pabt_usr:
	usr_entry
	mov	r2, sp
	pabt_helper
	b	ret_from_exception
ENDPROC(__pabt_usr)

ENTRY(ret_from_exception)
	get_thread_info r8
	ldr	r1, [r8, #TI_FLAGS]
	tst	r1, #2			@ TIF_NEED_RESCHED
	blne	schedule
	ldr	r1, [sp, #S_PSR]
	ldr	lr, [sp, #S_PC]
	msr	spsr_cxsf, r1
	ldmia	sp, {r0 - lr}^
	nop
	add	sp, sp, #S_FRAME_SIZE
	movs	pc, lr
ENDPROC(ret_from_exception)

	.ltorg

/*
 * The vectors: each notes where it came from on the kernel's stack, changes
 * to the kernel's mode and goes on by the mode that was interrupted.
 */

	.macro	vector_stub, name, correction
	.align	5
vector_\name:
	sub	lr, lr, #\correction
	srsdb	sp!, #SVC_MODE
	cps	#SVC_MODE
	push	{r0}
	ldr	r0, [sp, #8]
	tst	r0, #(MODE_MASK & ~USR_MODE)
	pop	{r0}
	beq	__\name\()_usr
	b	__\name\()_svc
ENDPROC(vector_\name)
	.endm

	vector_stub	irq, 4
	vector_stub	dabt, 8
	vector_stub	pabt, 4

	.section .vectors, "ax", %progbits
ENTRY(__vectors_start)
	b	.			@ reset
	b	.			@ undefined instruction
	b	.			@ system call
	b	vector_pabt
	b	vector_dabt
	b	.			@ not used
	b	vector_irq
	b	.			@ fast interrupt
END(__vectors_start)
