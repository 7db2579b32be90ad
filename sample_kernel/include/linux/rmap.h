/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_RMAP_H
#define _LINUX_RMAP_H

#include <linux/mm.h>

/* Leads from an anonymous page back to the mappings that may hold it. */
struct anon_vma {
	atomic_t		refcount;
	struct list_head	vmas;
};

extern int anon_vma_prepare(struct vm_area_struct *vma);
extern void page_add_new_anon_rmap(struct page *page,
				   struct vm_area_struct *vma,
				   unsigned long address);
extern void page_add_file_rmap(struct page *page);
extern void page_remove_rmap(struct page *page);

#endif /* _LINUX_RMAP_H */
