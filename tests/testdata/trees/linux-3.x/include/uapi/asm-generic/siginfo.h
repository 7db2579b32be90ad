#ifndef _UAPI_ASM_GENERIC_SIGINFO_H
#define _UAPI_ASM_GENERIC_SIGINFO_H

#ifndef __KERNEL__
#define __SI_POLL	0
#define __SI_FAULT	0
#define __SI_CHLD	0
#define __SI_CODE(T,N)	(N)
#endif

#define SI_USER		0
#define SI_KERNEL	0x80
#define SI_QUEUE	-1
#define SI_MESGQ __SI_CODE(__SI_POLL,-3)
#define SI_TKILL	-6

#define ILL_ILLOPC	(__SI_FAULT|1)
#define ILL_ILLOPN	(__SI_FAULT|2)
#define FPE_INTDIV	(__SI_FAULT|1)
#define SEGV_MAPERR	(__SI_FAULT|1)
#define SEGV_ACCERR	(__SI_FAULT|2)
#define NSIGSEGV	2
#define BUS_ADRALN	(__SI_FAULT|1)
#define BUS_ADRERR	(__SI_FAULT|2)
#define CLD_EXITED	(__SI_CHLD|1)

#endif
