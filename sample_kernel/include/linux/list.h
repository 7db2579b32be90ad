/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_LIST_H
#define _LINUX_LIST_H

#include <linux/types.h>
#include <linux/stddef.h>
#include <linux/poison.h>
#include <linux/kernel.h>

/*
 * Doubly linked rings. The head is an entry without an element around it, so
 * that no operation has to look for an end.
 */

#define LIST_HEAD_INIT(name) { &(name), &(name) }

#define LIST_HEAD(name) \
	struct list_head name = LIST_HEAD_INIT(name)

static inline void INIT_LIST_HEAD(struct list_head *list)
{
	list->prev = list;
	list->next = list;
}

/**
 * list_empty - tells whether a list has no element
 * @head: the head of the list
 */
static inline int list_empty(const struct list_head *head)
{
	return head->next == head;
}

/* Puts an entry between two that are known to be neighbours. */
static inline void __list_add(struct list_head *new, struct list_head *prev,
			      struct list_head *next)
{
	new->prev = prev;
	new->next = next;
	prev->next = new;
	next->prev = new;
}

static inline void list_add(struct list_head *new, struct list_head *head)
{
	__list_add(new, head, head->next);
}

static inline void list_add_tail(struct list_head *new, struct list_head *head)
{
	__list_add(new, head->prev, head);
}

/*
 * Takes out whatever stands between two entries by making them neighbours.
 * For callers that know both; everybody else deletes an entry.
 */
static inline void __list_del(struct list_head *prev, struct list_head *next)
{
	prev->next = next;
	next->prev = prev;
}

/**
 * list_del - takes an entry out of the list that it is in
 * @entry: the entry
 *
 * Afterwards its links are poisoned: it is in no list, and not an empty one.
 */
#ifndef CONFIG_DEBUG_LIST
static inline void __list_del_entry(struct list_head *entry)
{
	struct list_head *before = entry->prev;

	__list_del(before, entry->next);
}

static inline void list_del(struct list_head *entry)
{
	__list_del(entry->prev, entry->next);
	entry->prev = LIST_POISON2;
	entry->next = LIST_POISON1;
}
#else
extern void __list_del_entry(struct list_head *entry);
extern void list_del(struct list_head *entry);
#endif

/**
 * list_del_init - takes an entry out and leaves it as an empty list
 * @entry: the entry
 */
static inline void list_del_init(struct list_head *entry)
{
	__list_del_entry(entry);
	INIT_LIST_HEAD(entry);
}

/**
 * list_move - takes an entry out of its list and puts it first in another
 * @list: the entry
 * @head: the head of the other list
 */
static inline void list_move(struct list_head *list, struct list_head *head)
{
	__list_del_entry(list);
	list_add(list, head);
}

#define list_entry(ptr, type, member) \
	container_of(ptr, type, member)

#define list_first_entry(ptr, type, member) \
	list_entry((ptr)->next, type, member)

#define list_last_entry(ptr, type, member) \
	list_entry((ptr)->prev, type, member)

#define list_for_each(pos, head) \
	for (pos = (head)->next; pos != (head); pos = pos->next)

#endif /* _LINUX_LIST_H */
