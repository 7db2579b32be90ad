/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LIST_H
#define LIST_H

/* Lists of the configuration tools, which run where the kernel is built. */

struct list_head {
	struct list_head *next, *prev;
};

static inline void __list_del(struct list_head *prev, struct list_head *next)
{
	prev->next = next;
	next->prev = prev;
}

static inline void list_del(struct list_head *entry)
{
	__list_del(entry->prev, entry->next);
	entry->next = entry;
	entry->prev = entry;
}

#endif /* LIST_H */
