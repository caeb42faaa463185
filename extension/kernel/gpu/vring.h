/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A ring, of which vring_split.c and vring_packed.c read one kind each; vring.c has
 * what both kinds have in common, and virtio_ring.c the queue around it.
 */
#ifndef VGPU_VRING_H
#define VGPU_VRING_H

#include "dump/layout.h"
#include "virtio_ring.h"

/*
 * What the device shares is the specification's, not the kernel's (include/uapi/
 * linux/virtio_ring.h).  Both kinds of descriptor are 16 bytes.
 */
#define DESC_SIZE 16
#define DESC_LEN_AT 8

#define IN_USE 1
#define FREE 2

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
	struct object avail, used; /* the entries of a split ring */
	unsigned char *seen;	   /* for each descriptor: IN_USE, FREE, or in neither */
	struct vring_slot **slots; /* by descriptor; NULL where none begins */
};

void ring_damaged(struct ring *r, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void ring_cannot_read(struct ring *r, const char *what, kaddr_t addr);
bool ring_table(struct ring *r, struct table *t, kaddr_t addr, size_t entry,
		const char *what);
uint64_t table_u64(const struct table *t, unsigned int i, enum layout_id member);
/* A word of the shared descriptor i. */
unsigned int desc_u16(const struct ring *r, unsigned int i, size_t at);
unsigned int desc_len(const struct ring *r, unsigned int i);

/*
 * The slots with data are commands that the driver has added and not got back; fills
 * .heads, .slots and .in_flight from the table state.
 */
void ring_count_commands(struct ring *r, enum layout_id data, enum layout_id indirect);
/* Entries of the slot's indirect table, of that many bytes. */
void ring_indirect(struct ring *r, struct vring_slot *s, unsigned int bytes);
bool ring_check_num(struct ring *r);
/* How many descriptors are in use is kept twice: by num_free, and by who uses them. */
void ring_check_counts(struct ring *r);
/* The free descriptor behind i. */
typedef unsigned int (*free_next)(const struct ring *r, unsigned int i);
/* From free_head on there are num_free descriptors; none is in use, none is twice. */
void ring_check_free(struct ring *r, free_next next);
/*
 * The driver has added so much, in the slots' .back, from where the device asks for its
 * next kick on: what came before, the device has taken.
 */
void ring_count_fetched(struct ring *r, unsigned int added);
/* Number the slots by age: .order 1 is the oldest of those whose .back is known. */
void ring_order(struct ring *r);
/* Has the index passed event on its way from old to now?  (the specification's) */
bool vring_need_event(uint16_t event, uint16_t now, uint16_t old);

void vring_read_split(struct ring *r, const struct object *o);
void vring_read_packed(struct ring *r, const struct object *o);

#endif
