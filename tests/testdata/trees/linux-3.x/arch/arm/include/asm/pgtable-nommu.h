#ifndef _ASMARM_PGTABLE_NOMMU_H
#define _ASMARM_PGTABLE_NOMMU_H
#define VMALLOC_END	0xffffffffUL
#endif
