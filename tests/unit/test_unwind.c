// SPDX-License-Identifier: GPL-2.0-or-later
#include "unwound.h"

#include "arch/arch.h"

/* The kernel's numbers of registers until 7.0, and of types until 6.3. */
#define REG_NONE 0
#define REG_PREV_SP 1
#define REG_DX 2
#define REG_DI 3
#define REG_BP 4
#define REG_SP 5
#define REG_R10 6
#define REG_BP_INDIRECT 8
#define REG_SP_INDIRECT 9
#define CALL (0u << 8)
#define REGS (1u << 8)
#define PARTIAL (2u << 8)
#define END (1u << 10)

#define KERNEL_CS 0x10
#define USER_CS 0x33
#define MODULE_TEXT 0xffffffffc0000000ull
#define BPF_TEXT 0xffffffffc8000000ull
#define IRQ_STACK 0xffffc90000004000ull

/* One row of an ORC table: from this place on. */
struct row {
	kaddr_t at;
	int sp_offset, bp_offset;
	unsigned int sp_reg, bp_reg, type;
};

/*
 * Text: outer() at OUTER calls inner() at INNER; entry() at ENTRY is asm that an
 * interrupt goes through; below start_thread() at START there is nothing.
 */
#define START FAKE_TEXT
#define OUTER (FAKE_TEXT + 0x100)
#define INNER (FAKE_TEXT + 0x200)
#define ENTRY (FAKE_TEXT + 0x300)
#define SWITCH (FAKE_TEXT + 0x400)
#define FRAMED (FAKE_TEXT + 0x500)
#define TEXT_END (FAKE_TEXT + 0x600)

static const struct row text[] = {
	{START, 0, 0, REG_NONE, REG_NONE, END},
	{OUTER, 8, 0, REG_SP, REG_NONE, CALL},
	{OUTER + 0x10, 32, 0, REG_SP, REG_NONE, CALL},
	{INNER, 8, 0, REG_SP, REG_NONE, CALL},
	{INNER + 0x10, 24, -16, REG_SP, REG_PREV_SP, CALL},
	{ENTRY, 0, 0, REG_SP, REG_NONE, REGS},
	{ENTRY + 0x80, 0, 0, REG_SP, REG_NONE, PARTIAL},
	{SWITCH, 8, 0, REG_SP_INDIRECT, REG_NONE, CALL},
	{FRAMED, 16, -16, REG_BP, REG_PREV_SP, CALL},
	{TEXT_END, 0, 0, REG_NONE, REG_NONE, CALL},
	{TEXT_END + 0x100, 0, 0, REG_NONE, REG_NONE, CALL},
};

static void write_table(struct fake *f, kaddr_t ip, kaddr_t orc, const struct row *rows,
			size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		fake_u32(f, ip + 4 * i, (uint32_t)(rows[i].at - (ip + 4 * i)));
		fake_u16(f, orc + 6 * i, (uint16_t)rows[i].sp_offset);
		fake_u16(f, orc + 6 * i + 2, (uint16_t)rows[i].bp_offset);
		fake_u16(f, orc + 6 * i + 4,
			 (uint16_t)(rows[i].sp_reg | rows[i].bp_reg << 4 | rows[i].type));
	}
}

static void kernel_table(struct fake *f, const struct row *rows, size_t n)
{
	kaddr_t ip = fake_variable(f, "__start_orc_unwind_ip", n * 4);
	kaddr_t orc = fake_variable(f, "__start_orc_unwind", n * 6);

	fake_symbol(f, "__stop_orc_unwind_ip", ip + n * 4);
	write_table(f, ip, orc, rows, n);
}

static void module_text_at(struct fake *f, kaddr_t mod, enum layout_id part, kaddr_t base,
			   size_t size)
{
	fake_id_set(f, fake_id_at(f, mod, part), MODULE_LAYOUT_BASE, base);
	fake_id_set(f, fake_id_at(f, mod, part), MODULE_LAYOUT_TEXT, size);
}

static void module_num_orcs(struct fake *f, kaddr_t mod, uint64_t n)
{
	fake_id_set(f, fake_id_at(f, mod, MODULE_ARCH), ARCH_NUM_ORCS, n);
}

static kaddr_t module_init(struct fake *f)
{
	kaddr_t head = fake_variable(f, "modules", 16);

	fake_list_head(f, head);
	return head;
}

/* A module with its text at base, and no debuginfo. */
static kaddr_t module_add(struct fake *f, kaddr_t head, const char *name, kaddr_t base,
			  size_t size, const struct row *rows, size_t n)
{
	kaddr_t mod = fake_alloc(f, 2048);
	/* Its tables are within reach of its text, as the loader sees to. */
	kaddr_t ip = base + size + 0x1000, orc = ip + 0x1000;

	if (layout_has(fake_dump(f), MODULE_CORE))
		module_text_at(f, mod, MODULE_CORE, base, size);
	module_num_orcs(f, mod, n);
	fake_id_set(f, fake_id_at(f, mod, MODULE_ARCH), ARCH_ORC_IP, ip);
	fake_id_set(f, fake_id_at(f, mod, MODULE_ARCH), ARCH_ORC, orc);
	fake_set_string(f, mod, "module.name", name);
	fake_list_add_tail(f, head, fake_id_at(f, mod, MODULE_LIST));
	write_table(f, ip, orc, rows, n);
	return mod;
}

static struct fake *begin(void **state)
{
	struct fake *f = *state;

	fake_kernel(f);
	fake_function(f, "start_thread", NULL, START, 0x100);
	fake_function(f, "outer", NULL, OUTER, 0x100);
	fake_function(f, "inner", NULL, INNER, 0x100);
	fake_function(f, "entry", NULL, ENTRY, 0x100);
	fake_function(f, "switch_stack", NULL, SWITCH, 0x100);
	fake_function(f, "framed", NULL, FRAMED, 0x100);
	return f;
}

/* As begin(), with the kernel's table. */
static struct fake *begin_text(void **state)
{
	struct fake *f = begin(state);

	kernel_table(f, text, ARRAY_SIZE(text));
	return f;
}

/* Switched out at ip with this much stack in use; returns the stack pointer. */
static kaddr_t sleeps_at(struct fake *f, kaddr_t task, kaddr_t ip, size_t used,
			 kaddr_t bp)
{
	kaddr_t sp = fake_stack_top(f, task) - used;
	kaddr_t frame = sp - (kaddr_t)layout_size(fake_dump(f), INACTIVE_FRAME);

	fake_id_set(f, frame, INACTIVE_FRAME_BP, bp);
	fake_id_set(f, frame, INACTIVE_FRAME_RET, ip);
	fake_id_set(f, task, TASK_THREAD_SP, frame);
	return sp;
}

static void write_regs(struct fake *f, kaddr_t regs, kaddr_t ip, kaddr_t sp, kaddr_t bp,
		       unsigned int cs)
{
	fake_id_set(f, regs, PT_REGS_IP, ip);
	fake_id_set(f, regs, PT_REGS_SP, sp);
	fake_id_set(f, regs, PT_REGS_BP, bp);
	fake_id_set(f, regs, PT_REGS_CS, cs);
}

/* inner() slept; outer() called it; start_thread() called that. */
static kaddr_t sleeper(struct fake *f)
{
	kaddr_t task = fake_kthread(f, 7, "sleeper");
	kaddr_t sp = sleeps_at(f, task, INNER + 0x20, 0x100, 0);

	fake_u64(f, sp + 16, OUTER + 0x20);
	fake_u64(f, sp + 24 + 24, START + 0x20);
	return task;
}

/* ---- what a sound dump says --------------------------------------------- */

static void calls_are_followed_to_the_start(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = sleeper(f);
	struct stack s = unwound(f, task);

	assert_functions(&s, "inner", "outer", "start_thread");
	assert_true(s.complete);
	assert_null(s.why);
	assert_false(s.user);
	assert_int_equal(s.v[0].kind, FRAME_SWITCHED);
	assert_int_equal(s.v[1].kind, FRAME_CALL);
	assert_int_equal(s.v[1].offset, 0x20);
	assert_int_equal(s.v[1].ip, OUTER + 0x20);
	assert_int_equal(s.v[0].up, 0);
	assert_int_equal(s.v[1].up, 24);
	assert_string_equal(s.v[1].module, "");
	assert_ptr_equal(stack_find(&s, "outer"), &s.v[1]);
	assert_null(stack_find(&s, "out"));
	/* However the compiler has split it. */
	s.v[1].function = "outer.part.0.isra.1";
	assert_ptr_equal(stack_find(&s, "outer"), &s.v[1]);
	assert_false(frame_is(&s.v[1], "outer.part"));
}

/* Each where its own stack is. */
static void frames_of_equal_stacks_are_kept_once(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t one = sleeper(f), other = sleeper(f), third = sleeper(f);
	struct unwinder *u = unwinder_of(f);
	struct stack s[3];
	struct tasks tasks;

	fake_u64(f, fake_stack_top(f, third) - 0x100 + 16, FRAMED + 0x20);
	assert_true(tasks_read(fake_dump(f), &tasks));
	unwind_task(u, task_by_addr(&tasks, one), &s[0]);
	unwind_task(u, task_by_addr(&tasks, other), &s[1]);
	unwind_task(u, task_by_addr(&tasks, third), &s[2]);
	assert_functions(&s[0], "inner", "outer", "start_thread");
	assert_ptr_equal(s[0].v, s[1].v);
	assert_int_equal(s[0].sp, fake_stack_top(f, one) - 0x100);
	assert_int_equal(s[1].sp, fake_stack_top(f, other) - 0x100);
	assert_ptr_not_equal(s[0].v, s[2].v);
}

/* The address after a call that does not return belongs to the next function. */
static void a_return_address_belongs_to_its_call(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = fake_kthread(f, 7, "sleeper");
	kaddr_t sp = sleeps_at(f, task, ENTRY, 0x100, 0);
	struct stack s;

	fake_u64(f, sp + 16, START + 0x20);
	s = unwound(f, task);
	assert_functions(&s, "inner", "start_thread");
	assert_int_equal(s.v[0].offset, 0x100);
	assert_true(s.complete);
}

static void a_task_that_has_not_run_yet_is_at_its_start(void **state)
{
	struct fake *f = begin(state);
	kaddr_t task = fake_kthread(f, 7, "new");
	struct row rows[ARRAY_SIZE(text)];
	struct stack s;

	memcpy(rows, text, sizeof(rows));
	rows[0].at -= 0x10; /* what lies before it must not be looked at */
	rows[0].type = CALL;
	rows[1] = (struct row){START, 0, 0, REG_NONE, REG_NONE, END};
	kernel_table(f, rows, ARRAY_SIZE(rows));
	fake_no_symbol(f, "start_thread");
	fake_function(f, "ret_from_fork", NULL, START, 0x100);
	sleeps_at(f, task, START, 0x100, 0);
	s = unwound(f, task);
	assert_functions(&s, "ret_from_fork");
	assert_true(s.complete);
}

static void interrupted_code_is_looked_up_where_it_was(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = fake_kthread(f, 7, "interrupted");
	kaddr_t sp = sleeps_at(f, task, ENTRY + 0x10, 0x200, 0);
	/* At its very first instruction: before it lies another function. */
	kaddr_t at = sp + 0x100;
	struct stack s;

	write_regs(f, sp, INNER, at, 0, KERNEL_CS);
	fake_u64(f, at, START + 0x20);
	s = unwound(f, task);
	assert_functions(&s, "entry", "inner", "start_thread");
	assert_true(s.complete);
	assert_int_equal(s.v[1].kind, FRAME_INTERRUPT);
	assert_int_equal(s.v[1].regs, sp);
	assert_false(s.v[1].partial);
	assert_int_equal(s.v[1].offset, 0);
	assert_int_equal(s.v[2].kind, FRAME_CALL);
	assert_int_equal(s.v[2].regs, 0);
}

static void a_system_call_ends_in_user_mode(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = fake_task(f, 7, "caller");
	kaddr_t sp = sleeps_at(f, task, ENTRY + 0x10, 0xa8, 0);
	struct stack s;

	write_regs(f, sp, 0x401000, 0x7ffe00001000, 0, USER_CS);
	s = unwound(f, task);
	assert_functions(&s, "entry");
	assert_true(s.complete);
	assert_false(s.user);
}

/* Of partial registers bp is not among what was saved: the last whole ones hold. */
static void partial_registers_fall_back_on_whole_ones(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = fake_kthread(f, 7, "nested");
	kaddr_t sp = sleeps_at(f, task, ENTRY + 0x10, 0x800, 0xbad);
	kaddr_t iret = sp + 0x100, framed = sp + 0x200, ip_at;
	struct stack s;

	ip_at = (kaddr_t)layout_offset(fake_dump(f), PT_REGS_IP);
	/* Everything was saved in entry code, which had saved only what the CPU did. */
	write_regs(f, sp, ENTRY + 0x90, iret, framed, KERNEL_CS);
	fake_map(f, iret - ip_at, 168);
	fake_u64(f, iret, FRAMED + 0x10);
	fake_u64(f, iret + 8, KERNEL_CS);
	fake_u64(f, iret + 24, iret + 0x40);
	fake_u64(f, framed, 0);
	fake_u64(f, framed + 8, START + 0x20);
	s = unwound(f, task);
	assert_functions(&s, "entry", "entry", "framed", "start_thread");
	assert_true(s.complete);
	assert_int_equal(s.v[2].regs, iret - ip_at);
	assert_true(s.v[2].partial);
	assert_false(s.v[1].partial);
}

static void the_frame_pointer_is_kept_and_restored(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = fake_kthread(f, 7, "framed");
	kaddr_t sp = sleeps_at(f, task, INNER + 0x20, 0x200, 0xbad), framed = sp + 0x80;
	struct stack s;

	fake_u64(f, sp + 8, framed); /* inner() saved it 16 below its caller's stack */
	fake_u64(f, sp + 16, FRAMED + 0x20);
	fake_u64(f, framed, 0);
	fake_u64(f, framed + 8, START + 0x20);
	s = unwound(f, task);
	assert_functions(&s, "inner", "framed", "start_thread");
	assert_int_equal(s.sp + s.v[2].up, framed + 16);
	assert_true(s.complete);
}

/* switch_stack() ran on an interrupt stack, on top of which lies the old one. */
static void check_change_of_stack(struct fake *f, int offset, size_t slot, size_t extra)
{
	struct row rows[ARRAY_SIZE(text)];
	kaddr_t task = fake_kthread(f, 7, "irq"), top = IRQ_STACK + 0x1000;
	kaddr_t sp = sleeps_at(f, task, INNER + 0x20, 0x400, 0), old = sp + 0x200;
	struct stack s;

	memcpy(rows, text, sizeof(rows));
	rows[7].sp_offset = offset;
	kernel_table(f, rows, ARRAY_SIZE(rows));
	fake_map(f, IRQ_STACK, 0x2000);
	/* The task runs: its registers are those of inner() on the interrupt stack. */
	fake_task_runs(f, task, 0);
	write_regs(f, write_note(f, 0, 7), INNER + 0x20, top - 0x100, 0, KERNEL_CS);
	fake_u64(f, top - 0x100 + 16, SWITCH + 0x20);
	fake_u64(f, top - 0x100 + 24 + slot, old);
	fake_u64(f, old + extra - 8, START + 0x20);
	s = unwound(f, task);
	assert_functions(&s, "inner", "switch_stack", "start_thread");
	assert_int_equal(s.v[0].kind, FRAME_REGISTERS);
	assert_true(s.complete);
}

static void a_change_of_stack_since_5_12(void **state)
{
	/* The old stack pointer lies where ours points; the offset is added to it. */
	check_change_of_stack(begin(state), 8, 0, 8);
}

static void a_change_of_stack_before_5_12(void **state)
{
	/* It lies at the offset from ours. */
	check_change_of_stack(begin(state), 16, 16, 0);
}

static const struct row module_text[] = {
	{MODULE_TEXT, 8, 0, REG_SP, REG_NONE, CALL},
	{MODULE_TEXT + 0x10, 40, 0, REG_SP, REG_NONE, CALL},
	{MODULE_TEXT + 0x100, 0, 0, REG_NONE, REG_NONE, CALL},
};

/* inner() was called by the module, that by outer(). */
static kaddr_t module_sleeper(struct fake *f)
{
	kaddr_t task = fake_kthread(f, 7, "modprobe");
	kaddr_t sp = sleeps_at(f, task, INNER + 0x20, 0x100, 0);

	fake_u64(f, sp + 16, MODULE_TEXT + 0x20);
	fake_u64(f, sp + 24 + 32, OUTER + 0x20);
	fake_u64(f, sp + 24 + 40 + 24, START + 0x20);
	return task;
}

static void a_module_needs_no_debuginfo(void **state)
{
	struct fake *f = begin_text(state);
	struct stack s;

	fake_function(f, "some_ioctl", "some", MODULE_TEXT, 0x100);
	module_add(f, module_init(f), "some", MODULE_TEXT, 0x1000, module_text,
		   ARRAY_SIZE(module_text));
	s = unwound(f, module_sleeper(f));
	assert_functions(&s, "inner", "some_ioctl", "outer", "start_thread");
	assert_string_equal(s.v[1].module, "some");
	assert_true(s.complete);
}

static kaddr_t module_in_init(struct fake *f)
{
	kaddr_t mod = module_add(f, module_init(f), "some", MODULE_TEXT, 0x1000,
				 module_text, ARRAY_SIZE(module_text));

	module_text_at(f, mod, MODULE_CORE, MODULE_TEXT + 0x10000, 0x1000);
	module_text_at(f, mod, MODULE_INIT, MODULE_TEXT, 0x1000);
	return mod;
}

static void a_module_has_text_of_its_init(void **state)
{
	struct fake *f = begin_text(state);
	struct stack s;

	module_in_init(f);
	s = unwound(f, module_sleeper(f));
	assert_functions(&s, "inner", "", "outer", "start_thread");
	assert_string_equal(s.v[1].module, "some");
	assert_string_equal(s.v[0].module, "");
	assert_true(s.complete);
}

/* Its own symbol table, as long as its init runs; returns where the table is. */
static kaddr_t module_symbols(struct fake *f, kaddr_t mod)
{
	static const char strings[] = "\0probe\0$x\0init_module\0imported\0exit";
	static const struct {
		uint32_t name;
		uint16_t section;
		kaddr_t value;
	} symbols[] = {
		{0, 0, 0},
		{0, 2, MODULE_TEXT}, /* a section */
		{10, 2, MODULE_TEXT + 0x40},
		{1, 2, MODULE_TEXT + 0x10},
		{10, 2, MODULE_TEXT + 0x10},
		{7, 2, MODULE_TEXT + 0x18}, /* "$x" */
		{22, 0, MODULE_TEXT + 0x1c},
		{31, 1, MODULE_TEXT - 0x1000},
	};
	kaddr_t kallsyms = fake_alloc(f, 32), symtab = fake_alloc(f, 256), strtab;
	size_t i;

	strtab = fake_alloc(f, sizeof(strings));
	fake_bytes(f, strtab, strings, sizeof(strings));
	for (i = 0; i < ARRAY_SIZE(symbols); i++) {
		fake_u32(f, symtab + 24 * i, symbols[i].name);
		fake_u16(f, symtab + 24 * i + 6, symbols[i].section);
		fake_u64(f, symtab + 24 * i + 8, symbols[i].value);
	}
	fake_id_set(f, kallsyms, KALLSYMS_SYMTAB, symtab);
	fake_id_set(f, kallsyms, KALLSYMS_COUNT, ARRAY_SIZE(symbols));
	fake_id_set(f, kallsyms, KALLSYMS_STRTAB, strtab);
	fake_id_set(f, mod, MODULE_KALLSYMS, kallsyms);
	return kallsyms;
}

/* No reader has them: the kernel throws them away with the text. */
static void the_functions_of_an_init_have_the_modules_own_names(void **state)
{
	struct fake *f = begin_text(state);
	struct stack s;

	module_symbols(f, module_in_init(f));
	s = unwound(f, module_sleeper(f));
	assert_functions(&s, "inner", "probe", "outer", "start_thread");
	assert_int_equal(s.v[1].offset, 0x10);
	assert_string_equal(s.v[1].module, "some");
	assert_true(s.v[1].init);
	assert_false(s.v[0].init);
	assert_true(s.complete);
}

static void a_module_may_lie_of_its_symbols(void **state)
{
	static const uint64_t counts[] = {0, 2, 0xffffffff};
	struct fake *f = begin_text(state);
	kaddr_t kallsyms = module_symbols(f, module_in_init(f));
	kaddr_t task = module_sleeper(f);
	struct stack s;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		fake_id_set(f, kallsyms, KALLSYMS_COUNT, counts[i]);
		s = unwound(f, task);
		assert_functions(&s, "inner", "", "outer", "start_thread");
	}
	fake_id_set(f, kallsyms, KALLSYMS_COUNT, 8);
	fake_id_set(f, kallsyms, KALLSYMS_STRTAB, FAKE_NOWHERE);
	s = unwound(f, task);
	assert_functions(&s, "inner", "", "outer", "start_thread");
	fake_id_set(f, kallsyms, KALLSYMS_SYMTAB, FAKE_NOWHERE);
	s = unwound(f, task);
	assert_functions(&s, "inner", "", "outer", "start_thread");
	assert_string_equal(s.v[1].module, "some");
	assert_true(s.complete);
}

/* Whose memory is addr in?  NULL: no module's. */
static void assert_owner(struct fake *f, kaddr_t addr, const char *name)
{
	struct modules modules;
	const struct module *m;

	modules_read(fake_dump(f), &modules);
	m = module_of_address(&modules, addr);
	if (!name)
		assert_null(m);
	else
		assert_string_equal(m ? m->name : "(none)", name);
}

static void a_module_of_6_4_has_kinds_of_memory(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t mod;
	struct stack s;

	fake_type(f, "module_memory", 80);
	fake_absent(f, "module.core_layout");
	fake_absent(f, "module.init_layout");
	fake_member(f, "module", "mem", 1024, 7 * 80);
	fake_member(f, "module_memory", "base", 0, 8);
	fake_member(f, "module_memory", "size", 8, 4);
	mod = module_add(f, module_init(f), "some", MODULE_TEXT, 0x1000, module_text,
			 ARRAY_SIZE(module_text));
	fake_id_set(f, fake_id_at(f, mod, MODULE_MEM), MODULE_MEM_BASE, MODULE_TEXT);
	fake_id_set(f, fake_id_at(f, mod, MODULE_MEM), MODULE_MEM_SIZE, 0x1000);
	s = unwound(f, module_sleeper(f));
	assert_functions(&s, "inner", "", "outer", "start_thread");
	/* MOD_DATA */
	fake_u64(f, fake_id_at(f, mod, MODULE_MEM) + 80, MODULE_TEXT + 0x20000);
	fake_u32(f, fake_id_at(f, mod, MODULE_MEM) + 88, 0x1000);
	assert_owner(f, MODULE_TEXT + 0x20800, "some");
	assert_owner(f, MODULE_TEXT + 0x1000, NULL);
}

static void all_of_a_module_is_its_own_not_only_its_text(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t mod = module_add(f, module_init(f), "some", MODULE_TEXT, 0x1000,
				 module_text, ARRAY_SIZE(module_text));

	fake_id_set(f, fake_id_at(f, mod, MODULE_CORE), MODULE_LAYOUT_SIZE, 0x3000);
	assert_owner(f, MODULE_TEXT + 0x2fff, "some");
	assert_owner(f, MODULE_TEXT + 0x3000, NULL);
	assert_owner(f, MODULE_TEXT - 1, NULL);
}

/* ---- other releases ----------------------------------------------------- */

/* The same text in another release's bits. */
static void check_release(struct fake *f, bool end, bool signal, bool reordered)
{
	/* number before 7.1 -> since */
	static const unsigned int second[] = {0, 8, 2, 5, 4, 3, 6, 7, 10, 9};
	struct row rows[ARRAY_SIZE(text)];
	struct stack s;
	kaddr_t task, sp, at;
	size_t i;

	if (!end)
		fake_absent(f, "orc_entry.end");
	if (signal)
		fake_member(f, "orc_entry", "signal", 5, 4);
	memcpy(rows, text, sizeof(rows));
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct row *r = &rows[i];
		unsigned int type = r->type >> 8 & 3, is_end = r->type == END;
		unsigned int is_signal = signal && type;

		if (end) {
			r->type = type << 8 | is_signal << 10 |
				  is_end << (signal ? 11 : 10);
		} else {
			type = r->sp_reg ? type + 2 : is_end;
			r->type = type << 8 | is_signal << 11;
		}
		if (reordered) {
			r->sp_reg = second[r->sp_reg];
			r->bp_reg = second[r->bp_reg];
		}
	}
	kernel_table(f, rows, ARRAY_SIZE(rows));
	task = fake_kthread(f, 7, "interrupted");
	sp = sleeps_at(f, task, ENTRY + 0x10, 0x200, 0);
	at = sp + 0x100;
	write_regs(f, sp, INNER, at, 0, KERNEL_CS);
	fake_u64(f, at, OUTER + 0x20);
	fake_u64(f, at + 8 + 24, START + 0x20);
	s = unwound(f, task);
	assert_functions(&s, "entry", "inner", "outer", "start_thread");
	assert_int_equal(s.v[1].kind, FRAME_INTERRUPT);
	assert_true(s.complete);
}

static void entries_of_5_10(void **state)
{
	check_release(begin(state), true, false, false);
}

static void entries_of_6_3(void **state)
{
	check_release(begin(state), true, true, false);
}

static void entries_of_6_4(void **state)
{
	check_release(begin(state), false, true, false);
}

static void entries_of_7_1(void **state)
{
	check_release(begin(state), false, true, true);
}

/* ---- a task on a CPU ---------------------------------------------------- */

static void a_running_task_has_the_registers_of_its_cpu(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = sleeper(f), sp = fake_stack_top(f, task) - 0x800, regs;
	struct stack s;

	fake_task_runs(f, task, 1);
	regs = write_note(f, 1, 7);
	write_regs(f, regs, FRAMED + 0x20, sp, sp + 0x40, KERNEL_CS);
	fake_u64(f, sp + 0x40, 0);
	fake_u64(f, sp + 0x48, START + 0x20);
	s = unwound(f, task);
	assert_functions(&s, "framed", "start_thread");
	assert_int_equal(s.v[0].kind, FRAME_REGISTERS);
	assert_int_equal(s.v[0].regs, regs);
	assert_true(s.complete);
	/* Of a frame without registers it is not known. */
	assert_true(s.v[0].irqs_off && !s.v[1].irqs_off);
	fake_id_set(f, regs, PT_REGS_FLAGS, 0x246);
	s = unwound(f, task);
	assert_false(s.v[0].irqs_off);
}

static void a_task_in_user_mode_has_no_frames(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = sleeper(f);
	struct stack s;

	fake_task_runs(f, task, 0);
	write_regs(f, write_note(f, 0, 7), 0x401000, 0x7ffe00001000, 0, USER_CS);
	s = unwound(f, task);
	assert_int_equal(s.n, 0);
	assert_true(s.user);
	assert_true(s.complete);
}

static void a_task_about_to_run_is_still_switched_out(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = sleeper(f);
	struct stack s;

	fake_task_runs(f, task, 0);
	write_regs(f, write_note(f, 0, 8), FRAMED, FAKE_NOWHERE, 0, KERNEL_CS);
	s = unwound(f, task);
	assert_functions(&s, "inner", "outer", "start_thread");
	assert_true(s.complete);
}

static void a_cpu_that_saved_nothing_is_said_so(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = sleeper(f), note;
	struct stack s;

	fake_task_runs(f, task, 0);
	s = unwound(f, task);
	assert_why(&s, "no crash_notes");
	note = fake_percpu_alloc(f, 512);
	fake_u64(f, fake_variable(f, "crash_notes", 8), note);
	s = unwound(f, task);
	assert_why(&s, "no registers of its CPU");
	/* A note that claims to be larger than a page, or smaller than registers. */
	fake_u32(f, fake_percpu(f, 0, note), 5);
	fake_u32(f, fake_percpu(f, 0, note) + 8, 1);
	fake_string(f, fake_percpu(f, 0, note) + 12, "CORE");
	fake_u32(f, fake_percpu(f, 0, note) + 4, 0xffffffff);
	s = unwound(f, task);
	assert_why(&s, "no registers of its CPU");
	fake_u32(f, fake_percpu(f, 0, note) + 4, 100);
	s = unwound(f, task);
	assert_why(&s, "no registers of its CPU");
	fake_unmap(f, fake_percpu(f, 0, note), 1);
	s = unwound(f, task);
	assert_why(&s, "cannot be read");
	assert_int_equal(s.n, 0);
}

/* As QEMU writes it down when it dumps a machine that runs. */
static unsigned char *write_host_note(struct fake *f, unsigned int cpu, kaddr_t ip,
				      kaddr_t sp, unsigned int cs)
{
	unsigned char *note = fake_cpu_note(f, cpu), *regs = note + 112;
	const struct {
		enum layout_id id;
		uint64_t v;
	} all[] = {{PT_REGS_IP, ip}, {PT_REGS_SP, sp}, {PT_REGS_CS, cs}};
	uint32_t pid = cpu + 1;
	size_t i;

	memcpy(note + 32, &pid, sizeof(pid));
	for (i = 0; i < ARRAY_SIZE(all); i++)
		memcpy(regs + layout_offset(fake_dump(f), all[i].id), &all[i].v,
		       sizeof(all[i].v));
	return note;
}

static void the_host_that_dumped_a_machine_has_its_registers(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = sleeper(f), other = fake_kthread(f, 8, "other");
	kaddr_t sp = sleeps_at(f, task, INNER + 0x20, 0x100, 0);
	unsigned char *note;
	struct stack s;

	fake_task_runs(f, task, 1);
	write_host_note(f, 1, INNER + 0x20, sp, KERNEL_CS);
	fake_u64(f, sp + 16, OUTER + 0x20);
	fake_u64(f, sp + 24 + 24, START + 0x20);
	s = unwound(f, task);
	assert_functions(&s, "inner", "outer", "start_thread");
	assert_int_equal(s.v[0].kind, FRAME_REGISTERS);
	assert_int_equal(s.v[0].regs, 0);
	assert_true(s.complete);
	write_host_note(f, 1, 0x400000, 0x7fff0000, USER_CS);
	s = unwound(f, task);
	assert_true(s.user);
	/* In the middle of a change of tasks it is on the other's stack. */
	sp = sleeps_at(f, other, INNER + 0x20, 0x100, 0);
	note = write_host_note(f, 1, INNER + 0x20, sp, KERNEL_CS);
	fake_u64(f, sp + 16, OUTER + 0x20);
	fake_u64(f, sp + 24 + 24, START + 0x20);
	s = unwound(f, task);
	assert_why(&s, "on another stack");
	assert_int_equal(s.n, 0);
	/* A note of a task, as a dying kernel's. */
	note[32] = 7;
	s = unwound(f, task);
	assert_why(&s, "no crash_notes");
}

/* ---- code without ORC --------------------------------------------------- */

static void a_call_through_null_came_from_its_caller(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = fake_kthread(f, 7, "oops");
	kaddr_t sp = sleeps_at(f, task, ENTRY + 0x10, 0x200, 0), at = sp + 0x100;
	struct stack s;

	write_regs(f, sp, 0, at, 0, KERNEL_CS);
	fake_u64(f, at, OUTER + 0x20);
	fake_u64(f, at + 8 + 24, START + 0x20);
	s = unwound(f, task);
	assert_functions(&s, "entry", "", "outer", "start_thread");
	assert_int_equal(s.v[1].ip, 0);
	assert_true(s.v[2].guess);
	assert_false(s.v[3].guess);
	assert_true(s.complete);
}

static void generated_code_keeps_a_frame_pointer(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = fake_kthread(f, 7, "bpf");
	kaddr_t sp = sleeps_at(f, task, INNER + 0x20, 0x200, 0), bp = sp + 0x80;
	struct stack s;

	fake_u64(f, sp + 8, bp);
	fake_u64(f, sp + 16, BPF_TEXT + 0x40);
	fake_u64(f, bp, 0);
	fake_u64(f, bp + 8, OUTER + 0x20);
	fake_u64(f, bp + 16 + 24, START + 0x20);
	s = unwound(f, task);
	assert_functions(&s, "inner", "", "outer", "start_thread");
	assert_int_equal(s.v[1].ip, BPF_TEXT + 0x40);
	assert_true(s.v[2].guess);
}

static void a_guess_that_leads_nowhere_is_not_made(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = fake_kthread(f, 7, "trampoline");
	kaddr_t sp = sleeps_at(f, task, INNER + 0x20, 0x200, 0), bp = sp + 0x80;
	struct stack s;

	fake_u64(f, sp + 8, bp);
	fake_u64(f, sp + 16, BPF_TEXT + 0x40);
	fake_u64(f, bp + 8, 0x1234);
	s = unwound(f, task);
	/* It may as well have been no return address. */
	assert_functions(&s, "inner");
	assert_why(&s, "0xffffffffc8000040 is in no text");
}

static void text_without_hints_ends_the_stack(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = fake_kthread(f, 7, "asm");
	kaddr_t sp = sleeps_at(f, task, INNER + 0x20, 0x200, 0);
	struct stack s;

	fake_function(f, "some_asm", NULL, TEXT_END, 0x100);
	fake_u64(f, sp + 16, TEXT_END + 0x20);
	s = unwound(f, task);
	assert_why(&s, "ORC has nothing to say of some_asm");
	assert_functions(&s, "inner", "some_asm");
}

/* Write `call to` so that it ends at ret. */
static void write_call(struct fake *f, kaddr_t ret, kaddr_t to)
{
	fake_u8(f, ret - 5, 0xe8);
	fake_u32(f, ret - 4, (uint32_t)(to - ret));
}

/* __crash_kexec() has no ORC, and every kernel that panicked stops in it. */
static void code_that_objtool_left_out_ends_at_its_call(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = sleeper(f), sp = fake_stack_top(f, task) - 0x400;
	struct stack s;

	fake_function(f, "__crash_kexec", NULL, TEXT_END, 0x100);
	fake_task_runs(f, task, 0);
	write_regs(f, write_note(f, 0, 7), TEXT_END + 0x98, sp, sp + 0xf0, KERNEL_CS);
	/* Not this one: it called another function. */
	fake_u64(f, sp + 0x20, OUTER + 0x40);
	write_call(f, OUTER + 0x40, INNER);
	fake_u64(f, sp + 0xb8, FRAMED + 0x30);
	write_call(f, FRAMED + 0x30, TEXT_END);
	fake_u64(f, sp + 0xf0, 0);
	fake_u64(f, sp + 0xf8, START + 0x20);
	s = unwound(f, task);
	assert_functions(&s, "__crash_kexec", "framed", "start_thread");
	assert_true(s.v[1].guess);
	assert_int_equal(s.sp + s.v[1].up, sp + 0xc0);
	assert_true(s.complete);
	/* With call depth tracking, what is called is the padding before it. */
	write_call(f, FRAMED + 0x30, TEXT_END - 10);
	s = unwound(f, task);
	assert_functions(&s, "__crash_kexec", "framed", "start_thread");
	write_call(f, FRAMED + 0x30, TEXT_END + 1);
	s = unwound(f, task);
	assert_functions(&s, "__crash_kexec");
	assert_why(&s, "ORC has nothing to say of __crash_kexec");
}

static void a_tracer_hides_the_return_address(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = fake_kthread(f, 7, "traced");
	kaddr_t sp = sleeps_at(f, task, INNER + 0x20, 0x100, 0);
	struct stack s;

	/* It is the address of the tracer's code itself, not of a call. */
	fake_no_symbol(f, "framed");
	fake_function(f, "return_to_handler", NULL, FRAMED, 0x100);
	fake_u64(f, sp + 16, FRAMED);
	s = unwound(f, task);
	assert_functions(&s, "inner", "return_to_handler");
	assert_int_equal(s.v[1].offset, 0);
	assert_why(&s, "tracer");
}

/* struct ftrace_ops for a trampoline; returns where it is. */
static kaddr_t ftrace_ops(struct fake *f, kaddr_t trampoline, uint64_t size,
			  uint64_t flags)
{
	kaddr_t ops = fake_alloc(f, 256);

	fake_member(f, "ftrace_ops", "next", 8, 8);
	fake_member(f, "ftrace_ops", "flags", 16, 8);
	fake_member(f, "ftrace_ops", "trampoline", 128, 8);
	fake_member(f, "ftrace_ops", "trampoline_size", 136, 8);
	fake_id_set(f, ops, FTRACE_OPS_FLAGS, flags);
	fake_id_set(f, ops, FTRACE_OPS_TRAMPOLINE, trampoline);
	fake_id_set(f, ops, FTRACE_OPS_TRAMPOLINE_SIZE, size);
	fake_id_set(f, ops, FTRACE_OPS_NEXT, ops);
	return ops;
}

static void a_trampoline_of_ftrace_is_a_copy(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = fake_kthread(f, 7, "traced"), ops, list;
	kaddr_t sp = sleeps_at(f, task, INNER + 0x20, 0x100, 0);
	struct stack s;

	fake_no_symbol(f, "outer");
	fake_function(f, "ftrace_regs_caller", NULL, OUTER, 0x100);
	fake_function(f, "ftrace_caller", NULL, ENTRY, 0x100);
	ops = ftrace_ops(f, BPF_TEXT, 0x80, 1 << 2);
	list = fake_variable(f, "ftrace_ops_list", 8);
	fake_u64(f, list, ftrace_ops(f, BPF_TEXT + 0x1000, 0x80, 0));
	fake_id_set(f, fake_peek_u64(f, list), FTRACE_OPS_NEXT, ops);
	fake_u64(f, sp + 16, BPF_TEXT + 0x20);
	fake_u64(f, sp + 24 + 24, START + 0x20);
	s = unwound(f, task);
	assert_functions(&s, "inner", "ftrace_regs_caller", "start_thread");
	assert_int_equal(s.v[1].ip, BPF_TEXT + 0x20);
	assert_int_equal(s.v[1].offset, 0x20);
	assert_true(s.complete);
	/* One whose list loops, and one that claims all memory. */
	fake_id_set(f, ops, FTRACE_OPS_TRAMPOLINE, 0);
	s = unwound(f, task);
	assert_why(&s, "in no text");
	fake_id_set(f, ops, FTRACE_OPS_TRAMPOLINE, 1);
	fake_id_set(f, ops, FTRACE_OPS_TRAMPOLINE_SIZE, ~0ull);
	s = unwound(f, task);
	assert_why(&s, "in no text");
	assert_functions(&s, "inner");
}

/* ---- a dump that lies --------------------------------------------------- */

static void a_stack_that_points_at_itself_ends(void **state)
{
	struct fake *f = begin(state);
	kaddr_t task = sleeper(f);
	struct row rows[ARRAY_SIZE(text)];
	struct stack s;

	memcpy(rows, text, sizeof(rows));
	rows[2].sp_offset = 0; /* outer()'s caller has the stack that it has */
	kernel_table(f, rows, ARRAY_SIZE(rows));
	s = unwound(f, task);
	assert_why(&s, "wrong direction");
	assert_functions(&s, "inner", "outer");
}

static void frame_pointers_that_loop_end(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = fake_kthread(f, 7, "loop");
	kaddr_t sp = sleeps_at(f, task, FRAMED + 0x20, 0x400, 0), a = sp + 0x40,
		b = sp + 0x80;
	struct stack s;

	sleeps_at(f, task, FRAMED + 0x20, 0x400, a);
	fake_u64(f, a, b);
	fake_u64(f, a + 8, FRAMED + 0x20);
	fake_u64(f, b, a);
	fake_u64(f, b + 8, FRAMED + 0x20);
	s = unwound(f, task);
	assert_why(&s, "wrong direction");
	assert_int_equal(s.n, 3);
}

static void stacks_that_point_at_each_other_end(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = fake_kthread(f, 7, "loop"), a = IRQ_STACK, b = IRQ_STACK + 0x1000;
	struct stack s;

	fake_task_runs(f, task, 0);
	fake_map(f, a, 0x2000);
	write_regs(f, write_note(f, 0, 7), ENTRY + 0x10, a, 0, KERNEL_CS);
	write_regs(f, a, ENTRY + 0x10, b, 0, KERNEL_CS);
	write_regs(f, b, ENTRY + 0x10, a, 0, KERNEL_CS);
	s = unwound(f, task);
	assert_why(&s, "more changes of stack");
	assert_in_range(s.n, 2, 32);
}

static void endless_recursion_is_cut(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = fake_kthread(f, 7, "recursion");
	kaddr_t sp = sleeps_at(f, task, OUTER + 0x8, 0x2000, 0);
	struct stack s;
	size_t i;

	for (i = 0; i < 0x2000; i += 8)
		fake_u64(f, sp + i, OUTER + 0x8);
	s = unwound(f, task);
	assert_why(&s, "more frames");
	assert_int_equal(s.n, 256);
}

static void a_stack_pointer_may_point_anywhere(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = sleeper(f), inside = fake_stack_top(f, task) - 0x1000;
	const kaddr_t sps[] =
		{0,	    FAKE_NOWHERE, ~0ull, 0x401000, fake_stack_top(f, task),
		 FAKE_TEXT, inside + 1};
	struct stack s;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(sps); i++) {
		fake_id_set(f, task, TASK_THREAD_SP, sps[i]);
		s = unwound(f, task);
		assert_int_equal(s.n, 0);
		assert_why(&s, "not in its stack");
	}
	fake_id_set(f, task, TASK_STACK, 0);
	s = unwound(f, task);
	assert_why(&s, "freed");
}

static void registers_may_point_anywhere(void **state)
{
	static const kaddr_t sps[] = {0, FAKE_NOWHERE, ~0ull, ~0ull - 6,
				      0x8000000000000000};
	struct fake *f = begin_text(state);
	kaddr_t task = sleeper(f), regs;
	struct stack s;
	size_t i;

	fake_task_runs(f, task, 0);
	regs = write_note(f, 0, 7);
	for (i = 0; i < ARRAY_SIZE(sps); i++) {
		write_regs(f, regs, INNER + 0x20, sps[i], sps[i], KERNEL_CS);
		s = unwound(f, task);
		assert_functions(&s, "inner");
		assert_why(&s, "");
		write_regs(f, regs, sps[i], sps[i], sps[i], KERNEL_CS);
		s = unwound(f, task);
		assert_int_equal(s.n, 1);
		assert_why(&s, "");
	}
}

static void a_stack_that_is_excluded_is_said_so(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = sleeper(f);
	struct stack s;

	fake_exclude(f, fake_stack_top(f, task) - 0x100, 0x100);
	s = unwound(f, task);
	assert_int_equal(s.n, 0);
	assert_why(&s, "cannot be read");
}

static void no_tables_no_stacks(void **state)
{
	struct fake *f = begin(state);
	kaddr_t task = sleeper(f);
	struct stack s = unwound(f, task);

	assert_int_equal(s.n, 0);
	assert_why(&s, "CONFIG_UNWINDER_ORC");
	assert_true(fake_has_note(f, "no stacks"));
	fake_absent(f, "orc_entry");
	s = unwound(f, task);
	assert_why(&s, "CONFIG_UNWINDER_ORC");
}

static void another_machine_has_none_yet(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = sleeper(f);
	struct stack s;

	strcpy(fake_dump(f)->info.machine, "riscv64");
	fake_dump(f)->arch = arch_of("riscv64");
	s = unwound(f, task);
	assert_int_equal(s.n, 0);
	assert_why(&s, "riscv64");
}

static void an_excluded_table_is_said_so(void **state)
{
	struct fake *f = begin_text(state);
	struct stack s;

	fake_exclude(f, fake_value(f, "__start_orc_unwind_ip"), 4);
	s = unwound(f, sleeper(f));
	assert_int_equal(s.n, 0);
	assert_why(&s, "page excluded");
}

static void an_unsorted_table_is_not_used(void **state)
{
	struct fake *f = begin(state);
	struct row rows[ARRAY_SIZE(text)];
	struct stack s;

	memcpy(rows, text, sizeof(rows));
	rows[3] = text[5];
	rows[5] = text[3];
	kernel_table(f, rows, ARRAY_SIZE(rows));
	s = unwound(f, sleeper(f));
	assert_int_equal(s.n, 0);
	assert_why(&s, "not sorted");
}

static void a_table_of_no_or_negative_size_is_not_used(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = sleeper(f), ip = fake_value(f, "__start_orc_unwind_ip");
	struct stack s;

	fake_no_symbol(f, "__stop_orc_unwind_ip");
	fake_symbol(f, "__stop_orc_unwind_ip", ip);
	s = unwound(f, task);
	assert_why(&s, "has no ORC table");
	fake_no_symbol(f, "__stop_orc_unwind_ip");
	fake_symbol(f, "__stop_orc_unwind_ip", ip - 0x1000);
	s = unwound(f, task);
	assert_why(&s, "has no ORC table");
	fake_no_symbol(f, "__stop_orc_unwind_ip");
	fake_symbol(f, "__stop_orc_unwind_ip", ip + (1ull << 28));
	s = unwound(f, task);
	assert_why(&s, "claims");
}

/* A table of many pages, of which one is missing, loses what lies there alone. */
static void a_page_of_a_table_may_be_missing(void **state)
{
	enum { N = 8192 };
	struct fake *f = begin(state);
	struct row *rows = calloc(N, sizeof(*rows));
	kaddr_t task = sleeper(f), ip;
	size_t i, n = ARRAY_SIZE(text);
	struct stack s;

	/* What is of use stands at the end of the table; the rest is far below. */
	for (i = 0; i < N - n; i++)
		rows[i] = (struct row){FAKE_TEXT - 0x100000 + i,
				       8,
				       0,
				       REG_SP,
				       REG_NONE,
				       CALL};
	memcpy(rows + N - n, text, sizeof(text));
	kernel_table(f, rows, N);
	free(rows);
	ip = fake_value(f, "__start_orc_unwind_ip");
	/* The first page, and one in the middle where the search begins. */
	fake_exclude(f, ip, 1);
	fake_exclude(f, ip + N / 2 * 4, 1);
	s = unwound(f, task);
	assert_functions(&s, "inner", "outer", "start_thread");
	assert_true(s.complete);
	/* The one that says it all. */
	fake_exclude(f, ip + N * 4 - 4, 1);
	s = unwound(f, task);
	assert_why(&s, "");
	assert_false(s.complete);
}

static void an_entry_may_be_missing(void **state)
{
	struct fake *f = begin_text(state);
	struct stack s;

	fake_unmap(f, fake_value(f, "__start_orc_unwind"), 1);
	fake_map(f, fake_value(f, "__start_orc_unwind_ip"), ARRAY_SIZE(text) * 4);
	kernel_table(f, text, ARRAY_SIZE(text));
	fake_unmap(f, fake_value(f, "__start_orc_unwind"), 1);
	s = unwound(f, sleeper(f));
	assert_false(s.complete);
	assert_non_null(s.why);
}

static void a_module_may_lie_of_its_table(void **state)
{
	static const uint64_t counts[] = {0, 0x7fffffff, 0xffffffff, (1 << 20) + 1,
					  1000000};
	struct fake *f = begin_text(state);
	kaddr_t mod, task;
	struct stack s;
	size_t i;

	mod = module_add(f, module_init(f), "some", MODULE_TEXT, 0x1000, module_text,
			 ARRAY_SIZE(module_text));
	task = module_sleeper(f);
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		module_num_orcs(f, mod, counts[i]);
		s = unwound(f, task);
		assert_int_equal(s.n, 2);
		assert_why(&s, "text without ORC: ");
		assert_string_equal(s.v[0].function, "inner");
	}
	/* Its own text alone is lost. */
	s = unwound(f, sleeper(f));
	assert_true(s.complete);
}

static void a_module_may_lie_of_its_text(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t mod, task;
	struct stack s;

	mod = module_add(f, module_init(f), "some", MODULE_TEXT, 0x1000, module_text,
			 ARRAY_SIZE(module_text));
	task = module_sleeper(f);
	module_text_at(f, mod, MODULE_CORE, ~0xfffull, 0x1000);
	s = unwound(f, task);
	assert_why(&s, "is in no text");
	module_text_at(f, mod, MODULE_CORE, 0, 0x1000);
	s = unwound(f, task);
	assert_why(&s, "is in no text");
}

static void a_list_of_modules_that_loops_is_noted(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t head = module_init(f), mod, task;
	struct stack s;

	mod = module_add(f, head, "some", MODULE_TEXT, 0x1000, module_text,
			 ARRAY_SIZE(module_text));
	mod = fake_id_at(f, mod, MODULE_LIST);
	fake_u64(f, mod, mod);
	fake_u64(f, mod + 8, mod);
	task = module_sleeper(f);
	s = unwound(f, task);
	assert_true(fake_has_note(f, "modules"));
	(void)s;
}

static void names_are_made_safe_to_print(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = sleeper(f);
	struct stack s;

	fake_no_symbol(f, "outer");
	fake_function(f, "out\x1b[2Jer", "mo\ndule", OUTER, 0x100);
	s = unwound(f, task);
	assert_string_equal(s.v[1].function, "out\\x1b[2Jer");
	assert_string_equal(s.v[1].module, "mo\\x0adule");
}

static void ctrl_c_ends_it(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = sleeper(f);
	struct tasks tasks;
	struct unwinder *u;
	struct stack s;

	assert_true(tasks_read(fake_dump(f), &tasks));
	u = unwinder_of(f);
	fake_interrupt_after(f, 1);
	unwind_task(u, task_by_addr(&tasks, task), &s);
	assert_why(&s, "interrupted");
}

/* Reading is in blocks: a stack of one page is read once. */
static void a_stack_is_read_once(void **state)
{
	struct fake *f = begin_text(state);
	kaddr_t task = sleeper(f);
	struct tasks tasks;
	struct unwinder *u;
	struct stack s;

	assert_true(tasks_read(fake_dump(f), &tasks));
	u = unwinder_of(f);
	unwind_task(u, task_by_addr(&tasks, task), &s);
	fake_forget_counts(f);
	unwind_task(u, task_by_addr(&tasks, task), &s);
	assert_true(s.complete);
	assert_int_equal(fake_reads(f), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(calls_are_followed_to_the_start),
		fake_test(frames_of_equal_stacks_are_kept_once),
		fake_test(a_return_address_belongs_to_its_call),
		fake_test(a_task_that_has_not_run_yet_is_at_its_start),
		fake_test(interrupted_code_is_looked_up_where_it_was),
		fake_test(a_system_call_ends_in_user_mode),
		fake_test(partial_registers_fall_back_on_whole_ones),
		fake_test(the_frame_pointer_is_kept_and_restored),
		fake_test(a_change_of_stack_since_5_12),
		fake_test(a_change_of_stack_before_5_12),
		fake_test(a_module_needs_no_debuginfo),
		fake_test(a_module_has_text_of_its_init),
		fake_test(the_functions_of_an_init_have_the_modules_own_names),
		fake_test(a_module_may_lie_of_its_symbols),
		fake_test(a_module_of_6_4_has_kinds_of_memory),
		fake_test(all_of_a_module_is_its_own_not_only_its_text),
		fake_test(entries_of_5_10),
		fake_test(entries_of_6_3),
		fake_test(entries_of_6_4),
		fake_test(entries_of_7_1),
		fake_test(a_running_task_has_the_registers_of_its_cpu),
		fake_test(a_task_in_user_mode_has_no_frames),
		fake_test(a_task_about_to_run_is_still_switched_out),
		fake_test(a_cpu_that_saved_nothing_is_said_so),
		fake_test(the_host_that_dumped_a_machine_has_its_registers),
		fake_test(a_call_through_null_came_from_its_caller),
		fake_test(generated_code_keeps_a_frame_pointer),
		fake_test(a_guess_that_leads_nowhere_is_not_made),
		fake_test(text_without_hints_ends_the_stack),
		fake_test(code_that_objtool_left_out_ends_at_its_call),
		fake_test(a_tracer_hides_the_return_address),
		fake_test(a_trampoline_of_ftrace_is_a_copy),
		fake_test(a_stack_that_points_at_itself_ends),
		fake_test(frame_pointers_that_loop_end),
		fake_test(stacks_that_point_at_each_other_end),
		fake_test(endless_recursion_is_cut),
		fake_test(a_stack_pointer_may_point_anywhere),
		fake_test(registers_may_point_anywhere),
		fake_test(a_stack_that_is_excluded_is_said_so),
		fake_test(no_tables_no_stacks),
		fake_test(another_machine_has_none_yet),
		fake_test(an_excluded_table_is_said_so),
		fake_test(an_unsorted_table_is_not_used),
		fake_test(a_table_of_no_or_negative_size_is_not_used),
		fake_test(a_page_of_a_table_may_be_missing),
		fake_test(an_entry_may_be_missing),
		fake_test(a_module_may_lie_of_its_table),
		fake_test(a_module_may_lie_of_its_text),
		fake_test(a_list_of_modules_that_loops_is_noted),
		fake_test(names_are_made_safe_to_print),
		fake_test(ctrl_c_ends_it),
		fake_test(a_stack_is_read_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
