// SPDX-License-Identifier: GPL-2.0-or-later
/* When the triage searches for leaks by itself. */
#include "test.h"

#include "facts/facts.h"

static struct facts facts;
static struct dump_about about;
static struct dump_small small;

/* Nobody is stuck on a machine of 1 GB, and this made it panic. */
static struct fake *machine(void *state, enum trigger_kind kind)
{
	struct fake *f = state;

	fake_kernel(f);
	about = fake_about;
	about.live = false;
	about.small = NULL;
	about.to_be_small = false;
	fake_dump(f)->info.about = &about;
	memset(&facts, 0, sizeof(facts));
	facts.arena = fake_dump(f)->arena;
	facts.panic.trigger.kind = kind;
	facts.memory.total = 1ull << 30;
	facts.memory.slab = 32ull << 20;
	return f;
}

static bool is_worth(struct fake *f)
{
	leak_watch_read(fake_dump(f), &facts, false);
	return facts.leak_watch.worth;
}

static void a_core_that_was_asked_for(void **state)
{
	assert_true(is_worth(machine(*state, TRIGGER_SYSRQ)));
	assert_false(facts.leak_watch.reason);
	assert_true(is_worth(machine(*state, TRIGGER_NMI)));
	assert_true(is_worth(machine(*state, TRIGGER_NONE)));
}

static void memory_that_slabs_have(void **state)
{
	struct fake *f = machine(*state, TRIGGER_OOM);

	facts.memory.slab = facts.memory.total / 10;
	leak_watch_read(fake_dump(f), &facts, true);
	assert_true(facts.leak_watch.worth && facts.leak_watch.reason);
}

static void another_reason_to_panic(void **state)
{
	assert_false(is_worth(machine(*state, TRIGGER_OOPS)));
	assert_false(is_worth(machine(*state, TRIGGER_HUNG_TASK)));
}

static void somebody_is_stuck(void **state)
{
	struct fake *f = machine(*state, TRIGGER_SYSRQ);

	facts.nblocked = 1;
	assert_false(is_worth(f));
}

static void a_look_that_takes_long(void **state)
{
	struct fake *f = machine(*state, TRIGGER_SYSRQ);

	facts.memory.total = 4ull << 30;
	assert_false(is_worth(f));
	f = machine(*state, TRIGGER_SYSRQ);
	facts.memory.slab = 256ull << 20;
	assert_false(is_worth(f));
}

/* The machine runs on, and should not be slowed by who looks at it. */
static void a_machine_that_runs(void **state)
{
	struct fake *f = machine(*state, TRIGGER_NONE);

	about.live = true;
	assert_false(is_worth(f));
}

/* It has not what the search reads, but where it was made for it. */
static void a_small_core(void **state)
{
	struct fake *f = machine(*state, TRIGGER_SYSRQ);

	about.small = &small;
	small.level = SMALL_COMMANDS;
	assert_false(is_worth(f));
	small.level = SMALL_LEAK;
	assert_true(is_worth(f));
	about.small = NULL;
	about.to_be_small = true;
	assert_false(is_worth(f));
}

/* A cache that has grown: bytes of it are in slabs, by the objects in them. */
static bool is_suspect(struct fake *f, const char *name, uint64_t objects)
{
	static struct slab_cache cache;
	static uint64_t bytes = 96ull << 20;

	(void)f;
	memset(&cache, 0, sizeof(cache));
	cache.name = name;
	cache.total_objects = objects;
	facts.memory.caches.all.v = &cache;
	facts.memory.caches.all.n = 1;
	facts.memory.cache_bytes = &bytes;
	facts.memory.slab = 128ull << 20;
	leak_watch_read(fake_dump(f), &facts, false);
	return facts.leak_watch.reason;
}

/* Ten thousand threads are many, and each is known. */
static void a_cache_that_has_grown(void **state)
{
	struct fake *f = machine(*state, TRIGGER_OOPS);
	struct task *tasks = arena_alloc(facts.arena, 10000 * sizeof(*tasks));

	facts.tasks.all.v = tasks;
	facts.tasks.all.n = 10000;
	assert_true(is_suspect(f, "kmalloc-4k", 10240));
	assert_false(is_suspect(f, "task_struct", 10240));
	assert_true(is_suspect(f, "task_struct", 20480));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(a_core_that_was_asked_for), fake_test(another_reason_to_panic),
		fake_test(somebody_is_stuck),	      fake_test(a_look_that_takes_long),
		fake_test(a_machine_that_runs),	      fake_test(a_small_core),
		fake_test(a_cache_that_has_grown),    fake_test(memory_that_slabs_have),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
