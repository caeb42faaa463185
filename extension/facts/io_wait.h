/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a task's wait for I/O has to do with a disk: the request that carries what it wants. */
#ifndef VGPU_IO_WAIT_H
#define VGPU_IO_WAIT_H

#include "kernel/block/disk.h"
#include "kernel/sched/waiter.h"

/* Of a disk's queue: one waits until all requests have ended, others until he is done. */
enum frozen { FROZEN_NO, FROZEN_BY_IT, FROZEN_TO_IT };

struct io_wait {
	/* NULL: none in flight carries it.  FROZEN_BY_IT: the oldest; .dirty: the oldest write. */
	const struct disk_request *request;
	const struct disk *disk; /* that has it; without a request: that it is on */
	kaddr_t file_system;	 /* super_block of its file, where it is on no disk; 0 */
	const char *file_system_id; /* "0:45", escaped; "": not known */
	enum frozen frozen;
	/*
	 * It has a request to make and waits for room: where on its stack the address of the
	 * disk's queue is; else 0.
	 */
	kaddr_t room;
	/* It has written too much, and waits until what is dirty has been written. */
	bool dirty;
	/* The same of what the disk is made of, of which none is the very request; or NULL. */
	const struct io_wait *below;
	double since_s; /* since when the driver has it; < 0: not known */
};

/* now: of the run queues' clock, in ns. */
void io_wait_find(struct dump *d, const struct disks *disks, uint64_t now,
		  const struct stack *stack, const struct wait *w, struct io_wait *io);
/* Need disks be read for it? */
bool io_wait_needs_disks(const struct stack *stack, const struct wait *w);

#endif
