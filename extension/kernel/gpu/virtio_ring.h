/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Virtqueues, split and packed.
 *
 * What struct virtqueue says (vmlinux's debuginfo) is always read; the ring
 * behind it is struct vring_virtqueue, private to virtio_ring.c, and is read when
 * its debuginfo is there.  Two places that should agree and do not are recorded
 * in .damage: a ring that contradicts itself is a finding, not an error.
 */
#ifndef VGPU_VIRTIO_RING_H
#define VGPU_VIRTIO_RING_H

#include "dump/dump.h"

/* The specification's own limit for a split ring; packed rings have the same. */
#define VRING_NUM_MAX 32768

enum vring_kind {
	VRING_UNREAD, /* no debuginfo, or struct vring_virtqueue cannot be read */
	VRING_SPLIT,
	VRING_PACKED,
};

enum vring_place {
	VRING_WITH_DEVICE, /* published: the device has it, or has not looked yet */
	VRING_UNKICKED,	   /* published since the last kick */
	VRING_UNPUBLISHED, /* being added when the machine stopped */
	VRING_ANSWERED,	   /* the device is done, the driver has not fetched it */
};

/* Has the device taken the command?  Only its event index tells. */
enum vring_fetched { VRING_FETCHED_UNKNOWN, VRING_NOT_FETCHED, VRING_FETCHED };

/* A command that the driver has added and not got back. */
struct vring_slot {
	uint16_t head;		/* its slot of desc_state; packed: the buffer's id */
	kaddr_t data;		/* what the driver gave: a struct virtio_gpu_vbuffer */
	kaddr_t indirect;	/* its table of descriptors; 0: they are in the ring */
	unsigned int descs;	/* descriptors of the ring; 0: not known */
	unsigned int sgs;	/* parts of its buffers, in the ring or the table; 0 so */
	enum vring_place place; /* VRING_WITH_DEVICE where the ring cannot be read */
	/* Descriptors (packed) or commands (split) added since; < 0: not known. */
	int back;
	unsigned int order;	    /* 1: the oldest in flight; 0: not known */
	enum vring_fetched fetched; /* one that is answered was, whatever this says */
};

struct virtqueue {
	kaddr_t addr;  /* struct virtqueue, and the vring_virtqueue around it */
	char name[64]; /* escaped: "control" */
	unsigned int index;
	unsigned int num_free; /* descriptors */
	bool reset;	       /* since 6.0; false before */

	/* ---- struct vring_virtqueue ---- */
	enum vring_kind kind;
	bool in_order;	  /* 7.2 */
	unsigned int num; /* descriptors in the ring, as the dump says */
	bool num_sane;	  /* within VRING_NUM_MAX, and a power of two when split */
	bool broken, indirect, event, event_triggered;
	unsigned int free_head, num_added;
	uint16_t last_used_idx; /* split: of the used ring; packed: index of a slot */

	/* Of a split ring, in u16 arithmetic. */
	uint16_t avail_idx_shadow;
	uint16_t avail_idx, used_idx; /* in the ring itself: ring_read */
	uint16_t avail_flags, used_flags;
	uint16_t avail_event, used_event; /* where .event */
	/* Of a packed ring. */
	uint16_t next_avail_idx, event_flags_shadow;
	bool avail_wrap, used_wrap;
	uint16_t device_off_wrap, device_flags, driver_off_wrap, driver_flags;
	bool ring_read; /* the memory shared with the device could be read */

	/* Commands the driver has added and not got back: desc_state[].data. */
	bool counted;
	unsigned int in_flight;	      /* commands */
	unsigned int in_flight_descs; /* descriptors of the ring that they use */
	bool descs_counted;	      /* the chains could be followed */
	/* Answered by the device, not yet fetched by the driver: needs ring_read. */
	unsigned int completed;
	/* Published to the device and not answered (split); published by the counters. */
	unsigned int unanswered;
	/*
	 * Of these, how many the device has taken out of the ring: as far as it has asked
	 * for its next kick.  It may take some and not move that index while it works.
	 */
	bool fetched_known;
	unsigned int fetched;

	/* The free list was followed for num_free descriptors, and is sound. */
	bool free_counted;

	/* ---- where ring_read: what each side asked to be told of ---- */
	bool kick_wanted;      /* the device: of the next command */
	bool kick_due;	       /* the device: of what was added since the last kick */
	bool interrupt_wanted; /* the driver: of the next answer */
	bool interrupt_due;    /* the driver: of an answer that it has not fetched */

	/* For who decodes the commands. */
	kaddr_t desc_ring, avail_ring, used_ring; /* packed: desc, driver, device */
	kaddr_t desc_state, desc_extra;
	VEC(uint16_t) heads; /* slots of desc_state that are in flight, ascending */
	VEC(struct vring_slot) slots; /* the same, with what is known of each */

	VEC(const char *) damage; /* each one sentence: what contradicts what */
};

struct virtqueues {
	VEC(struct virtqueue) all; /* in the order of virtio_device.vqs */
	bool complete;
};

/* One queue.  False when not even struct virtqueue can be read: noted. */
bool virtqueue_read(struct dump *d, kaddr_t addr, struct virtqueue *vq);
/* The queues of the struct virtio_device at vdev. */
bool virtqueues_read(struct dump *d, kaddr_t vdev, struct virtqueues *vqs);
/* "device", "unkicked", "half-written", "answered" */
const char *vring_place_name(enum vring_place place);
/* Is the debuginfo of struct vring_virtqueue known?  Loads it when it can be found. */
bool vring_known(struct dump *d);

#endif
