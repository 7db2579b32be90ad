/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page allocator: zones, free lists, and what to do when they are empty.
 */
#include <linux/compaction.h>
#include <linux/cpuset.h>
#include <linux/export.h>
#include <linux/hardirq.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/oom.h>
#include <linux/sched.h>
#include <linux/swap.h>
#include <linux/vmstat.h>

#include "internal.h"










































pg_data_t contig_page_data;
nodemask_t node_online_map = { { 1UL } };
int page_group_by_mobility_disabled;
unsigned long vm_event_states[NR_VM_EVENT_ITEMS];

EXPORT_SYMBOL(contig_page_data);

/* Less than all while the system starts, and while it goes to sleep. */
gfp_t gfp_allowed_mask = GFP_BOOT_MASK;

#ifdef CONFIG_PAGE_ALLOC_LOG
static unsigned int page_alloc_log_order = 4;
#endif







































































































































































































































































































































































































































































































/* The page that together with this one makes a block of the next order. */
static inline struct page *
find_buddy(struct zone *zone, struct page *page, unsigned int order)
{
	unsigned long pfn = page_to_pfn(page) ^ (1UL << order);

	if (pfn < zone->zone_start_pfn ||
	    pfn >= zone->zone_start_pfn + zone->spanned_pages)
		return NULL;
	return pfn_to_page(pfn);
}





























/*
 * Gives a block back, together with as many neighbours as are free.
 *
 * Called with the zone locked.
 */
static void __free_one_page(struct page *page, struct zone *zone,
			    unsigned int order, int migratetype)
{
	struct page *buddy;

	while (order < MAX_ORDER - 1) {
		buddy = find_buddy(zone, page, order);
		if (buddy == NULL || atomic_read(&buddy->_count) != 0 ||
		    buddy->private != order)
			break;

		list_del(&buddy->lru);
		zone->free_area[order].nr_free--;
		if (buddy < page)
			page = buddy;
		order++;
	}

	page->private = order;
	list_add(&page->lru, &zone->free_area[order].free_list[migratetype]);
	zone->free_area[order].nr_free++;
}





































































































































void __free_pages(struct page *page, unsigned int order)
{
	struct zone *zone = page_zone(page);
	unsigned long flags;

	if (!atomic_dec_and_test(&page->_count))
		return;

	spin_lock_irqsave(&zone->lock, flags);
	__free_one_page(page, zone, order, page->migratetype);
	spin_unlock_irqrestore(&zone->lock, flags);
	__mod_zone_page_state(zone, NR_FREE_PAGES, 1L << order);
}
EXPORT_SYMBOL(__free_pages);


























































































































































































/*
 * Cuts a block in halves until the lower one has the order that is wanted;
 * the upper ones go back.
 */
static inline void expand(struct zone *zone, struct page *page,
			  unsigned int low, unsigned int high, int migratetype)
{
	while (high > low) {
		struct page *upper;

		high--;
		upper = page + (1UL << high);
		upper->private = high;
		list_add(&upper->lru,
			 &zone->free_area[high].free_list[migratetype]);
		zone->free_area[high].nr_free++;
	}
}

/*
 * Makes a page that was taken from the lists fit to be used. Returns nonzero
 * for one that is in use already: then a list was wrong, and it stays away.
 */
static int prep_new_page(struct page *page, unsigned int order, gfp_t gfp_flags)
{
	unsigned int i;

	if (unlikely(atomic_read(&page->_count) != 0))
		return 1;

	page->private = 0;
	atomic_set(&page->_count, 1);
	if (gfp_flags & __GFP_ZERO) {
		for (i = 0; i < (1U << order); i++)
			clear_user_highpage(page + i, 0);
	}
	return 0;
}
































/*
 * The smallest block of a type that is large enough.
 */
static inline
struct page *__rmqueue_smallest(struct zone *zone, unsigned int order,
				int migratetype)
{
	unsigned int at;

	for (at = order; at < MAX_ORDER; at++) {
		struct free_area *area = &zone->free_area[at];
		struct page *page;

		if (list_empty(&area->free_list[migratetype]))
			continue;

		page = list_first_entry(&area->free_list[migratetype],
					struct page, lru);
		list_del(&page->lru);
		area->nr_free--;
		expand(zone, page, order, at, migratetype);
		page->migratetype = migratetype;
		return page;
	}

	return NULL;
}

/* Where to look when there is no block of a type, best first. */
static const int fallbacks[MIGRATE_PCPTYPES][3] = {
	[MIGRATE_UNMOVABLE]	= { MIGRATE_RECLAIMABLE, MIGRATE_MOVABLE, MIGRATE_RESERVE },
	[MIGRATE_RECLAIMABLE]	= { MIGRATE_UNMOVABLE, MIGRATE_MOVABLE, MIGRATE_RESERVE },
#ifdef CONFIG_CMA
	[MIGRATE_MOVABLE]	= { MIGRATE_CMA, MIGRATE_RECLAIMABLE, MIGRATE_RESERVE },
#else
	[MIGRATE_MOVABLE]	= { MIGRATE_RECLAIMABLE, MIGRATE_UNMOVABLE, MIGRATE_RESERVE },
#endif
};


























































































































/*
 * Takes a block off the free lists. Called with the zone locked.
 */
static struct page *__rmqueue(struct zone *zone, unsigned int order,
			      int migratetype)
{
	struct page *page;
	unsigned int i;

	page = __rmqueue_smallest(zone, order, migratetype);
	for (i = 0; page == NULL && i < ARRAY_SIZE(fallbacks[0]); i++)
		page = __rmqueue_smallest(zone, order, fallbacks[migratetype][i]);

	return page;
}















/*
 * Takes many single pages at once, so that the zone is locked only once.
 */
static int rmqueue_bulk(struct zone *zone, unsigned int order,
			unsigned long count, struct list_head *list,
			int migratetype, bool cold)
{
	unsigned long got;

	spin_lock(&zone->lock);
	for (got = 0; got < count; got++) {
		struct page *page = __rmqueue(zone, order, migratetype);

		if (unlikely(page == NULL))
			break;
		if (likely(!cold))
			list_add(&page->lru, list);
		else
			list_add_tail(&page->lru, list);
	}
	spin_unlock(&zone->lock);

	__mod_zone_page_state(zone, NR_FREE_PAGES, -(long)(got << order));
	return got;
}



























































































































































































































































































































/*
 * One block for the caller. Single pages come from the processor's own lists,
 * larger blocks from the zone.
 */
static inline
struct page *buffered_rmqueue(struct zone *preferred_zone,
			      struct zone *zone, unsigned int order,
			      gfp_t gfp_flags, int migratetype)
{
	const bool cold = gfp_flags & __GFP_COLD;
	struct page *page = NULL;
	unsigned long flags;

	do {
		local_irq_save(flags);
		if (likely(order == 0)) {
			struct per_cpu_pages *mine = &this_cpu_ptr(zone->pageset)->pcp;
			struct list_head *list = &mine->lists[migratetype];

			if (list_empty(list))
				mine->count += rmqueue_bulk(zone, 0, mine->batch,
							    list, migratetype, cold);
			if (unlikely(list_empty(list)))
				goto empty;

			/* What was freed last is still in the cache. */
			page = cold ? list_last_entry(list, struct page, lru)
				    : list_first_entry(list, struct page, lru);
			list_del(&page->lru);
			mine->count--;
		} else {
			/* Nobody can promise large blocks. */
			WARN_ON_ONCE((gfp_flags & __GFP_NOFAIL) && order > 1);

			spin_lock(&zone->lock);
			page = __rmqueue(zone, order, migratetype);
			spin_unlock(&zone->lock);
			if (page == NULL)
				goto empty;
			__mod_zone_page_state(zone, NR_FREE_PAGES, -(1L << order));
		}

		__mod_zone_page_state(zone, NR_ALLOC_BATCH, -(1L << order));
		if (atomic_long_read(&zone->vm_stat[NR_ALLOC_BATCH]) <= 0)
			zone->flags |= 1UL << ZONE_FAIR_DEPLETED;
		count_vm_events(PGALLOC, 1L << order);
		local_irq_restore(flags);

		/* A page that is in use already never goes back to a list. */
	} while (unlikely(prep_new_page(page, order, gfp_flags) != 0));

	return page;

empty:
	local_irq_restore(flags);
	return NULL;
}











































#ifdef CONFIG_FAIL_PAGE_ALLOC
extern bool should_fail_alloc_page(gfp_t gfp_mask, unsigned int order);
#else /* CONFIG_FAIL_PAGE_ALLOC */
static inline bool should_fail_alloc_page(gfp_t gfp_mask, unsigned int order)
{
	return false;
}
#endif /* CONFIG_FAIL_PAGE_ALLOC */
































/*
 * Tells whether a zone has enough left for a request once it is served.
 */
static bool zone_watermark_ok(struct zone *z, unsigned int order,
			      unsigned long mark, int classzone_idx,
			      int alloc_flags)
{
	long min = mark;
	long free = atomic_long_read(&z->vm_stat[NR_FREE_PAGES]);

	free -= (1L << order) - 1;
	if (alloc_flags & ALLOC_HIGH)
		min -= min >> 1;
	if (alloc_flags & ALLOC_HARDER)
		min -= min >> 2;
#ifdef CONFIG_CMA
	/* What lies in contiguous areas does not count for others. */
	if (!(alloc_flags & ALLOC_CMA))
		free -= atomic_long_read(&z->vm_stat[NR_FREE_CMA_PAGES]);
#endif

	return free > min + z->lowmem_reserve[classzone_idx];
}





































struct zoneref *next_zones_zonelist(struct zoneref *z,
				    enum zone_type highest_zoneidx,
				    nodemask_t *nodes, struct zone **zone)
{
	while (z->zone != NULL &&
	       (z->zone_idx > (int)highest_zoneidx ||
		(nodes && !node_isset(z->zone->zone_pgdat->node_id, *nodes))))
		z++;

	*zone = z->zone;
	return z;
}




























































































































































































/*
 * The turns of all zones begin again.
 */
static void reset_alloc_batches(struct zone *preferred_zone)
{
	struct zone *zone = preferred_zone->zone_pgdat->node_zones;

	do {
		atomic_long_set(&zone->vm_stat[NR_ALLOC_BATCH],
				high_wmark_pages(zone) - low_wmark_pages(zone));
		zone->flags &= ~(1UL << ZONE_FAIR_DEPLETED);
	} while (zone++ != preferred_zone);
}







/*
 * Goes through the zones and takes a block from the first one that can spare
 * it.
 */
static struct page *
get_page_from_freelist(gfp_t gfp_mask, nodemask_t *nodemask, unsigned int order,
		       struct zonelist *zonelist, int high_zoneidx, int alloc_flags,
		       struct zone *preferred_zone, int classzone_idx, int migratetype)
{
	struct zoneref *z;
	struct page *page = NULL;
	struct zone *zone;
	bool skipped_fair;

zonelist_scan:
	skipped_fair = false;
	for_each_zone_zonelist_nodemask(zone, z, zonelist,
					high_zoneidx, nodemask) {
		unsigned long mark;

		if ((alloc_flags & ALLOC_CPUSET) &&
		    !cpuset_zone_allowed(zone, gfp_mask))
			continue;

		/* A zone whose turn is over waits for the others. */
		if ((alloc_flags & ALLOC_FAIR) &&
		    (zone->flags & (1UL << ZONE_FAIR_DEPLETED))) {
			skipped_fair = true;
			continue;
		}

		if (!(alloc_flags & ALLOC_NO_WATERMARKS)) {
			mark = zone->watermark[alloc_flags & ALLOC_WMARK_MASK];
			if (!zone_watermark_ok(zone, order, mark,
					       classzone_idx, alloc_flags))
				continue;
		}

		page = buffered_rmqueue(preferred_zone, zone, order,
					gfp_mask, migratetype);
		if (page != NULL)
			return page;
	}

	/* Taking turns must not make a request fail. */
	if (skipped_fair) {
		reset_alloc_batches(preferred_zone);
		alloc_flags &= ~ALLOC_FAIR;
		goto zonelist_scan;
	}

	return NULL;
}







































































































































































/*
 * Says that a request failed, unless the caller asked for silence.
 */
static void warn_alloc_failed(gfp_t gfp_mask, unsigned int order)
{
	if (gfp_mask & __GFP_NOWARN)
		return;
	printk(KERN_WARNING "%s: no memory: order %u, flags %#x\n",
	       current->comm, order, gfp_mask);
}

/*
 * Tells whether it makes sense to begin again after some pages were freed.
 */
static inline int
should_alloc_retry(gfp_t gfp_mask, unsigned int order,
		   unsigned long did_some_progress,
		   unsigned long pages_reclaimed)
{
	if (gfp_mask & __GFP_NORETRY)
		return 0;
	if (gfp_mask & __GFP_NOFAIL)
		return 1;
	if (order <= PAGE_ALLOC_COSTLY_ORDER)
		return did_some_progress != 0;

	return (gfp_mask & __GFP_REPEAT) && pages_reclaimed < (1UL << order);
}






























































/*
 * The last resort but one: some process ends.
 */
static inline struct page *
__alloc_pages_may_oom(gfp_t gfp_mask, unsigned int order,
	struct zonelist *zonelist, enum zone_type high_zoneidx,
	nodemask_t *nodemask, struct zone *preferred_zone,
	int classzone_idx, int migratetype)
{
	struct page *page;

	/* One may be ending just now: then there is plenty. */
	page = get_page_from_freelist(gfp_mask|__GFP_HARDWALL, nodemask,
		order, zonelist, high_zoneidx,
		ALLOC_WMARK_HIGH|ALLOC_CPUSET,
		preferred_zone, classzone_idx, migratetype);
	if (page != NULL)
		return page;

	/* Ending a process does not make large blocks. */
	if (order > PAGE_ALLOC_COSTLY_ORDER && !(gfp_mask & __GFP_NOFAIL))
		return NULL;

	out_of_memory(zonelist, gfp_mask, order, nodemask);
	return NULL;
}












































#ifdef CONFIG_COMPACTION
/*
 * There may be enough pages, only not in one place: moves them together.
 */
static inline struct page *
__alloc_pages_direct_compact(gfp_t gfp_mask, unsigned int order,
	struct zonelist *zonelist, enum zone_type high_zoneidx,
	nodemask_t *nodemask, int alloc_flags, struct zone *preferred_zone,
	int classzone_idx, int migratetype, enum migrate_mode mode,
	bool *deferred_compaction)
{
	unsigned long result;
	struct page *page;

	/* A single page is always in one place. */
	if (order == 0)
		return NULL;

	current->flags |= PF_MEMALLOC;
	result = try_to_compact_pages(zonelist, order, gfp_mask, nodemask, mode);
	current->flags &= ~PF_MEMALLOC;

	if (result == COMPACT_DEFERRED)
		*deferred_compaction = true;
	if (result == COMPACT_DEFERRED || result == COMPACT_SKIPPED)
		return NULL;

	count_vm_event(COMPACTSTALL);
	page = get_page_from_freelist(gfp_mask, nodemask,
			order, zonelist, high_zoneidx,
			alloc_flags & ~ALLOC_NO_WATERMARKS,
			preferred_zone, classzone_idx, migratetype);
	count_vm_event(page != NULL ? COMPACTSUCCESS : COMPACTFAIL);
	return page;
}
#else
static inline struct page *
__alloc_pages_direct_compact(gfp_t gfp_mask, unsigned int order,
	struct zonelist *zonelist, enum zone_type high_zoneidx,
	nodemask_t *nodemask, int alloc_flags, struct zone *preferred_zone,
	int classzone_idx, int migratetype, enum migrate_mode mode,
	bool *deferred_compaction)
{
	return NULL;
}
#endif /* CONFIG_COMPACTION */


































/*
 * Frees pages at once, in the name of whoever needs them.
 */
static struct page *
__alloc_pages_direct_reclaim(gfp_t gfp_mask, unsigned int order,
	struct zonelist *zonelist, enum zone_type high_zoneidx,
	nodemask_t *nodemask, int alloc_flags, struct zone *preferred_zone,
	int classzone_idx, int migratetype, unsigned long *did_some_progress)
{
	count_vm_event(ALLOCSTALL);
	current->flags |= PF_MEMALLOC;
	*did_some_progress = try_to_free_pages(zonelist, order,
					       gfp_mask, nodemask);
	current->flags &= ~PF_MEMALLOC;
	cond_resched();

	if (*did_some_progress == 0)
		return NULL;

	return get_page_from_freelist(gfp_mask, nodemask, order,
			zonelist, high_zoneidx,
			alloc_flags & ~ALLOC_NO_WATERMARKS,
			preferred_zone, classzone_idx, migratetype);
}




































/*
 * Who frees memory gets memory, without a look at the watermarks.
 */
static inline struct page *
__alloc_pages_high_priority(gfp_t gfp_mask, unsigned int order,
	struct zonelist *zonelist, enum zone_type high_zoneidx,
	nodemask_t *nodemask, struct zone *preferred_zone,
	int classzone_idx, int migratetype)
{
	for (;;) {
		struct page *page;

		page = get_page_from_freelist(gfp_mask, nodemask, order,
				zonelist, high_zoneidx, ALLOC_NO_WATERMARKS,
				preferred_zone, classzone_idx, migratetype);
		if (page != NULL || !(gfp_mask & __GFP_NOFAIL))
			return page;

		io_schedule_timeout(2);
	}
}

/*
 * Wakes whoever frees memory in the background.
 */
static void wake_all_kswapds(unsigned int order, struct zonelist *zonelist,
			     enum zone_type high_zoneidx,
			     struct zone *preferred_zone, nodemask_t *nodemask)
{
	const int wanted = zone_idx(preferred_zone);
	struct zone *zone;
	struct zoneref *at;

	for_each_zone_zonelist_nodemask(zone, at, zonelist, high_zoneidx, nodemask) {
		if (zone_page_state_low(zone, high_wmark_pages(zone)))
			wakeup_kswapd(zone, order, wanted);
	}
}






















/*
 * How far the slow path may go for a request. It takes no turns between
 * zones: whoever comes here needs a page, from wherever.
 */
static inline int
gfp_to_alloc_flags(gfp_t gfp_mask)
{
	int alloc_flags = ALLOC_WMARK_MIN | ALLOC_CPUSET;
	const bool cannot_wait = !(gfp_mask & (__GFP_WAIT | __GFP_NO_KSWAPD));

	/* The two flags have the same value, so one becomes the other. */
	BUILD_BUG_ON(__GFP_HIGH != (__force gfp_t)ALLOC_HIGH);
	alloc_flags |= (__force int)(gfp_mask & __GFP_HIGH);

	if (cannot_wait) {
		alloc_flags &= ~ALLOC_CPUSET;
		if (!(gfp_mask & __GFP_NOMEMALLOC))
			alloc_flags |= ALLOC_HARDER;
	} else if (unlikely(rt_task(current)) && !in_interrupt()) {
		alloc_flags |= ALLOC_HARDER;
	}

	if (IS_ENABLED(CONFIG_CMA) &&
	    gfpflags_to_migratetype(gfp_mask) == MIGRATE_MOVABLE)
		alloc_flags |= ALLOC_CMA;

	if (gfp_mask & __GFP_NOMEMALLOC)
		return alloc_flags;

	/* Who frees memory, or is about to end, may take the last page. */
	if (gfp_mask & __GFP_MEMALLOC)
		alloc_flags |= ALLOC_NO_WATERMARKS;
	if (!in_interrupt() && ((current->flags & PF_MEMALLOC) ||
				test_thread_flag(TIF_MEMDIE)))
		alloc_flags |= ALLOC_NO_WATERMARKS;

	return alloc_flags;
}










































/*
 * No zone could spare a block. From the harmless to the drastic: wake kswapd,
 * go below the watermarks, move pages, free pages, end a process.
 */
static inline struct page *
__alloc_pages_slowpath(gfp_t gfp_mask, unsigned int order,
	struct zonelist *zonelist, enum zone_type high_zoneidx,
	nodemask_t *nodemask, struct zone *preferred_zone,
	int classzone_idx, int migratetype)
{
	const bool may_fail = !(gfp_mask & __GFP_NOFAIL);
	enum migrate_mode mode = MIGRATE_ASYNC;
	unsigned long freed = 0, freed_so_far = 0;
	bool deferred = false;
	struct page *page;
	int alloc_flags;

	if (unlikely(order >= MAX_ORDER)) {
		WARN_ON_ONCE(!(gfp_mask & __GFP_NOWARN));
		return NULL;
	}

wake_and_try:
	if (!(gfp_mask & __GFP_NO_KSWAPD))
		wake_all_kswapds(order, zonelist, high_zoneidx,
				 preferred_zone, nodemask);

	alloc_flags = gfp_to_alloc_flags(gfp_mask);

	/* Who is free to use any node has another best zone. */
	if (!nodemask && !(alloc_flags & ALLOC_CPUSET))
		classzone_idx = zonelist_zone_idx(
			first_zones_zonelist(zonelist, high_zoneidx,
					     NULL, &preferred_zone));

try:
	page = get_page_from_freelist(gfp_mask, nodemask, order, zonelist,
			high_zoneidx, alloc_flags & ~ALLOC_NO_WATERMARKS,
			preferred_zone, classzone_idx, migratetype);
	if (page == NULL && (alloc_flags & ALLOC_NO_WATERMARKS))
		page = __alloc_pages_high_priority(gfp_mask, order,
				zonelist, high_zoneidx, nodemask,
				preferred_zone, classzone_idx, migratetype);
	if (page != NULL)
		return page;

	/* What follows may sleep, and must not come here again. */
	if (!(gfp_mask & __GFP_WAIT) || (current->flags & PF_MEMALLOC))
		goto fail;
	if (may_fail && test_thread_flag(TIF_MEMDIE))
		goto fail;

	page = __alloc_pages_direct_compact(gfp_mask, order, zonelist,
			high_zoneidx, nodemask, alloc_flags, preferred_zone,
			classzone_idx, migratetype, mode, &deferred);
	if (page != NULL)
		return page;

	/* Huge pages can wait for a better time. */
	if (deferred && (gfp_mask & __GFP_NO_KSWAPD))
		goto fail;
	mode = MIGRATE_SYNC_LIGHT;

	page = __alloc_pages_direct_reclaim(gfp_mask, order, zonelist,
			high_zoneidx, nodemask, alloc_flags, preferred_zone,
			classzone_idx, migratetype, &freed);
	if (page != NULL)
		return page;

	if (freed == 0 && !oom_killer_disabled &&
	    (gfp_mask & (__GFP_FS | __GFP_NORETRY)) == __GFP_FS) {
		page = __alloc_pages_may_oom(gfp_mask, order, zonelist,
				high_zoneidx, nodemask, preferred_zone,
				classzone_idx, migratetype);
		if (page != NULL)
			return page;
		if (order <= PAGE_ALLOC_COSTLY_ORDER)
			goto wake_and_try;
	}

	freed_so_far += freed;
	if (should_alloc_retry(gfp_mask, order, freed, freed_so_far)) {
		io_schedule_timeout(2);
		goto try;
	}

	/* Large blocks: what was freed may just have to be moved together. */
	page = __alloc_pages_direct_compact(gfp_mask, order, zonelist,
			high_zoneidx, nodemask, alloc_flags, preferred_zone,
			classzone_idx, migratetype, mode, &deferred);
	if (page != NULL)
		return page;

fail:
	warn_alloc_failed(gfp_mask, order);
	return NULL;
}

























































































































/*
 * Every page of the system is handed out here.
 *
 * Returns the first of 1 << order pages, or NULL.
 */
struct page *
__alloc_pages_nodemask(gfp_t gfp_mask, unsigned int order,
		       struct zonelist *zonelist, nodemask_t *nodemask)
{
#ifdef CONFIG_ZONE_MOVABLE_CMA
	/* The movable zone is one large contiguous area: only on request. */
	enum zone_type high_zoneidx = gfp_zone(gfp_mask & ~__GFP_MOVABLE);
	int alloc_flags = ALLOC_WMARK_LOW|ALLOC_CPUSET;
#else
	enum zone_type high_zoneidx = gfp_zone(gfp_mask);
	int alloc_flags = ALLOC_WMARK_LOW|ALLOC_CPUSET|ALLOC_FAIR;
#endif
	int migratetype = gfpflags_to_migratetype(gfp_mask);
	struct zone *preferred_zone;
	struct zoneref *first;
	struct page *page = NULL;
	unsigned int cpuset_mems_cookie;
	int classzone_idx;

	gfp_mask &= gfp_allowed_mask;

	might_sleep_if(gfp_mask & __GFP_WAIT);

	if (should_fail_alloc_page(gfp_mask, order))
		return NULL;

	/* A node without any memory has an empty list. */
	if (unlikely(!zonelist->_zonerefs->zone))
		return NULL;

#ifdef CONFIG_PAGE_ALLOC_LOG
	/* This vendor likes to know who asks for large blocks. */
	if (order >= page_alloc_log_order)
		printk(KERN_INFO "%s: order %u, flags %#x\n",
		       current->comm, order, gfp_mask);
#endif

	/* What can be moved may use areas that have to be cleared on demand. */
	if (IS_ENABLED(CONFIG_CMA) && migratetype == MIGRATE_MOVABLE)
		alloc_flags |= ALLOC_CMA;

retry_cpuset:
	cpuset_mems_cookie = read_mems_allowed_begin();

	/* The best zone; the others are compared with it. */
	first = first_zones_zonelist(zonelist, high_zoneidx,
			nodemask ? nodemask : &cpuset_current_mems_allowed,
			&preferred_zone);
	if (preferred_zone == NULL)
		goto out;
	classzone_idx = zonelist_zone_idx(first);







	/*
	 * Mostly there is a page at hand, and that is all. The zones take
	 * turns, so that pages get old at the same pace in all of them, and
	 * none is emptied below its low watermark.
	 */
	page = get_page_from_freelist(gfp_mask|__GFP_HARDWALL, nodemask, order,
			zonelist, high_zoneidx, alloc_flags,
			preferred_zone, classzone_idx, migratetype);
	if (unlikely(page == NULL)) {
		/* No disk, if waiting for it would be waiting for ourselves. */
		gfp_mask = memalloc_noio_flags(gfp_mask);
#ifdef CONFIG_ZONE_MOVABLE_CMA
		high_zoneidx = gfp_zone(gfp_mask);
#endif
		page = __alloc_pages_slowpath(gfp_mask, order,
				zonelist, high_zoneidx, nodemask,
				preferred_zone, classzone_idx, migratetype);
	}

out:
	/* The nodes of the task may have changed meanwhile. */
	if (unlikely(page == NULL && read_mems_allowed_retry(cpuset_mems_cookie)))
		goto retry_cpuset;

	return page;
}
EXPORT_SYMBOL(__alloc_pages_nodemask);












/*
 * For callers that want an address instead of a struct page.
 */
unsigned long __get_free_pages(gfp_t gfp_mask, unsigned int order)
{
	struct page *page;

	/* High memory has no address. */
	VM_BUG_ON((gfp_mask & __GFP_HIGHMEM) != 0);

	page = alloc_pages(gfp_mask, order);
	return page ? (unsigned long)page_address(page) : 0;
}
EXPORT_SYMBOL(__get_free_pages);

unsigned long get_zeroed_page(gfp_t gfp_mask)
{
	return __get_free_pages(gfp_mask | __GFP_ZERO, 0);
}
EXPORT_SYMBOL(get_zeroed_page);
