// SPDX-License-Identifier: GPL-2.0-or-later
#include "maple.h"

#include <string.h>

#include "layout.h"

/*
 * struct maple_node, of 256 bytes: a parent, then pivots, then slots; what kind it is and
 * that it is one stands in the low bits of the pointer to it (include/linux/maple_tree.h).
 * A pivot is the last index of its slot, and the last of a node ends it.
 */
#define MAPLE_LEAF 1

static const struct maple_kind {
	unsigned int slots, slots_at;
} maple_kinds[] = {
	[MAPLE_LEAF] = {16, 128}, /* leaf_64 */
	[2] = {16, 128},	  /* range_64 */
	[3] = {10, 80},		  /* arange_64 */
};

static void damaged(struct maple_walk *w, kaddr_t node)
{
	if (w->what)
		dump_note(
			w->d,
			"%s: the node of their tree at 0x%llx cannot be read or is none",
			w->what, HEX(node));
	w->complete = false;
}

static void enter(struct maple_walk *w, kaddr_t entry, uint64_t last)
{
	kaddr_t node = entry & ~0xffull;
	unsigned int type = entry >> 3 & 15;
	struct maple_level *l;

	if (type < MAPLE_LEAF || type >= ARRAY_SIZE(maple_kinds) ||
	    w->depth == MAPLE_DEPTH ||
	    dump_read(w->d, node, w->levels[w->depth].bytes, MAPLE_NODE) != DUMP_OK) {
		damaged(w, node);
		return;
	}
	w->seen++;
	l = &w->levels[w->depth++];
	l->kind = &maple_kinds[type];
	l->last = last;
	l->at = 0;
}

/* The entry of the next slot, 0 for one that leads further down or to nothing. */
static kaddr_t take_slot(struct maple_walk *w, struct maple_level *l)
{
	unsigned int i = l->at++, slots = l->kind->slots;
	uint64_t pivot = i + 1 < slots ? load_u64(l->bytes + 8 + i * 8ul) : l->last;
	kaddr_t slot = load_u64(l->bytes + l->kind->slots_at + i * 8ul);

	if (!pivot && i)
		pivot = l->last;
	if (pivot >= l->last)
		l->at = slots;
	if (pivot < w->from || !slot)
		return 0;
	if (l->kind != &maple_kinds[MAPLE_LEAF]) {
		enter(w, slot, pivot);
		return 0;
	}
	w->seen++;
	return slot;
}

void maple_begin(struct maple_walk *w, struct dump *d, kaddr_t tree, uint64_t from,
		 const char *what, size_t max)
{
	kaddr_t root;

	memset(w, 0, offsetof(struct maple_walk, levels));
	w->d = d;
	w->what = what;
	w->from = from;
	w->max = max;
	w->complete = true;
	if (!member_ptr(d, tree, MAPLE_ROOT, &root))
		damaged(w, tree);
	else if ((root & 3) == 2 && root > 4096)
		enter(w, root, UINT64_MAX);
	else if (!from) /* of index 0 */
		w->only = root;
}

bool maple_next(struct maple_walk *w, kaddr_t *entry)
{
	struct maple_level *l;

	*entry = w->only;
	w->only = 0;
	while (!*entry && w->depth && w->seen < w->max && !dump_interrupted(w->d)) {
		l = &w->levels[w->depth - 1];
		if (l->at == l->kind->slots)
			w->depth--;
		else
			*entry = take_slot(w, l);
	}
	if (!*entry && w->seen >= w->max) {
		if (w->what)
			dump_note(w->d, "%s: their tree has more in it than there can be",
				  w->what);
		w->complete = false;
	}
	return *entry;
}
