/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __ASM_PTRACE_H
#define __ASM_PTRACE_H

#define PSR_MODE_MASK	0x0000000f
#define PSR_MODE_EL0t	0x00000000
#define PSR_I_BIT	0x00000080

#ifndef __ASSEMBLY__

/* The registers as the entry code stores them. */
struct pt_regs {
	unsigned long regs[31];
	unsigned long sp;
	unsigned long pc;
	unsigned long pstate;
	unsigned long orig_x0;
	unsigned long syscallno;
};

#define user_mode(regs)	(((regs)->pstate & PSR_MODE_MASK) == PSR_MODE_EL0t)

#endif /* __ASSEMBLY__ */

#endif /* __ASM_PTRACE_H */
