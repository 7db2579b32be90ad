/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_LINKAGE_H
#define _LINUX_LINKAGE_H

#include <linux/compiler.h>

/* C functions that assembly calls. */
#ifndef asmlinkage
#define asmlinkage
#endif

#ifdef __ASSEMBLY__

#ifndef ASM_NL
#define ASM_NL		;
#endif

#define ALIGN		.align 0

#define ENTRY(name)		\
	.globl name ASM_NL	\
	ALIGN ASM_NL		\
	name:

#define END(name)		\
	.size name, .-name

#define ENDPROC(name)			\
	.type name, %function ASM_NL	\
	END(name)

#endif /* __ASSEMBLY__ */

#endif /* _LINUX_LINKAGE_H */
