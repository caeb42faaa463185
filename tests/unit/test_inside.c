// SPDX-License-Identifier: GPL-2.0-or-later
/* Who is inside a lock that names nobody: by his stack, and the code of what is on it. */
#include "waiting.h"

#include "arch/arch.h"
#include "arch/code.h"
#include "kernel/sched/inside.h"

static struct tasks tasks;
static struct insides insides;
static const struct inside *in;
static struct fake *fake;
static kaddr_t lock, waiter, keeper, other;
static uint32_t member; /* the lock's offset in what it is a member of */

/* ---- code ------------------------------------------------------------------ */

static kaddr_t at;

static bool is_arm64(void)
{
	return !strcmp(fake_dump(fake)->info.machine, "aarch64");
}

static void word(uint32_t w)
{
	fake_u32(fake, at, w);
	at += 4;
}

static void call(kaddr_t to)
{
	if (is_arm64()) {
		word(0x94000000 | ((uint32_t)((int64_t)(to - at) / 4) & 0x3ffffff));
		return;
	}
	fake_u8(fake, at, 0xe8);
	fake_u32(fake, at + 1, (uint32_t)(to - (at + 5)));
	at += 5;
}

/* The address, into the first argument's register. */
static void name(kaddr_t what)
{
	uint64_t pages = (what >> 12) - (at >> 12);

	if (is_arm64()) {
		word(0x90000000 | (uint32_t)(pages & 3) << 29 |
		     (uint32_t)(pages >> 2 & 0x7ffff) << 5);
		word(0x91000000 | (uint32_t)(what & 0xfff) << 10);
		return;
	}
	fake_bytes(fake, at, "\x48\xc7\xc7", 3);
	fake_u32(fake, at + 3, (uint32_t)what);
	at += 7;
}

/* To the first argument, as for the address of a member. */
static void add(uint32_t offset)
{
	if (is_arm64()) {
		word(0x91000000 | offset << 10);
		return;
	}
	fake_bytes(fake, at, "\x48\x83\xc7", 3);
	fake_u8(fake, at + 3, (uint8_t)offset);
	at += 4;
}

static void nothing(void)
{
	if (is_arm64())
		word(0xd503201f);
	else
		fake_u8(fake, at++, 0x90);
}

/* Perhaps past so many calls; both are followed. */
static void perhaps_past(int calls)
{
	if (is_arm64()) {
		word(0xb4000000 | (uint32_t)(calls + 1) << 5);
		return;
	}
	fake_u8(fake, at++, 0x74);
	fake_u8(fake, at++, (uint8_t)(calls * 5));
}

/* As long as a call. */
static void leave(void)
{
	if (is_arm64()) {
		word(0xd65f03c0);
		return;
	}
	fake_bytes(fake, at, "\xc3\xc3\xc3\xc3\xc3", 5);
	at += 5;
}

static void begin(const char *function)
{
	at = fake_function(fake, function, "", 0, 0x100);
	fake_map(fake, at, 0x1000);
}

static kaddr_t value(const char *function)
{
	return fake_value(fake, function);
}

/* ---- stacks ---------------------------------------------------------------- */

/* Of keeper, and of other. */
static struct stacked {
	struct frame frames[8];
	struct stack stack;
	struct wait wait;
} s, t;

/* A frame further out, which the one before returns to here. */
static void frame(struct stacked *of, const char *function, kaddr_t ip)
{
	struct frame *fr = &of->frames[of->stack.n++];

	fr->ip = ip;
	fr->function = function;
	fr->module = "";
	of->stack.v = of->frames;
}

/* Has called the function, and what it called next has not come back. */
static kaddr_t reader(const char *function, const char *takes, bool by_name)
{
	kaddr_t ip;

	begin(function);
	if (by_name)
		name(lock);
	else
		add(member);
	call(value(takes));
	call(value("schedule"));
	ip = at;
	nothing();
	call(value("up_read"));
	return ip;
}

static kaddr_t push(kaddr_t task, kaddr_t value_of)
{
	kaddr_t place = fake_stack_top(fake, task) - 0xe0;

	fake_u64(fake, place, value_of);
	return place;
}

/* Of a task whose frames are so many bytes apart; push() is in the first but one. */
static void place_frames(struct stacked *of, kaddr_t task, uint64_t apart)
{
	size_t i;

	of->stack.sp = fake_stack_top(fake, task) - 0xe0 - apart;
	for (i = 0; i < of->stack.n; i++)
		of->frames[i].up = i * apart;
}

static void deepen(kaddr_t task)
{
	fake_id_set(fake, task, TASK_THREAD_SP, fake_stack_top(fake, task) - 0x100);
}

static void kernel(void *f)
{
	static const char *const functions[] = {"down_read",
						"down_read_trylock",
						"up_read",
						"down",
						"up",
						"schedule",
						"__percpu_down_read",
						"percpu_down_write",
						"cpus_read_lock",
						"__folio_lock",
						"folio_unlock",
						"__srcu_read_lock"};
	size_t i;

	fake = f;
	fake_kernel(fake);
	for (i = 0; i < ARRAY_SIZE(functions); i++)
		fake_function(fake, functions[i], "", 0, 0x40);
	waiter = fake_task(fake, 700, "waiter");
	keeper = fake_task(fake, 701, "keeper");
	other = fake_task(fake, 702, "other");
	deepen(waiter);
	deepen(keeper);
	deepen(other);
	lock = fake_variable(fake, "the_lock", 160);
	member = 64;
	fake_variable(fake, "cpu_hotplug_lock", 160);
	memset(&s, 0, sizeof(s));
	memset(&t, 0, sizeof(t));
	memset(&insides, 0, sizeof(insides));
	memset(&tasks, 0, sizeof(tasks));
}

/* Readers are in, so many, and the last of them was this one. */
static struct wait asked(enum wait_kind kind, int64_t holders, kaddr_t last)
{
	return (struct wait){.kind = kind,
			     .object = lock,
			     .owner = {.known = true,
				       .readers = true,
				       .holders = holders,
				       .task = last}};
}

/* Who is inside the one that is waited for, by what is on these stacks? */
static void search_for(const struct wait *wait)
{
	struct stacked none = {.stack = {.n = 0}};
	struct inside_search *walk;

	insides.all.n = 0;
	tasks_read(fake_dump(fake), &tasks);
	insides_want(fake_dump(fake), &insides, wait);
	walk = insides_search(fake_dump(fake), &insides);
	inside_task(walk, task_by_addr(&tasks, waiter), &none.stack, wait);
	inside_task(walk, task_by_addr(&tasks, keeper), &s.stack, &s.wait);
	inside_task(walk, task_by_addr(&tasks, other), &t.stack, &t.wait);
	insides_done(walk);
	in = inside_of(&insides, lock);
	assert_non_null(in);
}

static void search(enum wait_kind kind, int64_t holders, kaddr_t last)
{
	struct wait wait = asked(kind, holders, last);

	search_for(&wait);
}

static void assert_first(kaddr_t task, unsigned int clues, bool sure)
{
	assert_true(in->all.n > 0);
	assert_int_equal(in->all.v[0].task->addr, task);
	assert_int_equal(in->all.v[0].clues, clues);
	assert_int_equal(in->all.v[0].sure, sure);
	assert_int_equal(in->nsure, sure);
}

/* ---- who is sure ------------------------------------------------------------ */

static void code_names_the_lock(void **state)
{
	kernel(*state);
	frame(&s, "reader", reader("reader", "down_read", true));
	search(WAIT_RWSEM, 1, 0);
	assert_int_equal(in->all.n, 1);
	assert_first(keeper, INSIDE_TAKES | INSIDE_CODE, true);
	assert_string_equal(in->all.v[0].taker, "down_read");
	assert_string_equal(in->all.v[0].function, "reader");
	assert_int_equal(in->holders, 1);
}

static void address_on_the_stack(void **state)
{
	kaddr_t place;

	kernel(*state);
	lock = fake_alloc(fake, 128) + 64;
	frame(&s, "reader", reader("reader", "down_read", false));
	place = push(keeper, lock);
	/* It only knows the lock: it has called nothing that takes one. */
	push(other, lock);
	search(WAIT_RWSEM, 2, 0);
	assert_int_equal(in->all.n, 2);
	assert_first(keeper, INSIDE_TAKES | INSIDE_STACK, true);
	assert_int_equal(in->all.v[0].at, place);
	assert_int_equal(in->all.v[1].task->addr, other);
	assert_int_equal(in->all.v[1].clues, INSIDE_STACK);
	assert_false(in->all.v[1].sure);
}

static void what_it_is_part_of(void **state)
{
	kernel(*state);
	lock = fake_alloc(fake, 128) + 64;
	frame(&s, "reader", reader("reader", "down_read", false));
	push(keeper, lock - 64);
	push(other, lock - 64);
	search(WAIT_RWSEM, 1, 0);
	assert_int_equal(in->all.n, 1);
	assert_first(keeper, INSIDE_TAKES | INSIDE_NEAR, true);
}

/* So has who knows that thing and has taken something else. */
static void part_of_it_that_is_another(void **state)
{
	kernel(*state);
	lock = fake_alloc(fake, 128) + 64;
	member = 32;
	frame(&s, "reader", reader("reader", "down_read", false));
	push(keeper, lock - 64);
	search(WAIT_RWSEM, 1, 0);
	assert_int_equal(in->all.n, 0);
}

/* A function of its own takes the lock for its callers: xfs_ilock() and the like. */
static void by_a_function_that_takes_it(void **state)
{
	kernel(*state);
	lock = fake_alloc(fake, 128) + 64;
	begin("depot_enter");
	add(64);
	call(value("down_read"));
	begin("depot_leave");
	add(64);
	call(value("up_read"));
	begin("counter");
	call(value("depot_enter"));
	call(value("schedule"));
	frame(&s, "counter", at);
	nothing();
	call(value("depot_leave"));
	push(keeper, lock - 64);
	search(WAIT_RWSEM, 1, 0);
	assert_first(keeper, INSIDE_TAKES | INSIDE_NEAR, true);
	assert_string_equal(in->all.v[0].taker, "depot_enter");

	/* And after what lets go of it, he is out. */
	begin("passer");
	call(value("depot_enter"));
	call(value("depot_leave"));
	call(value("schedule"));
	s.stack.n = 0;
	frame(&s, "passer", at);
	search(WAIT_RWSEM, 1, 0);
	assert_int_equal(in->all.n, 0);
}

/* A variable's neighbours are other variables. */
static void no_neighbour_of_a_variable(void **state)
{
	kernel(*state);
	frame(&s, "reader", reader("reader", "down_read", false));
	push(keeper, lock - 8);
	search(WAIT_RWSEM, 1, 0);
	assert_int_equal(in->all.n, 0);
}

static void its_memory_map(void **state)
{
	kaddr_t ip;

	kernel(*state);
	lock = member_addr(fake_dump(fake), fake_get(fake, keeper, "task_struct.mm"),
			   MM_MMAP_LOCK);
	member = (uint32_t)layout_offset(fake_dump(fake), MM_MMAP_LOCK);
	ip = reader("fault", "down_read_trylock", false);
	frame(&s, "fault", ip);
	frame(&t, "fault", ip);
	search(WAIT_RWSEM, 1, 0);
	assert_int_equal(in->all.n, 1);
	assert_first(keeper, INSIDE_TAKES | INSIDE_MAP, true);
}

/* A thread of the same map that has taken an inode's lock. */
static void another_lock_of_its_process(void **state)
{
	kernel(*state);
	lock = member_addr(fake_dump(fake), fake_get(fake, keeper, "task_struct.mm"),
			   MM_MMAP_LOCK);
	member = (uint32_t)layout_offset(fake_dump(fake), MM_MMAP_LOCK) + 1;
	frame(&s, "reader", reader("reader", "down_read", false));
	search(WAIT_RWSEM, 1, 0);
	assert_int_equal(in->all.n, 0);
}

static void last_reader(void **state)
{
	kernel(*state);
	frame(&s, "reader", reader("reader", "down_read", false));
	search(WAIT_RWSEM, 1, keeper);
	assert_first(keeper, INSIDE_TAKES | INSIDE_LAST, true);
}

/* He may have left long ago: that he was the last is a hint. */
static void last_reader_who_does_something_else(void **state)
{
	kernel(*state);
	search(WAIT_RWSEM, 1, keeper);
	assert_int_equal(in->all.n, 1);
	assert_first(keeper, INSIDE_LAST, false);
}

/* Where a reader's name is taken back as he leaves, he has not left. */
static void last_reader_of_6_17(void **state)
{
	kernel(*state);
	fake_function(fake, "is_rwsem_reader_owned", "", 0, 0x40);
	search(WAIT_RWSEM, 1, keeper);
	assert_first(keeper, INSIDE_LAST | INSIDE_TOLD, true);
}

static void semaphore(void **state)
{
	kernel(*state);
	begin("downer");
	name(lock);
	call(value("down"));
	call(value("schedule"));
	frame(&s, "downer", at);
	/* Of a lock of another kind. */
	frame(&t, "reader", reader("reader", "down_read", true));
	search(WAIT_SEMAPHORE, -1, 0);
	assert_int_equal(in->all.n, 1);
	assert_first(keeper, INSIDE_TAKES | INSIDE_CODE, true);
}

/* A reader is let in without a call, but in the rare case, which stands behind the rest. */
static void percpu_rwsem(void **state)
{
	struct wait wait;

	kernel(*state);
	begin("counted");
	name(lock + 48);
	call(value("schedule"));
	frame(&s, "counted", at);
	nothing();
	call(value("__percpu_down_read"));
	/* A writer of it is sought only where no reader is in. */
	begin("writer");
	name(lock);
	call(value("percpu_down_write"));
	call(value("schedule"));
	frame(&t, "writer", at);
	search(WAIT_PERCPU_RWSEM, 1, 0);
	assert_int_equal(in->all.n, 1);
	assert_first(keeper, INSIDE_TAKES | INSIDE_CODE | INSIDE_IN_PLACE, true);
	assert_true(in->reading);

	wait = asked(WAIT_PERCPU_RWSEM, 1, 0);
	wait.owner.readers = false;
	search_for(&wait);
	assert_int_equal(in->all.n, 1);
	assert_first(other, INSIDE_TAKES | INSIDE_CODE, true);
	assert_false(in->reading);
}

/* A page is locked in place, but where somebody has it already; and let go of by a call. */
static void lock_of_a_page(void **state)
{
	struct wait wait;

	kernel(*state);
	lock = fake_new(fake, "page");
	begin("writer");
	call(value("schedule"));
	frame(&s, "writer", at);
	nothing();
	call(value("__folio_lock"));
	push(keeper, lock);
	begin("passer");
	call(value("folio_unlock"));
	call(value("schedule"));
	frame(&t, "passer", at);
	nothing();
	call(value("__folio_lock"));
	push(other, lock);
	wait = asked(WAIT_IO, 0, 0);
	wait.owner = (struct lock_owner){.known = false};
	wait.bit = (struct bit_wait){.of = BIT_OF_PAGE, .addr = lock, .locked = true};
	search_for(&wait);
	assert_int_equal(in->holders, 1);
	assert_int_equal(in->all.n, 2);
	assert_first(keeper, INSIDE_TAKES | INSIDE_STACK | INSIDE_IN_PLACE, true);
	assert_true(in->all.v[1].clues & INSIDE_MAY);
	assert_false(in->all.v[1].sure);
}

/* Who writes an inode back has it while he is in that function, which no call shows. */
static void state_of_an_inode(void **state)
{
	struct wait wait;

	kernel(*state);
	lock = fake_alloc(fake, 1024);
	frame(&s, "ext4_writepages", FAKE_NOWHERE);
	frame(&s, "__writeback_single_inode.isra.0", FAKE_NOWHERE);
	frame(&s, "writeback_sb_inodes", FAKE_NOWHERE);
	place_frames(&s, keeper, 0x10);
	push(keeper, lock);
	/* Another one has to do with it, and that one with another one. */
	frame(&t, "ext4_readdir", FAKE_NOWHERE);
	push(other, lock);
	wait = asked(WAIT_BIT, 0, 0);
	wait.owner = (struct lock_owner){.known = false};
	wait.bit = (struct bit_wait){.of = BIT_OF_INODE,
				     .addr = lock,
				     .keeper = "__writeback_single_inode"};
	search_for(&wait);
	assert_int_equal(in->holders, 1);
	assert_int_equal(in->all.n, 1);
	assert_first(keeper, INSIDE_TAKES | INSIDE_STACK, true);
	assert_null(in->all.v[0].taker);
	assert_string_equal(in->all.v[0].function, "__writeback_single_inode.isra.0");

	push(keeper, lock + 8);
	search_for(&wait);
	assert_int_equal(in->all.n, 0);
}

/* One waits for who frees it, and that one for who writes it back. */
static void inode_that_is_freed(void **state)
{
	struct wait frees;

	kernel(*state);
	lock = fake_alloc(fake, 1024);
	frame(&s, "ext4_evict_inode", FAKE_NOWHERE);
	frame(&s, "evict", FAKE_NOWHERE);
	frame(&s, "dispose_list", FAKE_NOWHERE);
	place_frames(&s, keeper, 0x10);
	push(keeper, lock);
	frees = (struct wait){.kind = WAIT_BIT,
			      .object = lock,
			      .bit = {.of = BIT_OF_INODE,
				      .addr = lock,
				      .keeper = BIT_WAIT_EVICTS}};
	s.wait = frees;
	search_for(&frees);
	/* He waits for the same: he is not who is waited for. */
	assert_int_equal(in->all.n, 0);

	s.wait.bit.keeper = "__writeback_single_inode";
	insides_want(fake_dump(fake), &insides, &s.wait);
	assert_string_equal(in->keeper, "__writeback_single_inode");
	insides_want(fake_dump(fake), &insides, &frees);
	assert_string_equal(in->keeper, "__writeback_single_inode");

	memset(&s.wait, 0, sizeof(s.wait));
	search_for(&frees);
	assert_first(keeper, INSIDE_TAKES | INSIDE_STACK, true);
}

/* Who frees one to get memory for what he does with another; and left-overs further in. */
static void another_inode_that_is_freed(void **state)
{
	static const char *const names[] = {"schedule",		"io_schedule",
					    "wait_on_page_bit", "evict",
					    "dispose_list",	"ext4_write"};
	struct wait frees;
	kaddr_t place;
	size_t i;

	kernel(*state);
	lock = fake_alloc(fake, 1024);
	frees = (struct wait){.kind = WAIT_BIT,
			      .object = lock,
			      .bit = {.of = BIT_OF_INODE,
				      .addr = lock,
				      .keeper = BIT_WAIT_EVICTS}};
	for (i = 0; i < ARRAY_SIZE(names); i++)
		frame(&s, names[i], FAKE_NOWHERE);
	place_frames(&s, keeper, 0x10);
	place = push(keeper, 0) - 0x10;
	for (i = 0; i < ARRAY_SIZE(names); i++, place += 0x10) {
		fake_u64(fake, place, lock);
		search_for(&frees);
		/* Of two calls, and its own, which is for arm64 where its caller is. */
		assert_int_equal(in->nsure,
				 i >= 1 && i < 3 + fake_dump(fake)->arch->frame_ends);
		assert_int_equal(in->all.n, in->nsure);
		fake_u64(fake, place, 0);
	}
	/* The stack ends with it: how much of it is its own is not known. */
	s.stack.n = 4;
	push(keeper, lock);
	search_for(&frees);
	assert_int_equal(in->nsure, 1);
	push(keeper, 0);
	fake_u64(fake, s.stack.sp + 0x30, lock);
	search_for(&frees);
	assert_int_equal(in->all.n, 0);
}

static void reader_of_srcu(void **state)
{
	kernel(*state);
	frame(&s, "reader", reader("reader", "__srcu_read_lock", true));
	frame(&t, "reader", reader("another", "down_read", true));
	search(WAIT_SRCU, 1, 0);
	assert_int_equal(in->all.n, 1);
	assert_first(keeper, INSIDE_TAKES | INSIDE_CODE, true);
}

/* The work that is in it has been run by workers, and who runs it waits for readers, too. */
static void grace_period_of_srcu(void **state)
{
	kaddr_t place;

	kernel(*state);
	lock = fake_variable(fake, "the_srcu", fake_size(fake, "srcu_struct"));
	push(keeper, lock + 64);
	frame(&t, "process_srcu", FAKE_NOWHERE);
	push(other, lock);
	search(WAIT_SRCU, 1, 0);
	assert_int_equal(in->all.n, 0);

	/* He may be a reader, who has the address itself. */
	place = push(keeper, lock);
	search(WAIT_SRCU, 1, 0);
	assert_int_equal(in->all.n, 1);
	assert_first(keeper, INSIDE_STACK, false);
	assert_int_equal(in->all.v[0].at, place);
}

/* What has a lock of its own names it by being called, and no other. */
static void lock_of_hotplug(void **state)
{
	kernel(*state);
	begin("counted");
	name(lock);
	call(value("cpus_read_lock"));
	call(value("schedule"));
	frame(&s, "counted", at);
	search(WAIT_PERCPU_RWSEM, 1, 0);
	assert_int_equal(in->all.n, 0);

	lock = value("cpu_hotplug_lock");
	search(WAIT_PERCPU_RWSEM, 1, 0);
	assert_first(keeper, INSIDE_TAKES | INSIDE_CODE, true);
	assert_string_equal(in->all.v[0].taker, "cpus_read_lock");
}

/* ---- who is not ------------------------------------------------------------- */

static void let_go_before(void **state)
{
	kernel(*state);
	begin("passer");
	name(lock);
	call(value("down_read"));
	call(value("up_read"));
	call(value("schedule"));
	frame(&s, "passer", at);
	push(keeper, lock);
	search(WAIT_RWSEM, 1, 0);
	assert_first(keeper, INSIDE_STACK, false);
}

/* The way out of an error's case stands before the place. */
static void error_case_before(void **state)
{
	kernel(*state);
	begin("reader");
	name(lock);
	call(value("down_read"));
	perhaps_past(2);
	call(value("up_read"));
	leave();
	call(value("schedule"));
	frame(&s, "reader", at);
	search(WAIT_RWSEM, 1, 0);
	assert_first(keeper, INSIDE_TAKES | INSIDE_CODE, true);
}

/* There is a way to where he is on which he has not taken it: an idle khugepaged's. */
static void taken_on_some_ways(void **state)
{
	kernel(*state);
	begin("scanner");
	name(lock);
	perhaps_past(1);
	call(value("down_read_trylock"));
	call(value("schedule"));
	frame(&s, "scanner", at);
	search(WAIT_RWSEM, 1, keeper);
	assert_first(keeper, INSIDE_TAKES | INSIDE_CODE | INSIDE_LAST | INSIDE_MAY,
		     false);
}

/* What it called has let go for it, before it went to sleep: as a page fault that retries. */
static void let_go_further_in(void **state)
{
	kernel(*state);
	begin("retry");
	call(value("up_read"));
	call(value("schedule"));
	frame(&s, "retry", at);
	frame(&s, "fault", reader("fault", "down_read", true));
	search(WAIT_RWSEM, 1, 0);
	assert_first(keeper, INSIDE_TAKES | INSIDE_CODE | INSIDE_LEAVES, false);
}

/* It is another lock, which that function took itself: as a network file system's lookup. */
static void let_go_of_its_own_further_in(void **state)
{
	kernel(*state);
	begin("lookup");
	call(value("down_read"));
	call(value("up_read"));
	call(value("schedule"));
	frame(&s, "lookup", at);
	frame(&s, "walk", reader("walk", "down_read", true));
	search(WAIT_RWSEM, 1, 0);
	assert_first(keeper, INSIDE_TAKES | INSIDE_CODE, true);
}

/* It has taken it on some ways only, or lets go of more than it took. */
static void let_go_of_more_further_in(void **state)
{
	kernel(*state);
	begin("some");
	perhaps_past(1);
	call(value("down_read"));
	call(value("up_read"));
	call(value("schedule"));
	frame(&s, "some", at);
	begin("more");
	call(value("down_read"));
	call(value("up_read"));
	call(value("up_read"));
	call(value("schedule"));
	frame(&t, "more", at);
	frame(&s, "walk", reader("walk", "down_read", true));
	frame(&t, "walk", s.frames[1].ip);
	search(WAIT_RWSEM, 2, 0);
	assert_first(keeper, INSIDE_TAKES | INSIDE_CODE | INSIDE_LEAVES, false);
	assert_int_equal(in->all.n, 2);
	assert_int_equal(in->all.v[1].clues, in->all.v[0].clues);
}

/* Of more calls than a function has it is not followed which belong together. */
static void more_than_is_followed(void **state)
{
	int i;

	kernel(*state);
	begin("many");
	for (i = 0; i < 17; i++) {
		call(value("down_read"));
		call(value("up_read"));
	}
	call(value("schedule"));
	frame(&s, "many", at);
	frame(&s, "walk", reader("walk", "down_read", true));
	search(WAIT_RWSEM, 1, 0);
	assert_first(keeper, INSIDE_TAKES | INSIDE_CODE | INSIDE_LEAVES, false);
}

/* He sleeps in the call: he is about to take it, and has not. */
static void call_that_has_not_come_back(void **state)
{
	kernel(*state);
	begin("reader");
	name(lock);
	call(value("down_read"));
	frame(&s, "reader", at);
	search(WAIT_RWSEM, 1, 0);
	assert_int_equal(in->all.n, 0);
}

/* Who waits for the lock tried it before; only what he took further out counts. */
static void one_who_waits_for_it(void **state)
{
	struct wait wait;

	kernel(*state);
	wait = asked(WAIT_RWSEM, 1, 0);
	s.wait = wait;
	begin("fault");
	name(lock);
	call(value("down_read_trylock"));
	call(value("down_read"));
	frame(&s, "fault", at);
	push(keeper, lock);
	search_for(&wait);
	assert_int_equal(in->all.n, 0);

	frame(&s, "reader", reader("reader", "down_read", true));
	search_for(&wait);
	assert_first(keeper, INSIDE_TAKES | INSIDE_CODE, true);
}

/* ---- what cannot be asked, or read -------------------------------------------- */

static void locks_that_name_their_owner(void **state)
{
	struct wait wait;

	kernel(*state);
	wait = asked(WAIT_RWSEM, 1, keeper);
	wait.owner.readers = false;
	insides_want(fake_dump(fake), &insides, &wait);
	wait = asked(WAIT_SEMAPHORE, -1, 0);
	wait.owner.free = true;
	insides_want(fake_dump(fake), &insides, &wait);
	wait.owner = (struct lock_owner){.known = false};
	insides_want(fake_dump(fake), &insides, &wait);
	wait = asked(WAIT_MUTEX, 1, 0);
	insides_want(fake_dump(fake), &insides, &wait);
	assert_int_equal(insides.all.n, 0);
	assert_null(inside_of(&insides, lock));
}

static void damaged(void **state)
{
	struct wait wait;
	kaddr_t ip;

	kernel(*state);
	ip = reader("reader", "down_read", true);
	frame(&s, "reader", ip);
	frame(&s, "nowhere", FAKE_NOWHERE);
	frame(&s, "low", 1);
	frame(&s, "zero", 0);
	fake_exclude(fake, ip & ~(kaddr_t)(FAKE_PAGE - 1), FAKE_PAGE);
	fake_exclude(fake, fake_stack_top(fake, keeper) - FAKE_PAGE, FAKE_PAGE);
	lock = ~0ull - 8;
	wait = asked(WAIT_RWSEM, -1, 1);
	t = s;
	search_for(&wait);
	assert_int_equal(in->all.n, 0);
	/* Readers in number, and locks too: no more than are worth a look. */
	for (lock = FAKE_HEAP; insides.all.n < 64; lock += 64) {
		wait = asked(WAIT_RWSEM, 1, 0);
		insides_want(fake_dump(fake), &insides, &wait);
	}
	wait.object += 64;
	insides_want(fake_dump(fake), &insides, &wait);
	assert_int_equal(insides.all.n, 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_ALL(code_names_the_lock),
		ON_ALL(address_on_the_stack),
		ON_ALL(what_it_is_part_of),
		ON_ALL(part_of_it_that_is_another),
		ON_ALL(by_a_function_that_takes_it),
		ON_ALL(no_neighbour_of_a_variable),
		ON_ALL(its_memory_map),
		ON_ALL(another_lock_of_its_process),
		ON_ALL(last_reader),
		ON_ALL(last_reader_who_does_something_else),
		ON_ALL(last_reader_of_6_17),
		ON_ALL(semaphore),
		ON_ALL(percpu_rwsem),
		ON_ALL(lock_of_hotplug),
		ON_ALL(lock_of_a_page),
		ON_ALL(state_of_an_inode),
		ON_ALL(inode_that_is_freed),
		ON_ALL(another_inode_that_is_freed),
		ON_ALL(reader_of_srcu),
		ON_ALL(grace_period_of_srcu),
		ON_ALL(let_go_before),
		ON_ALL(error_case_before),
		ON_ALL(taken_on_some_ways),
		ON_ALL(let_go_further_in),
		ON_ALL(let_go_of_its_own_further_in),
		ON_ALL(let_go_of_more_further_in),
		ON_ALL(more_than_is_followed),
		ON_ALL(call_that_has_not_come_back),
		ON_ALL(one_who_waits_for_it),
		ON_ALL(locks_that_name_their_owner),
		ON_ALL(damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
