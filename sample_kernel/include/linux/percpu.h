/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __LINUX_PERCPU_H
#define __LINUX_PERCPU_H

/* With one processor, the copy of this one is the only one. */
#define __percpu
#define this_cpu_ptr(ptr)	(ptr)

#endif /* __LINUX_PERCPU_H */
