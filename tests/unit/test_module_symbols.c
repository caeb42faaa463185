// SPDX-License-Identifier: GPL-2.0-or-later
/* Symbols of modules. */
#include "test.h"

#include <setjmp.h>
#include <time.h>

#include "fake_loaded.h"
#include "readers/module_symbols.h"

#define SOME 0xffffffffc0100000ull
#define OTHER 0xffffffffc0200000ull
#define INIT 0xffffffffc0300000ull

static struct module_symbols *begin(void **state)
{
	struct fake *f = *state;

	fake_list_head(f, fake_variable(f, "modules", 16));
	return module_symbols_create(fake_dump(f), fake_dump(f)->arena, NULL);
}

/* "probe" and "remove" of text, "ops" of data, and what is no symbol of ours. */
static kaddr_t some_module(struct fake *f)
{
	static const char strings[] = "\0probe\0remove\0ops\0$x\0imported\0.L1\0alias";
	static const struct fake_elf_symbol symbols[] = {
		{0, 0, 0, 0},
		{0, 2, SOME, 0},
		{7, 2, SOME + 0x40, 0},
		{1, 2, SOME + 0x10, 0},
		{14, 3, SOME + 0x2000, 0},
		{18, 2, SOME + 0x18, 0},
		{21, 0, SOME + 0x1c, 0},
		{30, 2, SOME + 0x14, 0},
		{34, 2, SOME + 0x40, 0},
	};
	kaddr_t mod = fake_loaded(f, "some", SOME);

	fake_loaded_symbols(f, mod, strings, sizeof(strings), symbols,
			    ARRAY_SIZE(symbols));
	return mod;
}

static void assert_at(struct module_symbols *c, kaddr_t addr, const char *name,
		      uint64_t offset, const char *module)
{
	struct dump_symbol sym;

	assert_true(module_symbols_at(c, addr, &sym));
	assert_string_equal(sym.name, name);
	assert_int_equal(sym.offset, offset);
	assert_string_equal(sym.module, module);
}

static void a_symbol_by_its_name(void **state)
{
	struct module_symbols *c = begin(state);
	kaddr_t value;

	some_module(*state);
	assert_true(module_symbols_named(c, "remove", &value));
	assert_int_equal(value, SOME + 0x40);
	assert_true(module_symbols_named(c, "ops", &value));
	assert_int_equal(value, SOME + 0x2000);
	assert_false(module_symbols_named(c, "imported", &value));
	assert_false(module_symbols_named(c, "$x", &value));
	assert_false(module_symbols_named(c, "", &value));
	assert_false(module_symbols_named(c, "none", &value));
}

static void of_two_modules_the_first_in_the_list_counts(void **state)
{
	static const struct fake_elf_symbol symbols[] = {{1, 2, OTHER, 0}};
	struct module_symbols *c = begin(state);
	kaddr_t value, mod;

	some_module(*state);
	mod = fake_loaded(*state, "other", OTHER);
	fake_loaded_symbols(*state, mod, "\0probe", 7, symbols, 1);
	assert_true(module_symbols_named(c, "probe", &value));
	assert_int_equal(value, SOME + 0x10);
	assert_at(c, OTHER + 4, "probe", 4, "other");
}

static void what_is_at_an_address(void **state)
{
	struct module_symbols *c = begin(state);
	struct dump_symbol sym;

	some_module(*state);
	assert_at(c, SOME + 0x10, "probe", 0, "some");
	assert_at(c, SOME + 0x3f, "probe", 0x2f, "some");
	assert_at(c, SOME + 0x2008, "ops", 8, "some");
	/* Of those at one place the last in the table, as crash has it. */
	assert_at(c, SOME + 0x40, "alias", 0, "some");
	/* Below all of its symbols. */
	assert_at(c, SOME, "", 0, "some");
	assert_false(module_symbols_at(c, SOME + 0x4000, &sym));
	assert_false(module_symbols_at(c, FAKE_TEXT, &sym));
}

/* Linkers put marks where others begin: __start_alloc_tags lies at the first of .data. */
static void a_mark_is_no_name(void **state)
{
	static const struct fake_elf_symbol symbols[] = {
		{1, 3, SOME + 0x2000, .size = 32},
		{6, 3, SOME + 0x2000, 0},
	};
	struct module_symbols *c = begin(state);

	fake_loaded_symbols(*state, fake_loaded(*state, "some", SOME),
			    "\0lock\0__start_tags", 19, symbols, 2);
	assert_at(c, SOME + 0x2008, "lock", 8, "some");
}

/* A core says what its symbols are called. */
static void names_are_escaped(void **state)
{
	static const struct fake_elf_symbol symbols[] = {{1, 2, SOME, 0}};
	struct module_symbols *c = begin(state);
	struct dump *d = fake_dump(*state);
	struct modules modules;
	struct dump_symbol sym;

	fake_loaded_symbols(*state, fake_loaded(*state, "some", SOME), "\0go\033[2J", 8,
			    symbols, 1);
	assert_at(c, SOME + 4, "go\\x1b[2J", 4, "some");
	modules_read(d, &modules);
	assert_true(
		module_symbol_at(d, module_by_name(&modules, "some"), SOME + 4, &sym));
	assert_string_equal(sym.name, "go\\x1b[2J");
}

static void init_has_symbols_as_long_as_it_is_there(void **state)
{
	static const struct fake_elf_symbol symbols[] = {{1, 2, SOME, 0},
							 {6, 4, INIT + 8, 0}};
	struct module_symbols *c = begin(state);
	kaddr_t mod = fake_loaded(*state, "some", SOME);
	kaddr_t init = fake_id_at(*state, mod, MODULE_INIT);

	fake_set(*state, init, "module_layout.base", INIT);
	fake_set(*state, init, "module_layout.size", 0x1000);
	fake_loaded_symbols(*state, mod, "\0text\0init_module", 18, symbols, 2);
	assert_at(c, INIT + 0x18, "init_module", 0x10, "some");
}

/* ---- a kernel that keeps symbols of functions only --------------------------- */

static unsigned int asked;

static bool symbols_of_file(struct dump *d, const struct module *m, struct symtab *to)
{
	static const struct symtab_symbol symbols[] = {
		{{0x10, "probe", 't'}, ".text"},
		{{0x20, "gone", 'd'}, ".init.data"},
		{{0x08, "driver", 'd'}, ".data"},
		{{0x00, "ids", 'B'}, ".bss"},
		{{0x5000, "beyond", 'd'}, ".data"},
		{{0, "unmapped", 'd'}, ".debug"},
		{{SOME + 0x100, "kernels", 'D'}, NULL},
	};
	size_t i;

	asked++;
	if (strcmp(m->name, "some") != 0)
		return false;
	for (i = 0; i < ARRAY_SIZE(symbols); i++)
		*vec_push(d->arena, &to->all) = symbols[i];
	return true;
}

static void put_sections(struct fake *f, kaddr_t mod, size_t others)
{
	static const struct fake_section sections[] = {{".text", SOME},
						       {".init.data", INIT},
						       {".data", SOME + 0x2000},
						       {".bss", SOME + 0x3000}};

	fake_loaded_sections(f, mod, sections, ARRAY_SIZE(sections), others);
}

static struct module_symbols *begin_functions(void **state)
{
	begin(state);
	asked = 0;
	return module_symbols_create(fake_dump(*state), fake_dump(*state)->arena,
				     symbols_of_file);
}

static void data_of_a_file_where_it_came_to_lie(void **state)
{
	struct module_symbols *c = begin_functions(state);
	kaddr_t value, mod;

	mod = some_module(*state);
	fake_loaded(*state, "other", OTHER);
	put_sections(*state, mod, 0);
	assert_true(module_symbols_named(c, "driver", &value));
	assert_int_equal(value, SOME + 0x2008);
	assert_true(module_symbols_named(c, "ids", &value));
	assert_int_equal(value, SOME + 0x3000);
	assert_at(c, SOME + 0x2010, "driver", 8, "some");
	assert_at(c, SOME + 0x10, "probe", 0, "some");
	assert_false(module_symbols_named(c, "gone", &value));
	assert_false(module_symbols_named(c, "beyond", &value));
	assert_false(module_symbols_named(c, "unmapped", &value));
	assert_false(module_symbols_named(c, "kernels", &value));
	assert_int_equal(asked, 2);
}

/* Where each function has a section of its own. */
static void a_module_may_have_thousands_of_sections(void **state)
{
	struct module_symbols *c = begin_functions(state);
	kaddr_t value;

	put_sections(*state, some_module(*state), 5000);
	assert_true(module_symbols_named(c, "driver", &value));
	assert_int_equal(value, SOME + 0x2008);
}

static void a_module_may_lie_of_its_sections(void **state)
{
	struct module_symbols *c = begin_functions(state);
	kaddr_t value, mod, attrs;

	mod = some_module(*state);
	put_sections(*state, mod, 0);
	assert_true(member_ptr(fake_dump(*state), mod, MODULE_SECTIONS, &attrs));
	fake_id_set(*state, attrs, MODULE_SECTIONS_NR, 0xffffffff);
	assert_true(module_symbols_named(c, "driver", &value));

	c = module_symbols_create(fake_dump(*state), fake_dump(*state)->arena,
				  symbols_of_file);
	fake_id_set(*state, mod, MODULE_SECTIONS, FAKE_NOWHERE);
	assert_false(module_symbols_named(c, "driver", &value));
	assert_true(module_symbols_named(c, "probe", &value));
}

static void a_kernel_without_modules_has_none(void **state)
{
	struct dump *d = fake_dump(*state);
	struct module_symbols *c = module_symbols_create(d, d->arena, NULL);
	struct dump_symbol sym;
	kaddr_t value;

	assert_false(module_symbols_named(c, "probe", &value));
	assert_false(module_symbols_at(c, SOME, &sym));
	assert_null(module_symbols_module(c, "some"));
}

/* What is read on the reader's own behalf is nothing to tell the user of. */
static void a_command_does_not_see_that_we_read(void **state)
{
	struct fake *f = *state;
	struct module_symbols *c = begin(state);
	struct dump *d = fake_dump(f);
	kaddr_t mod = some_module(f), value;

	/* The second is damaged: its names, then the list. */
	fake_id_set(f, mod, MODULE_KALLSYMS, FAKE_NOWHERE);
	fake_u64(f, fake_id_at(f, mod, MODULE_LIST), FAKE_NOWHERE);
	d->unread = DUMP_EXCLUDED;
	assert_false(module_symbols_named(c, "probe", &value));
	assert_int_equal(d->notes.n, 0);
	assert_int_equal(d->unread, DUMP_EXCLUDED);
	assert_non_null(module_symbols_module(c, "some"));
}

static void a_module_may_lie_of_its_symbols(void **state)
{
	static const uint64_t counts[] = {0, 1, 9, 4096, 1u << 20, 0xffffffff};
	struct fake *f = *state;
	struct module_symbols *c;
	kaddr_t value, kallsyms, mod;
	size_t i;

	begin(state);
	mod = some_module(f);
	assert_true(member_ptr(fake_dump(f), mod, MODULE_KALLSYMS, &kallsyms));
	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		c = module_symbols_create(fake_dump(f), fake_dump(f)->arena, NULL);
		fake_id_set(f, kallsyms, KALLSYMS_COUNT, counts[i]);
		assert_int_equal(module_symbols_named(c, "ops", &value), counts[i] == 9);
	}
}

/* Thousands of modules that each have as many symbols as a module can have. */
static void all_modules_together_have_a_bound(void **state)
{
	struct fake *f = *state;
	struct module_symbols *c = begin(state);
	kaddr_t mod, kallsyms = 0, value, symtab = fake_alloc(f, 64);
	unsigned int i;

	for (i = 0; i < 64; i++) {
		mod = fake_loaded(f, "some", SOME + (kaddr_t)i * 0x10000);
		if (!kallsyms)
			kallsyms = fake_alloc(f, 32);
		fake_id_set(f, mod, MODULE_KALLSYMS, kallsyms);
	}
	fake_map(f, symtab, 24u << 16);
	fake_id_set(f, kallsyms, KALLSYMS_SYMTAB, symtab);
	fake_id_set(f, kallsyms, KALLSYMS_COUNT, 1u << 16);
	fake_id_set(f, kallsyms, KALLSYMS_STRTAB, symtab);
	fake_forget_counts(f);
	assert_false(module_symbols_named(c, "probe", &value));
	assert_true(fake_bytes_read(f) <= 24ull * (2u << 20) + (1u << 20));
}

/* Names of one hash, whichever way it is counted: they may cost no more than others. */
static void names_made_to_collide(void **state)
{
	enum { PAIRS = 15, LENGTH = 2 * PAIRS + 1, N = 1 << PAIRS };
	static char strings[N * LENGTH];
	static struct fake_elf_symbol symbols[N];
	struct fake *f = *state;
	struct module_symbols *c = begin(state);
	clock_t begun = clock();
	kaddr_t value;
	size_t i, k;

	/* 33 * 'A' + 'a' is 33 * 'B' + '@'. */
	for (i = 0; i < N; i++) {
		for (k = 0; k < PAIRS; k++) {
			strings[i * LENGTH + 2 * k] = i >> k & 1 ? 'A' : 'B';
			strings[i * LENGTH + 2 * k + 1] = i >> k & 1 ? 'a' : '@';
		}
		symbols[i] =
			(struct fake_elf_symbol){(uint32_t)(i * LENGTH), 2, SOME + i, 0};
	}
	fake_loaded_symbols(f, fake_loaded(f, "some", SOME), strings, sizeof(strings),
			    symbols, N);
	assert_true(module_symbols_named(c, strings, &value));
	assert_int_equal(value, SOME);
	assert_true(clock() - begun < CLOCKS_PER_SEC);
}

/* Ctrl-C leaves nothing half-known behind. */
static void what_ctrl_c_cut_off_is_read_again(void **state)
{
	struct fake *f = *state;
	struct module_symbols *c = begin(state);
	kaddr_t value;
	size_t reads;

	some_module(f);
	for (reads = 0; reads < 6; reads++) {
		fake_interrupt_after(f, fake_reads(f) + reads);
		module_symbols_named(c, "ops", &value);
	}
	fake_interrupt_after(f, SIZE_MAX);
	assert_true(module_symbols_named(c, "ops", &value));
}

static jmp_buf out_of_memory;
static size_t reads_left;
static const struct dump_ops *whole;

static enum dump_err read_with_little_memory(struct dump *d, kaddr_t addr, void *buf,
					     size_t size)
{
	if (!reads_left--)
		longjmp(out_of_memory, 1);
	return whole->read(d, addr, buf, size);
}

/* Nor does a command that ran out of memory, and jumped to its end from any depth. */
static void what_had_no_memory_is_read_again(void **state)
{
	struct fake *f = *state;
	struct module_symbols *c = begin(state);
	struct dump *d = fake_dump(f);
	struct arena *arena = d->arena;
	struct dump_ops little = *d->ops;
	kaddr_t value;
	size_t i;

	some_module(f);
	whole = d->ops;
	little.read = read_with_little_memory;
	for (i = 0; i < 6; i++) {
		d->ops = &little;
		reads_left = i;
		if (!setjmp(out_of_memory))
			module_symbols_named(c, "ops", &value);
		d->ops = whole;
		d->arena = arena;
		module_symbols_begin(c);
	}
	assert_true(module_symbols_named(c, "ops", &value));
	assert_int_equal(value, SOME + 0x2000);
}

static void names_are_looked_up_without_reading(void **state)
{
	struct fake *f = *state;
	struct module_symbols *c = begin(state);
	struct dump_symbol sym;
	kaddr_t value;
	size_t reads;

	some_module(f);
	module_symbols_named(c, "none", &value);
	reads = fake_reads(f);
	assert_true(module_symbols_named(c, "ops", &value));
	assert_false(module_symbols_named(c, "none", &value));
	assert_true(module_symbols_at(c, SOME + 0x10, &sym));
	assert_int_equal(fake_reads(f), reads);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(a_symbol_by_its_name),
		fake_test(of_two_modules_the_first_in_the_list_counts),
		fake_test(what_is_at_an_address),
		fake_test(a_mark_is_no_name),
		fake_test(names_are_escaped),
		fake_test(init_has_symbols_as_long_as_it_is_there),
		fake_test(data_of_a_file_where_it_came_to_lie),
		fake_test(a_module_may_have_thousands_of_sections),
		fake_test(a_module_may_lie_of_its_sections),
		fake_test(a_kernel_without_modules_has_none),
		fake_test(a_command_does_not_see_that_we_read),
		fake_test(a_module_may_lie_of_its_symbols),
		fake_test(all_modules_together_have_a_bound),
		fake_test(names_made_to_collide),
		fake_test(what_ctrl_c_cut_off_is_read_again),
		fake_test(what_had_no_memory_is_read_again),
		fake_test(names_are_looked_up_without_reading),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
