// SPDX-License-Identifier: GPL-2.0-or-later
#include "percpu_rwsem.h"

#include <string.h>

#include "arch/arch.h"
#include "dump/layout.h"

/* More than there can be tasks. */
#define READERS_MAX 0x400000

/* Of a reader that moved to another CPU one CPU counts up, and the other one down. */
static bool count_readers(struct dump *d, kaddr_t rwsem, int64_t *readers)
{
	kaddr_t base, addr;
	uint32_t sum = 0, count;
	unsigned int cpu;

	if (!member_ptr(d, rwsem, PERCPU_RWSEM_COUNT, &base) || !base)
		return false;
	for (cpu = 0; cpu < d->info.cpus; cpu++) {
		if (!dump_has_cpu(d, cpu))
			continue;
		if (!dump_percpu(d, cpu, base, &addr) ||
		    dump_read(d, addr, &count, sizeof(count)) != DUMP_OK)
			return false;
		sum += count;
	}
	*readers = (int32_t)sum;
	return *readers >= 0 && *readers <= READERS_MAX;
}

/* A mutex or a completion has a task's address, too: but no count on each CPU. */
static bool is_waited_for(struct dump *d, kaddr_t rwsem, kaddr_t task)
{
	kaddr_t writer;
	int64_t readers;

	return arch_is_kernel(d->arch, rwsem) &&
	       member_ptr(d, rwsem, PERCPU_RWSEM_WRITER, &writer) && writer == task &&
	       count_readers(d, rwsem, &readers);
}

kaddr_t percpu_rwsem_of_writer(struct dump *d, const struct task *t,
			       const uint64_t *stack, size_t n)
{
	kaddr_t word, base;
	size_t i;

	if (!layout_has_all(d, PERCPU_RWSEM_WRITER, PERCPU_RWSEM_COUNT))
		return 0;
	for (i = 0; i < n && !dump_interrupted(d); i++) {
		word = stack[i];
		if (word % sizeof(kaddr_t) || !arch_is_kernel(d->arch, word) ||
		    (word >= t->stack && word - t->stack < t->stack_size))
			continue;
		if (is_waited_for(d, word, t->addr))
			return word;
		/* Or what a function further in was given: the word itself. */
		base = member_base(d, word, PERCPU_RWSEM_WRITER);
		if (is_waited_for(d, base, t->addr))
			return base;
	}
	return 0;
}

void percpu_rwsem_owner(struct dump *d, struct tasks *tasks, kaddr_t rwsem,
			struct lock_owner *o)
{
	uint64_t block;
	kaddr_t writer = 0;

	memset(o, 0, sizeof(*o));
	o->holders = -1;
	if (!member_u64(d, rwsem, PERCPU_RWSEM_BLOCK, &block) ||
	    !count_readers(d, rwsem, &o->holders))
		return;
	o->look =
		LOOK_AT(arena_printf(d->arena, "%s%s", layout_name(d, PERCPU_RWSEM_BLOCK),
				     layout_has(d, PERCPU_RWSEM_WRITER) ? ",writer" : ""),
			rwsem);
	o->known = true;
	o->readers = o->holders > 0;
	o->free = !o->readers && !block;
	if (o->readers || o->free)
		return;
	/* None is left: the writer is about to go in, or is in and nameless. */
	member_ptr(d, rwsem, PERCPU_RWSEM_WRITER, &writer);
	o->task = writer;
	o->owner = writer ? task_by_addr(tasks, writer) : NULL;
}
