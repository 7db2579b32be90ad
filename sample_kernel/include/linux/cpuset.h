/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_CPUSET_H
#define _LINUX_CPUSET_H

#include <linux/kernel.h>
#include <linux/mmzone.h>

#ifdef CONFIG_CPUSETS

extern nodemask_t cpuset_current_mems_allowed;
extern unsigned int read_mems_allowed_begin(void);
extern bool read_mems_allowed_retry(unsigned int seq);
extern int cpuset_zone_allowed(struct zone *zone, gfp_t gfp_mask);

#else /* !CONFIG_CPUSETS */

extern nodemask_t node_online_map;

#define cpuset_current_mems_allowed	(node_online_map)

static inline unsigned int read_mems_allowed_begin(void)
{
	return 0;
}

static inline bool read_mems_allowed_retry(unsigned int seq)
{
	return false;
}

static inline int cpuset_zone_allowed(struct zone *zone, gfp_t gfp_mask)
{
	return 1;
}

#endif /* CONFIG_CPUSETS */

#endif /* _LINUX_CPUSET_H */
