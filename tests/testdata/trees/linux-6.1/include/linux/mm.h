#ifndef _LINUX_MM_H
#define _LINUX_MM_H
#include <linux/mm_types.h>
#include <linux/mmzone.h>
#include <linux/gfp.h>
#define FAULT_FLAG_DEFAULT  (FAULT_FLAG_ALLOW_RETRY | \
			     FAULT_FLAG_KILLABLE | \
			     FAULT_FLAG_INTERRUPTIBLE)
#endif
