// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A handle is an index of a pool, an offset into it, and some bits beside.  How
 * many bits the index has, and where it counts from, changed again and again, and
 * gdb gives no offset of a bit-field in an anonymous struct.  But a record holds
 * its own handle: so each known way to take a handle apart is tried, and the one
 * that leads to a record of this handle is right.
 */
#include "stackdepot.h"

#include "dump/layout.h"

#define ALIGN_SHIFT 4	/* DEPOT_STACK_ALIGN */
#define POOL_ORDER 2	/* DEPOT_POOL_ORDER */
#define FRAMES_MAX 1024 /* a longer stack is no stack */

static const struct form {
	unsigned int beside; /* bits that are neither index nor offset */
	unsigned int from;   /* what the first pool's index is */
} forms[] = {
	{5, 1}, /* a valid bit less, and counted from 1: 6.9 */
	{5, 0}, /* 6.8 */
	{6, 0}, /* 5 extra bits: 6.1 */
	{1, 0}, /* the first */
};

/* A pool is larger where pages are: 14 bits with arm64's 64 KiB, 10 with 4 KiB. */
static unsigned int offset_bits(const struct dump *d)
{
	return (unsigned int)__builtin_ctzl(d->info.page_size) + POOL_ORDER - ALIGN_SHIFT;
}

/* The pools: an array, or since 6.17 a pointer to one. */
static bool pool_of(struct dump *d, uint32_t index, bool by_pointer, kaddr_t *pool)
{
	kaddr_t pools;

	/* Renamed in 6.4. */
	if (!dump_symbol(d, "stack_pools", &pools) &&
	    !dump_symbol(d, "stack_slabs", &pools))
		return false;
	if (by_pointer && !dump_ptr(d, pools, &pools))
		return false;
	return dump_ptr(d, pools + (kaddr_t)index * sizeof(*pool), pool) && *pool;
}

static bool is_record_of(struct dump *d, kaddr_t record, uint32_t handle)
{
	uint64_t own, n;

	return member_u64(d, record, DEPOT_RECORD_HANDLE, &own) &&
	       (uint32_t)own == handle && member_u64(d, record, DEPOT_RECORD_SIZE, &n) &&
	       (uint32_t)n && (uint32_t)n <= FRAMES_MAX;
}

static bool find_record(struct dump *d, uint32_t handle, kaddr_t *record)
{
	unsigned int bits = offset_bits(d), index_bits;
	uint32_t index, offset;
	kaddr_t pool;
	size_t i;

	for (i = 0; i < 2 * ARRAY_SIZE(forms); i++) {
		const struct form *f = &forms[i / 2];

		index_bits = 32 - bits - f->beside;
		index = handle & ((1u << index_bits) - 1);
		offset = handle >> index_bits & ((1u << bits) - 1);
		if (index < f->from || !pool_of(d, index - f->from, i % 2, &pool))
			continue;
		*record = pool + ((kaddr_t)offset << ALIGN_SHIFT);
		if (is_record_of(d, *record, handle))
			return true;
	}
	return false;
}

size_t stackdepot_fetch(struct dump *d, uint32_t handle, kaddr_t *entries, size_t max)
{
	uint64_t size = 0;
	kaddr_t record;
	size_t n;

	if (!handle ||
	    !layout_has_all(d, DEPOT_RECORD, DEPOT_RECORD_SIZE, DEPOT_RECORD_HANDLE,
			    DEPOT_RECORD_ENTRIES) ||
	    !find_record(d, handle, &record))
		return 0;
	member_u64(d, record, DEPOT_RECORD_SIZE, &size);
	n = (uint32_t)size < max ? (uint32_t)size : max;
	if (dump_read(d, member_addr(d, record, DEPOT_RECORD_ENTRIES), entries,
		      n * sizeof(*entries)) != DUMP_OK)
		return 0;
	return n;
}
