/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __LINUX_SPINLOCK_H
#define __LINUX_SPINLOCK_H

#include <linux/compiler.h>
#include <linux/irqflags.h>

/* One processor and no preemption: a lock keeps its word for the debugger. */
typedef struct {
	unsigned int held;
} spinlock_t;

#define __SPIN_LOCK_UNLOCKED	{ 0 }

static inline void spin_lock(spinlock_t *lock)
{
	lock->held = 1;
	barrier();
}

static inline void spin_unlock(spinlock_t *lock)
{
	barrier();
	lock->held = 0;
}

#define spin_lock_irqsave(lock, flags) do {	\
	local_irq_save(flags);			\
	spin_lock(lock);			\
} while (0)

#define spin_unlock_irqrestore(lock, flags) do {	\
	spin_unlock(lock);				\
	local_irq_restore(flags);			\
} while (0)

#endif /* __LINUX_SPINLOCK_H */
