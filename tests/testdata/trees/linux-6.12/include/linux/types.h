#ifndef _LINUX_TYPES_H
#define _LINUX_TYPES_H
#define __force
#define __bitwise
typedef unsigned int __bitwise gfp_t;
typedef unsigned long vm_flags_t;
#endif
