// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A libFuzzer target: the list of modules, their symbols, sections and build-ids, sound but
 * for some words (words.h).
 *
 * Besides what the sanitizers see: names can be printed; a symbol that is at an address is
 * not above it, and is found by its name; the number of reads has a bound.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/fake_loaded.h"
#include "base/text.h"
#include "readers/module_symbols.h"
#include "words.h"

#define BASE 0xffffffffc0100000ull
#define APART 0x10000
#define INIT 0xffffffffc0400000ull
#define READS_MAX 2000000

static const char *const loaded[] = {"virtio_gpu", "virtio_ring", "some"};
static struct fake *f;

static void fail(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

/* ---- what is there ------------------------------------------------------------- */

static void load(const char *name, kaddr_t base)
{
	static const char strings[] = "\0probe\0remove\0ops\0$x\0init_module";
	const struct fake_elf_symbol symbols[] = {
		{0, 0, 0, 0},
		{1, 2, base + 0x10, 0},
		{7, 2, base + 0x40, 0},
		{14, 3, base + 0x2000, 0},
		{18, 2, base + 0x18, 0},
		{21, 4, INIT + 8, 0},
	};
	const struct fake_section sections[] = {{".text", base},
						{".data", base + 0x2000},
						{".bss", base + 0x3000}};
	kaddr_t mod = fake_loaded(f, name, base), init = fake_id_at(f, mod, MODULE_INIT);

	fake_loaded_symbols(f, mod, strings, sizeof(strings), symbols,
			    ARRAY_SIZE(symbols));
	fake_loaded_sections(f, mod, sections, ARRAY_SIZE(sections), 0);
	fake_set(f, init, "module_layout.base", INIT);
	fake_set(f, init, "module_layout.size", 0x1000);
}

/* What a file says of each: data, where its sections come to lie. */
static bool of_a_file(struct dump *d, const struct module *m, struct symtab *to)
{
	static const struct symtab_symbol symbols[] = {
		{{0x10, "probe", 't'}, ".text"},
		{{0x08, "driver", 'd'}, ".data"},
		{{0x00, "ids", 'B'}, ".bss"},
		{{UINT64_MAX, "beyond", 'd'}, ".data"},
	};
	size_t i;

	if (strcmp(m->name, "some") != 0)
		return false;
	for (i = 0; i < ARRAY_SIZE(symbols); i++)
		*vec_push(d->arena, &to->all) = symbols[i];
	return true;
}

/* ---- what is looked at ------------------------------------------------------------ */

static void look_at_name(const char *name)
{
	char escaped[512];
	size_t n = strlen(name);

	/* Its own backslashes are there since it was escaped. */
	if (strchr(name, '\\'))
		return;
	text_escape(escaped, sizeof(escaped), name);
	if (n >= sizeof(escaped) || strcmp(escaped, name) != 0)
		fail("a name that cannot be printed");
}

static void look_at_address(struct module_symbols *c, kaddr_t at)
{
	struct dump_symbol sym;
	kaddr_t value;

	if (!module_symbols_at(c, at, &sym))
		return;
	look_at_name(sym.name);
	look_at_name(sym.module);
	if (sym.offset > at)
		fail("a symbol above what it is at");
	/* Not one that is longer than what an answer has room for. */
	if (sym.name[0] && !strchr(sym.name, '\\') &&
	    strlen(sym.name) + 1 < sizeof(sym.name) &&
	    !module_symbols_named(c, sym.name, &value))
		fail("a symbol that is not found by its name");
}

static void look_at_module(struct dump *d, const struct module *m)
{
	struct module_sections sections;
	unsigned char id[64];
	struct dump_symbol sym;

	look_at_name(m->name);
	module_sections_read(d, m, &sections);
	if (module_build_id(d, m->addr, id, sizeof(id)) > sizeof(id))
		fail("a build-id that is longer than its room");
	if (module_symbol_at(d, m, m->text.start + 0x20, &sym))
		look_at_name(sym.name);
	if (module_symbol_at(d, m, m->init.start + 0x20, &sym))
		look_at_name(sym.name);
	module_size(m);
}

static void look_at_all(struct dump *d, struct module_symbols *c)
{
	const struct modules *all = module_symbols_modules(c);
	kaddr_t value;
	size_t i;

	for (i = 0; i < all->all.n && i < 64; i++) {
		look_at_module(d, &all->all.v[i]);
		look_at_address(c, all->all.v[i].text.start + 0x20);
		look_at_address(c, all->all.v[i].parts[0].end - 1);
		look_at_address(c, all->all.v[i].init.start + 0x20);
	}
	module_symbols_named(c, "driver", &value);
	module_symbols_named(c, "none", &value);
	module_symbols_module(c, "some");
}

static void run(void)
{
	struct dump *d = fake_dump(f);
	struct arena a = {0};
	struct modules modules;

	fake_forget_counts(f);
	modules_read(d, &modules);
	look_at_all(d, module_symbols_create(d, &a, NULL));
	look_at_all(d, module_symbols_create(d, &a, of_a_file));
	if (fake_reads(f) > READS_MAX)
		fail("too many reads for a dump this small");
	arena_free(&a);
	arena_free(d->arena);
	memset(&d->notes, 0, sizeof(d->notes));
}

/* ---- libFuzzer's doors ------------------------------------------------------------ */

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* NOLINTNEXTLINE(readability-non-const-parameter): libFuzzer's own prototype */
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	size_t i;

	(void)argc;
	(void)argv;
	f = fake_5_10();
	fake_list_head(f, fake_variable(f, "modules", 16));
	for (i = 0; i < ARRAY_SIZE(loaded); i++)
		load(loaded[i], BASE + i * APART);
	words_learn(f, run);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	words_change(f, data, size);
	run();
	words_put_back(f);
	return 0;
}
