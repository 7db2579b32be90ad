/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Locks that many may hold for reading or one for writing.
 */
#include <linux/rwsem.h>
#include <linux/sched.h>

int down_read_trylock(struct rw_semaphore *sem)
{
	unsigned long flags;
	int free;

	local_irq_save(flags);
	free = sem->count >= 0;
	if (free)
		sem->count++;
	local_irq_restore(flags);
	return free;
}

void down_read(struct rw_semaphore *sem)
{
	while (!down_read_trylock(sem))
		cond_resched();
}

void up_read(struct rw_semaphore *sem)
{
	unsigned long flags;

	local_irq_save(flags);
	sem->count--;
	local_irq_restore(flags);
}
