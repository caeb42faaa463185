// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * ELF: /proc/vmcore as it is, what makedumpfile -E writes, QEMU's dump-guest-memory.
 *
 * Memory that a segment has and the file has not reads as zeros: so ELF says, and so crash
 * takes it.  makedumpfile left it out, because it was zeros or for another reason, and
 * nothing in the file tells which.
 */
#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "base/base.h"
#include "format.h"

#define NOTES_MAX (64u << 20)
#define ELF_INCOMPLETE 0x1 /* makedumpfile's, in e_flags */

struct elf {
	struct core *core;
	struct file *file;
	struct extents memory; /* by physical address */
	const struct progress *progress;
};

/* ---- pages ------------------------------------------------------------------ */

static enum dump_err elf_has(void *state, uint64_t pfn)
{
	const struct elf *e = state;
	uint64_t pa = pfn << e->core->about.page_shift;
	const struct extent *x = NULL;

	if (pfn < e->core->about.max_pfn)
		x = extents_find(&e->memory, pa);
	return x && x->at < pa + e->core->about.page_size ? DUMP_OK : DUMP_ABSENT;
}

/* A page that a segment has only a part of is zeros beyond. */
static enum dump_err elf_page(void *state, uint64_t pfn, unsigned char *to,
			      uint64_t *stored)
{
	struct elf *e = state;
	uint64_t size = e->core->about.page_size, pa = pfn * size, at = pa,
		 end = pa + size;
	const struct extent *x;
	uint64_t n;

	if (elf_has(e, pfn) != DUMP_OK)
		return DUMP_ABSENT;
	for (; at < end; at += n, to += n) {
		x = extents_find(&e->memory, at);
		if (!x || x->at > at) {
			n = (x && x->at < end ? x->at : end) - at;
			memset(to, 0, n);
			continue;
		}
		n = x->at + x->size < end ? x->at + x->size - at : end - at;
		if (x->where == EXTENT_ZEROS)
			memset(to, 0, n);
		else if (!file_get(e->file, x->where + (at - x->at), to, n))
			return DUMP_DAMAGED;
		else
			*stored += n;
	}
	return DUMP_OK;
}

/* Where the part of it that is in the file ends, however much it says to have there. */
static uint64_t stored_end(const struct elf *e, const struct extent *x)
{
	if (x->where == EXTENT_ZEROS || x->where >= e->file->size)
		return x->at;
	return file_has(e->file, x->where, x->size) ? x->at + x->size
						    : x->at + (e->file->size - x->where);
}

static bool elf_next(void *state, uint64_t *pfn)
{
	const struct elf *e = state;
	unsigned int shift = e->core->about.page_shift;
	const struct extent *x = extents_find(&e->memory, *pfn << shift);
	const struct extent *end = e->memory.all.v + e->memory.all.n;

	for (; x && x < end; x++)
		if (stored_end(e, x) > *pfn << shift && stored_end(e, x) > x->at) {
			if (x->at >> shift > *pfn)
				*pfn = x->at >> shift;
			return true;
		}
	return false;
}

/* ---- headers ---------------------------------------------------------------- */

static const char *machine_name(unsigned int machine)
{
	static const struct {
		unsigned int machine;
		const char *name;
	} names[] = {
		{EM_X86_64, "x86_64"},	 {EM_NONE, ""}, /* vmcoreinfo may tell */
		{EM_AARCH64, "aarch64"}, {EM_386, "i686"},
		{EM_ARM, "armv7l"},	 {EM_PPC64, "ppc64"},
		{EM_S390, "s390x"},	 {EM_RISCV, "riscv64"},
		{EM_MIPS, "mips64"},	 {258 /* EM_LOONGARCH */, "loongarch64"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (names[i].machine == machine)
			return names[i].name;
	return "unknown";
}

static bool check_ident(const unsigned char *ident, struct error *why)
{
	if (ident[EI_DATA] != ELFDATA2LSB)
		return error_set(why,
				 "a core of a big-endian machine, which vgpu does not "
				 "know");
	if (ident[EI_CLASS] != ELFCLASS64)
		return error_set(why,
				 "a core of a 32-bit machine, which vgpu does not know");
	return true;
}

static bool check_header(const Elf64_Ehdr *h, struct error *why)
{
	if (!check_ident(h->e_ident, why))
		return false;
	if (h->e_type == ET_EXEC || h->e_type == ET_DYN)
		return error_set(why, "a program or a kernel (vmlinux), not a core");
	if (h->e_type == ET_REL)
		return error_set(why, "a module or an object file, not a core");
	if (h->e_type != ET_CORE)
		return error_set(why, "an ELF file, but no core");
	if (h->e_phentsize != sizeof(Elf64_Phdr))
		return error_set(why, "its program headers are of %u bytes",
				 h->e_phentsize);
	return true;
}

/* More than e_phnum can say is in the first section header. */
static bool count_segments(const struct elf *e, const Elf64_Ehdr *h, uint64_t *n,
			   struct error *why)
{
	Elf64_Shdr section;

	*n = h->e_phnum;
	if (h->e_phnum == PN_XNUM) {
		if (!file_get(e->file, h->e_shoff, &section, sizeof(section)))
			return error_set(why,
					 "the section header that counts its segments "
					 "is not in the file");
		*n = section.sh_info;
	}
	if (!file_has(e->file, h->e_phoff, *n * sizeof(Elf64_Phdr)))
		return error_set(why, "it ends within its %llu program headers",
				 COUNT(*n));
	return true;
}

/* There may be 4 billion of them, in a file with a hole. */
static bool get_segment(const struct elf *e, const Elf64_Ehdr *h, uint64_t i, uint64_t n,
			Elf64_Phdr *p, struct error *why)
{
	if (i % 4096 == 4095 &&
	    !progress_at(e->progress, "reading program headers", i, n, why))
		return false;
	if (file_get(e->file, h->e_phoff + i * sizeof(*p), p, sizeof(*p)))
		return true;
	return error_set(why, "program header %llu cannot be read", COUNT(i));
}

/* /proc/kcore has segments that are of virtual addresses alone. */
static bool is_memory(const Elf64_Phdr *p)
{
	return p->p_type == PT_LOAD && p->p_paddr != UINT64_MAX;
}

static bool check_memory(struct elf *e, const Elf64_Phdr *p, uint64_t i,
			 struct error *why)
{
	uint64_t size = p->p_memsz > p->p_filesz ? p->p_memsz : p->p_filesz;

	if (p->p_paddr >> PHYSICAL_BITS_MAX || size >> PHYSICAL_BITS_MAX)
		return error_set(why, "segment %llu is of %#llx bytes at %#llx", COUNT(i),
				 HEX(size), HEX(p->p_paddr));
	if (!file_has(e->file, p->p_offset, p->p_filesz))
		e->core->about.incomplete = true;
	return true;
}

static void add_notes(struct elf *e, const Elf64_Phdr *p)
{
	struct core *c = e->core;

	if (c->notes)
		return;
	c->notes = core_copy(c, e->file, p->p_offset, p->p_filesz, NOTES_MAX);
	c->notes_size = c->notes ? (size_t)p->p_filesz : 0;
}

/*
 * Of two segments with the same memory the first holds, as in crash, and what is in the
 * file before what is not.  What is added later lies above: so zeros first, then all from
 * the last to the first.
 */
static bool read_segments(struct elf *e, const Elf64_Ehdr *h, uint64_t n,
			  struct error *why)
{
	struct arena *a = e->core->arena;
	Elf64_Phdr p;
	uint64_t i;

	for (i = 0; i < n; i++) {
		if (!get_segment(e, h, i, n, &p, why))
			return false;
		if (p.p_type == PT_NOTE)
			add_notes(e, &p);
		if (!is_memory(&p))
			continue;
		if (!check_memory(e, &p, i, why))
			return false;
		if (p.p_memsz > p.p_filesz)
			extents_add(a, &e->memory,
				    (struct extent){p.p_paddr + p.p_filesz,
						    p.p_memsz - p.p_filesz,
						    EXTENT_ZEROS});
	}
	for (i = n; i--;) {
		if (!get_segment(e, h, i, n, &p, why))
			return false;
		if (is_memory(&p) &&
		    !extents_add(a, &e->memory,
				 (struct extent){p.p_paddr, p.p_filesz, p.p_offset}))
			return error_set(why, "segment %llu is nowhere in a file",
					 COUNT(i));
	}
	extents_settle(a, &e->memory);
	return true;
}

static void tell_about(struct elf *e, const Elf64_Ehdr *h)
{
	struct core_about *about = &e->core->about;

	about->format = "ELF";
	about->dump_level = -1;
	snprintf(about->machine, sizeof(about->machine), "%s",
		 machine_name(h->e_machine));
	if (h->e_flags & ELF_INCOMPLETE || e->file->cut)
		about->incomplete = true;
}

/* The machine's own size of a page is what vmcoreinfo says, later. */
static bool count_memory(struct elf *e, struct error *why)
{
	const struct extent *last;

	if (!e->memory.all.n)
		return error_set(why, "a core without memory");
	last = &e->memory.all.v[e->memory.all.n - 1];
	e->core->about.max_pfn = ((last->at + last->size - 1) >> PAGE_SHIFT_MIN) + 1;
	core_set_page_size(e->core, 1u << PAGE_SHIFT_MIN);
	return true;
}

const struct core_format *elf_open(struct core *c, const struct progress *progress,
				   struct error *why)
{
	static const struct core_format format = {true, elf_has, elf_page, elf_next,
						  NULL};
	struct elf *e = c->state = arena_alloc(c->arena, sizeof(*e));
	Elf64_Ehdr h;
	uint64_t n;

	e->progress = progress;
	e->core = c;
	e->file = &c->files[0];
	if (c->n > 1) {
		error_set(why, "%s: an ELF core is in one file", c->files[1].name);
		return NULL;
	}
	if (!file_get(e->file, 0, &h, sizeof(h))) {
		error_set(why, "it ends within its header");
	} else if (check_header(&h, why) && count_segments(e, &h, &n, why) &&
		   read_segments(e, &h, n, why) && count_memory(e, why)) {
		tell_about(e, &h);
		return &format;
	}
	error_within(why, "%s", c->files[0].name);
	return NULL;
}
