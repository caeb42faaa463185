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
	/* What is being looked through: a task's stack, a CPU's data, or neither. */
	const struct task *task;
	int cpu;
};

/* What lies there: the object is read last, into the buffer that was scanned. */
static void name_place(struct scan *sc, struct slab_reference *r)
{
	const struct slab_object *o = &r->object;
	const unsigned char *bytes;

	if (!slab_object_at(sc->s, r->at, &r->object)) {
		r->object.cache = NULL;
		if (!r->task && r->cpu < 0)
			r->place = kernel_place(sc->d, r->at);
		return;
	}
	r->state = slab_object_state(sc->s, o);
	r->type = "?";
	bytes = slab_read(sc->s, o->slab);
	if (bytes)
		r->type = typer_of(sc->typer, o->cache, o->addr,
				   bytes + (o->addr - slab_address(sc->s, o->slab)))
				  ->name;
}

static void found(struct scan *sc, kaddr_t at, uint64_t value)
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
	r->task = sc->task;
	r->cpu = sc->cpu;
}

static void scan_bytes(struct scan *sc, kaddr_t base, const unsigned char *bytes,
		       size_t n)
{
	uint64_t v;
	size_t i;

	sc->w->scanned += n;
	for (i = 0; i + sizeof(v) <= n; i += sizeof(v)) {
		memcpy(&v, bytes + i, sizeof(v));
		if (v >= sc->first && v < sc->end)
			found(sc, base + i, v);
	}
}

static void scan_range(struct scan *sc, kaddr_t from, kaddr_t to)
{
	size_t n;

	from &= ~7ull;
	for (; from < to && !dump_interrupted(sc->d); from += n) {
		n = BLOCK - from % BLOCK;
		if (n > to - from)
			n = to - from;
		if (dump_read(sc->d, from, sc->block, n) == DUMP_OK)
			scan_bytes(sc, from, sc->block, n);
	}
}

static void scan_symbols(struct scan *sc, const char *from, const char *to)
{
	kaddr_t a, b;

	if (dump_symbol(sc->d, from, &a) && dump_symbol(sc->d, to, &b) && b > a &&
	    b - a < 1ull << 30)
		scan_range(sc, a, b);
}

/*
 * But for what is left over of the part that a guest with encrypted memory shares with its
 * host: the kernel gives those pages back, and whatever they hold is found by its own address.
 */
static void scan_bss(struct scan *sc)
{
	kaddr_t unused, end;

	if (!dump_symbol(sc->d, "__start_bss_decrypted_unused", &unused) ||
	    !dump_symbol(sc->d, "__end_bss_decrypted", &end)) {
		scan_symbols(sc, "__bss_start", "__bss_stop");
		return;
	}
	scan_symbols(sc, "__bss_start", "__start_bss_decrypted_unused");
	scan_symbols(sc, "__end_bss_decrypted", "__bss_stop");
}

static void scan_percpu(struct scan *sc)
{
	kaddr_t a, b, at;
	unsigned int n;

	if (!dump_symbol(sc->d, "__per_cpu_start", &a) ||
	    !dump_symbol(sc->d, "__per_cpu_end", &b) || b <= a || b - a > 1ull << 26)
		return;
	for (n = 0; n < sc->d->info.cpus; n++) {
		sc->cpu = (int)n;
		if (dump_percpu(sc->d, n, a, &at))
			scan_range(sc, at, at + (b - a));
	}
	sc->cpu = -1;
}

static void scan_stacks(struct scan *sc, const struct tasks *tasks)
{
	size_t i;

	for (i = 0; i < tasks->all.n; i++) {
		sc->task = &tasks->all.v[i];
		scan_range(sc, task_stack_used(sc->task),
			   sc->task->stack + sc->task->stack_size);
	}
	sc->task = NULL;
}

static void scan_slabs(struct scan *sc)
{
	const unsigned char *bytes;
	size_t i;

	for (i = 0; i < sc->s->all.n && !dump_interrupted(sc->d); i++) {
		bytes = slab_read(sc->s, &sc->s->all.v[i]);
		if (bytes)
			scan_bytes(sc, slab_address(sc->s, &sc->s->all.v[i]), bytes,
				   slab_bytes(sc->s, &sc->s->all.v[i]));
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
			  .typer = typer,
			  .cpu = -1};
	size_t i;

	sc.block = arena_alloc(d->arena, BLOCK);
	scan_symbols(&sc, "_sdata", "_edata");
	scan_bss(&sc);
	scan_percpu(&sc);
	scan_stacks(&sc, tasks);
	scan_slabs(&sc);
	for (i = 0; i < w->references.n; i++)
		name_place(&sc, &w->references.v[i]);
	w->searched = true;
}

/* ---- what it is ----------------------------------------------------------------- */

static void read_elsewhere(struct dump *d, struct slabs *s, struct slab_whatis *w)
{
	struct dump_symbol sym;
	unsigned char *page;
	pfn_t pfn;

	if (dump_symbol_at(d, w->asked, &sym))
		w->symbol = kernel_place(d, w->asked);
	if (!page_of_address(&s->pages, w->asked, &pfn))
		return;
	w->has_page = true;
	page = arena_alloc(d->arena, s->pages.size);
	w->page_read = page_read(&s->pages, pfn, page) == DUMP_OK;
	if (w->page_read)
		w->page = page_kind(&s->pages, page);
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
