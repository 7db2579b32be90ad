/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Frees pages that nobody has used for long.
 */
#include <linux/swap.h>

/* So many at once, so that a caller does not wait for ever. */
#define SWAP_CLUSTER_MAX	32

extern struct list_head inactive_list;

static unsigned int kswapd_order;
static bool kswapd_awake;

/*
 * Frees pages from the old end of the list; returns how many.
 */
unsigned long try_to_free_pages(struct zonelist *zonelist, int order,
				gfp_t gfp_mask, nodemask_t *nodemask)
{
	unsigned long freed = 0;
	unsigned long seen;

	for (seen = 0; seen < SWAP_CLUSTER_MAX; seen++) {
		struct page *page;

		if (list_empty(&inactive_list))
			break;

		page = list_last_entry(&inactive_list, struct page, lru);
		if (atomic_read(&page->_mapcount) > 0) {
			/* Still mapped: it counts as young again. */
			list_move(&page->lru, &inactive_list);
			continue;
		}
		put_page(page);
		freed++;
	}

	return freed;
}

void wakeup_kswapd(struct zone *zone, int order, enum zone_type classzone_idx)
{
	if (!zone_page_state_low(zone, low_wmark_pages(zone)))
		return;

	if (order > kswapd_order)
		kswapd_order = order;
	kswapd_awake = true;
}
