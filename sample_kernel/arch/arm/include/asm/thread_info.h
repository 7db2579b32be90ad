/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __ASM_ARM_THREAD_INFO_H
#define __ASM_ARM_THREAD_INFO_H

#include <asm/page.h>

#define THREAD_SIZE_ORDER	1
#define THREAD_SIZE		(PAGE_SIZE << THREAD_SIZE_ORDER)
#define THREAD_START_SP		(THREAD_SIZE - 8)

#define TIF_SIGPENDING		0
#define TIF_NEED_RESCHED	1
#define TIF_MEMDIE		18	/* killed because memory ran out */

#ifndef __ASSEMBLY__

struct task_struct;

/* At the low end of the kernel stack of each thread. */
struct thread_info {
	unsigned long		flags;		/* TIF_* */
	int			preempt_count;
	unsigned long		addr_limit;
	struct task_struct	*task;
};

static inline struct thread_info *current_thread_info(void)
{
	unsigned long frame = (unsigned long)__builtin_frame_address(0);

	return (struct thread_info *)(frame & ~(THREAD_SIZE - 1));
}

#endif /* __ASSEMBLY__ */

#endif /* __ASM_ARM_THREAD_INFO_H */
