/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __ASM_ARM_SYSTEM_INFO_H
#define __ASM_ARM_SYSTEM_INFO_H

#define CPU_ARCH_ARMv5TE	6
#define CPU_ARCH_ARMv6		8
#define CPU_ARCH_ARMv7		9

extern int cpu_architecture(void);

#endif /* __ASM_ARM_SYSTEM_INFO_H */
