/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_STDDEF_H
#define _LINUX_STDDEF_H

#define NULL ((void *)0)

enum {
	false	= 0,
	true	= 1
};

#define offsetof(type, member)	__builtin_offsetof(type, member)

#endif /* _LINUX_STDDEF_H */
