#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H
#define __force
typedef unsigned gfp_t;
#endif
