/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __ARCH_ARM_FAULT_H
#define __ARCH_ARM_FAULT_H

/*
 * The fault status register. Its bit 31 is never set by a processor: Linux
 * sets it for faults of instructions.
 */
#define FSR_LNX_PF		(1 << 31)
#define FSR_WRITE		(1 << 11)
#define FSR_FS4			(1 << 10)
#define FSR_FS3_0		(15)
#define FSR_FS5_0		(0x3f)

/* The status out of the register: the index into the tables of faults. */
#ifdef CONFIG_ARM_LPAE
static inline int fsr_fs(unsigned int fsr)
{
	return fsr & FSR_FS5_0;
}
#else
static inline int fsr_fs(unsigned int fsr)
{
	int low = fsr & FSR_FS3_0;

	/* Its bit 4 lies apart from the others. */
	return fsr & FSR_FS4 ? low + 16 : low;
}
#endif

extern void do_bad_area(unsigned long addr, unsigned int fsr, struct pt_regs *regs);

#endif /* __ARCH_ARM_FAULT_H */
