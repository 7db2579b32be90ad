/* SPDX-License-Identifier: Apache-2.0 */
/* The options of .config that are set, for C and assembly. */
#define CONFIG_ARM 1
#define CONFIG_MMU 1
#define CONFIG_CPU_V7 1
#define CONFIG_CPU_ABRT_EV7 1
#define CONFIG_CPU_PABRT_V7 1
#define CONFIG_AEABI 1
#define CONFIG_PAGE_OFFSET 0xC0000000
#define CONFIG_PHYS_OFFSET 0x40000000
#define CONFIG_NODES_SHIFT 0
#define CONFIG_HIGHMEM 1
#define CONFIG_COMPACTION 1
#define CONFIG_CMA 1
#define CONFIG_DEBUG_INFO 1
#define CONFIG_FRAME_POINTER 1
