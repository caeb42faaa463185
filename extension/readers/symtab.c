// SPDX-License-Identifier: GPL-2.0-or-later
#include "symtab.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "dump/module.h"
#include "elf_sections.h"

/* Ten times what the kernel of any distribution has. */
#define SYMBOLS_MAX (2u << 20)
#define TABLE_MAX (256u << 20) /* bytes of them, or of their names */
#define NOTES_MAX 65536
#define BANNER_MAX 512

struct reading {
	struct arena *a;
	struct elf_sections elf;
	size_t section; /* whose name was asked for last */
	const char *name;
};

/* What is thrown away after boot, or has a symbol for each entry. */
static bool is_left_out(const char *section)
{
	static const char *const beginnings[] = {".init.",    ".exit.",
						 "__ksymtab", "__kcrctab",
						 "__param",   "__tracepoint",
						 "_ftrace_",  ".modinfo",
						 "__bpf_raw", "___srcu_struct_ptrs"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(beginnings); i++)
		if (text_starts(section, beginnings[i]))
			return true;
	return false;
}

/* NULL: it is in none. */
static const Elf64_Shdr *section_of(const struct elf_sections *elf, const Elf64_Sym *s)
{
	return s->st_shndx != SHN_UNDEF && s->st_shndx < elf->n ? &elf->all[s->st_shndx]
								: NULL;
}

/* nm's letter; 0: it is no place in the kernel. */
static char letter(const Elf64_Shdr *h, const Elf64_Sym *s)
{
	char c = 'r';

	if (!h || !(h->sh_flags & SHF_ALLOC) ||
	    ELF64_ST_TYPE(s->st_info) == STT_SECTION ||
	    ELF64_ST_TYPE(s->st_info) == STT_FILE)
		return 0;
	if (h->sh_flags & SHF_EXECINSTR)
		c = 't';
	else if (h->sh_flags & SHF_WRITE)
		c = h->sh_type == SHT_NOBITS ? 'b' : 'd';
	return ELF64_ST_BIND(s->st_info) == STB_LOCAL ? c : (char)toupper(c);
}

/* Of all symbols in a section one text. */
static const char *section_name(struct reading *r, size_t section)
{
	if (r->section != section) {
		r->section = section;
		r->name = arena_printf(r->a, "%s",
				       elf_section_name(&r->elf, &r->elf.all[section]));
	}
	return r->name;
}

/* Not of a section, and no label of the assembler's: its names have control codes. */
static bool is_name(const char *name)
{
	return module_is_name(name) && text_is_word(name);
}

static void take(struct reading *r, const Elf64_Sym *table, size_t n, const char *names,
		 size_t names_size, struct symtab *to)
{
	bool module = r->elf.type == ET_REL;
	size_t i;

	for (i = 0; i < n && to->all.n < SYMBOLS_MAX; i++) {
		const Elf64_Sym *s = &table[i];
		const char *name = s->st_name < names_size ? names + s->st_name : NULL;
		char type = letter(section_of(&r->elf, s), s);

		if (!type || !name || !is_name(name) ||
		    is_left_out(section_name(r, s->st_shndx)))
			continue;
		*vec_push(r->a, &to->all) =
			(struct symtab_symbol){{s->st_value,
						arena_printf(r->a, "%s", name), type},
					       module ? section_name(r, s->st_shndx)
						      : NULL};
	}
}

/* ---- what a vmlinux says of itself ----------------------------------------- */

/* What is from addr on, at most size bytes of it: how many. */
static size_t bytes_at(const struct elf_sections *elf, kaddr_t addr, void *to,
		       size_t size)
{
	size_t i;

	for (i = 0; i < elf->n; i++) {
		const Elf64_Shdr *h = &elf->all[i];

		if (h->sh_type == SHT_PROGBITS && h->sh_flags & SHF_ALLOC &&
		    addr >= h->sh_addr && addr - h->sh_addr < h->sh_size)
			return elf_section_read(elf, h, addr - h->sh_addr, to, size);
	}
	return 0;
}

static const struct kallsyms_symbol *symbol_named(const struct symtab *s,
						  const char *name)
{
	size_t i;

	for (i = 0; i < s->all.n; i++)
		if (!strcmp(s->all.v[i].it.name, name))
			return &s->all.v[i].it;
	return NULL;
}

static void read_banner(struct reading *r, struct symtab *to)
{
	static const char begin[] = "Linux version ";
	const struct kallsyms_symbol *s = symbol_named(to, "linux_banner");
	char bytes[BANNER_MAX];
	size_t size = s ? bytes_at(&r->elf, s->addr, bytes, sizeof(bytes)) : 0, n;

	if (size < sizeof(begin) || memcmp(bytes, begin, sizeof(begin) - 1) != 0)
		return;
	for (n = 0; n < size && isprint((unsigned char)bytes[n]);)
		n++;
	to->banner = arena_printf(r->a, "%.*s", (int)n, bytes);
}

/* With data there are nearly twice as many. */
static void count_kallsyms(struct reading *r, struct symtab *to)
{
	const struct kallsyms_symbol *s = symbol_named(to, "kallsyms_num_syms");
	uint32_t n;
	size_t i, functions = 0;

	for (i = 0; i < to->all.n; i++)
		functions += to->all.v[i].it.type == 't' || to->all.v[i].it.type == 'T';
	to->has_functions = s && bytes_at(&r->elf, s->addr, &n, sizeof(n)) == sizeof(n) &&
			    load_le(&n, sizeof(n)) <
				    functions + (to->all.n - functions) / 2;
}

static void read_build_id(struct reading *r, struct symtab *to)
{
	size_t i, size, n;

	for (i = 0; i < r->elf.n && !to->build_id.n; i++) {
		const Elf64_Shdr *h = &r->elf.all[i];
		char *notes = h->sh_type == SHT_NOTE
				      ? elf_section_bytes(&r->elf, h, NOTES_MAX, &size)
				      : NULL;
		const unsigned char *id =
			notes ? build_id_in((unsigned char *)notes, size, &n) : NULL;

		if (id && n <= sizeof(to->build_id.bytes)) {
			memcpy(to->build_id.bytes, id, n);
			to->build_id.n = n;
		}
		free(notes);
	}
}

/* ---- the table ---------------------------------------------------------------- */

static bool read_table(struct reading *r, struct symtab *to, struct error *why)
{
	const Elf64_Shdr *h = elf_section_typed(&r->elf, SHT_SYMTAB);
	size_t size = 0, names_size = 0;
	char *table = elf_section_bytes(&r->elf, h, TABLE_MAX, &size), *names = NULL;

	if (table && h->sh_link < r->elf.n)
		names = elf_section_bytes(&r->elf, &r->elf.all[h->sh_link], TABLE_MAX,
					  &names_size);
	if (names)
		take(r, (const Elf64_Sym *)table, size / sizeof(Elf64_Sym), names,
		     names_size, to);
	free(table);
	free(names);
	if (!names)
		return error_set(why, "it has no table of symbols");
	read_build_id(r, to);
	read_banner(r, to);
	count_kallsyms(r, to);
	return true;
}

bool symtab_read(struct arena *a, const char *path, struct symtab *to, struct error *why)
{
	struct reading r = {.a = a};
	bool ok = elf_sections_open(&r.elf, path, why);

	if (ok) {
		ok = read_table(&r, to, why);
		elf_sections_close(&r.elf);
	}
	return ok || error_within(why, "%s", path);
}
