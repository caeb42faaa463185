// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What no core tells: what moved between two looks at a machine that runs on.
 *
 * A verdict holds of what stood still.  So each says of its first victim, of whoever has a
 * CPU, and of the device's ring, what they did in between.
 */
#include "judge.h"

/* Of the time between two looks, which take a while themselves. */
#define ALL_THE_TIME 0.8

static bool has_run(const struct earlier_task *then, const struct task *now)
{
	return now->nvcsw != then->nvcsw || now->nivcsw != then->nivcsw ||
	       now->sum_exec != then->sum_exec;
}

/* What is not explained is no better explained by standing still. */
static void add_weight(struct verdict *v, int points)
{
	if (v->cause == CAUSE_UNEXPLAINED)
		return;
	v->confidence += points;
	if (v->at_most && v->confidence > v->at_most)
		v->confidence = v->at_most;
	if (v->confidence > SURE_MOTION_AT_MOST)
		v->confidence = SURE_MOTION_AT_MOST;
	if (v->confidence < SURE_MOTION_AT_LEAST)
		v->confidence = SURE_MOTION_AT_LEAST;
}

static void say_victim(struct judge *j, struct verdict *v)
{
	const struct task *t = v->victims.v[0]->task;
	const struct earlier_task *then = earlier_task(j->f, t);

	if (!then)
		return;
	if (has_run(then, t)) {
		add_weight(v, SURE_VICTIM_RAN);
		add_against(j, v, say(j, "%s has run between two looks at it", who(j, t)),
			    t->addr, look_task(t, "task_struct.nvcsw,nivcsw"));
		return;
	}
	add_for(j, v,
		say(j, "%s has not run in the %.1f s between two looks", who(j, t),
		    j->f->before_s),
		t->addr, look_task(t, "task_struct.nvcsw,nivcsw"));
}

/* Who has a CPU in both looks. */
static void say_runner(struct judge *j, struct verdict *v, const struct task *t)
{
	const struct earlier_task *then = earlier_task(j->f, t);
	double used;

	if (!then || !then->on_cpu || t->sum_exec < then->sum_exec)
		return;
	used = (double)(t->sum_exec - then->sum_exec) / 1e9;
	if (used >= ALL_THE_TIME * j->f->before_s)
		add_weight(v, SURE_RAN_ALL_THE_TIME);
	add_for(j, v,
		say(j, "%s has used %.2f s of CPU %d in the %.2f s between two looks",
		    who(j, t), used, t->cpu, j->f->before_s),
		t->addr, look_task(t, "task_struct.se.sum_exec_runtime"));
}

/* A packed ring has no index of the device's: what the driver took tells as much. */
static unsigned int answers(const struct earlier_queue *then, const struct virtqueue *now)
{
	return now->kind == VRING_SPLIT
		       ? (uint16_t)(now->used_idx - then->used_idx)
		       : (unsigned int)(now->last_used_idx != then->last_used_idx ||
					now->completed != then->completed);
}

static void say_queue(struct judge *j, struct verdict *v, const struct virtqueue *vq)
{
	const struct earlier_queue *then = earlier_queue(j->f, vq);
	bool split = vq->kind == VRING_SPLIT;
	struct look look = split ? LOOK(NUMBERS, .address = vq->used_ring + 2, .n = 1)
				 : LOOK(COMMAND, .name = "vq -v");

	if (!then || !vq->ring_read)
		return;
	if (answers(then, vq)) {
		add_weight(v, SURE_RING_MOVES);
		add_against(j, v,
			    say(j,
				"the device answers: the %s queue moved on in the %.1f s "
				"between two looks, so it is slow, not stopped",
				vq->name, j->f->before_s),
			    vq->used_ring, look);
		return;
	}
	add_weight(v, SURE_RING_STOOD);
	add_for(j, v,
		say(j,
		    split ? "the used index of the %s queue has not moved in the %.1f s "
			    "between two looks"
			  : "the %s queue has not moved in the %.1f s between two looks",
		    vq->name, j->f->before_s),
		vq->used_ring, look);
}

void judge_motion(struct judge *j, struct verdict *v)
{
	const struct virtqueue *said = NULL;
	size_t i;

	if (!j->f->before || !v->victims.n)
		return;
	say_victim(j, v);
	for (i = 0; i < v->chain.n; i++) {
		const struct node *n = v->chain.v[i];

		if (n->task && n->task->on_cpu)
			say_runner(j, v, n->task);
		if (n->vq && n->vq != said) {
			said = n->vq;
			say_queue(j, v, n->vq);
		}
	}
}
