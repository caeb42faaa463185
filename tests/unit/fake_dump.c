// SPDX-License-Identifier: GPL-2.0-or-later
#include "fake_dump.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "base/text.h"

#define BUCKETS 4096
#define CPUS_MAX 64
#define POISON 0x5a

struct page {
	struct page *next; /* in the bucket */
	kaddr_t number;
	bool excluded, damaged;
	unsigned char bytes[FAKE_PAGE];
};

struct symbol {
	const char *name, *module;
	kaddr_t addr;
	size_t size;
};

struct row {
	enum fake_kind kind;
	const char *name;
	const char *module; /* NULL: known from the start */
	long offset, size;
};

struct module {
	const char *name;
	bool debuginfo, loaded;
};

struct fake {
	struct dump dump; /* first: the ops get a pointer to it */
	struct arena arena, own;
	struct page *buckets[BUCKETS];
	VEC(struct symbol) symbols;
	VEC(struct row) rows;
	VEC(struct module) modules;
	kaddr_t heap, text, data, percpu, percpu_offset[CPUS_MAX];
	size_t reads, bytes_read, lookups;
	size_t interrupt_after;
	void (*watch)(kaddr_t addr, size_t size);
	unsigned char *cpu_notes[CPUS_MAX];
};

static void die(const char *what, const char *name)
{
	fprintf(stderr, "fake dump: %s: %s\n", what, name);
	abort();
}

static char *copy(struct fake *f, const char *s)
{
	return arena_printf(&f->own, "%s", s);
}

/* ---- memory ------------------------------------------------------------- */

static struct page **page_slot(struct fake *f, kaddr_t addr)
{
	kaddr_t number = addr / FAKE_PAGE;
	struct page **p = &f->buckets[number % BUCKETS];

	while (*p && (*p)->number != number)
		p = &(*p)->next;
	return p;
}

static struct page *page_make(struct fake *f, kaddr_t addr)
{
	struct page **p = page_slot(f, addr);

	if (!*p) {
		*p = calloc(1, sizeof(**p));
		if (!*p)
			die("no memory", "page");
		(*p)->number = addr / FAKE_PAGE;
	}
	return *p;
}

/* How much of [addr, addr + len) lies in the page of addr. */
static size_t in_page(kaddr_t addr, size_t len)
{
	size_t room = FAKE_PAGE - addr % FAKE_PAGE;

	return len < room ? len : room;
}

void fake_bytes(struct fake *f, kaddr_t addr, const void *bytes, size_t len)
{
	const unsigned char *from = bytes;
	size_t n;

	for (; len; addr += n, from += n, len -= n) {
		n = in_page(addr, len);
		memcpy(page_make(f, addr)->bytes + addr % FAKE_PAGE, from, n);
	}
}

/* The machines vgpu knows are little-endian, and so are those that test it. */
void fake_u8(struct fake *f, kaddr_t addr, uint8_t v)
{
	fake_bytes(f, addr, &v, sizeof(v));
}

void fake_u16(struct fake *f, kaddr_t addr, uint16_t v)
{
	fake_bytes(f, addr, &v, sizeof(v));
}

void fake_u32(struct fake *f, kaddr_t addr, uint32_t v)
{
	fake_bytes(f, addr, &v, sizeof(v));
}

void fake_u64(struct fake *f, kaddr_t addr, uint64_t v)
{
	fake_bytes(f, addr, &v, sizeof(v));
}

void fake_string(struct fake *f, kaddr_t addr, const char *s)
{
	fake_bytes(f, addr, s, strlen(s) + 1);
}

static void peek(struct fake *f, kaddr_t addr, void *buf, size_t len)
{
	unsigned char *to = buf;
	struct page *p;
	size_t n;

	for (; len; addr += n, to += n, len -= n) {
		n = in_page(addr, len);
		p = *page_slot(f, addr);
		if (p)
			memcpy(to, p->bytes + addr % FAKE_PAGE, n);
		else
			memset(to, 0, n);
	}
}

uint64_t fake_peek_u64(struct fake *f, kaddr_t addr)
{
	uint64_t v;

	peek(f, addr, &v, sizeof(v));
	return v;
}

void fake_map(struct fake *f, kaddr_t addr, size_t len)
{
	size_t n;

	for (; len; addr += n, len -= n) {
		n = in_page(addr, len);
		page_make(f, addr);
	}
}

void fake_unmap(struct fake *f, kaddr_t addr, size_t len)
{
	struct page **slot, *p;
	size_t n;

	for (; len; addr += n, len -= n) {
		n = in_page(addr, len);
		slot = page_slot(f, addr);
		p = *slot;
		if (p) {
			*slot = p->next;
			free(p);
		}
	}
}

void fake_exclude(struct fake *f, kaddr_t addr, size_t len)
{
	size_t n;

	for (; len; addr += n, len -= n) {
		n = in_page(addr, len);
		page_make(f, addr)->excluded = true;
	}
}

void fake_damage(struct fake *f, kaddr_t addr, size_t len)
{
	size_t n;

	for (; len; addr += n, len -= n) {
		n = in_page(addr, len);
		page_make(f, addr)->damaged = true;
	}
}

void fake_include(struct fake *f, kaddr_t addr, size_t len)
{
	size_t n;

	for (; len; addr += n, len -= n) {
		n = in_page(addr, len);
		page_make(f, addr)->excluded = false;
		page_make(f, addr)->damaged = false;
	}
}

static kaddr_t round_up(kaddr_t v, kaddr_t to)
{
	return (v + to - 1) / to * to;
}

kaddr_t fake_alloc(struct fake *f, size_t len)
{
	kaddr_t addr = round_up(f->heap, 64);

	f->heap = addr + len;
	fake_map(f, addr, len);
	return addr;
}

kaddr_t fake_alloc_pages(struct fake *f, size_t len)
{
	kaddr_t addr;

	f->heap = round_up(f->heap, FAKE_PAGE);
	addr = fake_alloc(f, len);
	f->heap = round_up(f->heap, FAKE_PAGE);
	return addr;
}

/* ---- symbols ------------------------------------------------------------ */

static void add_symbol(struct fake *f, const char *name, const char *module, kaddr_t addr,
		       size_t size)
{
	struct symbol *s = vec_push(&f->own, &f->symbols);

	s->name = copy(f, name);
	s->module = copy(f, module ? module : "");
	s->addr = addr;
	s->size = size;
}

void fake_symbol(struct fake *f, const char *name, kaddr_t addr)
{
	add_symbol(f, name, NULL, addr, 1);
}

kaddr_t fake_function(struct fake *f, const char *name, const char *module, kaddr_t addr,
		      size_t size)
{
	if (!size)
		size = 0x100;
	if (!addr) {
		addr = f->text;
		f->text = round_up(f->text + size, 16);
	}
	add_symbol(f, name, module, addr, size);
	return addr;
}

kaddr_t fake_variable(struct fake *f, const char *name, size_t size)
{
	kaddr_t addr = round_up(f->data, 64);

	f->data = addr + size;
	fake_map(f, addr, size);
	add_symbol(f, name, NULL, addr, size);
	return addr;
}

kaddr_t fake_percpu_alloc(struct fake *f, size_t size)
{
	kaddr_t base = round_up(f->percpu, 64);
	unsigned int cpu;

	f->percpu = base + size;
	for (cpu = 0; cpu < f->dump.info.cpus; cpu++)
		fake_map(f, fake_percpu(f, cpu, base), size);
	return base;
}

kaddr_t fake_percpu_variable(struct fake *f, const char *name, size_t size)
{
	kaddr_t base = fake_percpu_alloc(f, size);

	add_symbol(f, name, NULL, base, size);
	return base;
}

kaddr_t fake_percpu(struct fake *f, unsigned int cpu, kaddr_t base)
{
	if (cpu >= CPUS_MAX)
		die("too many CPUs", "fake_percpu");
	return base + f->percpu_offset[cpu];
}

void fake_percpu_offset(struct fake *f, unsigned int cpu, kaddr_t offset)
{
	if (cpu >= CPUS_MAX)
		die("too many CPUs", "fake_percpu_offset");
	f->percpu_offset[cpu] = offset;
}

static struct symbol *find_symbol(struct fake *f, const char *name)
{
	size_t i;

	for (i = 0; i < f->symbols.n; i++)
		if (!strcmp(f->symbols.v[i].name, name))
			return &f->symbols.v[i];
	return NULL;
}

void fake_no_symbol(struct fake *f, const char *name)
{
	struct symbol *s = find_symbol(f, name);

	if (!s)
		die("no such symbol", name);
	*s = f->symbols.v[--f->symbols.n];
}

kaddr_t fake_value(struct fake *f, const char *name)
{
	struct symbol *s = find_symbol(f, name);

	if (!s)
		die("no such symbol", name);
	return s->addr;
}

/* ---- types -------------------------------------------------------------- */

static struct module *find_module(struct fake *f, const char *name)
{
	size_t i;

	for (i = 0; i < f->modules.n; i++)
		if (!strcmp(f->modules.v[i].name, name))
			return &f->modules.v[i];
	return NULL;
}

static bool is_row(const struct row *r, enum fake_kind kind, const char *name)
{
	return r->kind == kind && !strcmp(r->name, name);
}

/* Whether loaded or not: a test writes members that vgpu does not know yet. */
static struct row *find_row(struct fake *f, enum fake_kind kind, const char *name)
{
	size_t i;

	for (i = 0; i < f->rows.n; i++)
		if (is_row(&f->rows.v[i], kind, name))
			return &f->rows.v[i];
	return NULL;
}

/* Several modules may know the same row. */
static struct row *row_of_module(struct fake *f, enum fake_kind kind, const char *name,
				 const char *module)
{
	size_t i;

	for (i = 0; i < f->rows.n; i++)
		if (is_row(&f->rows.v[i], kind, name) && f->rows.v[i].module == module)
			return &f->rows.v[i];
	return NULL;
}

/* What was resolved before a row changed is no longer true. */
static void rows_changed(struct fake *f)
{
	layout_destroy(f->dump.layout);
	f->dump.layout = layout_create();
	if (!f->dump.layout)
		die("no memory", "layout");
}

/* No type is larger: a test says so of a member that is nowhere. */
#define FAKE_TYPE_MAX (1l << 20)

/*
 * A type that a test gives another member is as large as that takes.  A bit field's own type
 * may reach over the end.
 */
static void make_room(struct fake *f, const struct fake_row *member, const char *module)
{
	char type[256];
	struct row *r;

	snprintf(type, sizeof(type), "%.*s", (int)strcspn(member->name, "."),
		 member->name);
	r = row_of_module(f, FAKE_TYPE, type, module);
	if (r && r->size <= member->offset && member->offset <= FAKE_TYPE_MAX)
		r->size = member->offset + member->size;
}

static void add_row(struct fake *f, const struct fake_row *row, const char *module)
{
	struct row *r = row_of_module(f, row->kind, row->name, module);

	if (!r) {
		r = vec_push(&f->own, &f->rows);
		r->name = copy(f, row->name);
	}
	r->kind = row->kind;
	r->module = module;
	r->offset = row->offset;
	r->size = row->size;
	if (row->kind == FAKE_MEMBER)
		make_room(f, row, module);
}

static void add_rows(struct fake *f, const struct fake_row *rows, size_t n,
		     const char *module)
{
	size_t i;

	for (i = 0; i < n; i++)
		add_row(f, &rows[i], module);
	rows_changed(f);
}

void fake_rows(struct fake *f, const struct fake_row *rows, size_t n)
{
	add_rows(f, rows, n, NULL);
}

void fake_type(struct fake *f, const char *type, long size)
{
	fake_rows(f, &(struct fake_row)FAKE_T(type, size), 1);
}

void fake_member(struct fake *f, const char *type, const char *path, long offset,
		 long size)
{
	char *name = arena_printf(&f->own, "%s.%s", type, path);

	fake_rows(f, &(struct fake_row)FAKE_M(name, offset, size), 1);
}

void fake_enum(struct fake *f, const char *name, long value)
{
	fake_rows(f, &(struct fake_row)FAKE_E(name, value), 1);
}

void fake_variable_size(struct fake *f, const char *name, long size)
{
	fake_rows(f, &(struct fake_row)FAKE_V(name, size), 1);
}

void fake_absent(struct fake *f, const char *name)
{
	size_t i, kept = 0, n = strlen(name);
	const char *row;

	for (i = 0; i < f->rows.n; i++) {
		row = f->rows.v[i].name;
		if (!strcmp(row, name) ||
		    (!strchr(name, '.') && !strncmp(row, name, n) && row[n] == '.'))
			continue;
		f->rows.v[kept++] = f->rows.v[i];
	}
	if (kept == f->rows.n)
		die("no such row to take away", name);
	f->rows.n = kept;
	rows_changed(f);
}

void fake_module(struct fake *f, const char *name, const struct fake_row *rows, size_t n)
{
	struct module *m = find_module(f, name);

	if (!m) {
		m = vec_push(&f->own, &f->modules);
		m->name = copy(f, name);
	}
	m->debuginfo = rows != NULL;
	if (rows)
		add_rows(f, rows, n, m->name);
}

void fake_no_module(struct fake *f, const char *name)
{
	struct module *m = find_module(f, name);
	size_t i, kept = 0;

	if (!m)
		die("no such module", name);
	for (i = 0; i < f->rows.n; i++)
		if (f->rows.v[i].module != m->name)
			f->rows.v[kept++] = f->rows.v[i];
	f->rows.n = kept;
	*m = f->modules.v[--f->modules.n];
	rows_changed(f);
}

/* ---- objects ------------------------------------------------------------ */

static struct row *need_row(struct fake *f, enum fake_kind kind, const char *name)
{
	struct row *r = find_row(f, kind, name);

	if (!r)
		die(kind == FAKE_TYPE ? "no such type" : "no such member", name);
	return r;
}

size_t fake_size(struct fake *f, const char *type)
{
	return (size_t)need_row(f, FAKE_TYPE, type)->size;
}

kaddr_t fake_new(struct fake *f, const char *type)
{
	return fake_alloc(f, fake_size(f, type));
}

kaddr_t fake_at(struct fake *f, kaddr_t base, const char *member)
{
	return base + (kaddr_t)need_row(f, FAKE_MEMBER, member)->offset;
}

/* An integer of 1 to 8 bytes; of something larger, its first word. */
static size_t width(long size)
{
	return size > 8 ? 8 : (size_t)size;
}

void fake_set(struct fake *f, kaddr_t base, const char *member, uint64_t v)
{
	struct row *r = need_row(f, FAKE_MEMBER, member);

	fake_bytes(f, base + (kaddr_t)r->offset, &v, width(r->size));
}

uint64_t fake_get(struct fake *f, kaddr_t base, const char *member)
{
	struct row *r = need_row(f, FAKE_MEMBER, member);
	uint64_t v = 0;

	peek(f, base + (kaddr_t)r->offset, &v, width(r->size));
	return v;
}

void fake_set_string(struct fake *f, kaddr_t base, const char *member, const char *s)
{
	struct row *r = need_row(f, FAKE_MEMBER, member);
	size_t n = strlen(s);

	if (n >= (size_t)r->size)
		n = (size_t)r->size - 1;
	fake_bytes(f, base + (kaddr_t)r->offset, s, n);
	fake_u8(f, base + (kaddr_t)r->offset + n, 0);
}

kaddr_t fake_id_at(struct fake *f, kaddr_t base, enum layout_id id)
{
	if (!layout_has(&f->dump, id))
		die("this kernel has none of", layout_name(&f->dump, id));
	return member_addr(&f->dump, base, id);
}

void fake_id_set(struct fake *f, kaddr_t base, enum layout_id id, uint64_t v)
{
	if (layout_has(&f->dump, id))
		fake_bytes(f, fake_id_at(f, base, id), &v,
			   width(layout_size(&f->dump, id)));
}

void fake_list_head(struct fake *f, kaddr_t head)
{
	fake_ptr(f, head, head);
	fake_ptr(f, head + 8, head);
}

void fake_list_add_tail(struct fake *f, kaddr_t head, kaddr_t node)
{
	kaddr_t last = fake_peek_u64(f, head + 8);

	fake_ptr(f, node, head);
	fake_ptr(f, node + 8, last);
	fake_ptr(f, last, node);
	fake_ptr(f, head + 8, node);
}

void fake_hlist_add_head(struct fake *f, kaddr_t head, kaddr_t node)
{
	kaddr_t first = fake_peek_u64(f, head);

	fake_ptr(f, node, first);
	fake_ptr(f, node + 8, head);
	fake_ptr(f, head, node);
	if (first)
		fake_ptr(f, first + 8, node);
}

/* ---- what the code under test did --------------------------------------- */

void fake_interrupt_after(struct fake *f, size_t reads)
{
	f->interrupt_after = f->reads + reads;
}

size_t fake_reads(const struct fake *f)
{
	return f->reads;
}

size_t fake_bytes_read(const struct fake *f)
{
	return f->bytes_read;
}

size_t fake_lookups(const struct fake *f)
{
	return f->lookups;
}

void fake_forget_counts(struct fake *f)
{
	if (f->interrupt_after != SIZE_MAX)
		f->interrupt_after -= f->reads;
	f->reads = f->bytes_read = f->lookups = 0;
}

void fake_watch_reads(struct fake *f, void (*watch)(kaddr_t addr, size_t size))
{
	f->watch = watch;
}

bool fake_has_note(struct fake *f, const char *text)
{
	size_t i;

	for (i = 0; i < f->dump.notes.n; i++)
		if (strstr(f->dump.notes.v[i], text))
			return true;
	return false;
}

/* ---- the dump's operations ---------------------------------------------- */

static struct fake *fake_of(struct dump *d)
{
	return (struct fake *)d;
}

static enum dump_err check_pages(struct fake *f, kaddr_t addr, size_t len)
{
	struct page *p;
	size_t n;

	for (; len; addr += n, len -= n) {
		n = in_page(addr, len);
		p = *page_slot(f, addr);
		if (!p)
			return DUMP_BAD_ADDRESS;
		if (p->damaged)
			return DUMP_DAMAGED;
		if (p->excluded && !f->dump.info.zero_excluded)
			return DUMP_EXCLUDED;
	}
	return DUMP_OK;
}

static enum dump_err fake_read(struct dump *d, kaddr_t addr, void *buf, size_t size)
{
	struct fake *f = fake_of(d);
	unsigned char *to = buf;
	enum dump_err err;
	struct page *p;
	size_t n;

	f->reads++;
	f->bytes_read += size;
	err = check_pages(f, addr, size);
	if (err != DUMP_OK) {
		memset(buf, POISON, size);
		return err;
	}
	if (f->watch)
		f->watch(addr, size);
	for (; size; addr += n, to += n, size -= n) {
		n = in_page(addr, size);
		p = *page_slot(f, addr);
		if (!p || p->excluded)
			memset(to, 0, n);
		else
			memcpy(to, p->bytes + addr % FAKE_PAGE, n);
	}
	return DUMP_OK;
}

static bool symbol(struct dump *d, const char *name, kaddr_t *value)
{
	struct symbol *s = find_symbol(fake_of(d), name);

	if (s)
		*value = s->addr;
	return s != NULL;
}

static bool symbol_local(struct dump *d, const char *name, kaddr_t *value)
{
	struct fake *f = fake_of(d);
	size_t i, n = strlen(name), found = 0;
	const char *s;

	for (i = 0; i < f->symbols.n; i++) {
		s = f->symbols.v[i].name;
		if (strncmp(s, name, n) || s[n] != '.' || !s[n + 1] ||
		    strspn(s + n + 1, "0123456789") != strlen(s + n + 1))
			continue;
		*value = f->symbols.v[i].addr;
		found++;
	}
	return found == 1;
}

static bool symbol_at(struct dump *d, kaddr_t addr, struct dump_symbol *sym)
{
	struct fake *f = fake_of(d);
	struct symbol *s;
	size_t i;

	for (i = 0; i < f->symbols.n; i++) {
		s = &f->symbols.v[i];
		if (addr < s->addr || addr - s->addr >= s->size)
			continue;
		text_escape(sym->name, sizeof(sym->name), s->name);
		text_escape(sym->module, sizeof(sym->module), s->module);
		sym->offset = addr - s->addr;
		return true;
	}
	return false;
}

static bool percpu(struct dump *d, unsigned int cpu, kaddr_t base, kaddr_t *addr)
{
	if (cpu >= d->info.cpus || fake_of(d)->percpu_offset[cpu] == FAKE_NO_CPU)
		return false;
	*addr = fake_percpu(fake_of(d), cpu, base);
	return true;
}

static struct row *known_row(struct fake *f, enum fake_kind kind, const char *name)
{
	struct row *r;
	size_t i;

	f->lookups++;
	for (i = 0; i < f->rows.n; i++) {
		r = &f->rows.v[i];
		if (is_row(r, kind, name) &&
		    (!r->module || find_module(f, r->module)->loaded))
			return r;
	}
	return NULL;
}

static bool type_size(struct dump *d, const char *type, long *size)
{
	struct row *r = known_row(fake_of(d), FAKE_TYPE, type);

	if (r)
		*size = r->size;
	return r != NULL;
}

static bool member(struct dump *d, const char *type, const char *path, bool anonymous,
		   long *offset, long *size)
{
	char name[256];
	struct row *r;

	(void)anonymous;
	snprintf(name, sizeof(name), "%s.%s", type, path);
	r = known_row(fake_of(d), FAKE_MEMBER, name);
	if (!r)
		return false;
	*offset = r->offset;
	*size = r->size;
	return true;
}

static bool enumerator(struct dump *d, const char *name, long *value)
{
	struct row *r = known_row(fake_of(d), FAKE_ENUM, name);

	if (r)
		*value = r->offset;
	return r != NULL;
}

static bool variable_size(struct dump *d, const char *name, long *size)
{
	struct row *r = known_row(fake_of(d), FAKE_VARIABLE, name);

	if (r)
		*size = r->size;
	return r != NULL;
}

static bool interrupted(struct dump *d)
{
	return fake_of(d)->reads >= fake_of(d)->interrupt_after;
}

static bool load_module(struct dump *d, const char *module, bool *in_dump)
{
	struct module *m = find_module(fake_of(d), module);

	if (!interrupted(d))
		fake_of(d)->reads++; /* its file */
	*in_dump = m != NULL;
	if (!m || !m->debuginfo)
		return false;
	if (!m->loaded) {
		m->loaded = true;
		layout_retry(d->layout);
	}
	return true;
}

/* The direct map alone. */
static bool op_physical(struct dump *d, kaddr_t addr, uint64_t *pa)
{
	*pa = addr - d->info.direct_map;
	return addr >= d->info.direct_map && *pa < 1ull << 40;
}

unsigned char *fake_cpu_note(struct fake *f, unsigned int cpu)
{
	f->cpu_notes[cpu] = arena_alloc(&f->own, FAKE_CPU_NOTE);
	return f->cpu_notes[cpu];
}

static bool cpu_note(struct dump *d, unsigned int cpu, const unsigned char **prstatus,
		     size_t *size)
{
	struct fake *f = (struct fake *)d;

	*prstatus = cpu < CPUS_MAX ? f->cpu_notes[cpu] : NULL;
	*size = FAKE_CPU_NOTE;
	return *prstatus;
}

static const struct dump_ops fake_ops = {
	.read = fake_read,
	.symbol = symbol,
	.symbol_local = symbol_local,
	.symbol_at = symbol_at,
	.percpu = percpu,
	.physical = op_physical,
	.type_size = type_size,
	.member = member,
	.enumerator = enumerator,
	.variable_size = variable_size,
	.load_module = load_module,
	.cpu_note = cpu_note,
	.interrupted = interrupted,
};

const struct dump_about fake_about = {
	.reader = "fake",
	.crash = "fake 1",
	.door = DOOR_CRASH,
	.files = {.v = (const char *[]){"vmcore"}, .n = 1},
	.format = "kdump-compressed",
	.filter_level = 31,
	.filtered_by = "makedumpfile",
	.partial = -1,
	.types = {.v = (struct dump_types[]){{NULL, "dwarf", "vmlinux"},
					     {"virtio_gpu", "btf", NULL}},
		  .n = 2},
};

/* ---- begin and end ------------------------------------------------------ */

struct fake *fake_create(void)
{
	struct fake *f = calloc(1, sizeof(*f));
	unsigned int cpu;

	if (!f)
		die("no memory", "fake");
	f->dump.ops = &fake_ops;
	f->dump.arena = &f->arena;
	f->dump.info = (struct dump_info){
		.release = "5.10.0-fake-amd64",
		.machine = "x86_64",
		.about = &fake_about,
		.cpus = 2,
		.hz = 250,
		.page_size = FAKE_PAGE,
		.section_bits = FAKE_SECTION_BITS,
		.physmem_bits = 46,
		.direct_map = FAKE_DIRECT_MAP,
		.crash_time = 1700000000,
	};
	f->dump.arch = &arch_x86_64;
	f->heap = FAKE_HEAP;
	f->text = FAKE_TEXT;
	f->data = FAKE_DATA;
	f->percpu = 0x10000;
	for (cpu = 0; cpu < CPUS_MAX; cpu++)
		f->percpu_offset[cpu] = FAKE_PERCPU(cpu);
	f->interrupt_after = SIZE_MAX;
	rows_changed(f);
	return f;
}

void fake_machine(struct fake *f, const char *machine)
{
	snprintf(f->dump.info.machine, sizeof(f->dump.info.machine), "%s", machine);
	f->dump.arch = arch_of(machine);
}

void fake_destroy(struct fake *f)
{
	struct page *p, *next;
	size_t i;

	for (i = 0; i < BUCKETS; i++) {
		for (p = f->buckets[i]; p; p = next) {
			next = p->next;
			free(p);
		}
	}
	dump_forget_all(&f->dump);
	layout_destroy(f->dump.layout);
	arena_free(&f->arena);
	arena_free(&f->own);
	free(f);
}

struct dump *fake_dump(struct fake *f)
{
	return &f->dump;
}
