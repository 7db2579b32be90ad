#include "fault.h"

struct pt_regs;

struct fsr_info {
	int (*fn)(unsigned long addr, unsigned int fsr,
		  struct pt_regs *regs);
	int sig, code;
	const char *name;
};

#ifdef CONFIG_ARM_LPAE
#include "fsr-3level.c"
#else
#include "fsr-2level.c"
#endif
