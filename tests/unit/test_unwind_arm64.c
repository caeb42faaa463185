// SPDX-License-Identifier: GPL-2.0-or-later
#include "unwound.h"

#include "arch/arch.h"

/* start() called outer(), that inner(), that switched away; leaf() has no record. */
#define SWITCH FAKE_TEXT
#define INNER (FAKE_TEXT + 0x100)
#define OUTER (FAKE_TEXT + 0x200)
#define START (FAKE_TEXT + 0x300)
#define LEAF (FAKE_TEXT + 0x400)
#define ENTRY (FAKE_TEXT + 0x500)
#define IRQ_STACK 0xffffc90000004000ull

#define BL(from, to) (0x94000000u | (((uint32_t)((to) - (from)) >> 2) & 0x3ffffffu))
#define BLR 0xd63f0000u
#define NOP 0xd503201fu
#define EL0 0
#define EL1 5 /* with its own stack pointer */

static struct fake *begin(void **state)
{
	struct fake *f = fake_4_19_arm64();

	fake_destroy(*state);
	*state = f;
	fake_kernel(f);
	fake_function(f, "__switch_to", NULL, SWITCH, 0x100);
	fake_function(f, "inner", NULL, INNER, 0x100);
	fake_function(f, "outer", NULL, OUTER, 0x100);
	fake_function(f, "ret_from_fork", NULL, START, 0x100);
	fake_function(f, "leaf", NULL, LEAF, 0x100);
	fake_function(f, "el1_irq", NULL, ENTRY, 0x100);
	fake_symbol(f, "_stext", FAKE_TEXT);
	return f;
}

static void record(struct fake *f, kaddr_t at, kaddr_t next, kaddr_t ip)
{
	fake_u64(f, at, next);
	fake_u64(f, at + 8, ip);
}

static void switched_at(struct fake *f, kaddr_t task, kaddr_t fp, kaddr_t pc)
{
	fake_id_set(f, task, TASK_THREAD_FP, fp);
	fake_id_set(f, task, TASK_THREAD_SP, fp);
	fake_id_set(f, task, TASK_THREAD_PC, pc);
}

/* struct user_pt_regs, with which struct pt_regs begins. */
static void registers(struct fake *f, kaddr_t regs, kaddr_t pc, kaddr_t sp, kaddr_t fp,
		      unsigned int pstate)
{
	fake_u64(f, regs + 29 * 8, fp);
	fake_u64(f, regs + 31 * 8, sp);
	fake_u64(f, regs + 32 * 8, pc);
	fake_u64(f, regs + 33 * 8, pstate);
}

static void link_register(struct fake *f, kaddr_t regs, kaddr_t x30)
{
	fake_u64(f, regs + 30 * 8, x30);
}

/* The registers that an interrupt left at regs, and their record, which it returns. */
static kaddr_t exception(struct fake *f, kaddr_t regs, kaddr_t pc, kaddr_t sp, kaddr_t fp)
{
	kaddr_t at = regs + (kaddr_t)layout_offset(fake_dump(f), PT_REGS_STACKFRAME);

	registers(f, regs, pc, sp, fp, EL1);
	record(f, at, fp, pc);
	return at;
}

/* Its CPU's note, as the dying kernel writes it; returns pr_reg. */
static kaddr_t note(struct fake *f, unsigned int cpu, int pid)
{
	kaddr_t notes = fake_percpu_alloc(f, 512), at = fake_percpu(f, cpu, notes);

	fake_u64(f, fake_variable(f, "crash_notes", 8), notes);
	fake_u32(f, at, 5);
	fake_u32(f, at + 4, 392); /* sizeof(struct elf_prstatus) */
	fake_u32(f, at + 8, 1);
	fake_string(f, at + 12, "CORE");
	fake_u32(f, at + 20 + 32, (uint32_t)pid);
	return at + 20 + 112;
}

/* Its records, from this one up: inner()'s, outer()'s, and the end. */
static void records(struct fake *f, kaddr_t at)
{
	record(f, at, at + 0x40, INNER + 0x20);
	record(f, at + 0x40, at + 0x80, OUTER + 0x20);
	record(f, at + 0x80, 0, START + 0x10);
}

static kaddr_t sleeper(struct fake *f)
{
	kaddr_t task = fake_kthread(f, 7, "sleeper");
	kaddr_t at = fake_stack_top(f, task) - 0x200;

	records(f, at);
	switched_at(f, task, at, SWITCH + 0x20);
	return task;
}

/* ---- what a sound dump says --------------------------------------------- */

static void records_are_followed_to_the_start(void **state)
{
	struct fake *f = begin(state);
	struct stack s = unwound(f, sleeper(f));

	assert_functions(&s, "__switch_to", "inner", "outer", "ret_from_fork");
	assert_true(s.complete);
	assert_int_equal(s.v[0].kind, FRAME_SWITCHED);
	assert_int_equal(s.v[2].kind, FRAME_CALL);
	assert_int_equal(s.v[2].offset, 0x20);
}

static void a_task_that_has_not_run_yet_is_at_its_start(void **state)
{
	struct fake *f = begin(state);
	kaddr_t task = fake_kthread(f, 7, "new");
	struct stack s;

	switched_at(f, task, 0, START);
	fake_id_set(f, task, TASK_THREAD_SP, fake_stack_top(f, task) - 0x140);
	s = unwound(f, task);
	assert_functions(&s, "ret_from_fork");
	assert_int_equal(s.v[0].offset, 0);
	assert_true(s.complete);
}

/* The record of a system call's registers is empty: there is no caller. */
static void a_system_call_ends_at_an_empty_record(void **state)
{
	struct fake *f = begin(state);
	kaddr_t task = fake_task(f, 7, "caller");
	kaddr_t at = fake_stack_top(f, task) - 0x200;
	struct stack s;

	record(f, at, at + 0x80, INNER + 0x20);
	record(f, at + 0x80, 0, 0);
	switched_at(f, task, at, SWITCH + 0x20);
	s = unwound(f, task);
	assert_functions(&s, "__switch_to", "inner");
	assert_true(s.complete);
}

/* An interrupt's stack, then the task's, whose registers the entry code saved. */
static kaddr_t interrupted(struct fake *f, kaddr_t pc, kaddr_t *regs)
{
	kaddr_t task = fake_kthread(f, 7, "interrupted"), at, stack, irq;

	stack = fake_stack_top(f, task) - 0x300;
	*regs = stack - 0x150;
	records(f, stack);
	at = exception(f, *regs, pc, stack - 0x10, stack);
	irq = IRQ_STACK + 0xf00;
	fake_map(f, IRQ_STACK, 0x1000);
	record(f, irq, at, ENTRY + 0x80);
	fake_task_runs(f, task, 0);
	registers(f, note(f, 0, 7), INNER + 0x30, irq, irq, EL1);
	return task;
}

static void an_interrupt_is_crossed_with_its_registers(void **state)
{
	struct fake *f = begin(state);
	kaddr_t regs, task = interrupted(f, LEAF + 0x10, &regs);
	struct stack s = unwound(f, task);

	assert_functions(&s, "inner", "el1_irq", "leaf", "inner", "outer",
			 "ret_from_fork");
	assert_true(s.complete);
	assert_int_equal(s.v[0].kind, FRAME_REGISTERS);
	assert_int_equal(s.v[2].kind, FRAME_INTERRUPT);
	assert_int_equal(s.v[2].regs, regs);
	assert_int_equal(s.v[2].offset, 0x10);
	assert_int_equal(s.v[3].kind, FRAME_CALL);
	assert_false(s.v[2].irqs_off);
	fake_u64(f, regs + 33 * 8, EL1 | 0x80);
	s = unwound(f, task);
	assert_true(s.v[2].irqs_off);
}

/* Who calls nobody makes no record: its caller is in x30 alone. */
static void the_caller_of_a_leaf_is_in_its_link_register(void **state)
{
	struct fake *f = begin(state);
	kaddr_t regs, task = interrupted(f, LEAF + 0x10, &regs);
	struct stack s;

	fake_u32(f, OUTER + 0x40, BL(OUTER + 0x40, LEAF));
	link_register(f, regs, OUTER + 0x44);
	s = unwound(f, task);
	assert_functions(&s, "inner", "el1_irq", "leaf", "outer", "inner", "outer",
			 "ret_from_fork");
	assert_true(s.v[3].guess);
	assert_int_equal(s.v[3].offset, 0x44);
	assert_true(s.complete);
}

/* Its stack pointer is then its caller's, which points to the caller's record. */
static void a_leaf_may_use_no_stack(void **state)
{
	struct fake *f = begin(state);
	kaddr_t regs, task = interrupted(f, LEAF + 0x10, &regs);
	kaddr_t stack = fake_stack_top(f, task) - 0x300;
	struct stack s;

	exception(f, regs, LEAF + 0x10, stack, stack);
	fake_u32(f, OUTER + 0x40, BL(OUTER + 0x40, LEAF));
	link_register(f, regs, OUTER + 0x44);
	s = unwound(f, task);
	assert_functions(&s, "inner", "el1_irq", "leaf", "outer", "inner", "outer",
			 "ret_from_fork");
	assert_true(s.complete);
}

/* x30 of a function with a record: where its own last call came back to. */
static void a_link_register_into_the_function_itself_is_no_caller(void **state)
{
	struct fake *f = begin(state);
	kaddr_t regs, task = interrupted(f, LEAF + 0x50, &regs);
	struct stack s;

	fake_u32(f, LEAF + 0x40, BLR);
	link_register(f, regs, LEAF + 0x44);
	s = unwound(f, task);
	assert_functions(&s, "inner", "el1_irq", "leaf", "inner", "outer",
			 "ret_from_fork");
	/* Nor is what no call is in front of. */
	fake_u32(f, OUTER + 0x40, NOP);
	link_register(f, regs, OUTER + 0x44);
	s = unwound(f, task);
	assert_int_equal(s.n, 6);
	/* Nor what the record has as well. */
	fake_u32(f, INNER + 0x1c, BLR);
	link_register(f, regs, INNER + 0x20);
	s = unwound(f, task);
	assert_int_equal(s.n, 6);
}

/* arch_cpu_idle() makes its record, calls what waits, and takes the record down. */
static void a_short_function_has_a_record_too(void **state)
{
	struct fake *f = begin(state);
	kaddr_t regs, task = interrupted(f, LEAF + 0x18, &regs);
	struct stack s;

	fake_u32(f, LEAF + 0xc, BL(LEAF + 0xc, START));
	link_register(f, regs, LEAF + 0x10);
	s = unwound(f, task);
	assert_functions(&s, "inner", "el1_irq", "leaf", "inner", "outer",
			 "ret_from_fork");
	assert_true(s.complete);
}

static void a_function_that_has_just_called_itself(void **state)
{
	struct fake *f = begin(state);
	kaddr_t regs, task = interrupted(f, LEAF + 4, &regs);
	struct stack s;

	fake_u32(f, LEAF + 0x40, BL(LEAF + 0x40, LEAF));
	link_register(f, regs, LEAF + 0x44);
	s = unwound(f, task);
	assert_functions(&s, "inner", "el1_irq", "leaf", "leaf", "inner", "outer",
			 "ret_from_fork");
	assert_int_equal(s.v[3].offset, 0x44);
}

static void a_cpu_in_user_mode_has_no_frames(void **state)
{
	struct fake *f = begin(state);
	kaddr_t task = fake_task(f, 7, "user");
	struct stack s;

	fake_task_runs(f, task, 0);
	registers(f, note(f, 0, 7), 0x401000, 0x7ffe0000, 0x7ffe0010, EL0);
	s = unwound(f, task);
	assert_int_equal(s.n, 0);
	assert_true(s.user);
	assert_true(s.complete);
}

/* Pointer authentication: the signature is in the bits above those that address. */
static void signatures_are_taken_off(void **state)
{
	struct fake *f = begin(state);
	kaddr_t task = sleeper(f), at = fake_stack_top(f, task) - 0x200;
	struct stack s;

	record(f, at, at + 0x40, (INNER + 0x20) & ~0x7a35000000000000ull);
	s = unwound(f, task);
	assert_functions(&s, "__switch_to", "inner", "outer", "ret_from_fork");
	assert_int_equal(s.v[1].ip, INNER + 0x20);
}

/* ---- since 6.13 records of exceptions say that they are ------------------ */

static void since_6_13(struct fake *f)
{
	static const struct fake_row rows[] = {FAKE_M("frame_record_meta.type", 16, 8),
					       FAKE_T("frame_record_meta", 24)};

	fake_rows(f, rows, ARRAY_SIZE(rows));
}

static void a_record_of_registers_since_6_13(void **state)
{
	struct fake *f = begin(state);
	kaddr_t regs, at, task = interrupted(f, LEAF + 0x10, &regs);
	kaddr_t end = fake_stack_top(f, task) - 0x100;
	struct stack s;

	since_6_13(f);
	at = regs + (kaddr_t)layout_offset(fake_dump(f), PT_REGS_STACKFRAME);
	record(f, at, 0, 0);
	fake_u64(f, at + 16, 2);
	record(f, fake_stack_top(f, task) - 0x300 + 0x80, end, START + 0x10);
	record(f, end, 0, 0);
	fake_u64(f, end + 16, 1);
	s = unwound(f, task);
	assert_functions(&s, "inner", "el1_irq", "leaf", "inner", "outer",
			 "ret_from_fork");
	assert_true(s.complete);
	assert_int_equal(s.v[2].kind, FRAME_INTERRUPT);
	fake_u64(f, end + 16, 7);
	s = unwound(f, task);
	assert_why(&s, "of an unknown kind");
}

/* ---- what a damaged one says -------------------------------------------- */

static void records_in_a_circle_are_noticed(void **state)
{
	struct fake *f = begin(state);
	kaddr_t task = sleeper(f), at = fake_stack_top(f, task) - 0x200;
	struct stack s;

	record(f, at + 0x80, at + 0x40, START + 0x10);
	s = unwound(f, task);
	assert_why(&s, "wrong direction");
	assert_true(s.n < 10);
	/* On no stack of the task's: between two others. */
	fake_map(f, IRQ_STACK, 0x1000);
	record(f, IRQ_STACK, IRQ_STACK + 0x100, INNER + 0x20);
	record(f, IRQ_STACK + 0x100, IRQ_STACK, OUTER + 0x20);
	fake_task_runs(f, task, 0);
	registers(f, note(f, 0, 7), INNER + 0x30, IRQ_STACK, IRQ_STACK, EL1);
	s = unwound(f, task);
	assert_why(&s, "more changes of stack");
}

static void records_that_cannot_be_read_end_the_stack(void **state)
{
	struct fake *f = begin(state);
	kaddr_t task = sleeper(f), at = fake_stack_top(f, task) - 0x200;
	struct stack s;

	record(f, at + 0x40, FAKE_NOWHERE, OUTER + 0x20);
	s = unwound(f, task);
	assert_functions(&s, "__switch_to", "inner", "outer");
	assert_why(&s, "the frame record at 0x");
	record(f, at + 0x40, at + 0x83, OUTER + 0x20);
	s = unwound(f, task);
	assert_why(&s, "not aligned");
}

static void types_that_lack_the_context_give_no_stacks(void **state)
{
	struct fake *f = begin(state);
	struct stack s;

	fake_absent(f, "task_struct.thread.cpu_context.fp");
	s = unwound(f, sleeper(f));
	assert_why(&s, "struct cpu_context");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		fake_test(records_are_followed_to_the_start),
		fake_test(a_task_that_has_not_run_yet_is_at_its_start),
		fake_test(a_system_call_ends_at_an_empty_record),
		fake_test(an_interrupt_is_crossed_with_its_registers),
		fake_test(the_caller_of_a_leaf_is_in_its_link_register),
		fake_test(a_leaf_may_use_no_stack),
		fake_test(a_link_register_into_the_function_itself_is_no_caller),
		fake_test(a_short_function_has_a_record_too),
		fake_test(a_function_that_has_just_called_itself),
		fake_test(a_cpu_in_user_mode_has_no_frames),
		fake_test(signatures_are_taken_off),
		fake_test(a_record_of_registers_since_6_13),
		fake_test(records_in_a_circle_are_noticed),
		fake_test(records_that_cannot_be_read_end_the_stack),
		fake_test(types_that_lack_the_context_give_no_stacks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
