// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A virtio device at the end of a chain: a queue that is broken, withdrawn or cannot be
 * read, a kick that was not made; or an answer that did not come (cause_answer.c).
 *
 * A queue is a promise of both sides, and each verdict needs that the other side has
 * kept its own.
 */
#include "device_queue.h"

static void damaged(struct judge *j, struct verdict *v, const struct queue *q)
{
	size_t i;

	v->confidence = SURE_QUEUE_NOT_TO_BLAME;
	for (i = 0; i < q->vq->damage.n; i++)
		add_for(j, v, q->vq->damage.v[i], q->vq->addr,
			LOOK_AT("virtqueue", q->vq->addr));
	v->summary = say(j,
			 "%s for the %s queue of %s, which contradicts itself: nothing "
			 "that it says of the host can be trusted.",
			 wait_words(j, v), q->vq->name, q->gpu->name);
	say_next(j, v, "Look at the queue, and for who overwrote it: " LOOK_HERE ".");
	say_command(j, v, "dev");
}

static void broken(struct judge *j, struct verdict *v, const struct queue *q)
{
	const struct virtqueue *vq = q->vq;

	v->cause = CAUSE_DEVICE_BROKEN;
	v->confidence = SURE_BROKEN;
	blame_device(v, q->gpu, CULPRIT_DEVICE);
	if (vq->broken)
		add_for(j, v,
			"the queue is marked broken: the driver adds no command to it "
			"any more and fetches no answer",
			vq->addr, LOOK_AT("vring_virtqueue.broken", vq->addr));
	if (vq->reset)
		add_for(j, v, "the queue has been reset and not been enabled again",
			vq->addr, LOOK_AT("virtqueue.reset", vq->addr));
	if (q->gpu->failed)
		add_for(j, v, "the device is marked failed", q->gpu->vdev,
			LOOK_AT("virtio_device.failed", q->gpu->vdev));
	if (vq->counted && vq->ring_read && vq->in_flight)
		count_evidence(
			j, v, vq->addr, LOOK_AT("virtqueue", vq->addr),
			"%u commands are in it, of which the device has answered %u: "
			"nobody will fetch an answer",
			vq->in_flight, vq->completed);
	v->summary = say(j, "%s for %s, whose %s queue is out of service.",
			 wait_words(j, v), q->gpu->name, vq->name);
	say_next(j, v,
		 "Find in the log when it broke (\"is not a head\", \"out of range\", a "
		 "removed device): " LOOK_HERE ".");
	say_look(j, v, LOOK(LOG));
}

/* The virtio core has begun to remove or suspend the device: it may answer no more. */
static void withdrawn(struct judge *j, struct verdict *v, const struct queue *q)
{
	v->confidence = SURE_QUEUE_NOT_TO_BLAME;
	add_against(
		j, v,
		"the virtio core has put the device out of use, as it does to remove or "
		"suspend it: its config is disabled",
		q->gpu->vdev, LOOK_AT("virtio_device", q->gpu->vdev));
	queue_say_answers(j, v, q->vq);
	v->summary =
		say(j,
		    "%s for %s, which is being removed or suspended: neither the host "
		    "nor an interrupt is to blame for what does not come.",
		    wait_words(j, v), q->gpu->name);
	say_next(j, v,
		 "Look for who removes or suspends it: " LOOK_HERE ", " LOOK_HERE ".");
	say_command(j, v, "hung");
	say_look(j, v, LOOK(LOG));
}

static void unread(struct judge *j, struct verdict *v, const struct queue *q)
{
	v->confidence = SURE_QUEUE_NOT_TO_BLAME;
	say_missing(j, v,
		    "the ring of the %s queue: who has its commands, the host or the "
		    "guest (debuginfo of virtio_ring, or the ring itself)",
		    q->vq->name);
	v->summary = say(j, "%s for the %s queue of %s, whose ring could not be read.",
			 wait_words(j, v), q->vq->name, q->gpu->name);
	if (j->f->gpus.missing.n)
		say_debuginfo(j, v);
}

/* Nothing is with the device: it owes nobody an answer. */
static void idle(struct judge *j, struct verdict *v, const struct queue *q)
{
	const char *state = "no command is in flight";

	v->confidence = SURE_QUEUE_NOT_TO_BLAME;
	if (q->vq->in_flight)
		state = say(j, "%u commands are being added and none is published",
			    q->vq->in_flight);
	add_against(j, v, say(j, "%s: %s owes no answer", state, q->gpu->name),
		    q->vq->addr, LOOK_AT("virtqueue", q->vq->addr));
	v->summary =
		say(j,
		    "%s for the %s queue of %s, where %s: neither the device nor the "
		    "host is what the wait is for.",
		    wait_words(j, v), q->vq->name, q->gpu->name, state);
	say_next(j, v,
		 "Look for who should have woken it, or signalled the fence: " LOOK_HERE
		 ", " LOOK_HERE ".");
	say_command(j, v, "hung");
	say_command(j, v, "dev");
}

static void unkicked(struct judge *j, struct verdict *v, const struct queue *q)
{
	const struct virtqueue *vq = q->vq;
	int held_back = queue_not_yet_kicked(q);

	v->cause = CAUSE_NOT_KICKED;
	v->confidence = SURE_UNKICKED + (held_back > 0 ? SURE_KICK_HELD_BACK : 0) +
			(q->waited_s >= LONG_S ? SURE_UNKICKED_LONG : 0);
	blame_device(v, q->gpu, CULPRIT_DEVICE);
	v->confidence += host_says_unseen(j, v, vq);
	queue_say_answers(j, v, vq);
	queue_say_unkicked(j, v, vq);
	if (held_back >= 0)
		count_evidence(j, v, q->gpu->vgdev,
			       LOOK_AT("virtio_gpu_device.pending_commands",
				       q->gpu->vgdev),
			       "the driver counts %d commands that it has not kicked",
			       held_back);
	v->summary = say(j,
			 "%s for answers of %s to commands that the guest's driver has "
			 "put into the ring and told the device nothing of.",
			 wait_words(j, v), q->gpu->name);
	say_next(j, v,
		 "Find who added them and did not go on to the kick: " LOOK_HERE ".");
	say_command(j, v, "hung");
}

static const struct virtqueue *queue_of_chain(const struct verdict *v)
{
	size_t i;

	for (i = v->chain.n; i-- > 0;)
		if (v->chain.v[i]->vq)
			return v->chain.v[i]->vq;
	return NULL;
}

static double longest_wait(const struct verdict *v)
{
	double most = -1;
	size_t i;

	for (i = 0; i < v->victims.n; i++)
		if (v->victims.v[i]->task->since_s > most)
			most = v->victims.v[i]->task->since_s;
	return most;
}

void judge_device(struct judge *j, struct verdict *v, const struct node *root)
{
	struct queue q = {.gpu = root->gpu, .vq = queue_of_chain(v)};

	if (root->kind == NODE_FENCE)
		q.vq = gpu_queue(q.gpu, q.gpu->waits.ctrl.vq);
	q.waits = queue_waits(q.gpu, q.vq);
	q.waited_s = longest_wait(v);
	if (root->kind == NODE_FENCE)
		judge_fence_lost(j, v, &q, root);
	else if (root->kind == NODE_HOST)
		judge_unanswered(j, v, &q);
	else if (queue_is_out_of_service(q.gpu, q.vq))
		broken(j, v, &q);
	else if (q.vq->damage.n)
		damaged(j, v, &q);
	else if (!q.vq->counted || !q.vq->ring_read)
		unread(j, v, &q);
	else if (gpu_is_withdrawn(j->f, q.gpu))
		withdrawn(j, v, &q);
	else if (q.vq->completed)
		judge_unfetched(j, v, &q);
	else if (queue_is_unkicked(q.vq))
		unkicked(j, v, &q);
	else
		idle(j, v, &q);
}
