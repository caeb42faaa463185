/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /proc/meminfo, /proc/slabinfo and what slabtop prints, as texts: one, or several one after
 * the other, of which the first and the last are kept.
 */
#ifndef VGPU_MEMORY_TEXT_H
#define VGPU_MEMORY_TEXT_H

#include "dump/dump.h"

struct cache_told {
	char name[64];			 /* escaped */
	uint64_t active, objects, bytes; /* bytes: of its slabs */
};

struct caches_told {
	size_t line; /* where it begins; 0: there is none */
	bool slabtop;
	VEC(struct cache_told) all; /* as they are in the text */
	size_t more;		    /* rows that are too many to be kept */
};

/* In bytes; UINT64_MAX: not told. */
struct meminfo_told {
	size_t line; /* 0: there is none */
	uint64_t total, free, available, slab, reclaimable, unreclaim;
};

struct memory_told {
	size_t ncaches, nmeminfos;
	struct caches_told
		caches[2]; /* the first and the last; the same where it is one */
	struct meminfo_told meminfo[2];
};

void memory_text_read(struct arena *a, const struct dump_text *t, struct memory_told *m);
const struct cache_told *cache_told_named(const struct caches_told *c, const char *name);

#endif
