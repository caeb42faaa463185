/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The queue of a device at the end of a chain, and what each of its sides has done: the
 * evidence that the verdicts on devices share.
 */
#ifndef VGPU_DEVICE_QUEUE_H
#define VGPU_DEVICE_QUEUE_H

#include "judge.h"

/* A wait of this length is longer than any command that a host works on. */
#define LONG_S 20.0

struct queue {
	const struct gpu *gpu;
	const struct virtqueue *vq;
	const struct gpu_queue_waits *waits; /* NULL: not known */
	double waited_s;		     /* by the victim that waits longest */
	bool slow;			     /* the device has answered since then */
};

/* device_queue.c; what returns an int gives points of confidence. */
void blame_device(struct verdict *v, const struct gpu *gpu, enum culprit_kind kind);
void count_evidence(struct judge *j, struct verdict *v, kaddr_t address, struct look look,
		    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
/* How many commands the device has answered, and how many answers were fetched. */
void queue_say_answers(struct judge *j, struct verdict *v, const struct virtqueue *vq);
void queue_say_not_broken(struct judge *j, struct verdict *v, const struct virtqueue *vq);
/* What one side has asked the other to be told of. */
void queue_say_interrupt_due(struct judge *j, struct verdict *v,
			     const struct virtqueue *vq);
void queue_say_kick_due(struct judge *j, struct verdict *v, const struct virtqueue *vq);
/* Those of its commands that no kick told of. */
int queue_say_added(struct judge *j, struct verdict *v, const struct virtqueue *vq);
/* That none of them was kicked, though the device asks for it. */
void queue_say_unkicked(struct judge *j, struct verdict *v, const struct virtqueue *vq);
/* Commands, by the driver's own count; < 0: none is kept of this queue. */
int queue_not_yet_kicked(const struct queue *q);
/* Was the device told? */
int queue_judge_kicks(struct judge *j, struct verdict *v, const struct queue *q);
/* Is anybody about to fetch answers? */
int queue_judge_dequeue(struct judge *j, struct verdict *v, const struct queue *q);

/* cause_answer.c */
void judge_unanswered(struct judge *j, struct verdict *v, struct queue *q);
void judge_unfetched(struct judge *j, struct verdict *v, struct queue *q);
void judge_fence_lost(struct judge *j, struct verdict *v, const struct queue *q,
		      const struct node *fence);

#endif
