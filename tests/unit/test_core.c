// SPDX-License-Identifier: GPL-2.0-or-later
/* core.c and its formats: each page of a core, or why not; and what a core says of itself. */
#define _GNU_SOURCE
#include "test.h"

#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"
#include "made_core.h"
#include "readers/core/format.h"

#define PAGE 4096u

/* ---- open ------------------------------------------------------------------- */

static struct arena arena;
static struct error why;
static struct core *core;

static int end(void **state)
{
	(void)state;
	if (core)
		core_close(core);
	core = NULL;
	arena_free(&arena);
	made_core_remove();
	return 0;
}

static struct core *open_files(const char *const *files, size_t n)
{
	struct core_request request = {.files = files, .n = n};

	if (core)
		core_close(core);
	*why.text = '\0';
	core = core_open(&arena, &request, &why);
	return core;
}

static struct core *open_file(const char *path)
{
	return open_files(&path, 1);
}

/* Its bytes are given back. */
static struct core *open_bytes(struct bytes b)
{
	const char *path = made_file("core", b);

	bytes_free(&b);
	return open_file(path);
}

static void opens(struct bytes b)
{
	if (!open_bytes(b))
		fail_msg("%s", why.text);
}

static void is_refused(struct bytes b, const char *words)
{
	assert_null(open_bytes(b));
	if (!strstr(why.text, words) || !strstr(why.text, "core: "))
		fail_msg("\"%s\" and not \"%s\"", why.text, words);
}

static void page_is(uint64_t pfn, const struct made_core *m, const struct made_page *p)
{
	unsigned char expected[65536];
	const unsigned char *page;

	made_page(m, p, expected);
	assert_int_equal(core_has(core, pfn), DUMP_OK);
	assert_int_equal(core_page(core, pfn, &page), DUMP_OK);
	assert_memory_equal(page, expected, core_about(core)->page_size);
}

static void page_is_none(uint64_t pfn, enum dump_err err)
{
	const unsigned char *page;

	assert_int_equal(core_page(core, pfn, &page), err);
	if (err != DUMP_DAMAGED)
		assert_int_equal(core_has(core, pfn), err);
}

/* All that the description has, and nothing else. */
static void has_all(const struct made_core *m)
{
	uint64_t pfn, max = m->max_pfn ? m->max_pfn : 64;
	size_t i;

	for (pfn = 0; pfn < max + 8; pfn++) {
		for (i = 0; i < m->n && m->pages[i].pfn != pfn; i++)
			;
		if (i == m->n)
			page_is_none(pfn, DUMP_ABSENT);
		else if (m->pages[i].left_out)
			page_is_none(pfn, DUMP_EXCLUDED);
		else
			page_is(pfn, m, &m->pages[i]);
	}
}

/* ---- kdump-compressed ------------------------------------------------------- */

static const struct made_page pages[] = {{.pfn = 0, .packing = PACKED_ZLIB},
					 {.pfn = 1, .left_out = true},
					 {.pfn = 3, .packing = PACKED_LZO},
					 {.pfn = 10, .packing = PACKED_SNAPPY},
					 {.pfn = 11, .packing = PACKED_ZSTD},
					 {.pfn = 12, .left_out = true},
					 {.pfn = 40, .packing = PACKED_NOT},
					 {.pfn = 41, .packing = PACKED_ZLIB},
					 {.pfn = 63, .packing = PACKED_SNAPPY}};
static const struct made_core small = {.pages = pages, .n = ARRAY_SIZE(pages)};

static void each_page_or_why_not(void **state)
{
	(void)state;
	opens(made_kdump(&small));
	has_all(&small);
	page_is_none(UINT64_MAX, DUMP_ABSENT);
	/* Again, and backward: they are kept, and stay what they are. */
	has_all(&small);
	page_is(63, &small, &pages[8]);
	page_is(0, &small, &pages[0]);
}

static void what_its_headers_say(void **state)
{
	const struct core_about *about;
	struct bytes b = made_kdump(&small);
	size_t size = b.n;

	(void)state;
	opens(b);
	about = core_about(core);
	assert_string_equal(about->format, "kdump-compressed");
	assert_string_equal(about->machine, "x86_64");
	assert_string_equal(about->release, "5.10.0-9-test");
	assert_string_equal(about->version, "#1 SMP Test");
	assert_int_equal(about->page_size, PAGE);
	assert_int_equal(about->page_shift, 12);
	assert_int_equal(about->max_pfn, 64);
	assert_int_equal(about->dump_level, 31);
	assert_int_equal(about->crash_time, 1600000000);
	assert_int_equal(about->file_bytes, size);
	assert_false(about->incomplete);
	assert_false(about->vmcoreinfo_found);
}

static void text_of_a_header_is_escaped(void **state)
{
	struct bytes b = made_kdump(&small);

	(void)state;
	memset(made_header(b)->release, '\033', sizeof(made_header(b)->release));
	opens(b);
	assert_int_equal(strncmp(core_about(core)->release, "\\x1b\\x1b", 8), 0);
}

static void each_size_of_a_page(void **state)
{
	static const unsigned int sizes[] = {4096, 8192, 16384, 65536};
	struct made_core m = small;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		m.page_size = sizes[i];
		opens(made_kdump(&m));
		assert_int_equal(core_about(core)->page_size, sizes[i]);
		has_all(&m);
	}
}

static void each_version(void **state)
{
	struct made_core m = small;

	(void)state;
	m.vmcoreinfo = "OSRELEASE=5.10\n";
	made_note(&m.notes, "CORE", NT_PRSTATUS, "1234", 4);
	for (m.version = 1; m.version <= 6; m.version++) {
		char text[32];

		opens(made_kdump(&m));
		has_all(&m);
		assert_int_equal(core_about(core)->dump_level, 31);
		/* What a version does not have stands there by chance. */
		assert_int_equal(core_info_text(core, "OSRELEASE", NULL, text,
						sizeof(text)),
				 m.version >= 3);
		assert_int_equal(core->notes_size, m.version >= 4 ? m.notes.n : 0);
	}
	bytes_free(&m.notes);
}

static void version_0_knows_no_level(void **state)
{
	struct bytes b = made_kdump(&small);

	(void)state;
	made_header(b)->version = 0;
	opens(b);
	assert_int_equal(core_about(core)->dump_level, -1);
	has_all(&small);
}

static void a_later_version_counts_pages_with_64_bits(void **state)
{
	struct bytes b = made_kdump(&small);

	(void)state;
	made_header(b)->max_pfn = 1;
	opens(b);
	assert_int_equal(core_about(core)->max_pfn, 64);
	has_all(&small);
	b = made_kdump(&small);
	made_header(b)->version = 5;
	made_sub_header(b)->max_pfn_64 = 1;
	opens(b);
	assert_int_equal(core_about(core)->max_pfn, 64);
}

/* diskdump's: what is in it is all that there is. */
static void one_bitmap_alone(void **state)
{
	static const struct made_page in[] = {{.pfn = 2}, {.pfn = 30000}};
	struct made_core m = {.pages = in, .n = 2, .one_bitmap = true, .max_pfn = 32000};

	(void)state;
	opens(made_kdump(&m));
	page_is(2, &m, &in[0]);
	page_is(30000, &m, &in[1]);
	page_is_none(3, DUMP_ABSENT);
}

/* More pages than one rank, one block of bitmaps, one block of descriptors are of. */
static void many_pages(void **state)
{
	struct made_page *many = calloc(3000, sizeof(*many));
	struct made_core m = {.pages = many, .n = 3000, .max_pfn = 3000 * 67};
	size_t i;

	(void)state;
	for (i = 0; i < m.n; i++)
		many[i] = (struct made_page){.pfn = i * 67, .left_out = i % 7 == 3};
	opens(made_kdump(&m));
	for (i = 0; i < m.n; i++) {
		size_t k = i * 1237 % m.n;

		if (many[k].left_out)
			page_is_none(many[k].pfn, DUMP_EXCLUDED);
		else
			page_is(many[k].pfn, &m, &many[k]);
		page_is_none(many[k].pfn + 1, DUMP_ABSENT);
	}
	free(many);
}

static void reads_across_pages(void **state)
{
	static const struct made_page row[] = {{.pfn = 4},
					       {.pfn = 5},
					       {.pfn = 6},
					       {.pfn = 7, .left_out = true}};
	struct made_core m = {.pages = row, .n = ARRAY_SIZE(row)};
	unsigned char got[2 * PAGE + 16], all[4 * PAGE];
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++)
		made_page(&m, &row[i], all + i * PAGE);
	opens(made_kdump(&m));
	assert_int_equal(core_read(core, 5 * PAGE - 16, got, sizeof(got)), DUMP_OK);
	assert_memory_equal(got, all + PAGE - 16, sizeof(got));
	assert_int_equal(core_read(core, 7 * PAGE - 16, got, 16), DUMP_OK);
	assert_int_equal(core_read(core, 7 * PAGE - 16, got, 17), DUMP_EXCLUDED);
	assert_int_equal(core_read(core, 4 * PAGE - 1, got, 2), DUMP_ABSENT);
	assert_int_equal(core_read(core, UINT64_MAX - 3, got, 8), DUMP_ABSENT);
}

static void counts_what_it_reads(void **state)
{
	const struct core_counts *counts;
	const unsigned char *page;
	struct made_core m = small;
	struct bytes b;
	uint64_t stored;

	(void)state;
	/* So that nothing was read to find it. */
	m.vmcoreinfo = "LAST=1";
	b = made_kdump(&m);
	stored = made_descriptor(&m, b, 0)->size;
	opens(b);
	counts = core_counts(core);
	core_page(core, 0, &page);
	core_page(core, 0, &page);
	core_page(core, 1, &page);
	assert_int_equal(counts->pages, 1);
	assert_int_equal(counts->hits, 1);
	assert_int_equal(counts->stored, stored);
}

/* ---- a page that cannot be had ---------------------------------------------- */

static void damaged_page_costs_itself(void **state)
{
	/* Where it is, how long it is, how it is packed. */
	static const struct kdump_page wrong[] = {
		{.at = UINT64_MAX, .size = 100, .packing = PACKED_ZLIB},
		{.at = UINT64_MAX - 50, .size = 100, .packing = PACKED_ZLIB},
		{.at = 1 << 30, .size = 100, .packing = PACKED_ZLIB},
		{.at = 0, .size = 100, .packing = PACKED_ZLIB},
		{.at = 0, .size = 0, .packing = PACKED_ZLIB},
		{.at = 0, .size = 0},
		{.at = 0, .size = 100},
		{.at = 0, .size = PAGE + 1},
		{.at = 0, .size = UINT32_MAX, .packing = PACKED_LZO},
		{.at = 0, .size = 100, .packing = PACKED_ZLIB | PACKED_ZSTD},
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct bytes b = made_kdump(&small);

		*made_descriptor(&small, b, 1) = wrong[i];
		opens(b);
		page_is(0, &small, &pages[0]);
		page_is_none(3, DUMP_DAMAGED);
		page_is(10, &small, &pages[3]);
		page_is_none(3, DUMP_DAMAGED);
	}
}

static void cut_core_is_read_as_far_as_it_goes(void **state)
{
	struct bytes whole = made_kdump(&small), b;
	size_t cut, i;

	(void)state;
	cut = made_descriptor(&small, whole, 4)->at;
	for (i = 0; i < 3; i++) {
		b = bytes_copy(whole);
		b.n = cut + i;
		opens(b);
		assert_true(core_about(core)->incomplete);
		page_is(10, &small, &pages[3]);
		page_is_none(40, DUMP_DAMAGED);
		page_is_none(63, DUMP_DAMAGED);
		page_is_none(1, DUMP_EXCLUDED);
	}
	/* Within its descriptors. */
	whole.n = (size_t)((unsigned char *)made_descriptor(&small, whole, 0) - whole.v) +
		  30;
	opens(whole);
	assert_true(core_about(core)->incomplete);
	page_is_none(0, DUMP_DAMAGED);
	page_is_none(63, DUMP_DAMAGED);
}

static void number_pages(struct made_page *v, size_t n)
{
	while (n--)
		v[n].pfn = n;
}

/* Pages of zeros are one for all, at the front: the last that a core has may all be there. */
static void cut_core_that_ends_with_zeros(void **state)
{
	struct made_page v[600] = {{0}};
	struct made_core m = {.max_pfn = ARRAY_SIZE(v), .pages = v, .n = ARRAY_SIZE(v)};
	struct bytes b;
	size_t i;

	(void)state;
	number_pages(v, ARRAY_SIZE(v));
	b = made_kdump(&m);
	for (i = 300; i < m.n; i++)
		*made_descriptor(&m, b, i) = *made_descriptor(&m, b, 0);
	opens(bytes_copy(b));
	assert_false(core_about(core)->incomplete);
	b.n = made_descriptor(&m, b, 200)->at;
	opens(b);
	assert_true(core_about(core)->incomplete);
}

static void cut_headers_are_refused(void **state)
{
	struct bytes whole = made_kdump(&small), b;

	(void)state;
	b = bytes_copy(whole);
	b.n = 8;
	is_refused(b, "it ends within its header");
	b = bytes_copy(whole);
	b.n = PAGE + 8;
	is_refused(b, "it ends within its sub header");
	b = bytes_copy(whole);
	b.n = 3 * PAGE;
	is_refused(b, "it ends within its bitmap");
	bytes_free(&whole);
}

static void who_wrote_it_says_that_it_is_incomplete(void **state)
{
	struct made_core m = small;

	(void)state;
	m.status = PACKED_ZLIB | KDUMP_INCOMPLETE;
	opens(made_kdump(&m));
	assert_true(core_about(core)->incomplete);
	has_all(&m);
}

static void file_that_shrinks_costs_its_pages(void **state)
{
	struct made_page many[40];
	struct made_core m = {.pages = many,
			      .n = ARRAY_SIZE(many),
			      .vmcoreinfo = "LAST=1"};
	const char *path;
	struct bytes b;
	size_t i;

	(void)state;
	for (i = 0; i < m.n; i++)
		many[i] = (struct made_page){.pfn = i};
	b = made_kdump(&m);
	path = made_file("core", b);
	bytes_free(&b);
	assert_non_null(open_file(path));
	page_is(0, &m, &many[0]);
	assert_int_equal(truncate(path, 100), 0);
	page_is(0, &m, &many[0]);
	page_is_none(39, DUMP_DAMAGED);
}

/* ---- headers that lie ------------------------------------------------------- */

static void wrong_headers_are_named(void **state)
{
	struct bytes b = made_kdump(&small);

	(void)state;
	made_header(b)->block_size = 12345;
	is_refused(b, "with blocks of 12345 bytes");
	b = made_kdump(&small);
	made_header(b)->block_size = 1 << 20;
	is_refused(b, "with blocks of 1048576 bytes");
	b = made_kdump(&small);
	made_header(b)->block_size = 0;
	is_refused(b, "with blocks of 0 bytes");
	b = made_kdump(&small);
	made_header(b)->version = 7;
	is_refused(b, "version 7");
	b = made_kdump(&small);
	made_sub_header(b)->max_pfn_64 = 0;
	is_refused(b, "pages up to number 0");
	b = made_kdump(&small);
	made_sub_header(b)->max_pfn_64 = 1ull << 40;
	is_refused(b, "pages up to number");
	b = made_kdump(&small);
	made_sub_header(b)->max_pfn_64 = 1 << 20;
	is_refused(b, "its bitmap is of 65536 pages, and not of 1048576");
	b = made_kdump(&small);
	made_header(b)->bitmap_blocks = UINT32_MAX;
	is_refused(b, "it ends within its bitmap");
	b = made_kdump(&small);
	made_header(b)->sub_blocks = UINT32_MAX;
	is_refused(b, "it ends within its bitmap");
}

/* Texts whose place is a lie are as if there were none. */
static void lying_texts_are_none(void **state)
{
	static const uint64_t lies[] = {0, 1, UINT64_MAX, 1ull << 63, 1 << 30};
	struct made_core m = small;
	size_t i, k;
	char text[32];

	(void)state;
	m.vmcoreinfo = "OSRELEASE=5.10\n";
	made_note(&m.notes, "CORE", NT_PRSTATUS, "1234", 4);
	for (i = 1; i < ARRAY_SIZE(lies); i++)
		for (k = 0; k < 4; k++) {
			struct bytes b = made_kdump(&m);
			struct kdump_sub_header *sub = made_sub_header(b);

			*(k == 0   ? &sub->vmcoreinfo
			  : k == 1 ? &sub->vmcoreinfo_size
			  : k == 2 ? &sub->notes
				   : &sub->notes_size) = lies[i];
			opens(b);
			has_all(&m);
			core_info_text(core, "OSRELEASE", NULL, text, sizeof(text));
			if (i > 1 && k >= 2)
				assert_int_equal(core->notes_size, 0);
		}
	bytes_free(&m.notes);
}

/* Each word of the headers, with each number that is hard to count with. */
static void any_header_is_opened_or_refused(void **state)
{
	static const uint32_t hard[] = {0, 1, 2, 63, 0x7fffffff, 0x80000000, 0xffffffff};
	struct bytes whole = made_kdump(&small), b;
	const unsigned char *page;
	size_t at, i, pfn;

	(void)state;
	for (at = 8; at < PAGE + sizeof(struct kdump_sub_header); at += 4) {
		if (at == sizeof(struct kdump_header))
			at = PAGE;
		for (i = 0; i < ARRAY_SIZE(hard); i++) {
			b = bytes_copy(whole);
			memcpy(b.v + at, &hard[i], 4);
			if (!open_bytes(b)) {
				assert_true(*why.text);
				continue;
			}
			for (pfn = 0; pfn < 70; pfn++)
				core_page(core, pfn, &page);
			core_close(core);
			core = NULL;
			arena_free(&arena);
		}
	}
	bytes_free(&whole);
}

/* ---- parts ------------------------------------------------------------------ */

static const char *part_file(const char *name, uint64_t start, uint64_t stop,
			     unsigned int version)
{
	struct made_core m = small;
	const char *path;
	struct bytes b;

	m.split = true;
	m.start = start;
	m.end = stop;
	m.version = version;
	b = made_kdump(&m);
	path = made_file(name, b);
	bytes_free(&b);
	return path;
}

static void parts_in_any_order(void **state)
{
	const char *a = part_file("a", 0, 11, 6), *b = part_file("b", 11, 41, 6),
		   *c = part_file("c", 41, 64, 6);
	const char *const orders[][3] = {{a, b, c}, {c, b, a}, {b, c, a}};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(orders); i++) {
		assert_non_null(open_files(orders[i], 3));
		assert_string_equal(core_about(core)->format, "kdump-compressed, split");
		has_all(&small);
	}
}

static void parts_of_older_versions(void **state)
{
	const char *const files[] = {part_file("a", 0, 11, 5), part_file("b", 11, 64, 5)};

	(void)state;
	assert_non_null(open_files(files, 2));
	has_all(&small);
}

/* A core that was split into more parts than it has memory for. */
static void parts_without_pages(void **state)
{
	const char *const files[] = {part_file("b", 64, 64, 6), part_file("a", 0, 64, 6),
				     part_file("c", 0, 0, 6)};

	(void)state;
	assert_non_null(open_files(files, 3));
	has_all(&small);
}

static void refuses_files(const char *const *files, size_t n, const char *words)
{
	assert_null(open_files(files, n));
	if (!strstr(why.text, words))
		fail_msg("\"%s\" and not \"%s\"", why.text, words);
}

static void missing_part_is_named(void **state)
{
	const char *a = part_file("a", 0, 11, 6), *b = part_file("b", 11, 41, 6),
		   *c = part_file("c", 41, 64, 6), *again = part_file("again", 10, 41, 6);
	const char *const first[] = {b, c}, *const middle[] = {a, c},
			  *const last[] = {a, b}, *const over[] = {a, again, b, c};

	(void)state;
	refuses_files(first, 2,
		      "b: a core in parts, of which the one with pages 0 to "
		      "0xb is missing");
	refuses_files(middle, 2, "pages 0xb to 0x29 is missing");
	refuses_files(last, 2, "pages 0x29 to 0x40 is missing");
	refuses_files(&a, 1, "pages 0xb to 0x40 is missing");
	refuses_files(over, 4, "again: a part with pages that ");
}

/* Whatever it is called. */
static void a_file_that_is_given_twice(void **state)
{
	const char *a = part_file("a", 0, 11, 6), *b = part_file("b", 11, 64, 6),
		   *link = part_file("link", 11, 64, 6);
	const char *const part[] = {a, b, b}, *const first[] = {a, a},
			  *const by_link[] = {a, b, link};

	(void)state;
	refuses_files(part, 3, "/b: it is given twice");
	refuses_files(first, 2, "/a: it is given twice");
	assert_int_equal(unlink(link), 0);
	assert_int_equal(symlink(b, link), 0);
	refuses_files(by_link, 3, "/link: it is given twice, as ");
	assert_int_equal(unlink(link), 0);
}

static void strangers_are_no_parts(void **state)
{
	struct made_core m = small;
	struct bytes whole = made_kdump(&small), other, elf;
	struct made_segment segment = {.filesz = PAGE};
	struct made_elf e = {.segments = &segment, .n = 1};
	const char *a = part_file("a", 0, 32, 6), *b = part_file("b", 32, 64, 6), *c, *d;
	const char *files[3];

	(void)state;
	c = made_file("whole", whole);
	files[0] = a;
	files[1] = c;
	refuses_files(files, 2, "whole: a whole core, and no part of one");
	m.split = true;
	m.start = 32;
	m.end = 64;
	other = made_kdump(&m);
	made_header(other)->seconds++;
	files[1] = made_file("other", other);
	refuses_files(files, 2, "other: a part of another core than ");
	elf = made_elf(&e);
	d = made_file("elf", elf);
	files[0] = d;
	files[1] = b;
	refuses_files(files, 2, "b: an ELF core is in one file");
	files[0] = b;
	files[1] = d;
	refuses_files(files, 2, "elf: no kdump-compressed core");
	bytes_free(&whole);
	bytes_free(&other);
	bytes_free(&elf);
}

static void part_that_lies_about_its_pages(void **state)
{
	struct made_core m = small;
	struct bytes b;

	(void)state;
	m.split = true;
	m.start = 12;
	m.end = 11;
	is_refused(made_kdump(&m), "it says to have pages 0xc to 0xb of 0x40");
	m.start = 0;
	m.end = 64;
	b = made_kdump(&m);
	made_sub_header(b)->end_64 = UINT64_MAX;
	is_refused(b, "it says to have pages 0 to 0xffffffffffffffff of 0x40");
}

/* ---- ELF -------------------------------------------------------------------- */

static void elf_page_is(uint64_t pfn, uint64_t as)
{
	struct made_page p = {.pfn = as};

	page_is(pfn, &small, &p);
}

static void elf_page_is_all(uint64_t pfn, unsigned char byte)
{
	const unsigned char *page;
	size_t i;

	assert_int_equal(core_page(core, pfn, &page), DUMP_OK);
	for (i = 0; i < PAGE; i++)
		assert_int_equal(page[i], byte);
}

static void opens_elf(const struct made_segment *segments, size_t n)
{
	struct made_elf m = {.segments = segments, .n = n};

	opens(made_elf(&m));
}

static void elf_segments_in_any_order(void **state)
{
	static const struct made_segment segments[] =
		{{.pa = 8 * PAGE, .filesz = 2 * PAGE, .memsz = 2 * PAGE},
		 {.pa = 0x100000, .filesz = PAGE, .memsz = PAGE},
		 {.pa = PAGE, .filesz = 3 * PAGE, .memsz = 3 * PAGE}};

	(void)state;
	opens_elf(segments, ARRAY_SIZE(segments));
	assert_string_equal(core_about(core)->format, "ELF");
	assert_string_equal(core_about(core)->machine, "x86_64");
	assert_int_equal(core_about(core)->dump_level, -1);
	assert_int_equal(core_about(core)->max_pfn, 0x101);
	elf_page_is(1, 1);
	elf_page_is(3, 3);
	page_is_none(4, DUMP_ABSENT);
	elf_page_is(8, 8);
	elf_page_is(9, 9);
	page_is_none(10, DUMP_ABSENT);
	elf_page_is(0x100, 0x100);
	page_is_none(0, DUMP_ABSENT);
	page_is_none(0x101, DUMP_ABSENT);
}

static void elf_memory_that_is_not_in_the_file_is_zeros(void **state)
{
	static const struct made_segment segments[] =
		{{.pa = 0, .filesz = PAGE + 16, .memsz = 4 * PAGE, .fill = 7},
		 {.pa = 8 * PAGE, .memsz = PAGE}};
	unsigned char got[32];

	(void)state;
	opens_elf(segments, ARRAY_SIZE(segments));
	elf_page_is_all(0, 7);
	assert_int_equal(core_read(core, PAGE, got, 32), DUMP_OK);
	assert_int_equal(got[15], 7);
	assert_int_equal(got[16], 0);
	elf_page_is_all(3, 0);
	elf_page_is_all(8, 0);
	page_is_none(4, DUMP_ABSENT);
}

/* Memory below 1 MB does not begin and end with pages. */
static void elf_segment_with_a_part_of_a_page(void **state)
{
	static const struct made_segment segments[] = {
		{.pa = PAGE + 1024, .filesz = 1024, .memsz = 1024, .fill = 7}};
	unsigned char got[4] = {9, 9, 9, 9};

	(void)state;
	opens_elf(segments, 1);
	assert_int_equal(core_read(core, PAGE + 1022, got, 4), DUMP_OK);
	assert_memory_equal(got, "\0\0\7\7", 4);
	assert_int_equal(core_read(core, PAGE + 2046, got, 4), DUMP_OK);
	assert_memory_equal(got, "\7\7\0\0", 4);
}

/* kexec has one for the kernel, which is in those of memory too. */
static void elf_segments_that_overlap(void **state)
{
	static const struct made_segment segments[] =
		{{.pa = 2 * PAGE, .filesz = PAGE, .memsz = 8 * PAGE, .fill = 1},
		 {.pa = 0, .filesz = 5 * PAGE, .memsz = 5 * PAGE, .fill = 2},
		 {.pa = 4 * PAGE, .filesz = 3 * PAGE, .memsz = 3 * PAGE, .fill = 3}};

	(void)state;
	opens_elf(segments, ARRAY_SIZE(segments));
	elf_page_is_all(0, 2);
	elf_page_is_all(1, 2);
	/* The first of them, but what is in the file before what is not. */
	elf_page_is_all(2, 1);
	elf_page_is_all(3, 2);
	elf_page_is_all(4, 2);
	elf_page_is_all(5, 3);
	elf_page_is_all(6, 3);
	elf_page_is_all(7, 0);
	elf_page_is_all(9, 0);
	page_is_none(10, DUMP_ABSENT);
}

static void elf_with_more_segments_than_its_header_counts(void **state)
{
	static const struct made_segment segment = {.pa = 3 * PAGE, .filesz = PAGE};
	struct made_elf m = {.segments = &segment, .n = 1, .many = true};
	struct bytes b = made_elf(&m);

	(void)state;
	opens(b);
	elf_page_is(3, 3);
	b = made_elf(&m);
	((Elf64_Ehdr *)b.v)->e_shoff = UINT64_MAX - 8;
	is_refused(b, "the section header that counts its segments is not in the file");
	b = made_elf(&m);
	((Elf64_Shdr *)(b.v + sizeof(Elf64_Ehdr)))->sh_info = UINT32_MAX;
	is_refused(b, "it ends within its 4294967295 program headers");
}

/* /proc/kcore. */
static void elf_segments_of_virtual_addresses_alone(void **state)
{
	static const struct made_segment segments[] =
		{{.pa = UINT64_MAX, .filesz = PAGE, .memsz = PAGE},
		 {.pa = 3 * PAGE, .filesz = PAGE, .memsz = PAGE}};

	(void)state;
	opens_elf(segments, 2);
	assert_int_equal(core_about(core)->max_pfn, 4);
	elf_page_is(3, 3);
}

static void elf_machines(void **state)
{
	static const struct made_segment segment = {.filesz = PAGE};
	struct made_elf m = {.segments = &segment, .n = 1, .machine = EM_AARCH64};

	(void)state;
	opens(made_elf(&m));
	assert_string_equal(core_about(core)->machine, "aarch64");
	m.machine = EM_386;
	is_refused(made_elf(&m), "32-bit x86");
	m.machine = EM_ARM;
	is_refused(made_elf(&m), "32-bit ARM");
	m.machine = EM_S390;
	is_refused(made_elf(&m), "another machine than x86_64 and aarch64");
	m.machine = EM_SPARCV9;
	is_refused(made_elf(&m), "another machine than x86_64 and aarch64");
}

static void elf_files_that_are_no_cores(void **state)
{
	static const struct made_segment segment = {.filesz = PAGE};
	struct made_elf m = {.segments = &segment, .n = 1, .type = ET_EXEC};
	struct bytes b;

	(void)state;
	is_refused(made_elf(&m), "a program or a kernel (vmlinux), not a core");
	m.type = ET_DYN;
	is_refused(made_elf(&m), "a program or a kernel (vmlinux), not a core");
	m.type = ET_REL;
	is_refused(made_elf(&m), "a module or an object file, not a core");
	m.type = ET_LOPROC;
	is_refused(made_elf(&m), "an ELF file, but no core");
	m.type = ET_CORE;
	m.n = 0;
	is_refused(made_elf(&m), "a core without memory");
	m.n = 1;
	b = made_elf(&m);
	b.v[EI_CLASS] = ELFCLASS32;
	is_refused(b, "a 32-bit machine");
	b = made_elf(&m);
	b.v[EI_DATA] = ELFDATA2MSB;
	is_refused(b, "a big-endian machine");
	b = made_elf(&m);
	((Elf64_Ehdr *)b.v)->e_phentsize = 32;
	is_refused(b, "its program headers are of 32 bytes");
	b = made_elf(&m);
	b.n = 40;
	is_refused(b, "it ends within its header");
}

static void elf_that_is_cut(void **state)
{
	static const struct made_segment segments[] =
		{{.pa = 0, .filesz = PAGE, .memsz = PAGE},
		 {.pa = PAGE, .filesz = 2 * PAGE, .memsz = 2 * PAGE}};
	struct made_elf m = {.segments = segments, .n = 2};
	struct bytes b = made_elf(&m);

	(void)state;
	b.n -= PAGE / 2;
	opens(b);
	assert_true(core_about(core)->incomplete);
	elf_page_is(0, 0);
	elf_page_is(1, 1);
	page_is_none(2, DUMP_DAMAGED);
	m.flags = 1;
	opens(made_elf(&m));
	assert_true(core_about(core)->incomplete);
}

static void elf_segments_that_lie(void **state)
{
	static const uint64_t hard[] =
		{0,	     1,		 PAGE - 1,	 1ull << 47,
		 1ull << 52, 1ull << 63, UINT64_MAX - 1, UINT64_MAX};
	static const struct made_segment segment = {.pa = PAGE, .filesz = PAGE};
	struct made_elf m = {.segments = &segment, .n = 1};
	const unsigned char *page;
	size_t at, i, pfn;

	(void)state;
	for (at = 0;
	     at < sizeof(Elf64_Ehdr) + sizeof(Elf64_Shdr) + 2 * sizeof(Elf64_Phdr);
	     at += 8)
		for (i = 0; i < ARRAY_SIZE(hard); i++) {
			struct bytes b = made_elf(&m);

			memcpy(b.v + at, &hard[i], 8);
			if (!open_bytes(b)) {
				assert_true(*why.text);
				continue;
			}
			for (pfn = 0; pfn < 8; pfn++)
				core_page(core, pfn, &page);
			if (core_about(core)->max_pfn)
				core_page(core, core_about(core)->max_pfn - 1, &page);
		}
}

static void elf_segment_beyond_what_there_can_be(void **state)
{
	static const struct made_segment far[] = {{.pa = 1ull << 50, .filesz = PAGE}},
					 large[] = {{.filesz = 1, .memsz = 1ull << 50}};
	struct made_elf m = {.segments = far, .n = 1};

	(void)state;
	is_refused(made_elf(&m), "segment 1 is of 0x1000 bytes at 0x4000000000000");
	m.segments = large;
	is_refused(made_elf(&m), "segment 1 is of 0x4000000000000 bytes at 0");
}

/* ---- flattened -------------------------------------------------------------- */

static struct bytes flattened(struct bytes core_bytes, size_t record)
{
	struct bytes b = made_flattened();
	size_t at, n;

	for (at = 0; at < core_bytes.n; at += n) {
		n = core_bytes.n - at < record ? core_bytes.n - at : record;
		made_record(&b, at, core_bytes.v + at, n);
	}
	made_record_end(&b);
	bytes_free(&core_bytes);
	return b;
}

static void flattened_kdump(void **state)
{
	static const size_t records[] = {300, 4096, 5000, 1 << 20};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(records); i++) {
		opens(flattened(made_kdump(&small), records[i]));
		assert_string_equal(core_about(core)->format,
				    "kdump-compressed, flattened");
		assert_false(core_about(core)->incomplete);
		has_all(&small);
	}
}

static void flattened_elf(void **state)
{
	static const struct made_segment segment = {.pa = PAGE, .filesz = 9 * PAGE};
	struct made_elf m = {.segments = &segment, .n = 1};

	(void)state;
	opens(flattened(made_elf(&m), 1000));
	assert_string_equal(core_about(core)->format, "ELF, flattened");
	elf_page_is(1, 1);
	elf_page_is(9, 9);
}

/* What a record has is what the core has there, whatever an earlier one had. */
static void later_records_hold(void **state)
{
	struct bytes whole = made_kdump(&small), b = made_flattened();
	unsigned char *junk = malloc(whole.n);

	(void)state;
	memset(junk, 0xa5, whole.n);
	made_record(&b, 0, junk, whole.n);
	/* From the end, from the middle, the beginning; twice; one within another. */
	made_record(&b, whole.n - 600, junk, 600);
	made_record(&b, whole.n - 500, whole.v + whole.n - 500, 500);
	made_record(&b, 100, junk, 900);
	made_record(&b, 500, whole.v + 500, whole.n - 900);
	made_record(&b, 200, whole.v + 200, 400);
	made_record(&b, 0, junk, 300);
	made_record(&b, 0, whole.v, 300);
	made_record(&b, whole.n - 500, whole.v + whole.n - 500, 500);
	made_record(&b, whole.n - 450, whole.v + whole.n - 450, 10);
	made_record_end(&b);
	opens(b);
	has_all(&small);
	free(junk);
	bytes_free(&whole);
}

/* Each byte is that of the last record with it, however they lie. */
static void any_records(void **state)
{
	static const struct made_segment segment = {.filesz = 4 * PAGE, .fill = 1};
	struct made_elf m = {.segments = &segment, .n = 1};
	struct bytes whole = made_elf(&m), b;
	size_t base = whole.n - 4 * PAGE, i, round;
	unsigned char all[4 * PAGE], part[PAGE];
	uint64_t seed = 1;

	(void)state;
	for (round = 0; round < 50; round++) {
		b = made_flattened();
		made_record(&b, 0, whole.v, whole.n);
		memset(all, 1, sizeof(all));
		for (i = 0; i < 60; i++) {
			size_t at, n;

			seed = seed * 6364136223846793005ull + 1442695040888963407ull;
			at = seed >> 33 & (2 * PAGE - 1);
			n = (seed >> 20 & (PAGE - 1)) + 1;
			memset(part, (int)(i + 2), n);
			memset(all + at, (int)(i + 2), n);
			made_record(&b, base + at, part, n);
		}
		made_record_end(&b);
		opens(b);
		for (i = 0; i < 4; i++) {
			const unsigned char *page;

			assert_int_equal(core_page(core, i, &page), DUMP_OK);
			assert_memory_equal(page, all + i * PAGE, PAGE);
		}
	}
	bytes_free(&whole);
}

static void between_records_are_zeros(void **state)
{
	static const struct made_segment segment = {.filesz = 3 * PAGE, .fill = 7};
	struct made_elf m = {.segments = &segment, .n = 1};
	struct bytes whole = made_elf(&m), b = made_flattened();

	(void)state;
	made_record(&b, 0, whole.v, whole.n - 2 * PAGE);
	made_record(&b, 0, NULL, 0);
	made_record(&b, whole.n - PAGE, whole.v + whole.n - PAGE, PAGE);
	made_record_end(&b);
	opens(b);
	elf_page_is_all(0, 7);
	elf_page_is_all(1, 0);
	elf_page_is_all(2, 7);
	bytes_free(&whole);
}

static void record_of_nothing_is_nowhere(void **state)
{
	struct bytes whole = made_kdump(&small), b = made_flattened();

	(void)state;
	made_record(&b, 0, whole.v, whole.n - 10);
	made_record(&b, whole.n, NULL, 0);
	made_record_end(&b);
	bytes_free(&whole);
	opens(b);
	/* Or its last bytes would be zeros, and not missing. */
	assert_true(core_about(core)->incomplete);
	page_is_none(63, DUMP_DAMAGED);
}

static void flattened_and_cut(void **state)
{
	struct bytes b = flattened(made_kdump(&small), 1 << 20),
		     whole = made_kdump(&small);

	(void)state;
	/* Without its end alone. */
	b.n -= 16;
	opens(bytes_copy(b));
	assert_true(core_about(core)->incomplete);
	has_all(&small);
	b.n -= 1;
	opens(b);
	assert_true(core_about(core)->incomplete);
	page_is(0, &small, &pages[0]);
	page_is_none(63, DUMP_DAMAGED);
	b = made_flattened();
	is_refused(b, "a flattened core without anything in it");
	bytes_free(&whole);
}

static void records_that_lie(void **state)
{
	static const uint64_t hard[] = {1ull << 63, INT64_MAX, 1ull << 40};
	struct bytes b;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(hard); i++) {
		b = made_flattened();
		made_record(&b, hard[i], "KDUMP   ", 8);
		made_record_end(&b);
		assert_null(open_bytes(b));
		assert_true(*why.text);
	}
	/* Not as many as would take all memory. */
	b = made_flattened();
	for (i = 0; i < 6000; i++)
		made_record(&b, 2 * i, "x", 1);
	is_refused(b, "records that are too small");
}

/* ---- vmcoreinfo ------------------------------------------------------------- */

static const char info[] = "OSRELEASE=5.10.0-9-test\n"
			   "PAGESIZE=4096\n"
			   "SYMBOL(init_uts_ns)=ffffffff81004000\n"
			   "SYMBOL(not_hexadecimal)=xyz\n"
			   "OFFSET(uts_namespace.name)=4\n"
			   "NUMBER(phys_base)=-16777216\n"
			   "NUMBER(mask)=0xff00\n"
			   "NUMBER(empty)=\n"
			   "NUMBER(long)=123456789012345678901234567890123\n"
			   "NUMBER(huge)=99999999999999999999\n"
			   "KERNELOFFSET=10000000\n"
			   "CRASHTIME=1700000000\n"
			   "LAST=1";

static void vmcoreinfo_is_looked_up(void **state)
{
	struct made_core m = small;
	char text[32], tiny[4], name[300];
	uint64_t v;

	(void)state;
	m.vmcoreinfo = info;
	opens(made_kdump(&m));
	assert_true(core_info_text(core, "OSRELEASE", NULL, text, sizeof(text)));
	assert_string_equal(text, "5.10.0-9-test");
	assert_true(core_info_text(core, "LAST", NULL, text, sizeof(text)));
	assert_string_equal(text, "1");
	/* Not where it is only a part of a key, nor where it does not fit. */
	assert_false(core_info_text(core, "RELEASE", NULL, text, sizeof(text)));
	assert_false(core_info_text(core, "OSRELEAS", NULL, text, sizeof(text)));
	assert_false(core_info_text(core, "OSRELEASE", NULL, tiny, sizeof(tiny)));
	memset(name, 'x', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_false(core_info_text(core, "SYMBOL", name, text, sizeof(text)));

	assert_true(core_info_number(core, "SYMBOL", "init_uts_ns", &v));
	assert_int_equal(v, 0xffffffff81004000);
	assert_true(core_info_number(core, "NUMBER", "phys_base", &v));
	assert_int_equal((int64_t)v, -16777216);
	assert_true(core_info_number(core, "NUMBER", "mask", &v));
	assert_int_equal(v, 0xff00);
	assert_true(core_info_number(core, "KERNELOFFSET", NULL, &v));
	assert_int_equal(v, 0x10000000);
	assert_false(core_info_number(core, "SYMBOL", "phys_base", &v));
	assert_false(core_info_number(core, "SYMBOL", "not_hexadecimal", &v));
	assert_false(core_info_number(core, "NUMBER", "empty", &v));
	assert_false(core_info_number(core, "NUMBER", "long", &v));
	assert_false(core_info_number(core, "NUMBER", "huge", &v));
	/* It knows better than who wrote the file when the machine died. */
	assert_int_equal(core_about(core)->crash_time, 1700000000);
}

static void vmcoreinfo_in_the_notes(void **state)
{
	static const struct made_segment segment = {.pa = 0, .filesz = 20 * PAGE};
	struct made_elf m = {.segments = &segment, .n = 1};
	uint64_t v;

	(void)state;
	made_note(&m.notes, "CORE", NT_PRSTATUS, "12345", 5);
	made_note(&m.notes, "VMCOREINFO", 0, "PAGESIZE=16384\n", 15);
	opens(made_elf(&m));
	assert_true(core_info_number(core, "PAGESIZE", NULL, &v));
	assert_int_equal(v, 16384);
	/* The headers of an ELF file do not have it. */
	assert_int_equal(core_about(core)->page_size, 16384);
	assert_int_equal(core_about(core)->page_shift, 14);
	assert_int_equal(core_about(core)->max_pfn, 5);
	assert_false(core_about(core)->vmcoreinfo_found);
	bytes_free(&m.notes);
}

static void page_size_that_no_machine_has(void **state)
{
	static const char *const wrong[] = {"PAGESIZE=0\n",	"PAGESIZE=12345\n",
					    "PAGESIZE=2048\n",	"PAGESIZE=131072\n",
					    "PAGESIZE=-4096\n", "PAGESIZE=4294971392\n"};
	static const struct made_segment segment = {.pa = 0, .filesz = PAGE};
	struct made_elf m = {.segments = &segment, .n = 1};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		made_note(&m.notes, "VMCOREINFO", 0, wrong[i], strlen(wrong[i]));
		opens(made_elf(&m));
		assert_int_equal(core_about(core)->page_size, 4096);
		bytes_free(&m.notes);
	}
}

static void notes_that_lie(void **state)
{
	static const uint32_t hard[] = {0, 1, 12, 0x7fffffff, 0xfffffffd, 0xffffffff};
	static const struct made_segment segment = {.pa = 0, .filesz = PAGE};
	struct made_elf m = {.segments = &segment, .n = 1};
	size_t i, at;

	(void)state;
	made_note(&m.notes, "CORE", NT_PRSTATUS, "1234567", 7);
	made_note(&m.notes, "VMCOREINFO", 0, "LAST=1", 6);
	for (at = 0; at < m.notes.n; at += 4)
		for (i = 0; i < ARRAY_SIZE(hard); i++) {
			struct bytes b;
			uint32_t was;

			memcpy(&was, m.notes.v + at, 4);
			memcpy(m.notes.v + at, &hard[i], 4);
			b = made_elf(&m);
			memcpy(m.notes.v + at, &was, 4);
			opens(b);
		}
	bytes_free(&m.notes);
}

/*
 * QEMU writes none: but the kernel has it in memory, as have others.  The names are at
 * 4096, for init_uts_ns is 0x1004000 above where phys_base is 16 MB below.
 */
#define NAMES_PFN 4
static const struct made_page with_names[] = {
	{.pfn = NAMES_PFN, .text = "5.10.0-9-test", .at = 4 + 2 * 65},
	{.pfn = 9, .text = "OSRELEASE="},
	{.pfn = 10, .text = "OSRELEASE=%s\nPAGESIZE=%ld\n", .at = 300},
	{.pfn = 11, .text = info},
};

static void opens_with(const struct made_page *page)
{
	struct made_page all[ARRAY_SIZE(with_names)];

	memcpy(all, with_names, sizeof(all));
	if (page)
		memcpy(&all[3], page, sizeof(*page));
	opens(made_kdump(&(struct made_core){.pages = all, .n = ARRAY_SIZE(all)}));
}

static void vmcoreinfo_is_found_in_memory(void **state)
{
	struct made_page behind_a_note = {.pfn = 11, .text = info, .at = 24};
	uint64_t v;

	(void)state;
	opens_with(NULL);
	assert_true(core_about(core)->vmcoreinfo_found);
	assert_true(core_info_number(core, "LAST", NULL, &v));
	opens_with(&behind_a_note);
	assert_true(core_about(core)->vmcoreinfo_found);
	assert_true(core_info_number(core, "LAST", NULL, &v));
}

static void vmcoreinfo_across_pages(void **state)
{
	struct made_page all[] = {
		with_names[0],
		{.pfn = 11, .text = info, .at = PAGE - 100},
		{.pfn = 12, .text = info + 100},
	};
	struct made_core m = {.pages = all, .n = ARRAY_SIZE(all)};
	uint64_t v;

	(void)state;
	opens(made_kdump(&m));
	assert_true(core_info_number(core, "LAST", NULL, &v));
	/* Its rest is not in the core. */
	m.n--;
	opens(made_kdump(&m));
	assert_false(core_info_number(core, "LAST", NULL, &v));
}

static void copy_of_another_kernel_is_none(void **state)
{
	static const char *const others[] = {
		/* Another release, other addresses, nothing to tell it by. */
		"OSRELEASE=5.10.0-8-test\nSYMBOL(init_uts_ns)=ffffffff81004000\n"
		"NUMBER(phys_base)=-16777216\n",
		"OSRELEASE=5.10.0-9-test\nSYMBOL(init_uts_ns)=ffffffff81005000\n"
		"NUMBER(phys_base)=-16777216\n",
		"OSRELEASE=5.10.0-9-test\nSYMBOL(init_uts_ns)=ffffffff81004000\n"
		"NUMBER(phys_base)=0\n",
		"OSRELEASE=5.10.0-9-test\nSYMBOL(init_uts_ns)=ffffffff81004000\n",
		"OSRELEASE=5.10.0-9-test\nNUMBER(phys_base)=-16777216\n",
		"OSRELEASE=\nSYMBOL(init_uts_ns)=ffffffff81004000\n"
		"NUMBER(phys_base)=-16777216\nOFFSET(uts_namespace.name)=400\n",
		"OSRELEASE=5.10.0-9-test\nSYMBOL(init_uts_ns)=ffffffff81004000\n"
		"NUMBER(phys_base)=-16777216\nOFFSET(uts_namespace.name)=8\n",
	};
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		struct made_page other = {.pfn = 11, .text = others[i]};
		char text[8];

		opens_with(&other);
		assert_false(core_about(core)->vmcoreinfo_found);
		assert_false(core_info_text(core, "LAST", NULL, text, sizeof(text)));
	}
}

/* What a kernel left that ran before the machine was started anew is as genuine. */
static void copies_of_two_kernels(void **state)
{
	struct made_page all[] = {
		with_names[0],
		{.pfn = 7,
		 .text = "OSRELEASE=5.10.0-9-test\nSYMBOL(init_uts_ns)=ffffffff81004000\n"
			 "NUMBER(phys_base)=-16777216\nSYMBOL(OLD)=1\n"},
		{.pfn = 11, .text = info},
	};
	struct made_core m = {.pages = all, .n = ARRAY_SIZE(all)};
	static const struct progress patience;
	const char *old;
	uint64_t v;

	(void)state;
	opens(made_kdump(&m));
	assert_true(core_info_number(core, "SYMBOL", "OLD", &v));
	old = core_info(core);
	assert_true(core_next_info(core, &patience));
	assert_false(core_info_number(core, "SYMBOL", "OLD", &v));
	assert_true(core_info_number(core, "LAST", NULL, &v));
	assert_false(core_next_info(core, &patience));
	assert_true(core_info_number(core, "LAST", NULL, &v));
	core_use_info(core, old);
	assert_true(core_info_number(core, "SYMBOL", "OLD", &v));
}

static void older_kernels_do_not_say_where_the_names_are(void **state)
{
	struct made_page old =
		{.pfn = 11,
		 .text = "OSRELEASE=5.10.0-9-test\nSYMBOL(init_uts_ns)=ffffffff81004000\n"
			 "NUMBER(phys_base)=-16777216\n"};
	struct made_page arm64 =
		{.pfn = 11,
		 .text = "OSRELEASE=5.10.0-9-test\nSYMBOL(init_uts_ns)=ffff800010004000\n"
			 "NUMBER(kimage_voffset)=0xffff800010000000\n"};

	(void)state;
	opens_with(&old);
	assert_true(core_about(core)->vmcoreinfo_found);
	opens_with(&arm64);
	assert_true(core_about(core)->vmcoreinfo_found);
}

/* ---- while it lasts --------------------------------------------------------- */

static uint64_t told;
static char told_what[64];

static void tell(const char *what, uint64_t done, uint64_t of)
{
	told++;
	snprintf(told_what, sizeof(told_what), "%s", what);
	assert_true(done <= of);
}

static bool always(void)
{
	return true;
}

static void looking_for_vmcoreinfo_is_told_and_ends(void **state)
{
	struct bytes b = made_kdump(&small);
	const char *path = made_file("core", b);
	struct core_request request = {.files = &path,
				       .n = 1,
				       .progress = {.tell = tell}};

	(void)state;
	bytes_free(&b);
	told = 0;
	core = core_open(&arena, &request, &why);
	assert_non_null(core);
	assert_true(told);
	assert_string_equal(told_what, "looking for vmcoreinfo");
	core_close(core);
	request.progress.interrupted = always;
	core = core_open(&arena, &request, &why);
	assert_null(core);
	assert_string_equal(why.text, "interrupted while looking for vmcoreinfo");
}

static void reading_records_ends(void **state)
{
	struct bytes b = flattened(made_kdump(&small), 4096);
	const char *path = made_file("core", b);
	struct core_request request = {.files = &path,
				       .n = 1,
				       .progress = {.interrupted = always}};

	(void)state;
	bytes_free(&b);
	assert_null(core_open(&arena, &request, &why));
	assert_non_null(strstr(why.text, "interrupted while reading a flattened core"));
}

static void counting_pages_of_a_large_machine_ends(void **state)
{
	struct made_page page = {.pfn = 5};
	struct made_core m = {.pages = &page, .n = 1, .max_pfn = 20000000};
	struct bytes b = made_kdump(&m);
	const char *path = made_file("core", b);
	struct core_request request = {.files = &path,
				       .n = 1,
				       .progress = {.interrupted = always}};

	(void)state;
	bytes_free(&b);
	assert_null(core_open(&arena, &request, &why));
	assert_non_null(strstr(why.text, "interrupted while counting pages"));
}

/* As many as a hole of the file has room for, and none is of memory. */
static void reading_headers_ends(void **state)
{
	Elf64_Ehdr h = {.e_ident = ELFMAG,
			.e_type = ET_CORE,
			.e_machine = EM_X86_64,
			.e_phoff = 4096,
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = PN_XNUM,
			.e_shoff = sizeof(h)};
	Elf64_Shdr count = {.sh_info = 1u << 31};
	struct bytes b = {0};
	const char *path;
	struct core_request request = {.files = &path,
				       .n = 1,
				       .progress = {.interrupted = always}};

	(void)state;
	h.e_ident[EI_CLASS] = ELFCLASS64;
	h.e_ident[EI_DATA] = ELFDATA2LSB;
	bytes_add(&b, &h, sizeof(h));
	bytes_add(&b, &count, sizeof(count));
	path = made_file("core", b);
	bytes_free(&b);
	assert_int_equal(truncate(path, 1ll << 38), 0);
	assert_null(core_open(&arena, &request, &why));
	assert_non_null(strstr(why.text, "interrupted while reading program headers"));
}

/* ---- no core ---------------------------------------------------------------- */

#define IS_REFUSED_AS(text, words) is_refused_as(text, sizeof(text) - 1, words)

static void is_refused_as(const char *text, size_t n, const char *words)
{
	struct bytes b = {0};

	bytes_add(&b, text, n);
	bytes_add(&b, NULL, 600);
	memset(b.v + n, '\xee', 600);
	is_refused(b, words);
}

static void what_it_is_instead_is_named(void **state)
{
	struct bytes b = {0};

	(void)state;
	IS_REFUSED_AS("DISKDUMP", "a core of diskdump, which vgpu does not know");
	IS_REFUSED_AS("sadump\0\0", "a core of sadump");
	IS_REFUSED_AS("\xa8\x19\x01\x73\x61\x8f\x23\xfd", "a core of s390");
	IS_REFUSED_AS("PAGEDU64", "a core of Windows");
	IS_REFUSED_AS("QEVM\0\0\0\3", "dump-guest-memory");
	IS_REFUSED_AS("BZh9", "packed by bzip2: unpack it first");
	IS_REFUSED_AS("QFI\xfb", "a disk's image");
	IS_REFUSED_AS("some\0bytes", "neither a kdump-compressed core nor an ELF one");
	bytes_add(&b, NULL, 5000);
	is_refused(b, "it begins with zeros");
	b = (struct bytes){0};
	is_refused(b, "an empty file");
}

/* What the kernel printed, with what a crash left of it; of two parts neither is one. */
static void a_text_is_opened_as_one(void **state)
{
	static const char words[] =
		"\0\0[    0.000000] Linux version 5.10\n[    1.0] \001\n";
	struct bytes b = {0};
	const char *paths[2];

	(void)state;
	bytes_add(&b, words, sizeof(words) - 1);
	paths[0] = paths[1] = made_file("core", b);
	opens(b);
	assert_non_null(core_text(core));
	assert_int_equal(core_text(core)->size, sizeof(words) - 1);
	assert_memory_equal(core_text(core)->bytes, words, sizeof(words) - 1);
	assert_int_equal(core_text(core)->left_out, 0);
	assert_string_equal(core_about(core)->format, "text");
	assert_null(open_files(paths, 2));
}

/* gzip, one block that is stored as it is (RFC 1952, RFC 1951 3.2.4): 200 bytes, it says. */
static void a_packed_text_that_is_cut_is_known_for_that(void **state)
{
	static const char head[] = "\x1f\x8b\x08\0\0\0\0\0\0\3\1\xc8\0\x37\xff";
	static const char words[] = "[    0.000000] Linux version 5.10\n[    1.0] ";
	struct bytes b = {0};

	(void)state;
	bytes_add(&b, head, sizeof(head) - 1);
	bytes_add(&b, words, sizeof(words) - 1);
	opens(b);
	assert_non_null(core_text(core));
	assert_true(core_text(core)->cut);
}

static void what_cannot_be_opened_is_named(void **state)
{
	char path[128];

	(void)state;
	assert_null(open_file("/nonexistent/core"));
	assert_string_equal(why.text, "/nonexistent/core: No such file or directory");
	assert_null(open_file(made_folder()));
	assert_non_null(strstr(why.text, "a folder, not a core"));
	assert_null(open_file("/dev/null"));
	assert_non_null(strstr(why.text, "not a file that can be read back and forth"));
	/* It does not wait for somebody who writes into it. */
	snprintf(path, sizeof(path), "%s/fifo", made_folder());
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_null(open_file(path));
	assert_non_null(strstr(why.text, "not a file that can be read back and forth"));
}

static void machines_that_are_not_known(void **state)
{
	struct made_core m = small;
	struct bytes b;
	uint32_t word;

	(void)state;
	m.machine = "aarch64";
	opens(made_kdump(&m));
	m.machine = "";
	opens(made_kdump(&m));
	m.machine = "i686";
	is_refused(made_kdump(&m), "a core of 32-bit x86");
	m.machine = "armv7l";
	is_refused(made_kdump(&m), "a core of 32-bit ARM");
	m.machine = "s390x";
	is_refused(made_kdump(&m), "another machine than x86_64 and aarch64");
	b = made_kdump(&small);
	made_header(b)->version = __builtin_bswap32(6);
	is_refused(b, "a big-endian machine");
	/* A time of 8 bytes: what follows comes earlier. */
	b = made_kdump(&small);
	made_header(b)->block_size = 0;
	word = 4096;
	memcpy(b.v + 416, &word, 4);
	is_refused(b, "a 32-bit machine");
}

static void xen_is_not_known(void **state)
{
	struct made_core m = small;

	(void)state;
	made_note(&m.notes, "Xen", 0x1000001, "1234", 4);
	is_refused(made_kdump(&m), "a core of Xen, which vgpu does not know");
	bytes_free(&m.notes);
	made_note(&m.notes, "VMCOREINFO_XEN", 0, "1234", 4);
	is_refused(made_kdump(&m), "a core of Xen, which vgpu does not know");
	bytes_free(&m.notes);
}

#define core_test(f) cmocka_unit_test_teardown(f, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		core_test(each_page_or_why_not),
		core_test(what_its_headers_say),
		core_test(text_of_a_header_is_escaped),
		core_test(each_size_of_a_page),
		core_test(each_version),
		core_test(version_0_knows_no_level),
		core_test(a_later_version_counts_pages_with_64_bits),
		core_test(one_bitmap_alone),
		core_test(many_pages),
		core_test(reads_across_pages),
		core_test(counts_what_it_reads),
		core_test(damaged_page_costs_itself),
		core_test(cut_core_is_read_as_far_as_it_goes),
		core_test(cut_core_that_ends_with_zeros),
		core_test(cut_headers_are_refused),
		core_test(who_wrote_it_says_that_it_is_incomplete),
		core_test(file_that_shrinks_costs_its_pages),
		core_test(wrong_headers_are_named),
		core_test(lying_texts_are_none),
		core_test(any_header_is_opened_or_refused),
		core_test(parts_in_any_order),
		core_test(parts_of_older_versions),
		core_test(parts_without_pages),
		core_test(missing_part_is_named),
		core_test(a_file_that_is_given_twice),
		core_test(strangers_are_no_parts),
		core_test(part_that_lies_about_its_pages),
		core_test(elf_segments_in_any_order),
		core_test(elf_memory_that_is_not_in_the_file_is_zeros),
		core_test(elf_segment_with_a_part_of_a_page),
		core_test(elf_segments_that_overlap),
		core_test(elf_with_more_segments_than_its_header_counts),
		core_test(elf_segments_of_virtual_addresses_alone),
		core_test(elf_machines),
		core_test(elf_files_that_are_no_cores),
		core_test(elf_that_is_cut),
		core_test(elf_segments_that_lie),
		core_test(elf_segment_beyond_what_there_can_be),
		core_test(flattened_kdump),
		core_test(flattened_elf),
		core_test(later_records_hold),
		core_test(any_records),
		core_test(between_records_are_zeros),
		core_test(record_of_nothing_is_nowhere),
		core_test(flattened_and_cut),
		core_test(records_that_lie),
		core_test(vmcoreinfo_is_looked_up),
		core_test(vmcoreinfo_in_the_notes),
		core_test(page_size_that_no_machine_has),
		core_test(notes_that_lie),
		core_test(vmcoreinfo_is_found_in_memory),
		core_test(vmcoreinfo_across_pages),
		core_test(copy_of_another_kernel_is_none),
		core_test(copies_of_two_kernels),
		core_test(older_kernels_do_not_say_where_the_names_are),
		core_test(looking_for_vmcoreinfo_is_told_and_ends),
		core_test(reading_records_ends),
		core_test(reading_headers_ends),
		core_test(counting_pages_of_a_large_machine_ends),
		core_test(what_it_is_instead_is_named),
		core_test(a_text_is_opened_as_one),
		core_test(a_packed_text_that_is_cut_is_known_for_that),
		core_test(what_cannot_be_opened_is_named),
		core_test(machines_that_are_not_known),
		core_test(xen_is_not_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
