/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fences of any driver, who waits on them, and what refers to them. */
#ifndef VGPU_DMA_FENCE_H
#define VGPU_DMA_FENCE_H

#include "dump/dump.h"
#include "dump/layout.h"
#include "kernel/sched/task.h"

/* A callback on a fence that has not been signalled. */
struct fence_waiter {
	kaddr_t cb;		 /* struct dma_fence_cb */
	const char *function;	 /* what will be called; NULL when no symbol is there */
	const struct task *task; /* that sleeps in dma_fence_wait(); else NULL */
};

struct fence {
	kaddr_t addr; /* struct dma_fence */
	kaddr_t ops;  /* 0 once signalled, since 7.2 */
	uint64_t context, seqno, flags;
	int refcount, error;
	bool signalled;
	int64_t timestamp; /* ns, of the monotonic clock; 0 where not signalled */
	VEC(struct fence_waiter) waiters;
};

/* Reads fences, each of them into the same buffer. */
struct fence_reader {
	struct dump *d;
	struct tasks *tasks;
	unsigned int signalled_bit, timestamp_bit; /* they moved in 6.17 and in 7.2 */
	kaddr_t array_ops, chain_ops;
	struct object object, cb;
};

/* tasks NULL: who waits is not read.  False when there is no debuginfo for struct dma_fence. */
bool fence_reader_init(struct fence_reader *r, struct dump *d, struct tasks *tasks);
/* From an object that holds the struct dma_fence at this address. */
void fence_decode(struct fence_reader *r, const struct object *o, kaddr_t addr,
		  struct fence *f);

struct fence_refs {
	VEC(kaddr_t) all; /* struct dma_fence */
};

/* The fences in a reservation object: of all forms from 4.19 on. */
void resv_fences(struct dump *d, kaddr_t resv, struct fence_refs *refs);
/* Has it been?  False where it cannot be read. */
bool fence_is_signalled(const struct fence_reader *r, kaddr_t fence);
/*
 * A fence that stands for others: dma_fence_array and dma_fence_chain, one in the
 * other to a bound.  Adds the fences that they stand for; *container names the kind,
 * NULL when addr is an ordinary fence, which is added itself.
 */
void fence_members(const struct fence_reader *r, kaddr_t addr, struct fence_refs *refs,
		   const char **container);

#endif
