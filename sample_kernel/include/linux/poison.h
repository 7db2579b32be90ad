/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_POISON_H
#define _LINUX_POISON_H

#ifdef CONFIG_ILLEGAL_POINTER_VALUE
# define POISON_POINTER_DELTA CONFIG_ILLEGAL_POINTER_VALUE
#else
# define POISON_POINTER_DELTA 0
#endif

/*
 * What the links of a deleted entry are set to: addresses that fault when
 * they are followed, and that are recognized in the report of that fault.
 */
#define LIST_POISON1	((void *)(0x00100100UL + POISON_POINTER_DELTA))
#define LIST_POISON2	((void *)(0x00200200UL + POISON_POINTER_DELTA))

#endif /* _LINUX_POISON_H */
