/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists that look at their links before they follow them. Built only with
 * CONFIG_DEBUG_LIST, see lib/Makefile; without it, lists are inline.
 */
#include <linux/bug.h>
#include <linux/export.h>
#include <linux/poison.h>
#include <linux/printk.h>
#include <linux/types.h>

/*
 * Says what is wrong with an entry, and stops.
 */
static void list_corrupt(const char *what, struct list_head *entry)
{
	printk(KERN_EMERG "list entry %p: %s (next %p, prev %p)\n",
	       entry, what, entry->next, entry->prev);
	BUG();
}

void __list_del_entry(struct list_head *entry)
{
	struct list_head *next = entry->next;
	struct list_head *prev = entry->prev;

	if (next == LIST_POISON1 || prev == LIST_POISON2)
		list_corrupt("deleted twice", entry);
	if (next->prev != entry || prev->next != entry)
		list_corrupt("its neighbours do not know it", entry);

	next->prev = prev;
	prev->next = next;
}
EXPORT_SYMBOL(__list_del_entry);

/**
 * list_del - takes an entry out of the list that it is in
 * @entry: the entry
 */
void list_del(struct list_head *entry)
{
	__list_del_entry(entry);
	entry->next = LIST_POISON1;
	entry->prev = LIST_POISON2;
}
EXPORT_SYMBOL(list_del);
