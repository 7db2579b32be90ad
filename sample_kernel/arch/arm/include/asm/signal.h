/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _ASMARM_SIGNAL_H
#define _ASMARM_SIGNAL_H

#include <uapi/asm/signal.h>

#endif /* _ASMARM_SIGNAL_H */
