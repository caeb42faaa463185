// SPDX-License-Identifier: GPL-2.0-or-later
#include "core_dump.h"

#include <ctype.h>
#include <elf.h>
#include <limits.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arch/arch.h"
#include "base/elf_note.h"
#include "base/seconds.h"
#include "base/text.h"
#include "core_export.h"
#include "readers/module_symbols.h"
#include "core_symbols.h"
#include "core_table.h"
#include "core_types.h"
#include "dump/layout.h"
#include "interrupt.h"
#include "live.h"
#include "partial.h"
#include "space.h"
#include "text_dump.h"
#include "types.h"

/* No direct map is larger: 5 levels of page tables. */
#define DIRECT_MAP_MAX (1ull << 55)
#define IMAGE_MAX (1ull << 30)
#define CPUS_MAX 8192
/* Two looks at what runs on: a machine that is not stuck does thousands of things in it. */
#define LOOKS_APART_S 1.0
/* Of what takes long, this much is done between two times that it is told. */
#define PAGES_IN_A_ROW 256

struct core_dump {
	struct reader reader; /* first: they are one */
	const struct core_source *source;
	struct core_source own; /* of one that another has made: for .path */
	const char *path;
	struct arena arena; /* as long as the core is open */
	bool tried;
	bool stopped;	  /* by a signal, as it was opened: the command is to end */
	struct error why; /* it cannot be opened; "": it is open */
	struct core *core;
	struct space *space;
	struct kallsyms *symbols;
	bool functions_only; /* is what the kernel keeps symbols of */
	struct types *types;
	struct module_symbols *modules;
	VEC(const struct module *) without_types;
	struct core_table table;
	bool learned;		 /* from files: a layout table will do the next time */
	struct partial *partial; /* NULL: that cannot be told of this core */
	kaddr_t image_start, image_end;
	kaddr_t *percpu; /* what is added on each CPU */
	unsigned char possible[CPUS_MAX / 8];
	double begun;  /* the look at what runs on; seconds of a clock */
	uint64_t told; /* pages, when it was told how far we are */
	struct dump dump;
};

static struct core_dump *core_of(struct dump *d)
{
	return (struct core_dump *)((char *)d - offsetof(struct core_dump, dump));
}

/* ---- memory --------------------------------------------------------------- */

/* Of what could not be read: should the first page that was left out be there? */
static void look_at_excluded(struct core_dump *c, kaddr_t addr, size_t size)
{
	unsigned int shift = core_about(c->core)->page_shift;
	kaddr_t at = addr, last = addr + (size - 1);
	uint64_t pa;

	do {
		if (space_physical(c->space, at, &pa) &&
		    core_has(c->core, pa >> shift) == DUMP_EXCLUDED) {
			partial_look(c->partial, pa >> shift);
			c->reader.about.partial = (int64_t)partial_pages(c->partial);
			return;
		}
		at = ((at >> shift) + 1) << shift;
	} while (at && at <= last);
}

static void tell_pages(struct core_dump *c)
{
	uint64_t pages = core_counts(c->core)->pages;

	if (!c->source->core.progress.tell || pages - c->told < PAGES_IN_A_ROW)
		return;
	c->told = pages;
	c->source->core.progress.tell("reading pages of the core", pages, 0);
}

static enum dump_err read_memory(struct dump *d, kaddr_t addr, void *buf, size_t size)
{
	struct core_dump *c = core_of(d);
	enum dump_err err = space_read(c->space, addr, buf, size);

	tell_pages(c);
	if (err == DUMP_EXCLUDED && c->partial)
		look_at_excluded(c, addr, size);
	return err;
}

static bool physical(struct dump *d, kaddr_t addr, uint64_t *pa)
{
	return space_physical(core_of(d)->space, addr, pa);
}

static bool percpu(struct dump *d, unsigned int cpu, kaddr_t base, kaddr_t *addr)
{
	const struct core_dump *c = core_of(d);

	/* What is added for others is of what the linker made: __per_cpu_load, or 0. */
	if (cpu >= d->info.cpus || !(c->possible[cpu / 8] >> (cpu % 8) & 1))
		return false;
	*addr = base + c->percpu[cpu];
	return true;
}

/* ---- symbols -------------------------------------------------------------- */

static bool symbol(struct dump *d, const char *name, kaddr_t *value)
{
	struct core_dump *c = core_of(d);

	/* While the core is being opened nothing is known of modules. */
	return kallsyms_named(c->symbols, name, value) ||
	       (c->modules && module_symbols_named(c->modules, name, value));
}

static bool symbol_local(struct dump *d, const char *name, kaddr_t *value)
{
	return kallsyms_local(core_of(d)->symbols, name, value);
}

/*
 * What gcc appends to a function that it cut to what its callers need is no part of the
 * name: frames then match the source, and crash's, which cuts at the same two words.
 */
static void cut_clone(char *name)
{
	char *clone = strstr(name, ".isra.");

	if (!clone)
		clone = strstr(name, ".part.");
	if (clone)
		*clone = '\0';
}

static bool symbol_at(struct dump *d, kaddr_t addr, struct dump_symbol *sym)
{
	struct core_dump *c = core_of(d);
	const char *name;
	kaddr_t start;

	if (module_symbols_at(c->modules, addr, sym)) {
		cut_clone(sym->name);
		return sym->name[0] != '\0';
	}
	if (addr < c->image_start || addr >= c->image_end)
		return false;
	name = kallsyms_at(c->symbols, addr, &start);
	if (!name)
		return false;
	text_escape(sym->name, sizeof(sym->name), name);
	cut_clone(sym->name);
	sym->module[0] = '\0';
	sym->offset = addr - start;
	return true;
}

/* ---- types ---------------------------------------------------------------- */

static bool type_size(struct dump *d, const char *type, long *size)
{
	return types_size(core_of(d)->types, type, size);
}

/* They find their way through anonymous members alone. */
static bool member(struct dump *d, const char *type, const char *path, bool anonymous,
		   long *offset, long *size)
{
	(void)anonymous;
	return types_member(core_of(d)->types, type, path, offset, size);
}

static bool enumerator(struct dump *d, const char *name, long *value)
{
	return types_enumerator(core_of(d)->types, name, value);
}

/* BTF has only per-CPU variables: of others, what lies before the next symbol. */
static bool variable_size(struct dump *d, const char *name, long *size)
{
	struct core_dump *c = core_of(d);
	kaddr_t start, stop;

	if (types_variable_size(c->types, name, size))
		return true;
	if (!kallsyms_named(c->symbols, name, &start) ||
	    !kallsyms_above(c->symbols, start, &stop) || stop - start > IMAGE_MAX)
		return false;
	*size = (long)(stop - start);
	return true;
}

/* ---- where types come from ------------------------------------------------- */

static struct module_search where_files_are(const struct core_dump *c)
{
	return (struct module_search){.release = c->dump.info.release,
				      .folders = c->source->debug_dirs,
				      .named_only = c->source->live,
				      .interrupted =
					      c->source->core.progress.interrupted};
}

static void say_types(struct core_dump *c, const char *module,
		      const struct types_origin *origin)
{
	struct dump_types *t = vec_push(&c->arena, &c->reader.about.types);

	t->module = module ? text_escaped(&c->arena, module) : NULL;
	t->kind = origin->kind;
	t->file = *origin->file ? text_escaped(&c->arena, origin->file) : NULL;
	c->learned |= !strcmp(origin->kind, "dwarf");
}

/* Where types are to be left out, what they are read from is not written down. */
static bool pause_for_types(struct core_dump *c)
{
	bool was = core_set_recording(c->core, false);

	if (!c->source->no_types)
		core_set_recording(c->core, was);
	return was;
}

static bool add_kernel_types(struct core_dump *c)
{
	struct module_search where = where_files_are(c);
	struct types_origin origin;
	struct build_id id;
	bool found, was;

	core_build_id(c->space, c->symbols, &id);
	memcpy(where.build_id, id.bytes, id.n);
	where.nbuild_id = id.n;
	c->types = types_create(&c->arena);
	was = pause_for_types(c);
	found = core_types_kernel(&c->arena, &c->dump, c->types, &where, &c->table,
				  &origin, &c->why);
	core_set_recording(c->core, was);
	if (!found)
		return false;
	say_types(c, NULL, &origin);
	return true;
}

/* Where they are not is looked through once. */
static bool has_no_types(const struct core_dump *c, const struct module *m)
{
	size_t i;

	for (i = 0; i < c->without_types.n; i++)
		if (c->without_types.v[i] == m)
			return true;
	return false;
}

static bool add_module_types(struct core_dump *c, const struct module *m)
{
	struct module_search where = where_files_are(c);
	struct types_origin origin;
	bool found, was;

	if (has_no_types(c, m))
		return false;
	was = pause_for_types(c);
	found = core_types_module(&c->arena, &c->dump, c->types, m, &where, &c->table,
				  &origin, NULL);
	core_set_recording(c->core, was);
	if (found) {
		say_types(c, m->name, &origin);
		return true;
	}
	if (!dump_interrupted(&c->dump))
		*vec_push(&c->arena, &c->without_types) = m;
	return false;
}

/* From its file, or else the table that has those of the kernel. */
static bool symtab_of(struct dump *d, const struct module *m, struct symtab *to)
{
	struct core_dump *c = core_of(d);
	struct module_search where = where_files_are(c);
	const struct table_part *part = NULL;

	if (module_symtab_find(&c->arena, d, m, &where, to))
		return true;
	if (core_table_find(&c->table))
		part = layout_table_module(c->table.it, m->name);
	if (part)
		*to = part->symbols;
	return part;
}

static bool load_module(struct dump *d, const char *module, bool *in_dump)
{
	struct core_dump *c = core_of(d);
	const struct module *m = module_symbols_module(c->modules, module);

	if (!m)
		return false;
	*in_dump = true;
	if (types_have(c->types, module))
		return true;
	if (!add_module_types(c, m))
		return false;
	layout_retry(d->layout);
	return true;
}

static bool type_find(struct dump *d, const char *name, struct dump_type *type)
{
	return types_find(core_of(d)->types, name, type);
}

static bool type_about(struct dump *d, struct dump_type type,
		       struct dump_type_about *about)
{
	return types_about(core_of(d)->types, type, about);
}

static bool type_part(struct dump *d, struct dump_type type, size_t i,
		      struct dump_type_member *part)
{
	return types_part(core_of(d)->types, type, i, part);
}

static bool type_value(struct dump *d, struct dump_type type, size_t i,
		       struct dump_type_value *value)
{
	return types_value(core_of(d)->types, type, i, value);
}

static const struct dump_type_ops type_ops = {
	.find = type_find,
	.about = type_about,
	.member = type_part,
	.value = type_value,
};

/* The notes of CPUs are in their order, whoever wrote them. */
static bool cpu_note(struct dump *d, unsigned int cpu, const unsigned char **prstatus,
		     size_t *size)
{
	size_t at = 0, all;
	const unsigned char *notes = core_notes(core_of(d)->core, &all);
	struct elf_note note;

	while (notes && elf_note_next_cpu(notes, all, &at, &note)) {
		if (cpu--)
			continue;
		*prstatus = note.desc;
		*size = note.size;
		return true;
	}
	return false;
}

static bool has_interrupted(struct dump *d)
{
	(void)d;
	return interrupted();
}

static const struct dump_ops core_ops = {
	.read = read_memory,
	.symbol = symbol,
	.symbol_local = symbol_local,
	.symbol_at = symbol_at,
	.percpu = percpu,
	.physical = physical,
	.type_size = type_size,
	.member = member,
	.enumerator = enumerator,
	.variable_size = variable_size,
	.load_module = load_module,
	.cpu_note = cpu_note,
	.interrupted = has_interrupted,
	.types = &type_ops,
};

/* ---- opening -------------------------------------------------------------- */

static bool read_symbol(struct core_dump *c, const char *name, void *buf, size_t size)
{
	kaddr_t at;

	return kallsyms_named(c->symbols, name, &at) &&
	       space_read(c->space, at, buf, size) == DUMP_OK;
}

/* Where kernels with KASLR say it, else by the page tables. */
static void find_direct_map(struct core_dump *c)
{
	uint64_t start, stop;

	if (!read_symbol(c, "page_offset_base", &start, sizeof(start))) {
		space_find_direct_map(c->space);
		return;
	}
	if (!read_symbol(c, "vmalloc_base", &stop, sizeof(stop)) || stop <= start ||
	    stop - start > DIRECT_MAP_MAX)
		stop = start > -DIRECT_MAP_MAX ? -1ull : start + DIRECT_MAP_MAX;
	space_direct_map(c->space, start, stop);
}

static void find_image(struct core_dump *c)
{
	if (!kallsyms_named(c->symbols, "_text", &c->image_start))
		kallsyms_named(c->symbols, "_stext", &c->image_start);
	if (!kallsyms_named(c->symbols, "_end", &c->image_end) ||
	    c->image_end - c->image_start > IMAGE_MAX)
		c->image_end = c->image_start + IMAGE_MAX;
}

/* Zero pages left out of an ELF core look like others: only kdump's tell. */
static void find_partial(struct core_dump *c)
{
	if (!text_starts(core_about(c->core)->format, "kdump"))
		return;
	c->partial = partial_create(&c->dump, &c->arena);
	c->reader.about.partial = 0;
}

static void say_core(struct core_dump *c)
{
	const struct core_about *core = core_about(c->core);
	struct dump_about *about = &c->reader.about;

	about->format = core->format;
	about->filter_level = core->dump_level;
	about->small = core->small;
	about->text = core_text(c->core) != NULL;
	/* QEMU writes this format too, and leaves the kernel's release out. */
	about->filtered_by = *core->release ? "makedumpfile" : NULL;
}

static void copy_printable(char *to, size_t size, const char *from)
{
	size_t i;

	for (i = 0; i + 1 < size && from[i]; i++)
		to[i] = isgraph((unsigned char)from[i]) ? from[i] : '?';
	to[i] = '\0';
}

static void read_release(struct core_dump *c)
{
	const struct core_about *core = core_about(c->core);
	char release[sizeof(core->release)];

	if (!core_info_text(c->core, "OSRELEASE", NULL, release, sizeof(release)))
		memcpy(release, core->release, sizeof(release));
	copy_printable(c->dump.info.release, sizeof(c->dump.info.release), release);
}

/* Where the core has functions only, the others from a file, or else a table. */
static void read_symbols(struct core_dump *c)
{
	struct module_search where = where_files_are(c);
	struct kallsyms *k = kallsyms_read(&c->arena, c->space, &c->why);

	c->table = (struct core_table){.arena = &c->arena,
				       .space = c->space,
				       .folders = c->source->layouts,
				       .own = core_about(c->core)->table,
				       .release = c->dump.info.release,
				       .symbols = k};
	c->functions_only = k && !kallsyms_is_all(k);
	if (!c->functions_only) {
		c->symbols = k;
		return;
	}
	c->symbols = core_symbols_of_file(&c->arena, c->space, k, &where, &c->why);
	c->learned = c->symbols;
	if (!c->symbols && core_table_find(&c->table))
		c->symbols = c->table.joined;
	else if (!c->symbols && !c->why.text[0])
		core_symbols_refuse(&c->arena, c->dump.info.release, &c->why);
}

static bool open_kernel(struct core_dump *c)
{
	c->why.text[0] = '\0';
	read_release(c);
	c->space = space_open(&c->arena, c->core, &c->why);
	if (!c->space)
		return false;
	read_symbols(c);
	return c->symbols != NULL;
}

/*
 * Is it this kernel that the CPUs are in?  Its tables map what they were at, but where all
 * were in programs or in firmware.
 */
static bool has_cpus_in_it(struct core_dump *c)
{
	const struct arch *arch = arch_of(core_about(c->core)->machine);
	const unsigned char *notes;
	bool any = false;
	size_t size, at = 0, in = PRSTATUS_REG_OFFSET + arch->note_ip;
	struct elf_note note;
	struct space_leaf leaf;
	kaddr_t ip;

	notes = core_notes(c->core, &size);
	while (elf_note_next_cpu(notes, size, &at, &note)) {
		if (note.size < in + sizeof(ip))
			continue;
		ip = load_u64(note.desc + in);
		if (!arch_is_kernel(arch, ip))
			continue;
		if (space_leaf(c->space, ip, &leaf) && leaf.executable)
			return true;
		any = true;
	}
	return !any;
}

/* More than machines are started anew without that memory is used for something else. */
#define KERNELS_MAX 8

/*
 * A machine that was started anew still has in free memory what the kernel before left
 * there.  Where no note says which is the one that runs, it is the first that can be opened
 * and has the CPUs; else the first that can be opened at all.
 */
static bool find_kernel(struct core_dump *c)
{
	const char *opened = NULL;
	struct error first = {""};
	unsigned int n = 0;

	do {
		if (!open_kernel(c)) {
			if (!n)
				first = c->why;
		} else if (!core_about(c->core)->vmcoreinfo_found || has_cpus_in_it(c)) {
			return true;
		} else if (!opened) {
			opened = core_info(c->core);
		}
	} while (++n < KERNELS_MAX && core_next_info(c->core, &c->source->core.progress));
	if (opened) {
		core_use_info(c->core, opened);
		return open_kernel(c);
	}
	c->why = first;
	return false;
}

static bool open_core(struct core_dump *c)
{
	c->dump.ops = &core_ops;
	c->core = core_open(&c->arena, &c->source->core, &c->why);
	if (!c->core)
		return false;
	say_core(c);
	if (core_text(c->core)) {
		c->dump.ops = &text_dump_ops;
		return true;
	}
	if (!find_kernel(c))
		return false;
	find_direct_map(c);
	find_image(c);
	if (!add_kernel_types(c))
		return false;
	c->modules = module_symbols_create(&c->dump, &c->arena,
					   c->functions_only ? symtab_of : NULL);
	find_partial(c);
	return true;
}

/* ---- what is known of the dump -------------------------------------------- */

/* Which are possible: as many as have registers, since who writes a core asks the machine. */
static void guess_cpus(struct core_dump *c)
{
	unsigned int n = 0;
	struct elf_note note;
	size_t size, at = 0;
	const unsigned char *notes = core_notes(c->core, &size);

	c->dump.info.cpus_guessed = true;
	memset(c->possible, 0, sizeof(c->possible));
	for (; n < CPUS_MAX && elf_note_next_cpu(notes, size, &at, &note); n++)
		c->possible[n / 8] |= (unsigned char)(1u << (n % 8));
}

/* One more than the highest that there may be. */
static unsigned int possible_cpus(struct core_dump *c)
{
	unsigned int cpu, n = 1;
	long size = layout_size(&c->dump, CPU_MASK);
	kaddr_t mask;

	if (size > 0 && size <= (long)sizeof(c->possible) &&
	    kallsyms_named(c->symbols, "__cpu_possible_mask", &mask) &&
	    space_read(c->space, mask, c->possible, (size_t)size) != DUMP_OK)
		guess_cpus(c);
	c->possible[0] |= 1;
	for (cpu = 0; cpu < CPUS_MAX; cpu++)
		if (c->possible[cpu / 8] >> (cpu % 8) & 1)
			n = cpu + 1;
	return n;
}

static unsigned int info_number(struct core_dump *c, const char *name,
				unsigned int otherwise)
{
	uint64_t v;

	return core_info_number(c->core, "NUMBER", name, &v) && v && v <= 64
		       ? (unsigned int)v
		       : otherwise;
}

static unsigned int section_bits(struct core_dump *c)
{
	const struct arch *arch = c->dump.arch;
	unsigned int bits = arch == &arch_arm64 ? core_section_bits_arm64(c->core) : 0;

	return info_number(c, "SECTION_SIZE_BITS", bits ? bits : arch->section_bits);
}

/*
 * The wall clock that the last tick left in memory, in seconds; 0: not known.  The
 * timekeeper has a copy beside it since 48cdc135d484, 3.10; both are in one struct since
 * 6.13, which is the first of an array since 6.17.
 */
static uint64_t last_tick(struct core_dump *c)
{
	struct dump *d = &c->dump;
	uint64_t seconds = 0;
	kaddr_t at;

	if (!layout_has(d, TIMEKEEPER_SEC))
		return 0;
	if (!kallsyms_named(c->symbols, "shadow_timekeeper", &at)) {
		if (!layout_has(d, TK_DATA_SHADOW) ||
		    (!kallsyms_named(c->symbols, "tk_core", &at) &&
		     !kallsyms_named(c->symbols, "timekeeper_data", &at)))
			return 0;
		at += (kaddr_t)layout_offset(d, TK_DATA_SHADOW);
	}
	space_read(c->space, at + (kaddr_t)layout_offset(d, TIMEKEEPER_SEC), &seconds,
		   sizeof(seconds));
	return seconds;
}

/*
 * When the kernel panicked, in seconds since 1970.  A core that the host took says
 * nothing of it: nothing panicked.
 */
static double crash_time(struct core_dump *c)
{
	uint64_t time;

	if (!core_info_number(c->core, "CRASHTIME", NULL, &time))
		time = (uint64_t)core_about(c->core)->crash_time;
	return (double)(time ? time : last_tick(c));
}

static void describe(struct core_dump *c)
{
	const struct core_about *core = core_about(c->core);
	struct dump_info *info = &c->dump.info;

	info->about = &c->reader.about;
	info->text = core_text(c->core);
	if (info->text) {
		c->dump.arch = arch_of("");
		return;
	}
	copy_printable(info->machine, sizeof(info->machine), core->machine);
	c->dump.arch = arch_of(info->machine);
	info->cpus = possible_cpus(c);
	info->hz = 250; /* facts measure it */
	info->page_size = core->page_size;
	info->section_bits = section_bits(c);
	info->physmem_bits =
		info_number(c, "MAX_PHYSMEM_BITS", c->dump.arch->physmem_bits);
	info->direct_map = space_direct_map_base(c->space);
	info->zero_excluded = false;
	info->crash_time = crash_time(c);
}

/* A kernel for one CPU has no such array: nothing is added. */
static void read_percpu(struct core_dump *c)
{
	unsigned int cpus = c->dump.info.cpus, i;
	kaddr_t at;

	c->percpu = arena_alloc(&c->arena, cpus * sizeof(*c->percpu));
	if (!kallsyms_named(c->symbols, "__per_cpu_offset", &at))
		return;
	for (i = 0; i < cpus; i++)
		space_read(c->space, at + i * sizeof(*c->percpu), &c->percpu[i],
			   sizeof(*c->percpu));
}

/* ---- a reader ------------------------------------------------------------- */

static jmp_buf out_of_memory;

static void no_memory(void)
{
	longjmp(out_of_memory, 1);
}

static void open_once(struct core_dump *c)
{
	c->tried = true;
	c->arena.no_memory = no_memory;
	if (setjmp(out_of_memory)) {
		error_set(&c->why, "%s", reader_no_memory(&c->reader));
		return;
	}
	if (!open_core(c)) {
		if (c->core && core_about(c->core)->incomplete)
			error_within(&c->why, "the core is not whole, so that the kernel "
					      "in it cannot be known");
		return;
	}
	c->dump.layout = layout_create();
	if (!c->dump.layout)
		no_memory();
	describe(c);
	if (!c->dump.info.text)
		read_percpu(c);
	c->why.text[0] = '\0';
}

static const char *refusal(struct reader *r)
{
	struct core_dump *c = (struct core_dump *)r;

	if (!c->tried) {
		interrupt_begin();
		open_once(c);
		c->stopped = interrupted();
		if (c->stopped && c->why.text[0])
			error_set(&c->why, "interrupted; nothing is left behind");
		interrupt_end();
	}
	return c->why.text[0] ? c->why.text : NULL;
}

/* Of a machine that runs, what an earlier command read is of the past. */
static void forget(struct core_dump *c)
{
	space_forget(c->space);
	dump_forget_all(&c->dump);
	c->dump.info.crash_time = (double)last_tick(c);
	c->begun = seconds_now();
	interrupt_after(c->source->seconds_max);
}

static struct dump *begin(struct reader *r, struct arena *a)
{
	struct core_dump *c = (struct core_dump *)r;

	c->dump.arena = a;
	c->arena.no_memory = a->no_memory;
	memset(&c->dump.notes, 0, sizeof(c->dump.notes));
	if (c->modules)
		module_symbols_begin(c->modules);
	if (c->partial)
		partial_begin(c->partial);
	if (c->source->instead)
		dump_note(&c->dump, "%s", c->source->instead);
	if (core_about(c->core)->incomplete)
		dump_note(&c->dump,
			  "the core is not whole: its end is missing, or who wrote "
			  "it says that not all was written");
	if (c->dump.info.cpus_guessed)
		dump_note(&c->dump, "which CPUs the machine has cannot be read: as many "
				    "are taken as have registers in the core's notes");
	interrupt_begin();
	if (c->stopped)
		interrupt_at_once();
	c->stopped = false;
	if (c->source->live)
		forget(c);
	return &c->dump;
}

static double again(struct reader *r)
{
	struct core_dump *c = (struct core_dump *)r;
	double before = c->begun;

	if (!live_wait(LOOKS_APART_S))
		return -1;
	forget(c);
	return c->begun - before;
}

static const char *interrupted_by(struct reader *r)
{
	struct core_dump *c = (struct core_dump *)r;

	if (!interrupted_late())
		return NULL;
	return arena_printf(
		&c->arena,
		"the machine is too busy: it was not done in %u s, and who hangs "
		"is not to be burdened; --time-limit=SECONDS gives it more",
		c->source->seconds_max);
}

static void end(struct reader *r)
{
	struct core_dump *c = (struct core_dump *)r;

	interrupt_end();
	c->dump.arena = NULL;
}

/* ---- what it knows, written down ------------------------------------------ */

static struct core_export what_is_known(struct core_dump *c)
{
	return (struct core_export){.d = &c->dump,
				    .space = c->space,
				    .symbols = c->symbols,
				    .types = c->types,
				    .modules = c->modules,
				    .symtab = c->functions_only ? symtab_of : NULL};
}

bool core_reader_export(struct reader *r, struct arena *a,
			const struct table_place *place, const char **written,
			struct error *why)
{
	struct core_dump *c = (struct core_dump *)r;
	struct core_export x = what_is_known(c);
	bool ok;

	begin(r, a);
	ok = core_export(&x, place, written, why);
	end(r);
	return ok;
}

bool core_reader_table(struct reader *r, struct arena *a, struct file_bytes *file,
		       struct error *why)
{
	struct core_dump *c = (struct core_dump *)r;
	struct core_export x = what_is_known(c);
	bool ok;

	begin(r, a);
	ok = core_export_bytes(&x, file, why);
	end(r);
	return ok;
}

struct core_parts core_reader_parts(struct reader *r)
{
	struct core_dump *c = (struct core_dump *)r;

	return (struct core_parts){&c->dump, c->core, c->space};
}

/* What files said of this kernel, for the next core of it, which may not find them. */
static void keep_what_was_learned(struct core_dump *c)
{
	struct arena a = {.no_memory = no_memory};
	struct core_export x = what_is_known(c);

	if (!c->learned || c->why.text[0] || c->source->no_cache || interrupt_pending())
		return;
	if (!setjmp(out_of_memory)) {
		begin(&c->reader, &a);
		core_export_keep(&x);
		end(&c->reader);
	}
	arena_free(&a);
}

/* Before it is opened, only what it was named is known of it. */
static bool say_files(struct core_dump *c)
{
	size_t i;

	c->arena.no_memory = no_memory;
	if (setjmp(out_of_memory))
		return false;
	for (i = 0; i < c->source->core.n; i++) {
		*vec_push(&c->arena, &c->reader.about.files) =
			text_escaped(&c->arena, c->source->told
							? c->source->told
							: c->source->core.files[i]);
	}
	return true;
}

static struct reader *other(struct reader *r, const char *path)
{
	const struct core_source *source = ((struct core_dump *)r)->source;
	struct core_dump *c = (struct core_dump *)core_reader_create(source);

	if (!c)
		return NULL;
	c->own = *source;
	c->path = path;
	c->own.told = NULL;
	c->own.core.files = &c->path;
	c->own.core.n = 1;
	c->source = &c->own;
	c->reader.about.files.n = 0;
	if (say_files(c))
		return &c->reader;
	core_reader_destroy(&c->reader);
	return NULL;
}

struct reader *core_reader_create(const struct core_source *source)
{
	struct core_dump *c = calloc(1, sizeof(*c));

	if (!c)
		return NULL;
	c->source = source;
	c->reader = (struct reader){
		.about = {.reader = "core",
			  .door = DOOR_PROGRAM,
			  .live = source->live || source->told,
			  .own = source->live ? getpid() : 0,
			  .filter_level = -1,
			  .partial = -1},
		.usage = source->live || source->told ? "vgpu --live" : "vgpu CORE",
		.refusal = refusal,
		.begin = begin,
		.again = source->live ? again : NULL,
		.interrupted_by = interrupted_by,
		.end = end,
		.other = other,
		.close = core_reader_destroy,
	};
	if (say_files(c))
		return &c->reader;
	core_reader_destroy(&c->reader);
	return NULL;
}

void core_reader_destroy(struct reader *r)
{
	struct core_dump *c = (struct core_dump *)r;

	if (!c)
		return;
	keep_what_was_learned(c);
	module_files_remove();
	dump_forget_all(&c->dump);
	layout_destroy(c->dump.layout);
	if (c->types)
		types_destroy(c->types);
	if (c->core)
		core_close(c->core);
	arena_free(&c->arena);
	free(c);
}
