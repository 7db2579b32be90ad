/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mappings of a process.
 */
#include <linux/export.h>
#include <linux/mm.h>

#define ENOMEM	12

/* A stack leaves this much room to the mapping below it. */
#define STACK_GAP	PAGE_SIZE

/*
 * The first mapping that ends above an address; it may begin above it, too.
 */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = mm->mmap;

	while (vma != NULL && vma->vm_end <= addr)
		vma = vma->vm_next;
	return vma;
}
EXPORT_SYMBOL(find_vma);

static struct vm_area_struct *find_vma_below(struct vm_area_struct *vma)
{
	struct vm_area_struct *below = vma->vm_mm->mmap;

	if (below == vma)
		return NULL;
	while (below->vm_next != vma)
		below = below->vm_next;
	return below;
}

/*
 * Makes a stack begin at an address below its begin.
 */
int expand_stack(struct vm_area_struct *vma, unsigned long address)
{
	struct vm_area_struct *below = find_vma_below(vma);

	address &= PAGE_MASK;
	if (below != NULL && address < below->vm_end + STACK_GAP)
		return -ENOMEM;

	if (address < vma->vm_start) {
		vma->vm_pgoff -= (vma->vm_start - address) >> PAGE_SHIFT;
		vma->vm_start = address;
	}
	return 0;
}
