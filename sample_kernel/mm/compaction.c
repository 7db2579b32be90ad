/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moves pages together, so that large blocks become free.
 */
#include <linux/compaction.h>
#include <linux/mm.h>

/* After a failure a zone is left alone 1, 2, 4 … times. */
#define COMPACT_MAX_DEFER_SHIFT	6

static unsigned int considered;

static bool compaction_deferred(struct zone *zone)
{
	unsigned int times = 1U << zone->compact_defer_shift;

	return zone->compact_defer_shift != 0 && (++considered & (times - 1));
}

/* A zone is worth it if it has the pages, only not in one place. */
static bool compaction_suitable(struct zone *zone, int order)
{
	return !zone_page_state_low(zone, low_wmark_pages(zone) + (2L << order));
}

/*
 * Empties a large block by moving what is in it; true if one became free.
 */
static bool compact_zone(struct zone *zone, int order, enum migrate_mode mode)
{
	struct free_area *area = &zone->free_area[order];

	if (mode == MIGRATE_ASYNC && zone->lock.held)
		return false;
	return area->nr_free != 0;
}

unsigned long try_to_compact_pages(struct zonelist *zonelist, int order,
				   gfp_t gfp_mask, nodemask_t *nodemask,
				   enum migrate_mode mode)
{
	unsigned long result = COMPACT_SKIPPED;
	struct zoneref *z;
	struct zone *zone;

	for_each_zone_zonelist_nodemask(zone, z, zonelist,
					gfp_zone(gfp_mask), nodemask) {
		if (compaction_deferred(zone)) {
			result = COMPACT_DEFERRED;
			continue;
		}
		if (!compaction_suitable(zone, order))
			continue;

		if (compact_zone(zone, order, mode)) {
			zone->compact_defer_shift = 0;
			return COMPACT_PARTIAL;
		}
		if (zone->compact_defer_shift < COMPACT_MAX_DEFER_SHIFT)
			zone->compact_defer_shift++;
		result = COMPACT_CONTINUE;
	}

	return result;
}
