/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Signals that nobody can refuse.
 */
#include <linux/sched.h>
#include <linux/siginfo.h>

#define MAX_QUEUED	8

static struct siginfo queue[MAX_QUEUED];
static unsigned int queued;

/*
 * Marks a signal as pending and keeps what is known about it.
 */
int force_sig_info(int sig, struct siginfo *info, struct task_struct *t)
{
	if (sig <= 0 || sig >= NSIG)
		return -1;

	queue[queued++ & (MAX_QUEUED - 1)] = *info;
	t->pending_signals |= 1UL << sig;
	current_thread_info()->flags |= 1UL << TIF_SIGPENDING;
	return 0;
}
