// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include <time.h>

#include "made_kallsyms.h"
#include "readers/core/kallsyms.h"
#include "readers/core/kallsyms_find.h"

#define X86 MADE_IMAGE

/* ---- a kernel's symbols --------------------------------------------------------- */

#define FUNCTIONS 1500
#define SYMBOLS_MAX 2000

struct fixture {
	const struct made_format *format;
	struct made_symbol symbols[SYMBOLS_MAX];
	char names[FUNCTIONS][32];
	size_t n;
	struct made_kallsyms k;
	struct arena a;
	struct kallsyms *read;
	struct error why;
};

static void symbol(struct fixture *f, uint64_t addr, char type, const char *name)
{
	f->symbols[f->n++] = (struct made_symbol){addr, type, name};
}

static void functions(struct fixture *f, kaddr_t text)
{
	size_t i;

	for (i = 0; i < FUNCTIONS; i++) {
		snprintf(f->names[i], sizeof(f->names[i]), "function_%zu%s", i,
			 i % 7 ? "" : ".cold");
		symbol(f, text + 0x1000 + i * 0x40, i % 3 ? 't' : 'T', f->names[i]);
	}
}

/* 150 and 300 tokens, as generated names have; a length of one byte is up to 255. */
static const char *long_name(size_t n)
{
	static char names[2][512];
	char *name = names[n > 200];

	memset(name, 'b', n);
	return name;
}

static struct fixture *begin(const char *release)
{
	struct fixture *f = calloc(1, sizeof(*f));
	const struct made_format *format = made_format(release);
	kaddr_t image = made_image(format->machine), text = image + MADE_TEXT;

	f->format = format;
	if (format->addresses == MADE_PERCPU_ABSOLUTE) {
		symbol(f, 0, 'D', "__per_cpu_start");
		symbol(f, 0x1000, 'd', "cpu_info");
		symbol(f, 0x2000, 'd', "runqueues");
	}
	symbol(f, text, 'T', "_stext");
	symbol(f, text, 'T', "_text");
	symbol(f, text + 0x40, 't', "__do_sys_pause");
	symbol(f, text + 0x40, 'T', "__ia32_sys_pause");
	symbol(f, text + 0x40, 'T', "__x64_sys_pause");
	symbol(f, text + 0x80, 'T', "schedule");
	symbol(f, text + 0x80, 'T', "__sched_text_start");
	functions(f, text);
	symbol(f, text + 0x1f0000, 't', long_name(150));
	if (format->two_bytes)
		symbol(f, text + 0x1f0100, 't', long_name(300));
	symbol(f, image + MADE_BANNER, 'D', "linux_banner");
	symbol(f, image + MADE_RODATA + 0x100, 'r', "__func__.1");
	symbol(f, image + MADE_RODATA + 0x120, 'r', "__func__.2");
	symbol(f, image + 0x1800000, 'D', "init_uts_ns");
	symbol(f, image + 0x1800400, 'b', "mask.12");
	symbol(f, image + 0x1800410, 'b', "mask.12.part");
	symbol(f, image + 0x1800420, 'b', "mask.");
	symbol(f, image + 0x1800430, 'b', "mask");
	symbol(f, image + 0x1900000, 'B', "_end");
	return f;
}

static void make(struct fixture *f)
{
	made_kallsyms(&f->k, f->format, f->symbols, f->n);
	made_info(f->k.m, "SYMBOL(init_uts_ns)=%llx", HEX(f->k.image + 0x1800000));
}

static void read_again(struct fixture *f)
{
	struct space *s = space_open(&f->a, made_open(f->k.m), &f->why);

	assert_non_null(s);
	f->read = kallsyms_read(&f->a, s, &f->why);
}

static struct fixture *read_of(const char *release)
{
	struct fixture *f = begin(release);

	make(f);
	read_again(f);
	if (!f->read)
		fail_msg("%s: %s", release, f->why.text);
	return f;
}

static void end(struct fixture *f)
{
	made_destroy(f->k.m);
	arena_free(&f->a);
	free(f);
}

static kaddr_t text_of(const struct fixture *f)
{
	return f->k.image + MADE_TEXT;
}

static const char *at(const struct fixture *f, kaddr_t addr)
{
	kaddr_t start;
	const char *name = kallsyms_at(f->read, addr, &start);

	return name ? name : "";
}

static kaddr_t named(const struct fixture *f, const char *name)
{
	kaddr_t addr;

	return kallsyms_named(f->read, name, &addr) ? addr : 1;
}

/* ---- of each release -------------------------------------------------------------- */

static void assert_all(const struct fixture *f)
{
	struct kallsyms_symbol s;
	size_t i;

	for (i = 0; i < f->n; i++) {
		assert_true(kallsyms_get(f->read, i, &s));
		assert_int_equal(s.addr, f->symbols[i].addr);
		assert_int_equal(s.type, f->symbols[i].type);
		assert_string_equal(s.name, f->symbols[i].name);
		assert_int_equal(named(f, f->symbols[i].name), f->symbols[i].addr);
	}
	assert_false(kallsyms_get(f->read, i, &s));
}

static void each_release_is_read(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < MADE_FORMATS; i++) {
		struct fixture *f = read_of(made_formats[i].release);

		assert_all(f);
		end(f);
	}
}

/* Those that vmcoreinfo names are found without it too, at the same place. */
static void scan_finds_what_vmcoreinfo_names(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < MADE_FORMATS; i++) {
		struct fixture *f = begin(made_formats[i].release);
		struct kallsyms_tables t;
		struct space *s;

		make(f);
		s = space_open(&f->a, made_open(f->k.m), &f->why);
		assert_int_equal(kallsyms_find_by_info(&f->a, s, &t, &f->why),
				 made_formats[i].in_vmcoreinfo);
		if (made_formats[i].in_vmcoreinfo) {
			assert_int_equal(t.two_bytes, made_formats[i].two_bytes);
			assert_int_equal(t.n, f->n);
		}
		assert_true(kallsyms_find_by_scan(&f->a, s, &t, &f->why));
		assert_int_equal(t.two_bytes, made_formats[i].two_bytes);
		assert_int_equal(t.n, f->n);
		assert_int_equal(t.num, f->k.num);
		assert_int_equal(t.names_at, f->k.names);
		assert_int_equal(t.tokens, f->k.tokens);
		assert_int_equal(t.index, f->k.index);
		end(f);
	}
}

static void scan_without_names_in_vmcoreinfo(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < MADE_FORMATS; i++) {
		struct fixture *f = begin(made_formats[i].release);
		struct made_format silent = made_formats[i];

		silent.in_vmcoreinfo = false;
		f->format = &silent;
		make(f);
		read_again(f);
		if (!f->read)
			fail_msg("%s: %s", made_formats[i].release, f->why.text);
		assert_all(f);
		end(f);
	}
}

/* ---- lookups ------------------------------------------------------------------------ */

static void names_that_are_not_there(void **state)
{
	static const char *const names[] = {"",
					    "f",
					    "function_",
					    "function_1 ",
					    "xfunction_1",
					    "Tfunction_3",
					    "function_99999",
					    "t",
					    "linux_banne"};
	struct fixture *f = read_of("6.1");
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		assert_int_equal(named(f, names[i]), 1);
	end(f);
}

static void first_of_a_name_is_taken(void **state)
{
	struct fixture *f = begin("5.10");
	kaddr_t data = X86 + 0x1a00000;

	(void)state;
	symbol(f, data, 'd', "twice");
	symbol(f, data + 8, 'd', "twice");
	make(f);
	read_again(f);
	assert_int_equal(named(f, "twice"), data);
	end(f);
}

static void local_is_numbered(void **state)
{
	struct fixture *f = read_of("6.1");
	kaddr_t addr = 0;

	(void)state;
	assert_true(kallsyms_local(f->read, "mask", &addr));
	assert_int_equal(addr, X86 + 0x1800400);
	assert_false(kallsyms_local(f->read, "__func__", &addr)); /* several */
	assert_false(kallsyms_local(f->read, "mas", &addr));
	assert_false(kallsyms_local(f->read, "mask.12", &addr));
	assert_false(kallsyms_local(f->read, "function_7", &addr)); /* .cold */
	assert_false(kallsyms_local(f->read, "absent", &addr));
	end(f);
}

static void same_local_twice_is_one(void **state)
{
	struct fixture *f = begin("5.10");
	kaddr_t addr;

	(void)state;
	symbol(f, X86 + 0x1a00000, 'd', "static.1");
	symbol(f, X86 + 0x1a00000, 'd', "static.2");
	make(f);
	read_again(f);
	assert_true(kallsyms_local(f->read, "static", &addr));
	assert_int_equal(addr, X86 + 0x1a00000);
	end(f);
}

static void symbol_below_an_address(void **state)
{
	struct fixture *f = read_of("6.1");
	kaddr_t text = text_of(f), start;

	(void)state;
	assert_string_equal(kallsyms_at(f->read, text + 0x1040 + 0x3f, &start),
			    "function_1");
	assert_int_equal(start, text + 0x1040);
	assert_string_equal(at(f, text + 0x1080), "function_2");
	assert_string_equal(at(f, -1ull), "_end");
	assert_true(kallsyms_above(f->read, text + 0x1040, &start));
	assert_int_equal(start, text + 0x1080);
	assert_true(kallsyms_above(f->read, text + 0x107f, &start));
	assert_int_equal(start, text + 0x1080);
	assert_false(kallsyms_above(f->read, X86 + 0x1900000, &start));
	end(f);
}

/* As crash's value_search(): its symbols of one address are by name. */
static void of_aliases_crashs_is_taken(void **state)
{
	struct fixture *f = read_of("6.1");
	kaddr_t text = text_of(f);

	(void)state;
	assert_string_equal(at(f, text + 0x40), "__do_sys_pause");
	assert_string_equal(at(f, text + 0x41), "__x64_sys_pause");
	/* Where a section begins is a name only if there is no other. */
	assert_string_equal(at(f, text + 0x80), "schedule");
	assert_string_equal(at(f, text + 0x81), "schedule");
	assert_string_equal(at(f, text), "_stext");
	assert_string_equal(at(f, text + 1), "_text");
	end(f);
}

static void per_cpu_symbols_are_not_below_the_kernel(void **state)
{
	struct fixture *f = read_of("5.10");
	kaddr_t next;

	(void)state;
	assert_string_equal(at(f, text_of(f) - 1), "");
	assert_string_equal(at(f, 1ull << 63), "");
	/* Theirs are offsets. */
	assert_string_equal(at(f, 0x1fff), "cpu_info");
	assert_true(kallsyms_above(f->read, 0x1000, &next));
	assert_int_equal(next, 0x2000);
	assert_false(kallsyms_above(f->read, 0x2000, &next));
	end(f);
	f = read_of("5.10 of arm64");
	assert_string_equal(at(f, 0x1fff), "");
	end(f);
}

/* ---- what must not mislead ------------------------------------------------------------ */

/* A table of the NLS looks like tokens and their index, but that '0' is not among them. */
static void what_looks_like_tokens_is_passed_over(void **state)
{
	static const char digits[] = "0\0001\0002\0003\0004\0005\0006\0007\0008\0009";
	struct fixture *f = begin("5.10");
	unsigned char table[768] = {0};
	uint16_t i;

	(void)state;
	make(f);
	for (i = 0; i < 256; i++)
		memcpy(table + 256 + 2 * (size_t)i, &i, 2);
	made_put_at(&f->k, f->k.image + MADE_RODATA + 0x200, table, sizeof(table));
	made_put_at(&f->k, f->k.image + MADE_RODATA + 0x600, digits, sizeof(digits));
	made_put_at(&f->k, f->k.image + MADE_RODATA + 0x700, digits, sizeof(digits));
	read_again(f);
	assert_non_null(f->read);
	assert_all(f);
	end(f);
}

/* Markers begin where a zero is before something small, as much does. */
static void what_looks_like_markers_is_passed_over(void **state)
{
	static const uint32_t like[] = {0, 3000, 6000, 9000, 0, 2000, 700, 1500};
	struct fixture *f = begin("5.10");

	(void)state;
	make(f);
	made_put_at(&f->k, f->k.image + MADE_RODATA + 0x200, like, sizeof(like));
	made_put_at(&f->k, f->k.image + MADE_RODATA + 0x2d00, like, sizeof(like));
	read_again(f);
	assert_non_null(f->read);
	assert_all(f);
	end(f);
}

static void pages_that_were_freed_are_passed_over(void **state)
{
	struct fixture *f = begin("5.10");

	(void)state;
	make(f);
	assert_int_equal(made_get(f->k.m, f->k.image + MADE_RODATA + 0x1000 - f->k.base),
			 0);
	made_entry(&f->k.t, f->k.image + MADE_RODATA - 0x1000, 1,
		   0x5000 | X86_PRESENT | X86_RW | X86_NX);
	read_again(f);
	assert_non_null(f->read);
	assert_all(f);
	end(f);
}

/* Without protection of text there is no read-only page to begin with. */
static void text_that_is_not_protected_is_looked_through(void **state)
{
	struct fixture *f = begin("5.10");
	kaddr_t va;

	(void)state;
	make(f);
	for (va = f->k.image + MADE_RODATA; va < f->k.end + 0x1000; va += 0x1000)
		made_entry(&f->k.t, va, 1, ((va - f->k.base) & -4096ull) | X86_TABLE);
	made_put_at(&f->k, text_of(f) + 0x100000, "text", 4);
	read_again(f);
	assert_non_null(f->read);
	assert_all(f);
	end(f);
}

/*
 * A table that is read one entry too far: _stext has the address of _text, which is
 * behind it, and nothing else is known but the banner.
 */
static void banner_proves_the_addresses(void **state)
{
	struct fixture *f = begin("7.0 of arm64");
	kaddr_t behind;

	(void)state;
	made_kallsyms(&f->k, f->format, f->symbols, f->n);
	/* what is tried first is wrong by an entry */
	behind = (f->k.index + 512 + 7) & -8ull;
	assert_int_equal(behind, f->k.offsets + 4);
	read_again(f);
	assert_non_null(f->read);
	assert_all(f);
	end(f);
}

static void assert_not_read(struct fixture *f, const char *words)
{
	read_again(f);
	assert_null(f->read);
	if (!strstr(f->why.text, words))
		fail_msg("\"%s\" has no \"%s\"", f->why.text, words);
	end(f);
}

/* Without CONFIG_KALLSYMS_ALL: 9 are data, and those of each CPU come first. */
static struct fixture *begin_functions(const char *release)
{
	struct fixture *f = begin(release);

	f->n -= 9;
	if (f->format->addresses == MADE_PERCPU_ABSOLUTE) {
		f->n -= 3;
		memmove(f->symbols, f->symbols + 3, f->n * sizeof(*f->symbols));
	}
	return f;
}

static void functions_only(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < MADE_FORMATS; i++) {
		struct fixture *f = begin_functions(made_formats[i].release);

		make(f);
		read_again(f);
		if (!f->read)
			fail_msg("%s: %s", made_formats[i].release, f->why.text);
		assert_false(kallsyms_is_all(f->read));
		assert_all(f);
		end(f);
	}
}

/* Nothing else proves them: linux_banner is not there. */
static void functions_are_in_their_order(void **state)
{
	struct fixture *f = begin_functions("6.1");
	struct made_symbol s = f->symbols[700];

	(void)state;
	f->symbols[700] = f->symbols[701];
	f->symbols[701] = s;
	make(f);
	assert_not_read(f, "no addresses that agree with vmcoreinfo's");

	f = begin_functions("6.1");
	symbol(f, text_of(f) + (2ull << 30), 't', "far");
	make(f);
	assert_not_read(f, "no addresses that agree with vmcoreinfo's");
}

static void made_of_symbols_from_elsewhere(void **state)
{
	struct fixture *f = begin("6.2");
	struct kallsyms_symbol symbols[SYMBOLS_MAX];
	size_t i;

	(void)state;
	make(f);
	for (i = 0; i < f->n; i++)
		symbols[f->n - 1 - i] = (struct kallsyms_symbol){f->symbols[i].addr,
								 f->symbols[i].name,
								 f->symbols[i].type};
	f->read = kallsyms_make(&f->a, NULL, symbols, f->n);
	assert_true(kallsyms_is_all(f->read));
	for (i = 0; i < f->n; i++)
		assert_int_equal(named(f, f->symbols[i].name), f->symbols[i].addr);
	assert_string_equal(at(f, X86 + 0x1800433), "mask");
	assert_string_equal(at(f, 0x1234), "cpu_info");
	assert_true(kallsyms_local(f->read, "mask", &symbols[0].addr));
	assert_false(kallsyms_named(f->read, "", &symbols[0].addr));
	f->read = kallsyms_make(&f->a, NULL, symbols, 0);
	assert_int_equal(named(f, "schedule"), 1);
	end(f);
}

static void addresses_must_agree(void **state)
{
	struct fixture *f = begin("5.10");

	(void)state;
	made_kallsyms(&f->k, f->format, f->symbols, f->n);
	made_info(f->k.m, "SYMBOL(init_uts_ns)=%llx", HEX(X86 + 0x1800008));
	assert_not_read(f, "no addresses that agree with vmcoreinfo's");

	f = begin("6.1");
	make(f);
	made_put_at(&f->k, f->k.image + MADE_BANNER, "Linux worsion", 13);
	assert_not_read(f, "no addresses that agree with vmcoreinfo's");
}

static void what_is_missing_is_told(void **state)
{
	struct fixture *f = begin("6.1");

	(void)state;
	make(f);
	made_remove(f->k.m, f->k.num - f->k.base);
	assert_not_read(
		f, "kallsyms: the number of symbols cannot be read: by a scan: no names");

	f = begin("6.1");
	make(f);
	made_remove(f->k.m, f->k.tokens - f->k.base);
	assert_not_read(f, "by a scan: no table of tokens");

	/* of the addresses only those that are asked for first */
	f = begin("5.10");
	make(f);
	made_remove(f->k.m, f->k.offsets + 0x1000 - f->k.base);
	assert_not_read(f, "its addresses cannot be read");

	f = begin("5.10");
	make(f);
	made_remove(f->k.m, f->k.relative_base - f->k.base);
	assert_not_read(f, "no names that agree with their markers");
}

/* vmcoreinfo may be wrong, or its tables damaged: then they are looked for. */
static void wrong_words_of_vmcoreinfo(void **state)
{
	static const uint32_t many = 0x7fffffff, more = 1600;
	struct made_format silent = *made_format("6.1");
	static const struct {
		const char *name;
		int64_t by;
	} wrong[] = {{"names", 1},	   {"names", 0x100000},
		     {"num_syms", 64},	   {"num_syms", -0x1000000},
		     {"token_table", 1},   {"token_table", -0x20000},
		     {"token_index", 2},   {"token_index", 0x200000},
		     {"offsets", 4},	   {"offsets", 0x200000},
		     {"relative_base", 8}, {"relative_base", 0x200000}};
	size_t i;

	(void)state;
	silent.in_vmcoreinfo = false;
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct fixture *f = begin("6.1");
		const char *names[] = {"names",	      "num_syms", "token_table",
				       "token_index", "offsets",  "relative_base"};
		size_t j;

		f->format = &silent;
		make(f);
		for (j = 0; j < ARRAY_SIZE(names); j++) {
			const kaddr_t right[] = {f->k.names,   f->k.num,
						 f->k.tokens,  f->k.index,
						 f->k.offsets, f->k.relative_base};
			int64_t by = !strcmp(names[j], wrong[i].name) ? wrong[i].by : 0;

			made_info(f->k.m, "SYMBOL(kallsyms_%s)=%llx", names[j],
				  HEX(right[j] + (uint64_t)by));
		}
		read_again(f);
		if (!f->read)
			fail_msg("%s: %s", wrong[i].name, f->why.text);
		assert_all(f);
		end(f);
	}
	for (i = 0; i < 2; i++) {
		struct fixture *f = begin("6.1");

		make(f);
		made_put_at(&f->k, f->k.num, i ? &more : &many, 4);
		assert_not_read(f, i ? "its names and its markers do not agree"
				     : "there cannot be 2147483647 symbols");
	}
}

static void damaged_markers_are_not_believed(void **state)
{
	struct fixture *f = begin("6.1");

	(void)state;
	make(f);
	made_put_at(&f->k, f->k.markers + 8, "\1", 1);
	assert_not_read(f, "markers do not agree: by a scan: no names that agree");
}

/* By vmcoreinfo the index is believed: a token elsewhere is none. */
static void damaged_index_is_not_believed(void **state)
{
	struct fixture *f = begin("6.1");

	(void)state;
	make(f);
	made_put_at(&f->k, f->k.index + 6, "\377\377", 2);
	assert_not_read(f, "a token is not among its tokens: by a scan: no table");
}

static void no_stext_no_scan(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	(void)state;
	f->k.m = made_memory("x86_64", 4096);
	made_x86_64(f->k.m, 4);
	assert_not_read(f, "vmcoreinfo does not say where text is");
}

/* ---- made up to take long ---------------------------------------------------------------- */

static double seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* Digits without end, each maybe the middle of a table of tokens. */
static void many_tables_of_tokens_end_the_scan(void **state)
{
	static const char digits[] = "0\0001\0002\0003\0004\0005\0006\0007\0008\0009";
	struct fixture *f = begin("5.10");
	double start;
	size_t i;

	(void)state;
	f->n -= FUNCTIONS; /* few names */
	make(f);
	for (i = 0; i < 60000; i++)
		made_put_at(&f->k, f->k.image + MADE_RODATA + 0x40 + i * sizeof(digits),
			    digits, sizeof(digits));
	start = seconds();
	read_again(f);
	assert_null(f->read);
	assert_true(seconds() - start < 5);
	end(f);
}

/* Markers without end, each with numbers before it that may count names. */
static void many_markers_end_the_scan(void **state)
{
	struct fixture *f = begin("5.10");
	uint32_t words[4096], i;
	double start;
	kaddr_t va;

	(void)state;
	make(f);
	for (i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = i % 64 ? i % 64 * 1024 : 0;
	for (va = f->k.image + MADE_RODATA + 0x100; va + sizeof(words) < f->k.tokens;
	     va += sizeof(words))
		made_put_at(&f->k, va, words, sizeof(words));
	start = seconds();
	read_again(f);
	assert_null(f->read);
	assert_true(seconds() - start < 5);
	end(f);
}

/* One name and one address for all: looking for it does not take all of them. */
static void one_name_and_one_address_for_all(void **state)
{
	struct fixture *f = begin("5.10");
	struct made_symbol *many;
	size_t n = 200000, i;
	double start;
	kaddr_t addr;

	(void)state;
	many = calloc(n + f->n, sizeof(*many));
	memcpy(many, f->symbols, f->n * sizeof(*many));
	for (i = 0; i < n; i++)
		many[f->n + i] = (struct made_symbol){X86 + 0x1a00000, 'd', "x"};
	made_kallsyms(&f->k, f->format, many, n + f->n);
	made_info(f->k.m, "SYMBOL(init_uts_ns)=%llx", HEX(X86 + 0x1800000));
	start = seconds();
	read_again(f);
	assert_non_null(f->read);
	for (i = 0; i < 1000; i++) {
		assert_true(kallsyms_named(f->read, "x", &addr));
		assert_string_equal(at(f, X86 + 0x1a00000), "x");
	}
	assert_true(seconds() - start < 5);
	free(many);
	end(f);
}

static void endless_names_are_cut(void **state)
{
	static char name[3 * 1020 + 1];
	struct fixture *f = begin("6.1");

	(void)state;
	/* 765 tokens of 4 letters each */
	memset(name, 'a', sizeof(name) - 1);
	symbol(f, X86 + 0x1a00000, 'd', name);
	make(f);
	read_again(f);
	assert_non_null(f->read);
	assert_int_equal(strlen(at(f, X86 + 0x1a00000)), 1023);
	assert_int_equal(named(f, name), X86 + 0x1a00000);
	end(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_release_is_read),
		cmocka_unit_test(scan_finds_what_vmcoreinfo_names),
		cmocka_unit_test(scan_without_names_in_vmcoreinfo),
		cmocka_unit_test(names_that_are_not_there),
		cmocka_unit_test(first_of_a_name_is_taken),
		cmocka_unit_test(local_is_numbered),
		cmocka_unit_test(same_local_twice_is_one),
		cmocka_unit_test(symbol_below_an_address),
		cmocka_unit_test(of_aliases_crashs_is_taken),
		cmocka_unit_test(per_cpu_symbols_are_not_below_the_kernel),
		cmocka_unit_test(what_looks_like_tokens_is_passed_over),
		cmocka_unit_test(what_looks_like_markers_is_passed_over),
		cmocka_unit_test(pages_that_were_freed_are_passed_over),
		cmocka_unit_test(text_that_is_not_protected_is_looked_through),
		cmocka_unit_test(banner_proves_the_addresses),
		cmocka_unit_test(functions_only),
		cmocka_unit_test(functions_are_in_their_order),
		cmocka_unit_test(made_of_symbols_from_elsewhere),
		cmocka_unit_test(addresses_must_agree),
		cmocka_unit_test(what_is_missing_is_told),
		cmocka_unit_test(wrong_words_of_vmcoreinfo),
		cmocka_unit_test(damaged_markers_are_not_believed),
		cmocka_unit_test(damaged_index_is_not_believed),
		cmocka_unit_test(no_stext_no_scan),
		cmocka_unit_test(many_tables_of_tokens_end_the_scan),
		cmocka_unit_test(many_markers_end_the_scan),
		cmocka_unit_test(one_name_and_one_address_for_all),
		cmocka_unit_test(endless_names_are_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
