/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a page back to the mappings that hold it.
 */
#include <linux/rmap.h>

/*
 * Finds or makes the anon_vma of a mapping; nonzero if there is no memory.
 * A mapping gets one with its first anonymous page.
 */
int anon_vma_prepare(struct vm_area_struct *vma)
{
	struct anon_vma *anon_vma;

	if (likely(vma->anon_vma != NULL))
		return 0;

	anon_vma = (struct anon_vma *)get_zeroed_page(GFP_KERNEL);
	if (anon_vma == NULL)
		return -1;

	atomic_set(&anon_vma->refcount, 1);
	INIT_LIST_HEAD(&anon_vma->vmas);
	vma->anon_vma = anon_vma;
	return 0;
}

void page_add_new_anon_rmap(struct page *page, struct vm_area_struct *vma,
			    unsigned long address)
{
	/* The lowest bit of the pointer says that it is no file. */
	page->mapping = (struct address_space *)((unsigned long)vma->anon_vma | 1);
	page->index = ((address - vma->vm_start) >> PAGE_SHIFT) + vma->vm_pgoff;
	atomic_set(&page->_mapcount, 0);
}

void page_add_file_rmap(struct page *page)
{
	atomic_inc(&page->_mapcount);
}

void page_remove_rmap(struct page *page)
{
	atomic_add_return(-1, &page->_mapcount);
}
