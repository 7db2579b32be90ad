#ifndef _UAPI_ASMARM_SIGNAL_H
#define _UAPI_ASMARM_SIGNAL_H
#define SIGILL		 4
#define SIGTRAP		 5
#define SIGABRT		 6
#define SIGIOT		 6
#define SIGBUS		 7
#define SIGFPE		 8
#define SIGKILL		 9
#define SIGSEGV		11
#define SIGCHLD		17
#define SIGIO		29
#define SIGPOLL		SIGIO
#define SIGRTMIN	32
#define SIGSWI		32
#define SIGSTKSZ	8192
#endif
