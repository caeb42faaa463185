// SPDX-License-Identifier: GPL-2.0-or-later
/* Split rings: descriptors, an available ring and a used ring. */
#include "vring.h"

#define DESC_FLAGS_AT 12
#define DESC_NEXT_AT 14
#define DESC_F_NEXT 1
#define RING_AT 4 /* behind flags and idx, in the available and the used ring */
#define AVAIL_ENTRY 2
#define USED_ENTRY 8
#define AVAIL_F_NO_INTERRUPT 1
#define USED_F_NO_NOTIFY 1

static uint16_t word(const struct object *o, size_t at)
{
	return (uint16_t)(o->bytes[at] | o->bytes[at + 1] << 8);
}

/* ---- chains -------------------------------------------------------------- */

/* In the ring, where the device can write; since 5.14 out of its reach. */
static unsigned int next_desc(const struct ring *r, unsigned int i)
{
	return r->vq->desc_extra ? (unsigned int)table_u64(&r->extra, i, DESC_EXTRA_NEXT)
				 : desc_u16(r, i, DESC_NEXT_AT);
}

/*
 * Follow the chain of a slot by the ring's own flags, as the kernel does.  No
 * descriptor is twice in the chains of a ring.
 */
static bool follow_chain(struct ring *r, struct vring_slot *s)
{
	struct virtqueue *vq = r->vq;
	unsigned int i = s->head, next, n = 0;

	for (;;) {
		if (r->seen[i]) {
			ring_damaged(r,
				     "the chain from descriptor %u comes to %u, which is "
				     "in a chain already",
				     s->head, i);
			return false;
		}
		r->seen[i] = IN_USE;
		vq->in_flight_descs++;
		n++;
		if (!(desc_u16(r, i, DESC_FLAGS_AT) & DESC_F_NEXT))
			break;
		next = next_desc(r, i);
		if (next >= vq->num) {
			ring_damaged(r, "descriptor %u goes on at %u in a ring of %u", i,
				     next, vq->num);
			return false;
		}
		i = next;
	}
	s->descs = s->sgs = n;
	if (s->indirect)
		ring_indirect(r, s, desc_len(r, s->head));
	return true;
}

static void count_chains(struct ring *r)
{
	struct virtqueue *vq = r->vq;
	size_t i;

	if (!ring_table(r, &r->desc, vq->desc_ring, DESC_SIZE, "its descriptors"))
		return;
	if (vq->desc_extra &&
	    !ring_table(r, &r->extra, vq->desc_extra,
			(size_t)layout_size(r->d, DESC_EXTRA), "desc_extra"))
		return;
	vq->descs_counted = true;
	for (i = 0; i < vq->slots.n; i++)
		if (!follow_chain(r, &vq->slots.v[i]))
			vq->descs_counted = false;
	if (vq->descs_counted)
		ring_check_free(r, next_desc);
}

/* ---- the indices --------------------------------------------------------- */

/* What each side asked to be told of, and by which index. */
static void read_wishes(struct virtqueue *vq)
{
	uint16_t now = vq->avail_idx_shadow, used = vq->used_idx;

	if (vq->event) {
		vq->kick_wanted = vq->avail_event == now;
		vq->kick_due = vring_need_event(vq->avail_event, now,
						(uint16_t)(now - vq->num_added));
		vq->interrupt_wanted = vq->used_event == used;
		vq->interrupt_due =
			vring_need_event(vq->used_event, used, vq->last_used_idx);
		return;
	}
	vq->kick_wanted = !(vq->used_flags & USED_F_NO_NOTIFY);
	vq->kick_due = vq->kick_wanted && vq->num_added;
	vq->interrupt_wanted = !(vq->avail_flags & AVAIL_F_NO_INTERRUPT);
	vq->interrupt_due = vq->interrupt_wanted && vq->completed;
}

/* Both rings whole: the indices that both sides see, the entries, the events. */
static void read_shared(struct ring *r)
{
	struct virtqueue *vq = r->vq;
	size_t avail = RING_AT + (size_t)vq->num * AVAIL_ENTRY;
	size_t used = RING_AT + (size_t)vq->num * USED_ENTRY;

	if (!obj_read_bytes(&r->avail, vq->avail_ring, avail + sizeof(uint16_t)) ||
	    !obj_read_bytes(&r->used, vq->used_ring, used + sizeof(uint16_t))) {
		ring_cannot_read(r, "its ring", vq->avail_ring);
		return;
	}
	vq->avail_flags = word(&r->avail, 0);
	vq->avail_idx = word(&r->avail, 2);
	vq->used_flags = word(&r->used, 0);
	vq->used_idx = word(&r->used, 2);
	if (vq->event) {
		vq->used_event = word(&r->avail, avail);
		vq->avail_event = word(&r->used, used);
	}
	vq->completed = (uint16_t)(vq->used_idx - vq->last_used_idx);
	vq->unanswered = (uint16_t)(vq->avail_idx_shadow - vq->used_idx);
	read_wishes(vq);
	vq->ring_read = true;
}

static void check_indices(struct ring *r)
{
	const struct virtqueue *vq = r->vq;
	uint16_t out = (uint16_t)(vq->avail_idx_shadow - vq->last_used_idx);
	/* A command's slot is filled before the index moves, and emptied likewise. */
	bool adding = vq->ring_read && vq->in_flight == out + 1u;
	bool fetching = vq->ring_read && vq->completed && vq->in_flight + 1u == out;

	if (vq->counted && !vq->in_order && out != vq->in_flight)
		ring_damaged(r,
			     "%u commands are in flight, the indices say %u: %u added, "
			     "%u got back%s",
			     vq->in_flight, out, vq->avail_idx_shadow, vq->last_used_idx,
			     adding	? " (one may have been half-written)"
			     : fetching ? " (one may have been half-fetched)"
					: "");
	if (!vq->ring_read)
		return;
	if ((uint16_t)(vq->avail_idx + 1) == vq->avail_idx_shadow)
		ring_damaged(r,
			     "the available ring's entry at index %u is half-written: it "
			     "is added, the index still says %u",
			     vq->avail_idx, vq->avail_idx);
	else if (vq->avail_idx != vq->avail_idx_shadow)
		ring_damaged(
			r,
			"the available index is %u in the ring, and the driver wrote %u",
			vq->avail_idx, vq->avail_idx_shadow);
	if (vq->completed > out)
		ring_damaged(r,
			     "the used index %u is not between what was got back, %u, "
			     "and added, %u",
			     vq->used_idx, vq->last_used_idx, vq->avail_idx_shadow);
}

/* ---- the entries --------------------------------------------------------- */

/* The answers that the driver has not fetched. */
static void place_answers(struct ring *r)
{
	struct virtqueue *vq = r->vq;
	unsigned int i, n = vq->completed > vq->num ? 0 : vq->completed;
	uint16_t idx = vq->last_used_idx;
	size_t at;
	uint32_t id;

	for (i = 0; i < n; i++, idx++) {
		at = RING_AT + (size_t)(idx & (vq->num - 1)) * USED_ENTRY;
		id = word(&r->used, at) | (uint32_t)word(&r->used, at + 2) << 16;
		if (id >= vq->num || !r->slots[id] ||
		    r->slots[id]->place == VRING_ANSWERED) {
			ring_damaged(r,
				     "the used ring's entry at index %u is descriptor "
				     "%u, which is %s",
				     idx, id,
				     id >= vq->num   ? "not in the ring"
				     : !r->slots[id] ? "no command in flight"
						     : "answered already");
			continue;
		}
		r->slots[id]->place = VRING_ANSWERED;
		/* In order, one answer stands for all that came before it. */
		if (vq->in_order)
			return;
	}
}

/*
 * When each command was added.  A slot's latest entry is its own; what has been in
 * flight for longer than the ring remembers has none.
 */
static void place_commands(struct ring *r)
{
	struct virtqueue *vq = r->vq;
	uint16_t out = (uint16_t)(vq->avail_idx_shadow - vq->last_used_idx);
	uint16_t unseen = (uint16_t)(vq->avail_idx_shadow - vq->avail_idx);
	struct vring_slot *s;
	unsigned int back, head;
	uint16_t idx;

	for (back = 0; back < vq->num; back++) {
		idx = (uint16_t)(vq->avail_idx_shadow - 1 - back);
		head = word(&r->avail, RING_AT + (size_t)(idx & (vq->num - 1)) * 2);
		if (head >= vq->num) {
			if (back < out)
				ring_damaged(r,
					     "the available ring's entry at index %u is "
					     "descriptor %u in a ring of %u",
					     idx, head, vq->num);
			continue;
		}
		s = r->slots[head];
		if (!s || s->back >= 0)
			continue;
		s->back = (int)back;
		if (s->place != VRING_WITH_DEVICE)
			continue;
		if (back < unseen && unseen <= out)
			s->place = VRING_UNPUBLISHED;
		else if (back < vq->num_added)
			s->place = VRING_UNKICKED;
	}
}

/* An index that is behind the answers was not moved while the device worked. */
static void count_fetched(struct ring *r)
{
	const struct virtqueue *vq = r->vq;
	uint16_t added = (uint16_t)(vq->avail_idx_shadow - vq->avail_event);

	if (vq->event && added <= vq->unanswered && vq->unanswered <= vq->num)
		ring_count_fetched(r, added);
}

/* Where the three parts of struct vring are. */
static bool read_rings(struct ring *r, kaddr_t vring)
{
	struct virtqueue *vq = r->vq;
	struct object o;

	obj_init(&o, r->d);
	if (!obj_read(&o, VRING_UAPI, vring)) {
		ring_cannot_read(r, "struct vring", vring);
		return false;
	}
	vq->desc_ring = obj_u64(&o, VRING_UAPI_DESC);
	vq->avail_ring = obj_u64(&o, VRING_UAPI_AVAIL);
	vq->used_ring = obj_u64(&o, VRING_UAPI_USED);
	return true;
}

void vring_read_split(struct ring *r, const struct object *o)
{
	struct virtqueue *vq = r->vq;

	vq->num = (unsigned int)obj_u64(o, VRING_NUM);
	vq->avail_idx_shadow = (uint16_t)obj_u64(o, VRING_AVAIL_SHADOW);
	vq->desc_extra = obj_u64(o, VRING_EXTRA);
	/* Until 4.20 desc_state[] was the end of the struct itself. */
	vq->desc_state = layout_size(r->d, VRING_STATE) == sizeof(kaddr_t)
				 ? obj_u64(o, VRING_STATE)
				 : obj_addr(o, VRING_STATE);
	if (!ring_check_num(r))
		return;
	if (read_rings(r, member_base(r->d, obj_addr(o, VRING_NUM), VRING_UAPI_NUM)))
		read_shared(r);
	if (ring_table(r, &r->state, vq->desc_state,
		       (size_t)layout_size(r->d, DESC_STATE), "desc_state")) {
		ring_count_commands(r, DESC_STATE_DATA, DESC_STATE_INDIRECT);
		count_chains(r);
	}
	ring_check_counts(r);
	check_indices(r);
	if (!vq->counted || !vq->ring_read)
		return;
	place_answers(r);
	place_commands(r);
	count_fetched(r);
	ring_order(r);
}
