// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio_ring.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "vring.h"

/* A device has a handful: two for each CPU at most. */
#define QUEUES_MAX 1024
#define DAMAGE_MAX 16

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

void ring_damaged(struct ring *r, const char *fmt, ...)
{
	va_list ap;

	if (r->vq->damage.n == DAMAGE_MAX)
		return;
	va_start(ap, fmt);
	*vec_push(r->d->arena, &r->vq->damage) = arena_vprintf(r->d->arena, fmt, ap);
	va_end(ap);
}

void ring_cannot_read(struct ring *r, const char *what, kaddr_t addr)
{
	dump_note(r->d, "virtqueue %s: %s at 0x%llx cannot be read", r->vq->name, what,
		  (unsigned long long)addr);
}

/* ---- tables -------------------------------------------------------------- */

bool ring_table(struct ring *r, struct table *t, kaddr_t addr, size_t entry,
		const char *what)
{
	t->entry = entry;
	if (entry && obj_read_bytes(&t->o, addr, r->vq->num * entry))
		return true;
	ring_cannot_read(r, what, addr);
	return false;
}

/* Entry i as an object: its members are asked for by row. */
uint64_t table_u64(const struct table *t, unsigned int i, enum layout_id member)
{
	struct object o = t->o;

	o.addr += i * t->entry;
	o.bytes += i * t->entry;
	o.size = t->entry;
	return obj_u64(&o, member);
}

static const unsigned char *desc_bytes(const struct ring *r, unsigned int i, size_t at)
{
	return r->desc.o.bytes + (size_t)i * DESC_SIZE + at;
}

unsigned int desc_u16(const struct ring *r, unsigned int i, size_t at)
{
	const unsigned char *p = desc_bytes(r, i, at);

	return (unsigned int)(p[0] | p[1] << 8);
}

unsigned int desc_len(const struct ring *r, unsigned int i)
{
	const unsigned char *p = desc_bytes(r, i, DESC_LEN_AT);

	return (unsigned int)(p[0] | p[1] << 8 | p[2] << 16) | (unsigned int)p[3] << 24;
}

bool vring_need_event(uint16_t event, uint16_t now, uint16_t old)
{
	return (uint16_t)(now - event - 1) < (uint16_t)(now - old);
}

/* ---- both kinds ---------------------------------------------------------- */

void ring_count_commands(struct ring *r, enum layout_id data, enum layout_id indirect)
{
	struct virtqueue *vq = r->vq;
	struct vring_slot *s;
	unsigned int i;
	uint64_t given;

	for (i = 0; i < vq->num; i++) {
		given = table_u64(&r->state, i, data);
		if (!given)
			continue;
		*vec_push(r->d->arena, &vq->heads) = (uint16_t)i;
		s = vec_push(r->d->arena, &vq->slots);
		s->head = (uint16_t)i;
		s->data = given;
		s->indirect = table_u64(&r->state, i, indirect);
		s->back = -1;
	}
	vq->in_flight = (unsigned int)vq->heads.n;
	vq->counted = true;
	r->slots = arena_alloc(r->d->arena, vq->num * sizeof(struct vring_slot *));
	for (i = 0; i < vq->slots.n; i++)
		r->slots[vq->slots.v[i].head] = &vq->slots.v[i];
	r->seen = arena_alloc(r->d->arena, vq->num);
}

void ring_indirect(struct ring *r, struct vring_slot *s, unsigned int bytes)
{
	if (bytes && bytes % DESC_SIZE == 0)
		s->sgs = bytes / DESC_SIZE;
	else
		ring_damaged(
			r,
			"the indirect table of descriptor %u has %u bytes, which are "
			"no descriptors",
			s->head, bytes);
}

bool ring_check_num(struct ring *r)
{
	struct virtqueue *vq = r->vq;
	bool power = !(vq->num & (vq->num - 1));

	vq->num_sane = vq->num && vq->num <= VRING_NUM_MAX &&
		       (vq->kind == VRING_PACKED || power);
	if (!vq->num_sane)
		ring_damaged(r, "the ring's size is %u: no %s ring has that", vq->num,
			     vq->kind == VRING_PACKED ? "packed" : "split");
	return vq->num_sane;
}

void ring_check_counts(struct ring *r)
{
	const struct virtqueue *vq = r->vq;
	unsigned int used = vq->num - vq->num_free;

	if (vq->num_free > vq->num) {
		ring_damaged(r, "num_free is %u in a ring of %u", vq->num_free, vq->num);
		return;
	}
	if (vq->num_free && vq->free_head >= vq->num)
		ring_damaged(r, "free_head is %u in a ring of %u", vq->free_head,
			     vq->num);
	if (vq->descs_counted && vq->in_flight_descs != used)
		ring_damaged(
			r,
			"the %u commands in flight use %u descriptors, num_free says "
			"that %u are in use",
			vq->in_flight, vq->in_flight_descs, used);
	if (vq->counted && !vq->descs_counted &&
	    (vq->in_flight > used || !vq->in_flight != !used))
		ring_damaged(r,
			     "%u commands are in flight, num_free says that %u "
			     "descriptors are in use",
			     vq->in_flight, used);
}

/*
 * The kernel keeps no end of the list: num_free says how long it is, and a
 * descriptor that is reached twice or is in use would be given out twice.
 */
void ring_check_free(struct ring *r, free_next next)
{
	struct virtqueue *vq = r->vq;
	unsigned int i = vq->free_head, n;

	if (vq->in_order || vq->num_free > vq->num)
		return;
	for (n = 0; n < vq->num_free; n++, i = next(r, i)) {
		if (i >= vq->num || r->seen[i]) {
			ring_damaged(r,
				     "the free list comes to descriptor %u, which is %s, "
				     "after %u of %u",
				     i,
				     i >= vq->num	    ? "not in the ring"
				     : r->seen[i] == IN_USE ? "in use"
							    : "in the list already",
				     n, vq->num_free);
			return;
		}
		r->seen[i] = FREE;
	}
	vq->free_counted = true;
}

static int newest_last(const void *a, const void *b)
{
	return (*(struct vring_slot *const *)b)->back -
	       (*(struct vring_slot *const *)a)->back;
}

void ring_order(struct ring *r)
{
	struct virtqueue *vq = r->vq;
	unsigned int i, n = 0;
	/* Not needed for finding slots any more. */
	struct vring_slot **by_age = r->slots;

	for (i = 0; i < vq->slots.n; i++)
		if (vq->slots.v[i].back >= 0)
			by_age[n++] = &vq->slots.v[i];
	if (n)
		qsort(by_age, n, sizeof(struct vring_slot *), newest_last);
	for (i = 0; i < n; i++)
		by_age[i]->order = i + 1;
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
			      VRING_UAPI, DESC_STATE, DESC_STATE_DATA, LAYOUT_COUNT);
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
	if (!layout_has_all(d, VIRTIO_DEVICE_VQS, VIRTQUEUE, VIRTQUEUE_LIST,
			    LAYOUT_COUNT)) {
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
