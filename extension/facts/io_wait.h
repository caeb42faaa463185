/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a task's wait for I/O has to do with a disk: the request that carries what it wants. */
#ifndef VGPU_IO_WAIT_H
#define VGPU_IO_WAIT_H

#include "kernel/block/disk.h"
#include "kernel/sched/waiter.h"

struct io_wait {
	const struct disk_request *request; /* NULL: none in flight carries it */
	const struct disk *disk;
	double since_s; /* since when the driver has it; < 0: not known */
};

/* now: of the run queues' clock, in ns. */
void io_wait_find(struct dump *d, const struct disks *disks, uint64_t now,
		  const struct wait *w, struct io_wait *io);

#endif
