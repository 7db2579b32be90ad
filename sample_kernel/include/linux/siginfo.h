/* SPDX-License-Identifier: Apache-2.0 */
#ifndef _LINUX_SIGINFO_H
#define _LINUX_SIGINFO_H

#include <asm/signal.h>
#include <uapi/asm-generic/siginfo.h>

#endif /* _LINUX_SIGINFO_H */
