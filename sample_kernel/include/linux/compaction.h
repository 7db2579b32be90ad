/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_COMPACTION_H
#define _LINUX_COMPACTION_H

#include <linux/mmzone.h>

/* How much moving pages together may wait for. */
enum migrate_mode {
	MIGRATE_ASYNC,
	MIGRATE_SYNC_LIGHT,
	MIGRATE_SYNC
};

#define COMPACT_DEFERRED	0	/* it failed lately, not tried */
#define COMPACT_SKIPPED		1	/* no zone is fit for it */
#define COMPACT_CONTINUE	2
#define COMPACT_PARTIAL		3	/* something was freed */

extern unsigned long try_to_compact_pages(struct zonelist *zonelist, int order,
					  gfp_t gfp_mask, nodemask_t *nodemask,
					  enum migrate_mode mode);

#endif /* _LINUX_COMPACTION_H */
