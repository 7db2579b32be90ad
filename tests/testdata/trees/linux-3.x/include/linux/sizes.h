#ifndef _LINUX_SIZES_H
#define _LINUX_SIZES_H
#define SZ_8M	0x00800000
#define SZ_16M	0x01000000
#endif
