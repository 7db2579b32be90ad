/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instructions of the kernel that may fault.
 */
#include <linux/stddef.h>
#include <linux/uaccess.h>

/* The linker collects the entries of all files here. */
extern const struct exception_table_entry __start___ex_table[] __attribute__((weak));
extern const struct exception_table_entry __stop___ex_table[] __attribute__((weak));

/*
 * NULL if the instruction at an address must not fault.
 */
const struct exception_table_entry *search_exception_tables(unsigned long addr)
{
	const struct exception_table_entry *entry;

	for (entry = __start___ex_table; entry < __stop___ex_table; entry++) {
		if (entry->insn == addr)
			return entry;
	}
	return NULL;
}
