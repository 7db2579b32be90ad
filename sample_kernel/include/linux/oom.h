/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __INCLUDE_LINUX_OOM_H
#define __INCLUDE_LINUX_OOM_H

#include <linux/mmzone.h>

extern bool oom_killer_disabled;

extern void out_of_memory(struct zonelist *zonelist, gfp_t gfp_mask, int order,
			  nodemask_t *nodemask);

#endif /* __INCLUDE_LINUX_OOM_H */
