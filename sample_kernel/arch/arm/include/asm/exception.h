/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __ASM_ARM_EXCEPTION_H
#define __ASM_ARM_EXCEPTION_H

#include <linux/compiler.h>

/* C functions that the entry code calls: a backtrace looks for registers there. */
#define __exception	__section(.exception.text)

#endif /* __ASM_ARM_EXCEPTION_H */
