// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "elf_sections.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SECTIONS_MAX 4096
#define NAMES_MAX (1u << 20)

static bool read_at(int fd, void *buf, size_t size, uint64_t at)
{
	return at <= INT64_MAX && pread(fd, buf, size, (off_t)at) == (ssize_t)size;
}

static bool is_elf64(const Elf64_Ehdr *h)
{
	return !memcmp(h->e_ident, ELFMAG, SELFMAG) &&
	       h->e_ident[EI_CLASS] == ELFCLASS64 && h->e_ident[EI_DATA] == ELFDATA2LSB;
}

static bool read_sections(struct elf_sections *e, const Elf64_Ehdr *h)
{
	const Elf64_Shdr *names;

	if (h->e_shentsize != sizeof(Elf64_Shdr) || h->e_shnum > SECTIONS_MAX ||
	    h->e_shstrndx >= h->e_shnum)
		return false;
	e->type = h->e_type;
	e->n = h->e_shnum;
	e->all = calloc(e->n, sizeof(*e->all));
	if (!e->all || !read_at(e->fd, e->all, e->n * sizeof(*e->all), h->e_shoff))
		return false;
	names = &e->all[h->e_shstrndx];
	if (!names->sh_size || names->sh_size > NAMES_MAX)
		return false;
	e->names_size = (size_t)names->sh_size;
	e->names = calloc(1, e->names_size + 1);
	return e->names && read_at(e->fd, e->names, e->names_size, names->sh_offset);
}

bool elf_sections_open(struct elf_sections *e, const char *path, struct error *why)
{
	Elf64_Ehdr h;

	memset(e, 0, sizeof(*e));
	/* A FIFO would wait for ever, so do not wait to open it. */
	e->fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (e->fd < 0)
		return error_set(why, "%s", strerror(errno));
	if (!read_at(e->fd, &h, sizeof(h), 0) || !is_elf64(&h))
		error_set(why, "it is no ELF file of a 64-bit little-endian machine");
	else if (read_sections(e, &h))
		return true;
	else
		error_set(why, "its sections cannot be read");
	elf_sections_close(e);
	return false;
}

void elf_sections_close(struct elf_sections *e)
{
	free(e->all);
	free(e->names);
	close(e->fd);
}

const char *elf_section_name(const struct elf_sections *e, const Elf64_Shdr *s)
{
	return s->sh_name < e->names_size ? e->names + s->sh_name : "";
}

const Elf64_Shdr *elf_section_named(const struct elf_sections *e, const char *name)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (!strcmp(elf_section_name(e, &e->all[i]), name))
			return &e->all[i];
	return NULL;
}

const Elf64_Shdr *elf_section_typed(const struct elf_sections *e, Elf64_Word type)
{
	size_t i;

	for (i = 0; i < e->n; i++)
		if (e->all[i].sh_type == type)
			return &e->all[i];
	return NULL;
}

char *elf_section_bytes(const struct elf_sections *e, const Elf64_Shdr *s, size_t max,
			size_t *size)
{
	char *bytes;

	if (!s || s->sh_type == SHT_NOBITS || s->sh_size > max)
		return NULL;
	*size = (size_t)s->sh_size;
	bytes = calloc(1, *size + 1);
	if (bytes && read_at(e->fd, bytes, *size, s->sh_offset))
		return bytes;
	free(bytes);
	return NULL;
}

size_t elf_section_read(const struct elf_sections *e, const Elf64_Shdr *s, size_t from,
			void *to, size_t size)
{
	ssize_t n;

	if (from >= s->sh_size || s->sh_offset > INT64_MAX - from)
		return 0;
	if (size > s->sh_size - from)
		size = s->sh_size - from;
	n = pread(e->fd, to, size, (off_t)(s->sh_offset + from));
	return n > 0 ? (size_t)n : 0;
}
