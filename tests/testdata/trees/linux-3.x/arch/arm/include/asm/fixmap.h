#ifndef _ASM_FIXMAP_H
#define _ASM_FIXMAP_H
#define FIXADDR_START	0xffc00000UL
#define FIXADDR_END	0xfff00000UL
#endif
