/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __LINUX_COMPILER_H
#define __LINUX_COMPILER_H

#ifndef __ASSEMBLY__

/* Annotations that only a static checker reads. */
#ifdef __CHECKER__
# define __user		__attribute__((noderef, address_space(1)))
# define __force	__attribute__((force))
# define __bitwise__	__attribute__((bitwise))
#else
# define __user
# define __force
# define __bitwise__
#endif

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

#define barrier()	__asm__ __volatile__("" : : : "memory")

/* One access, at the place where it is written, whatever the optimizer thinks. */
#define ACCESS_ONCE(x)	(*(volatile typeof(x) *)&(x))

#define noinline	__attribute__((noinline))
#define __noreturn	__attribute__((noreturn))
#define __printf(a, b)	__attribute__((format(printf, a, b)))
#define __section(S)	__attribute__((section(#S)))
#define __used		__attribute__((used))

#endif /* __ASSEMBLY__ */

#endif /* __LINUX_COMPILER_H */
