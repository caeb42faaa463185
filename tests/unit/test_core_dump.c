// SPDX-License-Identifier: GPL-2.0-or-later
/* A kernel in a core file, opened by the reader as a command does. */
#include "test.h"

#include <signal.h>
#include <unistd.h>

#include "arch/arch.h"
#include "made_btf.h"
#include "made_kallsyms.h"
#include "readers/core/core_dump.h"
#include "readers/core/interrupt.h"

#define TEXT (MADE_IMAGE + MADE_TEXT)
/* Beyond the tables of kallsyms, in pages of its own: BTF, and variables. */
#define BTF (MADE_IMAGE + 0x1380000)
#define DATA (MADE_IMAGE + 0x13a0000)
#define END (MADE_IMAGE + 0x13b0000)
#define MAPPED_PAGES ((END - BTF) / 4096)

#define FUNCTIONS 600

struct fixture {
	struct made_symbol symbols[FUNCTIONS + 32];
	char names[FUNCTIONS][24];
	size_t n;
	struct made_kallsyms k;
	struct made_btf *btf;
	struct core_source source;
	const char *files[1];
	struct reader *reader;
	struct arena arena;	/* of a command */
	bool taken_by_the_host; /* while the kernel ran */
	bool begun;		/* a command, which the reader listens for */
};

static void symbol(struct fixture *f, uint64_t addr, char type, const char *name)
{
	f->symbols[f->n++] = (struct made_symbol){addr, type, name};
}

static void add_symbols(struct fixture *f, size_t btf_size)
{
	size_t i;

	symbol(f, 0, 'D', "__per_cpu_start");
	symbol(f, 0x1000, 'd', "cpu_info");
	symbol(f, TEXT, 'T', "_text");
	symbol(f, TEXT, 'T', "_stext");
	for (i = 0; i < FUNCTIONS; i++) {
		snprintf(f->names[i], sizeof(f->names[i]), "function_%zu", i);
		symbol(f, TEXT + 0x1000 + i * 0x40, 't', f->names[i]);
	}
	symbol(f, MADE_IMAGE + MADE_BANNER, 'D', "linux_banner");
	symbol(f, BTF, 'R', "__start_BTF");
	symbol(f, BTF + btf_size, 'R', "__stop_BTF");
	symbol(f, DATA, 'D', "init_uts_ns");
	symbol(f, DATA + 0x100, 'D', "__cpu_possible_mask");
	symbol(f, DATA + 0x140, 'D', "__per_cpu_offset");
	symbol(f, DATA + 0x200, 'd', "static.12");
	symbol(f, DATA + 0x300, 'D', "page_offset_base");
	symbol(f, DATA + 0x308, 'D', "vmalloc_base");
	symbol(f, DATA + 0x400, 'D', "evil\\name");
	symbol(f, DATA + 0x440, 't', "walk.part.0.isra.0.cold");
	symbol(f, DATA + 0x460, 't', "half.part.0.cold");
	symbol(f, DATA + 0x480, 't', "other.constprop.0");
	symbol(f, DATA + 0x500, 'd', "shadow_timekeeper");
	symbol(f, END, 'B', "_end");
}

static void add_types(struct fixture *f)
{
	uint32_t word, words;

	f->btf = made_btf(NULL);
	word = made_int(f->btf, "long unsigned int", 8, MADE_UNSIGNED);
	words = made_array(f->btf, word, 2);
	made_struct(f->btf, "cpumask", 16, MEMBER("bits", words, 0));
	made_struct(f->btf, "pair", 16, MEMBER("one", word, 0), MEMBER("two", word, 64));
	made_struct(f->btf, "timekeeper", 128, MEMBER("xtime_sec", word, 112 * 8));
	made_enum(f->btf, MADE_ENUM, "colour", false, {"RED", 7}, {"BLUE", 9});
}

static void put(struct fixture *f, kaddr_t at, uint64_t v)
{
	made_put_at(&f->k, at, &v, sizeof(v));
}

/* A kernel of three CPUs, of which the second cannot come. */
static struct fixture *begin(void)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const unsigned char *btf;
	size_t size, i;

	add_types(f);
	btf = made_btf_bytes(f->btf, &size);
	add_symbols(f, size);
	made_kallsyms(&f->k, made_format("6.1"), f->symbols, f->n);
	for (i = 0; i < MAPPED_PAGES; i++)
		made_entry(&f->k.t, BTF + i * 4096, 1,
			   (BTF + i * 4096 - f->k.base) | X86_PRESENT | X86_NX);
	made_info(f->k.m, "SYMBOL(init_uts_ns)=%llx", HEX(DATA));
	made_info(f->k.m, "NUMBER(SECTION_SIZE_BITS)=27");
	made_put_at(&f->k, BTF, btf, size);
	put(f, DATA + 0x100, 5);
	put(f, DATA + 0x140, 0xffff888100000000);
	put(f, DATA + 0x150, 0xffff888100200000);
	put(f, DATA + 0x300, 0xffff888000000000);
	put(f, DATA + 0x308, 0xffffc90000000000);
	return f;
}

/* Why it is refused; NULL: it is not. */
static const char *open_made(struct fixture *f)
{
	if (!f->taken_by_the_host)
		made_info(f->k.m, "CRASHTIME=1700000000");
	f->files[0] = made_memory_file(f->k.m);
	f->source.core.files = f->files;
	f->source.core.n = 1;
	f->reader = core_reader_create(&f->source);
	assert_non_null(f->reader);
	return f->reader->refusal(f->reader);
}

static struct dump *command(struct fixture *f)
{
	struct dump *d;

	if (f->reader)
		f->reader->end(f->reader);
	else if (open_made(f))
		fail_msg("%s", f->reader->refusal(f->reader));
	arena_free(&f->arena);
	d = f->reader->begin(f->reader, &f->arena);
	assert_non_null(d);
	f->begun = true;
	return d;
}

static void end(struct fixture *f)
{
	if (f->begun)
		f->reader->end(f->reader);
	core_reader_destroy(f->reader);
	arena_free(&f->arena);
	made_destroy(f->k.m);
	made_btf_free(f->btf);
	free(f);
}

static void what_is_known_of_it(void **state)
{
	struct fixture *f = begin();
	struct dump *d = command(f);
	const struct dump_about *about = d->info.about;

	(void)state;
	assert_string_equal(d->info.release, "6.1.0-made");
	assert_string_equal(d->info.machine, "x86_64");
	assert_int_equal(d->info.cpus, 3);
	assert_int_equal(d->info.page_size, 4096);
	assert_int_equal(d->info.section_bits, 27);
	assert_int_equal(d->info.direct_map, 0xffff888000000000);
	assert_true(d->info.crash_time == 1700000000);
	assert_false(d->info.zero_excluded);
	assert_string_equal(d->arch->machine, "x86_64");
	assert_string_equal(about->reader, "core");
	assert_null(about->crash);
	assert_string_equal(about->files.v[0], f->files[0]);
	assert_string_equal(about->format, "ELF");
	assert_int_equal(about->types.n, 1);
	assert_null(about->types.v[0].module);
	assert_string_equal(about->types.v[0].kind, "btf");
	/* Of an ELF core nobody knows what was left out, nor by whom. */
	assert_true(about->filter_level < 0);
	assert_true(about->partial < 0);
	end(f);
}

static void memory_symbols_and_types(void **state)
{
	struct fixture *f = begin();
	struct dump *d = command(f);
	kaddr_t at;
	uint64_t v;
	long offset, size;

	(void)state;
	assert_true(dump_symbol_u64(d, "page_offset_base", &v));
	assert_int_equal(v, 0xffff888000000000);
	assert_false(dump_symbol(d, "nothing", &at));
	assert_true(dump_symbol_local(d, "static", &at));
	assert_int_equal(at, DATA + 0x200);
	assert_true(dump_physical(d, DATA, &v));
	assert_int_equal(v, DATA - f->k.base);
	assert_true(d->ops->type_size(d, "pair", &size));
	assert_int_equal(size, 16);
	assert_true(d->ops->member(d, "pair", "two", false, &offset, &size));
	assert_int_equal(offset, 8);
	assert_true(d->ops->enumerator(d, "BLUE", &offset));
	assert_int_equal(offset, 9);
	/* BTF does not have it: as far as the next symbol. */
	assert_true(d->ops->variable_size(d, "__per_cpu_offset", &size));
	assert_int_equal(size, 0xc0);
	assert_false(d->ops->variable_size(d, "nothing", &size));
	end(f);
}

static void an_address_is_of_the_kernels_image_or_of_none(void **state)
{
	struct fixture *f = begin();
	struct dump *d = command(f);
	struct dump_symbol sym;

	(void)state;
	assert_true(dump_symbol_at(d, TEXT + 0x1048, &sym));
	assert_string_equal(sym.name, "function_1");
	assert_int_equal(sym.offset, 8);
	assert_string_equal(sym.module, "");
	assert_true(dump_symbol_at(d, DATA + 0x404, &sym));
	assert_string_equal(sym.name, "evil\\x5cname");
	assert_false(dump_symbol_at(d, TEXT - 1, &sym));
	assert_false(dump_symbol_at(d, END, &sym));
	assert_false(dump_symbol_at(d, 0x1008, &sym));
	end(f);
}

static void without_a_panic_the_last_ticks_clock_is_the_cores_time(void **state)
{
	struct fixture *f = begin();

	(void)state;
	f->taken_by_the_host = true;
	put(f, DATA + 0x500 + 112, 1650000000);
	assert_true(command(f)->info.crash_time == 1650000000);
	end(f);
}

static void assert_named(struct dump *d, kaddr_t addr, const char *name)
{
	struct dump_symbol sym;

	assert_true(dump_symbol_at(d, addr, &sym));
	assert_string_equal(sym.name, name);
}

static void what_gcc_cut_from_a_function_has_the_functions_name_as_in_crash(void **state)
{
	struct fixture *f = begin();
	struct dump *d = command(f);

	(void)state;
	assert_named(d, DATA + 0x444, "walk.part.0");
	assert_named(d, DATA + 0x464, "half");
	assert_named(d, DATA + 0x484, "other.constprop.0");
	end(f);
}

static void each_cpu_has_its_own(void **state)
{
	struct fixture *f = begin();
	struct dump *d = command(f);
	kaddr_t at;

	(void)state;
	assert_true(dump_percpu_symbol(d, 2, "cpu_info", &at));
	assert_int_equal(at, 0xffff888100201000);
	assert_false(dump_percpu_symbol(d, 3, "cpu_info", &at));
	end(f);
}

/* The linker's copy, which is all that such a number leads to, is long freed. */
static void numbers_of_no_cpu(void **state)
{
	struct fixture *f = begin();
	struct dump *d;

	(void)state;
	put(f, DATA + 0x100, 0x5);
	d = command(f);
	assert_int_equal(d->info.cpus, 3);
	assert_true(dump_has_cpu(d, 0) && dump_has_cpu(d, 2));
	assert_false(dump_has_cpu(d, 1));
	assert_false(dump_has_cpu(d, 3));
	end(f);
}

/* A hundred commands over one core, and each with notes of its own. */
static void the_core_stays_open(void **state)
{
	struct fixture *f = begin();
	struct dump *d = command(f);
	uint64_t v;

	(void)state;
	dump_note(d, "something");
	assert_int_equal(d->notes.n, 1);
	d = command(f);
	assert_int_equal(d->notes.n, 0);
	assert_true(dump_symbol_u64(d, "vmalloc_base", &v));
	end(f);
}

static void assert_refused(struct fixture *f, const char *part)
{
	const char *why = open_made(f);

	assert_non_null(why);
	assert_contains(why, part);
	/* It is told as often as it is asked. */
	assert_string_equal(f->reader->refusal(f->reader), why);
	end(f);
}

/* Not what could not be read for it is told, and where to get that. */
static void a_signal_while_it_is_opened(void **state)
{
	struct fixture *f = begin();

	(void)state;
	interrupt_begin();
	kill(getpid(), SIGINT);
	assert_string_equal(open_made(f), "interrupted; nothing is left behind");
	interrupt_end();
	end(f);
	/* The next one hears nothing of it. */
	f = begin();
	assert_false(dump_interrupted(command(f)));
	end(f);
}

static void what_cannot_be_opened_is_refused(void **state)
{
	struct fixture *f = begin();

	(void)state;
	/* A page in the middle of the BTF. */
	made_remove(f->k.m, BTF - f->k.base);
	assert_refused(f, "BTF");
	f = begin();
	made_remove(f->k.m, f->k.names - f->k.base);
	assert_refused(f, "kallsyms");
}

#define OLD_TEXT 0x3000	   /* physical: vmcoreinfo of the boot before */
#define OLD_ROOT 0x7b00000 /* and its page table */
#define NEW_TEXT 0x9000
#define MODULE                                                                           \
	0xffffc90000000000ull /* where a CPU is, of which the old one has no page */
#define NEW 27
#define OLD 28

/* What stands behind that name, by as many characters. */
static void write_over(char *text, const char *name, const char *value)
{
	char *at = strstr(text, name) + strlen(name);

	while (*value)
		*at++ = *value++;
}

/*
 * A guest that was started anew, dumped by a host that knows of no vmcoreinfo: two kernels can
 * be read, and differ by which has the page that the CPU is in.
 */
static struct fixture *started_anew(bool old_first)
{
	struct fixture *f = begin();
	struct made *m = f->k.m;
	const char *text = made_info_text(m);
	char *old = arena_printf(&f->arena, "%s", text);
	char to[17];
	unsigned int i;

	f->taken_by_the_host = true;
	made_no_info(m);
	made_put_at(&f->k, DATA + 2 * 65, "6.1.0-made", 11);
	for (i = 0; i < 512; i++)
		made_u64(m, OLD_ROOT + 8 * i, made_get(m, MADE_ROOT + 8 * i));
	snprintf(to, sizeof(to), "%llx", HEX(OLD_ROOT + f->k.base));
	write_over(old, "SYMBOL(init_top_pgt)=", to);
	/* By which it is told. */
	write_over(old, "NUMBER(SECTION_SIZE_BITS)=", "28");
	made_put(m, old_first ? OLD_TEXT : NEW_TEXT, old, strlen(old) + 1);
	made_put(m, old_first ? NEW_TEXT : OLD_TEXT, text, strlen(text) + 1);
	return f;
}

static void assert_kernel(struct fixture *f, unsigned int which)
{
	assert_int_equal(command(f)->info.section_bits, which);
	end(f);
}

static void the_kernel_that_the_cpus_are_in(void **state)
{
	struct fixture *f;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		f = started_anew(i == 0);
		made_cpu(f->k.m, MODULE);
		made_entry(&f->k.t, MODULE, 1, 0x8000 | X86_PRESENT);
		assert_kernel(f, NEW);
	}
	/* In a program it says nothing, nor where neither has the page: the first. */
	f = started_anew(true);
	made_cpu(f->k.m, 0x401000);
	assert_kernel(f, OLD);
	f = started_anew(true);
	made_cpu(f->k.m, MODULE);
	assert_kernel(f, OLD);
}

/* The page that says which CPUs there are is missing: those that have registers are. */
static void cpus_that_cannot_be_read(void **state)
{
	struct fixture *f = begin();
	struct dump *d;

	(void)state;
	made_remove(f->k.m, DATA - f->k.base);
	d = open_made(f) ? NULL : f->reader->begin(f->reader, &f->arena);
	assert_non_null(d);
	assert_int_equal(d->info.cpus, 1);
	assert_non_null(strstr(d->notes.v[0], "which CPUs the machine has"));
	end(f);
}

/* Counts and addresses that only a damaged kernel has. */
static void a_kernel_may_lie_of_itself(void **state)
{
	struct fixture *f = begin();
	struct dump *d;
	kaddr_t at;

	(void)state;
	put(f, DATA + 0x100, ~0ull);
	put(f, DATA + 0x108, ~0ull);
	put(f, DATA + 0x308, 0x1000); /* vmalloc_base, below the direct map */
	d = command(f);
	assert_int_equal(d->info.cpus, 128);
	assert_true(dump_percpu(d, 127, 0, &at));
	assert_int_equal(d->info.direct_map, 0xffff888000000000);
	end(f);
	f = begin();
	made_remove(f->k.m, DATA - f->k.base);
	d = open_made(f) ? NULL : f->reader->begin(f->reader, &f->arena);
	if (d)
		assert_int_equal(d->info.cpus, 1);
	end(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_known_of_it),
		cmocka_unit_test(memory_symbols_and_types),
		cmocka_unit_test(an_address_is_of_the_kernels_image_or_of_none),
		cmocka_unit_test(without_a_panic_the_last_ticks_clock_is_the_cores_time),
		cmocka_unit_test(
			what_gcc_cut_from_a_function_has_the_functions_name_as_in_crash),
		cmocka_unit_test(each_cpu_has_its_own),
		cmocka_unit_test(numbers_of_no_cpu),
		cmocka_unit_test(the_core_stays_open),
		cmocka_unit_test(a_signal_while_it_is_opened),
		cmocka_unit_test(what_cannot_be_opened_is_refused),
		cmocka_unit_test(the_kernel_that_the_cpus_are_in),
		cmocka_unit_test(cpus_that_cannot_be_read),
		cmocka_unit_test(a_kernel_may_lie_of_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
