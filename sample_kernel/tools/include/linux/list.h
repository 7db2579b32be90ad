/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _TOOLS_LINUX_LIST_H
#define _TOOLS_LINUX_LIST_H

/* Lists of the tools, which run as processes. */

struct list_head {
	struct list_head *next, *prev;
};

static inline void list_del(struct list_head *entry)
{
	struct list_head *next = entry->next;

	entry->prev->next = next;
	next->prev = entry->prev;
	entry->next = 0;
	entry->prev = 0;
}

#endif /* _TOOLS_LINUX_LIST_H */
