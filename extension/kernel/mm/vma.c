// SPDX-License-Identifier: GPL-2.0-or-later
#include "vma.h"

#include "dump/layout.h"
#include "dump/maple.h"

/* A red-black tree is at most twice as deep as need be, and there are < 2^31 areas. */
#define RB_DEPTH 64
/* Nodes on the way to one area, with room for gaps in the last. */
#define MAPLE_STEPS 64
/* ELF files have a few segments. */
#define SEGMENTS_MAX 16

static bool read_vma(struct object *o, kaddr_t at, struct vma *vma)
{
	if (!obj_read_bytes(o, at, layout_span(o->d, VMA_START)))
		return false;
	vma->start = obj_u64(o, VMA_START);
	vma->end = obj_u64(o, VMA_END);
	vma->file = obj_u64(o, VMA_FILE);
	vma->offset = obj_u64(o, VMA_PGOFF) * o->d->info.page_size;
	return vma->start < vma->end;
}

static bool find_in_rb(struct object *o, kaddr_t mm, kaddr_t addr, struct vma *vma)
{
	struct dump *d = o->d;
	kaddr_t node;
	int depth;

	if (!layout_has_all(d, VMA_RB, RB_ROOT_NODE, RB_LEFT, RB_RIGHT) ||
	    !member_ptr(d, member_addr(d, mm, MM_RB), RB_ROOT_NODE, &node))
		return false;
	for (depth = 0; node && depth < RB_DEPTH; depth++) {
		if (!read_vma(o, member_base(d, node, VMA_RB), vma))
			return false;
		if (addr >= vma->start && addr < vma->end)
			return true;
		if (!member_ptr(d, node, addr < vma->start ? RB_LEFT : RB_RIGHT, &node))
			return false;
	}
	return false;
}

static bool find_in_maple(struct object *o, kaddr_t mm, kaddr_t addr, struct vma *vma)
{
	struct maple_walk w;
	kaddr_t entry;

	maple_begin(&w, o->d, member_addr(o->d, mm, MM_MT), addr, NULL, MAPLE_STEPS);
	return maple_next(&w, &entry) && read_vma(o, entry, vma) && addr >= vma->start &&
	       addr < vma->end;
}

bool vma_find(struct dump *d, kaddr_t mm, kaddr_t addr, struct vma *vma)
{
	struct object o;
	bool found;

	if (!layout_has_all(d, VMA_START, VMA_END, VMA_FILE, VMA_PGOFF))
		return false;
	obj_init(&o, d);
	if (layout_has(d, MM_RB))
		found = find_in_rb(&o, mm, addr, vma);
	else
		found = layout_has_all(d, MM_MT, MAPLE_ROOT) &&
			find_in_maple(&o, mm, addr, vma);
	obj_done(&o);
	return found;
}

bool vma_file_start(struct dump *d, kaddr_t mm, const struct vma *vma, kaddr_t *start)
{
	struct vma at = *vma;
	int i;

	for (i = 0; i < SEGMENTS_MAX && at.file == vma->file && at.file; i++) {
		*start = at.start;
		if (!at.offset)
			return true;
		if (!vma_find(d, mm, at.start - 1, &at))
			return false;
	}
	return false;
}
