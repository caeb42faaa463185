// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What each side of a queue has done, as a verdict on the device tells it.
 */
#include "device_queue.h"

void blame_device(struct verdict *v, const struct gpu *gpu, enum culprit_kind kind)
{
	v->culprit.kind = kind;
	v->culprit.name = gpu->name;
	v->culprit.address = gpu->vdev;
}

void count_evidence(struct judge *j, struct verdict *v, kaddr_t address, struct look look,
		    const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_for(j, v, arena_vprintf(j->a, fmt, ap), address, look);
	va_end(ap);
}

static const char *unfetched_words(struct judge *j, const struct virtqueue *vq)
{
	if (!vq->completed)
		return "no answer waits to be fetched";
	return say(j,
		   "the device has answered %u command%s that the driver has not fetched",
		   vq->completed, vq->completed == 1 ? "" : "s");
}

static const char *unanswered_words(struct judge *j, const struct virtqueue *vq)
{
	if (!vq->unanswered)
		return "the device has answered every command that the driver published";
	return say(j,
		   "the driver has published %u command%s that the device has not "
		   "answered",
		   vq->unanswered, vq->unanswered == 1 ? "" : "s");
}

/* Where the device writes its answers: a split ring has an index, a packed one flags. */
static void answers_split(struct judge *j, struct verdict *v, const struct virtqueue *vq)
{
	kaddr_t avail = vq->avail_ring + 2, used = vq->used_ring + 2;

	count_evidence(j, v, avail, LOOK(NUMBERS, .address = avail, .n = 1),
		       "%s: the available index is %u", unanswered_words(j, vq),
		       vq->avail_idx);
	count_evidence(j, v, used, LOOK(NUMBERS, .address = used, .n = 1),
		       "%s: the used index is %u, the driver got to %u",
		       unfetched_words(j, vq), vq->used_idx, vq->last_used_idx);
}

static void answers_packed(struct judge *j, struct verdict *v, const struct virtqueue *vq)
{
	kaddr_t flags = vq->desc_ring + (kaddr_t)vq->last_used_idx * 16 + 14;

	count_evidence(j, v, flags, LOOK(FLAGS, .address = flags, .n = 1),
		       "%s: descriptor %u is %smarked used in the driver's lap, %d",
		       unfetched_words(j, vq), vq->last_used_idx,
		       vq->completed ? "" : "not ", vq->used_wrap);
	count_evidence(j, v, vq->addr, LOOK_AT("virtqueue", vq->addr),
		       "%u command%s in flight, %u of them not answered", vq->in_flight,
		       vq->in_flight == 1 ? " is" : "s are", vq->unanswered);
}

void queue_say_answers(struct judge *j, struct verdict *v, const struct virtqueue *vq)
{
	if (vq->kind == VRING_PACKED)
		answers_packed(j, v, vq);
	else
		answers_split(j, v, vq);
}

/* The driver's count is of the control queue alone. */
int queue_not_yet_kicked(const struct queue *q)
{
	return q->vq->addr == q->gpu->ctrlq_vq ? q->gpu->pending_commands : -1;
}

int queue_say_added(struct judge *j, struct verdict *v, const struct virtqueue *vq)
{
	struct look look = LOOK_AT("vring_virtqueue.num_added", vq->addr);

	if (!vq->num_added) {
		add_for(j, v, "all of them were kicked: num_added is 0", vq->addr, look);
		return 0;
	}
	add_against(j, v,
		    say(j,
			"%u of the %u unanswered commands were added since the last kick",
			vq->num_added, vq->unanswered),
		    vq->addr, look);
	return SURE_SOME_NOT_KICKED;
}

void queue_say_unkicked(struct judge *j, struct verdict *v, const struct virtqueue *vq)
{
	count_evidence(j, v, vq->addr, LOOK_AT("vring_virtqueue.num_added", vq->addr),
		       "none of them was kicked: num_added is %u", vq->num_added);
	queue_say_kick_due(j, v, vq);
}

int queue_judge_kicks(struct judge *j, struct verdict *v, const struct queue *q)
{
	kaddr_t vgdev = q->gpu->vgdev;
	int points = queue_say_added(j, v, q->vq), held_back = queue_not_yet_kicked(q);

	if (held_back > 0) {
		add_against(j, v,
			    say(j, "the driver counts %d commands that it has not kicked",
				held_back),
			    vgdev, LOOK_AT("virtio_gpu_device.pending_commands", vgdev));
		return points + SURE_SOME_HELD_BACK;
	}
	if (held_back == 0) {
		add_for(j, v, "the driver holds no kick back: pending_commands is 0",
			vgdev, LOOK_AT("virtio_gpu_device.pending_commands", vgdev));
		points += SURE_NO_KICK_HELD_BACK;
	}
	return points;
}

int queue_judge_dequeue(struct judge *j, struct verdict *v, const struct queue *q)
{
	const struct gpu_queue_waits *w = q->waits;
	struct look look;

	if (!w || !w->work_known) {
		say_missing(j, v, "whether the queue's dequeue work is queued");
		return SURE_DEQUEUE_UNKNOWN;
	}
	look = LOOK_AT("work_struct", w->work);
	/* Woken in vain, or for another moment: with no answer it has nothing to do. */
	if (work_by_addr(&j->f->wqs, w->work)) {
		add_against(j, v, "the queue's dequeue work is queued", w->work, look);
		return SURE_DEQUEUE_QUEUED;
	}
	if (w->work_pending) {
		add_against(j, v,
			    "the dequeue work says that it is queued, and is on no list "
			    "of a worker pool",
			    w->work, look);
		return SURE_DEQUEUE_LOST;
	}
	add_for(j, v, "the queue's dequeue work is neither queued nor running", w->work,
		look);
	return SURE_DEQUEUE_IDLE;
}

void queue_say_not_broken(struct judge *j, struct verdict *v, const struct virtqueue *vq)
{
	add_for(j, v, "the queue is not marked broken", vq->addr,
		LOOK_AT("vring_virtqueue.broken", vq->addr));
}

/* What one side has asked the other to be told of, in words and in the ring. */
struct wish {
	const char *asked, *at, *of_each, *other, *due, *ring;
	kaddr_t words, event; /* flags and, in a split ring, the index in the other's */
	unsigned int off_wrap, packed_flags, index, reached, flags;
};

static void say_wish(struct judge *j, struct verdict *v, const struct virtqueue *vq,
		     const struct wish *w)
{
	if (vq->kind == VRING_PACKED)
		count_evidence(j, v, w->words, LOOK(FLAGS, .address = w->words, .n = 2),
			       "%s: its event words are 0x%x, %u", w->asked, w->off_wrap,
			       w->packed_flags);
	else if (vq->event)
		count_evidence(j, v, w->event, LOOK(NUMBERS, .address = w->event, .n = 1),
			       "%s %s after %u, and %s is at %u: %s was due", w->asked,
			       w->at, w->index, w->other, w->reached, w->due);
	else
		count_evidence(j, v, w->words, LOOK(NUMBERS, .address = w->words, .n = 1),
			       "%s %s: the %s ring's flags are %u", w->asked, w->of_each,
			       w->ring, w->flags);
}

void queue_say_interrupt_due(struct judge *j, struct verdict *v,
			     const struct virtqueue *vq)
{
	say_wish(j, v, vq,
		 &(struct wish){.asked = "the driver asked to be told",
				.at = "of the answer",
				.of_each = "of each answer",
				.other = "the device",
				.due = "an interrupt",
				.ring = "available",
				.words = vq->avail_ring,
				.event = vq->avail_ring + 4 + 2 * (kaddr_t)vq->num,
				.off_wrap = vq->driver_off_wrap,
				.packed_flags = vq->driver_flags,
				.index = vq->used_event,
				.reached = vq->used_idx,
				.flags = vq->avail_flags});
}

/* The same of the device, which asks for kicks. */
void queue_say_kick_due(struct judge *j, struct verdict *v, const struct virtqueue *vq)
{
	say_wish(j, v, vq,
		 &(struct wish){.asked = "the device asked for a kick",
				.at = "at the command",
				.of_each = "at each command",
				.other = "the driver",
				.due = "one",
				.ring = "used",
				.words = vq->used_ring,
				.event = vq->used_ring + 4 + 8 * (kaddr_t)vq->num,
				.off_wrap = vq->device_off_wrap,
				.packed_flags = vq->device_flags,
				.index = vq->avail_event,
				.reached = vq->avail_idx,
				.flags = vq->used_flags});
}
