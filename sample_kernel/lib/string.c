/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the compiler expects to find.
 */
#include <linux/string.h>

void *memset(void *s, int c, size_t count)
{
	volatile unsigned char *byte = s;

	while (count--)
		*byte++ = c;
	return s;
}

void *memcpy(void *dest, const void *src, size_t count)
{
	volatile unsigned char *to = dest;
	const unsigned char *from = src;

	while (count--)
		*to++ = *from++;
	return dest;
}
