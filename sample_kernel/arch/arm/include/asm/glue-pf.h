/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASM_GLUE_PF_H
#define ASM_GLUE_PF_H

/* The same as for data aborts, for instructions that cannot be fetched. */
#ifdef CONFIG_CPU_PABRT_V7
# define CPU_PABORT_HANDLER v7_pabort
#endif

#ifndef CPU_PABORT_HANDLER
#error The configuration has no processor with a prefetch abort handler
#endif

#endif /* ASM_GLUE_PF_H */
