/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __ASM_ARM_MEMORY_H
#define __ASM_ARM_MEMORY_H

#include <linux/const.h>
#include <linux/sizes.h>

/* For headers that assembly reads, too. */
#define UL(x)	_AC(x, UL)

/* Where the memory of the kernel begins; processes have what is below. */
#define PAGE_OFFSET		UL(CONFIG_PAGE_OFFSET)

#ifdef CONFIG_MMU

/* The last 16 MiB below the kernel belong to modules. */
#define TASK_SIZE		(UL(CONFIG_PAGE_OFFSET) - UL(SZ_16M))
#define MODULES_VADDR		(PAGE_OFFSET - SZ_16M)

/* The window for high memory takes the end of it. */
#ifdef CONFIG_HIGHMEM
#define MODULES_END		(PAGE_OFFSET - PMD_SIZE)
#else
#define MODULES_END		(PAGE_OFFSET)
#endif

#else /* !CONFIG_MMU */

#define TASK_SIZE		UL(0xffffffff)
#define MODULES_VADDR		PAGE_OFFSET
#define MODULES_END		UL(0xffffffff)

#endif /* CONFIG_MMU */

/* Where the memory begins on the bus. */
#define PHYS_OFFSET		UL(CONFIG_PHYS_OFFSET)
#define PHYS_PFN_OFFSET		(PHYS_OFFSET >> PAGE_SHIFT)

#define __pa(x)	((unsigned long)(x) - PAGE_OFFSET + PHYS_OFFSET)
#define __va(x)	((void *)((unsigned long)(x) - PHYS_OFFSET + PAGE_OFFSET))

#endif /* __ASM_ARM_MEMORY_H */
