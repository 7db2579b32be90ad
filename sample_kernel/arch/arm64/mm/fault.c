/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Faults of 64-bit ARM.
 */
#include <linux/hardirq.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/siginfo.h>
#include <linux/uaccess.h>
#include <asm/esr.h>
#include <asm/exception.h>
#include <asm/ptrace.h>
#include <asm/system_misc.h>

#define VM_FAULT_BADMAP		0x010000
#define VM_FAULT_BADACCESS	0x020000

/* Linux uses a bit that the processor leaves alone for instruction aborts. */
#define ESR_LNX_EXEC		(1U << 24)

static void __do_kernel_fault(struct mm_struct *mm, unsigned long addr,
			      unsigned int esr, struct pt_regs *regs)
{
	const struct exception_table_entry *entry;

	entry = search_exception_tables(regs->pc);
	if (entry == NULL)
		die("fault", regs, esr);
	else
		regs->pc = entry->fixup;
}

static void __do_user_fault(struct task_struct *tsk, unsigned long addr,
			    unsigned int esr, unsigned int sig, int code,
			    struct pt_regs *regs)
{
	struct siginfo si = {
		.si_signo = sig,
		.si_code = code,
		.si_addr = (void __user *)addr,
	};

	tsk->thread.address = addr;
	tsk->thread.error_code = esr;
	force_sig_info(sig, &si, tsk);
}

static int __do_page_fault(struct mm_struct *mm, unsigned long addr,
			   unsigned int mm_flags, unsigned long vm_flags,
			   struct task_struct *tsk)
{
	struct vm_area_struct *vma = find_vma(mm, addr);

	if (vma == NULL)
		return VM_FAULT_BADMAP;
	if (addr < vma->vm_start &&
	    (!(vma->vm_flags & VM_GROWSDOWN) || expand_stack(vma, addr) != 0))
		return VM_FAULT_BADMAP;
	if (!(vma->vm_flags & vm_flags))
		return VM_FAULT_BADACCESS;

	return handle_mm_fault(mm, vma, addr & PAGE_MASK, mm_flags);
}

static int __kprobes do_page_fault(unsigned long addr, unsigned int esr,
				   struct pt_regs *regs)
{
	const unsigned int user = user_mode(regs) ? FAULT_FLAG_USER : 0;
	unsigned int mm_flags = FAULT_FLAG_KILLABLE | user;
	unsigned long vm_flags = VM_READ | VM_WRITE | VM_EXEC;
	struct task_struct *tsk = current;
	struct mm_struct *mm = tsk->mm;
	int fault = VM_FAULT_BADMAP;

	/* Cache maintenance counts as a write for the processor only. */
	if ((esr & (ESR_EL1_WRITE | ESR_EL1_CM)) == ESR_EL1_WRITE) {
		mm_flags |= FAULT_FLAG_WRITE;
		vm_flags = VM_WRITE;
	}
	if (esr & ESR_LNX_EXEC) {
		mm_flags &= ~FAULT_FLAG_WRITE;
		vm_flags = VM_EXEC;
	}

	if (mm != NULL && !in_atomic()) {
		down_read(&mm->mmap_sem);
		fault = __do_page_fault(mm, addr, mm_flags, vm_flags, tsk);
		up_read(&mm->mmap_sem);
	}

	if (!(fault & (VM_FAULT_ERROR | VM_FAULT_BADMAP | VM_FAULT_BADACCESS)))
		return 0;

	if (!user)
		__do_kernel_fault(mm, addr, esr, regs);
	else if (fault & VM_FAULT_OOM)
		pagefault_out_of_memory();
	else
		__do_user_fault(tsk, addr, esr, SIGSEGV,
				fault & VM_FAULT_BADACCESS ? SEGV_ACCERR
							   : SEGV_MAPERR, regs);
	return 0;
}

static int do_bad(unsigned long addr, unsigned int esr, struct pt_regs *regs)
{
	return 1;
}

static struct fault_info {
	int	(*fn)(unsigned long addr, unsigned int esr, struct pt_regs *regs);
	int	sig;
	int	code;
	const char *name;
} fault_info[] = {
	{ do_bad,		SIGBUS,  0,		"level 0 address size fault" },
	{ do_bad,		SIGBUS,  0,		"level 1 address size fault" },
	{ do_bad,		SIGBUS,  0,		"level 2 address size fault" },
	{ do_bad,		SIGBUS,  0,		"level 3 address size fault" },
	{ do_page_fault,	SIGSEGV, SEGV_MAPERR,	"level 0 translation fault" },
	{ do_page_fault,	SIGSEGV, SEGV_MAPERR,	"level 1 translation fault" },
	{ do_page_fault,	SIGSEGV, SEGV_MAPERR,	"level 2 translation fault" },
	{ do_page_fault,	SIGSEGV, SEGV_MAPERR,	"level 3 translation fault" },
	{ do_bad,		SIGBUS,  0,		"reserved status 8" },
	{ do_bad,		SIGSEGV, SEGV_ACCERR,	"level 1 access flag fault" },
	{ do_bad,		SIGSEGV, SEGV_ACCERR,	"level 2 access flag fault" },
	{ do_page_fault,	SIGSEGV, SEGV_ACCERR,	"level 3 access flag fault" },
	{ do_bad,		SIGBUS,  0,		"reserved status 12" },
	{ do_bad,		SIGSEGV, SEGV_ACCERR,	"level 1 permission fault" },
	{ do_page_fault,	SIGSEGV, SEGV_ACCERR,	"level 2 permission fault" },
	{ do_page_fault,	SIGSEGV, SEGV_ACCERR,	"level 3 permission fault" },
};

/*
 * Called by the entry code for aborts of data and of instructions.
 */
asmlinkage void __exception do_mem_abort(unsigned long addr, unsigned int esr,
					 struct pt_regs *regs)
{
	const struct fault_info *inf = fault_info + (esr & 15);
	struct siginfo info = {
		.si_signo = inf->sig,
		.si_code = inf->code,
		.si_addr = (void __user *)addr,
	};

	if (inf->fn(addr, esr, regs) == 0)
		return;

	printk(KERN_ALERT "Abort, %s (syndrome %#x, address %016lx)\n",
	       inf->name, esr, addr);
	arm_notify_die("abort", regs, &info, esr, 0);
}
