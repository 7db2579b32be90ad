/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_ATOMIC_H
#define _LINUX_ATOMIC_H

#include <linux/irqflags.h>
#include <linux/types.h>

/* One processor: nobody comes between while interrupts are off. */

#define ATOMIC_INIT(i)		{ (i) }
#define atomic_read(v)		ACCESS_ONCE((v)->counter)
#define atomic_set(v, i)	((v)->counter = (i))
#define atomic_long_read(v)	ACCESS_ONCE((v)->counter)
#define atomic_long_set(v, i)	((v)->counter = (i))

static inline int atomic_add_return(int i, atomic_t *v)
{
	unsigned long flags;
	int sum;

	local_irq_save(flags);
	sum = v->counter += i;
	local_irq_restore(flags);

	return sum;
}

static inline void atomic_long_add(long i, atomic_long_t *v)
{
	unsigned long flags;

	local_irq_save(flags);
	v->counter += i;
	local_irq_restore(flags);
}

#define atomic_inc(v)		((void)atomic_add_return(1, v))
#define atomic_dec_and_test(v)	(atomic_add_return(-1, v) == 0)

#endif /* _LINUX_ATOMIC_H */
