/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_KERNEL_H
#define _LINUX_KERNEL_H

#include <linux/bug.h>
#include <linux/kconfig.h>
#include <linux/linkage.h>
#include <linux/printk.h>
#include <linux/types.h>

#define ARRAY_SIZE(arr)	(sizeof(arr) / sizeof((arr)[0]))

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

#ifdef CONFIG_DEBUG_ATOMIC_SLEEP
extern void __might_sleep(const char *file, int line);
# define might_sleep()	__might_sleep(__FILE__, __LINE__)
#else
# define might_sleep()	do { } while (0)
#endif

#define might_sleep_if(cond) do { if (cond) might_sleep(); } while (0)

#endif /* _LINUX_KERNEL_H */
