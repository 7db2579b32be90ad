/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_HUGETLB_H
#define _LINUX_HUGETLB_H

#include <linux/mm.h>

#ifdef CONFIG_HUGETLB_PAGE
extern bool is_vm_hugetlb_page(struct vm_area_struct *vma);
extern int hugetlb_fault(struct mm_struct *mm, struct vm_area_struct *vma,
			 unsigned long address, unsigned int flags);
#else
static inline bool is_vm_hugetlb_page(struct vm_area_struct *vma)
{
	return false;
}
#define hugetlb_fault(mm, vma, addr, flags)	({ BUG(); 0; })
#endif

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
extern int transparent_hugepage_enabled(struct vm_area_struct *vma);
extern int do_huge_pmd_anonymous_page(struct mm_struct *mm,
				      struct vm_area_struct *vma,
				      unsigned long address, pmd_t *pmd,
				      unsigned int flags);
extern int do_huge_pmd_wp_page(struct mm_struct *mm, struct vm_area_struct *vma,
			       unsigned long address, pmd_t *pmd);
extern void huge_pmd_set_accessed(struct mm_struct *mm,
				  struct vm_area_struct *vma,
				  unsigned long address, pmd_t *pmd);
extern int pmd_trans_huge(pmd_t pmd);
extern int pmd_trans_splitting(pmd_t pmd);
#endif

#endif /* _LINUX_HUGETLB_H */
