/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens when nobody can handle an exception.
 */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/siginfo.h>
#include <asm/ptrace.h>
#include <asm/system_misc.h>

static int die_counter;

/*
 * The kernel itself went wrong: tells where, and ends the thread.
 */
void die(const char *msg, struct pt_regs *regs, int err)
{
	printk(KERN_EMERG "%s (%#x) number %d in %s, pid %d\n",
	       msg, err, ++die_counter, current->comm, current->pid);
	printk(KERN_EMERG "pc %08lx lr %08lx sp %08lx\n",
	       regs->ARM_pc, regs->ARM_lr, regs->ARM_sp);
	do_exit(SIGSEGV);
}

/*
 * A process gets the signal, the kernel dies.
 */
void arm_notify_die(const char *str, struct pt_regs *regs,
		    struct siginfo *info, unsigned long err, unsigned long trap)
{
	if (!user_mode(regs)) {
		die(str, regs, err);
		return;
	}

	current->thread.error_code = err;
	current->thread.trap_no = trap;
	force_sig_info(info->si_signo, info, current);
}
