// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio_ring.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "vring.h"
#include "dump/list.h"

/* A device has a handful: two for each CPU at most. */
#define QUEUES_MAX 1024

static void ring_init(struct ring *r, struct dump *d)
{
	memset(r, 0, sizeof(*r));
	r->d = d;
	obj_init(&r->state.o, d);
	obj_init(&r->desc.o, d);
	obj_init(&r->extra.o, d);
	obj_init(&r->avail, d);
	obj_init(&r->used, d);
}

/* ---- a queue ------------------------------------------------------------- */

static void read_kind(struct ring *r, const struct object *o)
{
	struct virtqueue *vq = r->vq;
	long layout, packed_in_order;

	vq->kind = VRING_SPLIT;
	if (!layout_has(r->d, VRING_LAYOUT)) {
		/* Before 5.0 there were no others. */
		if (obj_u64(o, VRING_PACKED_RING))
			vq->kind = VRING_PACKED;
		return;
	}
	layout = (long)obj_u64(o, VRING_LAYOUT);
	packed_in_order = layout_enum(r->d, VQ_LAYOUT_PACKED_IN_ORDER, 3);
	if (layout == layout_enum(r->d, VQ_LAYOUT_PACKED, 1) || layout == packed_in_order)
		vq->kind = VRING_PACKED;
	vq->in_order = layout == packed_in_order ||
		       layout == layout_enum(r->d, VQ_LAYOUT_SPLIT_IN_ORDER, 2);
}

static void read_vring(struct ring *r)
{
	struct virtqueue *vq = r->vq;
	struct object o;

	obj_init(&o, r->d);
	if (!obj_read(&o, VRING, vq->addr)) {
		ring_cannot_read(r, "struct vring_virtqueue", vq->addr);
		return;
	}
	vq->broken = obj_u64(&o, VRING_BROKEN);
	vq->indirect = obj_u64(&o, VRING_INDIRECT);
	vq->event = obj_u64(&o, VRING_EVENT);
	vq->event_triggered = obj_u64(&o, VRING_EVENT_TRIGGERED);
	vq->free_head = (unsigned int)obj_u64(&o, VRING_FREE_HEAD);
	vq->num_added = (unsigned int)obj_u64(&o, VRING_NUM_ADDED);
	vq->last_used_idx = (uint16_t)obj_u64(&o, VRING_LAST_USED);
	read_kind(r, &o);
	if (vq->kind == VRING_PACKED)
		vring_read_packed(r, &o);
	else
		vring_read_split(r, &o);
}

/* with_ring: the debuginfo of what is behind struct virtqueue is there. */
static bool read_queue(struct ring *r, kaddr_t addr, bool with_ring, struct virtqueue *vq)
{
	char name[sizeof(vq->name)];
	struct object o;

	memset(vq, 0, sizeof(*vq));
	vq->addr = addr;
	r->vq = vq;
	obj_init(&o, r->d);
	if (!obj_read(&o, VIRTQUEUE, addr)) {
		ring_cannot_read(r, "struct virtqueue", addr);
		return false;
	}
	if (dump_string(r->d, obj_u64(&o, VIRTQUEUE_NAME), name, sizeof(name)))
		text_escape(vq->name, sizeof(vq->name), name);
	vq->index = (unsigned int)obj_u64(&o, VIRTQUEUE_INDEX);
	vq->num_free = (unsigned int)obj_u64(&o, VIRTQUEUE_NUM_FREE);
	vq->reset = obj_u64(&o, VIRTQUEUE_RESET);
	if (with_ring)
		read_vring(r);
	return true;
}

const char *vring_place_name(enum vring_place place)
{
	static const char *const names[] = {
		[VRING_WITH_DEVICE] = "device",
		[VRING_UNKICKED] = "unkicked",
		[VRING_UNPUBLISHED] = "half-written",
		[VRING_ANSWERED] = "answered",
	};

	return names[place];
}

bool vring_known(struct dump *d)
{
	dump_load_module(d, "virtio_ring", NULL);
	return layout_has_all(d, VRING, VRING_NUM, VRING_STATE, VRING_LAST_USED,
			      VRING_UAPI, DESC_STATE, DESC_STATE_DATA);
}

bool virtqueue_read(struct dump *d, kaddr_t addr, struct virtqueue *vq)
{
	struct ring r;

	ring_init(&r, d);
	return read_queue(&r, addr, vring_known(d), vq);
}

bool virtqueues_read(struct dump *d, kaddr_t vdev, struct virtqueues *vqs)
{
	struct virtqueue vq;
	struct list_walk w;
	struct ring r;
	bool known;
	kaddr_t node;

	memset(vqs, 0, sizeof(*vqs));
	if (!layout_has_all(d, VIRTIO_DEVICE_VQS, VIRTQUEUE, VIRTQUEUE_LIST)) {
		dump_note(d, "virtqueues: no debuginfo for struct virtqueue");
		return false;
	}
	ring_init(&r, d);
	known = vring_known(d);
	vqs->complete = true;
	list_begin(&w, d, member_addr(d, vdev, VIRTIO_DEVICE_VQS), QUEUES_MAX);
	while (list_next(&w, &node)) {
		if (read_queue(&r, member_base(d, node, VIRTQUEUE_LIST), known, &vq))
			*vec_push(d->arena, &vqs->all) = vq;
		else
			vqs->complete = false;
	}
	if (w.end != WALK_DONE)
		vqs->complete = false;
	list_end_note(&w, "virtqueues of a device");
	return vqs->all.n > 0;
}
