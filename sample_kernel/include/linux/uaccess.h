/* SPDX-License-Identifier: Apache-2.0 */
#ifndef __LINUX_UACCESS_H__
#define __LINUX_UACCESS_H__

/* An instruction of the kernel that may fault, and where to go on then. */
struct exception_table_entry {
	unsigned long insn, fixup;
};

extern const struct exception_table_entry *search_exception_tables(unsigned long addr);

#endif /* __LINUX_UACCESS_H__ */
