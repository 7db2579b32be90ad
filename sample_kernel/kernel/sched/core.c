/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who runs.
 */
#include <linux/hardirq.h>
#include <linux/sched.h>

/* Counted by the timer. */
volatile unsigned long jiffies;

/*
 * Comes back once the thread may run again.
 */
void schedule(void)
{
	current_thread_info()->flags &= ~(1UL << TIF_NEED_RESCHED);
	while (current->state != TASK_RUNNING)
		barrier();
}

/*
 * For long work: lets others run if they should. Returns whether it did.
 */
int cond_resched(void)
{
	if (!test_thread_flag(TIF_NEED_RESCHED) || in_atomic())
		return 0;
	schedule();
	return 1;
}

/*
 * Waits for a disk, but not longer than so many ticks.
 */
void io_schedule_timeout(long ticks)
{
	unsigned long end = jiffies + ticks;

	while ((long)(jiffies - end) < 0)
		cond_resched();
}
