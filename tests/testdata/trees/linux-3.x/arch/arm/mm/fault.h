#ifndef __ARCH_ARM_FAULT_H
#define __ARCH_ARM_FAULT_H

#define FSR_LNX_PF	(1 << 31)
#define FSR_WRITE	(1 << 11)
#define FSR_FS4		(1 << 10)
#define FSR_FS3_0	(15)
#define FSR_FS5_0	(0x3f)

#endif
