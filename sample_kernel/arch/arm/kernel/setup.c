/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What kind of processor this is.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <asm/proc-fns.h>
#include <asm/system_info.h>

#ifdef MULTI_DABORT
struct processor processor;
#endif

/* The configuration is for processors of one architecture only. */
int cpu_architecture(void)
{
#ifdef CONFIG_CPU_V7
	return CPU_ARCH_ARMv7;
#else
	return CPU_ARCH_ARMv6;
#endif
}
