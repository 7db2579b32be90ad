/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __ASM_ESR_H
#define __ASM_ESR_H

/* The exception syndrome register: the class in its highest six bits. */
#define ESR_EL1_EC_SHIFT	26
#define ESR_EL1_WRITE		(1 << 6)
#define ESR_EL1_CM		(1 << 8)

#define ESR_EL1_EC_IABT_EL0	0x20
#define ESR_EL1_EC_IABT_EL1	0x21
#define ESR_EL1_EC_DABT_EL0	0x24
#define ESR_EL1_EC_DABT_EL1	0x25

#endif /* __ASM_ESR_H */
