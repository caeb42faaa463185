// SPDX-License-Identifier: GPL-2.0-or-later
/* Calls from CPU to CPU that nobody has begun to answer. */
#include "test.h"

#include "kernel/sched/runqueue.h"

#define LOCKED 0x01
#define SYNC 0x10
#define WAKE_UP 0x30

static struct tasks tasks;
static struct runqueues rqs;

struct calls {
	kaddr_t queue, data; /* per CPU */
	kaddr_t of_cpu0;     /* __percpu: its calls to many */
};

/* Two CPUs, of which each has room for its calls to many. */
static struct calls kernel(struct fake *f)
{
	struct calls c;

	fake_kernel(f);
	c.queue = fake_percpu_variable(f, "call_single_queue", 8);
	c.data = fake_percpu_variable(f, "cfd_data", 24);
	c.of_cpu0 = fake_percpu_alloc(f, 32);
	fake_u64(f, fake_percpu(f, 0, c.data), c.of_cpu0);
	fake_u64(f, fake_percpu(f, 1, c.data), fake_percpu_alloc(f, 32));
	fake_symbol(f, "do_flush_tlb_all", 0xffffffff81080000);
	return c;
}

static void call(struct fake *f, const struct calls *c, unsigned int to, kaddr_t at,
		 unsigned int flags)
{
	kaddr_t queue = fake_percpu(f, to, c->queue), next = 0;

	assert_true(dump_ptr(fake_dump(f), queue, &next));
	fake_u64(f, at, next);
	fake_u32(f, at + 8, flags);
	fake_u64(f, at + 16, 0xffffffff81080000);
	fake_u64(f, queue, at);
}

static const struct runqueue *read_cpu(struct fake *f, int cpu)
{
	const struct runqueue *rq;

	assert_true(tasks_read(fake_dump(f), &tasks));
	assert_true(runqueues_read(fake_dump(f), &tasks, &rqs));
	rq = runqueue_of_cpu(&rqs, cpu);
	assert_non_null(rq);
	return rq;
}

static void a_call_to_many(void **state)
{
	struct calls c = kernel(*state);
	const struct runqueue *rq;
	kaddr_t at = fake_percpu(*state, 1, c.of_cpu0);

	assert_int_equal(read_cpu(*state, 0)->calls.n, 0);
	call(*state, &c, 1, at, LOCKED | SYNC);
	rq = read_cpu(*state, 0);
	assert_int_equal(rq->calls.n, 1);
	assert_int_equal(rq->calls.v[0].to, 1);
	assert_int_equal(rq->calls.v[0].addr, at);
	assert_string_equal(rq->calls.v[0].function, "do_flush_tlb_all");
	assert_int_equal(read_cpu(*state, 1)->calls.n, 0);
}

/* Its memory is on the stack of whoever runs there, and waits. */
static void a_call_to_one(void **state)
{
	struct calls c = kernel(*state);
	const struct runqueue *rq = read_cpu(*state, 0);

	assert_non_null(rq->curr);
	call(*state, &c, 1, rq->curr->stack + 0x800, LOCKED | SYNC);
	assert_int_equal(read_cpu(*state, 0)->calls.n, 1);
	/* Not of a CPU to itself. */
	call(*state, &c, 0, rq->curr->stack + 0x900, LOCKED | SYNC);
	assert_int_equal(read_cpu(*state, 0)->calls.n, 1);
}

static void what_nobody_waits_for(void **state)
{
	struct calls c = kernel(*state);
	kaddr_t at = fake_percpu(*state, 1, c.of_cpu0);

	call(*state, &c, 1, at, LOCKED);
	assert_int_equal(read_cpu(*state, 0)->calls.n, 0);
	fake_u32(*state, at + 8, WAKE_UP | LOCKED);
	assert_int_equal(read_cpu(*state, 0)->calls.n, 0);
	fake_u32(*state, at + 8, SYNC); /* it is done */
	assert_int_equal(read_cpu(*state, 0)->calls.n, 0);
	/* Of nobody that is known. */
	call(*state, &c, 1, fake_alloc(*state, 32), LOCKED | SYNC);
	assert_int_equal(read_cpu(*state, 0)->calls.n, 0);
}

static void a_queue_that_lies(void **state)
{
	struct calls c = kernel(*state);
	kaddr_t at = fake_percpu(*state, 1, c.of_cpu0);

	call(*state, &c, 1, at, LOCKED);
	fake_u64(*state, at, at); /* in a circle */
	assert_int_equal(read_cpu(*state, 0)->calls.n, 0);
	fake_u64(*state, fake_percpu(*state, 1, c.queue), FAKE_NOWHERE);
	assert_int_equal(read_cpu(*state, 0)->calls.n, 0);
}

/* Until 5.7 a flag of its own said that somebody waits. */
static void before_there_were_kinds(void **state)
{
	struct calls c = kernel(*state);
	kaddr_t at = fake_percpu(*state, 1, c.of_cpu0);

	fake_absent(*state, "__call_single_node");
	call(*state, &c, 1, at, LOCKED | 0x02);
	assert_int_equal(read_cpu(*state, 0)->calls.n, 1);
	fake_u32(*state, at + 8, LOCKED);
	assert_int_equal(read_cpu(*state, 0)->calls.n, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(a_call_to_many),	    fake_test(a_call_to_one),
		fake_test(what_nobody_waits_for),   fake_test(a_queue_that_lies),
		fake_test(before_there_were_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
