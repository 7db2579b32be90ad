/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A window of a few pages onto memory that is not mapped for good.
 */
#include <linux/export.h>
#include <linux/highmem.h>

#ifdef CONFIG_HIGHMEM

#define KM_SLOTS	16
#define KM_BASE		(MODULES_END)

/* The page table of the window. */
pte_t *kmap_pte;

static unsigned int kmap_used;

void *kmap_atomic(struct page *page)
{
	void *fixed = page_address(page);
	unsigned int slot;

	/* Most pages have an address anyway. */
	if (fixed < high_memory)
		return fixed;

	slot = kmap_used++ & (KM_SLOTS - 1);
	kmap_pte[slot] = mk_pte(page, ((pgprot_t) { L_PTE_PRESENT | L_PTE_YOUNG }));
	return (void *)(KM_BASE + slot * PAGE_SIZE);
}
EXPORT_SYMBOL(kmap_atomic);

void kunmap_atomic(void *kvaddr)
{
	unsigned long offset = (unsigned long)kvaddr - KM_BASE;

	if (offset >= KM_SLOTS * PAGE_SIZE)
		return;
	kmap_pte[offset >> PAGE_SHIFT] = __pte(0);
	kmap_used--;
}
EXPORT_SYMBOL(kunmap_atomic);

#endif /* CONFIG_HIGHMEM */
