// SPDX-License-Identifier: GPL-2.0-or-later
#include "graph.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "lost_cpu.h"

const char *node_kind_name(enum node_kind kind)
{
	static const char *const names[] = {
		[NODE_TASK] = "task",
		[NODE_MUTEX] = "mutex",
		[NODE_RWSEM] = "rwsem",
		[NODE_SEMAPHORE] = "semaphore",
		[NODE_COMPLETION] = "completion",
		[NODE_WAIT_QUEUE] = "waitqueue",
		[NODE_FENCE] = "fence",
		[NODE_IO] = "io",
		[NODE_WORK] = "work",
		[NODE_POOL] = "pool",
		[NODE_WORKER] = "worker",
		[NODE_CPU] = "cpu",
		[NODE_CGROUP] = "cgroup",
		[NODE_VIRTQUEUE] = "virtqueue",
		[NODE_GRACE] = "grace-period",
		[NODE_INTERRUPT] = "interrupt",
		[NODE_HOST] = "host",
	};

	return names[kind];
}

/* ---- nodes -------------------------------------------------------------- */

static size_t slot_of(const struct graph *g, enum node_kind kind, kaddr_t address)
{
	uint64_t h = (address ^ (uint64_t)kind << 56) * 0x9e3779b97f4a7c15ull;
	size_t i = (size_t)(h >> 32) % g->room;

	while (g->table[i] &&
	       (g->table[i]->kind != kind || g->table[i]->address != address))
		i = (i + 1) % g->room;
	return i;
}

static void rehash(struct graph *g)
{
	size_t i;

	g->room = g->room ? g->room * 2 : 64;
	g->table = arena_alloc(g->arena, g->room * sizeof(struct node *));
	for (i = 0; i < g->nodes.n; i++)
		g->table[slot_of(g, g->nodes.v[i]->kind, g->nodes.v[i]->address)] =
			g->nodes.v[i];
}

/* The node for this thing; *is_new when it has just been made. */
static struct node *node_get(struct graph *g, enum node_kind kind, kaddr_t address,
			     bool *is_new)
{
	struct node *n;
	size_t i;

	if (g->nodes.n * 2 >= g->room)
		rehash(g);
	i = slot_of(g, kind, address);
	*is_new = !g->table[i];
	if (!*is_new)
		return g->table[i];
	n = arena_alloc(g->arena, sizeof(*n));
	n->kind = kind;
	n->place = g->nodes.n;
	n->address = address;
	n->name = n->title = "";
	n->id = arena_printf(g->arena, "%s:0x%llx", node_kind_name(kind), HEX(address));
	g->table[i] = n;
	*vec_push(g->arena, &g->nodes) = n;
	return n;
}

static __attribute__((format(printf, 6, 7))) void
link_to(struct graph *g, struct node *from, struct node *to, kaddr_t address,
	struct look look, const char *why, ...)
{
	struct edge *e = arena_alloc(g->arena, sizeof(*e));
	va_list ap;

	va_start(ap, why);
	e->why = arena_vprintf(g->arena, why, ap);
	va_end(ap);
	e->from = from;
	e->to = to;
	e->address = address;
	e->look = look;
	*vec_push(g->arena, &from->out) = e;
	*vec_push(g->arena, &g->edges) = e;
}

/* ---- edges -------------------------------------------------------------- */

struct build {
	struct graph *g;
	const struct facts *f;
	VEC(struct node *) todo;
};

static struct node *want(struct build *b, enum node_kind kind, kaddr_t address,
			 bool *is_new)
{
	struct node *n = node_get(b->g, kind, address, is_new);

	if (*is_new)
		*vec_push(b->g->arena, &b->todo) = n;
	return n;
}

/* A name that says by itself what it is of. */
static void name_node(struct node *n, const char *name)
{
	n->name = n->title = name;
}

/* A task that is a kworker has the kind worker, so that it is one node. */
static struct node *want_task(struct build *b, const struct task *t)
{
	struct worker *w = worker_of_task(&b->f->wqs, t->addr);
	struct studied *st = facts_studied(b->f, t);
	bool is_new;
	struct node *n = want(b, w ? NODE_WORKER : NODE_TASK, t->addr, &is_new);

	if (is_new) {
		n->task = t;
		name_node(n, t->comm);
		n->wait = st ? &st->wait : NULL;
	}
	return n;
}

static struct node *want_work(struct build *b, const struct work *w)
{
	bool is_new;
	struct node *n = want(b, NODE_WORK, w->addr, &is_new);

	if (is_new) {
		n->work = w;
		n->name = w->barrier	   ? "wq_barrier"
			  : w->function[0] ? w->function
					   : "work";
		n->title = w->barrier || !w->function[0]
				   ? n->name
				   : arena_printf(b->g->arena, "work %s", w->function);
	}
	return n;
}

static struct node *want_pool(struct build *b, const struct pool *p)
{
	bool is_new;
	struct node *n = want(b, NODE_POOL, p->addr, &is_new);

	if (!is_new)
		return n;
	n->pool = p;
	if (p->cpu >= 0)
		name_node(n, arena_printf(b->g->arena, "pool %d of CPU %d%s", p->id,
					  p->cpu, p->nice < 0 ? " (highpri)" : ""));
	else
		name_node(n, arena_printf(b->g->arena, "pool %d (unbound)", p->id));
	return n;
}

static struct node *want_cpu(struct build *b, const struct runqueue *rq)
{
	bool is_new;
	struct node *n = want(b, NODE_CPU, rq->addr, &is_new);

	if (is_new) {
		n->rq = rq;
		name_node(n, arena_printf(b->g->arena, "CPU %u", rq->cpu));
		n->id = arena_printf(b->g->arena, "cpu:%u", rq->cpu);
	}
	return n;
}

static struct node *want_group(struct build *b, const struct quota_group *group)
{
	bool is_new;
	struct node *n = want(b, NODE_CGROUP, group->addr, &is_new);

	if (is_new) {
		n->group = group;
		n->name = group->path[0] ? group->path : "cgroup";
		n->title = arena_printf(b->g->arena, "quota of cgroup %s",
					group->path[0] ? group->path : "not known");
	}
	return n;
}

/* The kind in a sentence: the contract's words are for programs. */
static const char *kind_words(enum node_kind kind)
{
	return kind == NODE_WAIT_QUEUE ? "wait queue" : node_kind_name(kind);
}

/* What the waiter's finder called it in words of its own: "modeset lock". */
static bool has_words(const struct wait *w)
{
	return strchr(w->symbol, ' ') != NULL;
}

/* "mutex left", "completion never+0x8"; "a wait queue at 0x..." has no name. */
static const char *thing_title(struct build *b, const struct node *n,
			       const struct wait *w)
{
	if (has_words(w))
		return w->symbol;
	if (n->kind == NODE_IO)
		return "I/O";
	if (w->symbol[0])
		return arena_printf(b->g->arena, "%s %s", kind_words(n->kind), w->symbol);
	return arena_printf(b->g->arena, "a %s at 0x%llx", kind_words(n->kind),
			    HEX(n->address));
}

static struct node *want_thing_at(struct build *b, enum node_kind kind, kaddr_t address,
				  const struct wait *wait)
{
	bool is_new;
	struct node *n = want(b, kind, address, &is_new);

	if (is_new) {
		n->name = wait->symbol[0] ? wait->symbol : node_kind_name(kind);
		n->title = thing_title(b, n, wait);
		n->variable = wait->symbol[0] && !has_words(wait);
	}
	return n;
}

/* A thing waited for that is known by its address alone. */
static struct node *want_thing(struct build *b, enum node_kind kind,
			       const struct wait *wait)
{
	return want_thing_at(b, kind, wait->object ? wait->object : wait->record, wait);
}

/* Of a queue where each waits for something else, the place of this one. */
static struct node *want_wait_queue(struct build *b, const struct studied *st)
{
	if (!st->gpu.answer.name)
		return want_thing(b, NODE_WAIT_QUEUE, &st->wait);
	return want_thing_at(b, NODE_WAIT_QUEUE, st->wait.record, &st->wait);
}

static void out_of_cpu(struct build *b, struct node *n)
{
	const struct task *t = n->rq->curr;
	struct lost lost;

	/* Whoever was interrupted by what the CPU is lost in has no part in it. */
	if (!t || t->idle ||
	    (cpu_is_lost(b->f, n->rq, false, &lost) && lost.context.kind != CONTEXT_TASK))
		return;
	link_to(b->g, n, want_task(b, t), n->rq->addr,
		LOOK(RUNQUEUE, .n = (int)n->rq->cpu), "runs it (%s, %s %d)",
		sched_kind_name(t->sched), policy_name(t->policy), t->rt_priority);
}

/* It would have to wait on an idle CPU as well: the quota's edge is the only one. */
static void held_back(struct build *b, struct node *n)
{
	const struct throttle *th = n->task->throttle;

	link_to(b->g, n, want_group(b, th->group), th->cfs_rq,
		LOOK_AT("cfs_rq.throttle_count,runtime_remaining,throttled_clock",
			th->cfs_rq),
		"runnable, and held back until its next period begins");
}

static void runnable(struct build *b, struct node *n)
{
	const struct runqueue *rq = runqueue_of_cpu(&b->f->rqs, n->task->cpu);

	if (n->task->throttle)
		held_back(b, n);
	else if (rq)
		link_to(b->g, n, want_cpu(b, rq), n->task->addr,
			LOOK(TASK, .type = "task_struct.on_rq,on_cpu,sched_info",
			     .address = n->task->addr),
			"runnable on it, but does not run");
}

/* What shows the thing; where it was not found, the waiter in its list. */
static struct look look_thing(const char *type, const struct wait *w)
{
	if (w->object)
		return LOOK_AT(type, w->object);
	return LOOK(WORDS, .address = w->record, .n = 4);
}

/* Nobody has it: the first of those who wait is to take it, once he gets a CPU. */
static void out_of_free_lock(struct build *b, struct node *lock, const struct wait *w,
			     const char *type)
{
	if (w->first && w->first->on_rq)
		link_to(b->g, lock, want_task(b, w->first), lock->address,
			LOOK_AT(type, lock->address),
			"free, and the first that waits for it has been woken");
}

static void out_of_lock_wait(struct build *b, struct node *n, enum node_kind kind,
			     const char *type)
{
	const struct wait *w = n->wait;
	struct node *lock = want_thing(b, kind, w);

	link_to(b->g, n, lock, w->record, look_thing(type, w), "queued on it%s",
		w->reader ? " as a reader" : "");
	if (lock->out.n)
		return;
	if (w->owner.free) {
		out_of_free_lock(b, lock, w, type);
		return;
	}
	/* The last known reader need not be a holder: an edge to it would close false circles. */
	if (!w->owner.owner || w->owner.readers)
		return;
	link_to(b->g, lock, want_task(b, w->owner.owner), lock->address,
		LOOK_AT(type, lock->address), "held by it");
}

/* ---- devices -------------------------------------------------------------- */

const struct gpu_queue_waits *queue_waits(const struct gpu *gpu,
					  const struct virtqueue *vq)
{
	if (!gpu->waits.read)
		return NULL;
	if (gpu->waits.ctrl.vq == vq->addr)
		return &gpu->waits.ctrl;
	return gpu->waits.cursor.vq == vq->addr ? &gpu->waits.cursor : NULL;
}

bool queue_is_unkicked(const struct virtqueue *vq)
{
	return vq->kick_due && vq->unanswered && vq->num_added >= vq->unanswered;
}

bool queue_is_out_of_service(const struct gpu *gpu, const struct virtqueue *vq)
{
	return vq->broken || vq->reset || gpu->failed;
}

/* A probe has not yet enabled the config, and its commands are the host's to answer. */
static bool is_probed(const struct facts *f)
{
	size_t i;

	for (i = 0; i < f->nblocked; i++)
		if (stack_find(&f->studied.v[i]->stack, "virtio_dev_probe"))
			return true;
	return false;
}

static bool any_on_stack(const struct stack *s, const char *const *functions)
{
	for (; *functions; functions++)
		if (stack_find(s, *functions))
			return true;
	return false;
}

static bool is_in_driver(const struct stack *s)
{
	size_t i;

	for (i = 0; i < s->n; i++)
		if (text_starts(s->v[i].function, "virtio_gpu_") ||
		    text_starts(s->v[i].function, "virtgpu_"))
			return true;
	return false;
}

/* The virtio core has disabled the config, and is in the driver to end its use. */
static bool is_removing(const struct studied *st)
{
	static const char *const begins[] = {"virtio_dev_remove", "virtio_device_freeze",
					     "virtio_device_reset_prepare", NULL};
	static const char *const resets[] = {"virtio_reset_device",
					     "vp_reset",
					     "vm_reset",
					     "vp_del_vqs",
					     "vm_del_vqs",
					     NULL};

	return !st->task->on_rq && any_on_stack(&st->stack, begins) &&
	       is_in_driver(&st->stack) && !any_on_stack(&st->stack, resets);
}

static bool is_only_disabled(const struct facts *f, const struct gpu *gpu)
{
	size_t i;

	for (i = 0; i < f->gpus.all.n; i++)
		if (f->gpus.all.v[i].config_enabled == (&f->gpus.all.v[i] == gpu))
			return false;
	return true;
}

const struct task *gpu_remover(const struct facts *f, const struct gpu *gpu)
{
	size_t i;

	for (i = 0; i < f->studied.n && is_only_disabled(f, gpu); i++)
		if (is_removing(f->studied.v[i]))
			return f->studied.v[i]->task;
	return NULL;
}

/* The virtio core disables the config first, to remove or to suspend a device. */
bool gpu_is_withdrawn(const struct facts *f, const struct gpu *gpu)
{
	return !gpu->config_enabled && !is_probed(f) && !gpu_remover(f, gpu);
}

/*
 * Of a queue that contradicts itself nowhere: commands that the device was told of and
 * has not answered, while no answer waits for the driver.
 */
static bool queue_is_with_host(const struct gpu *gpu, const struct virtqueue *vq)
{
	return vq->counted && vq->ring_read && vq->in_flight && vq->unanswered &&
	       !vq->completed && !queue_is_out_of_service(gpu, vq) && !vq->damage.n &&
	       !queue_is_unkicked(vq);
}

static struct node *want_queue(struct build *b, const struct gpu *gpu, kaddr_t addr)
{
	const struct virtqueue *vq = gpu_queue(gpu, addr);
	struct node *n;
	bool is_new;

	if (!vq)
		return NULL;
	n = want(b, NODE_VIRTQUEUE, addr, &is_new);
	if (is_new) {
		n->gpu = gpu;
		n->vq = vq;
		name_node(n, arena_printf(b->g->arena, "%s queue of %s", vq->name,
					  gpu->name));
	}
	return n;
}

static void link_to_queue(struct build *b, struct node *n, const struct gpu *gpu,
			  kaddr_t addr, const char *name, const char *why)
{
	struct node *to = want_queue(b, gpu, addr);

	if (!to)
		return;
	name_node(n, arena_printf(b->g->arena, "%s of %s", name, gpu->name));
	link_to(b->g, n, to, addr, LOOK_AT("virtqueue", addr), "%s", why);
}

/*
 * Fetching an answer signals the fence of its own command and no other.  Where no
 * command carries the fence, the queue, the device and the host owe it nothing, however
 * many commands are in flight.  The dequeue work may have just taken its command out;
 * a broken queue does not let it in.
 */
static bool fence_needs_queue(struct build *b, const struct gpu *gpu,
			      const struct awaited_fence *w)
{
	const struct gpu_queue_waits *qw = &gpu->waits.ctrl;
	const struct virtqueue *vq = gpu_queue(gpu, qw->vq);
	const struct work *work = work_by_addr(&b->f->wqs, qw->work);

	return w->command != FENCE_COMMAND_NOWHERE || !vq ||
	       queue_is_out_of_service(gpu, vq) || (work && work->place == WORK_RUNNING);
}

/* The command that the fence came with, where it was found. */
static void link_to_carrier(struct build *b, struct node *n, const struct gpu *gpu,
			    const struct gpu_command *c)
{
	struct node *to = want_queue(b, gpu, gpu->waits.ctrl.vq);

	name_node(n, arena_printf(b->g->arena, "fence of %s", gpu->name));
	link_to(b->g, n, to, c->buf, LOOK_AT("virtio_gpu_ctrl_hdr", c->buf),
		"signals when the answer to its command is fetched: %s, fence %llu, in "
		"descriptor %u",
		c->name, COUNT(c->fence_id), c->slot.head);
}

/*
 * Its command was given a number when it was put into the ring, and is not there any more:
 * the answer has been fetched, and whoever did so did not signal the fence.
 */
static bool fence_is_lost(const struct build *b, const struct gpu *gpu,
			  const struct awaited_fence *w)
{
	return w->command == FENCE_COMMAND_NOWHERE && w->id && w->pending &&
	       !gpu_is_withdrawn(b->f, gpu);
}

static void out_of_fence(struct build *b, struct node *n, const struct gpu *gpu,
			 const struct awaited_fence *w)
{
	n->fence = w;
	if (w->carrier) {
		link_to_carrier(b, n, gpu, w->carrier);
	} else if (fence_needs_queue(b, gpu, w)) {
		link_to_queue(b, n, gpu, gpu->waits.ctrl.vq, "fence",
			      "signals when the answer to its command is fetched");
	} else if (fence_is_lost(b, gpu, w)) {
		n->gpu = gpu;
		name_node(n, arena_printf(b->g->arena, "fence %llu of %s", COUNT(w->id),
					  gpu->name));
	} else {
		name_node(n,
			  arena_printf(b->g->arena,
				       "a fence of %s that no command in flight carries",
				       gpu->name));
	}
}

static const struct gpu *gpu_of_fence(const struct build *b, kaddr_t lock)
{
	const struct gpu *gpu;
	size_t i;

	for (i = 0; i < b->f->gpus.all.n && lock; i++) {
		gpu = &b->f->gpus.all.v[i];
		if (gpu->waits.read && gpu->waits.fence_lock == lock)
			return gpu;
	}
	return NULL;
}

static void link_member(struct build *b, struct node *n, const struct fence_member *m,
			const struct gpu *gpu)
{
	bool is_new;
	struct node *to = want(b, NODE_FENCE, m->fence, &is_new);

	link_to(b->g, n, to, m->fence, LOOK_AT("dma_fence", m->fence),
		"stands for it, and it is not signalled");
	if (!is_new)
		return;
	name_node(to, m->ops[0] ? arena_printf(b->g->arena, "fence (%s)", m->ops)
				: "a fence");
	if (gpu)
		out_of_fence(b, to, gpu, &m->own);
}

/* Those of a device first: of them it is known who should signal them. */
static void out_of_members(struct build *b, struct node *n, const struct gpu_wait *w)
{
	const struct gpu *gpu;
	int others;
	size_t i;

	if (!w->container || n->out.n)
		return;
	name_node(n, arena_printf(b->g->arena,
				  "a %s of %zu fences, %zu of them not signalled",
				  w->container, w->nmembers, w->unsignalled));
	for (others = 0; others < 2; others++)
		for (i = 0; i < w->members.n; i++) {
			gpu = gpu_of_fence(b, w->members.v[i].lock);
			if ((gpu ? 0 : 1) == others)
				link_member(b, n, &w->members.v[i], gpu);
		}
}

/*
 * Room: a cursor's command is one descriptor, and so is each where the driver puts its
 * parts into a table.  Who sleeps while there is room was not woken by the guest.
 */
static bool room_needs_queue(const struct gpu *gpu, kaddr_t addr)
{
	const struct virtqueue *vq = gpu_queue(gpu, addr);
	bool one = addr == gpu->waits.cursor.vq || gpu->has_indirect;

	return !one || !vq || !vq->num_free || vq->damage.n ||
	       queue_is_out_of_service(gpu, vq);
}

static void out_of_ack_queue(struct build *b, struct node *n, const struct gpu *gpu,
			     kaddr_t vq, const char *name)
{
	if (room_needs_queue(gpu, vq))
		link_to_queue(b, n, gpu, vq, name, "woken when the ring has room");
	else
		name_node(n, arena_printf(b->g->arena, "%s of %s, whose ring has room",
					  name, gpu->name));
}

/* "RESOURCE_MAP_BLOB of resource 7" */
static const char *answer_words(struct build *b, const struct awaited_answer *a)
{
	return a->resource < 0 ? a->name
			       : arena_printf(b->g->arena, "%s of resource %lld", a->name,
					      (long long)a->resource);
}

/* The dequeue work may have just taken the command out: it is about to wake the sleeper. */
static bool answer_needs_queue(const struct build *b, const struct gpu *gpu,
			       const struct awaited_answer *a)
{
	const struct virtqueue *vq = gpu_queue(gpu, gpu->waits.ctrl.vq);
	const struct work *work = work_by_addr(&b->f->wqs, gpu->waits.ctrl.work);

	return a->command != FENCE_COMMAND_NOWHERE || !vq ||
	       queue_is_out_of_service(gpu, vq) || (work && work->place == WORK_RUNNING);
}

/* Each sleeper there waits for an answer of its own: n is of this one alone. */
static void out_of_answer(struct build *b, struct node *n, const struct gpu *gpu,
			  const struct awaited_answer *a)
{
	const struct gpu_command *c = a->carrier;

	if (!answer_needs_queue(b, gpu, a))
		name_node(n, arena_printf(b->g->arena,
					  "the answer of %s to %s, which is not in the "
					  "ring",
					  gpu->name, answer_words(b, a)));
	else if (c)
		link_to_queue(b, n, gpu, gpu->waits.ctrl.vq, "resp_wq",
			      arena_printf(b->g->arena,
					   "woken by the answer to %s, in descriptor %u",
					   answer_words(b, a), c->slot.head));
	else
		link_to_queue(b, n, gpu, gpu->waits.ctrl.vq, "resp_wq",
			      "woken by an answer");
}

/* A wait queue or a fence may be a device's, which says who ends the wait. */
static void out_of_gpu_wait(struct build *b, struct node *n, const struct studied *st)
{
	const struct wait *w = &st->wait;
	const struct gpu_waits *gw;
	const struct gpu *gpu;
	size_t i;

	for (i = 0; i < b->f->gpus.all.n && w->object && !n->out.n; i++) {
		gpu = &b->f->gpus.all.v[i];
		gw = &gpu->waits;
		if (!gw->read)
			continue;
		if (w->kind == WAIT_FENCE && w->fence_lock == gw->fence_lock)
			out_of_fence(b, n, gpu, &st->gpu.fence);
		else if (w->kind != WAIT_QUEUE)
			continue;
		else if (w->object == gw->ctrl.ack_queue)
			out_of_ack_queue(b, n, gpu, gw->ctrl.vq, "ctrlq.ack_queue");
		else if (w->object == gw->cursor.ack_queue)
			out_of_ack_queue(b, n, gpu, gw->cursor.vq, "cursorq.ack_queue");
		else if (w->object == gw->resp_wq)
			out_of_answer(b, n, gpu, &st->gpu.answer);
	}
}

/* ---- between the device and its driver ------------------------------------- */

/* Of a thread that sleeps for its next interrupt nobody needs to ask what it does. */
static bool thread_is_busy(const struct gpu_irq *irq)
{
	return irq->thread && (irq->woken || irq->thread->on_rq || irq->thread->on_cpu ||
			       irq->thread->state_letter == 'D');
}

/* Masked: while it is handled; for a moment when it moves; or by whoever wants it so. */
bool irq_is_off(const struct gpu_irq *irq)
{
	return irq->disabled || irq->depth ||
	       (irq->masked && !irq->in_progress && !thread_is_busy(irq));
}

/* The CPU that it goes to takes no interrupts; NULL: it does, or it is not known. */
static const struct runqueue *deaf_cpu(const struct facts *f, const struct gpu_irq *irq)
{
	const struct runqueue *rq = runqueue_of_cpu(&f->rqs, irq->cpu);
	struct lost lost;

	if (!rq || !rq->curr || !cpu_is_silent(f, rq))
		return NULL;
	return !rq->curr->idle || cpu_is_lost(f, rq, false, &lost) ? rq : NULL;
}

static void out_of_irq(struct build *b, struct node *n)
{
	const struct gpu_irq *irq = n->irq;
	const struct runqueue *rq;

	if (thread_is_busy(irq)) {
		link_to(b->g, n, want_task(b, irq->thread), irq->addr,
			LOOK_AT("irq_desc", irq->addr), "handled by this thread%s",
			irq->woken ? ", which was woken for it and has not begun" : "");
		return;
	}
	rq = irq_is_off(irq) ? NULL : deaf_cpu(b->f, irq);
	if (rq)
		link_to(b->g, n, want_cpu(b, rq), irq->addr,
			LOOK_AT("irq_desc", irq->addr),
			"goes to it, and it takes no interrupts");
}

/* Answers that an interrupt should tell of, while somebody in the guest is in its way. */
static const struct gpu_irq *irq_held_up(const struct facts *f, const struct gpu *gpu,
					 const struct virtqueue *vq)
{
	const struct gpu_irq *irq = gpu_irq_of_queue(&f->irqs, gpu->vdev, vq->addr);

	if (!irq || !vq->completed || !vq->interrupt_due || vq->event_triggered ||
	    vq->damage.n || queue_is_out_of_service(gpu, vq))
		return NULL;
	return irq_is_off(irq) || irq->offline || thread_is_busy(irq) || deaf_cpu(f, irq)
		       ? irq
		       : NULL;
}

static void link_to_irq(struct build *b, struct node *n, const struct gpu_irq *irq)
{
	bool is_new;
	struct node *to = want(b, NODE_INTERRUPT, irq->addr, &is_new);

	if (is_new) {
		to->irq = irq;
		to->gpu = n->gpu;
		name_node(to, arena_printf(b->g->arena, "interrupt %u (%s)", irq->irq,
					   irq->name));
	}
	link_to(b->g, n, to, n->vq->addr, LOOK_AT("vring_virtqueue", n->vq->addr),
		"%u answer%s wait%s for it to be handled", n->vq->completed,
		n->vq->completed == 1 ? "" : "s", n->vq->completed == 1 ? "s" : "");
}

/* The dequeue work, where it is queued or runs, else who has the commands. */
static void out_of_queue(struct build *b, struct node *n)
{
	const struct virtqueue *vq = n->vq;
	const struct gpu_queue_waits *qw = queue_waits(n->gpu, vq);
	const struct work *work = qw ? work_by_addr(&b->f->wqs, qw->work) : NULL;
	const struct gpu_irq *irq = irq_held_up(b->f, n->gpu, vq);
	struct node *host;
	bool is_new;

	if (vq->broken)
		return;
	if (work && (vq->completed || work->place == WORK_RUNNING)) {
		link_to(b->g, n, want_work(b, work), work->addr,
			LOOK_AT("work_struct", work->addr),
			"%u answer%s wait%s for this work to fetch them", vq->completed,
			vq->completed == 1 ? "" : "s", vq->completed == 1 ? "s" : "");
		return;
	}
	if (irq && !gpu_is_withdrawn(b->f, n->gpu)) {
		link_to_irq(b, n, irq);
		return;
	}
	if (!queue_is_with_host(n->gpu, vq) || gpu_is_withdrawn(b->f, n->gpu))
		return;
	host = want(b, NODE_HOST, n->gpu->vdev, &is_new);
	host->gpu = n->gpu;
	name_node(host,
		  arena_printf(b->g->arena, "the host, which serves %s", n->gpu->name));
	link_to(b->g, n, host, vq->addr, LOOK_AT("vring_virtqueue", vq->addr),
		"%u command%s published to it, none answered", vq->unanswered,
		vq->unanswered == 1 ? "" : "s");
}

static bool waits_for_room(const struct studied *st, const struct gpu_queue_waits *q)
{
	return st->wait.kind == WAIT_QUEUE && st->wait.object == q->ack_queue;
}

/*
 * drm_dev_unplug() waits until all have left the driver who are in it, and who sleeps for
 * room in a ring is.
 */
static void out_of_unplug(struct build *b, struct node *n, const struct studied *st)
{
	const struct gpu *gpu;
	size_t i, k;

	if (n->out.n || !stack_find(&st->stack, "drm_dev_unplug"))
		return;
	for (i = 0; i < b->f->gpus.all.n; i++) {
		gpu = &b->f->gpus.all.v[i];
		if (!gpu->waits.read || gpu_remover(b->f, gpu) != st->task)
			continue;
		for (k = 0; k < b->f->nblocked && !n->out.n; k++)
			if (waits_for_room(b->f->studied.v[k], &gpu->waits.ctrl))
				link_to_queue(b, n, gpu, gpu->waits.ctrl.vq, "users",
					      "they leave when the ring has room");
	}
}

/* A completion may tell the end of a commit, which a work gets there. */
static void out_of_commit(struct build *b, struct node *n, const struct drm_commit *c)
{
	if (!c->work || n->out.n)
		return;
	name_node(n, arena_printf(b->g->arena, "%s of a DRM commit", c->completion));
	link_to(b->g, n, want_work(b, c->work), c->addr,
		LOOK_AT("drm_crtc_commit", c->addr),
		"completed by the work that carries the commit out");
}

/* ---- a workqueue that is flushed ------------------------------------------- */

static int asleep_longest(const void *a, const void *b)
{
	const struct task *x = (*(const struct work *const *)a)->worker->task;
	const struct task *y = (*(const struct work *const *)b)->worker->task;

	if (x->since_s != y->since_s)
		return x->since_s > y->since_s ? -1 : 1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/*
 * The works of the queue, those that are being run first, and of these the one that has
 * slept for longest: it was in flight when the flush began, others may be later ones.
 */
static void out_of_flush(struct build *b, struct node *n, const struct task *flusher,
			 const struct workqueue *wq)
{
	VEC(const struct work *) running = {0}, waiting = {0};
	const struct pool *p;
	const struct work *w;
	size_t i, k;

	name_node(n, arena_printf(b->g->arena, "flush of workqueue %s", wq->name));
	for (i = 0; i < b->f->wqs.pools.n; i++) {
		p = b->f->wqs.pools.v[i];
		for (k = 0; k < p->works.n; k++) {
			w = p->works.v[k];
			if (w->wq != wq->addr || w->barrier)
				continue;
			if (w->place == WORK_RUNNING && w->worker->task)
				*vec_push(b->g->arena, &running) = w;
			else
				*vec_push(b->g->arena, &waiting) = w;
		}
	}
	if (running.n)
		qsort(running.v, running.n, sizeof(running.v[0]), asleep_longest);
	for (i = 0; i < running.n; i++)
		link_to(b->g, n, want_work(b, running.v[i]), wq->addr,
			LOOK(COMMAND, .name = "wq"), "a work of it, %s",
			running.v[i]->worker->task->since_s >= flusher->since_s
				? "in flight since before the flush began"
				: "being run");
	for (i = 0; i < waiting.n && !running.n; i++)
		link_to(b->g, n, want_work(b, waiting.v[i]), wq->addr,
			LOOK(COMMAND, .name = "wq"), "a work of it, not begun");
}

/* ---- RCU ------------------------------------------------------------------ */

static const char *rcu_call(enum rcu_wait wait)
{
	static const char *const calls[] = {
		[RCU_WAIT_NONE] = "",
		[RCU_WAIT_NORMAL] = "synchronize_rcu()",
		[RCU_WAIT_EXPEDITED] = "synchronize_rcu_expedited()",
		[RCU_WAIT_BARRIER] = "rcu_barrier()",
	};

	return calls[wait];
}

static struct node *want_grace(struct build *b, const struct wait *w)
{
	const struct grace_period *gp = rcu_waits_for(&b->f->rcu, w->rcu);
	bool is_new;
	struct node *n = want(b, NODE_GRACE, gp->seq_addr, &is_new);

	if (is_new) {
		n->grace = gp;
		n->name = w->rcu == RCU_WAIT_EXPEDITED ? "expedited RCU grace period"
						       : "RCU grace period";
		n->title = arena_printf(b->g->arena, "an %s", n->name);
	}
	return n;
}

static int kept_longest(const void *a, const void *b)
{
	const struct runqueue *x = *(const struct runqueue *const *)a;
	const struct runqueue *y = *(const struct runqueue *const *)b;

	if (x->curr->since_s != y->curr->since_s)
		return x->curr->since_s > y->curr->since_s ? -1 : 1;
	return x->cpu < y->cpu ? -1 : x->cpu > y->cpu;
}

/* The CPU that a task has had for longest first.  By idling none holds up RCU. */
static void out_to_cpus(struct build *b, struct node *n)
{
	const struct grace_period *gp = n->grace;
	VEC(const struct runqueue *) kept = {0};
	const struct runqueue *rq;
	size_t i;

	for (i = 0; i < gp->cpus.n; i++) {
		rq = runqueue_of_cpu(&b->f->rqs, gp->cpus.v[i]);
		if (rq && rq->curr && !rq->curr->idle)
			*vec_push(b->g->arena, &kept) = rq;
	}
	if (kept.n)
		qsort(kept.v, kept.n, sizeof(kept.v[0]), kept_longest);
	for (i = 0; i < kept.n; i++)
		link_to(b->g, n, want_cpu(b, kept.v[i]), gp->seq_addr,
			LOOK(COMMAND, .name = "rcu"),
			"has not passed a quiescent state since it began");
}

static void out_to_readers(struct build *b, struct node *n)
{
	const struct grace_period *gp = n->grace;
	size_t i;

	for (i = 0; i < gp->readers.n; i++)
		link_to(b->g, n, want_task(b, gp->readers.v[i]), gp->readers.v[i]->addr,
			LOOK(COMMAND, .name = "rcu"),
			"switched out in the middle of a read-side critical section");
}

/*
 * Who does not let it end: the kthread that should look after it and gets no CPU, else
 * the CPUs and the readers that it waits for.  One that has just begun is not what a
 * long wait is for.
 */
static void out_of_grace(struct build *b, struct node *n)
{
	const struct task *kthread = b->f->rcu.kthread;
	double age = facts_since_jiffies(b->f, n->grace->started);

	if (n->grace == &b->f->rcu.normal && kthread && kthread->on_rq &&
	    !kthread->on_cpu && kthread->since_s >= STARVED_S)
		link_to(b->g, n, want_task(b, kthread), b->f->rcu.addr,
			LOOK(COMMAND, .name = "rcu"), "begun and ended by it");
	if (!n->grace->running || (age >= 0 && age < STARVED_S))
		return;
	out_to_readers(b, n);
	out_to_cpus(b, n);
}

static void out_of_wait(struct build *b, struct node *n)
{
	const struct studied *st = facts_studied(b->f, n->task);
	const struct wait *w = &st->wait;
	struct node *to;

	switch (w->kind) {
	case WAIT_WORK:
		to = want_work(b, w->barrier);
		link_to(b->g, n, to, w->object, LOOK_AT("wq_barrier", w->object),
			"sleeps in flush_work() until it runs");
		break;
	case WAIT_MUTEX:
		out_of_lock_wait(b, n, NODE_MUTEX, "mutex");
		break;
	case WAIT_RWSEM:
		out_of_lock_wait(b, n, NODE_RWSEM, "rw_semaphore");
		break;
	case WAIT_SEMAPHORE:
		out_of_lock_wait(b, n, NODE_SEMAPHORE, "semaphore");
		break;
	case WAIT_FLUSH:
		to = want_thing(b, NODE_COMPLETION, w);
		link_to(b->g, n, to, w->record, look_thing("completion", w),
			"sleeps in flush_workqueue() until its works have ended");
		if (w->flushed)
			out_of_flush(b, to, n->task, w->flushed);
		break;
	case WAIT_COMPLETION:
		to = want_thing(b, NODE_COMPLETION, w);
		link_to(b->g, n, to, w->record, look_thing("completion", w),
			"waits for it");
		out_of_commit(b, to, &st->gpu.commit);
		out_of_unplug(b, to, st);
		if (w->thread && !to->out.n)
			link_to(b->g, to, want_task(b, w->thread), w->object,
				LOOK_AT("completion", w->object),
				"completed when this thread ends or parks");
		break;
	case WAIT_QUEUE:
		to = want_wait_queue(b, st);
		link_to(b->g, n, to, w->record, look_thing("wait_queue_head", w),
			"sleeps on it");
		out_of_gpu_wait(b, to, st);
		out_of_commit(b, to, &st->gpu.commit);
		break;
	case WAIT_FENCE:
		to = want_thing(b, NODE_FENCE, w);
		link_to(b->g, n, to, w->record, look_thing("dma_fence", w),
			"waits for it to signal");
		if (w->fence_ops[0] && !to->out.n)
			name_node(to,
				  arena_printf(b->g->arena, "fence (%s)", w->fence_ops));
		out_of_gpu_wait(b, to, st);
		out_of_members(b, to, &st->gpu);
		break;
	case WAIT_IO:
		to = want_thing(b, NODE_IO, w);
		if (to != n)
			link_to(b->g, n, to, w->record, LOOK(STACK, .n = n->task->pid),
				"waits for I/O");
		break;
	case WAIT_RCU:
		to = want_grace(b, w);
		link_to(b->g, n, to, w->record, LOOK(COMMAND, .name = "rcu"),
			"sleeps in %s until it ends", rcu_call(w->rcu));
		break;
	case WAIT_TIMER:
	case WAIT_NOTHING:
		break;
	}
}

static void out_of_task(struct build *b, struct node *n)
{
	const struct runqueue *rq = runqueue_of_cpu(&b->f->rqs, n->task->cpu);

	if (rq && rq->curr == n->task)
		return; /* it runs: nothing holds it up */
	if (n->task->on_rq)
		runnable(b, n);
	else if (n->wait)
		out_of_wait(b, n);
}

/*
 * Why does no worker of the pool begin the work?  A woken worker that waits for
 * its CPU matters most, then one that runs another work, then one that sleeps in
 * another work.
 */
static void out_of_pool(struct build *b, struct node *n)
{
	const struct pool *p = n->pool;
	const struct worker *w;
	int pass;
	size_t i;

	for (pass = 0; pass < 3; pass++)
		for (i = 0; i < p->workers.n; i++) {
			w = p->workers.v[i];
			if (!w->task)
				continue;
			if (pass == 0 && w->task->on_rq && !w->task->on_cpu)
				link_to(b->g, n, want_task(b, w->task), w->addr,
					LOOK_AT("worker", w->addr),
					w->current
						? "its worker, in the middle of a work"
						: "its worker, woken to run the works");
			else if (pass == 1 && w->task->on_cpu)
				link_to(b->g, n, want_task(b, w->task), w->addr,
					LOOK_AT("worker", w->addr),
					"its worker, busy with %s",
					w->current ? w->current->function : "the list");
			else if (pass == 2 && !w->task->on_rq && w->current)
				link_to(b->g, n, want_task(b, w->task), w->addr,
					LOOK_AT("worker", w->addr),
					"its worker, asleep in %s", w->current->function);
		}
}

/* A work held back waits for the works of its own queue that run, not for the pool. */
static bool behind_max_active(struct build *b, struct node *n)
{
	const struct pool *p = n->work->pool;
	const struct work *w;
	size_t i;

	for (i = 0; i < p->works.n; i++) {
		w = p->works.v[i];
		if (w->place == WORK_RUNNING && w->wq && w->wq == n->work->wq)
			link_to(b->g, n, want_work(b, w), n->work->addr,
				LOOK_AT("work_struct", n->work->addr),
				"held back by max_active until it ends");
	}
	return n->out.n > 0;
}

static void out_of_work(struct build *b, struct node *n)
{
	const struct work *w = n->work;
	struct node *to;

	if (w->barrier && w->target) {
		to = want_work(b, w->target);
		link_to(b->g, n, to, w->addr, LOOK_AT("work_struct", w->addr),
			"queued right behind it");
		return;
	}
	if (w->worker && w->worker->task) {
		to = want_task(b, w->worker->task);
		link_to(b->g, n, to, w->worker->addr, LOOK_AT("worker", w->worker->addr),
			"%s",
			w->place == WORK_RUNNING ? "being run by it"
						 : "next in its list");
		return;
	}
	if (w->place == WORK_INACTIVE && behind_max_active(b, n))
		return;
	to = want_pool(b, w->pool);
	link_to(b->g, n, to, w->addr, LOOK_AT("work_struct", w->addr),
		w->place == WORK_INACTIVE ? "held back by max_active"
					  : "pending, no worker has begun it");
}

/* ---- where the ways end --------------------------------------------------- */

static struct node *next_of(const struct node *n)
{
	return n->out.v[0]->to;
}

static void find_circle(struct node *in)
{
	struct node *low = in, *n;

	for (n = next_of(in); n != in; n = next_of(n))
		if (n->address < low->address)
			low = n;
	do {
		n->root = low;
		n->in_circle = true;
		n = next_of(n);
	} while (n != in);
}

/* Each node is passed twice at most, however many ways lead over it. */
static void find_root(struct graph *g, struct node *from)
{
	const struct node *root;
	struct node *n = from;

	for (g->mark++; !n->root && n->out.n && n->mark != g->mark; n = next_of(n))
		n->mark = g->mark;
	if (!n->root && n->out.n)
		find_circle(n);
	else if (!n->root)
		n->root = n;
	for (root = n->root; !from->root; from = next_of(from))
		from->root = root;
}

void graph_build(struct graph *g, const struct facts *f)
{
	struct build b = {.g = g, .f = f};
	struct node *n;
	size_t i;

	memset(g, 0, sizeof(*g));
	g->arena = f->arena;
	for (i = 0; i < f->nblocked; i++)
		want_task(&b, f->studied.v[i]->task);
	for (i = 0; i < b.todo.n; i++) {
		n = b.todo.v[i];
		if (n->task)
			out_of_task(&b, n);
		else if (n->work)
			out_of_work(&b, n);
		else if (n->pool)
			out_of_pool(&b, n);
		else if (n->rq)
			out_of_cpu(&b, n);
		else if (n->grace)
			out_of_grace(&b, n);
		else if (n->vq)
			out_of_queue(&b, n);
		else if (n->irq)
			out_of_irq(&b, n);
	}
	for (i = 0; i < g->nodes.n; i++)
		find_root(g, g->nodes.v[i]);
}

struct node *graph_task(const struct graph *g, const struct task *t)
{
	struct node *n;

	if (!g->room)
		return NULL;
	n = g->table[slot_of(g, NODE_TASK, t->addr)];
	return n ? n : g->table[slot_of(g, NODE_WORKER, t->addr)];
}

void graph_chain(struct graph *g, struct node *from, size_t max, struct chain *c)
{
	struct node *n = from;

	c->n = 0;
	g->mark++;
	while (n && n->mark != g->mark && c->n < max) {
		n->mark = g->mark;
		*vec_push(g->arena, c) = n;
		n = n->out.n ? next_of(n) : NULL;
	}
	for (c->cycle = 0; c->cycle < c->n; c->cycle++)
		if (n && c->v[c->cycle] == n)
			break;
}

const struct edge *graph_edge(const struct node *from, const struct node *to)
{
	size_t i;

	for (i = 0; i < from->out.n; i++)
		if (from->out.v[i]->to == to)
			return from->out.v[i];
	return NULL;
}
