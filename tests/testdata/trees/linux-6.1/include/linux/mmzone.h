#ifndef _LINUX_MMZONE_H
#define _LINUX_MMZONE_H
#include <linux/bits.h>
enum zone_watermarks { WMARK_MIN, WMARK_LOW, WMARK_HIGH, WMARK_PROMO, NR_WMARK };
enum lruvec_flags {
	LRUVEC_CONGESTED,
	LRUVEC_OTHER = BIT(4) | GENMASK(7, 6),
	LRUVEC_NEXT,
};
#endif
