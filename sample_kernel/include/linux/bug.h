/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_BUG_H
#define _LINUX_BUG_H

#include <linux/compiler.h>

#define BUG()		__builtin_trap()

#define BUG_ON(condition) do {		\
	if (unlikely(condition))	\
		BUG();			\
} while (0)

extern void warn_slowpath_null(const char *file, int line);

#define WARN_ON(condition) ({					\
	int __warn = !!(condition);				\
								\
	if (unlikely(__warn))					\
		warn_slowpath_null(__FILE__, __LINE__);		\
	unlikely(__warn);					\
})

#define WARN_ON_ONCE(condition) ({				\
	static int __warned;					\
	int __warn_now = !!(condition);				\
								\
	if (unlikely(__warn_now) && !__warned) {		\
		__warned = 1;					\
		warn_slowpath_null(__FILE__, __LINE__);		\
	}							\
	unlikely(__warn_now);					\
})

/* The compiler refuses an array of negative size. */
#define BUILD_BUG_ON(condition)	((void)sizeof(char[1 - 2 * !!(condition)]))

#endif /* _LINUX_BUG_H */
