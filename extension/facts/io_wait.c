// SPDX-License-Identifier: GPL-2.0-or-later
#include "io_wait.h"

#include <string.h>

#include "arch/arch.h"
#include "dump/layout.h"
#include "kernel/sched/superblock.h"

/* Disks that are made of files on other such disks. */
#define LEVELS_MAX 8
/* Of a stack: to make a request takes less. */
#define MADE_IN_MAX 2048

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

static bool waits_for_room(const struct stack *stack, const struct wait *w)
{
	/* wbt_wait() of its own until 4.20 */
	static const char *const waits[] = {"rq_qos_wait", "blk_mq_get_tag", "wbt_wait",
					    "__wbt_wait"};

	return w->kind == WAIT_IO && w->bit.of == BIT_OF_NOTHING && !w->dirty &&
	       stack_find_any(stack, waits, ARRAY_SIZE(waits));
}

/* How much of the stack is of those who make a request, with the disk's queue in hand. */
static uint64_t made_in(const struct dump *d, const struct stack *stack)
{
	/* blk_mq_make_request() until 5.9 */
	const struct frame *submits = stack_find(stack, "blk_mq_submit_bio"),
			   *maker = submits ? submits
					    : stack_find(stack, "blk_mq_make_request");
	size_t end = maker ? (size_t)(maker - stack->v) + d->arch->frame_ends : stack->n;

	if (end >= stack->n)
		return 0;
	return stack->v[end].up < MADE_IN_MAX ? stack->v[end].up : MADE_IN_MAX;
}

static const struct disk *disk_of_queue(const struct disks *disks, kaddr_t queue)
{
	size_t i;

	for (i = 0; i < disks->all.n && queue; i++)
		if (disks->all.v[i].queue == queue)
			return &disks->all.v[i];
	return NULL;
}

/* Where those of two disks are, neither is told. */
static void find_room(struct dump *d, const struct disks *disks,
		      const struct stack *stack, struct io_wait *io)
{
	unsigned char made[MADE_IN_MAX];
	uint64_t size = made_in(d, stack), at;
	const struct disk *disk;

	if (!size || dump_read(d, stack->sp, made, size) != DUMP_OK)
		return;
	for (at = 0; at + sizeof(kaddr_t) <= size; at += sizeof(kaddr_t)) {
		disk = disk_of_queue(disks, load_u64(made + at));
		if (disk && io->disk && disk != io->disk) {
			io->disk = NULL;
			io->room = 0;
			return;
		}
		if (!disk || io->disk)
			continue;
		io->disk = disk;
		io->room = stack->sp + at;
	}
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
	else if (waits_for_room(stack, w))
		find_room(d, disks, stack, io);
	else
		find_frozen(d, disks, stack, w, io);
	if (io->request)
		io->disk = &disks->all.v[io->request->disk];
	else if (!io->room)
		find_place(d, disks, w, io);
	find_since(now, io);
	find_below(d, disks, now, io);
}
