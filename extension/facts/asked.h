/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a task asked of the kernel, of which file, and from where in which program. */
#ifndef VGPU_ASKED_H
#define VGPU_ASKED_H

#include "kernel/gpu/ioctl.h"
#include "kernel/sched/syscall.h"

struct asked {
	bool from_user; /* else nothing of the rest is set: a kernel thread's */
	struct syscall call;
	bool exits; /* it is ending: a signal that kills comes in the midst of any call */
	const char *ioctl; /* its name; NULL */
	int fd;		   /* < 0: none */
	const char *file;  /* the descriptor's path; NULL: see file_why */
	const char *file_why;
	bool has_exec;
	struct execbuffer exec; /* what was asked of DRM_IOCTL_VIRTGPU_EXECBUFFER */

	const char *program; /* the executable; NULL: see code_why */
	const char *object;  /* whose code asked; "[vdso]"; NULL: see code_why */
	uint64_t offset;     /* in its file, or of "[vdso]" */
	bool has_address;
	uint64_t address; /* as the object's own symbols have it: for addr2line */
	const char *code_why;
};

/* Paths are the same for many tasks. */
struct asked_reader {
	struct dump *d;
	struct asked_path {
		kaddr_t file;
		const char *path, *why;
	} paths[256];
};

/* The stack is the task's own. */
void asked_read(struct asked_reader *r, const struct task *t, const struct stack *stack,
		struct asked *asked);

#endif
