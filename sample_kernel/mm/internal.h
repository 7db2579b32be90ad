/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __MM_INTERNAL_H
#define __MM_INTERNAL_H

/*
 * alloc_flags, for the page allocator alone: the index of a watermark in the
 * lowest two bits, and flags.
 */
#define ALLOC_WMARK_MIN		WMARK_MIN
#define ALLOC_WMARK_LOW		WMARK_LOW
#define ALLOC_WMARK_HIGH	WMARK_HIGH
#define ALLOC_NO_WATERMARKS	0x04 /* take the last page, too */

/* Everything below ALLOC_NO_WATERMARKS is the index. */
#define ALLOC_WMARK_MASK	(ALLOC_NO_WATERMARKS-1)

#define ALLOC_HARDER		0x10 /* go a quarter below the watermark */
#define ALLOC_HIGH		0x20 /* go half below it: __GFP_HIGH */
#define ALLOC_CPUSET		0x40 /* only nodes that the task may use */
#define ALLOC_CMA		0x80 /* contiguous areas may be used up */
#define ALLOC_FAIR		0x100 /* take turns between zones */

#endif /* __MM_INTERNAL_H */
