// SPDX-License-Identifier: GPL-2.0-or-later
/* Stacks of x86_64 kernels that have frame pointers, and no ORC. */
#include "unwound.h"

/* start() called outer(), that inner(), that slept in schedule(); asm_irq() is entry code. */
#define START FAKE_TEXT
#define OUTER (FAKE_TEXT + 0x100)
#define INNER (FAKE_TEXT + 0x200)
#define SLEEP (FAKE_TEXT + 0x300)
#define ENTRY (FAKE_TEXT + 0x400)
#define BARE (FAKE_TEXT + 0x500) /* copy_page(), which makes no frame */
#define IRQ_STACK 0xffffc90000004000ull
#define KERNEL_CS 0x10
#define USER_CS 0x33

/* `call to`, which ends at ret. */
static void write_call(struct fake *f, kaddr_t ret, kaddr_t to)
{
	fake_u8(f, ret - 5, 0xe8);
	fake_u32(f, ret - 4, (uint32_t)(to - ret));
}

/* nopl 0(%rax,%rax,1); push %rbp; mov %rsp,%rbp */
static void write_prologue(struct fake *f, kaddr_t function)
{
	static const unsigned char code[] = {0x0f, 0x1f, 0x44, 0x00, 0x00,
					     0x55, 0x48, 0x89, 0xe5};

	fake_bytes(f, function, code, sizeof(code));
}

static struct fake *begin(void **state)
{
	static const struct {
		const char *name;
		kaddr_t at;
	} functions[] = {{"kthread", START},  {"worker_thread", OUTER},
			 {"vfs_read", INNER}, {"schedule", SLEEP},
			 {"asm_irq", ENTRY},  {"copy_page", BARE}};
	struct fake *f = *state;
	size_t i;

	fake_kernel(f);
	for (i = 0; i < ARRAY_SIZE(functions); i++)
		fake_function(f, functions[i].name, NULL, functions[i].at, 0x100);
	for (i = 0; i < 4; i++)
		write_prologue(f, functions[i].at);
	write_call(f, START + 0x20, OUTER);
	write_call(f, OUTER + 0x20, INNER);
	write_call(f, INNER + 0x20, SLEEP);
	write_call(f, OUTER + 0x40, BARE);
	write_call(f, ENTRY + 0x20, OUTER);
	return f;
}

static void record(struct fake *f, kaddr_t at, kaddr_t next, kaddr_t ip)
{
	fake_u64(f, at, next);
	fake_u64(f, at + 8, ip);
}

/* Where user space's registers lie. */
static kaddr_t top(struct fake *f, kaddr_t task)
{
	return fake_stack_top(f, task) - (kaddr_t)layout_size(fake_dump(f), PT_REGS);
}

static void sleeps_at(struct fake *f, kaddr_t task, kaddr_t ip, kaddr_t sp, kaddr_t bp)
{
	kaddr_t frame = sp - (kaddr_t)layout_size(fake_dump(f), INACTIVE_FRAME);

	fake_id_set(f, frame, INACTIVE_FRAME_BP, bp);
	fake_id_set(f, frame, INACTIVE_FRAME_RET, ip);
	fake_id_set(f, task, TASK_THREAD_SP, frame);
}

static void registers(struct fake *f, kaddr_t regs, kaddr_t ip, kaddr_t sp, kaddr_t bp,
		      unsigned int cs)
{
	fake_id_set(f, regs, PT_REGS_IP, ip);
	fake_id_set(f, regs, PT_REGS_SP, sp);
	fake_id_set(f, regs, PT_REGS_BP, bp);
	fake_id_set(f, regs, PT_REGS_CS, cs);
}

/* The frames of inner(), of outer() and of start(), which is the last. */
static kaddr_t frames(struct fake *f, kaddr_t task)
{
	kaddr_t last = top(f, task) - 16;

	record(f, last - 0x40, last, START + 0x20);
	record(f, last - 0x80, last - 0x40, OUTER + 0x20);
	/* What called start() is entry code; user space has left this in %rbp. */
	record(f, last, 0x7ffe00001000, ENTRY + 0x20);
	return last - 0x80;
}

static kaddr_t sleeper(struct fake *f)
{
	kaddr_t task = fake_kthread(f, 7, "sleeper"), inner = frames(f, task);

	record(f, inner - 0x40, inner, INNER + 0x20);
	sleeps_at(f, task, SLEEP + 0x20, inner - 0x60, inner - 0x40);
	return task;
}

static void calls_are_followed_to_the_start(void **state)
{
	struct fake *f = begin(state);
	kaddr_t task = sleeper(f), last = top(f, task) - 16;
	struct stack s = unwound(f, task);

	assert_functions(&s, "schedule", "vfs_read", "worker_thread", "kthread",
			 "asm_irq");
	assert_true(s.complete);
	assert_int_equal(s.sp + s.v[1].up, last - 0xc0 + 16);
	assert_int_equal(s.v[1].kind, FRAME_CALL);
	assert_false(s.v[1].guess);
	/* gcc may align the last frame. */
	record(f, last - 24, 0, ENTRY + 0x20);
	record(f, last - 0x40, last - 24, START + 0x20);
	s = unwound(f, task);
	assert_functions(&s, "schedule", "vfs_read", "worker_thread", "kthread",
			 "asm_irq");
	assert_true(s.complete);
}

static void a_chain_that_breaks_is_not_complete(void **state)
{
	struct fake *f = begin(state);
	kaddr_t task = sleeper(f), outer = top(f, task) - 16 - 0x40;
	struct stack s;

	/* No call stands before it. */
	record(f, outer, outer + 0x40, START + 0x30);
	s = unwound(f, task);
	assert_functions(&s, "schedule", "vfs_read", "worker_thread");
	assert_why(&s, "the frame pointer leads to no frame");
	record(f, outer, outer - 0x40, START + 0x20);
	s = unwound(f, task);
	assert_why(&s, "wrong direction");
}

static void a_new_task_is_at_its_start(void **state)
{
	struct fake *f = begin(state);
	kaddr_t task = fake_kthread(f, 7, "new");
	struct stack s;

	fake_function(f, "ret_from_fork", NULL, FAKE_TEXT + 0x600, 0x100);
	sleeps_at(f, task, FAKE_TEXT + 0x600, top(f, task), 0);
	s = unwound(f, task);
	assert_functions(&s, "ret_from_fork");
	assert_true(s.complete);
}

/* outer() runs on an interrupt's stack; entry code made a pointer to the registers of %rbp. */
static void an_interrupt_is_gone_through(void **state)
{
	struct fake *f = begin(state);
	kaddr_t task = sleeper(f), inner = top(f, task) - 16 - 0x80;
	kaddr_t regs = inner - 0x200, irq = IRQ_STACK + 0xf00;
	struct stack s;

	fake_map(f, IRQ_STACK, 0x1000);
	registers(f, regs, INNER + 0x40, regs + 0x100, inner, KERNEL_CS);
	record(f, irq, regs | 1, ENTRY + 0x20);
	record(f, irq - 0x40, irq, OUTER + 0x20);
	registers(f, write_note(f, 0, 7), SLEEP + 0x20, irq - 0x80, irq - 0x40,
		  KERNEL_CS);
	fake_task_runs(f, task, 0);
	s = unwound(f, task);
	assert_functions(&s, "schedule", "worker_thread", "asm_irq", "vfs_read",
			 "worker_thread", "kthread", "asm_irq");
	assert_int_equal(s.v[3].kind, FRAME_INTERRUPT);
	assert_int_equal(s.v[3].regs, regs);
	assert_true(s.complete);
	/* In user mode that is the end. */
	registers(f, regs, 0x401000, 0x7ffe00001000, 0, USER_CS);
	s = unwound(f, task);
	assert_functions(&s, "schedule", "worker_thread", "asm_irq");
	assert_true(s.complete);
	registers(f, regs, 0, 0, 0, 0x1234);
	s = unwound(f, task);
	assert_why(&s, "leads to no registers");
}

/* Interrupted where it has no frame: %rbp is its caller's. */
static void who_called_what_has_no_frame_is_on_top(void **state)
{
	struct fake *f = begin(state);
	kaddr_t task = sleeper(f), inner = top(f, task) - 16 - 0x80, sp = inner - 0x100;
	kaddr_t note = write_note(f, 0, 7);
	struct stack s;

	fake_task_runs(f, task, 0);
	/* copy_page() never makes one. */
	registers(f, note, BARE + 0x10, sp, inner + 0x40, KERNEL_CS);
	fake_u64(f, sp, OUTER + 0x40);
	s = unwound(f, task);
	assert_functions(&s, "copy_page", "worker_thread", "kthread", "asm_irq");
	assert_true(s.v[1].guess);
	assert_true(s.complete);
	/* vfs_read() is about to, and then has %rbp on the stack. */
	registers(f, note, INNER + 5, sp, inner + 0x40, KERNEL_CS);
	fake_u64(f, sp, OUTER + 0x20);
	s = unwound(f, task);
	assert_functions(&s, "vfs_read", "worker_thread", "kthread", "asm_irq");
	registers(f, note, INNER + 6, sp, inner + 0x40, KERNEL_CS);
	record(f, sp, inner + 0x40, OUTER + 0x20);
	s = unwound(f, task);
	assert_functions(&s, "vfs_read", "worker_thread", "kthread", "asm_irq");
	/* With its own, what lies on top is its own matter. */
	registers(f, note, INNER + 0x40, sp, inner, KERNEL_CS);
	fake_u64(f, sp, OUTER + 0x20);
	s = unwound(f, task);
	assert_functions(&s, "vfs_read", "worker_thread", "kthread", "asm_irq");
	assert_false(s.v[1].guess);
	/* A call through NULL. */
	registers(f, note, 0, sp, inner, KERNEL_CS);
	fake_u64(f, sp, INNER + 0x20);
	s = unwound(f, task);
	assert_functions(&s, "", "vfs_read", "worker_thread", "kthread", "asm_irq");
}

/* Neither: it may keep anything in %rbp. */
static void without_frames_no_stacks(void **state)
{
	struct fake *f = begin(state);
	kaddr_t task = sleeper(f);
	struct stack s;

	fake_u8(f, START + 5, 0x53);
	fake_u8(f, INNER + 5, 0x53);
	s = unwound(f, task);
	assert_int_equal(s.n, 0);
	assert_why(&s, "CONFIG_UNWINDER_ORC");
}

static void damage(void **state)
{
	static const kaddr_t fps[] = {0,
				      1,
				      ~0ull,
				      ~0ull - 1,
				      0x8000000000000001,
				      0xbad,
				      FAKE_NOWHERE,
				      FAKE_NOWHERE + 1};
	struct fake *f = begin(state);
	kaddr_t task = sleeper(f), inner = top(f, task) - 16 - 0x80;
	struct stack s;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(fps); i++) {
		record(f, inner, fps[i], OUTER + 0x20);
		s = unwound(f, task);
		assert_functions(&s, "schedule", "vfs_read", "worker_thread");
		assert_why(&s, "");
	}
	fake_exclude(f, inner, 8);
	s = unwound(f, task);
	assert_false(s.complete);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(calls_are_followed_to_the_start),
		fake_test(a_chain_that_breaks_is_not_complete),
		fake_test(a_new_task_is_at_its_start),
		fake_test(an_interrupt_is_gone_through),
		fake_test(who_called_what_has_no_frame_is_on_top),
		fake_test(without_frames_no_stacks),
		fake_test(damage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
