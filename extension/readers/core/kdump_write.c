// SPDX-License-Identifier: GPL-2.0-or-later
#include "kdump_write.h"

#include <errno.h>
#include <libdeflate.h>
#include <string.h>
#include <unistd.h>

#include "base/elf_note.h"
#include "inflate.h"
#include "readers/kdump.h"

#define VERSION 6
#define LEVEL 6
#define SINK_BYTES (256u << 10)
#define PAGES_IN_A_ROW 256
#define FRAMES_IN_A_ROW (1u << 20)

/* ---- a place in the file, and what is written from there on -------------------- */

struct sink {
	int fd;
	uint64_t at;
	unsigned char *bytes;
	size_t n;
};

static struct sink sink_at(struct arena *a, int fd, uint64_t at)
{
	return (struct sink){fd, at, arena_alloc(a, SINK_BYTES), 0};
}

/* False: see errno. */
static bool sink_flush(struct sink *s)
{
	size_t done = 0;
	ssize_t n;

	while (done < s->n) {
		n = pwrite(s->fd, s->bytes + done, s->n - done, (off_t)s->at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		done += (size_t)n;
		s->at += (size_t)n;
	}
	s->n = 0;
	return true;
}

static bool sink_put(struct sink *s, const void *bytes, size_t size)
{
	const unsigned char *from = bytes;
	size_t n;

	for (; size; from += n, size -= n) {
		if (s->n == SINK_BYTES && !sink_flush(s))
			return false;
		n = SINK_BYTES - s->n < size ? SINK_BYTES - s->n : size;
		memcpy(s->bytes + s->n, from, n);
		s->n += n;
	}
	return true;
}

/* ---- one that is written -------------------------------------------------------- */

struct writer {
	struct arena *arena;
	struct core *core;
	const struct kdump_content *content;
	const struct progress *progress;
	struct error *why;
	const char *path; /* to be */
	int fd;
	uint64_t block, sub_blocks, bitmap_bytes; /* of one of the two */
	uint64_t bitmaps, descriptors, data;	  /* where they begin */
	struct libdeflate_compressor *packer;
	unsigned char *page, *packed;
	uint64_t zeros; /* where a page of zeros is kept; 0: there was none */
	uint32_t zeros_size, zeros_packing;
};

static bool failed(const struct writer *w)
{
	return error_set(w->why, "%s: %s", w->path,
			 errno ? strerror(errno) : "it cannot be written");
}

static uint64_t round_up(uint64_t n, uint64_t to)
{
	return (n + to - 1) / to * to;
}

/* ---- headers -------------------------------------------------------------------- */

static unsigned int count_cpus(const struct kdump_content *content)
{
	unsigned int n = 0;
	struct elf_note note;
	size_t at = 0;

	while (elf_note_next_cpu((const unsigned char *)content->notes,
				 content->notes_size, &at, &note))
		n++;
	return n ? n : 1;
}

static uint32_t at_most_u32(uint64_t v)
{
	return v < UINT32_MAX ? (uint32_t)v : UINT32_MAX;
}

/* It is no text with an end, where it is as long as the field. */
static void put_field(char to[KDUMP_UTS], const char *from)
{
	memcpy(to, from, strnlen(from, KDUMP_UTS));
}

static bool put_header(const struct writer *w, struct sink *s)
{
	const struct core_about *about = core_about(w->core);
	struct kdump_header h = {
		.signature = "KDUMP   ",
		.version = VERSION,
		.sysname = "Linux",
		.seconds = about->crash_time,
		.status = PACKED_ZLIB | (about->incomplete ? KDUMP_INCOMPLETE : 0),
		.block_size = about->page_size,
		.sub_blocks = (uint32_t)w->sub_blocks,
		.bitmap_blocks = (uint32_t)(2 * w->bitmap_bytes / w->block),
		.max_pfn = at_most_u32(about->max_pfn),
		.written_blocks = at_most_u32(w->content->pages->n),
		.cpus = count_cpus(w->content),
	};

	put_field(h.release, about->release);
	put_field(h.uts_version, about->version);
	put_field(h.machine, about->machine);
	return sink_put(s, &h, sizeof(h));
}

static uint64_t physical_base(const struct core *c)
{
	uint64_t v;

	return core_info_number(c, "NUMBER", "phys_base", &v) ||
			       core_info_number(c, "NUMBER", "PHYS_OFFSET", &v)
		       ? v
		       : 0;
}

/* What a reader finds behind the sub header, one after the other. */
static bool put_sub_header(struct writer *w, struct sink *s)
{
	const struct core_about *about = core_about(w->core);
	const char *info = core_info(w->core);
	size_t info_size = info ? strlen(info) : 0, notes_size = w->content->notes_size;
	struct kdump_sub_header sub = {.phys_base = physical_base(w->core),
				       .dump_level = about->dump_level,
				       .vmcoreinfo_size = info_size,
				       .notes_size = notes_size,
				       .max_pfn_64 = about->max_pfn};

	sub.notes = w->block + sizeof(sub);
	sub.vmcoreinfo = sub.notes + notes_size;
	s->at = w->block;
	w->sub_blocks = round_up(sub.vmcoreinfo + info_size, w->block) / w->block - 1;
	return sink_put(s, &sub, sizeof(sub)) &&
	       sink_put(s, w->content->notes, notes_size) &&
	       sink_put(s, info, info_size) && sink_flush(s);
}

static bool put_headers(struct writer *w)
{
	struct sink s = sink_at(w->arena, w->fd, 0);
	uint64_t frames = core_about(w->core)->max_pfn;

	w->block = core_about(w->core)->page_size;
	w->bitmap_bytes = round_up((frames + 7) / 8, w->block);
	if (!put_sub_header(w, &s))
		return failed(w);
	s.at = 0;
	if (!put_header(w, &s) || !sink_flush(&s))
		return failed(w);
	w->bitmaps = (1 + w->sub_blocks) * w->block;
	w->descriptors = w->bitmaps + 2 * w->bitmap_bytes;
	w->data = w->descriptors + w->content->pages->n * sizeof(struct kdump_page);
	return true;
}

/* ---- bitmaps -------------------------------------------------------------------- */

static bool put_bitmaps(struct writer *w)
{
	struct sink ram = sink_at(w->arena, w->fd, w->bitmaps);
	struct sink dumped = sink_at(w->arena, w->fd, w->bitmaps + w->bitmap_bytes);
	uint64_t frames = core_about(w->core)->max_pfn, pfn;
	unsigned char bits[2] = {0};

	for (pfn = 0; pfn < w->bitmap_bytes * 8; pfn++) {
		if (pfn < frames && core_has(w->core, pfn) != DUMP_ABSENT)
			bits[0] |= (unsigned char)(1 << pfn % 8);
		if (page_set_has(w->content->pages, pfn))
			bits[1] |= (unsigned char)(1 << pfn % 8);
		if (pfn % 8 < 7)
			continue;
		if (!sink_put(&ram, &bits[0], 1) || !sink_put(&dumped, &bits[1], 1))
			return failed(w);
		memset(bits, 0, sizeof(bits));
		if (pfn % FRAMES_IN_A_ROW == FRAMES_IN_A_ROW - 1 &&
		    !progress_at(w->progress, "looking which pages there are", pfn,
				 frames, w->why))
			return false;
	}
	return (sink_flush(&ram) && sink_flush(&dumped)) || failed(w);
}

/* ---- pages ---------------------------------------------------------------------- */

/* The first that ends behind this address. */
static size_t first_erasure(const struct kdump_content *content, uint64_t pa)
{
	size_t low = 0, high = content->erased.all.n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (content->erased.all.v[mid].pa + content->erased.all.v[mid].size <= pa)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static void erase(const struct writer *w, uint64_t pfn)
{
	uint64_t from = pfn * w->block, end = from + w->block;
	size_t i = first_erasure(w->content, from);

	for (; i < w->content->erased.all.n; i++) {
		const struct erasure *e = &w->content->erased.all.v[i];
		uint64_t first = e->pa > from ? e->pa : from;
		uint64_t last = e->pa + e->size < end ? e->pa + e->size : end;

		if (e->pa >= end)
			return;
		memset(w->page + (first - from), e->fill, (size_t)(last - first));
	}
}

static bool is_zero(const struct writer *w)
{
	return !w->page[0] && !memcmp(w->page, w->page + 1, w->block - 1);
}

/* A page that does not get smaller stays as it is. */
static const unsigned char *pack(struct writer *w, struct kdump_page *d)
{
	size_t n = libdeflate_zlib_compress(w->packer, w->page, w->block, w->packed,
					    w->block - 1);

	d->packing = n ? PACKED_ZLIB : PACKED_NOT;
	d->size = n ? (uint32_t)n : (uint32_t)w->block;
	return n ? w->packed : w->page;
}

static bool put_page(struct writer *w, struct sink *descriptors, struct sink *data)
{
	struct kdump_page d = {.at = w->zeros,
			       .size = w->zeros_size,
			       .packing = w->zeros_packing};
	bool zero = is_zero(w);

	if (!zero || !w->zeros) {
		const unsigned char *bytes = pack(w, &d);

		d.at = data->at + data->n;
		if (!sink_put(data, bytes, d.size))
			return false;
	}
	if (zero) {
		w->zeros = d.at;
		w->zeros_size = d.size;
		w->zeros_packing = d.packing;
	}
	return sink_put(descriptors, &d, sizeof(d));
}

static bool put_pages(struct writer *w)
{
	struct sink descriptors = sink_at(w->arena, w->fd, w->descriptors);
	struct sink data = sink_at(w->arena, w->fd, w->data);
	const unsigned char *page;
	uint64_t pfn, n = 0;

	for (pfn = 0; page_set_next(w->content->pages, &pfn); pfn++, n++) {
		if (n % PAGES_IN_A_ROW == 0 &&
		    !progress_at(w->progress, "writing pages", n, w->content->pages->n,
				 w->why))
			return false;
		if (core_page(w->core, pfn, &page) != DUMP_OK)
			return error_set(w->why, "page %#llx can no more be read",
					 HEX(pfn));
		memcpy(w->page, page, w->block);
		erase(w, pfn);
		if (!put_page(w, &descriptors, &data))
			return failed(w);
	}
	w->data = data.at + data.n;
	return (sink_flush(&descriptors) && sink_flush(&data)) || failed(w);
}

/* ---- the file ------------------------------------------------------------------- */

bool kdump_write(struct arena *a, struct core *c, const struct kdump_content *content,
		 struct new_file *f, const struct progress *progress, uint64_t *bytes,
		 struct error *why)
{
	struct writer w = {.arena = a,
			   .core = c,
			   .content = content,
			   .progress = progress,
			   .why = why,
			   .path = f->path,
			   .fd = f->fd};
	bool ok;

	w.page = arena_alloc(a, core_about(c)->page_size);
	w.packed = arena_alloc(a, core_about(c)->page_size);
	w.packer = libdeflate_alloc_compressor(LEVEL);
	if (!w.packer)
		return error_set(why, "not enough memory to pack pages");
	errno = 0;
	ok = put_headers(&w) && put_bitmaps(&w) && put_pages(&w);
	libdeflate_free_compressor(w.packer);
	/* So that it ends where the last page does, be that a shared one. */
	if (ok && ftruncate(w.fd, (off_t)w.data))
		ok = failed(&w);
	*bytes = w.data;
	return ok;
}
