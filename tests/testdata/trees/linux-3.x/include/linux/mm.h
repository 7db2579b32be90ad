#ifndef _LINUX_MM_H
#define _LINUX_MM_H

#include <linux/gfp.h>

#ifdef __KERNEL__

#define FAULT_FLAG_WRITE	0x01	/* a store */
#define FAULT_FLAG_NONLINEAR	0x02
#define FAULT_FLAG_MKWRITE	0x04
#define FAULT_FLAG_ALLOW_RETRY	0x08
#define FAULT_FLAG_RETRY_NOWAIT	0x10
#define FAULT_FLAG_KILLABLE	0x20
#define FAULT_FLAG_TRIED	0x40
#define FAULT_FLAG_USER		0x80

#endif
#endif
