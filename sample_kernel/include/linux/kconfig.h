/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __LINUX_KCONFIG_H
#define __LINUX_KCONFIG_H

#include <generated/autoconf.h>

/*
 * An option that is set is the macro 1; one that is not set is no macro at
 * all. Gluing its value to a marker gives either a marker that brings a comma
 * along, so that the 1 becomes the second argument, or a word without meaning.
 */
#define __kconfig_marker_1			0,
#define __kconfig_second(first, second, ...)	second
#define __kconfig_pick(marker)			__kconfig_second(marker 1, 0, 0)
#define __kconfig_glue(value)			__kconfig_pick(__kconfig_marker_##value)
#define config_enabled(option)			__kconfig_glue(option)

/* True if the option is y or m, usable in C expressions and in #if. */
#define IS_ENABLED(option) \
	(config_enabled(option) || config_enabled(option##_MODULE))

#endif /* __LINUX_KCONFIG_H */
