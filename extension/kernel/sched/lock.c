// SPDX-License-Identifier: GPL-2.0-or-later
#include "lock.h"

#include <string.h>

#include "base/text.h"
#include "dump/layout.h"

/* kernel/locking/mutex.h: WAITERS, HANDOFF, PICKUP in the low bits of owner. */
#define MUTEX_FLAGS 0x7ull
#define MUTEX_WAITERS 0x1ull
#define MUTEX_HANDOFF 0x2ull
#define MUTEX_PICKUP 0x4ull
#define PID_MAX 0x400000
/*
 * kernel/locking/rwsem.c: READER_OWNED, NONSPINNABLE (two of them in 5.3 to 5.10)
 * in the low bits of owner.
 */
#define RWSEM_FLAGS 0x7ull
#define RWSEM_READER 0x1ull
/*
 * A writer that nobody is, all bits but the flags: who froze a file system and went away with
 * the lock.  In an rw_semaphore of its own from 5a817641f68a (4.18) to 7f26482a872c (5.7), as
 * -1 and later as -2.
 */
#define RWSEM_OWNER_UNKNOWN (~RWSEM_FLAGS)

/* A task_struct that was freed keeps its words until it is used again. */
static void read_owner(struct dump *d, struct tasks *tasks, struct lock_owner *o)
{
	char comm[16];
	uint64_t pid;

	o->owner = o->task ? task_by_addr(tasks, o->task) : NULL;
	if (!o->task || o->owner || o->readers ||
	    !member_u64(d, o->task, TASK_PID, &pid) || !pid || pid > PID_MAX ||
	    !dump_string(d, member_addr(d, o->task, TASK_COMM), comm, sizeof(comm)))
		return;
	o->gone_pid = (int)pid;
	o->gone_comm = text_escaped(d->arena, comm);
}

void mutex_owner(struct dump *d, struct tasks *tasks, kaddr_t mutex, struct lock_owner *o)
{
	uint64_t word;

	memset(o, 0, sizeof(*o));
	if (!member_u64(d, mutex, MUTEX_OWNER, &word))
		return;
	o->look = LOOK_BITS(layout_name(d, MUTEX_OWNER), mutex);
	o->known = true;
	o->task = word & ~MUTEX_FLAGS;
	o->handoff = word & MUTEX_HANDOFF;
	o->free = !o->task || word & MUTEX_PICKUP;
	read_owner(d, tasks, o);
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

/* Of one that readers are in: how many. */
static int64_t readers_of(struct dump *d, uint64_t count)
{
	kaddr_t old;

	if (dump_symbol(d, "rwsem_down_write_failed", &old))
		return (uint32_t)count;
	return (int64_t)(count << 1 >> 9); /* bit 63 is a guard */
}

/*
 * The count of an rw_semaphore that readers are in and others wait for: readers from bit
 * 8, and WAITERS, bit 1; before 5.3 a bias below zero and readers.
 */
static bool is_readers_count(uint64_t count)
{
	return (int64_t)count < 0 ? (uint32_t)count < 1u << 24
				  : count >> 8 && count < 1u << 24 && count & 2;
}

/*
 * Its owner word has a task and says that others wait.  Readers leave the same behind in
 * an rw_semaphore's, which lies in the same place before the list: no mutex then.
 */
bool mutex_is_one(struct dump *d, struct tasks *tasks, kaddr_t mutex)
{
	kaddr_t list = member_addr(d, mutex, MUTEX_WAIT_LIST), count;
	struct lock_owner o;
	uint64_t word, readers;

	if (!mutex || !member_u64(d, mutex, MUTEX_OWNER, &word) ||
	    !(word & MUTEX_WAITERS))
		return false;
	mutex_owner(d, tasks, mutex, &o);
	count = member_addr(d, member_base(d, list, RWSEM_WAIT_LIST), RWSEM_COUNT);
	return o.owner && (!layout_has_all(d, RWSEM_WAIT_LIST, RWSEM_COUNT) ||
			   !dump_u64(d, count, &readers) || !is_readers_count(readers));
}

/* Who lets go clears it, and whom he has woken writes himself there. */
void rt_mutex_owner(struct dump *d, struct tasks *tasks, kaddr_t lock,
		    struct lock_owner *o)
{
	uint64_t word;

	memset(o, 0, sizeof(*o));
	if (!member_u64(d, lock, RT_MUTEX_OWNER, &word))
		return;
	o->look = LOOK_BITS(layout_name(d, RT_MUTEX_OWNER), lock);
	o->known = true;
	o->task = word & ~RT_MUTEX_WAITERS;
	o->free = !o->task;
	read_owner(d, tasks, o);
}

void rwsem_owner(struct dump *d, struct tasks *tasks, kaddr_t rwsem, struct lock_owner *o)
{
	uint64_t word, count;

	memset(o, 0, sizeof(*o));
	o->holders = -1;
	if (!member_u64(d, rwsem, RWSEM_OWNER, &word) ||
	    !member_u64(d, rwsem, RWSEM_COUNT, &count))
		return;
	o->look = LOOK_BITS("rw_semaphore.count,owner", rwsem);
	o->known = true;
	o->free = !rwsem_is_held(d, count);
	if (o->free || (word & ~RWSEM_FLAGS) == RWSEM_OWNER_UNKNOWN)
		return;
	o->readers = word & RWSEM_READER;
	o->holders = o->readers ? readers_of(d, count) : -1;
	o->task = word & ~RWSEM_FLAGS;
	read_owner(d, tasks, o);
}

/* up() gives its place to the first waiter: it counts only while nobody waits. */
void semaphore_owner(struct dump *d, struct tasks *tasks, kaddr_t semaphore,
		     struct lock_owner *o)
{
	uint64_t count;

	memset(o, 0, sizeof(*o));
	o->holders = -1;
	o->known = member_u64(d, semaphore, SEMAPHORE_COUNT, &count);
	o->free = o->known && count;
	if (o->known)
		o->look = LOOK_AT(layout_has(d, SEMAPHORE_LAST_HOLDER)
					  ? "semaphore.count,last_holder"
					  : "semaphore.count",
				  semaphore);
	if (o->free || !layout_has(d, SEMAPHORE_LAST_HOLDER) ||
	    !member_ptr(d, semaphore, SEMAPHORE_LAST_HOLDER, &o->task))
		return;
	o->readers = o->task != 0;
	read_owner(d, tasks, o);
}
