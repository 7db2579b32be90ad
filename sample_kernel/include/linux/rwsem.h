/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_RWSEM_H
#define _LINUX_RWSEM_H

#include <linux/types.h>

/* Many readers (count above 0), one writer (-1), or nobody (0). */
struct rw_semaphore {
	long			count;
	struct list_head	wait_list;
};

extern void down_read(struct rw_semaphore *sem);
extern int down_read_trylock(struct rw_semaphore *sem);
extern void up_read(struct rw_semaphore *sem);

#endif /* _LINUX_RWSEM_H */
