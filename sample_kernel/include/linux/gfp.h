/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __LINUX_GFP_H
#define __LINUX_GFP_H

#include <linux/kernel.h>
#include <linux/linkage.h>
#include <linux/mmdebug.h>
#include <linux/mmzone.h>
#include <linux/topology.h>

struct vm_area_struct;

/* The bits as plain numbers, for the preprocessor and for tools. */
#define ___GFP_DMA		0x01u
#define ___GFP_HIGHMEM		0x02u
#define ___GFP_DMA32		0x04u
#define ___GFP_MOVABLE		0x08u
#define ___GFP_WAIT		0x10u
#define ___GFP_HIGH		0x20u
#define ___GFP_IO		0x40u
#define ___GFP_FS		0x80u
#define ___GFP_COLD		0x100u
#define ___GFP_NOWARN		0x200u
#define ___GFP_REPEAT		0x400u
#define ___GFP_NOFAIL		0x800u
#define ___GFP_NORETRY		0x1000u
#define ___GFP_MEMALLOC		0x2000u
#define ___GFP_COMP		0x4000u
#define ___GFP_ZERO		0x8000u
#define ___GFP_NOMEMALLOC	0x10000u
#define ___GFP_HARDWALL		0x20000u
#define ___GFP_THISNODE		0x40000u
#define ___GFP_RECLAIMABLE	0x80000u
#define ___GFP_NOTRACK		0x200000u
#define ___GFP_NO_KSWAPD	0x400000u
#define ___GFP_OTHER_NODE	0x800000u
#define ___GFP_WRITE		0x1000000u
#define ___GFP_CMA		0x2000000u	/* this vendor's own */

/*
 * Which zones may serve a request.
 */
#define __GFP_DMA	((__force gfp_t)___GFP_DMA)
#define __GFP_HIGHMEM	((__force gfp_t)___GFP_HIGHMEM)
#define __GFP_DMA32	((__force gfp_t)___GFP_DMA32)
#define __GFP_MOVABLE	((__force gfp_t)___GFP_MOVABLE)	/* the page can be moved later */
#define GFP_ZONEMASK	(__GFP_DMA|__GFP_HIGHMEM|__GFP_DMA32|__GFP_MOVABLE)

/*
 * What may be done to serve it.
 */
#define __GFP_WAIT	((__force gfp_t)___GFP_WAIT)	/* sleep */
#define __GFP_HIGH	((__force gfp_t)___GFP_HIGH)	/* use the reserves, it is urgent */
#define __GFP_IO	((__force gfp_t)___GFP_IO)	/* write to a disk */
#define __GFP_FS	((__force gfp_t)___GFP_FS)	/* call a file system */
#define __GFP_COLD	((__force gfp_t)___GFP_COLD)	/* not in the cache is fine */
#define __GFP_NOWARN	((__force gfp_t)___GFP_NOWARN)	/* fail in silence */
#define __GFP_REPEAT	((__force gfp_t)___GFP_REPEAT)	/* try for long */
#define __GFP_NOFAIL	((__force gfp_t)___GFP_NOFAIL)	/* try for ever */
#define __GFP_NORETRY	((__force gfp_t)___GFP_NORETRY)	/* try once */
#define __GFP_MEMALLOC	((__force gfp_t)___GFP_MEMALLOC)	/* use all reserves */
#define __GFP_COMP	((__force gfp_t)___GFP_COMP)	/* make it one compound page */
#define __GFP_ZERO	((__force gfp_t)___GFP_ZERO)	/* clear it */
#define __GFP_NOMEMALLOC ((__force gfp_t)___GFP_NOMEMALLOC)	/* use no reserves */
#define __GFP_HARDWALL	((__force gfp_t)___GFP_HARDWALL)	/* stay in the task's own nodes */
#define __GFP_THISNODE	((__force gfp_t)___GFP_THISNODE)	/* this node or none */
#define __GFP_RECLAIMABLE ((__force gfp_t)___GFP_RECLAIMABLE)	/* a cache that shrinks */
#define __GFP_NOTRACK	((__force gfp_t)___GFP_NOTRACK)	/* not watched by kmemcheck */

#define __GFP_NO_KSWAPD	((__force gfp_t)___GFP_NO_KSWAPD)	/* let kswapd sleep */
#define __GFP_OTHER_NODE ((__force gfp_t)___GFP_OTHER_NODE)	/* for another node's sake */
#define __GFP_WRITE	((__force gfp_t)___GFP_WRITE)	/* it will be written soon */
#define __GFP_CMA	((__force gfp_t)___GFP_CMA)	/* contiguous areas may serve it */

#define __GFP_BITS_SHIFT 26
#define __GFP_BITS_MASK	((__force gfp_t)((1 << __GFP_BITS_SHIFT) - 1))

/*
 * The usual kinds of requests.
 */
#define GFP_NOWAIT	(GFP_ATOMIC & ~__GFP_HIGH)
#define GFP_ATOMIC	(__GFP_HIGH)
#define GFP_NOIO	(__GFP_WAIT)
#define GFP_NOFS	(__GFP_WAIT | __GFP_IO)
#define GFP_KERNEL	(__GFP_WAIT | __GFP_IO | __GFP_FS)
#define GFP_TEMPORARY	(__GFP_WAIT | __GFP_IO | __GFP_FS | \
			 __GFP_RECLAIMABLE)
#define GFP_USER	(__GFP_WAIT | __GFP_IO | __GFP_FS | __GFP_HARDWALL)
#define GFP_DMA		__GFP_DMA
#define GFP_DMA32	__GFP_DMA32
#ifdef CONFIG_DMAUSER_PAGES
/* Processes get memory that every device can reach. */
#define GFP_HIGHUSER	(__GFP_WAIT | __GFP_IO | __GFP_FS | __GFP_HARDWALL | \
			 GFP_DMA)
#define GFP_HIGHUSER_MOVABLE	(__GFP_WAIT | __GFP_IO | __GFP_FS | \
				 __GFP_HARDWALL | GFP_DMA)
#else
#define GFP_HIGHUSER	(__GFP_WAIT | __GFP_IO | __GFP_FS | __GFP_HARDWALL | \
			 __GFP_HIGHMEM)
#define GFP_HIGHUSER_MOVABLE	(__GFP_WAIT | __GFP_IO | __GFP_FS | \
				 __GFP_HARDWALL | __GFP_HIGHMEM | \
				 __GFP_MOVABLE)
#endif
#define GFP_IOFS	(__GFP_IO | __GFP_FS)
#define GFP_TRANSHUGE	(GFP_HIGHUSER_MOVABLE | __GFP_COMP | \
			 __GFP_NOMEMALLOC | __GFP_NORETRY | __GFP_NOWARN | \
			 __GFP_NO_KSWAPD)

#define GFP_MOVABLE_MASK (__GFP_RECLAIMABLE|__GFP_MOVABLE)

/* While the system starts, nothing can wait. */
#define GFP_BOOT_MASK	(__GFP_BITS_MASK & ~(__GFP_WAIT|__GFP_IO|__GFP_FS))



































































/* The kind of block that the pages of a request belong into. */
static inline int gfpflags_to_migratetype(const gfp_t gfp_flags)
{
	if (unlikely(page_group_by_mobility_disabled))
		return MIGRATE_UNMOVABLE;

	if (gfp_flags & __GFP_MOVABLE)
		return MIGRATE_MOVABLE;

	return gfp_flags & __GFP_RECLAIMABLE ? MIGRATE_RECLAIMABLE
					     : MIGRATE_UNMOVABLE;
}
















































/*
 * The highest zone that may serve a request; those below it may, too.
 * ZONE_MOVABLE takes only what is both movable and happy with high memory.
 */
static inline enum zone_type gfp_zone(gfp_t flags)
{
	const gfp_t anywhere = __GFP_HIGHMEM | __GFP_MOVABLE;

#ifdef CONFIG_ZONE_DMA
	if (flags & __GFP_DMA)
		return ZONE_DMA;
#endif
	if ((flags & anywhere) == anywhere)
		return ZONE_MOVABLE;
#ifdef CONFIG_HIGHMEM
	if (flags & __GFP_HIGHMEM)
		return ZONE_HIGHMEM;
#endif
	return ZONE_NORMAL;
}

/* The zones of a node, and those of other nodes behind them. */
static inline struct zonelist *node_zonelist(int nid, gfp_t flags)
{
	return &NODE_DATA(nid)->node_zonelists[0];
}

















































extern struct page *
__alloc_pages_nodemask(gfp_t gfp_mask, unsigned int order,
		       struct zonelist *zonelist, nodemask_t *nodemask);



/* For callers without a wish as to the node. */
static inline struct page *
__alloc_pages(gfp_t gfp_mask, unsigned int order,
	      struct zonelist *zonelist)
{
	return __alloc_pages_nodemask(gfp_mask, order, zonelist, NULL);
}

static inline struct page *alloc_pages_node(int nid, gfp_t gfp_mask,
					    unsigned int order)
{
	/* A node that is not known: the one that this processor belongs to. */
	if (nid == NUMA_NO_NODE)
		nid = numa_node_id();

	return __alloc_pages(gfp_mask, order, node_zonelist(nid, gfp_mask));
}

static inline struct page *alloc_pages_exact_node(int nid, gfp_t gfp_mask,
						  unsigned int order)
{
	VM_BUG_ON(nid < 0 || nid >= MAX_NUMNODES);
	return __alloc_pages(gfp_mask, order, node_zonelist(nid, gfp_mask));
}

#ifdef CONFIG_NUMA
extern struct page *alloc_pages_current(gfp_t gfp_mask, unsigned int order);

static inline struct page *
alloc_pages(gfp_t gfp_mask, unsigned int order)
{
	return alloc_pages_current(gfp_mask, order);
}
extern struct page *alloc_pages_vma(gfp_t gfp_mask, int order,
				    struct vm_area_struct *vma,
				    unsigned long addr, int node);
#else

#define alloc_pages(gfp_mask, order) \
		alloc_pages_node(numa_node_id(), gfp_mask, order)
#define alloc_pages_vma(gfp_mask, order, vma, addr, node) \
		alloc_pages(gfp_mask, order)
#endif
#define alloc_page(gfp_mask) alloc_pages(gfp_mask, 0)
#define alloc_page_vma(gfp_mask, vma, addr) \
		alloc_pages_vma(gfp_mask, 0, vma, addr, numa_node_id())

extern unsigned long __get_free_pages(gfp_t gfp_mask, unsigned int order);
extern unsigned long get_zeroed_page(gfp_t gfp_mask);
extern void __free_pages(struct page *page, unsigned int order);

#define __free_page(page)	__free_pages((page), 0)

extern gfp_t gfp_allowed_mask;

#endif /* __LINUX_GFP_H */
