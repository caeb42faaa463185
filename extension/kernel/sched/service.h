/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What processes do for the kernel.  Whoever waits for a file system in user space (FUSE),
 * for the leave of who watches a file (fanotify), or for a page that another process brings
 * (userfaultfd), waits for the process that has that service's file open; whoever has the
 * kernel run a program (a user-mode helper, as modprobe is), for that program.
 */
#ifndef VGPU_SERVICE_H
#define VGPU_SERVICE_H

#include "task.h"
#include "unwind.h"
#include "waiter.h"

enum service_kind {
	SERVICE_NONE,
	SERVICE_FUSE,	 /* struct fuse_conn */
	SERVICE_LEAVE,	 /* struct fsnotify_group */
	SERVICE_PAGES,	 /* struct userfaultfd_ctx */
	SERVICE_PROGRAM, /* struct subprocess_info: it has no file */
	SERVICE_KINDS
};

struct service {
	enum service_kind kind;
	kaddr_t addr;
	VEC(int) servers; /* the processes that have it open, by tgid */
};

struct services {
	VEC(struct service) all;
	bool read;
};

struct service_wait {
	enum service_kind kind; /* SERVICE_NONE: the wait is for none */
	struct task *daemon;	/* NULL: which process serves it is not known */
	kaddr_t service;	/* 0: not found */
	kaddr_t request; /* struct fuse_req; 0: what is waited for is another thing of it */
	bool sent;	 /* the daemon has read what it was asked */
	bool only; /* concluded: without types, there is no other service of the kind */
};

/* All that have a file. */
void services_read(struct dump *d, const struct tasks *tasks, struct services *services);
/* Need they be read for it?  sb: the super_block of a page that is waited for, or 0. */
bool service_wait_is_likely(const struct stack *stack, const struct wait *w, kaddr_t sb);

struct service_finder {
	struct dump *d;
	struct tasks *tasks;
	const struct workqueues *wqs;
	const struct services *services;
};

/*
 * Of a server's threads that which is stuck, stopped, or the first; who waits serves himself
 * only where nobody else does, by another thread.
 */
void service_wait_find(const struct service_finder *f, const struct task *t,
		       const struct stack *stack, const struct wait *w, kaddr_t sb,
		       struct service_wait *out);

#endif
