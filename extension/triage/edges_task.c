// SPDX-License-Identifier: GPL-2.0-or-later
/* What a task waits for, and a CPU. */
#include "edges.h"

#include <string.h>

#include "lost_cpu.h"

/* A task that is a kworker has the kind worker, so that it is one node. */
struct node *want_task(struct build *b, const struct task *t)
{
	/* Asked for with each edge, and there may be thousands of workers. */
	struct worker *w = t->kthread ? worker_of_task(&b->f->wqs, t->addr) : NULL;
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

struct node *want_cpu(struct build *b, const struct runqueue *rq)
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
	return kind == NODE_WAIT_QUEUE	   ? "wait queue"
	       : kind == NODE_PERCPU_RWSEM ? "percpu rwsem"
	       : kind == NODE_SRCU	   ? "SRCU domain"
					   : node_kind_name(kind);
}

/* What the waiter's finder called it in words of its own: "modeset lock". */
static bool has_words(const struct wait *w)
{
	return w->symbol && strchr(w->symbol, ' ');
}

/* "mutex left", "completion never+0x8"; "a wait queue at 0x..." has no name. */
static const char *thing_title(struct build *b, const struct node *n,
			       const struct wait *w)
{
	if (has_words(w))
		return w->symbol;
	if (n->kind == NODE_IO)
		return "I/O";
	if (w->symbol)
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
		n->name = wait->symbol ? wait->symbol : node_kind_name(kind);
		n->title = thing_title(b, n, wait);
		n->variable = wait->symbol && !has_words(wait);
	}
	return n;
}

/* A thing waited for that is known by its address alone. */
struct node *want_thing(struct build *b, enum node_kind kind, const struct wait *wait)
{
	return want_thing_at(b, kind, wait->object ? wait->object : wait->record, wait);
}

/* Of a queue where each waits for something else, the place of this one. */
static struct node *want_wait_queue(struct build *b, const struct studied *st)
{
	if (st->wait.kernfs.node)
		return want_thing_at(b, NODE_WAIT_QUEUE, st->wait.kernfs.node, &st->wait);
	if (!st->gpu.answer.name)
		return want_thing(b, NODE_WAIT_QUEUE, &st->wait);
	return want_thing_at(b, NODE_WAIT_QUEUE, st->wait.record, &st->wait);
}

void out_of_cpu(struct build *b, struct node *n)
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

static void woken_in_vain(struct build *b, struct node *n)
{
	const struct runqueue *rq = runqueue_of_cpu(&b->f->rqs, n->task->cpu);

	link_to(b->g, n, want_cpu(b, rq), n->task->addr,
		LOOK(TASK, .type = "task_struct.on_rq,on_cpu,sched_info",
		     .address = n->task->addr),
		"woken to run on it, which has not noticed");
}

/* What shows the thing; where it was not found, the waiter in its list. */
struct look look_thing(const char *type, const struct wait *w)
{
	if (w->object)
		return LOOK_AT(type, w->object);
	return LOOK(WORDS, .address = w->record, .n = 4);
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
	case WAIT_PERCPU_RWSEM:
		out_of_lock_wait(b, n, NODE_PERCPU_RWSEM, "percpu_rw_semaphore");
		break;
	case WAIT_SPINLOCK:
		out_of_lock_wait(b, n, NODE_SPINLOCK, "spinlock");
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
		out_of_virtio(b, to, st);
		if (w->thread && !to->out.n)
			link_to(b->g, to, want_task(b, w->thread), w->object,
				LOOK_AT("completion", w->object),
				"completed when this thread ends or parks");
		out_of_service(b, to, st);
		if (st->io.request)
			out_of_io(b, to, st);
		break;
	case WAIT_QUEUE:
		if (out_of_frozen_queue(b, n, st))
			break;
		to = want_wait_queue(b, st);
		link_to(b->g, n, to, w->record, look_thing("wait_queue_head", w),
			"sleeps on it");
		out_of_gpu_wait(b, to, st);
		out_of_commit(b, to, &st->gpu.commit);
		out_of_lookup(b, to, w);
		out_of_journal(b, to, w);
		out_of_kernfs(b, to, &w->kernfs);
		out_of_virtio(b, to, st);
		out_of_service(b, to, st);
		break;
	case WAIT_FENCE:
		to = want_thing(b, NODE_FENCE, w);
		link_to(b->g, n, to, w->record, look_thing("dma_fence", w),
			"waits for it to signal");
		if (w->fence_ops && !to->out.n)
			name_node(to,
				  arena_printf(b->g->arena, "fence (%s)", w->fence_ops));
		out_of_gpu_wait(b, to, st);
		out_of_members(b, to, &st->gpu);
		break;
	case WAIT_IO:
		if (out_to_full_disk(b, n, st))
			break;
		to = want_thing(b, NODE_IO, w);
		if (to != n)
			link_to(b->g, n, to, w->record, LOOK(STACK, .n = n->task->pid),
				w->frozen ? "waits until it is thawed" : "waits for I/O");
		out_of_io(b, to, st);
		break;
	case WAIT_BIT:
		to = want_thing(b, NODE_BIT, w);
		link_to(b->g, n, to, w->record, LOOK(WORDS, .address = w->object, .n = 1),
			"sleeps until somebody changes it");
		if (!to->out.n)
			out_to_insiders(b, to);
		break;
	case WAIT_SRCU:
		to = want_thing(b, NODE_SRCU, w);
		link_to(b->g, n, to, w->record, look_thing("srcu_struct", w),
			"sleeps in synchronize_srcu() until its readers have left");
		out_of_unplug(b, to, st);
		if (!to->out.n && w->owner.readers)
			out_to_insiders(b, to);
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

void out_of_task(struct build *b, struct node *n)
{
	/* Nothing holds up who runs, but a host for whose answer he spins. */
	if (runqueues_run(&b->f->rqs, n->task))
		out_of_virtio(b, n, facts_studied(b->f, n->task));
	else if (n->task->on_rq)
		runnable(b, n);
	else if (is_woken_in_vain(b->f, n->task))
		woken_in_vain(b, n);
	else if (n->wait && !facts_is_frozen(b->f, n->task))
		out_of_wait(b, n); /* whatever comes, who is frozen sleeps on */
}
