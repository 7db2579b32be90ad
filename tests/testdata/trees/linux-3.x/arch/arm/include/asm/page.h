#ifndef _ASMARM_PAGE_H
#define _ASMARM_PAGE_H
#include <linux/const.h>
#define PAGE_SHIFT	12
#define PAGE_SIZE	(_AC(1,UL) << PAGE_SHIFT)
#define PAGE_MASK	(~((1 << PAGE_SHIFT) - 1))
#endif
