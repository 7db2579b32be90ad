/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_SWAP_H
#define _LINUX_SWAP_H

#include <linux/mm.h>

/* Where in the swap space a page lies. */
typedef struct {
	unsigned long val;
} swp_entry_t;

static inline swp_entry_t pte_to_swp_entry(pte_t pte)
{
	swp_entry_t entry = { pte_val(pte) >> 3 };

	return entry;
}

extern void lru_cache_add(struct page *page);
extern struct page *lookup_swap_cache(swp_entry_t entry);
extern struct page *read_swap_cache(swp_entry_t entry, gfp_t gfp_mask,
				    struct vm_area_struct *vma,
				    unsigned long addr);
extern unsigned long try_to_free_pages(struct zonelist *zonelist, int order,
				       gfp_t gfp_mask, nodemask_t *nodemask);
extern void wakeup_kswapd(struct zone *zone, int order,
			  enum zone_type classzone_idx);

#endif /* _LINUX_SWAP_H */
