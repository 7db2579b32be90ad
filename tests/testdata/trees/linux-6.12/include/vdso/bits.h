#ifndef __VDSO_BITS_H
#define __VDSO_BITS_H
#include <uapi/linux/const.h>
#define BIT(nr)		(_UL(1) << (nr))
#endif
