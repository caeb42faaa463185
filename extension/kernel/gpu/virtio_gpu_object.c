// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio_gpu_object.h"

#include <stdlib.h>
#include <string.h>

#include "dump/layout.h"
#include "dump/list.h"
#include "kernel/sched/stack_search.h"

#define FREE_LIST_MAX 65536

struct finder {
	struct dump *d;
	const struct object_sources *s;
	struct gpu_objects *out;
	struct gem_refs refs; /* every place where an object was seen */
	struct gem_refs in_commands, on_free_list;
	struct object gem, object, shmem;
};

const char *gpu_object_kind_name(enum gpu_object_kind kind)
{
	static const char *const names[] = {
		[OBJECT_DUMB] = "dumb",
		[OBJECT_2D] = "2d",
		[OBJECT_3D] = "3d",
		[OBJECT_BLOB] = "blob",
		[OBJECT_IMPORTED] = "imported",
	};

	return names[kind];
}

/* ---- where objects are seen ---------------------------------------------- */

static void see(struct finder *f, kaddr_t gem)
{
	if (gem)
		*vec_push(f->d->arena, &f->refs.all) = gem;
}

static void see_all(struct finder *f, const struct gem_refs *refs)
{
	size_t i;

	for (i = 0; i < refs->all.n; i++)
		see(f, refs->all.v[i]);
}

static void read_free_list(struct finder *f)
{
	struct list_walk w;
	kaddr_t node;

	if (!layout_has_all(f->d, GPU_OBJ_FREE_LIST, OBJECT_ARRAY_NEXT))
		return;
	list_begin(&w, f->d, member_addr(f->d, f->s->vgdev, GPU_OBJ_FREE_LIST),
		   FREE_LIST_MAX);
	while (list_next(&w, &node))
		gpu_object_array_read(f->d, member_base(f->d, node, OBJECT_ARRAY_NEXT),
				      &f->on_free_list);
	list_end_note(&w, "objects to be freed");
}

/* TTM's objects are mapped by its own manager, and DRM's is empty. */
static void see_ttm_objects(struct finder *f)
{
	kaddr_t manager = member_addr(f->d, f->s->vgdev, GPU_TTM_VMA_MANAGER);
	struct drm_vma_nodes nodes = {0};
	size_t i;

	f->out->complete = f->s->drm->mappable_complete;
	if (!layout_has(f->d, GPU_TTM_VMA_MANAGER))
		return;
	f->out->complete = layout_has_all(f->d, GPU_OBJECT_VMA_NODE, GPU_OBJECT_GEM) &&
			   drm_vma_nodes_read(f->d, manager, &nodes);
	for (i = 0; i < nodes.all.n; i++)
		see(f, member_addr(f->d,
				   member_base(f->d, nodes.all.v[i], GPU_OBJECT_VMA_NODE),
				   GPU_OBJECT_GEM));
}

static void collect(struct finder *f)
{
	const struct drm *drm = f->s->drm;
	size_t i, k;

	for (i = 0; i < drm->files.n; i++)
		for (k = 0; k < drm->files.v[i].handles.all.n; k++)
			see(f, drm->files.v[i].handles.all.v[k].ptr);
	for (i = 0; i < drm->framebuffers.n; i++)
		for (k = 0; k < DRM_FB_OBJECTS; k++)
			see(f, drm->framebuffers.v[i].objects[k]);
	for (i = 0; i < drm->mappable.n; i++)
		see(f, drm->mappable.v[i]);
	for (i = 0; i < f->s->commands->all.n; i++)
		gpu_object_array_read(f->d, f->s->commands->all.v[i].objs,
				      &f->in_commands);
	see_all(f, &f->in_commands);
	read_free_list(f);
	see_all(f, &f->on_free_list);
	see_ttm_objects(f);
}

/* ---- an object ----------------------------------------------------------- */

static enum gpu_object_kind kind_of(struct finder *f)
{
	if (obj_u64(&f->gem, GEM_IMPORT))
		return OBJECT_IMPORTED;
	if (obj_u64(&f->object, GPU_OBJECT_GUEST_BLOB) ||
	    obj_u64(&f->object, GPU_OBJECT_HOST3D_BLOB))
		return OBJECT_BLOB;
	if (obj_u64(&f->object, GPU_OBJECT_DUMB))
		return OBJECT_DUMB;
	return f->s->virgl ? OBJECT_3D : OBJECT_2D;
}

/* Until 5.5 the pages were TTM's, which pins none. */
static void read_ttm(struct finder *f, struct gpu_object *o)
{
	kaddr_t ttm = obj_u64(&f->object, GPU_OBJECT_TTM);

	if (!ttm)
		return;
	if (!member_ptr(f->d, ttm, TTM_PAGES, &o->pages) ||
	    !member_u64(f->d, ttm, TTM_NUM_PAGES, &o->npages)) {
		dump_unread(f->d, "the pages of the virtio_gpu_object at 0x%llx",
			    HEX(o->addr));
		o->pages = 0;
	}
	if (!o->pages)
		o->npages = 0;
}

static void read_backing(struct finder *f, struct gpu_object *o)
{
	o->pins = -1;
	if (layout_has_all(f->d, GPU_OBJECT_TTM, TTM_PAGES, TTM_NUM_PAGES))
		read_ttm(f, o);
	if (!layout_has_all(f->d, GEM_SHMEM, GEM_SHMEM_PAGES) ||
	    !obj_read(&f->shmem, GEM_SHMEM, o->gem))
		return;
	o->pages = obj_u64(&f->shmem, GEM_SHMEM_PAGES);
	o->users = (int)obj_s64(&f->shmem, GEM_SHMEM_USERS);
	o->vmaps = (int)obj_s64(&f->shmem, GEM_SHMEM_VMAPS);
	if (layout_has(f->d, GEM_SHMEM_PINS))
		o->pins = (int)obj_s64(&f->shmem, GEM_SHMEM_PINS);
	if (o->pages)
		o->npages = o->size / f->d->info.page_size;
}

static void read_object(struct finder *f, kaddr_t gem)
{
	struct gpu_object *o;
	kaddr_t addr = member_base(f->d, gem, GPU_OBJECT_GEM);

	if (!obj_read(&f->gem, GEM, gem) || !obj_read(&f->object, GPU_OBJECT, addr)) {
		dump_unread(f->d, "the virtio_gpu_object at 0x%llx", HEX(addr));
		return;
	}
	/* A handle may be to another driver's object: then it is not one of ours. */
	if (layout_has(f->d, GEM_DEV) && obj_u64(&f->gem, GEM_DEV) != f->s->drm->addr) {
		dump_note(f->d, "the GEM object at 0x%llx belongs to another device",
			  HEX(gem));
		return;
	}
	o = vec_push(f->d->arena, &f->out->all);
	o->addr = addr;
	o->gem = gem;
	o->resource = (uint32_t)obj_u64(&f->object, GPU_OBJECT_RESOURCE);
	/* Until 5.1 the driver does not remember: it tells the device as it makes one. */
	o->created = !layout_has(f->d, GPU_OBJECT_CREATED) ||
		     obj_u64(&f->object, GPU_OBJECT_CREATED);
	o->size = obj_u64(&f->gem, GEM_SIZE);
	o->refcount = (int)obj_s64(&f->gem, GEM_REFCOUNT);
	o->handle_count = (int)obj_s64(&f->gem, GEM_HANDLES);
	o->dma_buf = obj_u64(&f->gem, GEM_DMA_BUF);
	o->kind = kind_of(f);
	read_backing(f, o);
}

static void read_objects(struct finder *f)
{
	size_t i;

	if (f->refs.all.n)
		qsort(f->refs.all.v, f->refs.all.n, sizeof(kaddr_t), compare_u64);
	for (i = 0; i < f->refs.all.n && !dump_interrupted(f->d); i++)
		if (!i || f->refs.all.v[i] != f->refs.all.v[i - 1])
			read_object(f, f->refs.all.v[i]);
}

/* ---- what refers to it --------------------------------------------------- */

static int by_gem(const void *a, const void *b)
{
	const struct gpu_object *x = a, *y = b;

	return compare(x->gem, y->gem);
}

static struct gpu_object *find(const struct finder *f, kaddr_t gem)
{
	struct gpu_object key = {.gem = gem};

	return f->out->all.n
		       ? bsearch(&key, f->out->all.v, f->out->all.n, sizeof(key), by_gem)
		       : NULL;
}

static void join_handles(struct finder *f, const struct drm_file *file)
{
	struct object_handle *h;
	struct gpu_object *o;
	size_t i;

	for (i = 0; i < file->handles.all.n; i++) {
		o = find(f, file->handles.all.v[i].ptr);
		if (!o)
			continue;
		h = vec_push(f->d->arena, &o->handles);
		h->file = file;
		h->handle = (uint32_t)file->handles.all.v[i].id;
	}
}

static void join_framebuffer(struct finder *f, const struct drm_framebuffer *fb)
{
	struct gpu_object *o;
	size_t i;

	for (i = 0; i < DRM_FB_OBJECTS; i++) {
		o = fb->objects[i] ? find(f, fb->objects[i]) : NULL;
		if (o)
			o->framebuffers++;
	}
}

static int by_dma_buf(const void *a, const void *b)
{
	const struct gpu_object *x = *(struct gpu_object *const *)a;
	const struct gpu_object *y = *(struct gpu_object *const *)b;

	return compare(x->dma_buf, y->dma_buf);
}

/* Open descriptors of the dma-bufs that objects are exported as. */
static void join_dma_bufs(struct finder *f)
{
	struct gpu_object **by, **found, key, *k = &key;
	size_t i, n = f->out->all.n;

	if (!f->s->files || !f->s->dma_buf_ops || !n)
		return;
	by = arena_alloc(f->d->arena, n * sizeof(struct gpu_object *));
	for (i = 0; i < n; i++)
		by[i] = &f->out->all.v[i];
	qsort(by, n, sizeof(struct gpu_object *), by_dma_buf);
	memset(&key, 0, sizeof(key));
	for (i = 0; i < f->s->files->all.n; i++) {
		key.dma_buf = f->s->files->all.v[i].private_data;
		if (f->s->files->all.v[i].f_op != f->s->dma_buf_ops || !key.dma_buf)
			continue;
		found = bsearch(&k, by, n, sizeof(k), by_dma_buf);
		if (found)
			(*found)->dma_bufs++;
	}
}

static int by_resource_of(const void *a, const void *b)
{
	const struct gpu_object *x = *(struct gpu_object *const *)a;
	const struct gpu_object *y = *(struct gpu_object *const *)b;

	return compare(x->resource, y->resource);
}

/* Commands that name an object by its id, and do not hold it. */
static void join_resources(struct finder *f)
{
	const struct gpu_commands *c = f->s->commands;
	struct gpu_object **by, **found, key, *k = &key;
	size_t i, n = f->out->all.n;

	if (!n || !c->all.n)
		return;
	by = arena_alloc(f->d->arena, n * sizeof(struct gpu_object *));
	for (i = 0; i < n; i++)
		by[i] = &f->out->all.v[i];
	qsort(by, n, sizeof(struct gpu_object *), by_resource_of);
	memset(&key, 0, sizeof(key));
	for (i = 0; i < c->all.n; i++) {
		if (c->all.v[i].resource <= 0 || c->all.v[i].objs)
			continue;
		key.resource = (uint32_t)c->all.v[i].resource;
		found = bsearch(&k, by, n, sizeof(k), by_resource_of);
		if (found)
			(*found)->commands++;
	}
}

static void join(struct finder *f)
{
	const struct drm *drm = f->s->drm;
	struct gpu_object *o;
	size_t i;

	for (i = 0; i < drm->files.n; i++)
		join_handles(f, &drm->files.v[i]);
	for (i = 0; i < drm->framebuffers.n; i++)
		join_framebuffer(f, &drm->framebuffers.v[i]);
	for (i = 0; i < f->in_commands.all.n; i++)
		if ((o = find(f, f->in_commands.all.v[i])))
			o->commands++;
	for (i = 0; i < f->on_free_list.all.n; i++)
		if ((o = find(f, f->on_free_list.all.v[i])))
			o->freeing = true;
	join_resources(f);
	join_dma_bufs(f);
}

/* ---- what a function works on -------------------------------------------- */

/* A function that makes an object, or lets go of it, may be the only one to have it. */
static bool is_unshared(const struct gpu_object *o)
{
	return !o->handles.n && !o->framebuffers && !o->dma_buf;
}

/* The objects are by address. */
static void search_stacks(struct finder *f)
{
	struct gpu_object *o, **of;
	struct stack_target *v;
	size_t i, n = 0;

	v = arena_alloc(f->d->arena, (f->out->all.n + 1) * sizeof(*v));
	of = arena_alloc(f->d->arena, (f->out->all.n + 1) * sizeof(struct gpu_object *));
	for (i = 0; i < f->out->all.n; i++) {
		o = &f->out->all.v[i];
		if (!is_unshared(o))
			continue;
		v[n].start = o->addr;
		v[n].end = o->addr + (kaddr_t)layout_size(f->d, GPU_OBJECT);
		of[n++] = o;
	}
	stacks_search(f->d, f->s->tasks, v, n);
	for (i = 0; i < n; i++) {
		of[i]->on_stack_of = v[i].task;
		of[i]->on_stack_at = v[i].at;
	}
}

/* ---- what nobody refers to ----------------------------------------------- */

/* An exported object belongs to its dma-buf, which others may map or import. */
static void count(struct finder *f)
{
	struct gpu_objects *out = f->out;
	struct gpu_object *o;
	size_t i;

	for (i = 0; i < out->all.n; i++) {
		o = &out->all.v[i];
		o->passing = !o->handles.n && (!o->created || !o->refcount);
		o->orphan = f->s->drm->files_complete && !o->handles.n &&
			    !o->framebuffers && !o->commands && !o->dma_buf &&
			    !o->freeing && !o->passing && !o->on_stack_of;
		out->bytes += o->size;
		out->freeing += o->freeing;
		out->orphans += o->orphan;
		out->orphan_bytes += o->orphan ? o->size : 0;
	}
}

static int by_resource(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return compare(x, y);
}

/*
 * Ids from the ida are one less than the device's; the module option virglhack, on by
 * default, takes them from a counter and never gives one back.  Some older drivers have a
 * counter alone: then no object has an id from the ida.
 */
static void find_lost(struct finder *f)
{
	struct gpu_objects *out = f->out;
	uint32_t id, *known;
	uint32_t hack = 0;
	struct ids ids;
	size_t i;

	dump_symbol_u32(f->d, "virtio_gpu_virglrenderer_workaround", &hack);
	if (hack || !layout_has_all(f->d, GPU_RESOURCE_IDA, IDA_ROOT) ||
	    !ida_read(f->d, member_addr(f->d, f->s->vgdev, GPU_RESOURCE_IDA),
		      "resource ids", &ids) ||
	    !ids.complete)
		return;
	out->ids_known = !out->all.n;
	known = arena_alloc(f->d->arena, (out->all.n + 1) * sizeof(*known));
	for (i = 0; i < out->all.n; i++)
		known[i] = out->all.v[i].resource;
	qsort(known, out->all.n, sizeof(*known), by_resource);
	for (i = 0; i < ids.all.n; i++) {
		id = (uint32_t)ids.all.v[i].id + 1;
		if (!bsearch(&id, known, out->all.n, sizeof(*known), by_resource))
			*vec_push(f->d->arena, &out->lost) = id;
		else
			out->ids_known = true;
	}
	if (!out->ids_known)
		out->lost.n = 0;
}

void gpu_objects_read(struct dump *d, const struct object_sources *s,
		      struct gpu_objects *objects)
{
	struct finder f = {.d = d, .s = s, .out = objects};

	memset(objects, 0, sizeof(*objects));
	if (!layout_has_all(d, GEM, GPU_OBJECT, GPU_OBJECT_GEM, GPU_OBJECT_RESOURCE,
			    GEM_SIZE)) {
		dump_note(d, "objects: no debuginfo for struct virtio_gpu_object");
		return;
	}
	obj_init(&f.gem, d);
	obj_init(&f.object, d);
	obj_init(&f.shmem, d);
	collect(&f);
	read_objects(&f);
	join(&f);
	search_stacks(&f);
	count(&f);
	find_lost(&f);
}
