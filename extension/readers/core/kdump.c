// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * kdump-compressed: what makedumpfile writes, in one file or in parts, and QEMU.
 *
 * A page's descriptor is found by how many pages before it are in the file.  Of that a
 * rank is kept for each RANK_BITS pages; the bitmaps, 32 MB each for a machine of 1 TB,
 * stay in the file.
 */
#include "readers/kdump.h"
#include "readers/small_note.h"

#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "format.h"
#include "inflate.h"

#define RANK_BITS 4096u
#define RANK_BYTES (RANK_BITS / 8)
#define BITMAP_BLOCK 4096u
#define PAGES_BLOCK (170 * sizeof(struct kdump_page))
#define VERSION_MAX 6
#define VMCOREINFO_MAX (1u << 20)
#define NOTES_MAX (64u << 20)
/* How many are looked at to see whether the file was cut: many are one page of zeros. */
#define LAST_PAGES 256

struct part {
	struct file *file;
	struct kdump_header h;
	struct kdump_sub_header sub;
	uint64_t start, end; /* of the pages that it has */
	uint64_t max_pfn;
	struct blocks dumped; /* the bitmap */
	struct blocks pages;  /* descriptors */
	uint64_t *ranks;      /* from the RANK_BITS pages on that have start */
	uint64_t before;      /* pages of those that are before start */
	uint64_t n;	      /* pages that it has */
};

struct kdump {
	struct core *core;
	struct part *parts; /* by start */
	size_t n;
	struct blocks ram; /* a bitmap; f: NULL: there is none */
	struct inflater inflater;
	unsigned char *packed;	 /* a page, as it is in the file */
	struct small_note small; /* where about.small says so */
};

/* ---- which pages there are -------------------------------------------------- */

static const unsigned char *bitmap_line(struct kdump *k, struct blocks *map, uint64_t pfn)
{
	return blocks_get(k->core->arena, map, pfn / RANK_BITS * RANK_BYTES);
}

static bool bit(const unsigned char *line, uint64_t pfn)
{
	return line[pfn % RANK_BITS / 8] >> (pfn % 8) & 1;
}

/* Of the first n bits. */
static unsigned int count_bits(const unsigned char *line, uint64_t n)
{
	unsigned int count = 0;
	size_t i;

	for (i = 0; i < n / 64; i++)
		count += (unsigned int)__builtin_popcountll(load_u64(line + i * 8));
	if (n % 64)
		count += (unsigned int)__builtin_popcountll(load_u64(line + i * 8) &
							    ((1ull << n % 64) - 1));
	return count;
}

static struct part *part_of(const struct kdump *k, uint64_t pfn)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (pfn >= k->parts[i].start && pfn < k->parts[i].end)
			return &k->parts[i];
	return NULL;
}

static enum dump_err why_absent(struct kdump *k, uint64_t pfn)
{
	const unsigned char *line;

	if (!k->ram.f)
		return DUMP_ABSENT;
	line = bitmap_line(k, &k->ram, pfn);
	if (!line)
		return DUMP_DAMAGED;
	if (!bit(line, pfn))
		return DUMP_ABSENT;
	return k->core->about.small ? small_note_why(&k->small, pfn) : DUMP_EXCLUDED;
}

/* And the how manieth of its part it is. */
static enum dump_err find_page(struct kdump *k, uint64_t pfn, struct part **part,
			       uint64_t *rank)
{
	struct part *p = *part = part_of(k, pfn);
	const unsigned char *line;

	if (!p)
		return DUMP_ABSENT;
	line = bitmap_line(k, &p->dumped, pfn);
	if (!line)
		return DUMP_DAMAGED;
	if (!bit(line, pfn))
		return why_absent(k, pfn);
	*rank = p->ranks[pfn / RANK_BITS - p->start / RANK_BITS] - p->before +
		count_bits(line, pfn % RANK_BITS);
	return DUMP_OK;
}

static enum dump_err kdump_has(void *state, uint64_t pfn)
{
	struct part *part;
	uint64_t rank;

	return find_page(state, pfn, &part, &rank);
}

/* The first bit that is set, from pfn on, and below end. */
static bool next_in(struct kdump *k, struct part *p, uint64_t *pfn)
{
	const unsigned char *line;
	uint64_t word;

	while (*pfn < p->end) {
		line = bitmap_line(k, &p->dumped, *pfn);
		word = line ? load_u64(line + *pfn % RANK_BITS / 64 * 8) >> *pfn % 64 : 0;
		if (word) {
			*pfn += (unsigned int)__builtin_ctzll(word);
			return *pfn < p->end;
		}
		*pfn = (*pfn | 63) + 1;
	}
	return false;
}

static bool kdump_next(void *state, uint64_t *pfn)
{
	struct kdump *k = state;
	size_t i;

	for (i = 0; i < k->n; i++) {
		if (*pfn >= k->parts[i].end)
			continue;
		if (*pfn < k->parts[i].start)
			*pfn = k->parts[i].start;
		if (next_in(k, &k->parts[i], pfn))
			return true;
	}
	return false;
}

/* ---- a page ----------------------------------------------------------------- */

static bool get_descriptor(struct kdump *k, struct part *p, uint64_t rank,
			   struct kdump_page *page)
{
	const unsigned char *bytes;

	if (rank >= p->pages.size / sizeof(*page))
		return false;
	bytes = blocks_get(k->core->arena, &p->pages, rank * sizeof(*page));
	if (bytes)
		memcpy(page, bytes, sizeof(*page));
	return bytes;
}

static enum dump_err kdump_page(void *state, uint64_t pfn, unsigned char *to,
				uint64_t *stored)
{
	struct kdump *k = state;
	size_t size = k->core->about.page_size;
	struct kdump_page page;
	struct part *part;
	uint64_t rank;
	enum dump_err err = find_page(k, pfn, &part, &rank);

	if (err != DUMP_OK)
		return err;
	if (!get_descriptor(k, part, rank, &page) || !page.size || page.size > size ||
	    !file_get(part->file, page.at, k->packed, page.size) ||
	    !inflate_page(&k->inflater, page.packing & PACKINGS, k->packed, page.size, to,
			  size))
		return DUMP_DAMAGED;
	*stored += page.size;
	return DUMP_OK;
}

/* ---- headers ---------------------------------------------------------------- */

static bool check_header(const struct kdump_header *h, struct error *why)
{
	if (__builtin_bswap32(h->version) <= VERSION_MAX && h->version)
		return error_set(why,
				 "a core of a big-endian machine, which vgpu does not "
				 "know");
	if (!page_size_is_sane(h->block_size)) {
		/* There the time is shorter, and what follows comes earlier. */
		if (page_size_is_sane(load_le((const char *)h + 416, 4)))
			return error_set(why,
					 "a core of a 32-bit machine, which vgpu does "
					 "not know");
		return error_set(why, "a kdump-compressed core with blocks of %u bytes",
				 h->block_size);
	}
	if (h->version > VERSION_MAX)
		return error_set(
			why,
			"a kdump-compressed core of version %u, while vgpu knows "
			"those to %d",
			h->version, VERSION_MAX);
	return true;
}

/* What an older version does not have is what stands there by chance. */
static void keep_known(struct kdump_sub_header *sub, uint32_t version)
{
	static const size_t known[VERSION_MAX + 1] = {
		offsetof(struct kdump_sub_header, dump_level),
		offsetof(struct kdump_sub_header, split),
		offsetof(struct kdump_sub_header, vmcoreinfo),
		offsetof(struct kdump_sub_header, notes),
		offsetof(struct kdump_sub_header, erased),
		offsetof(struct kdump_sub_header, start_64),
		sizeof(*sub),
	};

	memset((char *)sub + known[version], 0, sizeof(*sub) - known[version]);
	if (!version)
		sub->dump_level = -1;
}

static bool read_headers(struct part *p, struct error *why)
{
	bool wide;

	if (!file_get(p->file, 0, &p->h, sizeof(p->h)))
		return error_set(why, "it ends within its header");
	if (memcmp(p->h.signature, KDUMP_SIGNATURE, sizeof(p->h.signature)) != 0)
		return error_set(why, "no kdump-compressed core");
	if (!check_header(&p->h, why))
		return false;
	if (!file_get(p->file, p->h.block_size, &p->sub, sizeof(p->sub)))
		return error_set(why, "it ends within its sub header");
	keep_known(&p->sub, p->h.version);
	wide = p->h.version >= 6;
	p->max_pfn = wide ? p->sub.max_pfn_64 : p->h.max_pfn;
	p->end = p->max_pfn;
	if (p->sub.split) {
		p->start = wide ? p->sub.start_64 : p->sub.start;
		p->end = wide ? p->sub.end_64 : p->sub.end;
	}
	if (!p->max_pfn || p->max_pfn > PFN_MAX)
		return error_set(why, "it says to have pages up to number %llu",
				 COUNT(p->max_pfn));
	if (p->start > p->end || p->end > p->max_pfn)
		return error_set(why, "it says to have pages %#llx to %#llx of %#llx",
				 HEX(p->start), HEX(p->end), HEX(p->max_pfn));
	return true;
}

/* Where the bitmaps and the descriptors are; the first bitmap may be missing. */
static bool find_tables(struct kdump *k, struct part *p, struct error *why)
{
	uint64_t block = p->h.block_size, at = (1ull + p->h.sub_blocks) * block;
	uint64_t size = p->h.bitmap_blocks * block;
	bool both = p->max_pfn <= size / 2 * 8;

	if (p->max_pfn > size * 8)
		return error_set(why, "its bitmap is of %llu pages, and not of %llu",
				 COUNT(size * 8), COUNT(p->max_pfn));
	if (!file_has(p->file, at, size))
		return error_set(why, "it ends within its bitmap");
	if (both && !k->ram.f)
		k->ram = (struct blocks){p->file, at, size / 2, BITMAP_BLOCK, {0}, {0}};
	p->dumped = (struct blocks){p->file,
				    at + (both ? size / 2 : 0),
				    both ? size / 2 : size,
				    BITMAP_BLOCK,
				    {0},
				    {0}};
	p->pages = (struct blocks){p->file,	at + size, p->file->size - (at + size),
				   PAGES_BLOCK, {0},	   {0}};
	return true;
}

static bool count_pages(struct kdump *k, struct part *p, const struct progress *progress,
			struct error *why)
{
	uint64_t first = p->start / RANK_BITS, n = (p->end - 1) / RANK_BITS - first + 1;
	unsigned char line[RANK_BYTES];
	uint64_t i, rank = 0, at;

	p->ranks = arena_alloc(k->core->arena, n * sizeof(*p->ranks));
	for (i = 0; i < n; i++) {
		p->ranks[i] = rank;
		at = (first + i) * RANK_BYTES;
		if (!file_get(p->file, p->dumped.at + at, line, sizeof(line)))
			return error_set(why, "its bitmap cannot be read");
		if (!i)
			p->before = count_bits(line, p->start % RANK_BITS);
		p->n = rank - p->before + count_bits(line, (p->end - 1) % RANK_BITS + 1);
		rank += count_bits(line, RANK_BITS);
		if (i % 4096 == 4095 &&
		    !progress_at(progress, "counting pages", i, n, why))
			return false;
	}
	return true;
}

static bool has_page(struct kdump *k, struct part *p, uint64_t i)
{
	struct kdump_page page;

	return get_descriptor(k, p, i, &page) && file_has(p->file, page.at, page.size);
}

/*
 * Are the last of its pages within the file, and some of all?  Where that was cut, they are
 * not.  The last alone may be pages of zeros, of which there is one for all, at the front.
 */
static bool ends_whole(struct kdump *k, struct part *p)
{
	uint64_t i, step = p->n / LAST_PAGES + 1;

	for (i = 1; i <= LAST_PAGES && i <= p->n; i++)
		if (!has_page(k, p, p->n - i))
			return false;
	for (i = 0; i < p->n; i += step)
		if (!has_page(k, p, i))
			return false;
	return true;
}

static bool open_part(struct kdump *k, struct part *p, const struct progress *progress,
		      struct error *why)
{
	if (p->start == p->end)
		return true;
	return find_tables(k, p, why) && count_pages(k, p, progress, why);
}

/* ---- the whole -------------------------------------------------------------- */

static void insert_part(struct kdump *k, struct part part)
{
	size_t i = k->n++;

	for (; i && k->parts[i - 1].start > part.start; i--)
		k->parts[i] = k->parts[i - 1];
	k->parts[i] = part;
}

static bool belongs(const struct part *p, const struct part *first)
{
	return p->max_pfn == first->max_pfn && p->h.block_size == first->h.block_size &&
	       p->h.seconds == first->h.seconds &&
	       !memcmp(p->h.release, first->h.release, sizeof(p->h.release));
}

static bool is_missing(const struct kdump *k, uint64_t from, uint64_t to,
		       struct error *why)
{
	return error_set(why,
			 "%s: a core in parts, of which the one with pages %#llx to "
			 "%#llx is missing",
			 k->parts[0].file->name, HEX(from), HEX(to));
}

/* One after the other, from page 0 to the last? */
static bool check_parts(const struct kdump *k, struct error *why)
{
	const struct part *last = NULL, *p;
	uint64_t at = 0;

	if (k->n == 1 && !k->parts[0].sub.split)
		return true;
	for (p = k->parts; p < k->parts + k->n; p++) {
		if (p->start == p->end)
			continue;
		if (p->start > at)
			return is_missing(k, at, p->start, why);
		if (p->start < at)
			return error_set(why, "%s: a part with pages that %s has too",
					 p->file->name, last->file->name);
		at = p->end;
		last = p;
	}
	return at == k->parts[0].max_pfn || is_missing(k, at, k->parts[0].max_pfn, why);
}

static bool read_parts(struct kdump *k, struct error *why)
{
	struct core *c = k->core;
	struct part part;
	size_t i;

	k->parts = arena_alloc(c->arena, c->n * sizeof(*k->parts));
	for (i = 0; i < c->n; i++) {
		part = (struct part){.file = &c->files[i]};
		if (!read_headers(&part, why))
			return error_within(why, "%s", part.file->name);
		insert_part(k, part);
	}
	for (i = 0; c->n > 1 && i < k->n; i++) {
		if (!k->parts[i].sub.split)
			return error_set(why, "%s: a whole core, and no part of one",
					 k->parts[i].file->name);
		if (!belongs(&k->parts[i], &k->parts[0]))
			return error_set(why, "%s: a part of another core than %s",
					 k->parts[i].file->name, k->parts[0].file->name);
	}
	return check_parts(k, why);
}

/* Of notes and vmcoreinfo each part has a copy, or the first alone. */
static void read_texts(struct kdump *k, struct part *p)
{
	struct core *c = k->core;

	if (!c->vmcoreinfo)
		c->vmcoreinfo = (char *)core_copy(c, p->file, p->sub.vmcoreinfo,
						  p->sub.vmcoreinfo_size, VMCOREINFO_MAX);
	if (c->notes)
		return;
	c->notes = core_copy(c, p->file, p->sub.notes, p->sub.notes_size, NOTES_MAX);
	c->notes_size = c->notes ? (size_t)p->sub.notes_size : 0;
}

static void uts_text(char *to, size_t size, const char *from)
{
	char text[KDUMP_UTS + 1] = "";

	memcpy(text, from, KDUMP_UTS);
	text_escape(to, size, text);
}

static void tell_about(struct kdump *k)
{
	const struct part *p = &k->parts[0];
	struct core_about *about = &k->core->about;

	about->format = p->sub.split ? "kdump-compressed, split" : "kdump-compressed";
	uts_text(about->machine, sizeof(about->machine), p->h.machine);
	uts_text(about->release, sizeof(about->release), p->h.release);
	uts_text(about->version, sizeof(about->version), p->h.uts_version);
	about->max_pfn = p->max_pfn;
	about->dump_level = p->sub.dump_level;
	about->crash_time = p->h.seconds;
	core_set_page_size(k->core, p->h.block_size);
}

static void kdump_close(void *state)
{
	struct kdump *k = state;

	inflater_close(&k->inflater);
}

const struct core_format *kdump_open(struct core *c, const struct progress *progress,
				     struct error *why)
{
	static const struct core_format format = {false, kdump_has, kdump_page,
						  kdump_next, kdump_close};
	struct kdump *k = c->state = arena_alloc(c->arena, sizeof(*k));
	size_t i;

	k->core = c;
	if (!read_parts(k, why))
		return NULL;
	tell_about(k);
	k->packed = arena_alloc(c->arena, c->about.page_size);
	for (i = 0; i < k->n; i++) {
		struct part *p = &k->parts[i];

		if (!open_part(k, p, progress, why)) {
			error_within(why, "%s", p->file->name);
			return NULL;
		}
		read_texts(k, p);
		if (p->h.status & KDUMP_INCOMPLETE || p->file->cut || !ends_whole(k, p))
			c->about.incomplete = true;
	}
	if (small_note_find(c->arena, c->notes, c->notes_size, &k->small)) {
		c->about.small = &k->small.small;
		c->about.table = k->small.table;
	}
	return &format;
}
