// SPDX-License-Identifier: GPL-2.0-or-later
/* Owners of locks who never had them: by when they were made, and by their code. */
#include "test.h"

#include "facts/facts.h"

static struct fake *fake;
static struct facts f;
static struct task people[3]; /* all that there are */
#define waiter people[0]
#define other people[1]
#define third people[2]
static struct studied first, second;
static struct frame frames[4];
static kaddr_t at;

static void call(kaddr_t to)
{
	if (!strcmp(fake_dump(fake)->info.machine, "aarch64")) {
		fake_u32(fake, at,
			 0x94000000 | ((uint32_t)((int64_t)(to - at) / 4) & 0x3ffffff));
		at += 4;
		return;
	}
	fake_u8(fake, at, 0xe8);
	fake_u32(fake, at + 1, (uint32_t)(to - (at + 5)));
	at += 5;
}

/* A function that calls these, to a NULL; where the one of that place returns to. */
static kaddr_t function(const char *name, const char *const *calls, size_t place)
{
	kaddr_t ip = 0;
	size_t i;

	at = fake_function(fake, name, "", 0, 0x100);
	fake_map(fake, at, 0x1000);
	for (i = 0; calls[i]; i++) {
		call(fake_value(fake, calls[i]));
		if (i == place)
			ip = at;
	}
	return ip;
}

#define FUNCTION(name, place, ...)                                                       \
	function((name), (const char *const[]){__VA_ARGS__, NULL}, (place))

static void frame(const char *name, kaddr_t ip)
{
	struct frame *fr = &frames[first.stack.n++];

	*fr = (struct frame){.ip = ip, .function = name, .module = ""};
	first.stack.v = frames;
}

static void studied(struct studied *st, struct task *t, double seconds,
		    struct task *owner)
{
	*st = (struct studied){.task = t};
	t->since_s = seconds;
	st->wait.kind = WAIT_MUTEX;
	st->wait.object = 0xffff888001000000;
	st->wait.owner = (struct lock_owner){.known = true, .owner = owner};
	st->wait.owner.task = owner->addr;
	st->wait.first = t;
	facts_add_studied(&f, st);
}

static void kernel(void *of)
{
	static const char *const functions[] = {"mutex_lock", "mutex_unlock",
						"rtnl_lock",  "schedule",
						"strsep",     "update_rq_clock"};
	size_t i;

	fake = of;
	fake_kernel(fake);
	for (i = 0; i < ARRAY_SIZE(functions); i++)
		fake_function(fake, functions[i], "", 0, 0x40);
	memset(&f, 0, sizeof(f));
	f.arena = fake_dump(fake)->arena;
	f.tasks.all.v = people;
	f.tasks.all.n = 3;
	waiter = (struct task){.addr = 0xffff888002000000, .pid = 700, .age_s = 100};
	other = (struct task){.addr = 0xffff888002002000, .pid = 701, .age_s = 100};
}

static void doubt(void)
{
	facts_doubt_owners(fake_dump(fake), &f);
}

static void assert_kept(const struct studied *st, const struct task *owner)
{
	doubt();
	assert_ptr_equal(st->wait.owner.owner, owner);
	assert_null(st->wait.owner.reused);
	assert_false(st->wait.owner.never_took);
}

/* ---- when it was made ------------------------------------------------------- */

static void made_when_others_had_waited(void **state)
{
	kernel(*state);
	studied(&first, &waiter, 30, &other);
	other.age_s = 5;
	doubt();
	assert_null(first.wait.owner.owner);
	assert_ptr_equal(first.wait.owner.reused, &other);
	assert_false(first.wait.owner.never_took);
	/* Once more changes nothing. */
	doubt();
	assert_ptr_equal(first.wait.owner.reused, &other);
}

/* Who comes later may take it before the first, who is woken then, and nobody else. */
static void others_slept_through_it(void **state)
{
	kernel(*state);
	third = (struct task){.pid = 702, .age_s = 100};
	other.age_s = 20;
	studied(&first, &waiter, 3, &other);
	studied(&second, &third, 60, &other);
	second.wait.first = &waiter;
	assert_kept(&first, &other);
	assert_kept(&second, &other);
	second.wait.first = NULL; /* not known */
	assert_kept(&second, &other);
	waiter.since_s = 30;
	second.wait.first = &waiter;
	doubt();
	assert_ptr_equal(second.wait.owner.reused, &other);
}

static void made_before(void **state)
{
	kernel(*state);
	studied(&first, &waiter, 30, &other);
	assert_kept(&first, &other);
	other.age_s = 29; /* clocks differ */
	assert_kept(&first, &other);
	other.age_s = -1; /* not known */
	assert_kept(&first, &other);
}

/* A reader's name is a hint, and is left behind on purpose. */
static void readers_and_free_locks(void **state)
{
	kernel(*state);
	studied(&first, &waiter, 30, &other);
	other.age_s = 5;
	first.wait.owner.readers = true;
	assert_kept(&first, &other);
	first.wait.owner.readers = false;
	first.wait.owner.free = true;
	assert_kept(&first, &other);
	first.wait.owner.free = false;
	first.wait.kind = WAIT_SEMAPHORE;
	assert_kept(&first, &other);
}

/* ---- who waits for what he has ----------------------------------------------- */

static void waits_for_itself(const char *before, const char *further_out)
{
	studied(&first, &waiter, 30, &waiter);
	frame("__schedule", FUNCTION("__schedule", 1, "update_rq_clock", "schedule"));
	frame("use_it", FUNCTION("use_it", 1, before, "mutex_lock", "mutex_unlock"));
	frame("asked", FUNCTION("asked", 1, further_out, "use_it", "strsep"));
}

static void took_none_before(void **state)
{
	kernel(*state);
	waits_for_itself("strsep", "update_rq_clock");
	doubt();
	assert_null(first.wait.owner.owner);
	assert_ptr_equal(first.wait.owner.reused, &waiter);
	assert_true(first.wait.owner.never_took);
}

/* Whoever else waits there waits for nobody either, whichever of them is looked at first. */
static void took_none_and_others_wait(void **state)
{
	kernel(*state);
	studied(&second, &other, 30, &waiter);
	waits_for_itself("strsep", "update_rq_clock");
	doubt();
	assert_ptr_equal(second.wait.owner.reused, &waiter);
	assert_true(second.wait.owner.never_took);
	assert_true(first.wait.owner.never_took);
	doubt();
	assert_true(second.wait.owner.never_took);
	/* Of another lock that one may be the owner. */
	second.wait.owner = (struct lock_owner){.known = true, .owner = &waiter};
	second.wait.object++;
	assert_kept(&second, &waiter);
}

static void took_it_twice(void **state)
{
	kernel(*state);
	waits_for_itself("mutex_lock", "strsep");
	assert_kept(&first, &waiter);
}

static void took_some_lock_further_out(void **state)
{
	kernel(*state);
	waits_for_itself("strsep", "rtnl_lock");
	assert_kept(&first, &waiter);
}

static void code_that_is_not_in_the_dump(void **state)
{
	kernel(*state);
	waits_for_itself("strsep", "strsep");
	frame("elsewhere", 0xffffffffdead0000);
	assert_kept(&first, &waiter);
	/* Nor is it seen where it waits. */
	first.stack.n = 1;
	assert_kept(&first, &waiter);
	first.stack.n = 0;
	assert_kept(&first, &waiter);
}

/* ---- all kernels -------------------------------------------------------------- */

static struct fake *(*const kernels[])(void) = {fake_4_19_arm64, fake_5_10, fake_6_1};

static int setup(void **state)
{
	*state = (*(struct fake * (*const *)(void)) * state)();
	return 0;
}

static int teardown(void **state)
{
	fake_destroy(*state);
	return 0;
}

#define ON(f, k)                                                                         \
	{                                                                                \
#f, (f), setup, teardown, (void *)&kernels[k]                            \
	}
#define ON_ALL(f) ON(f, 0), ON(f, 1), ON(f, 2)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_ALL(made_when_others_had_waited),
		ON_ALL(others_slept_through_it),
		ON_ALL(made_before),
		ON_ALL(readers_and_free_locks),
		ON_ALL(took_none_before),
		ON_ALL(took_none_and_others_wait),
		ON_ALL(took_it_twice),
		ON_ALL(took_some_lock_further_out),
		ON_ALL(code_that_is_not_in_the_dump),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
