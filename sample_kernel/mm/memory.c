/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page faults, whatever the architecture: what belongs at an address, and how
 * it gets there.
 */
#include <linux/export.h>
#include <linux/highmem.h>
#include <linux/hugetlb.h>
#include <linux/kernel.h>
#include <linux/memcontrol.h>
#include <linux/mm.h>
#include <linux/rmap.h>
#include <linux/sched.h>
#include <linux/swap.h>
#include <linux/vmstat.h>
























void *high_memory;
struct page *mem_map;
unsigned long empty_zero_pfn;

struct mm_struct init_mm;

EXPORT_SYMBOL(high_memory);
EXPORT_SYMBOL(mem_map);
































































































































































































































































































































































/*
 * Puts an empty page table behind an entry of the first level.
 *
 * Two threads may come here at once; the second one finds the entry filled
 * and gives its page back.
 */
int __pte_alloc(struct mm_struct *mm, struct vm_area_struct *vma,
		pmd_t *pmd, unsigned long address)
{
	unsigned long table = get_zeroed_page(GFP_KERNEL);

	if (table == 0)
		return -1;

	spin_lock(&mm->page_table_lock);
	if (pmd_none(*pmd)) {
		*pmd = __pmd(__pa(table) | 1);
		table = 0;
	}
	spin_unlock(&mm->page_table_lock);

	if (table != 0)
		__free_page(virt_to_page(table));
	return 0;
}















































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































































/*
 * A copy of a page that others still use, for one process alone.
 */
static struct page *
wp_copy_page(struct vm_area_struct *vma, unsigned long address,
	     struct page *old_page)
{
	struct page *copy;

	/* The page of zeros has no struct page to copy from. */
	if (old_page == NULL)
		return alloc_zeroed_user_highpage_movable(vma, address);

	copy = alloc_page_vma(GFP_HIGHUSER_MOVABLE, vma, address);
	if (copy != NULL)
		copy_user_highpage(copy, old_page, address);
	return copy;
}












/*
 * Somebody writes to a page that is there, but shared or meant for reading.
 *
 * Called with the page table locked, returns with it unlocked.
 */
static int do_wp_page(struct mm_struct *mm, struct vm_area_struct *vma,
		      unsigned long address, pte_t *page_table, pmd_t *pmd,
		      spinlock_t *ptl, pte_t orig_pte)
{
	struct page *old_page = NULL;
	struct page *new_page;

	if (pte_pfn(orig_pte) != my_zero_pfn(address)) {
		old_page = pte_page(orig_pte);
		/* Nobody else has it any more. */
		if (atomic_read(&old_page->_mapcount) == 0)
			goto reuse;
		get_page(old_page);
	}
	pte_unmap_unlock(page_table, ptl);

	if (unlikely(anon_vma_prepare(vma)))
		goto oom;
	new_page = wp_copy_page(vma, address, old_page);
	if (new_page == NULL)
		goto oom;

	page_table = pte_offset_map_lock(mm, pmd, address, &ptl);
	if (pte_same(*page_table, orig_pte)) {
		page_add_new_anon_rmap(new_page, vma, address);
		set_pte_at(mm, address, page_table,
			   pte_mkwrite(mk_pte(new_page, vma->vm_page_prot)));
		update_mmu_cache(vma, address, page_table);
		if (old_page != NULL)
			page_remove_rmap(old_page);
		new_page = NULL;
	}
	pte_unmap_unlock(page_table, ptl);
	if (new_page != NULL)
		page_cache_release(new_page);
	if (old_page != NULL)
		page_cache_release(old_page);
	return VM_FAULT_WRITE;

reuse:
	set_pte_at(mm, address, page_table, pte_mkwrite(pte_mkdirty(orig_pte)));
	update_mmu_cache(vma, address, page_table);
	pte_unmap_unlock(page_table, ptl);
	return VM_FAULT_WRITE;

oom:
	if (old_page != NULL)
		page_cache_release(old_page);
	return VM_FAULT_OOM;
}

























































































































































































































































































































































/*
 * The page was written to the swap space and has to come back.
 */
static int do_swap_page(struct mm_struct *mm, struct vm_area_struct *vma,
			unsigned long address, pte_t *page_table, pmd_t *pmd,
			unsigned int flags, pte_t orig_pte)
{
	swp_entry_t entry = pte_to_swp_entry(orig_pte);
	struct page *page;
	spinlock_t *ptl;
	int ret = 0;

	pte_unmap(page_table);

	page = lookup_swap_cache(entry);
	if (page == NULL) {
		page = read_swap_cache(entry, GFP_HIGHUSER_MOVABLE, vma, address);
		if (page == NULL)
			return VM_FAULT_OOM;
		ret = VM_FAULT_MAJOR;
		count_vm_event(PGMAJFAULT);
	}

	page_table = pte_offset_map_lock(mm, pmd, address, &ptl);
	if (pte_same(*page_table, orig_pte)) {
		inc_mm_counter(mm, MM_ANONPAGES);
		dec_mm_counter(mm, MM_SWAPENTS);
		set_pte_at(mm, address, page_table,
			   mk_pte(page, vma->vm_page_prot));
		update_mmu_cache(vma, address, page_table);
	} else {
		page_cache_release(page);
	}
	pte_unmap_unlock(page_table, ptl);
	return ret;
}




























































































/*
 * A stack that touches the mapping below it has no room to grow: tells it
 * before the last page is used.
 */
static inline int check_stack_guard_page(struct vm_area_struct *vma,
					 unsigned long address)
{
	if (!(vma->vm_flags & VM_GROWSDOWN))
		return 0;
	if ((address & PAGE_MASK) != vma->vm_start)
		return 0;
	return expand_stack(vma, (address & PAGE_MASK) - PAGE_SIZE);
}
















/*
 * Memory without a file: zeros, at first.
 *
 * Called with mmap_sem held for reading and the page table mapped but not
 * locked. Returns with mmap_sem held and the page table unmapped.
 */
static int do_anonymous_page(struct mm_struct *mm, struct vm_area_struct *vma,
			     unsigned long address, pte_t *page_table, pmd_t *pmd,
			     unsigned int flags)
{
	const bool writes = flags & FAULT_FLAG_WRITE;
	struct mem_cgroup *payer = NULL;
	struct page *page = NULL;
	spinlock_t *ptl;
	pte_t entry;

	pte_unmap(page_table);

	if (check_stack_guard_page(vma, address) != 0)
		return VM_FAULT_SIGSEGV;

	/* Who only reads gets the page of zeros that all share. */
	entry = pte_mkspecial(pfn_pte(my_zero_pfn(address), vma->vm_page_prot));
	if (!writes)
		goto install;

	/* Who writes gets one to itself, and can be found by it. */
	if (unlikely(anon_vma_prepare(vma) != 0))
		return VM_FAULT_OOM;

	/*
	 * Best in high memory, where it is in nobody's way, and where it can
	 * be moved when somebody needs a large block.
	 */
	page = alloc_zeroed_user_highpage_movable(vma, address);
	if (unlikely(page == NULL))
		return VM_FAULT_OOM;

	if (mem_cgroup_try_charge(page, mm, GFP_KERNEL, &payer) != 0) {
		put_page(page);
		return VM_FAULT_OOM;
	}

	SetPageUptodate(page);
	entry = pte_mkdirty(mk_pte(page, vma->vm_page_prot));
	if (vma->vm_flags & VM_WRITE)
		entry = pte_mkwrite(entry);

install:
	page_table = pte_offset_map_lock(mm, pmd, address, &ptl);
	if (unlikely(!pte_none(*page_table))) {
		/* Another thread was faster. */
		pte_unmap_unlock(page_table, ptl);
		if (page != NULL) {
			mem_cgroup_cancel_charge(page, payer);
			put_page(page);
		}
		return 0;
	}

	if (page != NULL) {
		page_add_new_anon_rmap(page, vma, address);
		mem_cgroup_commit_charge(page, payer);
		inc_mm_counter(mm, MM_ANONPAGES);
		lru_cache_add(page);
	}
	set_pte_at(mm, address, page_table, entry);
	update_mmu_cache(vma, address, page_table);
	pte_unmap_unlock(page_table, ptl);
	return 0;
}
































/*
 * Asks a mapping's own handler for the page.
 */
static int __do_fault(struct vm_area_struct *vma, unsigned long address,
		      pgoff_t pgoff, unsigned int flags, struct page **page)
{
	struct vm_fault vmf = {
		.flags = flags,
		.pgoff = pgoff,
		.virtual_address = (void __user *)(address & PAGE_MASK),
	};
	int ret;

	ret = vma->vm_ops->fault(vma, &vmf);
	*page = vmf.page;
	return ret;
}

























































































































































/*
 * Somebody writes to a private mapping of a file: the page goes into a copy.
 */
static int do_cow_fault(struct vm_area_struct *vma, unsigned long address,
			pgoff_t pgoff, unsigned int flags, struct page **page)
{
	struct page *fault_page;
	struct page *new_page;
	int ret;

	if (unlikely(anon_vma_prepare(vma)))
		return VM_FAULT_OOM;

	new_page = alloc_page_vma(GFP_HIGHUSER_MOVABLE, vma, address);
	if (new_page == NULL)
		return VM_FAULT_OOM;

	ret = __do_fault(vma, address, pgoff, flags, &fault_page);
	if (ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE | VM_FAULT_RETRY)) {
		page_cache_release(new_page);
		return ret;
	}

	copy_user_highpage(new_page, fault_page, address);
	page_cache_release(fault_page);
	*page = new_page;
	return ret;
}




































































































































/*
 * Memory with a file: whoever made the mapping knows the page.
 */
static int do_linear_fault(struct mm_struct *mm, struct vm_area_struct *vma,
			   unsigned long address, pte_t *page_table, pmd_t *pmd,
			   unsigned int flags, pte_t orig_pte)
{
	pgoff_t pgoff = ((address - vma->vm_start) >> PAGE_SHIFT) + vma->vm_pgoff;
	bool cow = (flags & FAULT_FLAG_WRITE) && !(vma->vm_flags & VM_SHARED);
	struct page *page;
	spinlock_t *ptl;
	int ret;

	pte_unmap(page_table);

	if (cow)
		ret = do_cow_fault(vma, address, pgoff, flags, &page);
	else
		ret = __do_fault(vma, address, pgoff, flags, &page);
	if (ret & (VM_FAULT_ERROR | VM_FAULT_NOPAGE | VM_FAULT_RETRY))
		return ret;

	page_table = pte_offset_map_lock(mm, pmd, address, &ptl);
	if (pte_same(*page_table, orig_pte)) {
		if (cow)
			page_add_new_anon_rmap(page, vma, address);
		else
			page_add_file_rmap(page);
		inc_mm_counter(mm, cow ? MM_ANONPAGES : MM_FILEPAGES);
		set_pte_at(mm, address, page_table,
			   mk_pte(page, vma->vm_page_prot));
		update_mmu_cache(vma, address, page_table);
	} else {
		page_cache_release(page);
	}
	pte_unmap_unlock(page_table, ptl);
	return ret;
}


































































































/*
 * The last level: the entry itself tells what kind of fault it is.
 *
 * Called with mmap_sem held for reading and the page table mapped but not
 * locked. Returns with the page table unmapped; whether mmap_sem is still held
 * depends on the flags and on what is returned.
 */
static int handle_pte_fault(struct mm_struct *mm,
			    struct vm_area_struct *vma, unsigned long address,
			    pte_t *pte, pmd_t *pmd, unsigned int flags)
{
	pte_t entry = ACCESS_ONCE(*pte);
	spinlock_t *ptl;

	/* Nothing was there ever: a file knows the page, or it is a new one. */
	if (pte_none(entry)) {
		bool has_file = vma->vm_ops && vma->vm_ops->fault;

		if (has_file)
			return do_linear_fault(mm, vma, address,
					       pte, pmd, flags, entry);

		return do_anonymous_page(mm, vma, address,
					 pte, pmd, flags);
	}

	if (!pte_present(entry))
		return do_swap_page(mm, vma, address,
				    pte, pmd, flags, entry);

	/* The page is there: what is missing is a right, or a mark of use. */
	ptl = pte_lockptr(mm, pmd);
	spin_lock(ptl);
	if (likely(pte_same(*pte, entry))) {
		if ((flags & FAULT_FLAG_WRITE) && !pte_write(entry))
			return do_wp_page(mm, vma, address, pte, pmd, ptl, entry);

		if (flags & FAULT_FLAG_WRITE)
			entry = pte_mkdirty(entry);
		set_pte_at(mm, address, pte, pte_mkyoung(entry));
		update_mmu_cache(vma, address, pte);
	}
	pte_unmap_unlock(pte, ptl);
	return 0;
}


















/*
 * From the address down the levels of the page table, making those that are
 * missing.
 *
 * The rules for mmap_sem are those of handle_pte_fault().
 */
static int __handle_mm_fault(struct mm_struct *mm, struct vm_area_struct *vma,
			     unsigned long address, unsigned int flags)
{
	pgd_t *pgd = pgd_offset(mm, address);
	pud_t *pud;
	pmd_t *pmd;
	pte_t *pte;

	if (unlikely(is_vm_hugetlb_page(vma)))
		return hugetlb_fault(mm, vma, address, flags);

	pud = pud_alloc(mm, pgd, address);
	if (pud == NULL)
		return VM_FAULT_OOM;

	pmd = pmd_alloc(mm, pud, address);
	if (pmd == NULL)
		return VM_FAULT_OOM;

#ifdef CONFIG_TRANSPARENT_HUGEPAGE
	/* A whole block at once is best, if there is one. */
	if (pmd_none(*pmd) && transparent_hugepage_enabled(vma) && !vma->vm_ops) {
		int ret = do_huge_pmd_anonymous_page(mm, vma, address,
						     pmd, flags);

		if (!(ret & VM_FAULT_FALLBACK))
			return ret;
	}

	/* A block that is huge already has no page table to go down to. */
	if (pmd_trans_huge(*pmd)) {
		/* Small pages are just being made of it: look again later. */
		if (pmd_trans_splitting(*pmd))
			return 0;
		if (flags & FAULT_FLAG_WRITE)
			return do_huge_pmd_wp_page(mm, vma, address, pmd);
		huge_pmd_set_accessed(mm, vma, address, pmd);
		return 0;
	}
#endif

















	/*
	 * The table itself takes a page, too; the kernel's own memory is for
	 * that. Without one the process has to be stopped, since the same
	 * access would only fault again.
	 */
	if (unlikely(pmd_none(*pmd)) &&
	    unlikely(__pte_alloc(mm, vma, pmd, address)))
		return VM_FAULT_OOM;





	/*
	 * The page table stays: who takes one away holds mmap_sem for writing,
	 * and it is held for reading here. So the entry can be looked at
	 * without the lock, as long as it is looked at again under it.
	 */
	pte = pte_offset_map(pmd, address);

	return handle_pte_fault(mm, vma, address, pte, pmd, flags);
}


/*
 * What every architecture calls once it has found the mapping.
 *
 * The rules for mmap_sem are those of handle_pte_fault().
 */
int handle_mm_fault(struct mm_struct *mm, struct vm_area_struct *vma,
		    unsigned long address, unsigned int flags)
{
	int ret;

	/* A handler may sleep; whatever state was meant for later is void. */
	__set_current_state(TASK_RUNNING);

	count_vm_event(PGFAULT);



	/*
	 * A group of processes may have a limit. If this fault exceeds it, the
	 * process waits until the others are done, and that works only where
	 * nothing is held: for accesses from user mode.
	 */
	if (flags & FAULT_FLAG_USER)
		mem_cgroup_oom_enable();

	ret = __handle_mm_fault(mm, vma, address, flags);

	if (flags & FAULT_FLAG_USER) {
		mem_cgroup_oom_disable();
		if (!(ret & VM_FAULT_OOM))
			mem_cgroup_oom_synchronize(false);
	}

	return ret;
}
EXPORT_SYMBOL_GPL(handle_mm_fault);
