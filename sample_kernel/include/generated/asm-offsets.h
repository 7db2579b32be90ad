/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __ASM_OFFSETS_H__
#define __ASM_OFFSETS_H__

/* Members of C structures, for assembly. */

#define TI_FLAGS		0	/* struct thread_info */
#define TI_PREEMPT		4

#define S_R0			0	/* struct pt_regs */
#define S_SP			52
#define S_LR			56
#define S_PC			60
#define S_PSR			64
#define S_OLD_R0		68
#define S_FRAME_SIZE		72

#define PROCESSOR_DABT_FUNC	0	/* struct processor */
#define PROCESSOR_PABT_FUNC	4

#endif /* __ASM_OFFSETS_H__ */
