/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_MEMCONTROL_H
#define _LINUX_MEMCONTROL_H

#include <linux/mm_types.h>
#include <linux/types.h>

struct mem_cgroup;

#ifdef CONFIG_MEMCG

extern void mem_cgroup_oom_enable(void);
extern void mem_cgroup_oom_disable(void);
extern bool mem_cgroup_oom_synchronize(bool wait);
extern int mem_cgroup_try_charge(struct page *page, struct mm_struct *mm,
				 gfp_t gfp_mask, struct mem_cgroup **memcgp);
extern void mem_cgroup_commit_charge(struct page *page,
				     struct mem_cgroup *memcg);
extern void mem_cgroup_cancel_charge(struct page *page,
				     struct mem_cgroup *memcg);

#else /* !CONFIG_MEMCG */

/* Without groups nobody pays for memory. */

static inline void mem_cgroup_oom_enable(void)
{
}

static inline void mem_cgroup_oom_disable(void)
{
}

static inline bool mem_cgroup_oom_synchronize(bool wait)
{
	return false;
}

static inline int mem_cgroup_try_charge(struct page *page, struct mm_struct *mm,
					gfp_t gfp_mask,
					struct mem_cgroup **memcgp)
{
	*memcgp = NULL;
	return 0;
}

static inline void mem_cgroup_commit_charge(struct page *page,
					    struct mem_cgroup *memcg)
{
}

static inline void mem_cgroup_cancel_charge(struct page *page,
					    struct mem_cgroup *memcg)
{
}

#endif /* CONFIG_MEMCG */

#endif /* _LINUX_MEMCONTROL_H */
