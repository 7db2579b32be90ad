/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _UAPI_ASM_GENERIC_SIGINFO_H
#define _UAPI_ASM_GENERIC_SIGINFO_H

#include <linux/compiler.h>

#define SI_MAX_SIZE	128
#define SI_PAD_SIZE	((SI_MAX_SIZE / sizeof(int)) - 3)

typedef struct siginfo {
	int si_signo;
	int si_errno;
	int si_code;

	union {
		int _pad[SI_PAD_SIZE];

		/* sent by a process */
		struct {
			int _pid;
			unsigned int _uid;
		} _kill;

		/* SIGILL, SIGFPE, SIGSEGV, SIGBUS */
		struct {
			void __user *_addr;	/* the instruction or the data */
		} _sigfault;
	} _sifields;
} siginfo_t;

#define si_pid		_sifields._kill._pid
#define si_uid		_sifields._kill._uid
#define si_addr		_sifields._sigfault._addr

/*
 * The kernel keeps in the upper half which member of the union holds; what
 * a process sees has only the lower half.
 */
#ifdef __KERNEL__
#define __SI_MASK	0xffff0000u
#define __SI_KILL	(0 << 16)
#define __SI_TIMER	(1 << 16)
#define __SI_POLL	(2 << 16)
#define __SI_FAULT	(3 << 16)
#define __SI_CHLD	(4 << 16)
#define __SI_RT		(5 << 16)
#define __SI_MESGQ	(6 << 16)
#define __SI_SYS	(7 << 16)
#else
#define __SI_KILL	0
#define __SI_TIMER	0
#define __SI_POLL	0
#define __SI_FAULT	0
#define __SI_CHLD	0
#define __SI_RT		0
#define __SI_MESGQ	0
#define __SI_SYS	0
#endif

/*
 * si_code of any signal
 */
#define SI_USER		0		/* kill() */
#define SI_KERNEL	0x80		/* the kernel, for no special reason */
#define SI_QUEUE	-1		/* sigqueue() */
#define SI_TKILL	-6		/* tkill() */

/*
 * si_code of SIGILL
 */
#define ILL_ILLOPC	(__SI_FAULT|1)	/* no such instruction */
#define ILL_ILLOPN	(__SI_FAULT|2)	/* no such operand */
#define ILL_ILLADR	(__SI_FAULT|3)	/* no such addressing mode */
#define ILL_ILLTRP	(__SI_FAULT|4)	/* no such trap */
#define ILL_PRVOPC	(__SI_FAULT|5)	/* only the kernel may */
#define ILL_PRVREG	(__SI_FAULT|6)	/* the kernel's register */
#define ILL_COPROC	(__SI_FAULT|7)	/* the coprocessor refused */
#define ILL_BADSTK	(__SI_FAULT|8)	/* the stack is broken */
#define NSIGILL		8

/*
 * si_code of SIGFPE
 */
#define FPE_INTDIV	(__SI_FAULT|1)	/* integer divided by zero */
#define FPE_INTOVF	(__SI_FAULT|2)	/* integer too large */
#define FPE_FLTDIV	(__SI_FAULT|3)	/* divided by zero */
#define FPE_FLTOVF	(__SI_FAULT|4)	/* too large */
#define FPE_FLTUND	(__SI_FAULT|5)	/* too small */
#define FPE_FLTRES	(__SI_FAULT|6)	/* rounded */
#define FPE_FLTINV	(__SI_FAULT|7)	/* no meaning */
#define FPE_FLTSUB	(__SI_FAULT|8)	/* index out of range */
#define NSIGFPE		8

/*
 * si_code of SIGSEGV
 */
#define SEGV_MAPERR	(__SI_FAULT|1)	/* nothing is mapped there */
#define SEGV_ACCERR	(__SI_FAULT|2)	/* mapped, but not for this access */
#define NSIGSEGV	2

/*
 * si_code of SIGBUS
 */
#define BUS_ADRALN	(__SI_FAULT|1)	/* not aligned */
#define BUS_ADRERR	(__SI_FAULT|2)	/* no such physical address */
#define BUS_OBJERR	(__SI_FAULT|3)	/* the device reports an error */
#define BUS_MCEERR_AR	(__SI_FAULT|4)	/* broken memory was used */
#define BUS_MCEERR_AO	(__SI_FAULT|5)	/* broken memory was found */
#define NSIGBUS		5

/*
 * si_code of SIGTRAP
 */
#define TRAP_BRKPT	(__SI_FAULT|1)	/* breakpoint instruction */
#define TRAP_TRACE	(__SI_FAULT|2)	/* single step */
#define TRAP_BRANCH	(__SI_FAULT|3)	/* taken branch */
#define TRAP_HWBKPT	(__SI_FAULT|4)	/* breakpoint or watchpoint unit */
#define NSIGTRAP	4

#endif /* _UAPI_ASM_GENERIC_SIGINFO_H */
