// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "made_memory.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "arch/arch.h"
#include "base/elf_note.h"

/* struct elf_prstatus of x86_64. */
struct cpu_note {
	Elf64_Nhdr head;
	char name[8];
	unsigned char desc[336];
};

struct made {
	struct arena arena, core_arena; /* the latter's is the core's */
	unsigned int page_size;
	uint16_t machine;
	struct {
		char *v;
		size_t n;
	} info;
	struct {
		uint64_t pa;
		unsigned char *bytes;
	} * pages;
	size_t npages;
	struct cpu_note *cpu; /* NULL: none */
	bool no_info;
	struct core *core;
	int fd;
	char path[32];
};

struct made *made_memory(const char *machine, unsigned int page_size)
{
	struct made *m = calloc(1, sizeof(*m));

	if (!m)
		abort();
	m->page_size = page_size;
	m->machine = !strcmp(machine, "x86_64")	   ? EM_X86_64
		     : !strcmp(machine, "aarch64") ? EM_AARCH64
						   : EM_NONE;
	m->fd = -1;
	made_info(m, "OSRELEASE=6.1.0-made");
	made_info(m, "PAGESIZE=%u", page_size);
	return m;
}

static void made_close(struct made *m)
{
	if (m->core)
		core_close(m->core);
	if (m->fd >= 0)
		close(m->fd);
	arena_free(&m->core_arena);
	m->core = NULL;
	m->fd = -1;
}

void made_destroy(struct made *m)
{
	made_close(m);
	arena_free(&m->arena);
	free(m);
}

void made_info(struct made *m, const char *fmt, ...)
{
	char line[256];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	line[n++] = '\n';
	m->info.v = arena_grow(&m->arena, m->info.v, m->info.n + (size_t)n);
	memcpy(m->info.v + m->info.n, line, (size_t)n);
	m->info.n += (size_t)n;
}

const char *made_info_text(struct made *m)
{
	return arena_printf(&m->arena, "%.*s", (int)m->info.n, (const char *)m->info.v);
}

void made_no_info(struct made *m)
{
	m->no_info = true;
}

void made_cpu(struct made *m, uint64_t ip)
{
	m->cpu = arena_alloc(&m->arena, sizeof(*m->cpu));
	*m->cpu = (struct cpu_note){.head = {.n_namesz = sizeof("CORE"),
					     .n_descsz = sizeof(m->cpu->desc),
					     .n_type = NT_PRSTATUS},
				    .name = "CORE"};
	memcpy(m->cpu->desc + PRSTATUS_REG_OFFSET + arch_x86_64.note_ip, &ip, sizeof(ip));
}

static unsigned char *page_of(struct made *m, uint64_t pa)
{
	size_t i;

	for (i = m->npages; i--;)
		if (m->pages[i].pa == pa - pa % m->page_size)
			return m->pages[i].bytes;
	return NULL;
}

static unsigned char *add_page(struct made *m, uint64_t pa)
{
	m->pages = arena_grow(&m->arena, m->pages, (m->npages + 1) * sizeof(*m->pages));
	m->pages[m->npages].pa = pa - pa % m->page_size;
	m->pages[m->npages].bytes = arena_alloc(&m->arena, m->page_size);
	return m->pages[m->npages++].bytes;
}

void made_put(struct made *m, uint64_t pa, const void *bytes, size_t size)
{
	const unsigned char *from = bytes;

	while (size) {
		size_t at = pa % m->page_size, n = m->page_size - at;
		unsigned char *page = page_of(m, pa);

		if (n > size)
			n = size;
		if (!page)
			page = add_page(m, pa);
		memcpy(page + at, from, n);
		from += n;
		pa += n;
		size -= n;
	}
}

void made_u64(struct made *m, uint64_t pa, uint64_t value)
{
	made_put(m, pa, &value, sizeof(value));
}

uint64_t made_get(struct made *m, uint64_t pa)
{
	const unsigned char *page = page_of(m, pa);

	return page ? load_u64(page + pa % m->page_size) : 0;
}

void made_remove(struct made *m, uint64_t pa)
{
	size_t i;

	for (i = 0; i < m->npages; i++)
		if (m->pages[i].pa == pa - pa % m->page_size)
			m->pages[i].pa = ~0ull << 48;
}

static void write_all(int fd, const void *bytes, size_t size)
{
	if (write(fd, bytes, size) != (ssize_t)size)
		abort();
}

/* Headers, the note, and each page as a segment of its own. */
static void write_core(const struct made *m, int fd)
{
	Elf64_Ehdr h = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64,
				    ELFDATA2LSB, EV_CURRENT},
			.e_type = ET_CORE,
			.e_machine = m->machine,
			.e_version = EV_CURRENT,
			.e_phoff = sizeof(h),
			.e_ehsize = sizeof(h),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = (uint16_t)(m->npages + 1)};
	Elf64_Nhdr note = {.n_namesz = 11, .n_descsz = (uint32_t)m->info.n};
	Elf64_Phdr p = {.p_type = PT_NOTE,
			.p_offset = sizeof(h) + (m->npages + 1) * sizeof(p),
			.p_filesz = sizeof(note) + 12 + m->info.n};
	size_t cpu = m->cpu ? sizeof(*m->cpu) : 0, i;

	p.p_filesz += cpu;

	write_all(fd, &h, sizeof(h));
	write_all(fd, &p, sizeof(p));
	p = (Elf64_Phdr){.p_type = PT_LOAD,
			 .p_offset = p.p_offset + p.p_filesz,
			 .p_filesz = m->page_size,
			 .p_memsz = m->page_size};
	for (i = 0; i < m->npages; i++, p.p_offset += p.p_filesz) {
		p.p_paddr = m->pages[i].pa;
		p.p_type = p.p_paddr == ~0ull << 48 ? PT_NULL : PT_LOAD;
		write_all(fd, &p, sizeof(p));
	}
	write_all(fd, m->cpu, cpu);
	write_all(fd, &note, sizeof(note));
	write_all(fd, m->no_info ? "SOMETHING  \0" : "VMCOREINFO\0", 12);
	write_all(fd, m->info.v, m->info.n);
	for (i = 0; i < m->npages; i++)
		write_all(fd, m->pages[i].bytes, m->page_size);
}

const char *made_memory_file(struct made *m)
{
	made_close(m);
	m->fd = memfd_create("made", 0);
	if (m->fd < 0)
		abort();
	write_core(m, m->fd);
	snprintf(m->path, sizeof(m->path), "/proc/self/fd/%d", m->fd);
	return m->path;
}

struct core *made_open(struct made *m)
{
	const char *files[] = {made_memory_file(m)};
	struct core_request request = {.files = files, .n = 1};
	struct error why = {.text = ""};

	m->core = core_open(&m->core_arena, &request, &why);
	if (!m->core) {
		fprintf(stderr, "made_open: %s\n", why.text);
		abort();
	}
	return m->core;
}
