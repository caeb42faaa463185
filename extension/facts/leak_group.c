// SPDX-License-Identifier: GPL-2.0-or-later
#include "leak_group.h"

#include <stdlib.h>
#include <string.h>

#include "dump/layout.h"
#include "dump/list.h"

#define GROUPS_MAX 1000

/* ---- fences ------------------------------------------------------------------ */

/* Known, and in the objects of that cache. */
static bool fence_rows(struct dump *d, const struct slab_cache *c)
{
	return layout_has_all(d, GPU_FENCE, GPU_FENCE_NODE, DMA_FENCE, DMA_FENCE_SEQNO,
			      DMA_FENCE_FLAGS, DMA_FENCE_REFCOUNT) &&
	       layout_size(d, GPU_FENCE) <= (long)c->object_size &&
	       layout_size(d, DMA_FENCE) <= (long)c->object_size;
}

static uint64_t fence_member(struct dump *d, const unsigned char *p, enum layout_id id)
{
	return load_le(p + layout_offset(d, id), (size_t)layout_size(d, id));
}

void fence_census_count(struct dump *d, const struct slab_cache *c,
			const unsigned char *p, struct fence_census *f)
{
	/* Where it has a number of its own the seqno may always be 0 (5.0 to 5.2). */
	enum layout_id number = layout_has(d, GPU_FENCE_ID) ? GPU_FENCE_ID
							    : DMA_FENCE_SEQNO;
	unsigned int bit = layout_bit(d, DMA_FENCE_SIGNALED, 0);
	uint64_t seqno;

	if (!fence_rows(d, c))
		return;
	seqno = fence_member(d, p, number);
	if (!f->n++ || seqno < f->lowest)
		f->lowest = seqno;
	if (seqno > f->highest)
		f->highest = seqno;
	f->signalled += fence_member(d, p, DMA_FENCE_FLAGS) >> bit & 1;
	f->alone += fence_member(d, p, DMA_FENCE_REFCOUNT) == 1;
	f->unlinked += is_list_poison(fence_member(d, p, GPU_FENCE_NODE));
}

void fence_census_add(struct dump *d, struct slabs *s, struct typer *t,
		      const struct slab_cache *c, struct fence_census *f)
{
	struct slab_walk w;

	slab_walk_cache(&w, s, c);
	while (slab_walk_next(&w))
		if (w.bytes && slab_walk_state(&w) == OBJECT_ALLOCATED &&
		    typer_of(t, c, w.addr, w.bytes)->kind == KIND_GPU_FENCE)
			fence_census_count(d, c, w.bytes, f);
}

/* ---- groups -------------------------------------------------------------------- */

struct grouper {
	struct dump *d;
	struct leaks *l;
	struct leak_groups *groups;
	struct typer *typer;
};

/*
 * A call site that many paths lead to is one owner where stacks are kept inline, or an
 * interrupted task's would make it many.  But whom to blame for a fence, its path says.
 */
static bool is_owner(const struct leak_group *g, const struct slab_track *owner)
{
	if (g->kind == KIND_GPU_FENCE || g->kind == KIND_DMA_FENCE)
		return slab_track_same(&g->owner, owner);
	return g->owner.addr == owner->addr && g->owner.handle == owner->handle;
}

static struct leak_group *group_of(struct grouper *g, const struct slab_cache *c,
				   const struct object_type *type,
				   const struct slab_track *owner)
{
	struct leak_group *group;
	size_t i;

	for (i = 0; i < g->groups->all.n; i++) {
		group = &g->groups->all.v[i];
		if (group->cache == c && group->kind == type->kind &&
		    !strcmp(group->type, type->name) && group->tracked == !!owner &&
		    (!owner || is_owner(group, owner)))
			return group;
	}
	if (g->groups->all.n == GROUPS_MAX)
		return NULL;
	group = vec_push(g->d->arena, &g->groups->all);
	group->cache = c;
	group->kind = type->kind;
	group->type = type->name;
	group->tracked = owner;
	if (owner)
		group->owner = *owner;
	return group;
}

static void one_lost(struct grouper *g, const struct slab_cache *c, kaddr_t addr,
		     const unsigned char *bytes, bool held)
{
	const struct object_type *type = typer_of(g->typer, c, addr, bytes);
	struct slab_track track = {0};
	bool tracked = slab_track_read(g->d, c, bytes, TRACK_ALLOC, &track);
	struct leak_group *group = group_of(g, c, type, tracked ? &track : NULL);

	g->groups->n++;
	g->groups->bytes += c->size;
	if (!group) {
		g->groups->more++;
		return;
	}
	if (!group->n++ || (group->example_held && !held)) {
		group->example = addr;
		group->example_held = held;
	}
	group->held += held;
	group->bytes += c->size;
	if (type->kind == KIND_GPU_FENCE)
		fence_census_count(g->d, c, bytes, &group->fences);
}

static bool has_lost(const struct leaks *l, const struct slab *slab)
{
	unsigned int k;

	for (k = 0; k < slab->objects; k++)
		if (reach_lost(&l->reach, (uint32_t)(slab->first + k)))
			return true;
	return false;
}

static void one_slab(struct grouper *g, struct slab *slab)
{
	struct slab_walk w;
	uint32_t number;

	if (!has_lost(g->l, slab))
		return;
	slab_walk_slab(&w, g->l->slabs, slab);
	while (slab_walk_next(&w)) {
		number = (uint32_t)(slab->first + w.index);
		if (w.bytes && reach_lost(&g->l->reach, number))
			one_lost(g, w.cache, w.addr, w.bytes,
				 reach_held(&g->l->reach, number));
	}
}

static bool is_selected(const struct slab_selection *only, const struct slab_cache *c)
{
	size_t i;

	for (i = 0; only && i < only->v.n; i++)
		if (only->v.v[i] == c)
			return true;
	return !only;
}

static int most_bytes(const void *a, const void *b)
{
	const struct leak_group *x = a, *y = b;

	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	return compare(x->example, y->example);
}

static bool is_sysctl_header(struct dump *d, kaddr_t header)
{
	kaddr_t root;
	uint64_t of;

	return dump_symbol(d, "sysctl_table_root", &root) &&
	       member_u64(d, header, CTL_HEADER_ROOT, &of) && of == root;
}

/* The header of a table with directories is behind its own list of headers. */
static bool is_sysctl_table(struct dump *d, kaddr_t addr)
{
	long size = layout_size(d, CTL_HEADER);
	uint64_t first;

	return size &&
	       (is_sysctl_header(d, addr) || (dump_ptr(d, addr + (kaddr_t)size, &first) &&
					      is_sysctl_header(d, first)));
}

static enum leak_kept kept_as(struct dump *d, const struct leak_group *g)
{
	kaddr_t nfs;

	if (is_sysctl_table(d, g->example))
		return KEPT_SYSCTL_HEADER;
	if (g->kind == KIND_TEXT && dump_symbol(d, "nfs_dir_aops", &nfs))
		return KEPT_NFS_NAMES;
	return KEPT_NOT;
}

static void finish(struct grouper *g)
{
	struct leak_group *group;
	size_t i, k;

	for (i = 0; i < g->groups->all.n; i++) {
		group = &g->groups->all.v[i];
		group->kept = kept_as(g->d, group);
		if (leak_is_kept(group)) {
			g->groups->kept += group->n;
			g->groups->kept_bytes += group->bytes;
		}
		if (!group->tracked)
			continue;
		group->site = kernel_place(g->d, group->owner.addr);
		slab_track_stack(g->d, &group->owner);
		group->frames =
			arena_alloc(g->d->arena, TRACK_FRAMES * sizeof(*group->frames));
		for (k = 0; k < group->owner.n; k++)
			group->frames[k] = kernel_place(g->d, group->owner.stack[k]);
	}
	if (g->groups->all.n)
		qsort(g->groups->all.v, g->groups->all.n, sizeof(g->groups->all.v[0]),
		      most_bytes);
}

void leak_groups_read(struct dump *d, struct leaks *l, const struct gpus *gpus,
		      const struct slab_selection *only, struct leak_groups *groups)
{
	struct grouper g = {.d = d, .l = l, .groups = groups};
	struct slab *slab;
	size_t i;

	memset(groups, 0, sizeof(*groups));
	g.typer = typer_create(d, l->slabs, gpus);
	for (i = 0; i < l->slabs->all.n && !dump_interrupted(d); i++) {
		slab = &l->slabs->all.v[i];
		if (l->lost_of[slab->cache] &&
		    is_selected(only, slab_cache_of(l->slabs, slab)))
			one_slab(&g, slab);
	}
	finish(&g);
}
