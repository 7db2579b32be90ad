#ifndef _ASM_PAGE_H
#define _ASM_PAGE_H
#define PAGE_SIZE	65536
#define THREAD_SIZE	32768
#endif
