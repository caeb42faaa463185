// SPDX-License-Identifier: GPL-2.0-or-later
#include "vring.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define DAMAGE_MAX 16

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
	dump_unread(r->d, "virtqueue %s: %s at 0x%llx", r->vq->name, what, HEX(addr));
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

/* A slot of unknown age is older than all that the ring remembers. */
static bool is_fetched(const struct virtqueue *vq, const struct vring_slot *s,
		       unsigned int added)
{
	unsigned int begins = vq->kind == VRING_PACKED ? s->descs : 1;

	return s->back < 0 || (unsigned int)s->back + begins > added;
}

void ring_count_fetched(struct ring *r, unsigned int added)
{
	struct virtqueue *vq = r->vq;
	struct vring_slot *s;
	size_t i;

	vq->fetched_known = true;
	for (i = 0; i < vq->slots.n; i++) {
		s = &vq->slots.v[i];
		s->fetched = is_fetched(vq, s, added) ? VRING_FETCHED : VRING_NOT_FETCHED;
		if (s->place != VRING_ANSWERED && s->fetched == VRING_FETCHED)
			vq->fetched++;
	}
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
