/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __ASM_ARM_SYSTEM_MISC_H
#define __ASM_ARM_SYSTEM_MISC_H

struct pt_regs;
struct siginfo;

extern void die(const char *msg, struct pt_regs *regs, int err);
extern void arm_notify_die(const char *str, struct pt_regs *regs,
			   struct siginfo *info, unsigned long err,
			   unsigned long trap);

#endif /* __ASM_ARM_SYSTEM_MISC_H */
