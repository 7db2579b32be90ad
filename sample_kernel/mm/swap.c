/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages by age, and the end of their use.
 */
#include <linux/swap.h>

LIST_HEAD(inactive_list);
static spinlock_t lru_lock = __SPIN_LOCK_UNLOCKED;

void lru_cache_add(struct page *page)
{
	unsigned long flags;

	spin_lock_irqsave(&lru_lock, flags);
	list_add(&page->lru, &inactive_list);
	page->flags |= 1UL << PG_lru;
	spin_unlock_irqrestore(&lru_lock, flags);
}

/*
 * Who has a page no longer says so here; the last one frees it.
 */
void put_page(struct page *page)
{
	unsigned long flags;

	if (atomic_read(&page->_count) == 1 && (page->flags & (1UL << PG_lru))) {
		spin_lock_irqsave(&lru_lock, flags);
		list_del_init(&page->lru);
		page->flags &= ~(1UL << PG_lru);
		spin_unlock_irqrestore(&lru_lock, flags);
	}
	__free_page(page);
}
