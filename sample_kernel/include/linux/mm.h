/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm_types.h>
#include <linux/mmdebug.h>
#include <asm/pgtable.h>

extern void *high_memory;	/* the end of the memory that is mapped for good */
extern struct page *mem_map;

/*
 * vm_flags of a vm_area_struct.
 */
#define VM_NONE		0x00000000

#define VM_READ		0x00000001
#define VM_WRITE	0x00000002
#define VM_EXEC		0x00000004
#define VM_SHARED	0x00000008

#define VM_MAYREAD	0x00000010	/* what mprotect may turn on */
#define VM_MAYWRITE	0x00000020
#define VM_MAYEXEC	0x00000040
#define VM_MAYSHARE	0x00000080

#define VM_GROWSDOWN	0x00000100	/* a stack */
#define VM_PFNMAP	0x00000400	/* memory without a struct page */
#define VM_LOCKED	0x00002000
#define VM_IO		0x00004000

/*
 * How a fault came about and what its handler may do.
 */
#define FAULT_FLAG_WRITE	0x01	/* somebody wanted to write */
#define FAULT_FLAG_NONLINEAR	0x02	/* the page table entry tells the file's page */
#define FAULT_FLAG_MKWRITE	0x04	/* a page that is there becomes writable */
#define FAULT_FLAG_ALLOW_RETRY	0x08	/* mmap_sem may be dropped */
#define FAULT_FLAG_RETRY_NOWAIT	0x10	/* but do not wait then */
#define FAULT_FLAG_KILLABLE	0x20	/* a fatal signal ends the wait */
#define FAULT_FLAG_TRIED	0x40	/* not the first time */
#define FAULT_FLAG_USER		0x80	/* it came from user mode */

/*
 * What a fault handler returns: bits.
 */
#define VM_FAULT_OOM		0x0001
#define VM_FAULT_SIGBUS		0x0002
#define VM_FAULT_MAJOR		0x0004	/* it had to be read from a disk */
#define VM_FAULT_WRITE		0x0008
#define VM_FAULT_HWPOISON	0x0010
#define VM_FAULT_SIGSEGV	0x0040
#define VM_FAULT_NOPAGE		0x0100
#define VM_FAULT_LOCKED		0x0200
#define VM_FAULT_RETRY		0x0400	/* mmap_sem was dropped, start over */
#define VM_FAULT_FALLBACK	0x0800

#define VM_FAULT_ERROR	(VM_FAULT_OOM | VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV | \
			 VM_FAULT_HWPOISON)

/* What a mapping's own handler is told, and what it answers. */
struct vm_fault {
	unsigned int	flags;			/* FAULT_FLAG_* */
	pgoff_t		pgoff;
	void __user	*virtual_address;
	struct page	*page;			/* the answer */
};

struct vm_operations_struct {
	void (*open)(struct vm_area_struct *vma);
	void (*close)(struct vm_area_struct *vma);
	int (*fault)(struct vm_area_struct *vma, struct vm_fault *vmf);
};

enum pageflags {
	PG_locked,
	PG_uptodate,
	PG_dirty,
	PG_lru,
	PG_swapcache
};

#define SetPageUptodate(page)	((page)->flags |= 1UL << PG_uptodate)
#define PageSwapCache(page)	(((page)->flags >> PG_swapcache) & 1)

#define page_to_pfn(page)	((unsigned long)((page) - mem_map) + PHYS_PFN_OFFSET)
#define pfn_to_page(pfn)	(mem_map + ((pfn) - PHYS_PFN_OFFSET))
#define page_address(page)	__va(page_to_pfn(page) << PAGE_SHIFT)
#define virt_to_page(addr)	pfn_to_page(__pa(addr) >> PAGE_SHIFT)
#define page_zone(page)		((page)->zone)

#define mk_pte(page, prot)	pfn_pte(page_to_pfn(page), prot)
#define pte_page(pte)		pfn_to_page(pte_pfn(pte))

static inline void get_page(struct page *page)
{
	atomic_inc(&page->_count);
}

extern void put_page(struct page *page);

#define page_cache_release(page)	put_page(page)

#define inc_mm_counter(mm, member) \
	atomic_long_add(1, &(mm)->rss_stat[member])
#define dec_mm_counter(mm, member) \
	atomic_long_add(-1, &(mm)->rss_stat[member])

/* The page table that a pmd leads to has no lock of its own here. */
#define pte_lockptr(mm, pmd)	(&(mm)->page_table_lock)

/* Maps and locks at once; tells by @ptlp what to unlock. */
static inline pte_t *
pte_offset_map_lock(struct mm_struct *mm, pmd_t *pmd, unsigned long address,
		    spinlock_t **ptlp)
{
	*ptlp = pte_lockptr(mm, pmd);
	spin_lock(*ptlp);
	return pte_offset_map(pmd, address);
}

static inline void pte_unmap_unlock(pte_t *pte, spinlock_t *ptl)
{
	pte_unmap(pte);
	spin_unlock(ptl);
}

extern int __pte_alloc(struct mm_struct *mm, struct vm_area_struct *vma,
		       pmd_t *pmd, unsigned long address);

#ifdef CONFIG_MMU
extern int handle_mm_fault(struct mm_struct *mm, struct vm_area_struct *vma,
			   unsigned long address, unsigned int flags);
#else
static inline int handle_mm_fault(struct mm_struct *mm,
				  struct vm_area_struct *vma,
				  unsigned long address, unsigned int flags)
{
	/* Without an MMU nothing can fault. */
	BUG();
	return VM_FAULT_SIGBUS;
}
#endif

extern struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr);
extern int expand_stack(struct vm_area_struct *vma, unsigned long address);
extern void pagefault_out_of_memory(void);

#endif /* _LINUX_MM_H */
