// SPDX-License-Identifier: GPL-2.0-or-later
#include "slab_track.h"

#include <stdlib.h>
#include <string.h>

#include "dump/layout.h"
#include "stackdepot.h"

#define OWNERS_SIZE 4096
#define OWNERS_MAX 2048

static uint64_t field(struct dump *d, const unsigned char *track, enum layout_id id)
{
	uint64_t v = 0;
	size_t n = (size_t)layout_size(d, id);

	if (layout_has(d, id))
		memcpy(&v, track + layout_offset(d, id), n < 8 ? n : 8);
	return v;
}

static void inline_stack(struct dump *d, const unsigned char *track, struct slab_track *t)
{
	size_t room = (size_t)layout_size(d, TRACK_ADDRS) / sizeof(kaddr_t);

	for (t->n = 0; t->n < room && t->n < TRACK_FRAMES; t->n++) {
		memcpy(&t->stack[t->n],
		       track + layout_offset(d, TRACK_ADDRS) + t->n * sizeof(kaddr_t),
		       sizeof(kaddr_t));
		/* Ends with 0, or with ULONG_MAX until 5.1. */
		if (!t->stack[t->n] || t->stack[t->n] == UINT64_MAX)
			break;
	}
}

/* get_track() of mm/slub.c: behind the object, and behind a free pointer that is there. */
static size_t track_offset(struct dump *d, const struct slab_cache *c,
			   enum slab_track_kind kind)
{
	size_t at = c->offset >= c->inuse ? c->offset + sizeof(kaddr_t) : c->inuse;

	return at + (size_t)kind * (size_t)layout_size(d, TRACK);
}

bool slab_track_read(struct dump *d, const struct slab_cache *c,
		     const unsigned char *bytes, enum slab_track_kind kind,
		     struct slab_track *t)
{
	const unsigned char *track;
	size_t at;

	memset(t, 0, sizeof(*t));
	if (!c->store_user || !layout_has_all(d, TRACK, TRACK_ADDR, TRACK_WHEN))
		return false;
	at = track_offset(d, c, kind);
	/* The last object of a slab ends where the next would have its left pad. */
	if (at + (size_t)layout_size(d, TRACK) > c->size - c->red_left_pad)
		return false;
	track = bytes + at;
	t->addr = field(d, track, TRACK_ADDR);
	t->cpu = (int)field(d, track, TRACK_CPU);
	t->pid = (int)field(d, track, TRACK_PID);
	t->when = field(d, track, TRACK_WHEN);
	t->handle = (uint32_t)field(d, track, TRACK_HANDLE);
	if (layout_has(d, TRACK_ADDRS))
		inline_stack(d, track, t);
	return t->addr != 0;
}

void slab_track_stack(struct dump *d, struct slab_track *t)
{
	if (!t->n && t->handle)
		t->n = stackdepot_fetch(d, t->handle, t->stack, TRACK_FRAMES);
}

/* ---- owners -------------------------------------------------------------------- */

static uint64_t hash_of(const struct slab_track *t)
{
	uint64_t h = t->addr * 0x9e3779b97f4a7c15ull ^ t->handle;
	size_t i;

	for (i = 0; i < t->n; i++)
		h = (h ^ t->stack[i]) * 0x9e3779b97f4a7c15ull;
	return h ^ h >> 32;
}

bool slab_track_same(const struct slab_track *a, const struct slab_track *b)
{
	return a->addr == b->addr && a->handle == b->handle && a->n == b->n &&
	       !memcmp(a->stack, b->stack, a->n * sizeof(a->stack[0]));
}

/* The track's owner, made if it is new; NULL when there are too many. */
static struct slab_owner *owner_of(struct dump *d, struct slab_owners *o,
				   const struct slab_track *t, kaddr_t addr)
{
	size_t i = hash_of(t) % OWNERS_SIZE;
	struct slab_owner *owner;

	if (!o->table)
		o->table = arena_alloc(d->arena, OWNERS_SIZE * sizeof(*o->table));
	for (; o->table[i]; i = (i + 1) % OWNERS_SIZE)
		if (slab_track_same(&o->table[i]->track, t))
			return o->table[i];
	if (o->all.n >= OWNERS_MAX)
		return NULL;
	owner = arena_alloc(d->arena, sizeof(*owner));
	owner->track = *t;
	owner->example = addr;
	owner->oldest = owner->youngest = t->when;
	o->table[i] = *vec_push(d->arena, &o->all) = owner;
	return owner;
}

static void add_pid(struct slab_owner *o, int pid)
{
	size_t i;

	for (i = 0; i < o->npids && i < OWNER_PIDS; i++)
		if (o->pids[i] == pid)
			return;
	if (o->npids < OWNER_PIDS)
		o->pids[o->npids] = pid;
	o->npids += o->npids <= OWNER_PIDS;
}

void slab_owner_count(struct dump *d, struct slab_owners *o, const struct slab_cache *c,
		      kaddr_t addr, const unsigned char *bytes, enum slab_track_kind kind)
{
	struct slab_owner *owner = NULL;
	struct slab_track t;

	if (slab_track_read(d, c, bytes, kind, &t))
		owner = owner_of(d, o, &t, addr);
	if (!owner) {
		o->untracked++;
		return;
	}
	owner->count++;
	owner->bytes += c->size;
	if (t.when < owner->oldest)
		owner->oldest = t.when;
	if (t.when > owner->youngest)
		owner->youngest = t.when;
	add_pid(owner, t.pid);
}

const char *kernel_place(struct dump *d, kaddr_t addr)
{
	struct dump_symbol sym;

	if (!dump_symbol_at(d, addr, &sym))
		return arena_printf(d->arena, "0x%llx", HEX(addr));
	return arena_printf(d->arena, "%s+0x%llx%s%s%s", sym.name, HEX(sym.offset),
			    sym.module[0] ? " [" : "", sym.module,
			    sym.module[0] ? "]" : "");
}

static int most_objects(const void *a, const void *b)
{
	const struct slab_owner *x = *(struct slab_owner *const *)a;
	const struct slab_owner *y = *(struct slab_owner *const *)b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return compare(x->track.addr, y->track.addr);
}

void slab_owners_finish(struct dump *d, struct slab_owners *o)
{
	struct slab_owner *owner;
	size_t i, k;

	if (o->all.n)
		qsort(o->all.v, o->all.n, sizeof(o->all.v[0]), most_objects);
	for (i = 0; i < o->all.n; i++) {
		owner = o->all.v[i];
		owner->site = kernel_place(d, owner->track.addr);
		slab_track_stack(d, &owner->track);
		owner->frames =
			arena_alloc(d->arena, TRACK_FRAMES * sizeof(*owner->frames));
		for (k = 0; k < owner->track.n; k++)
			owner->frames[k] = kernel_place(d, owner->track.stack[k]);
	}
}

void slab_users_read(struct dump *d, struct slabs *s, const struct slab_selection *sel,
		     struct slab_users *o)
{
	struct slab_visit v = {.s = s, .sel = sel};
	size_t i;

	memset(o, 0, sizeof(*o));
	for (i = 0; i < sel->v.n; i++)
		o->tracked |= sel->v.v[i]->store_user;
	if (!o->tracked)
		return;
	while (slab_visit_next(&v)) {
		slab_owner_count(d, &o->allocated, v.w.cache, v.w.addr, v.w.bytes,
				 TRACK_ALLOC);
		slab_owner_count(d, &o->freed, v.w.cache, v.w.addr, v.w.bytes,
				 TRACK_FREE);
	}
	slab_owners_finish(d, &o->allocated);
	slab_owners_finish(d, &o->freed);
	o->objects = v.objects;
	o->unread = v.unread;
}
