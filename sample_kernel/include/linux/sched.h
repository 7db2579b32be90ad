/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_SCHED_H
#define _LINUX_SCHED_H

#include <linux/gfp.h>
#include <linux/mm_types.h>
#include <linux/types.h>
#include <asm/thread_info.h>

#define TASK_RUNNING		0
#define TASK_INTERRUPTIBLE	1
#define TASK_UNINTERRUPTIBLE	2

#define PF_DUMPCORE		0x00000200
#define PF_MEMALLOC		0x00000800	/* frees memory, so it may use reserves */
#define PF_KTHREAD		0x00200000
#define PF_MEMALLOC_NOIO	0x00080000	/* must not wait for a disk */

#define TASK_COMM_LEN		16
#define MAX_RT_PRIO		100

struct siginfo;

/* Where and how a thread faulted last, for its signal handlers. */
struct thread_struct {
	unsigned long		address;
	unsigned long		trap_no;
	unsigned long		error_code;
};

struct task_struct {
	volatile long		state;		/* TASK_* */
	unsigned int		flags;		/* PF_* */
	int			prio;
	struct mm_struct	*mm;		/* NULL: a thread of the kernel */
	pid_t			pid;
	unsigned long		min_flt;
	unsigned long		maj_flt;
	unsigned long		pending_signals;
	char			comm[TASK_COMM_LEN];
	struct thread_struct	thread;
};

#define current	(current_thread_info()->task)

#define __set_current_state(state_value) \
	do { current->state = (state_value); } while (0)

#define rt_task(p)	((p)->prio < MAX_RT_PRIO)

#define test_thread_flag(flag)	((current_thread_info()->flags >> (flag)) & 1)

#define SIGKILL_BIT	(1UL << 9)

static inline int fatal_signal_pending(struct task_struct *p)
{
	return (p->pending_signals & SIGKILL_BIT) != 0;
}

/* Requests of a task that must not wait for a disk lose the flags for it. */
static inline gfp_t memalloc_noio_flags(gfp_t flags)
{
	if (unlikely(current->flags & PF_MEMALLOC_NOIO))
		flags &= ~GFP_IOFS;
	return flags;
}

extern void schedule(void);
extern int cond_resched(void);
extern void io_schedule_timeout(long ticks);
extern int force_sig_info(int sig, struct siginfo *info, struct task_struct *t);
extern void __noreturn do_exit(long code);

#endif /* _LINUX_SCHED_H */
