// SPDX-License-Identifier: GPL-2.0-or-later
/* Packed rings: one ring, written by both sides, lap by lap. */
#include "vring.h"

#define ID_AT 12
#define FLAGS_AT 14
#define F_AVAIL (1 << 7)
#define F_USED (1 << 15)
#define WRAP (1 << 15) /* of an index */
/* How a side wants to be told: the flags of an event structure. */
#define EVENT_DISABLE 1
#define EVENT_DESC 2

static void read_events(struct ring *r)
{
	struct virtqueue *vq = r->vq;
	uint16_t driver[2], device[2];

	if (dump_read(r->d, vq->avail_ring, driver, sizeof(driver)) != DUMP_OK ||
	    dump_read(r->d, vq->used_ring, device, sizeof(device)) != DUMP_OK) {
		ring_cannot_read(r, "its event words", vq->avail_ring);
		return;
	}
	vq->driver_off_wrap = driver[0];
	vq->driver_flags = driver[1];
	vq->device_off_wrap = device[0];
	vq->device_flags = device[1];
}

/* ---- answers ------------------------------------------------------------- */

/* Answered: both flags agree with the lap that the driver is in. */
static bool is_answered(const struct ring *r, unsigned int at, bool wrap)
{
	unsigned int flags = desc_u16(r, at, FLAGS_AT);
	bool avail = flags & F_AVAIL, used = flags & F_USED;

	return avail == used && used == wrap;
}

/* The slot that an id names, NULL when it is not in flight or skips too much. */
static struct vring_slot *slot_of_id(const struct ring *r, unsigned int id)
{
	struct vring_slot *s = id < r->vq->num ? r->slots[id] : NULL;

	return s && s->descs && s->descs <= r->vq->num ? s : NULL;
}

/*
 * Count what the device has answered, as the driver would: an answer stands in
 * the first descriptor of its command, and the command's slot, named by its id,
 * says how many descriptors to skip.  In order, one answer may stand for several
 * commands: then only that there is one is counted.  Returns the descriptors.
 */
static unsigned int count_answers(struct ring *r)
{
	struct virtqueue *vq = r->vq;
	unsigned int at = vq->last_used_idx, id, skipped = 0;
	bool wrap = vq->used_wrap;
	struct vring_slot *s;

	while (vq->completed < vq->num && is_answered(r, at, wrap)) {
		id = desc_u16(r, at, ID_AT);
		s = slot_of_id(r, id);
		if (!s || s->place == VRING_ANSWERED) {
			ring_damaged(r,
				     "the answer at %u is to command %u, which is not "
				     "in flight%s",
				     at, id, s ? " any more" : "");
			break;
		}
		s->place = VRING_ANSWERED;
		vq->completed++;
		skipped += s->descs;
		if (vq->in_order)
			break;
		at += s->descs;
		wrap ^= at >= vq->num;
		at %= vq->num;
	}
	return skipped;
}

/*
 * Does the side that wrote an event structure want to be told when the other goes
 * from position old, of lap wrap, on to now?  (now is not wrapped at the ring's end)
 */
static bool wants(const struct virtqueue *vq, uint16_t flags, uint16_t off_wrap,
		  unsigned int now, unsigned int old, bool wrap)
{
	unsigned int at = off_wrap & (WRAP - 1);

	if (!vq->event || flags != EVENT_DESC)
		return flags != EVENT_DISABLE && now != old;
	if ((bool)(off_wrap & WRAP) != wrap)
		at += vq->num;
	return vring_need_event((uint16_t)at, (uint16_t)now, (uint16_t)old);
}

/* answered: the descriptors of the commands whose answers were not fetched. */
static void read_wishes(struct virtqueue *vq, unsigned int answered)
{
	unsigned int next = vq->next_avail_idx, added = vq->num_added;
	unsigned int used = vq->last_used_idx, old;
	bool wrap = vq->avail_wrap;

	vq->kick_wanted =
		wants(vq, vq->device_flags, vq->device_off_wrap, next + 1, next, wrap);
	vq->interrupt_wanted = wants(vq, vq->driver_flags, vq->driver_off_wrap,
				     used + answered + 1, used + answered, vq->used_wrap);
	vq->interrupt_due = wants(vq, vq->driver_flags, vq->driver_off_wrap,
				  used + answered, used, vq->used_wrap);
	/* What was added may have begun in the lap before. */
	old = next >= added ? next - added : next + vq->num - added;
	if (next < added)
		wrap = !wrap;
	vq->kick_due =
		added <= vq->num &&
		wants(vq, vq->device_flags, vq->device_off_wrap, old + added, old, wrap);
}

/* ---- commands ------------------------------------------------------------ */

/* Does the descriptor say that it is available, in the lap that it was written in? */
static bool is_available(const struct ring *r, unsigned int at, bool wrap)
{
	unsigned int flags = desc_u16(r, at, FLAGS_AT);

	return (bool)(flags & F_AVAIL) == wrap && (bool)(flags & F_USED) != wrap;
}

/* The descriptor back places before the next that the driver will write. */
static unsigned int written(const struct virtqueue *vq, unsigned int back, bool *wrap)
{
	*wrap = vq->avail_wrap == (back < vq->next_avail_idx);
	return back < vq->next_avail_idx ? vq->next_avail_idx - 1 - back
					 : vq->next_avail_idx + vq->num - 1 - back;
}

/*
 * The first descriptor of a command is made available last.  The command that was
 * added last may have been caught between: its slot is filled, its flags are not.
 */
static void check_half_written(struct ring *r)
{
	unsigned int last, head, id;
	struct vring_slot *s;
	bool wrap;

	last = written(r->vq, 0, &wrap);
	id = desc_u16(r, last, ID_AT);
	s = slot_of_id(r, id);
	if (!s || s->place == VRING_ANSWERED)
		return;
	head = written(r->vq, s->descs - 1, &wrap);
	if (is_available(r, head, wrap) || desc_u16(r, head, ID_AT) != id)
		return;
	s->place = VRING_UNPUBLISHED;
	s->back = (int)s->descs - 1;
	ring_damaged(r,
		     "the descriptor at %u is half-written: command %u is added, its "
		     "flags do not say so",
		     head, id);
}

/*
 * When each command was added, from its latest descriptors.  Where an answer to
 * another stands over them it has none: the device answers in its own order.
 */
static void place_commands(struct ring *r)
{
	struct virtqueue *vq = r->vq;
	struct vring_slot *s;
	unsigned int back, at;
	bool wrap;

	check_half_written(r);
	for (back = 0; back < vq->num; back++) {
		at = written(vq, back, &wrap);
		s = slot_of_id(r, desc_u16(r, at, ID_AT));
		if (!s || s->back >= 0 || s->place == VRING_ANSWERED ||
		    !is_available(r, at, wrap))
			continue;
		s->back = (int)back;
		if (back < vq->num_added)
			s->place = VRING_UNKICKED;
		if (s->indirect && !s->sgs)
			ring_indirect(r, s, desc_len(r, at));
	}
}

/*
 * From where the device asks for its next kick to where the driver goes on; answered: the
 * descriptors of the commands whose answers were not fetched.
 */
static void count_fetched(struct ring *r, unsigned int answered)
{
	const struct virtqueue *vq = r->vq;
	unsigned int at = vq->device_off_wrap & (WRAP - 1), next = vq->next_avail_idx;

	if ((bool)(vq->device_off_wrap & WRAP) != vq->avail_wrap)
		next += vq->num;
	if (vq->event && vq->device_flags == EVENT_DESC && at <= next &&
	    vq->in_flight_descs <= vq->num && next - at <= vq->in_flight_descs - answered)
		ring_count_fetched(r, next - at);
}

static void count_descs(struct ring *r)
{
	struct virtqueue *vq = r->vq;
	struct vring_slot *s;
	size_t i;

	for (i = 0; i < vq->slots.n; i++) {
		s = &vq->slots.v[i];
		s->descs = (unsigned int)table_u64(&r->state, s->head,
						   DESC_STATE_PACKED_NUM);
		s->sgs = s->indirect ? 0 : s->descs;
		vq->in_flight_descs += s->descs;
	}
	vq->descs_counted = true;
}

/* ---- the free list ------------------------------------------------------- */

/* The list was in desc_state until 5.12, and is in desc_extra since 5.14. */
static unsigned int next_id(const struct ring *r, unsigned int id)
{
	return (unsigned int)(layout_has(r->d, DESC_STATE_PACKED_NEXT)
				      ? table_u64(&r->state, id, DESC_STATE_PACKED_NEXT)
				      : table_u64(&r->extra, id, DESC_EXTRA_NEXT));
}

static bool free_list_known(struct ring *r)
{
	if (layout_has(r->d, DESC_STATE_PACKED_NEXT))
		return true;
	return layout_has(r->d, DESC_EXTRA_NEXT) &&
	       ring_table(r, &r->extra, r->vq->desc_extra,
			  (size_t)layout_size(r->d, DESC_EXTRA), "desc_extra");
}

/* A command takes an id for each of its descriptors: the next ones of the list. */
static void check_free(struct ring *r)
{
	const struct virtqueue *vq = r->vq;
	unsigned int id, k;
	size_t i;

	if (!free_list_known(r))
		return;
	for (i = 0; i < vq->slots.n; i++) {
		id = vq->slots.v[i].head;
		for (k = 0; k < vq->slots.v[i].descs; k++) {
			if (id >= vq->num || r->seen[id])
				break;
			r->seen[id] = IN_USE;
			id = next_id(r, id);
		}
	}
	ring_check_free(r, next_id);
}

/* ---- the ring ------------------------------------------------------------ */

static void count_packed(struct ring *r)
{
	struct virtqueue *vq = r->vq;
	unsigned int answered = 0;

	if (!ring_table(r, &r->state, vq->desc_state,
			(size_t)layout_size(r->d, DESC_STATE_PACKED), "desc_state"))
		return;
	ring_count_commands(r, DESC_STATE_PACKED_DATA, DESC_STATE_PACKED_INDIRECT);
	count_descs(r);
	vq->ring_read = ring_table(r, &r->desc, vq->desc_ring, DESC_SIZE, "its ring");
	if (!vq->ring_read)
		return;
	if (vq->last_used_idx < vq->num && vq->next_avail_idx < vq->num) {
		answered = count_answers(r);
		place_commands(r);
		read_wishes(vq, answered);
	}
	vq->unanswered = vq->in_flight > vq->completed ? vq->in_flight - vq->completed
						       : 0;
	count_fetched(r, answered);
	ring_order(r);
}

void vring_read_packed(struct ring *r, const struct object *o)
{
	struct virtqueue *vq = r->vq;

	vq->num = (unsigned int)obj_u64(o, VRING_PACKED_NUM);
	vq->desc_ring = obj_u64(o, VRING_PACKED_DESC);
	vq->avail_ring = obj_u64(o, VRING_PACKED_DRIVER);
	vq->used_ring = obj_u64(o, VRING_PACKED_DEVICE);
	vq->next_avail_idx = (uint16_t)obj_u64(o, VRING_PACKED_NEXT_AVAIL);
	vq->avail_wrap = obj_u64(o, VRING_PACKED_AVAIL_WRAP);
	vq->event_flags_shadow = (uint16_t)obj_u64(o, VRING_PACKED_EVENT_FLAGS);
	vq->desc_state = obj_u64(o, VRING_PACKED_STATE);
	vq->desc_extra = obj_u64(o, VRING_PACKED_EXTRA);
	if (layout_has(r->d, VRING_PACKED_USED_WRAP)) {
		vq->used_wrap = obj_u64(o, VRING_PACKED_USED_WRAP);
	} else {
		vq->used_wrap = vq->last_used_idx & WRAP;
		vq->last_used_idx &= (uint16_t)~WRAP;
	}
	if (!ring_check_num(r))
		return;
	if (vq->next_avail_idx >= vq->num || vq->last_used_idx >= vq->num)
		ring_damaged(r, "the indices are %u and %u in a ring of %u",
			     vq->next_avail_idx, vq->last_used_idx, vq->num);
	read_events(r);
	count_packed(r);
	ring_check_counts(r);
	if (vq->counted)
		check_free(r);
}
