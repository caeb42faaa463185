// SPDX-License-Identifier: GPL-2.0-or-later
#include "lock.h"

#include <string.h>

#include "dump/layout.h"

/* kernel/locking/mutex.h: WAITERS, HANDOFF, PICKUP in the low bits of owner. */
#define MUTEX_FLAGS 0x7ull
#define MUTEX_HANDOFF 0x2ull
/*
 * kernel/locking/rwsem.c: READER_OWNED, NONSPINNABLE (two of them in 5.3 to 5.10)
 * in the low bits of owner.
 */
#define RWSEM_FLAGS 0x7ull
#define RWSEM_READER 0x1ull

void mutex_owner(struct dump *d, struct tasks *tasks, kaddr_t mutex, struct lock_owner *o)
{
	uint64_t word;

	memset(o, 0, sizeof(*o));
	if (!member_u64(d, mutex, MUTEX_OWNER, &word))
		return;
	o->known = true;
	o->task = word & ~MUTEX_FLAGS;
	o->handoff = word & MUTEX_HANDOFF;
	o->owner = o->task ? task_by_addr(tasks, o->task) : NULL;
}

/*
 * Does the count say that somebody is in?  Waiters alone do not, and a reader
 * leaves its name in owner when it goes.  Bit 0 is a writer and readers count
 * from bit 8 since 64489e78004c (5.3); before, the low half counts both.
 */
static bool rwsem_is_held(struct dump *d, uint64_t count)
{
	kaddr_t old;

	if (dump_symbol(d, "rwsem_down_write_failed", &old))
		return (uint32_t)count;
	return count & ~0xfeull;
}

void rwsem_owner(struct dump *d, struct tasks *tasks, kaddr_t rwsem, struct lock_owner *o)
{
	uint64_t word, count;

	memset(o, 0, sizeof(*o));
	if (!member_u64(d, rwsem, RWSEM_OWNER, &word) ||
	    !member_u64(d, rwsem, RWSEM_COUNT, &count))
		return;
	o->known = true;
	if (!rwsem_is_held(d, count))
		return;
	o->readers = word & RWSEM_READER;
	o->task = word & ~RWSEM_FLAGS;
	o->owner = o->task ? task_by_addr(tasks, o->task) : NULL;
}
