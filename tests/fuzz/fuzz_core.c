// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A libFuzzer target: cores that are sound but for some of their bytes, in the headers,
 * tables, notes and pages.
 *
 * Besides what the sanitizers see: what core_has() says is what core_page() says, now and
 * again; and a search through the pages goes up, and finds those that there are.
 */
#define _GNU_SOURCE
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../unit/made_core.h"
#include "base/base.h"
#include "readers/core/format.h"

#define PAGES_LOOKED_AT 44
#define INFO                                                                             \
	"OSRELEASE=5.10.0-9-test\nPAGESIZE=4096\nSYMBOL(init_uts_ns)=ffffffff81004000\n" \
	"NUMBER(phys_base)=-16777216\n"

/* A change: 8 bytes of input. */
struct change {
	uint16_t at;
	uint8_t where, how;
	uint32_t value;
};

static void fail(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

/* ---- sound cores ------------------------------------------------------------ */

static const struct made_page pages[] = {
	{.pfn = 0, .packing = PACKED_ZLIB},
	{.pfn = 1, .left_out = true},
	{.pfn = 3, .packing = PACKED_LZO},
	{.pfn = 4, .text = "5.10.0-9-test", .at = 4 + 2 * 65},
	{.pfn = 10, .packing = PACKED_SNAPPY},
	{.pfn = 11, .packing = PACKED_ZSTD},
	{.pfn = 40, .text = INFO, .at = 4000},
	{.pfn = 41, .text = &INFO[96]},
	{.pfn = 200, .packing = PACKED_SNAPPY},
};

static struct bytes notes(void)
{
	struct bytes b = {0};

	made_note(&b, "CORE", NT_PRSTATUS, "12345", 5);
	made_note(&b, "VMCOREINFO", 0, INFO, sizeof(INFO) - 1);
	return b;
}

static struct bytes kdump(unsigned int version, bool with_notes, bool one_bitmap)
{
	struct made_core m = {.version = version,
			      .max_pfn = 256,
			      .pages = pages,
			      .n = ARRAY_SIZE(pages),
			      .one_bitmap = one_bitmap,
			      .split = !with_notes,
			      .end = 256};
	struct bytes b;

	if (with_notes) {
		m.notes = notes();
		m.vmcoreinfo = INFO;
	}
	b = made_kdump(&m);
	bytes_free(&m.notes);
	return b;
}

static struct bytes elf(bool with_notes)
{
	static const struct made_segment segments[] =
		{{.pa = 0x3000, .filesz = 0x3000, .memsz = 0x8000},
		 {.pa = 0x1000, .filesz = 0x2800, .memsz = 0x3000},
		 {.pa = 0x40000, .memsz = 0x1000}};
	struct made_elf m = {.segments = segments,
			     .n = ARRAY_SIZE(segments),
			     .many = with_notes};
	struct bytes b;

	if (with_notes)
		m.notes = notes();
	b = made_elf(&m);
	bytes_free(&m.notes);
	return b;
}

#define SOUND 6
static const struct bytes *sound(unsigned int which)
{
	static struct bytes made[SOUND];

	if (!made[0].n) {
		made[0] = kdump(6, true, false);
		made[1] = kdump(6, false, false);
		made[2] = kdump(2, false, false);
		made[3] = kdump(4, true, true);
		made[4] = elf(true);
		made[5] = elf(false);
	}
	return &made[which % SOUND];
}

/* ---- damage ----------------------------------------------------------------- */

static const uint64_t hard[] = {0,	    1,		0xfff,
				0x1000,	    0x7fffffff, 1u << 31,
				UINT32_MAX, INT64_MAX,	UINT64_MAX - 4,
				UINT64_MAX};

static void damage(struct bytes b, const struct change *c)
{
	/* Headers, sub header, what follows it, and behind the bitmaps. */
	static const size_t from[] = {0, 4096, 4096 + 104, 8192, 16384};
	size_t at = from[c->where % ARRAY_SIZE(from)] + c->at % 8192,
	       n = 1u << c->how % 4;
	uint64_t value = c->how & 64 ? hard[c->value % ARRAY_SIZE(hard)] : c->value;

	if (c->how & 32)
		at &= ~(n - 1);
	if (at + n <= b.n)
		memcpy(b.v + at, &value, n);
}

static const char *as_file(struct bytes b, size_t cut)
{
	static char path[64];
	static int fd = -1;

	if (fd < 0) {
		fd = memfd_create("core", MFD_CLOEXEC);
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	if (cut < b.n)
		b.n = cut;
	if (ftruncate(fd, 0) || pwrite(fd, b.v, b.n, 0) != (ssize_t)b.n)
		fail("no file");
	return path;
}

/* ---- what shall hold -------------------------------------------------------- */

/* A file without a core's signature that reads as a text has no pages. */
static bool look_at_text(const struct core *c, size_t size)
{
	const struct dump_text *t = core_text(c);

	if (!t)
		return false;
	if (t->size + t->left_out > size)
		fail("a text that is longer than its file");
	return true;
}

static void look_at_page(struct core *c, uint64_t pfn)
{
	const unsigned char *page;
	enum dump_err has = core_has(c, pfn), err = core_page(c, pfn, &page);

	if (has != err && !(has == DUMP_OK && err == DUMP_DAMAGED))
		fail("a page that is there is not, or the other way");
	if (core_page(c, pfn, &page) != err)
		fail("a page is not what it was");
}

static void look_through(struct core *c)
{
	uint64_t pfn, last = 0, n;

	for (pfn = 0, n = 0; n < PAGES_LOOKED_AT && c->format->next(c->state, &pfn);
	     pfn++, n++) {
		if (n && pfn <= last)
			fail("the search goes back");
		if (pfn < core_about(c)->max_pfn && core_has(c, pfn) != DUMP_OK)
			fail("the search finds what is not there");
		last = pfn;
	}
}

static void look_at(struct core *c)
{
	uint64_t pfn, max = core_about(c)->max_pfn, v;
	unsigned char some[9000];
	char text[64];

	for (pfn = 0; pfn < PAGES_LOOKED_AT; pfn++)
		look_at_page(c, pfn);
	for (pfn = max > 4 ? max - 4 : 0; pfn < max + 4; pfn++)
		look_at_page(c, pfn);
	look_through(c);
	core_read(c, 4090, some, sizeof(some));
	core_info_text(c, "OSRELEASE", NULL, text, sizeof(text));
	core_info_number(c, "NUMBER", "phys_base", &v);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena a = {0};
	struct change change;
	struct core_request request = {.n = 1};
	struct error why = {""};
	const char *path;
	struct core *c;
	struct bytes b;
	size_t at;

	if (size < 4)
		return 0;
	b = bytes_copy(*sound(data[0]));
	for (at = 4; at + sizeof(change) <= size; at += sizeof(change)) {
		memcpy(&change, data + at, sizeof(change));
		damage(b, &change);
	}
	path = as_file(b, data[1] & 1 ? load_le(data + 2, 2) : SIZE_MAX);
	request.files = &path;
	c = core_open(&a, &request, &why);
	if (c) {
		if (!look_at_text(c, b.n))
			look_at(c);
		core_close(c);
	} else if (!*why.text) {
		fail("it is refused, and nobody knows why");
	}
	arena_free(&a);
	bytes_free(&b);
	return 0;
}
