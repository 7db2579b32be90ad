/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __KERNEL_PRINTK__
#define __KERNEL_PRINTK__

#include <linux/compiler.h>

#define KERN_SOH	"\001"		/* starts the level of a message */
#define KERN_EMERG	KERN_SOH "0"
#define KERN_ALERT	KERN_SOH "1"
#define KERN_WARNING	KERN_SOH "4"
#define KERN_INFO	KERN_SOH "6"

extern __printf(1, 2) int printk(const char *fmt, ...);

#endif /* __KERNEL_PRINTK__ */
