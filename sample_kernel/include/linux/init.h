/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_INIT_H
#define _LINUX_INIT_H

#include <linux/compiler.h>

#define __init		__section(.init.text)

typedef int (*initcall_t)(void);

/* Level 3: what the architecture sets up once memory can be had. */
#define arch_initcall(fn) \
	static initcall_t __initcall_##fn##3 __used __section(.initcall3.init) = fn

#endif /* _LINUX_INIT_H */
