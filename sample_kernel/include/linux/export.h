/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_EXPORT_H
#define _LINUX_EXPORT_H

/* There are no modules here; the marks stay, as sources have them. */
#define EXPORT_SYMBOL(sym)	extern typeof(sym) sym
#define EXPORT_SYMBOL_GPL(sym)	extern typeof(sym) sym

#endif /* _LINUX_EXPORT_H */
