// SPDX-License-Identifier: GPL-2.0-or-later
#include "dma_fence.h"

#include <string.h>

#include "base/text.h"
#include "dump/list.h"

#define WAITERS_MAX 4096
#define RESV_MAX 65536
#define MEMBERS_MAX 65536
#define RESV_USAGE 3 /* low bits of a pointer in dma_resv_list.table, 5.19 */

bool fence_reader_init(struct fence_reader *r, struct dump *d, struct tasks *tasks)
{
	memset(r, 0, sizeof(*r));
	r->d = d;
	r->tasks = tasks;
	obj_init(&r->object, d);
	obj_init(&r->cb, d);
	r->signalled_bit = layout_bit(d, DMA_FENCE_SIGNALED, 0);
	dump_symbol(d, "dma_fence_array_ops", &r->array_ops);
	dump_symbol(d, "dma_fence_chain_ops", &r->chain_ops);
	r->timestamp_bit = layout_bit(d, DMA_FENCE_TIMESTAMPED, 1);
	return layout_has_all(d, DMA_FENCE, DMA_FENCE_CONTEXT, DMA_FENCE_SEQNO,
			      DMA_FENCE_FLAGS, DMA_FENCE_REFCOUNT);
}

/* ---- who waits ----------------------------------------------------------- */

static void add_waiter(struct fence_reader *r, kaddr_t node, struct fence *f)
{
	struct fence_waiter *w = vec_push(r->d->arena, &f->waiters);
	struct dump_symbol sym;
	kaddr_t func, task;

	w->cb = member_base(r->d, node, DMA_FENCE_CB_NODE);
	if (member_ptr(r->d, w->cb, DMA_FENCE_CB_FUNC, &func) &&
	    dump_symbol_at(r->d, func, &sym))
		w->function = arena_printf(r->d->arena, "%s", sym.name);
	/* default_wait_cb begins with its dma_fence_cb. */
	if (w->function && text_is_function(w->function, "dma_fence_default_wait_cb") &&
	    member_ptr(r->d, w->cb, DEFAULT_WAIT_TASK, &task))
		w->task = task_by_addr(r->tasks, task);
}

/* The callbacks' list, which is the time of the signal in a fence that has one. */
static void read_waiters(struct fence_reader *r, const struct object *o, struct fence *f)
{
	kaddr_t head = member_addr(r->d, f->addr, DMA_FENCE_CB_LIST), node;
	struct list_walk w;
	size_t at = (size_t)(head - o->addr);

	if (!layout_has_all(r->d, DMA_FENCE_CB_LIST, DMA_FENCE_CB_NODE) ||
	    at + sizeof(node) > o->size)
		return;
	memcpy(&node, o->bytes + at, sizeof(node));
	if (node == head || !node)
		return;
	list_begin(&w, r->d, head, WAITERS_MAX);
	while (list_next(&w, &node))
		add_waiter(r, node, f);
	list_end_note(&w, "callbacks on a fence");
}

/* ---- a fence ------------------------------------------------------------- */

void fence_decode(struct fence_reader *r, const struct object *o, kaddr_t addr,
		  struct fence *f)
{
	struct object fence = *o;
	size_t at = (size_t)(addr - o->addr);

	memset(f, 0, sizeof(*f));
	f->addr = addr;
	fence.addr = addr;
	fence.bytes += at;
	fence.size = at < o->size ? o->size - at : 0;
	f->ops = obj_u64(&fence, DMA_FENCE_OPS);
	f->context = obj_u64(&fence, DMA_FENCE_CONTEXT);
	f->seqno = obj_u64(&fence, DMA_FENCE_SEQNO);
	f->flags = obj_u64(&fence, DMA_FENCE_FLAGS);
	f->refcount = (int)obj_s64(&fence, DMA_FENCE_REFCOUNT);
	f->error = (int)obj_s64(&fence, DMA_FENCE_ERROR);
	f->signalled = f->flags >> r->signalled_bit & 1;
	if (f->signalled && (f->flags >> r->timestamp_bit & 1))
		f->timestamp = obj_s64(&fence, DMA_FENCE_TIMESTAMP);
	if (!f->signalled && r->tasks)
		read_waiters(r, &fence, f);
}

/* ---- what refers to fences ----------------------------------------------- */

static void add_ref(struct dump *d, struct fence_refs *refs, kaddr_t fence)
{
	if (fence)
		*vec_push(d->arena, &refs->all) = fence;
}

static void read_list(struct dump *d, kaddr_t list, kaddr_t mask, struct fence_refs *refs)
{
	kaddr_t table = member_addr(d, list, RESV_LIST_TABLE), fence;
	struct object o;
	uint64_t n;
	size_t i;

	if (!list || !member_u64(d, list, RESV_LIST_COUNT, &n) || !n)
		return;
	obj_init(&o, d);
	if (n > RESV_MAX || !obj_read_bytes(&o, table, n * sizeof(fence))) {
		dump_unread(d, "the fences of dma_resv_list 0x%llx", HEX(list));
		return;
	}
	for (i = 0; i < n; i++) {
		memcpy(&fence, o.bytes + i * sizeof(fence), sizeof(fence));
		add_ref(d, refs, fence & ~mask);
	}
}

void resv_fences(struct dump *d, kaddr_t resv, struct fence_refs *refs)
{
	kaddr_t list, fence;

	if (!resv)
		return;
	/* One list since 047a1b877ed4 (5.19), each entry with its usage. */
	if (layout_has(d, RESV_FENCES)) {
		if (member_ptr(d, resv, RESV_FENCES, &list))
			read_list(d, list, RESV_USAGE, refs);
		return;
	}
	if (member_ptr(d, resv, RESV_EXCLUSIVE, &fence))
		add_ref(d, refs, fence);
	if (member_ptr(d, resv, RESV_SHARED, &list))
		read_list(d, list, 0, refs);
}

static void add_array(struct dump *d, kaddr_t array, struct fence_refs *todo)
{
	kaddr_t fences, fence;
	struct object o;
	uint64_t n;
	size_t i;

	/* An array may hold itself: what is still to do has the bound of what was done. */
	if (todo->all.n >= MEMBERS_MAX)
		return;
	/* A pointer, and the end of the array itself since 6.13. */
	fences = member_addr(d, array, FENCE_ARRAY_FENCES);
	if (layout_size(d, FENCE_ARRAY_FENCES) == sizeof(kaddr_t) &&
	    !member_ptr(d, array, FENCE_ARRAY_FENCES, &fences))
		return;
	obj_init(&o, d);
	if (!member_u64(d, array, FENCE_ARRAY_COUNT, &n) || n > MEMBERS_MAX ||
	    !obj_read_bytes(&o, fences, n * sizeof(fence)))
		return;
	for (i = 0; i < n && todo->all.n < MEMBERS_MAX; i++) {
		memcpy(&fence, o.bytes + i * sizeof(fence), sizeof(fence));
		add_ref(d, todo, fence);
	}
}

static void add_chain(struct dump *d, kaddr_t chain, struct fence_refs *todo)
{
	kaddr_t fence;

	if (member_ptr(d, chain, FENCE_CHAIN_FENCE, &fence))
		add_ref(d, todo, fence);
	if (member_ptr(d, chain, FENCE_CHAIN_PREV, &fence))
		add_ref(d, todo, fence);
}

void fence_members(const struct fence_reader *r, kaddr_t addr, struct fence_refs *refs,
		   const char **container)
{
	struct fence_refs todo = {0};
	kaddr_t at, ops;
	size_t i;

	*container = NULL;
	add_ref(r->d, &todo, addr);
	/* The list grows while it is walked, to a bound. */
	for (i = 0; i < todo.all.n && i < MEMBERS_MAX && !dump_interrupted(r->d); i++) {
		at = todo.all.v[i];
		if (!member_ptr(r->d, at, DMA_FENCE_OPS, &ops) || !ops)
			ops = 1; /* is nobody's */
		if (ops == r->array_ops) {
			*container = "fence array";
			add_array(r->d, at, &todo);
		} else if (ops == r->chain_ops) {
			*container = *container ? *container : "fence chain";
			add_chain(r->d, at, &todo);
		} else {
			add_ref(r->d, refs, at);
		}
	}
}

bool fence_is_signalled(const struct fence_reader *r, kaddr_t fence)
{
	uint64_t flags;

	return member_u64(r->d, fence, DMA_FENCE_FLAGS, &flags) &&
	       flags >> r->signalled_bit & 1;
}
