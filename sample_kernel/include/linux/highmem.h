/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_HIGHMEM_H
#define _LINUX_HIGHMEM_H

#include <linux/mm.h>
#include <linux/string.h>























#ifdef CONFIG_HIGHMEM
extern void *kmap_atomic(struct page *page);
extern void kunmap_atomic(void *kvaddr);
#else
static inline void *kmap_atomic(struct page *page)
{
	return page_address(page);
}

static inline void kunmap_atomic(void *kvaddr)
{
}
#endif













































































/* Clears a page that a process will see at @vaddr. */
static inline void clear_user_highpage(struct page *page, unsigned long vaddr)
{
	void *mapped = kmap_atomic(page);

	memset(mapped, 0, PAGE_SIZE);
	kunmap_atomic(mapped);
}

















#ifndef __HAVE_ARCH_ALLOC_ZEROED_USER_HIGHPAGE
/**
 * __alloc_zeroed_user_highpage - gives a process a page full of zeros
 * @movableflags: flags that say whether and how the page can be moved later
 * @vma: the mapping that the page is for
 * @vaddr: the address at which the process will see it
 *
 * An architecture that can get zeros for less defines the macro above and
 * brings its own.
 */
static inline struct page *
__alloc_zeroed_user_highpage(gfp_t movableflags,
			     struct vm_area_struct *vma,
			     unsigned long vaddr)
{
	struct page *page = alloc_page_vma(GFP_HIGHUSER | movableflags,
					   vma, vaddr);

	if (page != NULL)
		clear_user_highpage(page, vaddr);
	return page;
}
#endif





/**
 * alloc_zeroed_user_highpage_movable - the same, for a page that can be moved
 * @vma: the mapping that the page is for
 * @vaddr: the address at which the process will see it
 */
static inline struct page *
alloc_zeroed_user_highpage_movable(struct vm_area_struct *vma,
				   unsigned long vaddr)
{
	return __alloc_zeroed_user_highpage(__GFP_MOVABLE | __GFP_CMA, vma, vaddr);
}

/* Copies a page that a process sees at @vaddr. */
static inline void copy_user_highpage(struct page *to, struct page *from,
				      unsigned long vaddr)
{
	void *source = kmap_atomic(from);
	void *target = kmap_atomic(to);

	memcpy(target, source, PAGE_SIZE);
	kunmap_atomic(target);
	kunmap_atomic(source);
}

#endif /* _LINUX_HIGHMEM_H */
