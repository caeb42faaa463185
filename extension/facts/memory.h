/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who holds the memory: the kernel's own counters, processes, GEM objects, slab caches.
 * The kernel counts the slabs of each cache only with CONFIG_SLUB_DEBUG: without it the
 * page array is gone through, where that may matter.  Else nothing here looks at a page,
 * so it is cheap enough for every triage; leak_watch.h decides whether the pages are
 * worth a look.
 */
#ifndef VGPU_MEMORY_H
#define VGPU_MEMORY_H

#include "kernel/mm/slab_cache.h"
#include "kernel/sched/task.h"
#include "kernel/gpu/virtio_gpu.h"

/* A process: its leader. */
struct memory_user {
	const struct task *task;
	uint64_t anon, file, shmem; /* bytes that it has mapped */
	kaddr_t mm;		    /* mm_struct, whose rss_stat counts them in pages */
	bool of_cpus; /* and each CPU some beside it, which are in the sums */
	uint64_t gem, gem_objects; /* of virtio-gpu objects that it has handles of */
};

struct memory {
	/* Bytes; .counted is false where the kernel's counters cannot be found. */
	bool counted;
	uint64_t total, free, anon, file, shmem;
	uint64_t slab;	  /* 0: not counted */
	uint64_t vmalloc; /* 0: not counted */
	/* What the host has taken back: as a rule no part of total. */
	uint64_t balloon;
	kaddr_t balloon_at; /* a CPU's count of pages that its driver gave */
	struct slab_caches caches;
	uint64_t *cache_bytes; /* for each of caches.all, 0: not counted */
	/* Processes that hold most, first; read only when memory ran out. */
	VEC(struct memory_user) users;
};

uint64_t memory_user_bytes(const struct memory_user *u);
/*
 * Of files, and of those that are in no other place than memory (a tmpfs's, GEM objects), what
 * is not this process's; NULL: all.
 */
uint64_t memory_of_files(const struct memory *m, const struct memory_user *but);
uint64_t memory_of_shmem(const struct memory *m, const struct memory_user *but);
/* What is neither free, nor a process's or a file's, nor in slabs; 0: or not known. */
uint64_t memory_of_kernel(const struct memory *m);
/* The cheap part: counters of memory and of caches. */
void memory_read(struct dump *d, struct memory *m);
/*
 * What the slabs of each cache hold, where the kernel does not count them: unasked, unless
 * the machine is large and little of it is in slabs; and always.
 */
void memory_count_slabs(struct dump *d, struct memory *m);
void memory_count_all_slabs(struct dump *d, struct memory *m);
/* Bytes in slabs that can be reclaimed, and not: /proc/meminfo's.  False: not known. */
bool memory_slab_counters(struct dump *d, uint64_t *reclaimable, uint64_t *unreclaimable);
/* Processes, and of each device in gpus the GEM objects that they hold. */
void memory_read_users(struct dump *d, struct tasks *tasks, const struct gpus *gpus,
		       struct memory *m);

#endif
