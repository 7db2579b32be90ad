/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_CONST_H
#define _LINUX_CONST_H

/* A constant with its suffix in C, without one in assembly. */
#ifdef __ASSEMBLY__
# define _AC(X, Y)	X
#else
# define __AC(X, Y)	(X##Y)
# define _AC(X, Y)	__AC(X, Y)
#endif

#endif /* _LINUX_CONST_H */
