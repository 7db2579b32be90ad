/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts of the one controller.
 */
#include <linux/hardirq.h>
#include <linux/kernel.h>
#include <asm/exception.h>
#include <asm/ptrace.h>

#define NR_IRQS	16

static unsigned long irq_counts[NR_IRQS];

/*
 * The entry code calls this with interrupts off.
 */
asmlinkage void __exception
asm_do_IRQ(unsigned int irq, struct pt_regs *regs)
{
	irq_enter();
	if (irq < NR_IRQS)
		irq_counts[irq]++;
	else
		printk(KERN_WARNING "irq %u: there is no such line\n", irq);
	irq_exit();
}
