/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __ASM_ARM_PTRACE_H
#define __ASM_ARM_PTRACE_H

/* The mode is in the lowest bits of a program status register. */
#define USR_MODE	0x00000010
#define SVC_MODE	0x00000013
#define MODE_MASK	0x0000001f
#define PSR_T_BIT	0x00000020
#define PSR_F_BIT	0x00000040
#define PSR_I_BIT	0x00000080

#ifndef __ASSEMBLY__

/* The registers as the entry code stores them. */
struct pt_regs {
	unsigned long uregs[18];
};

#define ARM_cpsr	uregs[16]
#define ARM_pc		uregs[15]
#define ARM_lr		uregs[14]
#define ARM_sp		uregs[13]
#define ARM_ip		uregs[12]
#define ARM_fp		uregs[11]
#define ARM_r0		uregs[0]
#define ARM_ORIG_r0	uregs[17]

#define user_mode(regs)		(((regs)->ARM_cpsr & 0xf) == 0)
#define interrupts_enabled(regs) (!((regs)->ARM_cpsr & PSR_I_BIT))

#endif /* __ASSEMBLY__ */

#endif /* __ASM_ARM_PTRACE_H */
