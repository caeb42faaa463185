/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel's own leak detector held (CONFIG_DEBUG_KMEMLEAK): the objects
 * that /sys/kernel/debug/kmemleak would have shown.
 */
#ifndef VGPU_KMEMLEAK_H
#define VGPU_KMEMLEAK_H

#include "dump/dump.h"

#define KMEMLEAK_FRAMES 16
#define KMEMLEAK_HEX 32 /* bytes of an object that it shows */

struct kmemleak_object {
	kaddr_t addr;	 /* the record's own */
	kaddr_t pointer; /* of the object; a physical address where .phys is set */
	uint64_t size;	 /* bytes: of the cache's objects, not what was asked for */
	bool phys;
	int pid;
	char comm[64];	  /* who allocated it, escaped */
	uint64_t jiffies; /* when */
	double age_s;	  /* < 0: not known */
	uint32_t checksum;
	kaddr_t trace[KMEMLEAK_FRAMES]; /* innermost first */
	const char *trace_text
		[KMEMLEAK_FRAMES]; /* "virtio_gpu_fence_alloc+0x10 [virtio_gpu]" */
	size_t nr_trace;
	unsigned char head[KMEMLEAK_HEX]; /* its first bytes */
	size_t nr_head;			  /* 0: they cannot be read */
};

struct kmemleak {
	bool there;   /* this kernel was built with it */
	bool enabled; /* and it had not turned itself off */
	size_t known; /* objects that it watched */
	VEC(struct kmemleak_object) reported;
	size_t unread; /* records that could not be read */
};

/* hz: ticks a second (facts.hz); jiffies: now.  In the dump's arena. */
void kmemleak_read(struct dump *d, uint64_t jiffies, unsigned int hz, struct kmemleak *k);

#endif
