// SPDX-License-Identifier: GPL-2.0-or-later
#include "slab_whatis.h"

#include <string.h>

#define BLOCK 65536

/* ---- who points to it --------------------------------------------------------- */

struct scan {
	struct dump *d;
	struct slabs *s;
	struct slab_whatis *w;
	kaddr_t first, end; /* what is looked for: pointers into it */
	unsigned char *block;
	struct typer *typer;
};

/* "kmalloc-128 0xffff… +88, sync_file (allocated)" */
static const char *object_place(struct scan *sc, const struct slab_object *o)
{
	const unsigned char *bytes = slab_read(sc->s, o->slab);
	const char *type = "?";

	if (bytes)
		type = typer_of(sc->typer, o->cache, o->addr,
				bytes + (o->addr - slab_address(sc->s, o->slab)))
			       ->name;
	return arena_printf(sc->d->arena, "%s 0x%llx +%zu, %s%s (%s)", o->cache->name,
			    HEX(o->addr), o->offset,
			    o->offset >= o->cache->object_size ? "SLUB's bytes behind "
							       : "",
			    type, object_state_word(slab_object_state(sc->s, o)));
}

static const char *place_of(struct scan *sc, kaddr_t at, const char *what)
{
	struct slab_object o;

	if (slab_object_at(sc->s, at, &o))
		return object_place(sc, &o);
	return what ? what : kernel_place(sc->d, at);
}

static void found(struct scan *sc, kaddr_t at, uint64_t value, const char *what)
{
	struct slab_reference *r;

	/* An object that points to itself, as empty list heads do, is nobody else. */
	if (at >= sc->first && at < sc->end)
		return;
	if (sc->w->found++ >= REFERENCES_MAX)
		return;
	r = vec_push(sc->d->arena, &sc->w->references);
	r->at = at;
	r->value = value;
	r->where = what;
}

static void scan_bytes(struct scan *sc, kaddr_t base, const unsigned char *bytes,
		       size_t n, const char *what)
{
	uint64_t v;
	size_t i;

	sc->w->scanned += n;
	for (i = 0; i + sizeof(v) <= n; i += sizeof(v)) {
		memcpy(&v, bytes + i, sizeof(v));
		if (v >= sc->first && v < sc->end)
			found(sc, base + i, v, what);
	}
}

static void scan_range(struct scan *sc, kaddr_t from, kaddr_t to, const char *what)
{
	size_t n;

	from &= ~7ull;
	for (; from < to && !dump_interrupted(sc->d); from += n) {
		n = BLOCK - from % BLOCK;
		if (n > to - from)
			n = to - from;
		if (dump_read(sc->d, from, sc->block, n) == DUMP_OK)
			scan_bytes(sc, from, sc->block, n, what);
	}
}

static void scan_symbols(struct scan *sc, const char *from, const char *to)
{
	kaddr_t a, b;

	if (dump_symbol(sc->d, from, &a) && dump_symbol(sc->d, to, &b) && b > a &&
	    b - a < 1ull << 30)
		scan_range(sc, a, b, NULL);
}

static void scan_percpu(struct scan *sc)
{
	kaddr_t a, b, at;
	unsigned int cpu;

	if (!dump_symbol(sc->d, "__per_cpu_start", &a) ||
	    !dump_symbol(sc->d, "__per_cpu_end", &b) || b <= a || b - a > 1ull << 26)
		return;
	for (cpu = 0; cpu < sc->d->info.cpus; cpu++)
		if (dump_percpu(sc->d, cpu, a, &at))
			scan_range(sc, at, at + (b - a),
				   arena_printf(sc->d->arena, "per-CPU data of CPU %u",
						cpu));
}

static void scan_stacks(struct scan *sc, const struct tasks *tasks)
{
	const struct task *t;
	size_t i;

	for (i = 0; i < tasks->all.n; i++) {
		t = &tasks->all.v[i];
		scan_range(sc, t->stack, t->stack + t->stack_size,
			   arena_printf(sc->d->arena, "stack of %s, pid %d", t->comm,
					t->pid));
	}
}

static void scan_slabs(struct scan *sc)
{
	const unsigned char *bytes;
	size_t i;

	for (i = 0; i < sc->s->all.n && !dump_interrupted(sc->d); i++) {
		bytes = slab_read(sc->s, &sc->s->all.v[i]);
		if (bytes)
			scan_bytes(sc, slab_address(sc->s, &sc->s->all.v[i]), bytes,
				   slab_bytes(sc->s, &sc->s->all.v[i]), NULL);
	}
}

static void scan(struct dump *d, struct slabs *s, struct typer *typer,
		 const struct tasks *tasks, kaddr_t first, size_t size,
		 struct slab_whatis *w)
{
	struct scan sc = {.d = d,
			  .s = s,
			  .w = w,
			  .first = first,
			  .end = first + size,
			  .typer = typer};
	size_t i;

	sc.block = arena_alloc(d->arena, BLOCK);
	scan_symbols(&sc, "_sdata", "_edata");
	scan_symbols(&sc, "__bss_start", "__bss_stop");
	scan_percpu(&sc);
	scan_stacks(&sc, tasks);
	scan_slabs(&sc);
	/* Named last: that may read slabs, into the buffer that was scanned. */
	for (i = 0; i < w->references.n; i++)
		w->references.v[i].where =
			place_of(&sc, w->references.v[i].at, w->references.v[i].where);
	w->coverage =
		"every slab, the kernel's data and bss, per-CPU data, task stacks; not "
		"vmalloc, large kmalloc, modules' data";
}

/* ---- what it is ----------------------------------------------------------------- */

static const char *page_words(enum page_kind kind)
{
	static const char *const words[] = {
		[PAGE_OTHER] = "a page that is no slab's",
		[PAGE_SLAB] = "a page of a slab",
		[PAGE_TAIL] = "part of a compound page",
		[PAGE_LARGE_KMALLOC] = "a large kmalloc",
		[PAGE_BUDDY] = "a free page",
		[PAGE_RESERVED] = "a reserved page",
		[PAGE_COMPOUND] = "the first page of a compound page",
	};

	return words[kind];
}

static void read_elsewhere(struct dump *d, struct slabs *s, struct slab_whatis *w)
{
	struct dump_symbol sym;
	unsigned char *page;
	pfn_t pfn;

	if (dump_symbol_at(d, w->asked, &sym))
		w->symbol = kernel_place(d, w->asked);
	if (!page_of_address(&s->pages, w->asked, &pfn))
		return;
	page = arena_alloc(d->arena, s->pages.size);
	w->page = page_read(&s->pages, pfn, page) == DUMP_OK
			  ? page_words(page_kind(&s->pages, page))
			  : "a page whose struct page is not in the dump";
}

static void read_owner(struct dump *d, const struct slab_cache *c, kaddr_t addr,
		       const unsigned char *bytes, enum slab_track_kind kind,
		       struct slab_whatis *w)
{
	struct slab_owners one = {0};

	slab_owner_count(d, &one, c, addr, bytes, kind);
	slab_owners_finish(d, &one);
	w->tracked[kind] = one.all.n > 0;
	if (one.all.n)
		w->owner[kind] = *one.all.v[0];
}

static void read_object(struct dump *d, struct slabs *s, struct typer *t,
			struct slab_whatis *w)
{
	const struct slab_object *o = &w->object;
	const unsigned char *bytes;

	w->state = slab_object_state(s, o);
	bytes = slab_read(s, o->slab);
	if (!bytes)
		return;
	bytes += o->addr - slab_address(s, o->slab);
	read_owner(d, o->cache, o->addr, bytes, TRACK_ALLOC, w);
	read_owner(d, o->cache, o->addr, bytes, TRACK_FREE, w);
	w->type = typer_count(t, o->cache, o->addr, bytes);
}

void slab_whatis_read(struct dump *d, struct slabs *s, const struct gpus *gpus,
		      struct tasks *tasks, kaddr_t addr, struct slab_whatis *w)
{
	struct slab *slab = slab_at(s, addr);
	struct typer *t = typer_create(d, s, gpus);

	memset(w, 0, sizeof(*w));
	w->asked = addr;
	w->in_slab = slab != NULL;
	w->in_object = slab_object_at(s, addr, &w->object);
	if (!slab) {
		read_elsewhere(d, s, w);
		scan(d, s, t, tasks, addr, 1, w);
		return;
	}
	w->slab = slab_struct(s, slab);
	w->object.slab = slab;
	w->object.cache = slab_cache_of(s, slab);
	if (!w->in_object)
		return;
	read_object(d, s, t, w);
	scan(d, s, t, tasks, w->object.addr,
	     w->object.cache->size - w->object.cache->red_left_pad, w);
}
