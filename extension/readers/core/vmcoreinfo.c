// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "vmcoreinfo.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/elf_note.h"

/* ---- what it says ----------------------------------------------------------- */

/* Behind the '=' of its line; NULL: it has no such line.  NULL is no text too. */
static const char *find_value(const char *text, const char *kind, const char *name)
{
	char key[256];
	int n = snprintf(key, sizeof(key), name ? "%s(%s)=" : "%s=", kind, name);
	const char *line = text;

	if (n < 0 || (size_t)n >= sizeof(key))
		return NULL;
	while (line && *line) {
		if (!strncmp(line, key, (size_t)n))
			return line + n;
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return NULL;
}

static bool get_text(const char *text, const char *kind, const char *name, char *buf,
		     size_t size)
{
	const char *value = find_value(text, kind, name);
	size_t n;

	if (!value)
		return false;
	n = strcspn(value, "\n");
	if (n >= size)
		return false;
	memcpy(buf, value, n);
	buf[n] = '\0';
	return true;
}

static int base_of(const char *kind, const char *value)
{
	if (!strcmp(kind, "SYMBOL") || !strcmp(kind, "KERNELOFFSET"))
		return 16;
	return !strncmp(value, "0x", 2) ? 16 : 10;
}

static bool get_number(const char *text, const char *kind, const char *name, uint64_t *v)
{
	char value[32], *end;

	if (!get_text(text, kind, name, value, sizeof(value)) || !*value)
		return false;
	errno = 0;
	*v = strtoull(value, &end, base_of(kind, value));
	return !errno && !*end;
}

bool core_info_text(const struct core *c, const char *kind, const char *name, char *buf,
		    size_t size)
{
	return get_text(c->vmcoreinfo, kind, name, buf, size);
}

bool core_info_number(const struct core *c, const char *kind, const char *name,
		      uint64_t *v)
{
	return get_number(c->vmcoreinfo, kind, name, v);
}

/*
 * How many sections there may be is MAX_PHYSMEM_BITS less SECTION_SIZE_BITS, log2: of what
 * arm64 has had for each, no two pairs are as far apart.  A vendor may have taken the
 * smaller sections of f0b13ee23241 (5.12) into an older kernel.
 */
unsigned int core_section_bits_arm64(const struct core *c)
{
	static const unsigned int sizes[] = {30, 29, 27}, physmem[] = {48, 52};
	uint64_t roots, each, sections;
	size_t i, k;

	if (!core_info_number(c, "LENGTH", "mem_section", &roots) ||
	    !core_info_number(c, "SIZE", "mem_section", &each) || !each)
		return 0;
	sections = roots * (core_about(c)->page_size / each);
	for (i = 0; i < ARRAY_SIZE(sizes); i++)
		for (k = 0; k < ARRAY_SIZE(physmem); k++)
			if (sections == 1ull << (physmem[k] - sizes[i]))
				return sizes[i];
	return 0;
}

/* ---- in the notes ----------------------------------------------------------- */

const unsigned char *note_find(const struct core *c, const char *name, size_t *size)
{
	size_t at = 0, length = strlen(name);
	struct elf_note note;

	while (elf_note_next(c->notes, c->notes_size, &at, &note))
		if ((note.name_size == length || note.name_size == length + 1) &&
		    !memcmp(note.name, name, length)) {
			*size = note.size;
			return note.desc;
		}
	return NULL;
}

static char *copy_text(struct core *c, const unsigned char *text, size_t size)
{
	char *copy = arena_alloc(c->arena, size + 1);

	memcpy(copy, text, size);
	return copy;
}

/* ---- in memory -------------------------------------------------------------- */

/*
 * The kernel keeps its text in a page of its own, and copies it behind a note's header
 * when it crashes.  A process may have such a text too: of a core that it read, or a
 * program with the words in it.  Genuine is one that says where the kernel's names are
 * (init_uts_ns), when the release is there that the text begins with.
 */
#define FIRST_WORDS "OSRELEASE="
#define TEXT_MAX 65536
#define UTS_FIELD 65
#define KERNEL_MAP 0xffffffff80000000 /* of x86_64 */

static bool image_physical(const char *text, uint64_t va, uint64_t *pa)
{
	uint64_t base;

	if (get_number(text, "NUMBER", "kimage_voffset", &base))
		*pa = va - base;
	else if (get_number(text, "NUMBER", "phys_base", &base))
		*pa = va - KERNEL_MAP + base;
	else
		return false;
	return true;
}

static bool release_is_at(struct core *c, uint64_t pa, const char *release)
{
	char there[UTS_FIELD] = "";

	return core_read(c, pa + 2 * UTS_FIELD, there, sizeof(there) - 1) == DUMP_OK &&
	       *release && !strcmp(there, release);
}

static bool is_genuine(struct core *c, const char *text)
{
	/* Before 5.11 nothing says where it is: behind a count, if there is one. */
	static const uint64_t offsets[] = {0, 4, 8};
	char release[UTS_FIELD];
	uint64_t names, offset, pa;
	size_t i;

	if (!get_text(text, "OSRELEASE", NULL, release, sizeof(release)) ||
	    !get_number(text, "SYMBOL", "init_uts_ns", &names) ||
	    !image_physical(text, names, &pa))
		return false;
	if (get_number(text, "OFFSET", "uts_namespace.name", &offset))
		return release_is_at(c, pa + offset, release);
	for (i = 0; i < ARRAY_SIZE(offsets); i++)
		if (release_is_at(c, pa + offsets[i], release))
			return true;
	return false;
}

/* Up to the first byte that is no text; it may go on in the pages behind. */
static void text_at(struct core *c, uint64_t pa, char text[TEXT_MAX + 1])
{
	size_t n = 0, size = c->about.page_size, part;

	for (; n < TEXT_MAX; n += part) {
		part = size - (size_t)((pa + n) % size);
		if (part > TEXT_MAX - n)
			part = TEXT_MAX - n;
		if (core_read(c, pa + n, text + n, part) != DUMP_OK)
			break;
		if (memchr(text + n, '\0', part))
			return;
	}
	text[n] = '\0';
}

static bool take_from_page(struct core *c, uint64_t pfn, const unsigned char *page,
			   char text[TEXT_MAX + 1])
{
	const unsigned char *end = page + c->about.page_size, *at = page;
	uint64_t pa = pfn << c->about.page_shift;
	uint64_t found[8];
	size_t n = 0;

	for (; n < ARRAY_SIZE(found); at++) {
		at = memmem(at, (size_t)(end - at), FIRST_WORDS, strlen(FIRST_WORDS));
		if (!at)
			break;
		found[n++] = pa + (uint64_t)(at - page);
	}
	/* page is no more what it was once another is read. */
	while (n--) {
		text_at(c, found[n], text);
		if (is_genuine(c, text))
			return true;
	}
	return false;
}

/* From this page on. */
static bool scan(struct core *c, uint64_t pfn, const struct progress *progress,
		 struct error *why)
{
	char *text = arena_alloc(c->arena, TEXT_MAX + 1);
	const unsigned char *page;
	uint64_t n;

	for (n = 0; c->format->next(c->state, &pfn); pfn++, n++) {
		if (n % 1024 == 0 && !progress_at(progress, "looking for vmcoreinfo", pfn,
						  c->about.max_pfn, why))
			return false;
		if (core_page(c, pfn, &page) == DUMP_OK &&
		    take_from_page(c, pfn, page, text)) {
			c->vmcoreinfo = text;
			c->vmcoreinfo_pfn = pfn;
			c->about.vmcoreinfo_found = true;
			break;
		}
	}
	return true;
}

bool vmcoreinfo_find_next(struct core *c, const struct progress *progress)
{
	char *before = c->vmcoreinfo;

	if (!c->about.vmcoreinfo_found)
		return false;
	c->vmcoreinfo = NULL;
	if (scan(c, c->vmcoreinfo_pfn + 1, progress, NULL) && c->vmcoreinfo)
		return true;
	c->vmcoreinfo = before;
	return false;
}

bool vmcoreinfo_find(struct core *c, const struct progress *progress, struct error *why)
{
	const unsigned char *note;
	size_t size;

	if (c->vmcoreinfo)
		return true;
	note = note_find(c, "VMCOREINFO", &size);
	if (note) {
		c->vmcoreinfo = copy_text(c, note, size);
		return true;
	}
	return scan(c, 0, progress, why);
}
