/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINUX_HARDIRQ_H
#define LINUX_HARDIRQ_H

#include <asm/thread_info.h>

/*
 * preempt_count: the depth of preempt_disable() in the lowest byte, that of
 * soft interrupts above it, that of hard interrupts above that.
 */
#define PREEMPT_BITS	8
#define SOFTIRQ_BITS	8
#define HARDIRQ_BITS	4

#define SOFTIRQ_SHIFT	PREEMPT_BITS
#define HARDIRQ_SHIFT	(SOFTIRQ_SHIFT + SOFTIRQ_BITS)

#define SOFTIRQ_MASK	(((1 << SOFTIRQ_BITS) - 1) << SOFTIRQ_SHIFT)
#define HARDIRQ_MASK	(((1 << HARDIRQ_BITS) - 1) << HARDIRQ_SHIFT)
#define HARDIRQ_OFFSET	(1 << HARDIRQ_SHIFT)

#define preempt_count()	(current_thread_info()->preempt_count)

#define in_interrupt()	(preempt_count() & (HARDIRQ_MASK | SOFTIRQ_MASK))
#define in_atomic()	(preempt_count() != 0)

#define irq_enter()	do { preempt_count() += HARDIRQ_OFFSET; } while (0)
#define irq_exit()	do { preempt_count() -= HARDIRQ_OFFSET; } while (0)

#endif /* LINUX_HARDIRQ_H */
