// SPDX-License-Identifier: GPL-2.0-or-later
#include "blank.h"

#include <stdlib.h>

#include "dump/layout.h"
#include "facts/facts.h"
#include "kernel/mm/slab.h"

#define NAME_FILL 'x'
#define NAME_MAX_BYTES 4096
#define LOG_MAX (1u << 30)
#define PF_KTHREAD 0x00200000 /* include/linux/sched.h */

struct blank {
	const struct core_parts *parts;
	struct dump *d;
	struct erasures *to;
};

/* ---- pieces ----------------------------------------------------------------------- */

static void add_piece(struct blank *b, kaddr_t at, size_t size, unsigned char fill)
{
	struct erasure *e;
	uint64_t pa;

	if (!space_physical(b->parts->space, at, &pa))
		return;
	e = vec_push(b->d->arena, &b->to->all);
	*e = (struct erasure){pa, size, fill};
}

/* Neighbours in the kernel's addresses need not be in memory. */
static void add(struct blank *b, kaddr_t at, size_t size, unsigned char fill)
{
	size_t page = b->d->info.page_size, n;

	for (; size; at += n, size -= n) {
		n = page - at % page;
		if (n > size)
			n = size;
		add_piece(b, at, n, fill);
	}
}

/* It ends where it did. */
static void add_name(struct blank *b, kaddr_t at, size_t room)
{
	char name[NAME_MAX_BYTES + 1];

	if (room > sizeof(name))
		room = sizeof(name);
	if (dump_string(b->d, at, name, room))
		add(b, at, strlen(name), NAME_FILL);
}

/* ---- programs ---------------------------------------------------------------------- */

/* Also of those that are no more, as long as nobody took their memory. */
static void add_task(struct blank *b, struct object *task, kaddr_t at)
{
	if (obj_read(task, TASK, at) && !(obj_u64(task, TASK_FLAGS) & PF_KTHREAD))
		add_name(b, obj_addr(task, TASK_COMM),
			 (size_t)layout_size(b->d, TASK_COMM));
}

static void add_tasks(struct blank *b, const struct tasks *tasks)
{
	struct object task;
	size_t i;

	obj_init(&task, b->d);
	for (i = 0; i < tasks->all.n; i++)
		if (!tasks->all.v[i].idle)
			add_task(b, &task, tasks->all.v[i].addr);
}

static void add_cached_tasks(struct blank *b, struct slabs *slabs,
			     const struct slab_cache *c)
{
	struct slab_walk w;
	struct object task;

	obj_init(&task, b->d);
	slab_walk_cache(&w, slabs, c);
	while (slab_walk_next(&w))
		add_task(b, &task, w.addr);
}

/* The driver's copies: of who opened it, of who made a framebuffer. */
static void add_gpu(struct blank *b, const struct gpu *gpu)
{
	size_t i;

	for (i = 0; i < gpu->drm_use.files.n; i++)
		if (gpu->drm_use.files.v[i].private && layout_has(b->d, GPU_FPRIV_NAME))
			add_name(b,
				 member_addr(b->d, gpu->drm_use.files.v[i].private,
					     GPU_FPRIV_NAME),
				 (size_t)layout_size(b->d, GPU_FPRIV_NAME));
	for (i = 0; i < gpu->drm_use.framebuffers.n; i++)
		if (layout_has(b->d, DRM_FB_COMM))
			add_name(b,
				 member_addr(b->d, gpu->drm_use.framebuffers.v[i].addr,
					     DRM_FB_COMM),
				 (size_t)layout_size(b->d, DRM_FB_COMM));
}

/* ---- files ------------------------------------------------------------------------- */

struct dentry_layout {
	long name, name_size; /* of the pointer: struct qstr.name */
	long inside, inside_size;
};

static bool find_dentry(struct dump *d, struct dentry_layout *l)
{
	const struct dump_ops *ops = d->ops;

	/* A union with a name of its own: 58cf9c383c5c, 6.14. */
	return ops->member(d, "dentry", "d_name.name", false, &l->name, &l->name_size) &&
	       (ops->member(d, "dentry", "d_iname", false, &l->inside, &l->inside_size) ||
		ops->member(d, "dentry", "d_shortname", false, &l->inside,
			    &l->inside_size));
}

static void add_dentries(struct blank *b, struct slabs *slabs, const struct slab_cache *c)
{
	struct dentry_layout l;
	struct slab_walk w;
	kaddr_t name;

	if (!find_dentry(b->d, &l))
		return;
	slab_walk_cache(&w, slabs, c);
	while (slab_walk_next(&w)) {
		kaddr_t inside = w.addr + (uint64_t)l.inside;

		add(b, inside, (size_t)l.inside_size, 0);
		if (dump_u64(b->d, w.addr + (uint64_t)l.name, &name) && name != inside)
			add_name(b, name, NAME_MAX_BYTES);
	}
}

/* Buffers for a path that a system call was given. */
static void add_whole(struct blank *b, struct slabs *slabs, const struct slab_cache *c)
{
	struct slab_walk w;

	slab_walk_cache(&w, slabs, c);
	while (slab_walk_next(&w))
		add(b, w.addr, c->object_size, 0);
}

/* ---- the log ------------------------------------------------------------------------ */

static void add_log(struct blank *b)
{
	kaddr_t at;
	uint32_t size;

	if (dump_symbol_u64(b->d, "log_buf", &at) &&
	    dump_symbol_u32(b->d, "log_buf_len", &size) && size <= LOG_MAX)
		add(b, at, size, 0);
}

/* ---- all ---------------------------------------------------------------------------- */

static void add_caches(struct blank *b)
{
	struct slabs *slabs = slabs_get(b->d);
	size_t i;

	for (i = 0; slabs && i < slabs->caches.all.n; i++) {
		const struct slab_cache *c = &slabs->caches.all.v[i];

		if (!strcmp(c->family, "task_struct"))
			add_cached_tasks(b, slabs, c);
		else if (!strcmp(c->family, "dentry"))
			add_dentries(b, slabs, c);
		else if (!strcmp(c->family, "names_cache"))
			add_whole(b, slabs, c);
	}
}

static int by_address(const void *x, const void *y)
{
	return compare(((const struct erasure *)x)->pa, ((const struct erasure *)y)->pa);
}

/* One that begins within another ends it there. */
static void sort(struct erasures *e)
{
	size_t i;

	if (e->all.n)
		qsort(e->all.v, e->all.n, sizeof(*e->all.v), by_address);
	for (i = 1; i < e->all.n; i++)
		if (e->all.v[i - 1].pa + e->all.v[i - 1].size > e->all.v[i].pa)
			e->all.v[i - 1].size =
				(size_t)(e->all.v[i].pa - e->all.v[i - 1].pa);
}

void blank_find(const struct core_parts *p, struct erasures *erasures)
{
	struct blank b = {p, p->d, erasures};
	struct facts facts = {0};
	size_t i;

	facts_read(p->d, FACTS_TASKS | FACTS_DEVICES | FACTS_USE, &facts);
	add_tasks(&b, &facts.tasks);
	for (i = 0; i < facts.gpus.all.n; i++)
		add_gpu(&b, &facts.gpus.all.v[i]);
	add_caches(&b);
	add_log(&b);
	sort(erasures);
}
