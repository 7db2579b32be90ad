/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASM_X86_IRQFLAGS_H
#define _ASM_X86_IRQFLAGS_H

#define X86_EFLAGS_IF	0x00000200

static inline unsigned long arch_local_save_flags(void)
{
	unsigned long flags;

	asm volatile("pushf\n\tpop %0" : "=r" (flags) : : "memory");
	return flags;
}

static inline void arch_local_irq_restore(unsigned long flags)
{
	asm volatile("push %0\n\tpopf" : : "r" (flags) : "memory");
}

static inline void arch_local_irq_disable(void)
{
	asm volatile("cli" : : : "memory");
}

static inline void arch_local_irq_enable(void)
{
	asm volatile("sti" : : : "memory");
}

static inline unsigned long arch_local_irq_save(void)
{
	unsigned long flags = arch_local_save_flags();

	arch_local_irq_disable();
	return flags;
}

static inline int arch_irqs_disabled_flags(unsigned long flags)
{
	return !(flags & X86_EFLAGS_IF);
}

#endif /* _ASM_X86_IRQFLAGS_H */
