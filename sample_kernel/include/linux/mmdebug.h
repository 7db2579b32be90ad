/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LINUX_MM_DEBUG_H
#define LINUX_MM_DEBUG_H

#include <linux/bug.h>

#ifdef CONFIG_DEBUG_VM
# define VM_BUG_ON(cond)		BUG_ON(cond)
# define VM_BUG_ON_PAGE(cond, page)	BUG_ON(cond)
#else
# define VM_BUG_ON(cond)		((void)sizeof(!!(cond)))
# define VM_BUG_ON_PAGE(cond, page)	VM_BUG_ON(cond)
#endif

#endif /* LINUX_MM_DEBUG_H */
