// SPDX-License-Identifier: GPL-2.0-or-later
#include <elf.h>
#include <string.h>

#include "base/base.h"
#include "base/new_file.h"
#include "format.h"
#include "readers/kdump.h"
#include "kind.h"
#include "vmcoreinfo.h"

/* ---- pages ------------------------------------------------------------------ */

/* What is read is read whole, so few pages are asked for again much later. */
#define CACHE_BYTES (2u << 20)
#define WAYS 4

struct page_cache {
	size_t sets;
	struct slot {
		uint64_t pfn; /* NO_PFN: of none */
		uint32_t used;
		unsigned char *page; /* NULL: it was never needed */
	} * slots;
	uint32_t clock;
};
#define NO_PFN UINT64_MAX

bool page_size_is_sane(uint64_t size)
{
	return size >> PAGE_SHIFT_MIN && size <= 1u << PAGE_SHIFT_MAX &&
	       !(size & (size - 1));
}

static void forget_pages(struct page_cache *cache)
{
	size_t i;

	for (i = 0; i < cache->sets * WAYS; i++)
		cache->slots[i].pfn = NO_PFN;
}

void core_forget(struct core *c)
{
	size_t i;

	forget_pages(c->cache);
	for (i = 0; i < c->n; i++)
		file_forget(&c->files[i]);
}

void core_set_page_size(struct core *c, unsigned int size)
{
	unsigned int shift = (unsigned int)__builtin_ctz(size);

	if (c->about.page_shift)
		c->about.max_pfn =
			((c->about.max_pfn << c->about.page_shift) + size - 1) >> shift;
	c->about.page_size = size;
	c->about.page_shift = shift;
	c->cache = arena_alloc(c->arena, sizeof(*c->cache));
	c->cache->sets = CACHE_BYTES / size / WAYS;
	c->cache->slots =
		arena_alloc(c->arena, c->cache->sets * WAYS * sizeof(struct slot));
	forget_pages(c->cache);
}

/* What neither a power of two nor its multiples share. */
static struct slot *set_of(const struct core *c, uint64_t pfn)
{
	size_t set = (pfn ^ pfn >> 9 ^ pfn >> 18) % c->cache->sets;

	return &c->cache->slots[set * WAYS];
}

static struct slot *oldest(struct core *c, struct slot *set)
{
	struct slot *found = set;
	size_t i;

	for (i = 1; i < WAYS; i++)
		if (c->cache->clock - set[i].used > c->cache->clock - found->used)
			found = &set[i];
	if (!found->page)
		found->page = arena_alloc(c->arena, c->about.page_size);
	return found;
}

static enum dump_err get_page(struct core *c, uint64_t pfn, const unsigned char **page)
{
	struct slot *s = set_of(c, pfn);
	enum dump_err err;
	size_t i;

	if (pfn >= c->about.max_pfn)
		return DUMP_ABSENT;
	c->cache->clock++;
	for (i = 0; i < WAYS; i++)
		if (s[i].pfn == pfn) {
			c->counts.hits++;
			s[i].used = c->cache->clock;
			*page = s[i].page;
			return DUMP_OK;
		}
	s = oldest(c, s);
	s->pfn = NO_PFN;
	err = c->format->page(c->state, pfn, s->page, &c->counts.stored);
	if (err != DUMP_OK)
		return err;
	c->counts.pages++;
	s->pfn = pfn;
	s->used = c->cache->clock;
	*page = s->page;
	return DUMP_OK;
}

static void write_down(struct core_record *r, uint64_t pfn, enum dump_err err)
{
	if (err == DUMP_OK)
		page_set_add(&r->given, pfn);
	else if (err == DUMP_EXCLUDED)
		page_set_add(&r->excluded, pfn);
	else if (err == DUMP_DAMAGED)
		page_set_add(&r->damaged, pfn);
}

enum dump_err core_page(struct core *c, uint64_t pfn, const unsigned char **page)
{
	enum dump_err err = get_page(c, pfn, page);

	if (c->record && !c->record_paused)
		write_down(c->record, pfn, err);
	return err;
}

bool core_set_recording(struct core *c, bool on)
{
	bool was = !c->record_paused;

	c->record_paused = !on;
	return was;
}

enum dump_err core_read(struct core *c, uint64_t pa, void *buf, size_t size)
{
	unsigned char *to = buf;
	const unsigned char *page;
	enum dump_err err;
	size_t offset, n;

	for (; size; to += n, pa += n, size -= n) {
		offset = pa % c->about.page_size;
		n = c->about.page_size - offset;
		if (n > size)
			n = size;
		err = core_page(c, pa >> c->about.page_shift, &page);
		if (err != DUMP_OK)
			return err;
		memcpy(to, page + offset, n);
	}
	return DUMP_OK;
}

enum dump_err core_has(const struct core *c, uint64_t pfn)
{
	return pfn < c->about.max_pfn ? c->format->has(c->state, pfn) : DUMP_ABSENT;
}

bool core_next(const struct core *c, uint64_t *pfn)
{
	return c->format->next(c->state, pfn);
}

/* ---- what it is ------------------------------------------------------------- */

const struct core_about *core_about(const struct core *c)
{
	return &c->about;
}

const struct core_counts *core_counts(const struct core *c)
{
	return &c->counts;
}

const unsigned char *core_notes(const struct core *c, size_t *size)
{
	*size = c->notes_size;
	return c->notes;
}

const char *core_info(const struct core *c)
{
	return c->vmcoreinfo;
}

unsigned char *core_copy(struct core *c, struct file *f, uint64_t at, uint64_t size,
			 uint64_t max)
{
	unsigned char *bytes;

	if (!size || size > max || !file_has(f, at, size))
		return NULL;
	bytes = arena_alloc(c->arena, (size_t)size + 1);
	return file_get(f, at, bytes, (size_t)size) ? bytes : NULL;
}

/* ---- open and close --------------------------------------------------------- */

/* Where memory ends while a page is written down, the command that read it hears of it. */
static void keep_record(struct core *c, struct core_record *r)
{
	c->record = r;
	if (r)
		*r = (struct core_record){{.arena = c->arena},
					  {.arena = c->arena},
					  {.arena = c->arena}};
}

/* By any name: as a part of itself it would be one too many. */
static bool is_given_twice(const struct core_request *request, size_t i,
			   struct error *why)
{
	const char *const *files = request->files;
	size_t k;

	for (k = 0; k < i && !new_file_is(files[i], files[k]); k++)
		;
	if (k == i)
		return false;
	if (strcmp(files[i], files[k]) != 0)
		error_set(why, "%s: it is given twice, as %s too", files[i], files[k]);
	else
		error_set(why, "%s: it is given twice", files[i]);
	return true;
}

static bool open_files(struct core *c, const struct core_request *request,
		       struct error *why)
{
	struct file_request of = {request->unpack_max ? request->unpack_max
						      : CORE_UNPACK_MAX,
				  &request->progress};
	size_t i;

	c->files = arena_alloc(c->arena, request->n * sizeof(*c->files));
	for (i = 0; i < request->n; i++) {
		if (is_given_twice(request, i, why))
			return false;
		if (!file_open(c->arena, &c->files[i], request->files[i], &of, why))
			return error_within(why, "%s", request->files[i]);
		c->n++;
		c->about.file_bytes += c->files[i].stored;
	}
	return true;
}

/* More is no log that a person reads; its end tells of the end. */
#define TEXT_MAX (64u << 20)

/* What it was cut out of is no line. */
static char *behind_cut_line(char *bytes, struct dump_text *t)
{
	char *end = memchr(bytes, '\n', t->size);
	size_t n = end ? (size_t)(end + 1 - bytes) : 0;

	t->size -= n;
	t->left_out += n;
	return bytes + n;
}

static bool open_text(struct core *c, double uptime_s, struct error *why)
{
	struct file *f = &c->files[0];
	struct dump_text *t = arena_alloc(c->arena, sizeof(*t));
	char *bytes;

	t->size = f->size < TEXT_MAX ? (size_t)f->size : TEXT_MAX;
	t->left_out = f->size - t->size;
	t->cut = f->cut;
	t->uptime_s = uptime_s;
	bytes = arena_alloc(c->arena, t->size + 1);
	if (!file_get(f, t->left_out, bytes, t->size))
		return error_set(why, "%s: it cannot be read", f->name);
	if (t->left_out)
		bytes = behind_cut_line(bytes, t);
	t->bytes = bytes;
	c->text = t;
	c->about.format = "text";
	c->about.dump_level = -1;
	return true;
}

static bool open_format(struct core *c, const struct core_request *request,
			struct error *why)
{
	static const struct {
		const char *signature;
		size_t n;
		const struct core_format *(*open)(struct core *c,
						  const struct progress *progress,
						  struct error *why);
	} formats[] = {{KDUMP_SIGNATURE, 8, kdump_open}, {ELFMAG, SELFMAG, elf_open}};
	unsigned char head[KIND_BYTES] = {0};
	size_t i, n = sizeof(head);

	if (c->files[0].size < n)
		n = (size_t)c->files[0].size;
	if (!file_get(&c->files[0], 0, head, n))
		return error_set(why, "%s: it cannot be read", c->files[0].name);
	for (i = 0; i < ARRAY_SIZE(formats); i++)
		if (!memcmp(head, formats[i].signature, formats[i].n)) {
			c->format = formats[i].open(c, &request->progress, why);
			return c->format;
		}
	if (c->n == 1 && file_is_text(head, n))
		return open_text(c, request->uptime_s, why);
	return error_set(why, "%s: %s", c->files[0].name, file_kind(head, n));
}

static void name_format(struct core *c)
{
	const struct file *f = &c->files[0];

	if (f->flat)
		c->about.format =
			arena_printf(c->arena, "%s, flattened", c->about.format);
	if (f->packer)
		c->about.format = arena_printf(c->arena, "%s, packed by %s",
					       c->about.format, f->packer);
}

static bool check_machine(const struct core *c, struct error *why)
{
	const char *kind = machine_kind(c->about.machine);
	size_t size;

	if (kind)
		return error_set(why, "%s: %s", c->files[0].name, kind);
	if (note_find(c, "Xen", &size) || note_find(c, "VMCOREINFO_XEN", &size))
		return error_set(why, "%s: a core of Xen, which vgpu does not know",
				 c->files[0].name);
	return true;
}

/* What only vmcoreinfo may tell. */
static void tell_more(struct core *c)
{
	uint64_t v;

	if (core_info_number(c, "CRASHTIME", NULL, &v))
		c->about.crash_time = (int64_t)v;
	if (!core_info_number(c, "PAGESIZE", NULL, &v) || !page_size_is_sane(v))
		return;
	if (c->format->pages_by_vmcoreinfo && v != c->about.page_size)
		core_set_page_size(c, (unsigned int)v);
}

bool core_next_info(struct core *c, const struct progress *progress)
{
	if (!vmcoreinfo_find_next(c, progress))
		return false;
	tell_more(c);
	return true;
}

void core_use_info(struct core *c, const char *info)
{
	c->vmcoreinfo = arena_printf(c->arena, "%s", info);
	tell_more(c);
}

struct core *core_open(struct arena *a, const struct core_request *request,
		       struct error *why)
{
	struct core *c = arena_alloc(a, sizeof(*c));
	const struct progress *progress = &request->progress;

	c->arena = a;
	if (!open_files(c, request, why) || !open_format(c, request, why)) {
		core_close(c);
		return NULL;
	}
	if (c->text) {
		name_format(c);
		return c;
	}
	if (check_machine(c, why) && vmcoreinfo_find(c, progress, why)) {
		name_format(c);
		tell_more(c);
		keep_record(c, request->record);
		return c;
	}
	core_close(c);
	return NULL;
}

const struct dump_text *core_text(const struct core *c)
{
	return c->text;
}

void core_close(struct core *c)
{
	size_t i;

	if (c->format && c->format->close)
		c->format->close(c->state);
	for (i = 0; i < c->n; i++)
		file_close(&c->files[i]);
	c->n = 0;
}
