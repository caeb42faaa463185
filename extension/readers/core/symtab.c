// SPDX-License-Identifier: GPL-2.0-or-later
#include "symtab.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "dump/module.h"
#include "elf_file.h"

/* Ten times what the kernel of any distribution has. */
#define SYMBOLS_MAX (2u << 20)
#define BANNER_MAX 512

struct reading {
	struct arena *a;
	Elf *elf;
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

/* nm's letter; 0: it is no place in the kernel. */
static char letter(Elf *elf, const Elf64_Sym *s)
{
	Elf_Scn *section = NULL;
	const Elf64_Shdr *h;
	char c = 'r';

	if (s->st_shndx != SHN_UNDEF && s->st_shndx < SHN_LORESERVE)
		section = elf_getscn(elf, s->st_shndx);
	h = section ? elf64_getshdr(section) : NULL;
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
	size_t names;
	const char *name;

	if (r->section != section) {
		name = elf_getshdrstrndx(r->elf, &names)
			       ? NULL
			       : elf_strptr(r->elf, names,
					    elf64_getshdr(elf_getscn(r->elf, section))
						    ->sh_name);
		r->section = section;
		r->name = arena_printf(r->a, "%s", name ? name : "");
	}
	return r->name;
}

/* Not of a section, and no label of the assembler's: its names have control codes. */
static bool is_name(const char *name)
{
	return module_is_name(name) && text_is_word(name);
}

static void take(struct reading *r, const Elf64_Shdr *h, const Elf_Data *data,
		 struct symtab *to)
{
	bool module = elf64_getehdr(r->elf)->e_type == ET_REL;
	const Elf64_Sym *table = data->d_buf;
	size_t i, n = data->d_size / sizeof(*table);

	for (i = 0; i < n && to->all.n < SYMBOLS_MAX; i++) {
		const Elf64_Sym *s = &table[i];
		const char *name = elf_strptr(r->elf, h->sh_link, s->st_name);
		char type = letter(r->elf, s);

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

/* What is from addr on to the end of its section; NULL: the file has it not. */
static const char *bytes_at(Elf *elf, kaddr_t addr, size_t *size)
{
	Elf_Scn *section = NULL;
	const Elf64_Shdr *h;
	Elf_Data *data;

	while ((section = elf_nextscn(elf, section))) {
		h = elf64_getshdr(section);
		if (!h || h->sh_type != SHT_PROGBITS || !(h->sh_flags & SHF_ALLOC) ||
		    addr < h->sh_addr || addr - h->sh_addr >= h->sh_size)
			continue;
		data = elf_rawdata(section, NULL);
		if (!data || !data->d_buf || addr - h->sh_addr >= data->d_size)
			return NULL;
		*size = data->d_size - (addr - h->sh_addr);
		return (const char *)data->d_buf + (addr - h->sh_addr);
	}
	return NULL;
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
	const struct kallsyms_symbol *s = symbol_named(to, "linux_banner");
	const char *bytes;
	size_t size, n;

	bytes = s ? bytes_at(r->elf, s->addr, &size) : NULL;
	if (!bytes || size < sizeof("Linux version") ||
	    memcmp(bytes, "Linux version ", sizeof("Linux version")) != 0)
		return;
	for (n = 0; n < size && n < BANNER_MAX && isprint((unsigned char)bytes[n]);)
		n++;
	to->banner = arena_printf(r->a, "%.*s", (int)n, bytes);
}

/* With data there are nearly twice as many. */
static void count_kallsyms(struct reading *r, struct symtab *to)
{
	const struct kallsyms_symbol *s = symbol_named(to, "kallsyms_num_syms");
	const char *bytes;
	size_t size, i, functions = 0;

	for (i = 0; i < to->all.n; i++)
		functions += to->all.v[i].it.type == 't' || to->all.v[i].it.type == 'T';
	bytes = s ? bytes_at(r->elf, s->addr, &size) : NULL;
	to->has_functions = bytes && size >= sizeof(uint32_t) &&
			    load_le(bytes, sizeof(uint32_t)) <
				    functions + (to->all.n - functions) / 2;
}

static void read_build_id(struct reading *r, struct symtab *to)
{
	const unsigned char *id;
	Elf_Scn *section = NULL;
	const Elf64_Shdr *h;
	Elf_Data *data;
	size_t n;

	while ((section = elf_nextscn(r->elf, section))) {
		h = elf64_getshdr(section);
		data = h && h->sh_type == SHT_NOTE ? elf_rawdata(section, NULL) : NULL;
		id = data && data->d_buf ? build_id_in(data->d_buf, data->d_size, &n)
					 : NULL;
		if (!id || n > sizeof(to->build_id.bytes))
			continue;
		memcpy(to->build_id.bytes, id, n);
		to->build_id.n = n;
		return;
	}
}

/* ---- the table ---------------------------------------------------------------- */

static bool read_table(struct reading *r, struct symtab *to, struct error *why)
{
	const Elf64_Shdr *h;
	Elf_Scn *section = NULL;
	Elf_Data *data;

	while ((section = elf_nextscn(r->elf, section))) {
		h = elf64_getshdr(section);
		if (!h || h->sh_type != SHT_SYMTAB)
			continue;
		data = elf_getdata(section, NULL);
		if (!data || data->d_type != ELF_T_SYM)
			break;
		take(r, h, data, to);
		read_build_id(r, to);
		read_banner(r, to);
		count_kallsyms(r, to);
		return true;
	}
	return error_set(why, "it has no table of symbols");
}

bool symtab_read(struct arena *a, const char *path, struct symtab *to, struct error *why)
{
	struct reading r = {.a = a};
	struct elf_file file;
	bool ok = elf_file_open(&file, path, false, why);

	r.elf = file.elf;
	ok = ok && read_table(&r, to, why);
	elf_file_close(&file);
	return ok || error_within(why, "%s", path);
}
