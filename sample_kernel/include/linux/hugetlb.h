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
#endif

#endif /* _LINUX_HUGETLB_H */
