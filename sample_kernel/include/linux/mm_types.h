/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_MM_TYPES_H
#define _LINUX_MM_TYPES_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <asm/page.h>

struct address_space;
struct anon_vma;
struct vm_operations_struct;

/* One of these for each page of memory, all in one array. */
struct page {
	unsigned long		flags;		/* PG_* */
	struct address_space	*mapping;
	pgoff_t			index;		/* its place in the mapping */
	atomic_t		_mapcount;
	atomic_t		_count;		/* free when nobody refers to it */
	struct list_head	lru;		/* free list or list by age */
	unsigned long		private;	/* order, while it is free */
	int			migratetype;
	struct zone		*zone;
};

/* A stretch of one process's addresses that are treated alike. */
struct vm_area_struct {
	unsigned long		vm_start;
	unsigned long		vm_end;		/* the first address behind it */
	struct vm_area_struct	*vm_next;
	struct mm_struct	*vm_mm;
	pgprot_t		vm_page_prot;
	unsigned long		vm_flags;	/* VM_* */
	struct anon_vma		*anon_vma;
	const struct vm_operations_struct *vm_ops;
	pgoff_t			vm_pgoff;
	void			*vm_private_data;
};

enum {
	MM_FILEPAGES,
	MM_ANONPAGES,
	MM_SWAPENTS,
	NR_MM_COUNTERS
};

/* The memory of a process. */
struct mm_struct {
	struct vm_area_struct	*mmap;		/* in order of addresses */
	pgd_t			*pgd;
	spinlock_t		page_table_lock;
	struct rw_semaphore	mmap_sem;
	unsigned long		start_stack;
	atomic_long_t		rss_stat[NR_MM_COUNTERS];
};

extern struct mm_struct init_mm;

#endif /* _LINUX_MM_TYPES_H */
