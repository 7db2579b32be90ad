/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Something is wrong, and it goes on all the same.
 */
#include <linux/kernel.h>

void warn_slowpath_null(const char *file, int line)
{
	printk(KERN_WARNING "unexpected at %s, line %d\n", file, line);
}
