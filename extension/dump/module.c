// SPDX-License-Identifier: GPL-2.0-or-later
#include "module.h"

#include <ctype.h>
#include <elf.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "layout.h"
#include "list.h"

#define MODULES_MAX 4096
#define ATTRS_MAX 16
#define SECTIONS_MAX SHN_LORESERVE /* of an ELF file, which has a table of them */
#define NOTE_NAME_SIZE 4	   /* "GNU" */
#define SYMBOLS_MAX (1u << 20)
#define SYMBOLS_IN_BLOCK 128

static void set_range(struct text_range *range, kaddr_t start, uint64_t size)
{
	if (!start || !size || start + size < start)
		return;
	range->start = start;
	range->end = start + size;
}

/* mod->mem[type] */
static void read_mem(struct dump *d, kaddr_t mod, long type, struct text_range *range)
{
	kaddr_t at, base;
	uint64_t size;

	if (type < 0 || type >= MODULE_PARTS_MAX)
		return;
	at = member_addr(d, mod, MODULE_MEM) +
	     (kaddr_t)(type * layout_size(d, MODULE_MEM_TYPE));
	if (member_ptr(d, at, MODULE_MEM_BASE, &base) &&
	    member_u64(d, at, MODULE_MEM_SIZE, &size))
		set_range(range, base, size);
}

/* All of mod->mem[], of which the two with text are told apart by their places. */
static void read_mems(struct dump *d, kaddr_t mod, struct module *m)
{
	long each = layout_size(d, MODULE_MEM_TYPE), i;
	/* include/linux/module.h, enum mod_mem_type */
	long text = layout_enum(d, MODULE_TEXT_INDEX, 0);
	long init = layout_enum(d, MODULE_INIT_TEXT_INDEX, 4);

	for (i = 0; each && i < layout_size(d, MODULE_MEM) / each; i++)
		if (i < MODULE_PARTS_MAX)
			read_mem(d, mod, i, &m->parts[i]);
	if (text >= 0 && text < MODULE_PARTS_MAX)
		m->text = m->parts[text];
	if (init >= 0 && init < MODULE_PARTS_MAX)
		m->init = m->parts[init];
}

/* mod->core_layout or mod->init_layout: all of it, and the text that it begins with. */
static void read_layout(struct dump *d, kaddr_t mod, enum layout_id id,
			struct text_range *part, struct text_range *text)
{
	kaddr_t base, at = member_addr(d, mod, id);
	uint64_t size;

	if (!layout_has(d, id) || !member_ptr(d, at, MODULE_LAYOUT_BASE, &base))
		return;
	if (member_u64(d, at, MODULE_LAYOUT_SIZE, &size))
		set_range(part, base, size);
	if (member_u64(d, at, MODULE_LAYOUT_TEXT, &size))
		set_range(text, base, size);
}

/* False: it has no name. */
static bool read_module(struct dump *d, kaddr_t addr, struct module *m)
{
	char name[64];

	m->addr = addr;
	if (dump_string(d, member_addr(d, addr, MODULE_NAME), name, sizeof(name)))
		text_escape(m->name, sizeof(m->name), name);
	if (layout_has(d, MODULE_TAINTS))
		member_u64(d, addr, MODULE_TAINTS, &m->taints);
	/* The one that is there is asked for first: to find one absent is slow. */
	if (layout_has(d, MODULE_CORE)) {
		read_layout(d, addr, MODULE_CORE, &m->parts[0], &m->text);
		read_layout(d, addr, MODULE_INIT, &m->parts[1], &m->init);
		return m->name[0];
	}
	read_mems(d, addr, m);
	return m->name[0];
}

static bool is_read(const struct modules *modules, kaddr_t addr)
{
	size_t i;

	for (i = 0; i < modules->all.n; i++)
		if (modules->all.v[i].addr == addr)
			return true;
	return false;
}

/* Back: what lies behind a link that cannot be read, up to what is known already. */
static void read_list(struct dump *d, struct modules *modules, struct list_walk *w)
{
	kaddr_t node, addr;

	while (list_next(w, &node)) {
		addr = member_base(d, node, MODULE_LIST);
		if (w->back && is_read(modules, addr))
			return;
		if (!read_module(d, addr, vec_push(d->arena, &modules->all)))
			modules->complete = false;
	}
	if (w->end != WALK_DONE)
		modules->complete = false;
	list_end_note(w, w->back ? "modules from the last on" : "modules");
}

void modules_read(struct dump *d, struct modules *modules)
{
	struct list_walk w;
	kaddr_t head;

	memset(modules, 0, sizeof(*modules));
	modules->complete = !dump_symbol(d, "modules", &head);
	if (modules->complete)
		return; /* CONFIG_MODULES is off */
	if (!layout_has_all(d, MODULE_LIST, MODULE_NAME)) {
		dump_note(d, "modules: no debuginfo for struct module");
		return;
	}
	modules->complete = true;
	list_begin(&w, d, head, MODULES_MAX);
	read_list(d, modules, &w);
	if (w.end == WALK_DONE)
		return;
	list_begin_back(&w, d, head, MODULES_MAX);
	read_list(d, modules, &w);
}

const struct module *module_by_name(const struct modules *modules, const char *name)
{
	size_t i;

	for (i = 0; i < modules->all.n; i++)
		if (!strcmp(modules->all.v[i].name, name))
			return &modules->all.v[i];
	return NULL;
}

static bool is_in(const struct text_range *range, kaddr_t ip)
{
	return ip >= range->start && ip < range->end;
}

const struct module *module_of_text(const struct modules *modules, kaddr_t ip)
{
	size_t i;

	for (i = 0; i < modules->all.n; i++)
		if (is_in(&modules->all.v[i].text, ip) ||
		    is_in(&modules->all.v[i].init, ip))
			return &modules->all.v[i];
	return NULL;
}

const struct module *module_of_address(const struct modules *modules, kaddr_t addr)
{
	size_t i, k;

	for (i = 0; i < modules->all.n; i++)
		for (k = 0; k < MODULE_PARTS_MAX; k++)
			if (is_in(&modules->all.v[i].parts[k], addr))
				return &modules->all.v[i];
	return NULL;
}

/* ---- build-ids ----------------------------------------------------------- */

/*
 * How many attributes are behind this head.  By 7.2 no number says it: their addresses are
 * in an array of their own, which ends with NULL.
 */
static uint64_t attributes(struct dump *d, kaddr_t head, enum layout_id number,
			   enum layout_id group, uint64_t max)
{
	uint64_t n = 0;
	kaddr_t list, attr;

	if (layout_has(d, number))
		return !member_u64(d, head, number, &n) ? 0 : n < max ? n : max;
	if (!member_ptr(d, head, group, &list) || !list)
		return 0;
	while (n < max && dump_ptr(d, list + n * sizeof(attr), &attr) && attr)
		n++;
	return n;
}

/* The note is the section's: a head, "GNU", the id. */
static size_t take_note(struct dump *d, kaddr_t note, unsigned char *id, size_t size)
{
	Elf64_Nhdr h;
	char name[NOTE_NAME_SIZE];

	if (dump_read(d, note, &h, sizeof(h)) != DUMP_OK || h.n_type != NT_GNU_BUILD_ID ||
	    h.n_namesz != sizeof(name) || !h.n_descsz || h.n_descsz > size ||
	    dump_read(d, note + sizeof(h), name, sizeof(name)) != DUMP_OK ||
	    memcmp(name, "GNU", sizeof(name)) ||
	    dump_read(d, note + sizeof(h) + sizeof(name), id, h.n_descsz) != DUMP_OK)
		return 0;
	return h.n_descsz;
}

static size_t from_notes(struct dump *d, kaddr_t module, unsigned char *id, size_t size)
{
	kaddr_t notes, attr, name, note;
	char word[32];
	uint64_t n;
	size_t i;

	if (!layout_has_all(d, BIN_ATTRIBUTE, BIN_ATTRIBUTE_NAME, BIN_ATTRIBUTE_PRIVATE,
			    MODULE_NOTES_ATTRS) ||
	    !member_ptr(d, module, MODULE_NOTES, &notes) || !notes)
		return 0;
	n = attributes(d, notes, MODULE_NOTES_NR, MODULE_NOTES_GROUP, ATTRS_MAX);
	for (i = 0; i < n; i++) {
		attr = member_addr(d, notes, MODULE_NOTES_ATTRS) +
		       i * (kaddr_t)layout_size(d, BIN_ATTRIBUTE);
		if (member_ptr(d, attr, BIN_ATTRIBUTE_NAME, &name) &&
		    dump_string(d, name, word, sizeof(word)) &&
		    !strcmp(word, ".note.gnu.build-id") &&
		    member_ptr(d, attr, BIN_ATTRIBUTE_PRIVATE, &note))
			return take_note(d, note, id, size);
	}
	return 0;
}

size_t module_build_id(struct dump *d, kaddr_t module, unsigned char *id, size_t size)
{
	size_t n = (size_t)layout_size(d, MODULE_BUILD_ID);

	if (!n || n > size ||
	    dump_read(d, member_addr(d, module, MODULE_BUILD_ID), id, n) != DUMP_OK ||
	    all_zeros(id, n))
		return from_notes(d, module, id, size);
	return n;
}

/* ---- sections ------------------------------------------------------------ */

static bool read_section(struct dump *d, kaddr_t at, struct module_section *s)
{
	kaddr_t name;

	return member_ptr(d, at, SECTION_ATTRIBUTE_NAME, &name) &&
	       dump_string(d, name, s->name, sizeof(s->name)) &&
	       member_ptr(d, at, SECTION_ATTRIBUTE_ADDRESS, &s->start);
}

void module_sections_read(struct dump *d, const struct module *m,
			  struct module_sections *sections)
{
	struct module_section s;
	kaddr_t attrs, at;
	uint64_t n, i;

	memset(sections, 0, sizeof(*sections));
	if (!layout_has_all(d, MODULE_SECTIONS_ATTRS, SECTION_ATTRIBUTE) ||
	    !member_ptr(d, m->addr, MODULE_SECTIONS, &attrs) || !attrs)
		return;
	n = attributes(d, attrs, MODULE_SECTIONS_NR, MODULE_SECTIONS_GROUP, SECTIONS_MAX);
	at = member_addr(d, attrs, MODULE_SECTIONS_ATTRS);
	for (i = 0; i < n; i++) {
		if (read_section(d, at, &s))
			*vec_push(d->arena, &sections->all) = s;
		at += (kaddr_t)layout_size(d, SECTION_ATTRIBUTE);
	}
}

bool module_is_init(const struct module *m, kaddr_t ip)
{
	return is_in(&m->init, ip);
}

/* ---- symbols ------------------------------------------------------------- */

bool module_kallsyms(struct dump *d, const struct module *m, struct module_kallsyms *k)
{
	kaddr_t at;

	return layout_has_all(d, MODULE_KALLSYMS, KALLSYMS_SYMTAB, KALLSYMS_COUNT,
			      KALLSYMS_STRTAB) &&
	       member_ptr(d, m->addr, MODULE_KALLSYMS, &at) &&
	       member_ptr(d, at, KALLSYMS_SYMTAB, &k->symtab) &&
	       member_u64(d, at, KALLSYMS_COUNT, &k->n) &&
	       member_ptr(d, at, KALLSYMS_STRTAB, &k->strtab) && k->n <= SYMBOLS_MAX;
}

bool module_is_name(const char *name)
{
	return isalpha((unsigned char)name[0]) || name[0] == '_';
}

/* A symbol table, and the symbol that is looked for in it. */
struct search {
	struct module_kallsyms in;
	kaddr_t start, ip; /* the function begins in here */
	kaddr_t found;	   /* 0: none yet */
	char name[sizeof(((struct dump_symbol *)NULL)->name)];
};

/* Of several names at one place the first counts, as in the kernel's own messages. */
static void consider(struct dump *d, struct search *s, const Elf64_Sym *sym)
{
	char name[sizeof(s->name)];

	if (sym->st_shndx == SHN_UNDEF || sym->st_value < s->start ||
	    sym->st_value > s->ip || sym->st_value <= s->found)
		return;
	if (!dump_string(d, s->in.strtab + sym->st_name, name, sizeof(name)) ||
	    !module_is_name(name))
		return;
	s->found = sym->st_value;
	memcpy(s->name, name, sizeof(name));
}

static void search(struct dump *d, struct search *s)
{
	Elf64_Sym block[SYMBOLS_IN_BLOCK];
	uint64_t at, n, i;

	for (at = 0; at < s->in.n && !dump_interrupted(d); at += SYMBOLS_IN_BLOCK) {
		n = SYMBOLS_IN_BLOCK;
		if (s->in.n - at < n)
			n = s->in.n - at;
		if (dump_read(d, s->in.symtab + at * sizeof(*block), block,
			      n * sizeof(*block)) != DUMP_OK)
			continue;
		for (i = 0; i < n; i++)
			consider(d, s, &block[i]);
	}
}

bool module_symbol_at(struct dump *d, const struct module *m, kaddr_t ip,
		      struct dump_symbol *sym)
{
	struct search s = {.start = is_in(&m->init, ip) ? m->init.start : m->text.start,
			   .ip = ip};

	if (!module_kallsyms(d, m, &s.in))
		return false;
	search(d, &s);
	if (!s.found)
		return false;
	text_escape(sym->name, sizeof(sym->name), s.name);
	memcpy(sym->module, m->name, sizeof(sym->module));
	sym->offset = ip - s.found;
	return true;
}

bool modules_symbol_at(struct dump *d, const struct modules *modules, kaddr_t addr,
		       struct dump_symbol *sym)
{
	const struct module *m;

	if (dump_symbol_at(d, addr, sym))
		return true;
	m = module_of_text(modules, addr);
	return m && module_symbol_at(d, m, addr, sym);
}

uint64_t module_size(const struct module *m)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < MODULE_PARTS_MAX; i++)
		if (!m->init.end || m->parts[i].start != m->init.start)
			sum += m->parts[i].end - m->parts[i].start;
	return sum;
}

bool module_is_foreign(const struct module *m)
{
	const unsigned int out_of_tree = 12; /* TAINT_OOT_MODULE: include/linux/panic.h */

	return m->taints >> out_of_tree & 1;
}
