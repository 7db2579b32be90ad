#ifndef _UAPI_ASM_GENERIC_SIGINFO_H
#define _UAPI_ASM_GENERIC_SIGINFO_H
#define SI_USER		0
#define SI_TKILL	-6
#define ILL_ILLOPC	1
#define SEGV_MAPERR	1
#define SEGV_ACCERR	2
#ifdef __ia64__
# define __SEGV_PSTKOVF	4
#else
# define SEGV_PKUERR	4
#endif
#define BUS_ADRALN	1
#define BUS_ADRERR	2
#endif
