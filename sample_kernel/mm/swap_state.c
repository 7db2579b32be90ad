/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pages that are in the swap space and in memory as well.
 */
#include <linux/swap.h>

#define CACHED_PAGES	64

/* The driver of the swap device says here how to read a page. */
int (*swap_readpage)(swp_entry_t entry, struct page *page);

static struct page *swap_cache[CACHED_PAGES];

struct page *lookup_swap_cache(swp_entry_t entry)
{
	struct page *page = swap_cache[entry.val & (CACHED_PAGES - 1)];

	if (page == NULL || page->private != entry.val || !PageSwapCache(page))
		return NULL;
	get_page(page);
	return page;
}

/*
 * Reads a page back. NULL if there is no memory or the device fails.
 */
struct page *read_swap_cache(swp_entry_t entry, gfp_t gfp_mask,
			     struct vm_area_struct *vma, unsigned long addr)
{
	struct page *page = alloc_page_vma(gfp_mask, vma, addr);

	if (page == NULL)
		return NULL;

	if (swap_readpage == NULL || swap_readpage(entry, page) != 0) {
		put_page(page);
		return NULL;
	}

	page->private = entry.val;
	page->flags |= 1UL << PG_swapcache;
	swap_cache[entry.val & (CACHED_PAGES - 1)] = page;
	return page;
}
