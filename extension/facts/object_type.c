// SPDX-License-Identifier: GPL-2.0-or-later
#include "object_type.h"

#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "base/text.h"
#include "dump/layout.h"
#include "dump/list.h"

#define POISON_FREE 0x6b6b6b6b6b6b6b6bull
#define MEMO_SIZE (1u << 14)
#define TYPES_SIZE (1u << 12)
#define SHAPES_MAX 256
#define SHAPE_WORDS 6
#define TABLE_MAX 1024 /* entries of an indirect table that are looked at */
#define QUEUE_MAX 32768

struct memo {
	uint64_t word;
	const char *symbol; /* exactly; "": inside one; NULL: none */
};

/* A word of memory: what it points to. */
struct pointed {
	enum {
		TO_NOTHING, /* no kernel address */
		TO_OBJECT,  /* of a slab */
		TO_PAGE,    /* memory that is no slab's */
		TO_STRUCT_PAGE,
		TO_SYMBOL,
		TO_ELSEWHERE, /* vmalloc's, or no address at all */
	} to;
	const char *symbol; /* to a symbol's start exactly; NULL: not */
	struct slab_object object;
};

struct typer {
	struct dump *d;
	struct slabs *s;
	struct memo memo[MEMO_SIZE];
	size_t nmemo;
	struct object_type *table[TYPES_SIZE];
	VEC(struct object_type *) types;
	size_t nshapes;
	VEC(struct gpu_fence_signature) fences; /* a device's each */
	VEC(kaddr_t) drm;			/* their struct drm_device */
	VEC(kaddr_t) indirect; /* tables that a ring refers to, ascending */
	kaddr_t sync_file_ops;
	/* offsets, -1: this kernel has none */
	long ops, file, f_op;
	long nents, total, objs, gem_dev;
	long object_dev; /* of a virtio_gpu_object */
};

const char *object_kind_word(enum object_kind kind)
{
	static const char *const words[] = {
		[KIND_GPU_FENCE] = "gpu-fence",
		[KIND_GPU_OBJECT] = "gpu-object",
		[KIND_DMA_FENCE] = "dma-fence",
		[KIND_SYNC_FILE] = "sync-file",
		[KIND_INDIRECT_TABLE] = "indirect-table",
		[KIND_OBJECT_ARRAY] = "object-array",
		[KIND_FENCE_POINTERS] = "fence-pointers",
		[KIND_MEM_ENTRIES] = "mem-entries",
		[KIND_SYMBOL] = "symbol",
		[KIND_LINKED] = "linked",
		[KIND_TEXT] = "text",
		[KIND_ZERO] = "zero",
		[KIND_SHAPE] = "shape",
		[KIND_OTHER] = "other",
	};

	return words[kind];
}

static uint64_t mix(uint64_t v)
{
	v ^= v >> 29;
	v *= 0xbf58476d1ce4e5b9ull;
	return v ^ v >> 32;
}

/* ---- what a word points to ------------------------------------------------- */

static const char *ask_symbol(struct dump *d, uint64_t word)
{
	struct dump_symbol sym;

	if (!dump_symbol_at(d, word, &sym))
		return NULL;
	return sym.offset ? "" : arena_printf(d->arena, "%s", sym.name);
}

/* A symbol is asked for once: objects of one kind point to the same few. */
static const char *symbol_of(struct typer *t, uint64_t word)
{
	size_t i = mix(word) % MEMO_SIZE;

	while (t->memo[i].word && t->memo[i].word != word)
		i = (i + 1) % MEMO_SIZE;
	if (t->memo[i].word)
		return t->memo[i].symbol;
	if (t->nmemo >= MEMO_SIZE / 2) { /* chance values, not pointers: start again */
		memset(t->memo, 0, sizeof(t->memo));
		t->nmemo = 0;
		i = mix(word) % MEMO_SIZE;
	}
	t->nmemo++;
	t->memo[i].word = word;
	t->memo[i].symbol = ask_symbol(t->d, word);
	return t->memo[i].symbol;
}

static void point_at(struct typer *t, uint64_t word, struct pointed *p)
{
	const char *symbol;
	pfn_t pfn;

	p->to = TO_NOTHING;
	p->symbol = NULL;
	word = arch_untag(t->d->arch, word);
	if (!arch_is_kernel(t->d->arch, word))
		return;
	if (page_of_address(&t->s->pages, word, &pfn)) {
		p->to = slab_object_at(t->s, word, &p->object) ? TO_OBJECT : TO_PAGE;
		return;
	}
	if (page_of_struct(&t->s->pages, word, &pfn)) {
		p->to = TO_STRUCT_PAGE;
		return;
	}
	symbol = symbol_of(t, word);
	p->to = symbol ? TO_SYMBOL : TO_ELSEWHERE;
	p->symbol = symbol && symbol[0] ? symbol : NULL;
}

/* ---- groups ------------------------------------------------------------------ */

static struct object_type **type_slot(struct typer *t, enum object_kind kind,
				      uint64_t key)
{
	size_t i = mix(key * KINDS + kind) % TYPES_SIZE;

	while (t->table[i] && (t->table[i]->kind != kind || t->table[i]->key != key))
		i = (i + 1) % TYPES_SIZE;
	return &t->table[i];
}

/* What is being looked at. */
struct look {
	const struct slab_cache *c;
	kaddr_t addr;
	const unsigned char *bytes;
	size_t size;
};

/* No more groups than can be told apart by a reader, or kept in the table. */
static bool too_many(const struct typer *t, enum object_kind kind)
{
	return t->types.n >= TYPES_SIZE / 2 ||
	       (kind == KIND_SHAPE && t->nshapes >= SHAPES_MAX);
}

static struct object_type *add_group(struct typer *t, const struct look *o,
				     enum object_kind kind, uint64_t key)
{
	struct object_type *type = arena_alloc(t->d->arena, sizeof(*type));

	t->nshapes += kind == KIND_SHAPE;
	type->kind = kind;
	type->key = key;
	type->example = o->addr;
	type->nhex = o->size < TYPE_HEX_MAX ? o->size : TYPE_HEX_MAX;
	memcpy(type->hex, o->bytes, type->nhex);
	*vec_push(t->d->arena, &t->types) = type;
	return type;
}

/* The group; *fresh: it has no name yet.  When there are too many, that of the rest. */
static struct object_type *group(struct typer *t, const struct look *o,
				 enum object_kind kind, uint64_t key, bool *fresh)
{
	struct object_type **slot = type_slot(t, kind, key);

	*fresh = !*slot && !too_many(t, kind);
	if (*fresh)
		*slot = add_group(t, o, kind, key);
	if (!*slot) {
		slot = type_slot(t, KIND_OTHER, 0);
		if (!*slot) {
			*slot = add_group(t, o, KIND_OTHER, 0);
			(*slot)->name = "other";
		}
	}
	return *slot;
}

static struct object_type *named(struct typer *t, const struct look *o,
				 enum object_kind kind, const char *name)
{
	bool fresh;
	struct object_type *type = group(t, o, kind, 0, &fresh);

	if (fresh)
		type->name = name;
	return type;
}

/* ---- what can be proved -------------------------------------------------------- */

static struct object_type *as_gpu_fence(struct typer *t, const struct look *o)
{
	size_t i;

	for (i = 0; i < t->fences.n; i++)
		if (gpu_fence_fits(&t->fences.v[i], o->bytes, o->size))
			return named(t, o, KIND_GPU_FENCE, "virtio_gpu_fence");
	return NULL;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && !strcmp(s + n - m, end);
}

/* dma_fence_array_ops is of struct dma_fence_array; of others the ops say enough. */
static const char *fence_name(struct dump *d, const char *ops)
{
	static const char *const same[] = {"dma_fence_array_ops", "dma_fence_chain_ops"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(same); i++)
		if (!strcmp(ops, same[i]))
			return arena_printf(d->arena, "%.*s", (int)strlen(ops) - 4, ops);
	return arena_printf(d->arena, "dma_fence (%s)", ops);
}

static struct object_type *as_dma_fence(struct typer *t, const struct look *o)
{
	struct object_type *type;
	struct pointed p;
	uint64_t ops;
	bool fresh;

	if (t->ops < 0 || o->size < (size_t)layout_size(t->d, DMA_FENCE))
		return NULL;
	ops = load_u64(o->bytes + (size_t)t->ops);
	point_at(t, ops, &p);
	if (!p.symbol || !strstr(p.symbol, "fence") || !ends_with(p.symbol, "_ops"))
		return NULL;
	type = group(t, o, KIND_DMA_FENCE, ops, &fresh);
	if (fresh)
		type->name = fence_name(t->d, p.symbol);
	return type;
}

static struct object_type *as_sync_file(struct typer *t, const struct look *o)
{
	struct pointed p;
	uint64_t op;
	kaddr_t file;

	if (!t->sync_file_ops || t->file < 0 ||
	    o->size < (size_t)layout_size(t->d, SYNC_FILE))
		return NULL;
	file = load_u64(o->bytes + (size_t)t->file);
	point_at(t, file, &p);
	if (p.to != TO_OBJECT || p.object.offset || p.object.cache == o->c ||
	    !dump_ptr(t->d, file + (kaddr_t)t->f_op, &op) || op != t->sync_file_ops)
		return NULL;
	return named(t, o, KIND_SYNC_FILE, "sync_file");
}

static bool is_live_table(const struct typer *t, kaddr_t addr)
{
	return t->indirect.n &&
	       bsearch(&addr, t->indirect.v, t->indirect.n, sizeof(addr), compare_u64);
}

struct descriptor { /* uapi/linux/virtio_ring.h */
	uint64_t addr;
	uint32_t len;
	uint16_t flags, next;
};
#define DESC_NEXT 1u
#define DESC_WRITE 2u

static bool is_buffer(const struct typer *t, const struct descriptor *e)
{
	return e->addr && e->len && e->len <= 1u << 30 &&
	       page_exists(&t->s->pages, e->addr >> t->s->pages.shift);
}

/* A chain of at least two, each of memory that there is, up to one without NEXT. */
static bool looks_like_table(const struct typer *t, const struct look *o)
{
	struct descriptor e;
	size_t i, n = o->size / sizeof(e);

	for (i = 0; i < n && i < TABLE_MAX; i++) {
		memcpy(&e, o->bytes + i * sizeof(e), sizeof(e));
		if (!is_buffer(t, &e) || e.flags & ~(DESC_NEXT | DESC_WRITE))
			return false;
		if (!(e.flags & DESC_NEXT))
			return i > 0;
		if (e.next != i + 1)
			return false;
	}
	return false;
}

static struct object_type *as_indirect_table(struct typer *t, const struct look *o)
{
	if (!is_live_table(t, o->addr) && !looks_like_table(t, o))
		return NULL;
	return named(t, o, KIND_INDIRECT_TABLE, "vring_desc[] (indirect table)");
}

/* struct virtio_gpu_mem_entry: page addresses, whole pages, padding of zero. */
static struct object_type *as_mem_entries(struct typer *t, const struct look *o)
{
	const uint64_t page = t->d->info.page_size;
	struct descriptor e;
	size_t i, n = o->size / sizeof(e);

	for (i = 0; i < n; i++) {
		memcpy(&e, o->bytes + i * sizeof(e), sizeof(e));
		if (i >= 2 && !e.addr && !e.len)
			break;
		if (!is_buffer(t, &e) || e.flags || e.next || e.addr % page ||
		    e.len % page)
			return NULL;
	}
	return n < 2 ? NULL : named(t, o, KIND_MEM_ENTRIES, "virtio_gpu_mem_entry[]");
}

static bool is_gem_object(struct typer *t, uint64_t word)
{
	struct pointed p;
	uint64_t dev;
	size_t i;

	point_at(t, word, &p);
	if (p.to != TO_OBJECT || !dump_ptr(t->d, word + (kaddr_t)t->gem_dev, &dev))
		return false;
	for (i = 0; i < t->drm.n; i++)
		if (t->drm.v[i] == dev)
			return true;
	return false;
}

/* "virtio_gpu_gem_funcs", "virtio_gpu_shmem_funcs", "virtio_gpu_vram_funcs" */
static bool has_driver_funcs(struct typer *t, const struct look *o)
{
	struct pointed p;
	size_t at;

	for (at = 0; at + 8 <= o->size; at += 8) {
		point_at(t, load_u64(o->bytes + at), &p);
		if (p.symbol && text_starts(p.symbol, "virtio_gpu_") &&
		    ends_with(p.symbol, "_funcs"))
			return true;
	}
	return false;
}

/* Its device is a GPU, and its functions are the driver's. */
static struct object_type *as_gpu_object(struct typer *t, const struct look *o)
{
	uint64_t dev;
	size_t i;

	if (t->object_dev < 0 || o->size < (size_t)layout_size(t->d, GPU_OBJECT))
		return NULL;
	dev = load_u64(o->bytes + t->object_dev);
	for (i = 0; i < t->drm.n; i++)
		if (t->drm.v[i] == dev && has_driver_funcs(t, o))
			return named(t, o, KIND_GPU_OBJECT, "virtio_gpu_object");
	return NULL;
}

static struct object_type *as_object_array(struct typer *t, const struct look *o)
{
	uint32_t nents, total, i;

	if (t->objs < 0 || o->size < (size_t)t->objs + 8)
		return NULL;
	memcpy(&nents, o->bytes + t->nents, sizeof(nents));
	memcpy(&total, o->bytes + t->total, sizeof(total));
	if (!nents || nents > total || total > (o->size - (size_t)t->objs) / 8)
		return NULL;
	for (i = 0; i < nents; i++)
		if (!is_gem_object(t, load_u64(o->bytes + (size_t)t->objs + i * 8)))
			return NULL;
	return named(t, o, KIND_OBJECT_ARRAY, "virtio_gpu_object_array");
}

static bool is_fence(struct typer *t, kaddr_t addr)
{
	struct pointed p;
	uint64_t ops;

	if (!dump_ptr(t->d, addr + (kaddr_t)t->ops, &ops))
		return false;
	point_at(t, ops, &p);
	return p.symbol && strstr(p.symbol, "fence") && ends_with(p.symbol, "_ops");
}

/* How many pointers to objects the array has, and nothing but zeros behind them. */
static size_t object_pointers(struct typer *t, const struct look *o)
{
	size_t i, n = o->size / 8, k;
	struct pointed p;

	for (i = 0; i < n; i++) {
		point_at(t, load_u64(o->bytes + i * 8), &p);
		if (p.to != TO_OBJECT || p.object.offset)
			break;
	}
	for (k = i; k < n; k++)
		if (load_u64(o->bytes + k * 8))
			return 0;
	return i;
}

/* Nothing but pointers to fences, at least two: what dma_fence_array.fences is. */
static struct object_type *as_fence_pointers(struct typer *t, const struct look *o)
{
	size_t i, n = t->ops < 0 ? 0 : object_pointers(t, o);

	for (i = 0; i < n; i++)
		if (!is_fence(t, load_u64(o->bytes + i * 8)))
			return NULL;
	return n < 2 ? NULL : named(t, o, KIND_FENCE_POINTERS, "dma_fence *[]");
}

/* ---- what any object shows --------------------------------------------------- */

/* A structure of operations tells more than a callback. */
static int symbol_worth(const char *name)
{
	static const char *const tables[] = {"ops", "operations", "_type", "_class",
					     "_vfs"};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(tables); i++)
		if (ends_with(name, tables[i]))
			return 2;
	return 1;
}

struct symbol_seen {
	const char *name;
	uint64_t word;
	size_t at;
};

static struct object_type *as_symbol(struct typer *t, const struct look *o,
				     const struct symbol_seen *seen)
{
	struct object_type *type;
	bool fresh;

	if (!seen->name)
		return NULL;
	type = group(t, o, KIND_SYMBOL, mix(seen->word) + seen->at, &fresh);
	if (fresh)
		type->name =
			arena_printf(t->d->arena, "%s at +%zu", seen->name, seen->at);
	return type;
}

/* It may be linked to others, or to itself when its list is empty: one type has both. */
static struct object_type *as_linked(struct typer *t, const struct look *o, size_t at)
{
	struct object_type *type;
	bool fresh;

	type = group(t, o, KIND_LINKED, at, &fresh);
	if (fresh)
		type->name = arena_printf(t->d->arena, "list_head at +%zu", at);
	return type;
}

/* Pointers to symbols, and links to the same place in another object of the cache. */
static struct object_type *by_pointers(struct typer *t, const struct look *o)
{
	struct symbol_seen seen = {NULL, 0, 0};
	size_t at, linked = SIZE_MAX;
	struct pointed p;

	for (at = 0; at + 8 <= o->size; at += 8) {
		point_at(t, load_u64(o->bytes + at), &p);
		if (p.symbol &&
		    (!seen.name || symbol_worth(p.symbol) > symbol_worth(seen.name))) {
			seen = (struct symbol_seen){p.symbol, load_u64(o->bytes + at),
						    at};
		}
		if (linked == SIZE_MAX && p.to == TO_OBJECT && p.object.cache == o->c &&
		    p.object.offset == at)
			linked = at;
	}
	if (seen.name)
		return as_symbol(t, o, &seen);
	return linked == SIZE_MAX ? NULL : as_linked(t, o, linked);
}

/* A string of eight characters at least, ended by a NUL or by the object. */
static struct object_type *as_text(struct typer *t, const struct look *o)
{
	size_t n = 0;

	while (n < o->size && o->bytes[n] >= 0x20 && o->bytes[n] < 0x7f)
		n++;
	if (n < 8 || (n < o->size && o->bytes[n] && o->bytes[n] != '\n'))
		return NULL;
	return named(t, o, KIND_TEXT, "text");
}

static char letter(struct typer *t, uint64_t v)
{
	static const char letters[] = {
		[TO_OBJECT] = 'o', [TO_PAGE] = 'm',	 [TO_STRUCT_PAGE] = 'p',
		[TO_SYMBOL] = 's', [TO_ELSEWHERE] = 'v',
	};
	struct pointed p;

	if (!v)
		return '0';
	if (v == POISON_FREE)
		return '6';
	if (is_list_poison(v))
		return 'L';
	point_at(t, v, &p);
	if (p.to != TO_NOTHING)
		return letters[p.to];
	return v < 1ull << 32 ? 'n' : 'x';
}

static struct object_type *by_shape(struct typer *t, const struct look *o)
{
	char shape[SHAPE_WORDS + 1] = "";
	struct object_type *type;
	uint64_t key = 0;
	bool fresh;
	size_t i;

	for (i = 0; i < SHAPE_WORDS && (i + 1) * 8 <= o->size; i++) {
		shape[i] = letter(t, load_u64(o->bytes + i * 8));
		key = key << 8 | (unsigned char)shape[i];
	}
	type = group(t, o, KIND_SHAPE, key, &fresh);
	if (fresh)
		type->name = arena_printf(t->d->arena, "words %s", shape);
	return type;
}

static struct object_type *as_zero(struct typer *t, const struct look *o)
{
	if (o->bytes[0] || memcmp(o->bytes, o->bytes + 1, o->size - 1))
		return NULL;
	return named(t, o, KIND_ZERO, "all zero");
}

struct object_type *typer_of(struct typer *t, const struct slab_cache *c, kaddr_t addr,
			     const unsigned char *bytes)
{
	static struct object_type *(*const tests[])(struct typer *,
						    const struct look *) = {
		as_gpu_fence,	   as_gpu_object,   as_dma_fence,      as_sync_file,
		as_indirect_table, as_object_array, as_fence_pointers, as_mem_entries,
		as_zero,	   by_pointers,	    as_text,
	};
	struct look o = {c, addr, bytes, c->object_size};
	struct object_type *type = NULL;
	size_t i;

	if (o.size < 8) /* too small to point anywhere */
		return named(t, &o, KIND_OTHER, "other");
	for (i = 0; !type && i < ARRAY_SIZE(tests); i++)
		type = tests[i](t, &o);
	return type ? type : by_shape(t, &o);
}

struct object_type *typer_count(struct typer *t, const struct slab_cache *c, kaddr_t addr,
				const unsigned char *bytes)
{
	struct object_type *type = typer_of(t, c, addr, bytes);

	type->count++;
	type->bytes += c->size;
	if (type->kind == KIND_INDIRECT_TABLE)
		type->live += is_live_table(t, addr);
	return type;
}

static int most_frequent(const void *a, const void *b)
{
	const struct object_type *x = *(struct object_type *const *)a;
	const struct object_type *y = *(struct object_type *const *)b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return compare(x->example, y->example);
}

struct object_type **typer_all(struct typer *t, size_t *n)
{
	*n = t->types.n;
	if (t->types.n)
		qsort(t->types.v, t->types.n, sizeof(t->types.v[0]), most_frequent);
	return t->types.v;
}

/* ---- making one ---------------------------------------------------------------- */

static long offset_or_none(struct dump *d, enum layout_id id)
{
	return layout_has(d, id) ? layout_offset(d, id) : -1;
}

/* The tables that a queue's descriptors refer to: desc_state[].indir_desc. */
static void add_tables(struct typer *t, const struct virtqueue *vq)
{
	bool packed = vq->kind == VRING_PACKED;
	enum layout_id state = packed ? DESC_STATE_PACKED : DESC_STATE;
	enum layout_id member = packed ? DESC_STATE_PACKED_INDIRECT : DESC_STATE_INDIRECT;
	struct object o;
	kaddr_t at, addr;
	unsigned int i;

	if (vq->kind == VRING_UNREAD || vq->num > QUEUE_MAX ||
	    !layout_has(t->d, member) || !vq->desc_state)
		return;
	at = vq->desc_state;
	obj_init(&o, t->d);
	for (i = 0; i < vq->num; i++) {
		if (!obj_read(&o, state,
			      at + (kaddr_t)i * (kaddr_t)layout_size(t->d, state)))
			return;
		addr = obj_u64(&o, member);
		if (addr)
			*vec_push(t->d->arena, &t->indirect) = addr;
	}
}

static void add_device(struct typer *t, const struct gpu *g)
{
	struct gpu_fence_signature sig;
	size_t i;

	for (i = 0; i < g->vqs.all.n; i++)
		add_tables(t, &g->vqs.all.v[i]);
	if (!g->read)
		return;
	*vec_push(t->d->arena, &t->drm) = g->drm;
	if (gpu_fence_signature(t->d, g->vgdev, &sig))
		*vec_push(t->d->arena, &t->fences) = sig;
}

static void find_offsets(struct typer *t)
{
	struct dump *d = t->d;
	bool arrays = layout_has_all(d, OBJECT_ARRAY_NENTS, OBJECT_ARRAY_TOTAL,
				     OBJECT_ARRAY_OBJS, GEM_DEV);

	t->ops = offset_or_none(d, DMA_FENCE_OPS);
	t->file = layout_has(d, FILE_OP) ? offset_or_none(d, SYNC_FILE_FILE) : -1;
	t->f_op = layout_offset(d, FILE_OP);
	t->nents = arrays ? layout_offset(d, OBJECT_ARRAY_NENTS) : -1;
	t->total = arrays ? layout_offset(d, OBJECT_ARRAY_TOTAL) : -1;
	t->objs = arrays ? layout_offset(d, OBJECT_ARRAY_OBJS) : -1;
	t->object_dev =
		layout_has_all(d, GPU_OBJECT, GPU_OBJECT_GEM, GEM_DEV)
			? layout_offset(d, GPU_OBJECT_GEM) + layout_offset(d, GEM_DEV)
			: -1;
	t->gem_dev = arrays ? layout_offset(d, GEM_DEV) : -1;
}

struct typer *typer_create(struct dump *d, struct slabs *s, const struct gpus *gpus)
{
	struct typer *t = arena_alloc(d->arena, sizeof(*t));
	size_t i;

	t->d = d;
	t->s = s;
	for (i = 0; i < gpus->all.n; i++)
		add_device(t, &gpus->all.v[i]);
	if (t->indirect.n)
		qsort(t->indirect.v, t->indirect.n, sizeof(t->indirect.v[0]),
		      compare_u64);
	dump_symbol(d, "sync_file_fops", &t->sync_file_ops);
	find_offsets(t);
	return t;
}
