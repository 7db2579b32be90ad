/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_MMZONE_H
#define _LINUX_MMZONE_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/nodemask.h>
#include <linux/percpu.h>
#include <linux/spinlock.h>
#include <linux/topology.h>
#include <linux/types.h>

/* Free memory is kept in blocks of 1, 2, 4 … 1 << (MAX_ORDER - 1) pages. */
#define MAX_ORDER		11
#define MAX_ORDER_NR_PAGES	(1 << (MAX_ORDER - 1))

/* Up to this order the allocator promises to try for long. */
#define PAGE_ALLOC_COSTLY_ORDER	3

/* How the pages of one block may be got back: blocks are kept apart by it. */
enum {
	MIGRATE_UNMOVABLE,
	MIGRATE_RECLAIMABLE,
	MIGRATE_MOVABLE,
	MIGRATE_PCPTYPES,	/* the types above have lists per processor */
	MIGRATE_RESERVE = MIGRATE_PCPTYPES,
#ifdef CONFIG_CMA
	MIGRATE_CMA,
#endif
	MIGRATE_TYPES
};

#ifdef CONFIG_CMA
# define is_migrate_cma(migratetype)	((migratetype) == MIGRATE_CMA)
#else
# define is_migrate_cma(migratetype)	false
#endif

extern int page_group_by_mobility_disabled;

enum zone_stat_item {
	NR_FREE_PAGES,
	NR_ALLOC_BATCH,
	NR_FREE_CMA_PAGES,
	NR_VM_ZONE_STAT_ITEMS
};

/* How full a zone has to stay, by the kind of request. */
enum zone_watermarks {
	WMARK_MIN,
	WMARK_LOW,
	WMARK_HIGH,
	NR_WMARK
};

#define min_wmark_pages(z)	((z)->watermark[WMARK_MIN])
#define low_wmark_pages(z)	((z)->watermark[WMARK_LOW])
#define high_wmark_pages(z)	((z)->watermark[WMARK_HIGH])

enum zone_type {
#ifdef CONFIG_ZONE_DMA
	ZONE_DMA,		/* what old devices can reach */
#endif
	ZONE_NORMAL,		/* mapped for good */
#ifdef CONFIG_HIGHMEM
	ZONE_HIGHMEM,		/* mapped only while it is looked at */
#endif
	ZONE_MOVABLE,		/* holds nothing that cannot be moved */
	__MAX_NR_ZONES
};

#define MAX_NR_ZONES	__MAX_NR_ZONES

enum zone_flags {
	ZONE_OOM_LOCKED,
	ZONE_FAIR_DEPLETED
};

struct free_area {
	struct list_head	free_list[MIGRATE_TYPES];
	unsigned long		nr_free;
};

/* The pages that one processor has at hand, in lists by migrate type. */
struct per_cpu_pages {
	int			count;
	int			high;
	int			batch;
	struct list_head	lists[MIGRATE_PCPTYPES];
};

struct per_cpu_pageset {
	struct per_cpu_pages	pcp;
};

struct pglist_data;

struct zone {
	unsigned long		watermark[NR_WMARK];
	long			lowmem_reserve[MAX_NR_ZONES];
	struct pglist_data	*zone_pgdat;
	struct per_cpu_pageset __percpu *pageset;
	unsigned long		zone_start_pfn;
	unsigned long		spanned_pages;
	const char		*name;
	spinlock_t		lock;
	struct free_area	free_area[MAX_ORDER];
	unsigned long		flags;
	unsigned int		compact_defer_shift;
	atomic_long_t		vm_stat[NR_VM_ZONE_STAT_ITEMS];
};

struct zoneref {
	struct zone		*zone;
	int			zone_idx;
};

#define MAX_ZONES_PER_ZONELIST	(MAX_NUMNODES * MAX_NR_ZONES)

/* The zones to try, best first, ended by one that is NULL. */
struct zonelist {
	struct zoneref		_zonerefs[MAX_ZONES_PER_ZONELIST + 1];
};

typedef struct pglist_data {
	struct zone		node_zones[MAX_NR_ZONES];
	struct zonelist		node_zonelists[1];
	int			node_id;
} pg_data_t;

#ifdef CONFIG_NUMA
extern pg_data_t *node_data[];
# define NODE_DATA(nid)		(node_data[nid])
#else
extern pg_data_t contig_page_data;
# define NODE_DATA(nid)		(&contig_page_data)
#endif

#define zone_idx(zone)		((zone) - (zone)->zone_pgdat->node_zones)

static inline int zonelist_zone_idx(struct zoneref *zoneref)
{
	return zoneref->zone_idx;
}

static inline bool zone_page_state_low(struct zone *zone, long mark)
{
	return atomic_long_read(&zone->vm_stat[NR_FREE_PAGES]) <= mark;
}

extern struct zoneref *next_zones_zonelist(struct zoneref *z,
					   enum zone_type highest_zoneidx,
					   nodemask_t *nodes, struct zone **zone);

static inline struct zoneref *
first_zones_zonelist(struct zonelist *zonelist, enum zone_type highest_zoneidx,
		     nodemask_t *nodes, struct zone **zone)
{
	return next_zones_zonelist(zonelist->_zonerefs, highest_zoneidx,
				   nodes, zone);
}

#define for_each_zone_zonelist_nodemask(zone, z, zlist, highidx, nodemask)	\
	for (z = first_zones_zonelist(zlist, highidx, nodemask, &zone);		\
	     zone;								\
	     z = next_zones_zonelist(z + 1, highidx, nodemask, &zone))

#endif /* _LINUX_MMZONE_H */
