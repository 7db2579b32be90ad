#ifndef _ASM_HIGHMEM_H
#define _ASM_HIGHMEM_H
#include <asm/pgtable.h>
#define PKMAP_BASE	(PAGE_OFFSET - PMD_SIZE)
#endif
