/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a thread.
 */
#include <linux/sched.h>

void __noreturn do_exit(long code)
{
	current->flags &= ~PF_MEMALLOC;
	current->state = TASK_UNINTERRUPTIBLE;
	for (;;)
		schedule();
}
