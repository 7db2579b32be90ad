/* SPDX-License-Identifier: Apache-2.0 */
#ifndef ASM_GLUE_DF_H
#define ASM_GLUE_DF_H

/*
 * Each family of processors tells in its own way why an access failed, and
 * has a handler that finds out. A kernel for one family calls its handler by
 * name; one for several looks it up in the structure of the processor.
 */
#undef CPU_DABORT_HANDLER
#undef MULTI_DABORT

#ifdef CONFIG_CPU_ABRT_EV6
# ifdef CPU_DABORT_HANDLER
#  define MULTI_DABORT 1
# else
#  define CPU_DABORT_HANDLER v6_early_abort
# endif
#endif

#ifdef CONFIG_CPU_ABRT_EV7
# ifdef CPU_DABORT_HANDLER
#  define MULTI_DABORT 1
# else
#  define CPU_DABORT_HANDLER v7_early_abort
# endif
#endif

#ifndef CPU_DABORT_HANDLER
#error The configuration has no processor with a data abort handler
#endif

#endif /* ASM_GLUE_DF_H */
