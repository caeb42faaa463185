/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a task asked of the kernel: the registers that its system call saved. */
#ifndef VGPU_SYSCALL_H
#define VGPU_SYSCALL_H

#include "arch/arch.h"
#include "task.h"
#include "unwind.h"

/* What the arguments of a call are; a letter each. */
#define ARG_FD 'f'
#define ARG_DIR_FD 'a' /* or AT_FDCWD */
#define ARG_INT 'i'
#define ARG_LONG 'd'
#define ARG_OFFSET 'o' /* in a file */
#define ARG_HEX 'x'    /* a pointer, flags */
#define ARG_IOCTL 'c'

struct syscall {
	struct user_regs regs;
	const char
		*name; /* "ioctl", as the kernel's function is called; NULL: not known */
	const char *form; /* its arguments; NULL: which they are is not known */
};

/*
 * False: it is a kernel thread, has not come from user space, is there, or its registers
 * cannot be read.  Of the stack, its own, is taken what no table tells.
 */
bool syscall_read(struct dump *d, const struct task *t, const struct stack *stack,
		  struct syscall *call);
/* "x86_64", "i386", ... */
const char *abi_name(enum abi abi);
/* The place of the descriptor among the arguments; < 0: it has none. */
int syscall_fd(const struct syscall *call);

#endif
