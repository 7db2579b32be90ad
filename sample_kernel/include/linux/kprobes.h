/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_KPROBES_H
#define _LINUX_KPROBES_H

#include <linux/compiler.h>

/* Code that a probe must never be put into, since probes are served by it. */
#define __kprobes	__section(.kprobes.text)

#endif /* _LINUX_KPROBES_H */
