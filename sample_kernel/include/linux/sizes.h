/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __LINUX_SIZES_H__
#define __LINUX_SIZES_H__

#define SZ_4K	0x00001000
#define SZ_1M	0x00100000
#define SZ_2M	0x00200000
#define SZ_8M	0x00800000
#define SZ_16M	0x01000000

#endif /* __LINUX_SIZES_H__ */
