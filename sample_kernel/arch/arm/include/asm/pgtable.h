/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASMARM_PGTABLE_H
#define _ASMARM_PGTABLE_H

#include <asm/page.h>

/*
 * Behind the memory that is mapped for good, a hole of 8 MiB catches
 * accesses that run past its end; then comes the area of vmalloc().
 */
#define VMALLOC_OFFSET		(8*1024*1024)
#define VMALLOC_START		(((unsigned long)high_memory + VMALLOC_OFFSET) & ~(VMALLOC_OFFSET-1))
#define VMALLOC_END		0xff000000UL

/* The vectors may lie at address 0: no process gets the lowest pages. */
#define FIRST_USER_ADDRESS	(PAGE_SIZE * 2)

/*
 * Two levels. One entry of the first stands for 2 MiB and leads to a page
 * with 512 entries as Linux sees them and 512 as the hardware does.
 */
#define PTRS_PER_PTE		512
#define PMD_SHIFT		21
#define PGDIR_SHIFT		21
#define PMD_SIZE		(1UL << PMD_SHIFT)

#define L_PTE_PRESENT		(1UL << 0)
#define L_PTE_YOUNG		(1UL << 1)
#define L_PTE_DIRTY		(1UL << 6)
#define L_PTE_RDONLY		(1UL << 7)
#define L_PTE_SPECIAL		(1UL << 11)

#ifndef __ASSEMBLY__

struct mm_struct;
struct vm_area_struct;

#define pgd_index(addr)		((addr) >> PGDIR_SHIFT)
#define pgd_offset(mm, addr)	((mm)->pgd + pgd_index(addr))
#define pgd_offset_k(addr)	pgd_offset(&init_mm, addr)

/* The two levels between are the first one by other names. */
static inline pud_t *pud_alloc(struct mm_struct *mm, pgd_t *pgd,
			       unsigned long addr)
{
	return (pud_t *)pgd;
}

static inline pmd_t *pmd_alloc(struct mm_struct *mm, pud_t *pud,
			       unsigned long addr)
{
	return (pmd_t *)pud;
}

#define pmd_none(pmd)		(!pmd_val(pmd))
#define pmd_page_vaddr(pmd)	((pte_t *)__va(pmd_val(pmd) & PAGE_MASK))

#define pte_index(addr)		(((addr) >> PAGE_SHIFT) & (PTRS_PER_PTE - 1))
#define pte_offset_map(pmd, addr) (pmd_page_vaddr(*(pmd)) + pte_index(addr))
#define pte_unmap(pte)		do { (void)(pte); } while (0)

#define pte_none(pte)		(!pte_val(pte))
#define pte_present(pte)	(pte_val(pte) & L_PTE_PRESENT)
#define pte_write(pte)		(!(pte_val(pte) & L_PTE_RDONLY))
#define pte_same(a, b)		(pte_val(a) == pte_val(b))
#define pte_pfn(pte)		(pte_val(pte) >> PAGE_SHIFT)

#define pfn_pte(pfn, prot)	__pte(((pfn) << PAGE_SHIFT) | pgprot_val(prot))

static inline pte_t pte_mkwrite(pte_t pte)
{
	return __pte(pte_val(pte) & ~L_PTE_RDONLY);
}

static inline pte_t pte_mkdirty(pte_t pte)
{
	return __pte(pte_val(pte) | L_PTE_DIRTY);
}

static inline pte_t pte_mkyoung(pte_t pte)
{
	return __pte(pte_val(pte) | L_PTE_YOUNG);
}

static inline pte_t pte_mkspecial(pte_t pte)
{
	return __pte(pte_val(pte) | L_PTE_SPECIAL);
}

static inline void set_pte_at(struct mm_struct *mm, unsigned long addr,
			      pte_t *ptep, pte_t pte)
{
	*ptep = pte;
}

/* For caches that are looked up by virtual addresses: not those of ARMv7. */
static inline void update_mmu_cache(struct vm_area_struct *vma,
				    unsigned long addr, pte_t *ptep)
{
}

extern unsigned long empty_zero_pfn;

/* The page of zeros that every process may read. */
#define my_zero_pfn(addr)	(empty_zero_pfn)

#endif /* __ASSEMBLY__ */

#endif /* _ASMARM_PGTABLE_H */
