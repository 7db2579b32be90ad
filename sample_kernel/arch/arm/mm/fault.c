/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults of 32-bit ARM: from the status register to a page, a signal or the end.
 */
#include <linux/hardirq.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/siginfo.h>
#include <linux/uaccess.h>
#include <asm/exception.h>
#include <asm/ptrace.h>
#include <asm/system_info.h>
#include <asm/system_misc.h>

#include "fault.h"











#ifdef CONFIG_MMU

#ifdef CONFIG_KPROBES
extern int kprobe_fault_handler(struct pt_regs *regs, unsigned int fsr);

/* A probe may fault on purpose; then nobody else is concerned. */
static inline int notify_page_fault(struct pt_regs *regs, unsigned int fsr)
{
	return user_mode(regs) ? 0 : kprobe_fault_handler(regs, fsr);
}
#else
static inline int notify_page_fault(struct pt_regs *regs, unsigned int fsr)
{
	return 0;
}
#endif










/*
 * Shows which entries of the page tables lead to an address.
 */
static void show_pte(struct mm_struct *mm, unsigned long addr)
{
	pgd_t *pgd;
	pmd_t *pmd;

	if (mm == NULL)
		mm = &init_mm;

	pgd = pgd_offset(mm, addr);
	pmd = (pmd_t *)pgd;
	printk(KERN_ALERT "address %08lx: first level %08lx", addr, pmd_val(*pmd));
	if (!pmd_none(*pmd))
		printk(", second level %08lx",
		       pte_val(*pte_offset_map(pmd, addr)));
	printk("\n");
}
#else /* !CONFIG_MMU */
static inline void show_pte(struct mm_struct *mm, unsigned long addr)
{
}
#endif /* CONFIG_MMU */










/*
 * The kernel used an address that it must not use. Some places expect that
 * and say where to go on; everywhere else it is the end.
 */
static void
__do_kernel_fault(struct mm_struct *mm, unsigned long addr, unsigned int fsr,
		  struct pt_regs *regs)
{
	const struct exception_table_entry *entry;

	entry = search_exception_tables(regs->ARM_pc);
	if (entry != NULL) {
		regs->ARM_pc = entry->fixup;
		return;
	}

	printk(KERN_ALERT "The kernel cannot use address %08lx%s\n", addr,
	       addr < PAGE_SIZE ? ", a null pointer" : "");
	show_pte(mm, addr);
	die("fault", regs, fsr);
}

/*
 * What a process is told about a fault.
 */
static void describe_fault(struct siginfo *info, int sig, int code,
			   unsigned long addr)
{
	*info = (struct siginfo) {
		.si_signo = sig,
		.si_code = code,
		.si_addr = (void __user *)addr,
	};
}


/*
 * A process used an address that it must not use: it gets a signal.
 */
static void
__do_user_fault(struct task_struct *tsk, unsigned long addr,
		unsigned int fsr, unsigned int sig, int code,
		struct pt_regs *regs)
{
	struct siginfo si;

#ifdef CONFIG_DEBUG_USER
	printk(KERN_INFO "%s: signal %u at %08lx, fsr %#x\n",
	       tsk->comm, sig, addr, fsr);
	show_pte(tsk->mm, addr);
#endif

	describe_fault(&si, sig, code, addr);
	tsk->thread = (struct thread_struct) {
		.address = addr,
		.error_code = fsr,
		.trap_no = 14,
	};
	force_sig_info(sig, &si, tsk);
}










/*
 * An address that no page table will ever have an entry for.
 */
void do_bad_area(unsigned long addr, unsigned int fsr, struct pt_regs *regs)
{
	struct task_struct *tsk = current;

	if (user_mode(regs))
		__do_user_fault(tsk, addr, fsr, SIGSEGV, SEGV_MAPERR, regs);
	else
		__do_kernel_fault(tsk->mm, addr, fsr, regs);
}












#ifdef CONFIG_MMU
/* What __do_page_fault() adds to the bits of handle_mm_fault(). */
#define VM_FAULT_BADMAP		0x010000
#define VM_FAULT_BADACCESS	0x020000












/*
 * Tells whether a mapping forbids what was attempted.
 */
static inline bool access_error(unsigned int fsr, struct vm_area_struct *vma)
{
	unsigned int wanted = VM_READ | VM_WRITE | VM_EXEC;

	if (fsr & FSR_LNX_PF)
		wanted = VM_EXEC;
	else if (fsr & FSR_WRITE)
		wanted = VM_WRITE;

	return (vma->vm_flags & wanted) == 0;
}






/*
 * Called with mmap_sem held for reading, and returns with it held.
 */
static int __kprobes
__do_page_fault(struct mm_struct *mm, unsigned long addr, unsigned int fsr,
		unsigned int flags, struct task_struct *tsk)
{
	struct vm_area_struct *vma = find_vma(mm, addr);
	int fault = VM_FAULT_BADMAP;

	if (unlikely(vma == NULL))
		goto out;
	if (unlikely(addr < vma->vm_start))
		goto maybe_stack;

usable:
	/* There is a mapping; it has to allow the access, too. */
	fault = VM_FAULT_BADACCESS;
	if (access_error(fsr, vma))
		goto out;


	/*
	 * Whatever happens, it happens to the whole page; so the address is
	 * that of the page from here on. What comes back says how it went, and
	 * whether the lock was kept.
	 */
	return handle_mm_fault(mm, vma, addr & PAGE_MASK, flags);

maybe_stack:
	/* A stack grows down to what is used, but not onto the vectors. */
	if ((vma->vm_flags & VM_GROWSDOWN) && addr >= FIRST_USER_ADDRESS &&
	    expand_stack(vma, addr) == 0)
		goto usable;
out:
	return fault;
}

static int __kprobes
do_page_fault(unsigned long addr, unsigned int fsr, struct pt_regs *regs)
{
	unsigned int flags = FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE;
	struct task_struct *tsk = current;
	struct mm_struct *mm = tsk->mm;
	int fault, code;
	bool known;

	if (notify_page_fault(regs, fsr) != 0)
		return 0;

	/* What was interrupted could be interrupted, so this can, too. */
	if (interrupts_enabled(regs))
		local_irq_enable();

	/*
	 * A handler may have to wait, and it needs a process to find a page
	 * for. Neither an interrupt nor a kernel thread offers that.
	 */
	if (mm == NULL || in_atomic() || irqs_disabled())
		goto no_context;

	if (fsr & FSR_WRITE)
		flags |= FAULT_FLAG_WRITE;
	if (user_mode(regs))
		flags |= FAULT_FLAG_USER;

	/*
	 * The kernel uses addresses of processes at known places only. If it
	 * is anywhere else, it may hold the lock: waiting would be for ever.
	 */
	known = user_mode(regs) || search_exception_tables(regs->ARM_pc);
#ifdef CONFIG_DEBUG_VM
	if (!known)
		goto no_context;
#endif
	if (!down_read_trylock(&mm->mmap_sem)) {
		if (!known)
			goto no_context;
again:
		down_read(&mm->mmap_sem);
	}





	/*
	 * From here on mappings neither come nor go, while other threads of
	 * the process may well fault at the same time. The handler may let go
	 * of the lock to wait for a disk, but only if FAULT_FLAG_ALLOW_RETRY
	 * allows it, and then it returns VM_FAULT_RETRY.
	 */
	fault = __do_page_fault(mm, addr, fsr, flags, tsk);

	/* The handler let go of the lock, and the process is about to end. */
	if ((fault & VM_FAULT_RETRY) && fatal_signal_pending(tsk))
		return 0;

	/* Counted once, also if it takes a second try. */
	if (!(flags & FAULT_FLAG_TRIED) && (fault & VM_FAULT_MAJOR))
		tsk->maj_flt++;
	else if (!(flags & FAULT_FLAG_TRIED))
		tsk->min_flt++;

	if ((fault & VM_FAULT_RETRY) && !(flags & FAULT_FLAG_TRIED)) {
		flags ^= FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_TRIED;
		goto again;
	}
	up_read(&mm->mmap_sem);

	if (likely(!(fault & (VM_FAULT_ERROR | VM_FAULT_BADMAP | VM_FAULT_BADACCESS))))
		return 0;

	/* Nobody can send a signal to the kernel. */
	if (!user_mode(regs))
		goto no_context;

	if (fault & VM_FAULT_OOM) {
		pagefault_out_of_memory();
	} else if (fault & VM_FAULT_SIGBUS) {
		__do_user_fault(tsk, addr, fsr, SIGBUS, BUS_ADRERR, regs);
	} else {
		code = fault & VM_FAULT_BADACCESS ? SEGV_ACCERR : SEGV_MAPERR;
		__do_user_fault(tsk, addr, fsr, SIGSEGV, code, regs);
	}
	return 0;

no_context:
	__do_kernel_fault(mm, addr, fsr, regs);
	return 0;
}
#else /* !CONFIG_MMU */
static int
do_page_fault(unsigned long addr, unsigned int fsr, struct pt_regs *regs)
{
	return 0;
}
#endif /* CONFIG_MMU */


































/*
 * The first level has no entry for the address.
 *
 * Below TASK_SIZE that is a page fault like others. Above, it may be an entry
 * that the kernel has and this process has not got yet.
 */
#ifdef CONFIG_MMU
static int __kprobes
do_translation_fault(unsigned long addr, unsigned int fsr,
		     struct pt_regs *regs)
{
	pgd_t *ours, *kernels;

	if (addr < TASK_SIZE)
		return do_page_fault(addr, fsr, regs);

	ours = pgd_offset(current->mm, addr);
	kernels = pgd_offset_k(addr);
	if (user_mode(regs) || kernels->pgd[0] == 0)
		do_bad_area(addr, fsr, regs);
	else
		*ours = *kernels;
	return 0;
}
#else /* !CONFIG_MMU */
static int
do_translation_fault(unsigned long addr, unsigned int fsr,
		     struct pt_regs *regs)
{
	return 0;
}
#endif /* CONFIG_MMU */


























/*
 * Sections are mapped by the kernel for itself: no page will come.
 */
#ifndef CONFIG_ARM_LPAE
static int
do_sect_fault(unsigned long addr, unsigned int fsr, struct pt_regs *regs)
{
	do_bad_area(addr, fsr, regs);
	return 0;
}
#endif /* CONFIG_ARM_LPAE */

/*
 * For what cannot be handled.
 */
static int
do_bad(unsigned long addr, unsigned int fsr, struct pt_regs *regs)
{
	return 1;
}




















/* What to do about a fault, and which signal it is if that fails. */
struct fsr_info {
	int	(*fn)(unsigned long addr, unsigned int fsr, struct pt_regs *regs);
	int	sig;
	int	code;
	const char *name;
};

/* The tables fsr_info[] and ifsr_info[], by the kind of page tables. */
#ifdef CONFIG_ARM_LPAE
#include "fsr-3level.c"
#else
#include "fsr-2level.c"
#endif

/*
 * Drivers and families of processors may know better about a fault of data.
 */
void __init
hook_fault_code(int nr, int (*fn)(unsigned long, unsigned int, struct pt_regs *),
		int sig, int code, const char *name)
{
	struct fsr_info *inf = &fsr_info[nr];

	BUG_ON(nr < 0 || nr >= ARRAY_SIZE(fsr_info));
	inf->fn = fn;
	inf->sig = sig;
	inf->code = code;
	inf->name = name;
}


























/*
 * A data abort: whoever the table names tries first.
 */
asmlinkage void __exception
do_DataAbort(unsigned long addr, unsigned int fsr, struct pt_regs *regs)
{
	const struct fsr_info *inf = fsr_info + fsr_fs(fsr);
	struct siginfo info;

	if (inf->fn(addr, fsr & ~FSR_LNX_PF, regs) == 0)
		return;

	printk(KERN_ALERT "Data abort, %s (status %#x, address %08lx)\n",
	       inf->name, fsr, addr);
	describe_fault(&info, inf->sig, inf->code, addr);
	arm_notify_die("data abort", regs, &info, fsr, 0);
}

/*
 * The same for faults of instructions.
 */
void __init
hook_ifault_code(int nr, int (*fn)(unsigned long, unsigned int, struct pt_regs *),
		 int sig, int code, const char *name)
{
	struct fsr_info *inf = &ifsr_info[nr];

	BUG_ON(nr < 0 || nr >= ARRAY_SIZE(ifsr_info));
	inf->fn = fn;
	inf->sig = sig;
	inf->code = code;
	inf->name = name;
}

/*
 * A prefetch abort: an instruction could not be fetched.
 */
asmlinkage void __exception
do_PrefetchAbort(unsigned long addr, unsigned int ifsr, struct pt_regs *regs)
{
	const struct fsr_info *inf = ifsr_info + fsr_fs(ifsr);
	struct siginfo info;

	if (inf->fn(addr, ifsr | FSR_LNX_PF, regs) == 0)
		return;

	printk(KERN_ALERT "Prefetch abort, %s (status %#x, address %08lx)\n",
	       inf->name, ifsr, addr);
	describe_fault(&info, inf->sig, inf->code, addr);
	arm_notify_die("prefetch abort", regs, &info, ifsr, 0);
}

#ifndef CONFIG_ARM_LPAE
/*
 * Later architectures gave new meanings to some statuses.
 */
static int __init exceptions_init(void)
{
	if (cpu_architecture() >= CPU_ARCH_ARMv6)
		hook_fault_code(4, do_translation_fault, SIGSEGV, SEGV_MAPERR,
				"instruction cache maintenance fault");

	if (cpu_architecture() >= CPU_ARCH_ARMv7) {
		hook_fault_code(3, do_bad, SIGSEGV, SEGV_MAPERR,
				"section access flag fault");
		hook_fault_code(6, do_bad, SIGSEGV, SEGV_MAPERR,
				"page access flag fault");
	}

	return 0;
}

arch_initcall(exceptions_init);
#endif /* CONFIG_ARM_LPAE */
