/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * File systems in user space: whoever waits for one waits for a process, the daemon that
 * has its connection's /dev/fuse open.
 */
#ifndef VGPU_SERVICE_H
#define VGPU_SERVICE_H

#include "task.h"
#include "unwind.h"
#include "waiter.h"

struct service {
	kaddr_t addr;	     /* struct fuse_conn */
	struct task *daemon; /* NULL: several processes have it open */
};

struct services {
	VEC(struct service) all;
	bool read;
};

struct service_wait {
	struct task *daemon; /* NULL: the wait is for none, or for which is not known */
	kaddr_t connection;
	kaddr_t request; /* struct fuse_req; 0: what is waited for is another thing of it */
	bool sent;	 /* the daemon has read the request */
};

/* All connections; of a daemon's threads the one that is stuck, stopped, or its leader. */
void services_read(struct dump *d, struct tasks *tasks, struct services *fuse);
/* Need they be read for it?  sb: the super_block of a page that is waited for, or 0. */
bool service_wait_is_likely(const struct stack *stack, const struct wait *w, kaddr_t sb);
void service_wait_find(struct dump *d, const struct services *fuse, const struct wait *w,
		       kaddr_t sb, struct service_wait *out);

#endif
