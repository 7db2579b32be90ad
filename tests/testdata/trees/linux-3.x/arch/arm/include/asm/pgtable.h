#ifndef _ASMARM_PGTABLE_H
#define _ASMARM_PGTABLE_H

#include <asm/memory.h>

#ifndef CONFIG_MMU
#include <asm/pgtable-nommu.h>
#else
#ifdef CONFIG_ARM_LPAE
#include <asm/pgtable-3level.h>
#else
#include <asm/pgtable-2level.h>
#endif
#define VMALLOC_END	0xff000000UL
#define PMD_SIZE	(1UL << PMD_SHIFT)
#endif

#endif
