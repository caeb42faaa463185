// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "made_core.h"

#include "test.h"

#include <elf.h>
#include <lzo/lzo1x.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "base/base.h"
#include "scratch.h"

/* ---- bytes and files -------------------------------------------------------- */

/* Room for twice as many each time, for some are made of many small pieces. */
static size_t room_of(size_t n)
{
	size_t room = n ? 64 : 0;

	while (room < n)
		room *= 2;
	return room;
}

void bytes_add(struct bytes *b, const void *v, size_t n)
{
	if (!n)
		return;
	if (room_of(b->n + n) > room_of(b->n))
		b->v = realloc(b->v, room_of(b->n + n));
	assert_non_null(b->v);
	if (v)
		memcpy(b->v + b->n, v, n);
	else
		memset(b->v + b->n, 0, n);
	b->n += n;
}

void bytes_free(struct bytes *b)
{
	free(b->v);
	*b = (struct bytes){0};
}

struct bytes bytes_copy(struct bytes b)
{
	struct bytes copy = {0};

	bytes_add(&copy, b.v, b.n);
	return copy;
}

static void put(struct bytes *b, size_t at, const void *v, size_t n)
{
	if (at + n > b->n)
		bytes_add(b, NULL, at + n - b->n);
	memcpy(b->v + at, v, n);
}

static bool has_folder;
static char names[16][128];
static size_t nnames;

const char *made_folder(void)
{
	if (!has_folder)
		assert_int_equal(scratch_make(NULL), 0);
	has_folder = true;
	return scratch;
}

const char *made_file(const char *name, struct bytes b)
{
	char *path = names[nnames++ % ARRAY_SIZE(names)];
	FILE *f;

	snprintf(path, sizeof(names[0]), "%s/%s", made_folder(), name);
	/* ext4 writes a file out at once that was cut and written anew. */
	unlink(path);
	f = fopen(path, "w");
	assert_non_null(f);
	if (b.n)
		assert_int_equal(fwrite(b.v, 1, b.n, f), b.n);
	assert_int_equal(fclose(f), 0);
	return path;
}

void made_core_remove(void)
{
	if (has_folder)
		assert_int_equal(scratch_remove(NULL), 0);
	has_folder = false;
}

/* ---- pages ------------------------------------------------------------------ */

void made_fill(uint64_t pfn, unsigned char *page, size_t size)
{
	uint64_t word;
	size_t i;

	for (i = 0; i < size; i += sizeof(word)) {
		word = (pfn + 1) << 32 | i / 256;
		memcpy(page + i, &word, sizeof(word));
	}
}

static unsigned int page_size(const struct made_core *m)
{
	return m->page_size ? m->page_size : 4096;
}

static uint64_t max_pfn(const struct made_core *m)
{
	return m->max_pfn ? m->max_pfn : 64;
}

void made_page(const struct made_core *m, const struct made_page *p, unsigned char *page)
{
	made_fill(p->pfn, page, page_size(m));
	if (p->text)
		memcpy(page + p->at, p->text,
		       strlen(p->text) + 1 < page_size(m) - p->at ? strlen(p->text) + 1
								  : page_size(m) - p->at);
}

/* Either 8 bytes as they are, or up to 64 copied from those 8 bytes before. */
static size_t pack_snappy(const unsigned char *from, size_t n, unsigned char *to)
{
	unsigned char *out = to;
	size_t rest = n, at, same;

	for (; rest >= 0x80; rest >>= 7)
		*out++ = (unsigned char)(rest | 0x80);
	*out++ = (unsigned char)rest;
	for (at = 0; at < n; at += same) {
		for (same = 0; at >= 8 && at + same < n && same < 64; same++)
			if (from[at + same] != from[at + same - 8])
				break;
		if (same >= 8) {
			*out++ = (unsigned char)((same - 1) << 2 | 2);
			*out++ = 8;
			*out++ = 0;
			continue;
		}
		same = 8;
		*out++ = 7 << 2;
		memcpy(out, from + at, same);
		out += same;
	}
	return (size_t)(out - to);
}

static size_t pack(unsigned int packing, const unsigned char *from, size_t n,
		   unsigned char *to, size_t room)
{
	static lzo_align_t work[LZO1X_1_MEM_COMPRESS / sizeof(lzo_align_t)];
	uLongf zlib = room;
	lzo_uint lzo = room;

	switch (packing) {
	case PACKED_ZLIB:
		assert_int_equal(compress2(to, &zlib, from, n, 1), Z_OK);
		return zlib;
	case PACKED_LZO:
		assert_int_equal(lzo1x_1_compress(from, n, to, &lzo, work), LZO_E_OK);
		return lzo;
	case PACKED_SNAPPY:
		return pack_snappy(from, n, to);
	case PACKED_ZSTD:
		return ZSTD_compress(to, room, from, n, 1);
	default:
		memcpy(to, from, n);
		return n;
	}
}

/* ---- kdump-compressed ------------------------------------------------------- */

static size_t bitmap_blocks(const struct made_core *m)
{
	return (max_pfn(m) / 8 + page_size(m)) / page_size(m);
}

static size_t descriptors_at(const struct made_core *m)
{
	return (2 + bitmap_blocks(m) * (m->one_bitmap ? 1 : 2)) * page_size(m);
}

static bool is_in(const struct made_core *m, const struct made_page *p)
{
	return !p->left_out && (!m->split || (p->pfn >= m->start && p->pfn < m->end));
}

static void put_bitmaps(const struct made_core *m, struct bytes *b)
{
	size_t i, at = 2 * page_size(m), one = bitmap_blocks(m) * page_size(m);

	bytes_add(b, NULL, descriptors_at(m) - b->n);
	for (i = 0; i < m->n; i++) {
		const struct made_page *p = &m->pages[i];
		unsigned char bit = (unsigned char)(1u << p->pfn % 8);

		if (!m->one_bitmap)
			b->v[at + p->pfn / 8] |= bit;
		if (!p->left_out)
			b->v[at + (m->one_bitmap ? 0 : one) + p->pfn / 8] |= bit;
	}
}

/* Pages are described in their order; the description may have another. */
static void put_pages(const struct made_core *m, struct bytes *b)
{
	unsigned char page[65536], packed[2 * 65536];
	size_t i, in = 0, at = descriptors_at(m);
	struct kdump_page d = {0};

	for (i = 0; i < m->n; i++)
		in += is_in(m, &m->pages[i]);
	bytes_add(b, NULL, in * sizeof(d));
	for (i = 0; i < m->n; i++) {
		const struct made_page *p = &m->pages[i];

		if (!is_in(m, p))
			continue;
		made_page(m, p, page);
		d.at = b->n;
		d.packing = p->packing;
		d.size = (uint32_t)pack(p->packing, page, page_size(m), packed,
					sizeof(packed));
		/* As makedumpfile does. */
		if (d.size >= page_size(m)) {
			d.size = page_size(m);
			d.packing = PACKED_NOT;
			memcpy(packed, page, page_size(m));
		}
		put(b, at, &d, sizeof(d));
		bytes_add(b, packed, d.size);
		at += sizeof(d);
	}
}

struct kdump_header *made_header(struct bytes b)
{
	return (struct kdump_header *)b.v;
}

struct kdump_sub_header *made_sub_header(struct bytes b)
{
	return (struct kdump_sub_header *)(b.v + made_header(b)->block_size);
}

struct kdump_page *made_descriptor(const struct made_core *m, struct bytes b, size_t i)
{
	return (struct kdump_page *)(b.v + descriptors_at(m)) + i;
}

static void put_headers(const struct made_core *m, struct bytes *b)
{
	struct kdump_header h = {.signature = {'K', 'D', 'U', 'M', 'P', ' ', ' ', ' '},
				 .version = m->version ? m->version : 6,
				 .release = "5.10.0-9-test",
				 .uts_version = "#1 SMP Test",
				 .seconds = 1600000000,
				 .status = m->status ? m->status : PACKED_ZLIB,
				 .block_size = page_size(m),
				 .sub_blocks = 1};
	struct kdump_sub_header sub = {.dump_level = 31, .split = m->split};

	h.bitmap_blocks = (uint32_t)(bitmap_blocks(m) * (m->one_bitmap ? 1 : 2));
	h.max_pfn = (uint32_t)max_pfn(m);
	snprintf(h.machine, sizeof(h.machine), "%s", m->machine ? m->machine : "x86_64");
	sub.start = sub.start_64 = m->start;
	sub.end = sub.end_64 = m->end;
	sub.max_pfn_64 = max_pfn(m);
	put(b, 0, &h, sizeof(h));
	sub.vmcoreinfo = page_size(m) + sizeof(sub);
	if (m->vmcoreinfo) {
		sub.vmcoreinfo_size = strlen(m->vmcoreinfo);
		put(b, sub.vmcoreinfo, m->vmcoreinfo, sub.vmcoreinfo_size);
	}
	sub.notes = sub.vmcoreinfo + sub.vmcoreinfo_size;
	sub.notes_size = m->notes.n;
	if (m->notes.n)
		put(b, sub.notes, m->notes.v, m->notes.n);
	put(b, page_size(m), &sub, sizeof(sub));
	assert_true(b->n <= 2 * page_size(m));
}

struct bytes made_kdump(const struct made_core *m)
{
	struct bytes b = {0};

	put_headers(m, &b);
	put_bitmaps(m, &b);
	put_pages(m, &b);
	return b;
}

/* ---- ELF -------------------------------------------------------------------- */

static void put_segment(struct bytes *b, const struct made_segment *s, Elf64_Phdr *p)
{
	unsigned char page[4096];
	uint64_t at;

	*p = (Elf64_Phdr){.p_type = PT_LOAD,
			  .p_offset = b->n,
			  .p_vaddr = s->pa,
			  .p_paddr = s->pa,
			  .p_filesz = s->filesz,
			  .p_memsz = s->memsz};
	for (at = 0; at < s->filesz; at += sizeof(page)) {
		size_t n = s->filesz - at < sizeof(page) ? s->filesz - at : sizeof(page);

		made_fill((s->pa + at) / sizeof(page), page, sizeof(page));
		if (s->fill)
			memset(page, s->fill, sizeof(page));
		bytes_add(b, page, n);
	}
}

struct bytes made_elf(const struct made_elf *m)
{
	size_t i, headers = m->n + 1;
	Elf64_Ehdr h = {.e_type = m->type ? (Elf64_Half)m->type : ET_CORE,
			.e_machine = m->machine ? (Elf64_Half)m->machine : EM_X86_64,
			.e_version = EV_CURRENT,
			.e_phoff = sizeof(h) + sizeof(Elf64_Shdr),
			.e_shoff = sizeof(h),
			.e_flags = m->flags,
			.e_ehsize = sizeof(h),
			.e_phentsize = sizeof(Elf64_Phdr),
			.e_phnum = m->many ? PN_XNUM : (Elf64_Half)headers,
			.e_shentsize = sizeof(Elf64_Shdr),
			.e_shnum = 1};
	Elf64_Shdr section = {.sh_info = (Elf64_Word)headers};
	Elf64_Phdr p = {.p_type = PT_NOTE, .p_filesz = m->notes.n};
	struct bytes b = {0};

	memcpy(h.e_ident, ELFMAG "\2\1\1", SELFMAG + 3);
	put(&b, 0, &h, sizeof(h));
	put(&b, h.e_shoff, &section, sizeof(section));
	bytes_add(&b, NULL, headers * sizeof(p));
	p.p_offset = b.n;
	put(&b, h.e_phoff, &p, sizeof(p));
	bytes_add(&b, m->notes.v, m->notes.n);
	for (i = 0; i < m->n; i++) {
		put_segment(&b, &m->segments[i], &p);
		put(&b, h.e_phoff + (i + 1) * sizeof(p), &p, sizeof(p));
	}
	return b;
}

void made_note(struct bytes *notes, const char *name, unsigned int type, const void *desc,
	       size_t size)
{
	Elf64_Nhdr h = {(Elf64_Word)strlen(name) + 1, (Elf64_Word)size, type};

	bytes_add(notes, &h, sizeof(h));
	bytes_add(notes, name, h.n_namesz);
	bytes_add(notes, NULL, -h.n_namesz % 4);
	bytes_add(notes, desc, size);
	bytes_add(notes, NULL, -h.n_descsz % 4);
}

/* ---- flattened -------------------------------------------------------------- */

static void add_be64(struct bytes *b, uint64_t v)
{
	v = __builtin_bswap64(v);
	bytes_add(b, &v, sizeof(v));
}

struct bytes made_flattened(void)
{
	struct bytes b = {0};

	bytes_add(&b, "makedumpfile\0\0\0", 16);
	add_be64(&b, 1);
	add_be64(&b, 1);
	bytes_add(&b, NULL, 4096 - b.n);
	return b;
}

void made_record(struct bytes *b, uint64_t at, const void *bytes, size_t size)
{
	add_be64(b, at);
	add_be64(b, size);
	bytes_add(b, bytes, size);
}

void made_record_end(struct bytes *b)
{
	add_be64(b, UINT64_MAX);
	add_be64(b, UINT64_MAX);
}
