// SPDX-License-Identifier: GPL-2.0-or-later
#include "smp.h"

#include "dump/layout.h"

/* In all queues: each CPU waits for one answer, perhaps of all others. */
#define CALLS_MAX 16384

/*
 * include/linux/smp_types.h.  Wake-ups and irq works are in the same queue since
 * 4b44a21dd640, 5.8; until then a call said by a flag of its own that it is waited for.
 */
#define CSD_FLAG_LOCK 0x01
#define CSD_FLAG_SYNCHRONOUS 0x02
#define CSD_TYPE_SYNC 0x10
#define CSD_FLAG_TYPE_MASK 0xf0

/* A call that somebody waits for. */
static bool is_waited_for(struct dump *d, uint64_t flags)
{
	bool waits = layout_has(d, CALL_NODE)
			     ? (flags & CSD_FLAG_TYPE_MASK) == CSD_TYPE_SYNC
			     : flags & CSD_FLAG_SYNCHRONOUS;

	return waits && flags & CSD_FLAG_LOCK;
}

/* A call to several CPUs is in memory of its sender's, a place for each of them. */
static bool is_of_many(struct dump *d, const struct runqueue *from, unsigned int to,
		       kaddr_t call)
{
	kaddr_t data, calls, at;

	return dump_percpu_symbol(d, from->cpu, "cfd_data", &data) &&
	       member_ptr(d, data, CALL_FUNCTION_DATA_CALLS, &calls) &&
	       dump_percpu(d, to, calls, &at) && at == call;
}

/* One to a single CPU that is waited for is on the stack of who waits. */
static bool is_on_stack(const struct runqueue *from, kaddr_t call)
{
	const struct task *t = from->curr;

	return t && t->stack_size && call >= t->stack && call - t->stack < t->stack_size;
}

static struct runqueue *sender_of(struct dump *d, struct runqueues *rqs, unsigned int to,
				  kaddr_t call)
{
	struct runqueue *rq;
	size_t i;

	for (i = 0; i < rqs->all.n; i++) {
		rq = &rqs->all.v[i];
		if (rq->cpu != to &&
		    (is_on_stack(rq, call) || is_of_many(d, rq, to, call)))
			return rq;
	}
	return NULL;
}

static const char *function_of(struct dump *d, kaddr_t addr)
{
	struct dump_symbol sym;

	return dump_symbol_at(d, addr, &sym) && sym.name[0]
		       ? arena_printf(d->arena, "%s", sym.name)
		       : arena_printf(d->arena, "the function at 0x%llx",
				      (unsigned long long)addr);
}

static void take(struct dump *d, struct runqueues *rqs, const struct object *o,
		 unsigned int to)
{
	struct cpu_call call = {.to = to, .addr = o->addr};
	struct runqueue *from;

	if (!is_waited_for(d, obj_u64(o, CALL_FLAGS)))
		return;
	from = sender_of(d, rqs, to, o->addr);
	if (!from)
		return;
	call.function = function_of(d, obj_u64(o, CALL_FUNC));
	*vec_push(d->arena, &from->calls) = call;
}

static void read_queue(struct dump *d, struct runqueues *rqs, unsigned int to,
		       kaddr_t head, unsigned int *left)
{
	struct object o;
	kaddr_t call;

	obj_init(&o, d);
	if (!dump_ptr(d, head, &call))
		return;
	for (; call && *left && !dump_interrupted(d); --*left) {
		if (!obj_read(&o, CALL, call))
			return;
		take(d, rqs, &o, to);
		call = obj_u64(&o, CALL_NEXT);
	}
}

void smp_calls_read(struct dump *d, struct runqueues *rqs)
{
	unsigned int left = CALLS_MAX;
	kaddr_t head;
	size_t i;

	if (!layout_has_all(d, CALL, CALL_NEXT, CALL_FLAGS, CALL_FUNC,
			    CALL_FUNCTION_DATA_CALLS))
		return;
	for (i = 0; i < rqs->all.n; i++)
		if (dump_percpu_symbol(d, rqs->all.v[i].cpu, "call_single_queue", &head))
			read_queue(d, rqs, rqs->all.v[i].cpu, head, &left);
}
