/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __ASM_ARM_IRQFLAGS_H
#define __ASM_ARM_IRQFLAGS_H

#include <asm/ptrace.h>

static inline unsigned long arch_local_save_flags(void)
{
	unsigned long cpsr;

	asm volatile("mrs	%0, cpsr" : "=r" (cpsr) : : "memory");
	return cpsr;
}

static inline void arch_local_irq_restore(unsigned long cpsr)
{
	asm volatile("msr	cpsr_c, %0" : : "r" (cpsr) : "memory");
}

static inline void arch_local_irq_disable(void)
{
	arch_local_irq_restore(arch_local_save_flags() | PSR_I_BIT);
}

static inline void arch_local_irq_enable(void)
{
	arch_local_irq_restore(arch_local_save_flags() & ~PSR_I_BIT);
}

static inline unsigned long arch_local_irq_save(void)
{
	unsigned long cpsr = arch_local_save_flags();

	arch_local_irq_restore(cpsr | PSR_I_BIT);
	return cpsr;
}

static inline int arch_irqs_disabled_flags(unsigned long cpsr)
{
	return (cpsr & PSR_I_BIT) != 0;
}

#endif /* __ASM_ARM_IRQFLAGS_H */
