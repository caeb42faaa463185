// SPDX-License-Identifier: GPL-2.0-or-later
#include "workqueue.h"

#include <stdlib.h>
#include <string.h>

#include "dump/layout.h"
#include "dump/list.h"
#include "base/text.h"

/* More than any machine has; a list that is longer lies. */
#define POOLS_MAX 65536
#define WORKERS_MAX 65536
#define WORKS_MAX 1000000
#define QUEUES_MAX 100000
#define FLUSHERS_MAX 65536

struct reader {
	struct dump *d;
	struct tasks *tasks;
	struct workqueues *wqs;
	kaddr_t barrier_func; /* wq_barrier_func, 0 when there is none */
	struct object pool, worker, work, wq;
	struct keyed functions; /* of works, by address: struct work_function */
};

/* There are thousands of works, and a few functions. */
struct work_function {
	const char *name, *module;
};

/* ---- works -------------------------------------------------------------- */

/*
 * The bits of work->data below the pool_workqueue's address.  Since 6.9 FLAG_BITS no
 * longer count the colour, which begins right there, and another name has the old sense:
 * asked for only then, since gdb takes long to find that there is none.
 */
static long pwq_shift(struct dump *d)
{
	long bits = layout_enum(d, WORK_STRUCT_FLAG_BITS, 8);

	return bits == layout_enum(d, WORK_STRUCT_COLOR_SHIFT, -1)
		       ? layout_enum(d, WORK_STRUCT_PWQ_SHIFT, 8)
		       : bits;
}

/*
 * work->data holds the pool_workqueue while the work is queued
 * (WORK_STRUCT_PWQ), its low bits are flags.
 */
static kaddr_t pwq_of(struct reader *r, uint64_t data)
{
	unsigned int pwq_bit = layout_bit(r->d, WORK_STRUCT_PWQ_BIT, 2);
	long shift = pwq_shift(r->d);

	if (shift < 3 || shift > 16 || !(data >> pwq_bit & 1))
		return 0;
	return data >> shift << shift;
}

static const struct work_function *function_at(struct reader *r, kaddr_t func)
{
	struct work_function *f = keyed_get(&r->functions, func);
	struct dump_symbol sym;

	if (f)
		return f;
	f = arena_alloc(r->d->arena, sizeof(*f));
	*f = (struct work_function){"", ""};
	if (dump_symbol_at(r->d, func, &sym) && !sym.offset) {
		f->name = arena_printf(r->d->arena, "%s", sym.name);
		f->module = arena_printf(r->d->arena, "%s", sym.module);
	}
	keyed_put(r->d->arena, &r->functions, func, f);
	return f;
}

/* In the list of its pool. */
static struct work *new_work(struct reader *r, struct pool *pool, kaddr_t addr,
			     enum work_place place, kaddr_t func)
{
	const struct work_function *f = function_at(r, func);
	struct work *w = arena_alloc(r->d->arena, sizeof(*w));

	w->addr = addr;
	w->place = place;
	w->pool = pool;
	w->func = func;
	w->function = f->name;
	w->module = f->module;
	*vec_push(r->d->arena, &pool->works) = w;
	return w;
}

static void read_barrier(struct reader *r, struct work *w)
{
	kaddr_t base = member_base(r->d, w->addr, BARRIER_WORK);

	if (!layout_has(r->d, BARRIER_TASK) ||
	    !member_ptr(r->d, base, BARRIER_TASK, &w->barrier_task))
		dump_note(r->d, "the wq_barrier at 0x%llx does not say who waits on it",
			  HEX(base));
	w->barrier = true;
}

static struct work *read_work(struct reader *r, struct pool *pool, kaddr_t addr,
			      enum work_place place)
{
	struct work *w;
	uint64_t data;
	kaddr_t pwq;

	if (!obj_read(&r->work, WORK, addr)) {
		dump_unread(r->d, "work at 0x%llx of pool %d", HEX(addr), pool->id);
		return NULL;
	}
	w = new_work(r, pool, addr, place, obj_u64(&r->work, WORK_FUNC));
	data = obj_u64(&r->work, WORK_DATA);
	w->linked = data >> layout_bit(r->d, WORK_STRUCT_LINKED_BIT, 3) & 1;
	pwq = pwq_of(r, data);
	if (pwq)
		member_ptr(r->d, pwq, PWQ_WQ, &w->wq);
	if (r->barrier_func && w->func == r->barrier_func)
		read_barrier(r, w);
	return w;
}

/*
 * A list of works.  insert_wq_barrier() puts a barrier right behind the work it
 * waits for and marks that one LINKED; before any pending work it means that
 * the worker's current work is waited for.
 */
static size_t read_works(struct reader *r, struct pool *pool, struct worker *worker,
			 kaddr_t head, enum work_place place)
{
	static const char *const lists[] = {
		[WORK_PENDING] = "a pool's worklist",
		[WORK_SCHEDULED] = "a worker's scheduled works",
		[WORK_INACTIVE] = "works held back by max_active",
	};
	const struct work *behind = worker ? worker->current : NULL;
	struct list_walk walk;
	struct work *w;
	kaddr_t node;
	size_t n = 0;

	list_begin(&walk, r->d, head, WORKS_MAX);
	while (list_next(&walk, &node)) {
		w = read_work(r, pool, member_base(r->d, node, WORK_ENTRY), place);
		if (!w) {
			behind = NULL; /* a barrier behind it is not the one before's */
			continue;
		}
		w->position = n++;
		w->worker = worker;
		if (w->barrier)
			w->target = behind;
		else
			behind = w;
	}
	list_end_note(&walk, lists[place]);
	return n;
}

/* ---- workers ------------------------------------------------------------ */

static void read_current(struct reader *r, struct worker *worker, kaddr_t addr,
			 kaddr_t func, kaddr_t pwq)
{
	/*
	 * The item itself may be freed by now: process_one_work() copied what
	 * matters to the worker, so believe the worker.
	 */
	struct work *w = new_work(r, worker->pool, addr, WORK_RUNNING, func);

	w->worker = worker;
	if (pwq)
		member_ptr(r->d, pwq, PWQ_WQ, &w->wq);
	worker->current = w;
}

static struct worker *read_worker(struct reader *r, struct pool *pool, kaddr_t addr)
{
	const struct object *o = &r->worker;
	struct worker *w;
	kaddr_t current;
	char desc[32];

	if (!obj_read(&r->worker, WORKER, addr)) {
		dump_unread(r->d, "worker at 0x%llx", HEX(addr));
		return NULL;
	}
	w = arena_alloc(r->d->arena, sizeof(*w));
	w->addr = addr;
	w->pool = pool;
	w->id = (int)obj_s64(o, WORKER_ID);
	w->task_addr = obj_u64(o, WORKER_TASK);
	w->task = task_by_addr(r->tasks, w->task_addr);
	w->flags = (unsigned int)obj_u64(o, WORKER_FLAGS);
	w->idle = w->flags & (unsigned long)layout_enum(r->d, WORKER_IDLE, 4);
	/* WORKER_NOT_RUNNING is a #define of PREP|CPU_INTENSIVE|UNBOUND|REBOUND */
	w->not_running = w->flags & (0x8 | 0x40 | 0x80 | 0x100);
	w->rescuer = obj_u64(o, WORKER_RESCUE_WQ);
	w->last_active = obj_u64(o, WORKER_LAST_ACTIVE);
	obj_string(o, WORKER_DESC, desc, sizeof(desc));
	text_escape(w->desc, sizeof(w->desc), desc);
	if (!pool)
		return w;
	*vec_push(r->d->arena, &pool->workers) = w;
	current = obj_u64(o, WORKER_CURRENT_WORK);
	if (current)
		read_current(r, w, current, obj_u64(o, WORKER_CURRENT_FUNC),
			     obj_u64(o, WORKER_CURRENT_PWQ));
	if (layout_has(r->d, WORKER_SCHEDULED))
		read_works(r, pool, w, obj_addr(o, WORKER_SCHEDULED), WORK_SCHEDULED);
	return w;
}

/* ---- pools -------------------------------------------------------------- */

static void decode_pool(struct reader *r, struct pool *p)
{
	const struct object *o = &r->pool;
	uint64_t attrs, nice;

	p->addr = o->addr;
	p->cpu = (int)obj_s64(o, POOL_CPU);
	p->node = (int)obj_s64(o, POOL_NODE);
	p->id = (int)obj_s64(o, POOL_ID);
	p->flags = (unsigned int)obj_u64(o, POOL_FLAGS);
	p->disassociated = p->flags &
			   (unsigned long)layout_enum(r->d, POOL_DISASSOCIATED, 4);
	/* bit 0 until POOL_BH took it (4cb1ef64609f, 6.9) */
	p->manager_active = p->flags &
			    (unsigned long)layout_enum(r->d, POOL_MANAGER_ACTIVE, 0);
	p->nr_workers = (int)obj_s64(o, POOL_NR_WORKERS);
	p->nr_idle = (int)obj_s64(o, POOL_NR_IDLE);
	p->nr_running = (int)obj_s64(o, POOL_NR_RUNNING);
	p->watchdog_ts = obj_u64(o, POOL_WATCHDOG_TS);
	attrs = obj_u64(o, POOL_ATTRS);
	if (attrs && member_u64(r->d, attrs, WQ_ATTRS_NICE, &nice))
		p->nice = (int32_t)nice;
}

static struct pool *read_pool(struct reader *r, kaddr_t addr)
{
	struct pool *p = keyed_get(&r->wqs->by_addr, addr);
	struct list_walk walk;
	kaddr_t node, workers, worklist;

	if (p || r->wqs->pools.n >= POOLS_MAX)
		return p;
	if (!obj_read(&r->pool, POOL, addr)) {
		dump_unread(r->d, "worker_pool at 0x%llx", HEX(addr));
		return NULL;
	}
	p = arena_alloc(r->d->arena, sizeof(*p));
	decode_pool(r, p);
	*vec_push(r->d->arena, &r->wqs->pools) = p;
	keyed_put(r->d->arena, &r->wqs->by_addr, addr, p);
	workers = obj_addr(&r->pool, POOL_WORKERS);
	worklist = obj_addr(&r->pool, POOL_WORKLIST);
	list_begin(&walk, r->d, workers, WORKERS_MAX);
	while (list_next(&walk, &node))
		read_worker(r, p, member_base(r->d, node, WORKER_NODE));
	list_end_note(&walk, "a pool's workers");
	p->pending = read_works(r, p, NULL, worklist, WORK_PENDING);
	return p;
}

/* Each CPU has NR_STD_WORKER_POOLS: normal, then high priority. */
static void read_cpu_pools(struct reader *r)
{
	size_t size = (size_t)layout_size(r->d, POOL);
	struct pool *p;
	unsigned int cpu;
	kaddr_t pools;

	r->wqs->by_cpu =
		arena_alloc(r->d->arena, (r->d->info.cpus + 1) * sizeof(struct pool *));
	for (cpu = 0; cpu < r->d->info.cpus; cpu++) {
		if (!dump_percpu_symbol(r->d, cpu, "cpu_worker_pools", &pools))
			continue;
		p = read_pool(r, pools);
		r->wqs->by_cpu[cpu] = p;
		read_pool(r, pools + size);
	}
}

/* Unbound pools hang in unbound_pool_hash[1 << UNBOUND_POOL_HASH_ORDER]. */
static void read_unbound_pools(struct reader *r)
{
	struct list_walk walk;
	kaddr_t hash, node;
	size_t i;

	/* The order is a #define: 6 in every release so far. */
	if (!layout_has(r->d, POOL_HASH_NODE) ||
	    !dump_symbol(r->d, "unbound_pool_hash", &hash))
		return;
	for (i = 0; i < 64; i++) {
		hlist_begin(&walk, r->d, hash + i * 8, POOLS_MAX);
		while (list_next(&walk, &node))
			read_pool(r, member_base(r->d, node, POOL_HASH_NODE));
		list_end_note(&walk, "unbound worker pools");
	}
}

/* ---- workqueues --------------------------------------------------------- */

static void read_pwqs(struct reader *r, struct workqueue *wq, kaddr_t head)
{
	struct list_walk walk;
	struct pool *pool;
	kaddr_t node, pwq;
	uint64_t v;

	list_begin(&walk, r->d, head, POOLS_MAX);
	while (list_next(&walk, &node)) {
		pwq = member_base(r->d, node, PWQ_PWQS_NODE);
		wq->pwqs++;
		if (member_u64(r->d, pwq, PWQ_NR_ACTIVE, &v))
			wq->active += (uint32_t)v;
		/* Known already, but for a pool in no CPU and no hash: about to go. */
		pool = member_ptr(r->d, pwq, PWQ_POOL, &v) ? read_pool(r, v) : NULL;
		if (pool && layout_has(r->d, PWQ_INACTIVE))
			wq->inactive += read_works(r, pool, NULL,
						   member_addr(r->d, pwq, PWQ_INACTIVE),
						   WORK_INACTIVE);
	}
	list_end_note(&walk, "a workqueue's pwqs");
}

static void add_flusher(struct reader *r, kaddr_t flusher, struct workqueue *wq)
{
	if (!keyed_get(&r->wqs->by_flusher, flusher))
		keyed_put(r->d->arena, &r->wqs->by_flusher, flusher, wq);
}

/* The first one, whom the works in flight wake; those behind, with colours or without. */
static void read_flushers(struct reader *r, struct workqueue *wq)
{
	static const enum layout_id lists[] = {WQ_FLUSHER_QUEUE, WQ_FLUSHER_OVERFLOW};
	struct list_walk walk;
	kaddr_t first, node;
	size_t i;

	if (!layout_has_all(r->d, WQ_FIRST_FLUSHER, WQ_FLUSHER_QUEUE, WQ_FLUSHER_OVERFLOW,
			    FLUSHER_LIST) ||
	    !member_ptr(r->d, wq->addr, WQ_FIRST_FLUSHER, &first) || !first)
		return;
	add_flusher(r, first, wq);
	for (i = 0; i < ARRAY_SIZE(lists); i++) {
		list_begin(&walk, r->d, member_addr(r->d, wq->addr, lists[i]),
			   FLUSHERS_MAX);
		while (list_next(&walk, &node))
			add_flusher(r, member_base(r->d, node, FLUSHER_LIST), wq);
		list_end_note(&walk, "who flushes a workqueue");
	}
}

static void read_queue(struct reader *r, kaddr_t addr)
{
	const struct object *o = &r->wq;
	struct workqueue *wq;
	kaddr_t rescuer, pwqs;
	uint64_t first;
	char name[64];

	if (!obj_read(&r->wq, WQ, addr)) {
		dump_unread(r->d, "workqueue at 0x%llx", HEX(addr));
		return;
	}
	wq = arena_alloc(r->d->arena, sizeof(*wq));
	wq->addr = addr;
	obj_string(o, WQ_NAME, name, sizeof(name));
	text_escape(wq->name, sizeof(wq->name), name);
	wq->flags = (unsigned int)obj_u64(o, WQ_FLAGS);
	wq->mem_reclaim = wq->flags & (unsigned long)layout_enum(r->d, WQ_MEM_RECLAIM, 8);
	wq->unbound = wq->flags & (unsigned long)layout_enum(r->d, WQ_UNBOUND, 2);
	/* A list_head of its own: not empty when it does not point at itself. */
	first = obj_u64(o, WQ_MAYDAYS);
	wq->mayday = first && first != obj_addr(o, WQ_MAYDAYS);
	*vec_push(r->d->arena, &r->wqs->queues) = wq;
	rescuer = obj_u64(o, WQ_RESCUER);
	pwqs = obj_addr(o, WQ_PWQS);
	if (rescuer) {
		wq->rescuer = read_worker(r, NULL, rescuer);
		if (wq->rescuer)
			wq->rescuer->rescuer = true;
	}
	if (layout_has_all(r->d, WQ_PWQS, PWQ_PWQS_NODE))
		read_pwqs(r, wq, pwqs);
	read_flushers(r, wq);
}

static void read_queues(struct reader *r, kaddr_t head)
{
	struct list_walk walk;
	kaddr_t node;

	list_begin(&walk, r->d, head, QUEUES_MAX);
	while (list_next(&walk, &node))
		read_queue(r, member_base(r->d, node, WQ_LIST));
	list_end_note(&walk, "workqueues");
}

static int by_waiting_task(const void *a, const void *b)
{
	const struct work *x = *(const struct work *const *)a;
	const struct work *y = *(const struct work *const *)b;

	return x->barrier_task != y->barrier_task
		       ? compare(x->barrier_task, y->barrier_task)
		       : compare(x->addr, y->addr);
}

/* The first that says so: of the pools' workers, then of the rescuers. */
static void index_worker(struct dump *d, struct workqueues *wqs, struct worker *w)
{
	if (w && !keyed_get(&wqs->by_task, w->task_addr))
		keyed_put(d->arena, &wqs->by_task, w->task_addr, w);
}

static void index_workers(struct dump *d, struct workqueues *wqs)
{
	size_t i, k;

	for (i = 0; i < wqs->pools.n; i++)
		for (k = 0; k < wqs->pools.v[i]->workers.n; k++)
			index_worker(d, wqs, wqs->pools.v[i]->workers.v[k]);
	for (i = 0; i < wqs->queues.n; i++)
		index_worker(d, wqs, wqs->queues.v[i]->rescuer);
}

/* Each of thousands of tasks may ask for his, among thousands. */
static void sort_barriers(struct dump *d, struct workqueues *wqs)
{
	const struct pool *p;
	size_t i, k;

	for (i = 0; i < wqs->pools.n; i++) {
		p = wqs->pools.v[i];
		for (k = 0; k < p->works.n; k++)
			if (p->works.v[k]->barrier)
				*vec_push(d->arena, &wqs->barriers) = p->works.v[k];
	}
	if (wqs->barriers.n)
		qsort(wqs->barriers.v, wqs->barriers.n, sizeof(wqs->barriers.v[0]),
		      by_waiting_task);
}

bool workqueues_read(struct dump *d, struct tasks *tasks, struct workqueues *wqs)
{
	struct reader r = {.d = d, .tasks = tasks, .wqs = wqs};
	kaddr_t head;
	bool listed;

	memset(wqs, 0, sizeof(*wqs));
	if (!layout_has_all(d, WORK, WORK_ENTRY, POOL, POOL_WORKLIST, POOL_WORKERS,
			    WORKER, WORKER_NODE)) {
		dump_note(d, "workqueues: no debuginfo for struct worker_pool or worker");
		return false;
	}
	obj_init(&r.pool, d);
	obj_init(&r.worker, d);
	obj_init(&r.work, d);
	obj_init(&r.wq, d);
	dump_symbol(d, "wq_barrier_func", &r.barrier_func);
	read_cpu_pools(&r);
	read_unbound_pools(&r);
	listed = dump_symbol(d, "workqueues", &head) && layout_has(d, WQ_LIST);
	if (listed)
		read_queues(&r, head);
	sort_barriers(d, wqs);
	index_workers(d, wqs);
	return listed || wqs->pools.n > 0;
}

/* ---- look-ups ----------------------------------------------------------- */

bool pool_is_bh(const struct pool *p)
{
	return p->workers.n && !p->workers.v[0]->task_addr;
}

struct workqueue *workqueue_by_addr(const struct workqueues *wqs, kaddr_t addr)
{
	size_t i;

	for (i = 0; addr && i < wqs->queues.n; i++)
		if (wqs->queues.v[i]->addr == addr)
			return wqs->queues.v[i];
	return NULL;
}

const struct workqueue *workqueue_of_flusher(const struct workqueues *wqs,
					     kaddr_t flusher)
{
	return keyed_get(&wqs->by_flusher, flusher);
}

struct work *work_by_addr(const struct workqueues *wqs, kaddr_t addr)
{
	size_t i, k;

	for (i = 0; i < wqs->pools.n; i++)
		for (k = 0; k < wqs->pools.v[i]->works.n; k++)
			if (wqs->pools.v[i]->works.v[k]->addr == addr)
				return wqs->pools.v[i]->works.v[k];
	return NULL;
}

struct work *barrier_of_task(const struct workqueues *wqs, kaddr_t task)
{
	size_t low = 0, high = wqs->barriers.n, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (wqs->barriers.v[middle]->barrier_task < task)
			low = middle + 1;
		else
			high = middle;
	}
	return task && low < wqs->barriers.n && wqs->barriers.v[low]->barrier_task == task
		       ? wqs->barriers.v[low]
		       : NULL;
}

struct worker *worker_of_task(const struct workqueues *wqs, kaddr_t task)
{
	return keyed_get(&wqs->by_task, task);
}
