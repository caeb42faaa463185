// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio_ring.h"

#include <string.h>

#include "layout.h"
#include "text.h"

/* A device has a handful: two for each CPU at most. */
#define QUEUES_MAX 1024
#define DAMAGE_MAX 16

/*
 * What the device shares is the specification's, not the kernel's (include/uapi/
 * linux/virtio_ring.h).  Both kinds of descriptor are 16 bytes.
 */
#define DESC_SIZE 16
#define DESC_FLAGS_AT 12 /* split */
#define DESC_NEXT_AT 14
#define DESC_F_NEXT 1
#define RING_AT 4 /* behind flags and idx, in the available and the used ring */
#define AVAIL_ENTRY 2
#define USED_ENTRY 8
#define PACKED_ID_AT 12
#define PACKED_FLAGS_AT 14
#define PACKED_F_AVAIL (1 << 7)
#define PACKED_F_USED (1 << 15)
#define PACKED_WRAP (1 << 15) /* of an index */

/* A table with an entry for each descriptor, read as one block. */
struct table {
	struct object o;
	size_t entry;
};

/* The buffers of the tables serve one queue after the other. */
struct ring {
	struct dump *d;
	struct virtqueue *vq;
	struct table state, desc, extra;
	unsigned char *seen; /* a byte for each descriptor: is it in a chain? */
};

static void ring_init(struct ring *r, struct dump *d)
{
	memset(r, 0, sizeof(*r));
	r->d = d;
	obj_init(&r->state.o, d);
	obj_init(&r->desc.o, d);
	obj_init(&r->extra.o, d);
}

static void __attribute__((format(printf, 2, 3)))
damaged(struct ring *r, const char *fmt, ...)
{
	va_list ap;

	if (r->vq->damage.n == DAMAGE_MAX)
		return;
	va_start(ap, fmt);
	*vec_push(r->d->arena, &r->vq->damage) = arena_vprintf(r->d->arena, fmt, ap);
	va_end(ap);
}

static void cannot_read(struct ring *r, const char *what, kaddr_t addr)
{
	dump_note(r->d, "virtqueue %s: %s at 0x%llx cannot be read", r->vq->name, what,
		  (unsigned long long)addr);
}

static bool read_table(struct ring *r, struct table *t, kaddr_t addr, size_t entry,
		       const char *what)
{
	t->entry = entry;
	if (entry && obj_read_bytes(&t->o, addr, r->vq->num * entry))
		return true;
	cannot_read(r, what, addr);
	return false;
}

/* Entry i as an object: its members are asked for by row. */
static struct object table_entry(const struct table *t, unsigned int i)
{
	struct object o = t->o;

	o.addr += i * t->entry;
	o.bytes += i * t->entry;
	o.size = t->entry;
	return o;
}

static uint64_t entry_u64(const struct table *t, unsigned int i, enum layout_id member)
{
	struct object o = table_entry(t, i);

	return obj_u64(&o, member);
}

/* A word of the shared descriptor i. */
static unsigned int desc_u16(const struct ring *r, unsigned int i, size_t at)
{
	const unsigned char *p = r->desc.o.bytes + i * DESC_SIZE + at;

	return (unsigned int)(p[0] | p[1] << 8);
}

/* ---- both kinds ---------------------------------------------------------- */

/*
 * A slot with data is a command that the driver has added and not got back.
 * The data is what the driver gave: virtio-gpu's struct virtio_gpu_vbuffer.
 */
static void count_commands(struct ring *r, enum layout_id data)
{
	struct virtqueue *vq = r->vq;
	unsigned int i;

	for (i = 0; i < vq->num; i++)
		if (entry_u64(&r->state, i, data))
			*vec_push(r->d->arena, &vq->heads) = (uint16_t)i;
	vq->in_flight = (unsigned int)vq->heads.n;
	vq->counted = true;
}

static bool check_num(struct ring *r)
{
	struct virtqueue *vq = r->vq;
	bool power = !(vq->num & (vq->num - 1));

	vq->num_sane = vq->num && vq->num <= VRING_NUM_MAX &&
		       (vq->kind == VRING_PACKED || power);
	if (!vq->num_sane)
		damaged(r, "the ring's size is %u: no %s ring has that", vq->num,
			vq->kind == VRING_PACKED ? "packed" : "split");
	return vq->num_sane;
}

/* How many descriptors are in use is kept twice: by num_free, and by who uses them. */
static void check_counts(struct ring *r)
{
	const struct virtqueue *vq = r->vq;
	unsigned int used = vq->num - vq->num_free;

	if (vq->num_free > vq->num) {
		damaged(r, "num_free is %u in a ring of %u", vq->num_free, vq->num);
		return;
	}
	if (vq->num_free && vq->free_head >= vq->num)
		damaged(r, "free_head is %u in a ring of %u", vq->free_head, vq->num);
	if (vq->descs_counted && vq->in_flight_descs != used)
		damaged(r,
			"the %u commands in flight use %u descriptors, num_free says "
			"that %u are in use",
			vq->in_flight, vq->in_flight_descs, used);
	if (vq->counted && !vq->descs_counted &&
	    (vq->in_flight > used || !vq->in_flight != !used))
		damaged(r,
			"%u commands are in flight, num_free says that %u descriptors "
			"are in use",
			vq->in_flight, used);
}

/* ---- split --------------------------------------------------------------- */

/*
 * Follow the chain that begins at head.  The flags are the ring's own, as the
 * kernel follows them; next is there too and, since 5.14, out of the device's
 * reach in desc_extra.  No descriptor is twice in the chains of a ring.
 */
static bool follow_chain(struct ring *r, unsigned int head)
{
	struct virtqueue *vq = r->vq;
	unsigned int i = head, next;

	for (;;) {
		if (r->seen[i]) {
			damaged(r,
				"the chain from descriptor %u comes to %u, which is in a "
				"chain already",
				head, i);
			return false;
		}
		r->seen[i] = 1;
		vq->in_flight_descs++;
		if (!(desc_u16(r, i, DESC_FLAGS_AT) & DESC_F_NEXT))
			return true;
		next = vq->desc_extra
			       ? (unsigned int)entry_u64(&r->extra, i, DESC_EXTRA_NEXT)
			       : desc_u16(r, i, DESC_NEXT_AT);
		if (next >= vq->num) {
			damaged(r, "descriptor %u goes on at %u in a ring of %u", i, next,
				vq->num);
			return false;
		}
		i = next;
	}
}

static void count_chains(struct ring *r)
{
	struct virtqueue *vq = r->vq;
	size_t i;

	if (!read_table(r, &r->desc, vq->desc_ring, DESC_SIZE, "its descriptors"))
		return;
	if (vq->desc_extra &&
	    !read_table(r, &r->extra, vq->desc_extra,
			(size_t)layout_size(r->d, DESC_EXTRA), "desc_extra"))
		return;
	r->seen = arena_grow(r->d->arena, r->seen, vq->num);
	memset(r->seen, 0, vq->num);
	vq->descs_counted = true;
	for (i = 0; i < vq->heads.n; i++)
		if (!follow_chain(r, vq->heads.v[i]))
			vq->descs_counted = false;
}

/* The indices that both sides see, and how far each side says it is. */
static void read_shared(struct ring *r)
{
	struct virtqueue *vq = r->vq;
	kaddr_t used_event = vq->avail_ring + RING_AT + (kaddr_t)vq->num * AVAIL_ENTRY;
	kaddr_t avail_event = vq->used_ring + RING_AT + (kaddr_t)vq->num * USED_ENTRY;
	uint16_t avail[2], used[2];

	if (dump_read(r->d, vq->avail_ring, avail, sizeof(avail)) != DUMP_OK ||
	    dump_read(r->d, vq->used_ring, used, sizeof(used)) != DUMP_OK ||
	    (vq->event && (!dump_u16(r->d, used_event, &vq->used_event) ||
			   !dump_u16(r->d, avail_event, &vq->avail_event)))) {
		cannot_read(r, "its ring", vq->avail_ring);
		return;
	}
	vq->avail_flags = avail[0];
	vq->avail_idx = avail[1];
	vq->used_flags = used[0];
	vq->used_idx = used[1];
	vq->completed = (uint16_t)(vq->used_idx - vq->last_used_idx);
	vq->unanswered = (uint16_t)(vq->avail_idx_shadow - vq->used_idx);
	vq->ring_read = true;
}

static void check_indices(struct ring *r)
{
	const struct virtqueue *vq = r->vq;
	uint16_t out = (uint16_t)(vq->avail_idx_shadow - vq->last_used_idx);

	if (vq->counted && !vq->in_order && out != vq->in_flight)
		damaged(r,
			"%u commands are in flight, the indices say %u: %u added, %u got "
			"back",
			vq->in_flight, out, vq->avail_idx_shadow, vq->last_used_idx);
	if (!vq->ring_read)
		return;
	if (vq->avail_idx != vq->avail_idx_shadow)
		damaged(r,
			"the available index is %u in the ring, and the driver wrote %u",
			vq->avail_idx, vq->avail_idx_shadow);
	if (vq->completed > out)
		damaged(r,
			"the used index %u is not between what was got back, %u, and "
			"added, %u",
			vq->used_idx, vq->last_used_idx, vq->avail_idx_shadow);
}

/* Where the three parts of struct vring are. */
static bool read_rings(struct ring *r, kaddr_t vring)
{
	struct virtqueue *vq = r->vq;
	struct object o;

	obj_init(&o, r->d);
	if (!obj_read(&o, VRING_UAPI, vring)) {
		cannot_read(r, "struct vring", vring);
		return false;
	}
	vq->desc_ring = obj_u64(&o, VRING_UAPI_DESC);
	vq->avail_ring = obj_u64(&o, VRING_UAPI_AVAIL);
	vq->used_ring = obj_u64(&o, VRING_UAPI_USED);
	return true;
}

static void read_split(struct ring *r, const struct object *o)
{
	struct virtqueue *vq = r->vq;

	vq->num = (unsigned int)obj_u64(o, VRING_NUM);
	vq->avail_idx_shadow = (uint16_t)obj_u64(o, VRING_AVAIL_SHADOW);
	vq->desc_extra = obj_u64(o, VRING_EXTRA);
	/* Until 4.20 desc_state[] was the end of the struct itself. */
	vq->desc_state = layout_size(r->d, VRING_STATE) == sizeof(kaddr_t)
				 ? obj_u64(o, VRING_STATE)
				 : obj_addr(o, VRING_STATE);
	if (!check_num(r))
		return;
	if (read_rings(r, member_base(r->d, obj_addr(o, VRING_NUM), VRING_UAPI_NUM)))
		read_shared(r);
	if (read_table(r, &r->state, vq->desc_state,
		       (size_t)layout_size(r->d, DESC_STATE), "desc_state")) {
		count_commands(r, DESC_STATE_DATA);
		count_chains(r);
	}
	check_counts(r);
	check_indices(r);
}

/* ---- packed -------------------------------------------------------------- */

static void read_events(struct ring *r)
{
	struct virtqueue *vq = r->vq;
	uint16_t driver[2], device[2];

	if (dump_read(r->d, vq->avail_ring, driver, sizeof(driver)) != DUMP_OK ||
	    dump_read(r->d, vq->used_ring, device, sizeof(device)) != DUMP_OK) {
		cannot_read(r, "its event words", vq->avail_ring);
		return;
	}
	vq->driver_off_wrap = driver[0];
	vq->driver_flags = driver[1];
	vq->device_off_wrap = device[0];
	vq->device_flags = device[1];
}

/* Answered: both flags agree with the lap that the driver is in. */
static bool is_answered(const struct ring *r, unsigned int at, bool wrap)
{
	unsigned int flags = desc_u16(r, at, PACKED_FLAGS_AT);
	bool avail = flags & PACKED_F_AVAIL, used = flags & PACKED_F_USED;

	return avail == used && used == wrap;
}

/*
 * Count what the device has answered, as the driver would: an answer stands in
 * the first descriptor of its command, and the command's slot, named by its id,
 * says how many descriptors to skip.  In order, one answer may stand for several
 * commands: then only that there is one is counted.
 */
static void count_answers(struct ring *r)
{
	struct virtqueue *vq = r->vq;
	unsigned int at = vq->last_used_idx, id, n;
	bool wrap = vq->used_wrap;

	while (vq->completed < vq->num && is_answered(r, at, wrap)) {
		id = desc_u16(r, at, PACKED_ID_AT);
		n = id < vq->num ? (unsigned int)entry_u64(&r->state, id,
							   DESC_STATE_PACKED_NUM)
				 : 0;
		if (!n || n > vq->num ||
		    !entry_u64(&r->state, id, DESC_STATE_PACKED_DATA)) {
			damaged(r,
				"the answer at %u is to command %u, which is not in "
				"flight",
				at, id);
			return;
		}
		vq->completed++;
		if (vq->in_order)
			return;
		at += n;
		wrap ^= at >= vq->num;
		at %= vq->num;
	}
}

static void count_packed(struct ring *r)
{
	struct virtqueue *vq = r->vq;
	size_t i;

	if (!read_table(r, &r->state, vq->desc_state,
			(size_t)layout_size(r->d, DESC_STATE_PACKED), "desc_state"))
		return;
	count_commands(r, DESC_STATE_PACKED_DATA);
	for (i = 0; i < vq->heads.n; i++)
		vq->in_flight_descs += (unsigned int)entry_u64(&r->state, vq->heads.v[i],
							       DESC_STATE_PACKED_NUM);
	vq->descs_counted = true;
	vq->ring_read = read_table(r, &r->desc, vq->desc_ring, DESC_SIZE, "its ring");
	if (!vq->ring_read)
		return;
	if (vq->last_used_idx < vq->num)
		count_answers(r);
	vq->unanswered = vq->in_flight > vq->completed ? vq->in_flight - vq->completed
						       : 0;
}

static void read_packed(struct ring *r, const struct object *o)
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
		vq->used_wrap = vq->last_used_idx & PACKED_WRAP;
		vq->last_used_idx &= (uint16_t)~PACKED_WRAP;
	}
	if (!check_num(r))
		return;
	if (vq->next_avail_idx >= vq->num || vq->last_used_idx >= vq->num)
		damaged(r, "the indices are %u and %u in a ring of %u",
			vq->next_avail_idx, vq->last_used_idx, vq->num);
	read_events(r);
	count_packed(r);
	check_counts(r);
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
		cannot_read(r, "struct vring_virtqueue", vq->addr);
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
		read_packed(r, &o);
	else
		read_split(r, &o);
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
		cannot_read(r, "struct virtqueue", addr);
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
