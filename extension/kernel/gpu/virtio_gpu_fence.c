// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio_gpu_fence.h"

#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "dump/layout.h"
#include "dump/list.h"
#include "kernel/mm/slab.h"
#include "kernel/sched/stack_search.h"

#define FENCES_MAX (1u << 22)
#define DDESTROY_MAX 1000000
/* More holders than any fence has: what was a count is something else by now. */
#define REFERENCES_MAX (1u << 24)

struct finder {
	struct dump *d;
	const struct fence_sources *s;
	const struct tasks *tasks;
	struct gpu_fences *out;
	kaddr_t fence_drv; /* struct virtio_gpu_fence_driver */
	struct gpu_fence_signature signature;
	struct fence_reader reader;
	struct object object;
};

const char *fence_state_name(enum fence_state state)
{
	static const char *const names[] = {
		[FENCE_IN_FLIGHT] = "in-flight", [FENCE_HELD] = "held",
		[FENCE_LEAKED] = "leaked",	 [FENCE_FREEING] = "freeing",
		[FENCE_UNEMITTED] = "unemitted", [FENCE_LIES] = "contradictory",
	};

	return names[state];
}

const char *holder_kind_name(enum holder_kind kind)
{
	static const char *const names[] = {
		[HOLDER_SYNC_FILE] = "sync_file", [HOLDER_RESV] = "dma_resv",
		[HOLDER_SYNCOBJ] = "syncobj",	  [HOLDER_FRAMEBUFFER] = "framebuffer",
		[HOLDER_PLANE] = "plane",	  [HOLDER_STACK] = "stack",
	};

	return names[kind];
}

/* ---- a fence ------------------------------------------------------------- */

static double longest_wait(const struct fence *f)
{
	double longest = -1;
	size_t i;

	for (i = 0; i < f->waiters.n; i++)
		if (f->waiters.v[i].task && f->waiters.v[i].task->since_s > longest)
			longest = f->waiters.v[i].task->since_s;
	return longest;
}

/* From the bytes of a virtio_gpu_fence. */
static void decode(struct finder *f, const struct object *o, struct gpu_fence *g)
{
	memset(g, 0, sizeof(*g));
	fence_decode(&f->reader, o, obj_addr(o, GPU_FENCE_F), &g->f);
	g->f.addr = o->addr;
	/*
	 * The device was told the seqno from efe2bf965522 (5.3) to 36549848ed27 (5.12).
	 * Where drivers of 5.0 to 5.2 are, which vendors have in a 4.19, that is always 0.
	 */
	g->fence_id = layout_has(f->d, GPU_FENCE_ID) ? obj_u64(o, GPU_FENCE_ID)
						     : g->f.seqno;
	g->ring = obj_u64(o, GPU_FENCE_EMIT_INFO) ? (int)obj_u64(o, GPU_FENCE_RING) : -1;
	g->waited_s = longest_wait(&g->f);
}

/* Is it one of this device's?  Its signature is where it points. */
static bool is_ours(const struct finder *f, const struct object *o)
{
	return obj_u64(o, GPU_FENCE_DRIVER) == f->fence_drv;
}

static int by_address(const void *a, const void *b)
{
	const struct gpu_fence *x = a, *y = b;

	return compare(x->f.addr, y->f.addr);
}

static void sort_fences(struct finder *f)
{
	if (f->out->all.n)
		qsort(f->out->all.v, f->out->all.n, sizeof(f->out->all.v[0]), by_address);
}

/* Among the first n, which are sorted. */
static struct gpu_fence *find(const struct finder *f, kaddr_t addr, size_t n)
{
	struct gpu_fence key = {.f = {.addr = addr}};

	return n ? bsearch(&key, f->out->all.v, n, sizeof(key), by_address) : NULL;
}

/* ---- the list ------------------------------------------------------------ */

static void read_list(struct finder *f)
{
	kaddr_t head = member_addr(f->d, f->fence_drv, FENCE_DRV_FENCES), node, addr;
	size_t known = f->out->all.n;
	struct gpu_fence *g;
	struct list_walk w;

	list_begin(&w, f->d, head, FENCES_MAX);
	while (list_next(&w, &node)) {
		addr = member_base(f->d, node, GPU_FENCE_NODE);
		f->out->on_list++;
		g = find(f, addr, known);
		if (g) {
			g->on_list = true;
			continue;
		}
		if (!obj_read(&f->object, GPU_FENCE, addr)) {
			dump_unread(f->d, "the virtio_gpu_fence at 0x%llx", HEX(addr));
			continue;
		}
		if (!is_ours(f, &f->object)) {
			dump_note(
				f->d,
				"fence 0x%llx is on the device's list, and says that it "
				"is another's",
				HEX(addr));
			continue;
		}
		g = vec_push(f->d->arena, &f->out->all);
		decode(f, &f->object, g);
		g->on_list = true;
	}
	f->out->list_complete = w.end == WALK_DONE;
	list_end_note(&w, "fences in flight");
}

/* ---- the slabs ----------------------------------------------------------- */

/* Of a fence's own member; -1: this kernel has none. */
static long at_in_fence(struct dump *d, enum layout_id member)
{
	return layout_has(d, member)
		       ? layout_offset(d, GPU_FENCE_F) + layout_offset(d, member)
		       : -1;
}

/*
 * Until 5.3 the fence has an rcu_head of its own, which nothing else writes to.  But before
 * virtio_gpu_fence_alloc(), which zeroes it (00f20720be71, 5.0), there is in it what was in
 * that memory before: most often what freed another fence.
 */
static long rcu_func_at(struct dump *d)
{
	kaddr_t zeroes;

	if (!dump_symbol(d, "virtio_gpu_fence_alloc", &zeroes) ||
	    !layout_has_all(d, DMA_FENCE_RCU, DMA_FENCE_CB_LIST, RCU_HEAD_FUNC) ||
	    layout_offset(d, DMA_FENCE_RCU) == layout_offset(d, DMA_FENCE_CB_LIST))
		return -1;
	return at_in_fence(d, DMA_FENCE_RCU) + layout_offset(d, RCU_HEAD_FUNC);
}

bool gpu_fence_signature(struct dump *d, kaddr_t vgdev, struct gpu_fence_signature *sig)
{
	if (!layout_has_all(d, GPU_FENCE, GPU_FENCE_F, GPU_FENCE_DRIVER, GPU_FENCE_DRV))
		return false;
	sig->size = (size_t)layout_size(d, GPU_FENCE);
	sig->drv = member_addr(d, vgdev, GPU_FENCE_DRV);
	sig->drv_at = layout_offset(d, GPU_FENCE_DRIVER);
	sig->lock = member_addr(d, sig->drv, FENCE_DRV_LOCK);
	sig->lock_at = layout_has(d, FENCE_DRV_LOCK) ? at_in_fence(d, DMA_FENCE_LOCK)
						     : -1;
	/* renamed by 36549848ed27, 5.12 */
	sig->ops_at = dump_symbol(d, "virtio_gpu_fence_ops", &sig->ops) ||
				      dump_symbol(d, "virtio_fence_ops", &sig->ops)
			      ? at_in_fence(d, DMA_FENCE_OPS)
			      : -1;
	sig->ops_cleared = layout_has(d, DMA_FENCE_EXTERN_LOCK);
	sig->refcount_at = at_in_fence(d, DMA_FENCE_REFCOUNT);
	sig->rcu_func_at = rcu_func_at(d);
	return true;
}

static bool ops_fit(const struct gpu_fence_signature *sig, const unsigned char *bytes)
{
	uint64_t ops = sig->ops_at < 0 ? sig->ops : load_u64(bytes + sig->ops_at);

	return ops == sig->ops || (!ops && sig->ops_cleared);
}

/* No count, or one of a fence that has been freed: another object is there now. */
static bool references_fit(const struct gpu_fence_signature *sig,
			   const unsigned char *bytes)
{
	uint32_t refs;

	if (sig->refcount_at < 0)
		return true;
	memcpy(&refs, bytes + sig->refcount_at, sizeof(refs));
	return refs <= REFERENCES_MAX &&
	       (!refs || sig->rcu_func_at < 0 || !load_u64(bytes + sig->rcu_func_at));
}

bool gpu_fence_fits(const struct gpu_fence_signature *sig, const unsigned char *bytes,
		    size_t n)
{
	return n >= sig->size && load_u64(bytes + sig->drv_at) == sig->drv &&
	       (sig->lock_at < 0 || load_u64(bytes + sig->lock_at) == sig->lock) &&
	       ops_fit(sig, bytes) && references_fit(sig, bytes);
}

static void read_cache(struct finder *f, struct slabs *s, const struct slab_cache *c)
{
	struct object o = {.d = f->d, .size = (size_t)layout_size(f->d, GPU_FENCE)};
	enum object_state state;
	struct gpu_fence *g;
	struct slab_walk w;

	slab_walk_cache(&w, s, c);
	while (slab_walk_next(&w)) {
		if (!w.bytes)
			continue;
		o.addr = w.addr;
		/* Only read from; an object is what its bytes are taken out of. */
		o.bytes = (unsigned char *)w.bytes;
		if (!gpu_fence_fits(&f->signature, w.bytes, c->object_size) ||
		    (state = slab_walk_state(&w)) == OBJECT_FREE)
			continue;
		f->out->unsure += state == OBJECT_UNKNOWN;
		g = vec_push(f->d->arena, &f->out->all);
		decode(f, &o, g);
		g->freed = state == OBJECT_PENDING;
	}
}

/* Of the size that kzalloc() takes there are several caches. */
static void read_slabs(struct finder *f)
{
	struct slabs *s = slabs_get(f->d);
	const struct slab_cache *c;
	unsigned int size;
	size_t i;

	if (!s || !gpu_fence_signature(f->d, f->s->vgdev, &f->signature))
		return;
	size = slab_kmalloc_size(&s->caches, (size_t)layout_size(f->d, GPU_FENCE));
	for (i = 0; i < s->caches.all.n; i++) {
		c = &s->caches.all.v[i];
		if (c->object_size == size && slab_cache_is_kmalloc(c))
			read_cache(f, s, c);
	}
	f->out->slabs_read = !dump_interrupted(f->d);
}

/* ---- who holds them ------------------------------------------------------ */

/* One holder holds a fence once, however often its containers lead to it. */
static void hold(struct finder *f, kaddr_t fence, const struct fence_holder *like)
{
	struct fence_refs refs = {0};
	struct fence_holder *h;
	const char *container;
	size_t i;

	if (!fence)
		return;
	fence_members(&f->reader, fence, &refs, &container);
	if (refs.all.n)
		qsort(refs.all.v, refs.all.n, sizeof(refs.all.v[0]), compare_u64);
	for (i = 0; i < refs.all.n; i++) {
		if (i && refs.all.v[i] == refs.all.v[i - 1])
			continue;
		h = vec_push(f->d->arena, &f->out->holders);
		*h = *like;
		h->fence = refs.all.v[i];
		h->container = container;
	}
}

static void sync_files(struct finder *f)
{
	const struct open_file *file;
	struct fence_holder h = {.kind = HOLDER_SYNC_FILE};
	kaddr_t fence;
	size_t i;

	for (i = 0; f->s->files && i < f->s->files->all.n; i++) {
		file = &f->s->files->all.v[i];
		if (!f->s->sync_file_ops || file->f_op != f->s->sync_file_ops ||
		    !member_ptr(f->d, file->private_data, SYNC_FILE_FENCE, &fence))
			continue;
		h.addr = file->private_data;
		h.pid = file->task->pid;
		h.comm = file->task->comm;
		h.fd = file->fd;
		hold(f, fence, &h);
	}
}

bool gpu_reservation_of(struct dump *d, kaddr_t gem, kaddr_t *resv)
{
	if (layout_has(d, GEM_RESV))
		return member_ptr(d, gem, GEM_RESV, resv);
	return layout_has(d, GPU_OBJECT_GEM) &&
	       member_ptr(d, member_base(d, gem, GPU_OBJECT_GEM), GPU_OBJECT_RESV, resv);
}

static void reservation(struct finder *f, kaddr_t gem)
{
	struct fence_holder h = {.kind = HOLDER_RESV, .addr = gem, .pid = -1, .fd = -1};
	struct fence_refs refs;
	kaddr_t resv;
	size_t i;

	if (!gpu_reservation_of(f->d, gem, &resv))
		return;
	memset(&refs, 0, sizeof(refs));
	resv_fences(f->d, resv, &refs);
	for (i = 0; i < refs.all.n; i++)
		hold(f, refs.all.v[i], &h);
}

/*
 * Until 5.6 TTM keeps an object that nobody has any more until the device is through with
 * it.  False: not all of them are known.
 */
static bool reservations_to_go(struct finder *f)
{
	struct list_walk w;
	kaddr_t node;

	if (!layout_has(f->d, GPU_TTM_DDESTROY))
		return layout_has_all(f->d, GEM_RESV, GPU_OBJ_FREE_LIST);
	if (!layout_has_all(f->d, GPU_OBJECT_DDESTROY, GPU_OBJECT_GEM) ||
	    !(layout_has(f->d, GEM_RESV) || layout_has(f->d, GPU_OBJECT_RESV)))
		return false;
	list_begin(&w, f->d, member_addr(f->d, f->s->vgdev, GPU_TTM_DDESTROY),
		   DDESTROY_MAX);
	while (!dump_interrupted(f->d) && list_next(&w, &node))
		reservation(f, member_addr(f->d,
					   member_base(f->d, node, GPU_OBJECT_DDESTROY),
					   GPU_OBJECT_GEM));
	list_end_note(&w, "objects that TTM is about to free");
	return w.end == WALK_DONE;
}

static bool reservations(struct finder *f)
{
	size_t i;

	for (i = 0; i < f->s->objects->all.n && !dump_interrupted(f->d); i++)
		reservation(f, f->s->objects->all.v[i]);
	return reservations_to_go(f);
}

static void syncobjs(struct finder *f)
{
	struct fence_holder h = {.kind = HOLDER_SYNCOBJ};
	const struct drm_file *file;
	kaddr_t fence;
	size_t i, k;

	for (i = 0; i < f->s->drm->files.n; i++) {
		file = &f->s->drm->files.v[i];
		for (k = 0; k < file->syncobjs.all.n; k++) {
			h.addr = file->syncobjs.all.v[k].ptr;
			h.pid = file->pid;
			h.fd = (int)file->syncobjs.all.v[k].id;
			if (member_ptr(f->d, h.addr, SYNCOBJ_FENCE, &fence))
				hold(f, fence, &h);
		}
	}
}

static void displays(struct finder *f)
{
	struct fence_holder h = {.pid = -1, .fd = -1};
	const struct drm *drm = f->s->drm;
	kaddr_t fence;
	size_t i;

	h.kind = HOLDER_FRAMEBUFFER;
	for (i = 0; i < drm->framebuffers.n; i++) {
		h.addr = drm->framebuffers.v[i].addr;
		if (member_ptr(f->d, h.addr, GPU_FB_FENCE, &fence))
			hold(f, fence, &h);
	}
	h.kind = HOLDER_PLANE;
	for (i = 0; i < drm->planes.n; i++) {
		h.addr = drm->planes.v[i];
		if (member_ptr(f->d, h.addr, GPU_PLANE_FENCE, &fence))
			hold(f, fence, &h);
	}
}

/* ---- the join ------------------------------------------------------------ */

static int by_fence(const void *a, const void *b)
{
	const struct fence_holder *x = a, *y = b;

	if (x->fence != y->fence)
		return x->fence < y->fence ? -1 : 1;
	if (x->kind != y->kind)
		return (int)x->kind - (int)y->kind;
	if (x->pid != y->pid)
		return x->pid < y->pid ? -1 : 1;
	if (x->fd != y->fd)
		return x->fd < y->fd ? -1 : 1;
	return compare(x->addr, y->addr);
}

/* Fences that only a holder leads to; others' fences are left to their drivers. */
static void add_held(struct finder *f)
{
	struct gpu_fences *out = f->out;
	size_t i, known = out->all.n;
	kaddr_t addr, last = 0;

	for (i = 0; i < out->holders.n && !dump_interrupted(f->d); i++) {
		addr = out->holders.v[i].fence;
		if (addr == last || find(f, addr, known))
			continue;
		last = addr;
		if (obj_read(&f->object, GPU_FENCE, addr) && is_ours(f, &f->object))
			decode(f, &f->object, vec_push(f->d->arena, &out->all));
	}
	sort_fences(f);
}

static void join_holders(struct finder *f)
{
	struct gpu_fences *out = f->out;
	struct gpu_fence *g;
	size_t i;

	for (i = 0; i < out->all.n; i++)
		out->all.v[i].nholders = 0;
	if (out->holders.n)
		qsort(out->holders.v, out->holders.n, sizeof(out->holders.v[0]),
		      by_fence);
	for (i = 0; i < out->holders.n; i++) {
		g = find(f, out->holders.v[i].fence, out->all.n);
		if (!g)
			continue;
		if (!g->nholders)
			g->first_holder = i;
		g->nholders++;
	}
}

static int by_id(const void *a, const void *b)
{
	const struct gpu_fence *x = *(struct gpu_fence *const *)a;
	const struct gpu_fence *y = *(struct gpu_fence *const *)b;

	return compare(x->fence_id, y->fence_id);
}

static struct gpu_fence *fence_of_id(struct gpu_fence **by, size_t n, uint64_t id)
{
	struct gpu_fence key = {.fence_id = id}, *k = &key, **found;

	found = n ? bsearch(&k, by, n, sizeof(k), by_id) : NULL;
	return found ? *found : NULL;
}

/* Whoever waits for a command has waited for all that were given before it, too. */
static void spread_waits(struct gpu_commands *c)
{
	double waited = -1;
	size_t i = c->all.n;

	while (i--) {
		if (i + 1 < c->all.n && c->all.v[i].queue != c->all.v[i + 1].queue)
			waited = -1;
		if (c->all.v[i].waited_s > waited)
			waited = c->all.v[i].waited_s;
		if (c->all.v[i].slot.order)
			c->all.v[i].waited_s = waited;
	}
}

static void join_commands(struct finder *f)
{
	struct gpu_commands *c = f->s->commands;
	struct gpu_fence **by, *g;
	size_t i, n = 0;

	if (!c || !f->out->all.n)
		return;
	by = arena_alloc(f->d->arena, f->out->all.n * sizeof(struct gpu_fence *));
	for (i = 0; i < f->out->all.n; i++)
		if (f->out->all.v[i].on_list)
			by[n++] = &f->out->all.v[i];
	if (n)
		qsort(by, n, sizeof(struct gpu_fence *), by_id);
	for (i = 0; i < c->all.n; i++) {
		if (!c->all.v[i].read || !(c->all.v[i].flags & GPU_CMD_FLAG_FENCE))
			continue;
		g = fence_of_id(by, n, c->all.v[i].fence_id);
		if (!g)
			continue;
		g->command = &c->all.v[i];
		c->all.v[i].fence = g->f.addr;
		c->all.v[i].waited_s = g->waited_s;
	}
	spread_waits(c);
}

/* ---- what only a stack refers to ----------------------------------------- */

static enum fence_state state_of(const struct gpu_fence *g)
{
	if (g->on_list)
		return g->f.signalled ? FENCE_LIES : FENCE_IN_FLIGHT;
	if (!g->f.refcount || g->freed)
		return FENCE_FREEING;
	if (!g->fence_id)
		return FENCE_UNEMITTED;
	if (!g->f.signalled)
		return FENCE_LIES;
	return g->nholders ? FENCE_HELD : FENCE_LEAKED;
}

static void hold_by_stack(struct finder *f, const struct stack_target *t)
{
	struct fence_holder *h = vec_push(f->d->arena, &f->out->holders);

	*h = (struct fence_holder){.fence = t->start,
				   .kind = HOLDER_STACK,
				   .addr = t->at,
				   .pid = t->task->pid,
				   .fd = -1,
				   .comm = t->task->comm};
}

/* Before a fence is called leaked: the function that has it may not be through with it. */
static void search_stacks(struct finder *f)
{
	struct gpu_fences *out = f->out;
	struct stack_target *v = arena_alloc(f->d->arena, (out->all.n + 1) * sizeof(*v));
	size_t i, n = 0;

	for (i = 0; i < out->all.n; i++) {
		if (state_of(&out->all.v[i]) != FENCE_LEAKED)
			continue;
		v[n].start = out->all.v[i].f.addr;
		v[n].end = v[n].start + (kaddr_t)layout_size(f->d, GPU_FENCE);
		n++;
	}
	stacks_search(f->d, f->tasks, v, n);
	for (i = 0; i < n; i++)
		if (v[i].task)
			hold_by_stack(f, &v[i]);
}

/* ---- what it comes to ---------------------------------------------------- */

/* The fences come by context: it is the last, or a new one. */
static struct fence_context *context_of(struct finder *f, uint64_t context)
{
	struct gpu_fences *out = f->out;
	struct fence_context *c;

	if (out->contexts.n && out->contexts.v[out->contexts.n - 1].context == context)
		return &out->contexts.v[out->contexts.n - 1];
	c = vec_push(f->d->arena, &out->contexts);
	c->context = context;
	return c;
}

static int oldest_first(const void *a, const void *b)
{
	const struct gpu_fence *x = a, *y = b;

	if (x->fence_id != y->fence_id)
		return x->fence_id < y->fence_id ? -1 : 1;
	return by_address(a, b);
}

static int by_context(const void *a, const void *b)
{
	const struct gpu_fence *x = a, *y = b;

	return compare(x->f.context, y->f.context);
}

static void count(struct finder *f)
{
	struct gpu_fences *out = f->out;
	struct fence_context *c;
	struct gpu_fence *g;
	size_t i;

	if (out->all.n)
		qsort(out->all.v, out->all.n, sizeof(out->all.v[0]), by_context);
	for (i = 0; i < out->all.n; i++) {
		g = &out->all.v[i];
		g->state = state_of(g);
		out->counts[g->state]++;
		if (g->state == FENCE_UNEMITTED)
			continue;
		c = context_of(f, g->f.context);
		if (g->fence_id > c->emitted)
			c->emitted = g->fence_id;
		if (g->f.signalled && g->fence_id > c->signalled)
			c->signalled = g->fence_id;
		c->waiting += g->state == FENCE_IN_FLIGHT;
		c->held += g->state == FENCE_HELD;
	}
}

void gpu_fences_read(struct dump *d, struct tasks *tasks, const struct fence_sources *s,
		     struct gpu_fences *fences)
{
	struct finder f = {.d = d, .s = s, .tasks = tasks, .out = fences};

	memset(fences, 0, sizeof(*fences));
	if (!fence_reader_init(&f.reader, d, tasks) ||
	    !layout_has_all(d, GPU_FENCE, GPU_FENCE_F, GPU_FENCE_DRIVER, GPU_FENCE_NODE,
			    FENCE_DRV_FENCES)) {
		dump_note(d, "fences: no debuginfo for struct virtio_gpu_fence");
		return;
	}
	f.fence_drv = member_addr(d, s->vgdev, GPU_FENCE_DRV);
	obj_init(&f.object, d);
	if (s->slabs)
		read_slabs(&f);
	sort_fences(&f);
	read_list(&f);
	sort_fences(&f);
	sync_files(&f);
	fences->holders_complete = reservations(&f) && s->files && s->files->complete;
	syncobjs(&f);
	displays(&f);
	if (fences->holders.n)
		qsort(fences->holders.v, fences->holders.n, sizeof(fences->holders.v[0]),
		      by_fence);
	add_held(&f);
	join_holders(&f);
	search_stacks(&f);
	join_holders(&f);
	join_commands(&f);
	count(&f);
	/* Nothing is looked for by address from here on. */
	if (fences->all.n)
		qsort(fences->all.v, fences->all.n, sizeof(fences->all.v[0]),
		      oldest_first);
}
