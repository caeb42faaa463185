// SPDX-License-Identifier: GPL-2.0-or-later
/* The hosts of virtio devices that are no GPUs. */
#include "edges.h"

/* Any driver may look for an answer for this moment. */
static bool spins(const struct build *b, const struct node *n)
{
	const struct runqueue *rq = n->task ? runqueue_of_cpu(&b->f->rqs, n->task->cpu)
					    : NULL;

	return rq && rq->curr == n->task && n->task->since_s >= STARVED_S;
}

void out_of_virtio(struct build *b, struct node *n, const struct studied *st)
{
	const struct virtio_wait *w = st ? st->virtio : NULL;
	struct node *host;
	bool is_new;

	if (!w || n->out.n || (n->task && !spins(b, n)))
		return;
	host = want(b, NODE_HOST, w->vdev, &is_new);
	if (is_new) {
		host->virtio = w;
		name_node(host, arena_printf(b->g->arena, "the host, which serves %s",
					     w->device));
	}
	link_to(b->g, n, host, w->vq.addr, LOOK_AT("vring_virtqueue", w->vq.addr),
		"%s in %s() until it has answered what is in the %s queue",
		n->task ? "spins" : "waits", w->function, w->vq.name);
}
