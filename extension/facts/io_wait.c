// SPDX-License-Identifier: GPL-2.0-or-later
#include "io_wait.h"

#include <string.h>

#include "dump/layout.h"
#include "kernel/sched/superblock.h"

/* Disks that are made of files on other such disks. */
#define LEVELS_MAX 8

static enum frozen frozen_queue(const struct stack *stack, const struct wait *w)
{
	if (w->kind != WAIT_QUEUE || !w->object)
		return FROZEN_NO;
	if (stack_find(stack, "blk_mq_freeze_queue_wait"))
		return FROZEN_BY_IT;
	return stack_find(stack, "__bio_queue_enter") ||
			       stack_find(stack, "bio_queue_enter") ||
			       stack_find(stack, "blk_queue_enter")
		       ? FROZEN_TO_IT
		       : FROZEN_NO;
}

/* Who has given a bio to a disk and waits for it: its private word is his completion. */
static bool is_of_bio(const struct stack *stack, const struct wait *w)
{
	return w->kind == WAIT_COMPLETION && stack_find(stack, "submit_bio_wait");
}

bool io_wait_needs_disks(const struct stack *stack, const struct wait *w)
{
	return w->kind == WAIT_IO || is_of_bio(stack, w) ||
	       frozen_queue(stack, w) != FROZEN_NO;
}

/* All who wait there are in one queue: what they wait for, their stacks say. */
static void find_frozen(struct dump *d, const struct disks *disks,
			const struct stack *stack, const struct wait *w,
			struct io_wait *io)
{
	enum frozen frozen = frozen_queue(stack, w);
	size_t i;

	if (frozen == FROZEN_NO || !layout_has(d, QUEUE_FREEZE_WAIT))
		return;
	for (i = 0; i < disks->all.n && !io->disk; i++)
		if (member_addr(d, disks->all.v[i].queue, QUEUE_FREEZE_WAIT) ==
		    w->object) {
			io->disk = &disks->all.v[i];
			io->frozen = frozen;
		}
	if (io->disk && frozen == FROZEN_BY_IT)
		io->request = disks_oldest_request(disks, io->disk, false);
}

/* Who writes to a disk is held back by what that has not written. */
static void find_dirty(const struct disks *disks, const struct wait *w,
		       struct io_wait *io)
{
	size_t i;

	io->dirty = true;
	for (i = 0; i < disks->all.n && !io->disk; i++)
		if (disks->all.v[i].bdi == w->dirty)
			io->disk = &disks->all.v[i];
	if (io->disk)
		io->request = disks_oldest_request(disks, io->disk, true);
}

/* What it is on: a disk, else a file system. */
static void find_place_of(struct dump *d, const struct disks *disks, kaddr_t device,
			  kaddr_t inode, struct io_wait *io)
{
	struct superblock sb;

	if (device)
		io->disk = disks_of_device(d, disks, device);
	if (io->disk || !inode || !member_ptr(d, inode, INODE_SB, &io->file_system))
		return;
	io->file_system_id = superblock_around(d, io->file_system, &sb)
				     ? arena_printf(d->arena, "%s", sb.id)
				     : "";
}

/* No request in flight has it, or not one that is seen. */
static void find_place(struct dump *d, const struct disks *disks, const struct wait *w,
		       struct io_wait *io)
{
	kaddr_t device = 0, inode = 0;

	if (w->bit.of == BIT_OF_BUFFER && layout_has(d, BUFFER_DEVICE)) {
		member_ptr(d, w->bit.addr, BUFFER_DEVICE, &device);
	} else if (w->bit.of == BIT_OF_PAGE && layout_has(d, INODE_SB)) {
		inode = bit_wait_inode_of_page(d, w->bit.addr);
		device = disk_device_of_inode(d, inode);
	}
	find_place_of(d, disks, device, inode, io);
}

static void find_since(uint64_t now, struct io_wait *io)
{
	io->since_s = -1;
	if (io->request && io->request->since_ns && io->request->since_ns <= now)
		io->since_s = (double)(now - io->request->since_ns) / 1e9;
}

static bool is_above(const struct io_wait *top, const struct disk *disk)
{
	for (; top; top = top->below)
		if (top->disk == disk)
			return true;
	return false;
}

/* A disk that is made of a file does what the file's own disk does, which is another one. */
static void find_below(struct dump *d, const struct disks *disks, uint64_t now,
		       struct io_wait *top)
{
	struct io_wait *io = top, *below;
	kaddr_t inode;
	size_t i;

	for (i = 0; i < LEVELS_MAX && io->disk; i++) {
		inode = disk_file(d, io->disk);
		if (!inode)
			return;
		below = arena_alloc(d->arena, sizeof(*below));
		memset(below, 0, sizeof(*below));
		find_place_of(d, disks, disk_device_of_inode(d, inode), inode, below);
		if (below->disk && is_above(top, below->disk))
			return;
		if (below->disk)
			below->request = disks_oldest_request(disks, below->disk, false);
		find_since(now, below);
		io->below = below;
		io = below;
	}
}

void io_wait_find(struct dump *d, const struct disks *disks, uint64_t now,
		  const struct stack *stack, const struct wait *w, struct io_wait *io)
{
	memset(io, 0, sizeof(*io));
	if (w->dirty)
		find_dirty(disks, w, io);
	else if (w->bit.of == BIT_OF_PAGE)
		io->request = disks_request_of_page(d, disks, w->bit.addr);
	else if (w->bit.of == BIT_OF_BUFFER)
		io->request = disks_request_of_buffer(d, disks, w->bit.addr);
	else if (is_of_bio(stack, w))
		io->request = disks_request_of_owner(disks, w->object);
	else
		find_frozen(d, disks, stack, w, io);
	if (io->request)
		io->disk = &disks->all.v[io->request->disk];
	else
		find_place(d, disks, w, io);
	find_since(now, io);
	find_below(d, disks, now, io);
}
