/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page faults of x86.
 */
#include <linux/hardirq.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/siginfo.h>
#include <linux/uaccess.h>
#include <asm/ptrace.h>

/* The error code that the processor pushes. */
#define PF_PROT		0x01	/* the page is there, but not for this */
#define PF_WRITE	0x02	/* somebody wanted to write */
#define PF_USER		0x04	/* it came from user mode */

static inline unsigned long read_cr2(void)
{
	unsigned long address;

	asm volatile("mov %%cr2, %0" : "=r" (address));
	return address;
}

static void bad_area(struct pt_regs *regs, unsigned long error_code,
		     unsigned long address, int si_code)
{
	const struct exception_table_entry *entry;
	struct siginfo si = {
		.si_signo = SIGSEGV,
		.si_code = si_code,
		.si_addr = (void __user *)address,
	};

	if (error_code & PF_USER) {
		force_sig_info(SIGSEGV, &si, current);
		return;
	}

	entry = search_exception_tables(regs->ip);
	if (entry == NULL)
		do_exit(SIGKILL);
	regs->ip = entry->fixup;
}

static void __kprobes
__do_page_fault(struct pt_regs *regs, unsigned long error_code,
		unsigned long address)
{
	unsigned int flags = FAULT_FLAG_ALLOW_RETRY | FAULT_FLAG_KILLABLE;
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;
	int fault;

	if (mm == NULL || in_atomic()) {
		bad_area(regs, error_code, address, SEGV_MAPERR);
		return;
	}

	if (error_code & PF_USER)
		flags |= FAULT_FLAG_USER;
	if (error_code & PF_WRITE)
		flags |= FAULT_FLAG_WRITE;

	down_read(&mm->mmap_sem);
	vma = find_vma(mm, address);
	if (vma == NULL || vma->vm_start > address) {
		up_read(&mm->mmap_sem);
		bad_area(regs, error_code, address, SEGV_MAPERR);
		return;
	}

	fault = handle_mm_fault(mm, vma, address, flags);
	up_read(&mm->mmap_sem);

	if (fault & VM_FAULT_OOM)
		pagefault_out_of_memory();
	else if (fault & VM_FAULT_ERROR)
		bad_area(regs, error_code, address, SEGV_ACCERR);
}

asmlinkage void __kprobes
do_page_fault(struct pt_regs *regs, unsigned long error_code)
{
	unsigned long address = read_cr2();

	__do_page_fault(regs, error_code, address);
}
