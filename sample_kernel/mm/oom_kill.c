/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When memory is out, a process ends.
 */
#include <linux/mm.h>
#include <linux/oom.h>
#include <linux/sched.h>
#include <linux/siginfo.h>

bool oom_killer_disabled;

static void oom_kill_process(struct task_struct *p, int order, gfp_t gfp_mask)
{
	struct siginfo si = {
		.si_signo = SIGKILL,
		.si_code = SI_KERNEL,
	};

	printk(KERN_EMERG "memory is out (order %d, flags %#x): %s ends\n",
	       order, gfp_mask, p->comm);
	force_sig_info(SIGKILL, &si, p);
}

/*
 * The process that asks is the one that ends: it is the one that is known.
 */
void out_of_memory(struct zonelist *zonelist, gfp_t gfp_mask, int order,
		   nodemask_t *nodemask)
{
	oom_kill_process(current, order, gfp_mask);
}

/*
 * The same for a page fault that found no memory.
 */
void pagefault_out_of_memory(void)
{
	out_of_memory(NULL, 0, 0, NULL);
}
