// SPDX-License-Identifier: GPL-2.0-or-later
#include "idr.h"

#include <string.h>

#include "layout.h"

#define DEPTH_MAX 16 /* 64 bits of id, at least 4 for each node */
#define IDS_MAX (1u << 22)
#define NODES_MAX (1u << 18)
#define NODE_MIN 4096 /* an internal entry below is a mark, not a node */

/* One node on the way down: where in it the walk is. */
struct level {
	uint64_t first; /* the id of its first slot */
	unsigned int shift, at;
	kaddr_t slots[64];
};

struct tree {
	struct dump *d;
	const char *what;
	struct ids *ids;
	bool is_ida, bad;
	kaddr_t tag; /* of a pointer to a node */
	unsigned int nslots, bits, nodes;
	struct object node;
	struct level levels[DEPTH_MAX];
	size_t depth;
};

static void bad(struct tree *t, const char *why, kaddr_t where)
{
	t->bad = true;
	t->ids->complete = false;
	dump_note(t->d, "%s: a node of its tree at 0x%llx %s", t->what, HEX(where), why);
}

static void unread(struct tree *t, const char *part, kaddr_t where)
{
	t->bad = true;
	t->ids->complete = false;
	dump_unread(t->d, "%s: %s of its tree at 0x%llx", t->what, part, HEX(where));
}

static bool is_node(const struct tree *t, kaddr_t entry)
{
	return (entry & 3) == t->tag && entry > NODE_MIN;
}

static void add_id(struct tree *t, uint64_t id, kaddr_t ptr)
{
	struct id_entry *e;

	if (t->ids->all.n == IDS_MAX) {
		t->bad = true;
		t->ids->complete = false;
		return;
	}
	e = vec_push(t->d->arena, &t->ids->all);
	e->id = id;
	e->ptr = ptr;
}

/* A leaf of an ida: bits in the entry itself, or a bitmap of 1024 elsewhere. */
static void add_bits(struct tree *t, uint64_t index, kaddr_t entry)
{
	size_t size = (size_t)layout_size(t->d, IDA_BITMAP), i;
	unsigned char bytes[256] = {0};
	uint64_t value = entry >> (t->tag == 2 ? 1 : 2);

	if (!size || size > sizeof(bytes)) {
		bad(t, "holds bitmaps of a size that is not known", entry);
		return;
	}
	if (entry & (t->tag == 2 ? 1 : 2)) {
		memcpy(bytes, &value, sizeof(value));
	} else if (dump_read(t->d, entry, bytes, size) != DUMP_OK) {
		unread(t, "a bitmap", entry);
		return;
	}
	for (i = 0; i < size * 8; i++)
		if (bytes[i / 8] >> (i % 8) & 1)
			add_id(t, index * size * 8 + i, 0);
}

static void add_leaf(struct tree *t, uint64_t index, kaddr_t entry)
{
	/* Other internal entries are marks: a sibling, a reserved slot. */
	if (!entry || ((entry & 3) == t->tag && entry <= NODE_MIN))
		return;
	if (t->is_ida)
		add_bits(t, index, entry);
	else
		add_id(t, index, entry);
}

/* A node lies one level below its parent; above the root everything is allowed. */
static void enter(struct tree *t, kaddr_t entry, uint64_t first, unsigned int above)
{
	kaddr_t addr = entry - t->tag;
	struct level *l;

	if (t->depth == DEPTH_MAX || ++t->nodes > NODES_MAX) {
		bad(t, "is deeper, or has more nodes, than any tree has", addr);
		return;
	}
	if (!obj_read(&t->node, XA_NODE, addr)) {
		unread(t, "a node", addr);
		return;
	}
	l = &t->levels[t->depth];
	l->first = first;
	l->shift = (unsigned int)obj_u64(&t->node, XA_NODE_SHIFT);
	l->at = 0;
	if (l->shift > 60 || l->shift % t->bits ||
	    (above && l->shift + t->bits != above)) {
		bad(t, "has a shift that none there has", addr);
		return;
	}
	memcpy(l->slots, t->node.bytes + layout_offset(t->d, XA_NODE_SLOTS),
	       t->nslots * sizeof(kaddr_t));
	t->depth++;
}

static void walk(struct tree *t, kaddr_t root)
{
	struct level *l;
	kaddr_t entry;
	uint64_t id;

	if (!is_node(t, root)) {
		add_leaf(t, 0, root);
		return;
	}
	enter(t, root, 0, 0);
	while (t->depth && !dump_interrupted(t->d)) {
		l = &t->levels[t->depth - 1];
		if (l->at == t->nslots) {
			t->depth--;
			continue;
		}
		entry = l->slots[l->at];
		id = l->first + ((uint64_t)l->at++ << l->shift);
		if (is_node(t, entry) && l->shift)
			enter(t, entry, id, l->shift);
		else
			add_leaf(t, id, entry);
	}
}

static bool tree_read(struct dump *d, kaddr_t root, const char *what, bool is_ida,
		      struct ids *ids)
{
	bool xarray = layout_has(d, XARRAY_HEAD);
	enum layout_id head = xarray ? XARRAY_HEAD : RADIX_ROOT_NODE;
	struct tree *t = arena_alloc(d->arena, sizeof(*t));
	kaddr_t entry;

	memset(ids, 0, sizeof(*ids));
	t->d = d;
	t->what = what;
	t->ids = ids;
	t->is_ida = is_ida;
	t->tag = xarray ? 2 : 1;
	obj_init(&t->node, d);
	t->nslots = (unsigned int)layout_size(d, XA_NODE_SLOTS) / sizeof(kaddr_t);
	for (t->bits = 0; 1u << t->bits < t->nslots;)
		t->bits++;
	if (!layout_has_all(d, head, XA_NODE, XA_NODE_SHIFT) || t->nslots < 2 ||
	    t->nslots > 64 || 1u << t->bits != t->nslots) {
		dump_note(d, "%s: no debuginfo for radix trees", what);
		return false;
	}
	if (!member_ptr(d, root, head, &entry)) {
		dump_unread(d, "%s: its tree at 0x%llx", what, HEX(root));
		return false;
	}
	ids->complete = true;
	walk(t, entry);
	if (dump_interrupted(d))
		ids->complete = false;
	return true;
}

bool xarray_read(struct dump *d, kaddr_t xa, const char *what, struct ids *ids)
{
	return tree_read(d, xa, what, false, ids);
}

bool idr_read(struct dump *d, kaddr_t idr, const char *what, struct ids *ids)
{
	uint64_t base = 0;
	size_t i;

	/* Ids count from idr_base since 4.18. */
	member_u64(d, idr, IDR_BASE, &base);
	if (!tree_read(d, member_addr(d, idr, IDR_ROOT), what, false, ids))
		return false;
	for (i = 0; i < ids->all.n; i++)
		ids->all.v[i].id += base;
	return true;
}

bool ida_read(struct dump *d, kaddr_t ida, const char *what, struct ids *ids)
{
	return tree_read(d, member_addr(d, ida, IDA_ROOT), what, true, ids);
}
