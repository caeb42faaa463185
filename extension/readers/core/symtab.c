// SPDX-License-Identifier: GPL-2.0-or-later
#include "symtab.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <libelf.h>
#include <string.h>
#include <unistd.h>

#include "dump/module.h"

/* Ten times what the kernel of any distribution has. */
#define SYMBOLS_MAX (2u << 20)

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

static void take(struct arena *a, Elf *elf, const Elf64_Shdr *h, const Elf_Data *data,
		 struct symbols *to)
{
	const Elf64_Sym *table = data->d_buf;
	size_t i, n = data->d_size / sizeof(*table);

	for (i = 0; i < n && to->all.n < SYMBOLS_MAX; i++) {
		const char *name = elf_strptr(elf, h->sh_link, table[i].st_name);
		char type = letter(elf, &table[i]);

		if (type && name && module_is_name(name))
			*vec_push(a, &to->all) =
				(struct kallsyms_symbol){table[i].st_value,
							 arena_printf(a, "%s", name),
							 type};
	}
}

static bool read_table(struct arena *a, Elf *elf, struct symbols *to, struct error *why)
{
	const char *ident = elf_getident(elf, NULL);
	const Elf64_Shdr *h;
	Elf_Scn *section = NULL;
	Elf_Data *data;

	if (elf_kind(elf) != ELF_K_ELF || !ident || ident[EI_CLASS] != ELFCLASS64 ||
	    ident[EI_DATA] != ELFDATA2LSB)
		return error_set(why,
				 "it is no ELF file of a 64-bit little-endian machine");
	while ((section = elf_nextscn(elf, section))) {
		h = elf64_getshdr(section);
		if (!h || h->sh_type != SHT_SYMTAB)
			continue;
		data = elf_getdata(section, NULL);
		if (!data || data->d_type != ELF_T_SYM)
			break;
		take(a, elf, h, data, to);
		return true;
	}
	return error_set(why, "it has no table of symbols");
}

bool symtab_read(struct arena *a, const char *path, struct symbols *to, struct error *why)
{
	bool ok = false;
	Elf *elf;
	int fd;

	elf_version(EV_CURRENT);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	elf = fd < 0 ? NULL : elf_begin(fd, ELF_C_READ_MMAP, NULL);
	if (elf)
		ok = read_table(a, elf, to, why);
	else
		error_set(why, "%s", fd < 0 ? strerror(errno) : elf_errmsg(-1));
	elf_end(elf);
	if (fd >= 0)
		close(fd);
	return ok || error_within(why, "%s", path);
}
