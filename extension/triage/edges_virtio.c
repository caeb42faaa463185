// SPDX-License-Identifier: GPL-2.0-or-later
/* The hosts of virtio devices that are no GPUs. */
#include "edges.h"

#include "verdict.h"

/* A host that works answers so many in less than what is called starved. */
#define FEW_COMMANDS 1000

/*
 * Any driver may look for an answer for this moment, and one that yields in between, as
 * virtio_net's since 6.10, has its CPU for a moment only.  Had this one been answered time
 * and again, the queue would have been given more in its life, but for an index that has just
 * gone round.
 */
static bool has_had_few(const struct virtqueue *vq)
{
	return vq->kind == VRING_SPLIT && vq->avail_idx < FEW_COMMANDS;
}

void out_of_virtio(struct build *b, struct node *n, const struct studied *st)
{
	const struct virtio_wait *w = st ? st->virtio : NULL;
	struct node *host;
	struct edge *e;
	bool is_new, yields;

	if (!w || n->out.n || (n->task && !runqueues_run(&b->f->rqs, n->task)))
		return;
	yields = n->task && n->task->since_s < STARVED_S;
	if (yields && !has_had_few(&w->vq))
		return;
	host = want(b, NODE_HOST, w->vdev, &is_new);
	if (is_new) {
		host->virtio = w;
		name_node(host, arena_printf(b->g->arena, "the host, which serves %s",
					     w->device));
	}
	e = link_to(b->g, n, host, w->vq.addr, LOOK_AT("vring_virtqueue", w->vq.addr),
		    "%s in %s() until it has answered what is in the %s queue",
		    n->task ? "spins" : "waits", w->function, w->vq.name);
	if (yields)
		e->at_most = SURE_ASKED_JUST_NOW;
	if (st->may_ask)
		e->at_most = SURE_ASKED_UNSEEN;
}
