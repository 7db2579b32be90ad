#ifndef __UAPI_ASM_GENERIC_SIGNAL_H
#define __UAPI_ASM_GENERIC_SIGNAL_H
#define SIGILL		 4
#define SIGABRT		 6
#define SIGIOT		 6
#define SIGBUS		 7
#define SIGSEGV		11
#define SIGCHLD		17
#define SIGIO		29
#define SIGPOLL		SIGIO
#define SIGRTMIN	32
#endif
