// SPDX-License-Identifier: GPL-2.0-or-later
/* The host of a virtio device that is no GPU, and does not answer what it was asked. */
#include "device_queue.h"

static void blame(struct judge *j, struct verdict *v, const struct virtio_wait *w,
		  enum cause cause, enum culprit_kind kind, int confidence)
{
	v->cause = cause;
	v->culprit.kind = kind;
	v->culprit.name = w->device;
	v->culprit.address = w->vdev;
	v->confidence = confidence;
	queue_say_answers(j, v, &w->vq);
}

static void blame_host(struct judge *j, struct verdict *v, const struct virtio_wait *w)
{
	blame(j, v, w, CAUSE_HOST_NOT_CONSUMING, CULPRIT_HOST, SURE_HOST);
	v->confidence += queue_say_added(j, v, &w->vq);
	say_next(j, v,
		 "Look on the host: is QEMU stopped, or what serves %s for it (vhost, a "
		 "daemon)? virsh domstate --reason GUEST; gdb -p PID -batch -ex 'thread "
		 "apply all bt'. Was bus mastering taken from the device? lspci -vv, in "
		 "the guest.",
		 w->device);
}

/* "the 1 command in the control queue of virtio1 (virtio_net)" */
static const char *owed(struct judge *j, const struct virtio_wait *w)
{
	return say(j, "%u command%s in the %s queue of %s (%s)", w->vq.unanswered,
		   w->vq.unanswered == 1 ? "" : "s", w->vq.name, w->device, w->driver);
}

/*
 * The host was told nothing: its guest's driver has put them there and gone on.  waits: who
 * waits for the device, and how.
 */
static void blame_driver(struct judge *j, struct verdict *v, const struct virtio_wait *w,
			 const char *waits)
{
	blame(j, v, w, CAUSE_NOT_KICKED, CULPRIT_DEVICE, SURE_UNKICKED);
	queue_say_unkicked(j, v, &w->vq);
	v->summary = say(j,
			 "%s, whose host was told nothing of %s: the guest's driver has "
			 "put them into the ring, and not kicked.",
			 waits, owed(j, w));
	say_next(j, v,
		 "Find who added them and did not go on to the kick: " LOOK_HERE ".");
	say_command(j, v, "hung");
}

/* The last task of the chain: it waits for the host itself. */
static const struct task *asker(const struct chain *c)
{
	const struct task *t = NULL;
	size_t i;

	for (i = 0; i < c->n; i++)
		if (c->v[i]->task)
			t = c->v[i]->task;
	return t;
}

static void add_spinner(struct judge *j, struct verdict *v, const struct task *t,
			const struct virtio_wait *w)
{
	add_for(j, v,
		say(j,
		    "%s has had CPU %d for %s: %s() looks for the answer until it is "
		    "there, and would see it without an interrupt",
		    who(j, t), t->cpu, span(j, t->since_s), w->function),
		t->addr, LOOK(CPU_STACK, .n = t->cpu));
}

/* He yields in between, or has asked just now. */
static void add_poller(struct judge *j, struct verdict *v, const struct task *t,
		       const struct virtio_wait *w)
{
	kaddr_t avail = w->vq.avail_ring + 2;

	add_for(j, v,
		say(j,
		    "%s looks for the answer in %s(); the available index of the %s queue "
		    "is %u: unless it has gone round at 65536, it was not asked again and "
		    "again",
		    who(j, t), w->function, w->vq.name, w->vq.avail_idx),
		avail, LOOK(NUMBERS, .address = avail, .n = 1));
}

/* No registers tell: what calls for the answer has left its mark. */
static void add_unseen(struct judge *j, struct verdict *v, const struct task *t,
		       const struct spin_trace *trace)
{
	add_for(j, v,
		say(j,
		    "%s runs on CPU %d, for %s now, and has a return address in %s() on "
		    "its stack, as who looks for that answer has",
		    who(j, t), t->cpu, span(j, t->since_s), trace->function),
		trace->at, LOOK(WORDS, .address = trace->at, .n = 2));
}

static void add_asker(struct judge *j, struct verdict *v, const struct task *t,
		      const struct virtio_wait *w)
{
	const struct studied *st = facts_studied(j->f, t);

	if (st && st->may_ask)
		add_unseen(j, v, t, st->may_ask);
	else if (t->since_s < STARVED_S)
		add_poller(j, v, t, w);
	else
		add_spinner(j, v, t, w);
}

void judge_virtio(struct judge *j, struct verdict *v, const struct node *root)
{
	const struct virtio_wait *w = root->virtio;
	const struct task *t = asker(&v->chain);

	if (queue_is_unkicked(&w->vq)) {
		blame_driver(j, v, w, say(j, "%s for %s", wait_words(j, v), w->device));
		return;
	}
	blame_host(j, v, w);
	if (t && t->on_cpu)
		add_asker(j, v, t, w);
	if (v->victims.v[0]->task->since_s >= LONG_S)
		v->confidence += SURE_WAITED_LONG;
	v->summary = say(j, "%s for %s: its host was told of %s and has answered none.%s",
			 wait_words(j, v), w->device, owed(j, w),
			 t && t->on_cpu ? say(j, " %s spins for that on CPU %d.",
					      who(j, t), t->cpu)
					: "");
}

bool judge_polling(struct judge *j, struct verdict *v, const struct runqueue *rq)
{
	const struct studied *st = facts_studied(j->f, rq->curr);
	const struct virtio_wait *w = st ? st->virtio : NULL;
	const char *spins;

	if (!w)
		return false;
	spins = say(j, "%s spins on CPU %u for an answer of %s", who(j, rq->curr),
		    rq->cpu, w->device);
	if (queue_is_unkicked(&w->vq)) {
		blame_driver(j, v, w, spins);
	} else {
		blame_host(j, v, w);
		v->summary = say(j, "%s: its host was told of %s and has answered none.",
				 spins, owed(j, w));
	}
	add_asker(j, v, rq->curr, w);
	if (st->may_ask && v->confidence > SURE_ASKED_UNSEEN)
		v->confidence = SURE_ASKED_UNSEEN;
	return true;
}
