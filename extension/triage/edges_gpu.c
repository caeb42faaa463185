// SPDX-License-Identifier: GPL-2.0-or-later
/* What a device, its queues, fences and interrupts stand for. */
#include "edges.h"

#include "base/text.h"
#include "lost_cpu.h"

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

/*
 * Its head as words, since few kernels have a type of it: type, flags, and two that are the
 * fence.
 */
struct look look_command(const struct gpu_command *c)
{
	return LOOK(FLAGS, .type = "u32", .address = c->buf, .n = 4);
}

const char *numbered_command(struct arena *a, const struct gpu_command *c)
{
	/* Of what is not known the number is the name. */
	return c->name[0] == '0' ? c->name
				 : arena_printf(a, "%s (0x%x)", c->name, c->type);
}

/* The command that the fence came with, where it was found. */
static void link_to_carrier(struct build *b, struct node *n, const struct gpu *gpu,
			    const struct gpu_command *c)
{
	struct node *to = want_queue(b, gpu, gpu->waits.ctrl.vq);

	name_node(n, arena_printf(b->g->arena, "fence of %s", gpu->name));
	link_to(b->g, n, to, c->buf, look_command(c),
		"signals when the answer to its command is fetched: %s, fence %llu, in "
		"descriptor %u",
		numbered_command(b->g->arena, c), COUNT(c->fence_id), c->slot.head);
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
void out_of_members(struct build *b, struct node *n, const struct gpu_wait *w)
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
 * parts into a table; until 5.4 three are enough for all.  0: not known.
 */
static unsigned int enough_room(const struct gpu *gpu, kaddr_t addr)
{
	if (addr == gpu->waits.cursor.vq || gpu->has_indirect)
		return 1;
	return gpu->three_at_most ? 3 : 0;
}

/* Who sleeps while there is room was not woken by the guest. */
static bool room_needs_queue(const struct gpu *gpu, kaddr_t addr)
{
	const struct virtqueue *vq = gpu_queue(gpu, addr);
	unsigned int enough = enough_room(gpu, addr);

	return !enough || !vq || vq->num_free < enough || vq->damage.n ||
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
void out_of_gpu_wait(struct build *b, struct node *n, const struct studied *st)
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

void out_of_irq(struct build *b, struct node *n)
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
void out_of_queue(struct build *b, struct node *n)
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
void out_of_unplug(struct build *b, struct node *n, const struct studied *st)
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
void out_of_commit(struct build *b, struct node *n, const struct drm_commit *c)
{
	if (!c->work || n->out.n)
		return;
	name_node(n, arena_printf(b->g->arena, "%s of a DRM commit", c->completion));
	link_to(b->g, n, want_work(b, c->work), c->addr,
		LOOK_AT("drm_crtc_commit", c->addr),
		"completed by the work that carries the commit out");
}
