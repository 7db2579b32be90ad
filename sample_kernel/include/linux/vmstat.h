/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_VMSTAT_H
#define _LINUX_VMSTAT_H

#include <linux/mmzone.h>

enum vm_event_item {
	PGALLOC,
	PGFAULT,
	PGMAJFAULT,
	ALLOCSTALL,
	COMPACTSTALL,
	COMPACTFAIL,
	COMPACTSUCCESS,
	NR_VM_EVENT_ITEMS
};

extern unsigned long vm_event_states[NR_VM_EVENT_ITEMS];

static inline void count_vm_events(enum vm_event_item item, long delta)
{
	vm_event_states[item] += delta;
}

static inline void count_vm_event(enum vm_event_item item)
{
	count_vm_events(item, 1);
}

static inline void __mod_zone_page_state(struct zone *zone,
					 enum zone_stat_item item, long delta)
{
	atomic_long_add(delta, &zone->vm_stat[item]);
}

#endif /* _LINUX_VMSTAT_H */
