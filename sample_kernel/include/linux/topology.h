/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_TOPOLOGY_H
#define _LINUX_TOPOLOGY_H

#ifdef CONFIG_NUMA
extern int numa_node_id(void);
#else
static inline int numa_node_id(void)
{
	return 0;
}
#endif

#endif /* _LINUX_TOPOLOGY_H */
