/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of sysfs and cgroups.  Who removes one waits until nobody is in a method of it;
 * the file counts them, and whoever reads or writes has the mutex of what he has open.
 */
#ifndef VGPU_KERNFS_H
#define VGPU_KERNFS_H

#include "task.h"

struct kernfs_user {
	struct task *task;
	kaddr_t open; /* struct kernfs_open_file, whose mutex it has */
};

struct kernfs_wait {
	kaddr_t node;	/* the struct kernfs_node that is to be left; 0: not found */
	char name[64];	/* escaped */
	int64_t inside; /* how many are in a method of it, as it counts them */
	/* These are, who sleeps for longest first: not one when the count tells otherwise. */
	VEC(struct kernfs_user) users;
};

/*
 * What t, with these words of its stack, waits for in kernfs_drain(), asleep on that wait
 * queue of the file system's.
 */
void kernfs_wait_find(struct dump *d, struct tasks *tasks, const struct task *t,
		      kaddr_t queue, const uint64_t *stack, size_t n,
		      struct kernfs_wait *out);

#endif
