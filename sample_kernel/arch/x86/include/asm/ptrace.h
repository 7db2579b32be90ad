/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASM_X86_PTRACE_H
#define _ASM_X86_PTRACE_H

/* The registers as the entry code stores them. */
struct pt_regs {
	unsigned long bx, cx, dx, si, di, bp, ax;
	unsigned long ds, es, fs, gs;
	unsigned long orig_ax;
	unsigned long ip, cs, flags, sp, ss;
};

#define user_mode(regs)	(((regs)->cs & 3) == 3)

#endif /* _ASM_X86_PTRACE_H */
