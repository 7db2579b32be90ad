/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __LINUX_NODEMASK_H
#define __LINUX_NODEMASK_H

#ifdef CONFIG_NODES_SHIFT
# define NODES_SHIFT	CONFIG_NODES_SHIFT
#else
# define NODES_SHIFT	0
#endif

#define MAX_NUMNODES	(1 << NODES_SHIFT)
#define NUMA_NO_NODE	(-1)

/* One bit per memory node; no machine here has more than a word of them. */
typedef struct {
	unsigned long bits[1];
} nodemask_t;

#define node_isset(node, nodemask)	(((nodemask).bits[0] >> (node)) & 1)

#endif /* __LINUX_NODEMASK_H */
