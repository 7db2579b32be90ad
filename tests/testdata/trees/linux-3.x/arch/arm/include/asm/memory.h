#ifndef __ASM_ARM_MEMORY_H
#define __ASM_ARM_MEMORY_H

#include <linux/const.h>
#include <linux/sizes.h>
#include <asm/page.h>

#define PAGE_OFFSET	UL(CONFIG_PAGE_OFFSET)

#ifdef CONFIG_MMU
#define TASK_SIZE	(UL(CONFIG_PAGE_OFFSET) - UL(SZ_16M))
#ifndef CONFIG_THUMB2_KERNEL
#define MODULES_VADDR	(PAGE_OFFSET - SZ_16M)
#else
#define MODULES_VADDR	(PAGE_OFFSET - SZ_8M)
#endif
#ifdef CONFIG_HIGHMEM
#define MODULES_END	(PAGE_OFFSET - PMD_SIZE)
#else
#define MODULES_END	(PAGE_OFFSET)
#endif
#else
#define TASK_SIZE	UL(0xffffffff)
#ifndef END_MEM
#define END_MEM		(UL(CONFIG_DRAM_BASE) + CONFIG_DRAM_SIZE)
#endif
#endif

#endif
