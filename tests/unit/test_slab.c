// SPDX-License-Identifier: GPL-2.0-or-later
/* Slabs, on the types of 5.10 (struct page) and of 6.1 (struct slab). */
#include "test.h"

#include "fake_slab.h"
#include "facts/slab_overview.h"
#include "facts/slab_types.h"
#include "facts/slab_whatis.h"
#include "kernel/mm/slab_detail.h"
#include "report/slab_words.h"

static const struct gpus no_gpus;
static kaddr_t cache, other;

static int set_up(struct fake *f, void **state)
{
	*state = f;
	fake_pages(f);
	cache = fake_cache(f, "kmalloc-128", 128, 128);
	other = fake_cache(f, "dentry", 192, 192);
	return 0;
}

static int on_5_10(void **state)
{
	return set_up(fake_5_10(), state);
}

static int on_6_1(void **state)
{
	return set_up(fake_6_1(), state);
}

#define both(f)                                                                          \
	cmocka_unit_test_setup_teardown(f, on_5_10, test_end),                           \
		cmocka_unit_test_setup_teardown(f, on_6_1, test_end)

static struct slabs *get(struct fake *f)
{
	struct slabs *s = slabs_get(fake_dump(f));

	assert_non_null(s);
	return s;
}

static const struct slab_cache *named(const struct slabs *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->caches.all.n; i++)
		if (!strcmp(s->caches.all.v[i].name, name))
			return &s->caches.all.v[i];
	fail_msg("no cache %s", name);
	return NULL;
}

static struct slab_states states_of(struct slabs *s, const char *name)
{
	struct slab_states states;

	slab_count_states(s, named(s, name), &states);
	return states;
}

static enum object_state state_at(struct slabs *s, kaddr_t addr)
{
	struct slab_object o;

	assert_true(slab_object_at(s, addr, &o));
	return slab_object_state(s, &o);
}

static void assert_damage(const struct slabs *s, enum slab_flaw flaw)
{
	assert_int_equal(s->damages, 1);
	assert_int_equal(s->damage.v[0].flaw, flaw);
}

/* How many of the cache's objects come, and how many of these are in use. */
static unsigned int walked(struct slabs *s, const char *name, unsigned int *in_use)
{
	struct slab_walk w;
	unsigned int n = 0;

	*in_use = 0;
	slab_walk_cache(&w, s, named(s, name));
	while (slab_walk_next(&w)) {
		n++;
		*in_use += w.bytes && slab_walk_state(&w) == OBJECT_ALLOCATED;
	}
	return n;
}

/* ---- finding -------------------------------------------------------------------- */

static void full_slabs_are_found(void **state)
{
	struct fake *f = *state;
	kaddr_t a = fake_slab(f, cache), b = fake_slab(f, other);
	struct slabs *s = get(f);
	const struct slab_totals *t = slab_totals_of(s, named(s, "kmalloc-128"));

	fake_slab(f, other); /* after the index was made */
	assert_int_equal(s->all.n, 2);
	assert_int_equal(t->all.slabs, 1);
	assert_int_equal(t->all.objects, 64);
	assert_int_equal(t->at[SLAB_FULL].inuse, 64);
	assert_int_equal(t->pages, 2);
	assert_int_equal(slab_address(s, slab_at(s, a)), a);
	assert_int_equal(slab_address(s, slab_at(s, b + FAKE_PAGE)), b);
	assert_int_equal(s->damages, 0);
	assert_int_equal(fake_dump(f)->notes.n, 0);
}

static void objects_by_address(void **state)
{
	struct fake *f = *state;
	kaddr_t a = fake_slab(f, cache), b = fake_slab(f, other);
	struct slabs *s = get(f);
	struct slab_object o;

	assert_true(slab_object_at(s, a + 5 * 128 + 17, &o));
	assert_int_equal(o.index, 5);
	assert_int_equal(o.offset, 17);
	assert_int_equal(o.addr, a + 5 * 128);
	assert_string_equal(o.cache->name, "kmalloc-128");
	assert_true(slab_object_at(s, a + 2 * FAKE_PAGE - 1, &o));
	assert_int_equal(o.index, 63);
	/* Numbers go on from slab to slab. */
	assert_true(slab_object_at(s, b, &o));
	assert_int_equal(o.number, 64);
	/* Behind the last of 42 objects of 192 bytes. */
	assert_true(slab_object_at(s, b + 42 * 192 - 1, &o));
	assert_false(slab_object_at(s, b + 42 * 192, &o));
	assert_false(slab_object_at(s, a - 1, &o));
	assert_false(slab_object_at(s, b + 2 * FAKE_PAGE, &o));
	assert_false(slab_object_at(s, 0, &o));
	assert_false(slab_object_at(s, UINT64_MAX, &o));
	assert_false(slab_object_at(s, FAKE_DATA, &o));
}

/* In order, each with its own bytes; those of another cache do not come. */
static void each_object(void **state)
{
	struct fake *f = *state;
	kaddr_t a = fake_slab(f, cache), b = fake_slab(f, cache);
	struct slab_walk w;
	unsigned int in_use;
	struct slabs *s;
	uint64_t word;

	fake_slab(f, other);
	fake_slab_free(f, b, 3);
	fake_slab_partial(f, b);
	fake_u64(f, b + 5 * 128, 0x1234);
	s = get(f);
	assert_int_equal(walked(s, "kmalloc-128", &in_use), 128);
	assert_int_equal(in_use, 127);
	slab_walk_slab(&w, s, slab_at(s, b));
	assert_true(slab_walk_next(&w));
	assert_int_equal(w.addr, b);
	while (slab_walk_next(&w) && w.index < 5)
		;
	memcpy(&word, w.bytes, sizeof(word));
	assert_int_equal(w.addr, b + 5 * 128);
	assert_int_equal(word, 0x1234);
	while (slab_walk_next(&w))
		assert_true(w.addr > b && w.addr < b + 2 * FAKE_PAGE);
	/* Without its memory an object is still told of. */
	fake_exclude(f, a, 2 * FAKE_PAGE);
	slab_walk_cache(&w, s, named(s, "kmalloc-128"));
	assert_true(slab_walk_next(&w));
	assert_null(w.bytes);
	assert_int_equal(walked(s, "kmalloc-128", &in_use), 128);
	assert_int_equal(in_use, 63);
	fake_interrupt_after(f, 0);
	assert_int_equal(walked(s, "kmalloc-128", &in_use), 0);
}

/* What kmalloc() takes: the smallest there is, which need not be a near one. */
static void kmalloc_caches(void **state)
{
	const struct slab_caches *c;

	fake_cache(*state, "kmalloc-192", 192, 256);
	fake_cache(*state, "kmalloc-cg-256", 256, 256);
	c = &get(*state)->caches;
	assert_int_equal(slab_kmalloc_size(c, 8), 128);
	assert_int_equal(slab_kmalloc_size(c, 128), 128);
	assert_int_equal(slab_kmalloc_size(c, 129), 192);
	assert_int_equal(slab_kmalloc_size(c, 200), 256);
	assert_int_equal(slab_kmalloc_size(c, 257), 0);
}

static void left_pad(void **state)
{
	struct fake *f = *state;
	struct slab_object o;
	struct slabs *s;
	kaddr_t a;

	cache = fake_cache(f, "padded", 48, 128);
	fake_id_set(f, cache, CACHE_RED_LEFT_PAD, 64);
	a = fake_slab(f, cache);
	s = get(f);
	assert_false(slab_object_at(s, a + 63, &o));
	assert_true(slab_object_at(s, a + 64, &o));
	assert_int_equal(o.index, 0);
	assert_int_equal(o.addr, a + 64);
}

static void pages_by_type(void **state)
{
	/* Since 6.12 a slab is a byte of page_type, and no page flag. */
	struct fake *f = *state;
	kaddr_t a, page;
	struct slabs *s;

	fake_absent(f, "PG_slab");
	fake_enum(f, "PGTY_slab", 0xf5);
	a = fake_slab(f, cache);
	page = fake_page_of(f, a);
	fake_id_set(f, page, PAGE_FLAGS, 0);
	fake_id_set(f, page, PAGE_TYPE, 0xf5000000);
	fake_id_set(f, fake_page_of(f, a + FAKE_PAGE), PAGE_TYPE, 0xffffffff);
	s = get(f);
	assert_int_equal(s->all.n, 1);
	assert_int_equal(slab_address(s, &s->all.v[0]), a);
}

static void pages_by_cleared_bit(void **state)
{
	/* 6.10: PG_slab is a bit of page_type, which is cleared. */
	struct fake *f = *state;
	kaddr_t a;

	fake_absent(f, "PG_slab");
	fake_enum(f, "PG_slab", 0x1000);
	a = fake_alloc_pages(f, FAKE_PAGE);
	fake_id_set(f, fake_page_of(f, a), PAGE_TYPE, 0xffffefff);
	fake_id_set(f, fake_page_of(f, a), SLAB_CACHE, cache);
	fake_slab_counters(f, a, 32, 32);
	assert_int_equal(get(f)->all.n, 1);
	assert_int_equal(get(f)->all.v[0].order, 0);
}

/* ---- states --------------------------------------------------------------------- */

static void places_and_states(void **state)
{
	struct fake *f = *state;
	kaddr_t cpu = fake_slab(f, cache), part = fake_slab(f, cache);
	kaddr_t node = fake_slab(f, cache), loose = fake_slab(f, cache);
	struct slab_states n;
	struct slabs *s;

	/* Two lists: what the CPU took (counted in use), and what came back since. */
	fake_slab_link(f, cpu, 7, fake_slab_object(f, cpu, 8));
	fake_slab_link(f, cpu, 8, 0);
	fake_slab_free(f, cpu, 20);
	fake_slab_cpu(f, cpu, 1, fake_slab_object(f, cpu, 7));
	fake_slab_free(f, part, 0);
	fake_slab_cpu_partial(f, part, 0);
	fake_slab_free(f, node, 63);
	fake_slab_free(f, node, 1);
	fake_slab_partial(f, node);
	fake_slab_free(f, loose, 2);
	s = get(f);
	n = states_of(s, "kmalloc-128");
	assert_int_equal(n.n[SLAB_CPU][OBJECT_FREE], 3);
	assert_int_equal(n.n[SLAB_CPU][OBJECT_ALLOCATED], 61);
	assert_int_equal(n.n[SLAB_CPU_PARTIAL][OBJECT_FREE], 1);
	assert_int_equal(n.n[SLAB_NODE_PARTIAL][OBJECT_FREE], 2);
	assert_int_equal(n.n[SLAB_NODE_PARTIAL][OBJECT_ALLOCATED], 62);
	assert_int_equal(n.n[SLAB_LOOSE][OBJECT_FREE], 1);
	assert_int_equal(state_at(s, fake_slab_object(f, cpu, 8)), OBJECT_FREE);
	assert_int_equal(state_at(s, fake_slab_object(f, cpu, 9)), OBJECT_ALLOCATED);
	assert_int_equal(s->damages, 0);
}

static void disguised(struct fake *f, enum fake_freeptr how)
{
	kaddr_t a = fake_slab(f, cache);
	struct slab_states n;
	unsigned int k;

	fake_freeptr(f, cache, 0x123456789abcdef1, how);
	for (k = 0; k < 5; k++)
		fake_slab_free(f, a, (k * 11 + 3) % 64);
	n = states_of(get(f), "kmalloc-128");
	assert_int_equal(n.n[SLAB_LOOSE][OBJECT_FREE], 5);
	assert_int_equal(n.n[SLAB_LOOSE][OBJECT_ALLOCATED], 59);
	assert_int_equal(get(f)->damages, 0);
}

/* Nothing is free, so how its pointers are disguised cannot be seen. */
static void free_pointers_of_none(void **state)
{
	struct fake *f = *state;
	struct slab_detail x;
	struct slabs *s;

	fake_slab(f, cache);
	s = get(f);
	slab_detail_read(s, named(s, "kmalloc-128"), &x);
	assert_string_equal(slab_freeptr_words(&x),
			    s->caches.hardened ? "disguised, and none was decoded"
					       : "plain");
}

static void free_pointers_xor_swab(void **state)
{
	disguised(*state, FAKE_XOR_SWAB);
}

static void free_pointers_xor(void **state)
{
	disguised(*state, FAKE_XOR);
}

static void free_pointers_plain(void **state)
{
	disguised(*state, FAKE_PLAIN);
}

/* ---- damage: one slab is lost, the rest is right ----------------------------------- */

static void assert_rest_right(struct fake *f, struct slabs *s, kaddr_t sound)
{
	assert_int_equal(state_at(s, fake_slab_object(f, sound, 0)), OBJECT_FREE);
	assert_int_equal(state_at(s, fake_slab_object(f, sound, 1)), OBJECT_ALLOCATED);
}

static kaddr_t sound_slab(struct fake *f)
{
	kaddr_t a = fake_slab(f, cache);

	fake_slab_free(f, a, 0);
	return a;
}

static void freelist_loops(void **state)
{
	struct fake *f = *state;
	kaddr_t sound = sound_slab(f), bad = fake_slab(f, cache);
	struct slab_states n;
	struct slabs *s;

	fake_slab_free(f, bad, 4);
	fake_slab_free(f, bad, 5);
	fake_slab_link(f, bad, 4, fake_slab_object(f, bad, 5));
	s = get(f);
	n = states_of(s, "kmalloc-128");
	assert_damage(s, FLAW_LOOP);
	assert_int_equal(n.n[SLAB_LOOSE][OBJECT_FREE], 3);
	assert_int_equal(n.n[SLAB_LOOSE][OBJECT_UNKNOWN], 62);
	assert_int_equal(n.n[SLAB_LOOSE][OBJECT_ALLOCATED], 63);
	assert_rest_right(f, s, sound);
}

static void freelist_points_outside(void **state)
{
	struct fake *f = *state;
	kaddr_t sound = sound_slab(f), bad = fake_slab(f, cache);
	struct slabs *s;

	fake_slab_free(f, bad, 4);
	fake_slab_link(f, bad, 4, fake_slab_object(f, sound, 5));
	s = get(f);
	assert_int_equal(state_at(s, fake_slab_object(f, bad, 9)), OBJECT_UNKNOWN);
	assert_damage(s, FLAW_OUTSIDE);
	assert_int_equal(s->damage.v[0].at, fake_slab_object(f, sound, 5));
	assert_rest_right(f, s, sound);
}

static void freelist_points_into_an_object(void **state)
{
	struct fake *f = *state;
	kaddr_t bad = fake_slab(f, cache);
	struct slabs *s;

	fake_slab_free(f, bad, 4);
	fake_slab_link(f, bad, 4, fake_slab_object(f, bad, 6) + 8);
	s = get(f);
	assert_int_equal(state_at(s, bad), OBJECT_UNKNOWN);
	assert_damage(s, FLAW_OUTSIDE);
}

static void freelist_is_too_short(void **state)
{
	struct fake *f = *state;
	kaddr_t bad = fake_slab(f, cache);
	struct slabs *s;

	fake_slab_free(f, bad, 4);
	fake_slab_counters(f, bad, 60, 64);
	s = get(f);
	assert_int_equal(state_at(s, fake_slab_object(f, bad, 4)), OBJECT_FREE);
	assert_int_equal(state_at(s, bad), OBJECT_UNKNOWN);
	assert_damage(s, FLAW_FREELIST);
}

/* Full by its counters, and yet with a freelist: one of the two lies. */
static void full_with_a_freelist(void **state)
{
	struct fake *f = *state;
	kaddr_t bad = fake_slab(f, cache);
	struct slabs *s;

	fake_slab_free(f, bad, 4);
	fake_slab_counters(f, bad, 64, 64);
	s = get(f);
	assert_int_equal(slab_at(s, bad)->place, SLAB_LOOSE);
	assert_int_equal(state_at(s, bad), OBJECT_UNKNOWN);
	assert_damage(s, FLAW_FREELIST);
}

static void memory_is_excluded(void **state)
{
	struct fake *f = *state;
	kaddr_t sound = sound_slab(f), gone = fake_slab(f, cache),
		full = fake_slab(f, cache);
	struct slabs *s;

	fake_slab_free(f, gone, 4);
	/* Its second page alone, so that the first could be read. */
	fake_exclude(f, gone + FAKE_PAGE, FAKE_PAGE);
	fake_exclude(f, full, FAKE_PAGE);
	s = get(f);
	assert_int_equal(state_at(s, gone), OBJECT_UNKNOWN);
	assert_damage(s, FLAW_UNREAD);
	assert_rest_right(f, s, sound);
	/* What the counters say needs no memory of it. */
	assert_int_equal(state_at(s, full), OBJECT_ALLOCATED);
	assert_int_equal(s->damages, 1);
}

static void slab_cache_points_elsewhere(void **state)
{
	struct fake *f = *state;
	kaddr_t bad = fake_slab(f, cache), sound = sound_slab(f);
	struct slabs *s;

	fake_id_set(f, fake_page_of(f, bad), SLAB_CACHE, cache + 8);
	s = get(f);
	assert_damage(s, FLAW_NO_CACHE);
	assert_null(slab_at(s, bad));
	assert_int_equal(slab_totals_of(s, named(s, "kmalloc-128"))->all.slabs, 1);
	assert_rest_right(f, s, sound);
}

static void counters_are_nonsense(void **state)
{
	struct fake *f = *state;
	kaddr_t bad = fake_slab(f, cache), sound = sound_slab(f);
	struct slabs *s;

	fake_slab_counters(f, bad, 3, 61);
	s = get(f);
	assert_damage(s, FLAW_COUNT);
	assert_int_equal(slab_totals_of(s, named(s, "kmalloc-128"))->lost, 1);
	assert_rest_right(f, s, sound);
}

/* Of an order that it does not have, each slab would swallow those behind it. */
static void a_cache_lies_about_its_order(void **state)
{
	struct fake *f = *state;
	kaddr_t a = fake_slab(f, cache), b = fake_slab(f, cache), sound = sound_slab(f);
	struct slabs *s;

	fake_id_set(f, cache, CACHE_OO, 9u << 16 | 64);
	s = get(f);
	assert_non_null(slab_at(s, a));
	assert_ptr_not_equal(slab_at(s, a), slab_at(s, b));
	assert_int_equal(slab_totals_of(s, named(s, "kmalloc-128"))->all.slabs, 3);
	assert_int_equal(s->damages, 0);
	assert_non_null(slab_at(s, sound));
	fake_slab_counters(f, a, 0, 0);
	dump_forget_all(fake_dump(f));
	assert_damage(get(f), FLAW_COUNT);
}

static void more_in_use_than_there_are(void **state)
{
	struct fake *f = *state;

	fake_slab_counters(f, fake_slab(f, cache), 65, 64);
	assert_damage(get(f), FLAW_COUNT);
}

static void cpu_has_a_foreign_slab(void **state)
{
	struct fake *f = *state;
	kaddr_t a = fake_slab(f, other);
	kaddr_t c = fake_cache_cpu(f, cache, 0);

	fake_id_set(f, c, CPU_SLAB_PAGE, fake_page_of(f, a));
	assert_damage(get(f), FLAW_LIST);
	assert_int_equal(get(f)->all.v[0].place, SLAB_FULL);
}

static void cpu_partial_loops(void **state)
{
	struct fake *f = *state;
	kaddr_t a = fake_slab(f, cache), b = fake_slab(f, cache);

	fake_slab_free(f, a, 0);
	fake_slab_free(f, b, 0);
	fake_slab_cpu_partial(f, a, 0);
	fake_slab_cpu_partial(f, b, 0);
	fake_id_set(f, fake_page_of(f, a), SLAB_NEXT, fake_page_of(f, b));
	assert_damage(get(f), FLAW_LIST);
}

static void page_array_is_excluded(void **state)
{
	struct fake *f = *state;
	kaddr_t a = fake_slab(f, cache), far;
	struct slabs *s;

	fake_alloc_pages(f, 64 * FAKE_PAGE);
	far = fake_slab(f, cache);
	fake_exclude(f, fake_page_of(f, a), 64);
	s = get(f);
	assert_non_null(slab_at(s, far));
	assert_null(slab_at(s, a));
	assert_int_equal(s->excluded, 64);
	assert_true(fake_has_note(f, "64 page frames"));
}

static void a_cpu_that_is_damaged_says_why(void **state)
{
	struct fake *f = *state;
	kaddr_t held = fake_get(f, cache, "kmem_cache.cpu_slab");

	fake_slab(f, cache);
	fake_damage(f, fake_percpu(f, 1, held), 8);
	get(f);
	assert_true(
		fake_has_note(f, "what CPU 1 holds of it cannot be read: page damaged"));
	assert_false(fake_has_note(f, "what CPU 0 holds"));
}

static void a_cache_that_contradicts_itself(void **state)
{
	struct fake *f = *state;

	fake_slab(f, other);
	fake_id_set(f, cache, CACHE_SIZE, 0);
	assert_int_equal(get(f)->all.n, 1);
	assert_true(fake_has_note(f, "contradicts itself"));
}

/* An object that would reach past its slab, by the cache's own account. */
static void a_pad_without_room(void **state)
{
	struct fake *f = *state;

	fake_slab(f, cache);
	fake_id_set(f, cache, CACHE_RED_LEFT_PAD, 64);
	assert_int_equal(get(f)->all.n, 0);
	assert_true(fake_has_note(f, "contradicts itself"));
}

static uint64_t random_state;

static uint64_t random_below(uint64_t n)
{
	random_state = random_state * 6364136223846793005ull + 1442695040888963407ull;
	return (random_state >> 33) % n;
}

static struct spoilt {
	kaddr_t at;
	uint64_t was;
} spoilt[8];
static size_t nspoilt;

static void mend(struct fake *f)
{
	while (nspoilt) {
		nspoilt--;
		fake_u64(f, spoilt[nspoilt].at, spoilt[nspoilt].was);
	}
}

/* Overwrite a word of [base, base + len) with something that may look like a pointer. */
static void spoil(struct fake *f, kaddr_t base, size_t len, kaddr_t near)
{
	const uint64_t values[] = {0,
				   1,
				   UINT64_MAX,
				   near,
				   near + random_below(8192),
				   base,
				   random_below(1ull << 30) << 31 |
					   random_below(1ull << 31)};

	struct spoilt *w = &spoilt[nspoilt++];

	w->at = base + random_below(len / 8) * 8;
	w->was = fake_peek_u64(f, w->at);
	fake_u64(f, w->at, values[random_below(ARRAY_SIZE(values))]);
}

/* SLUB's old free pointer is no member of the object before it. */
static void a_pointer_behind_an_object(void **state)
{
	struct fake *f = *state;
	struct dump *d = fake_dump(f);
	kaddr_t wide = fake_slab(f, fake_cache(f, "wide", 128, 192)),
		a = fake_slab(f, cache);
	struct tasks tasks = {0};
	struct slab_whatis w;

	fake_ptr(f, fake_slab_object(f, wide, 2) + 120, a);
	fake_ptr(f, fake_slab_object(f, wide, 3) + 128, a);
	slab_whatis_read(fake_dump(f), get(f), &no_gpus, &tasks, a, &w);
	assert_int_equal(w.references.n, 2);
	assert_null(strstr(slab_reference_words(d->arena, &w.references.v[0]),
			   "SLUB's bytes"));
	assert_non_null(strstr(slab_reference_words(d->arena, &w.references.v[1]),
			       "+128, SLUB's bytes behind"));
}

static void look_at_all(struct fake *f, struct slabs *s, kaddr_t near)
{
	struct slab_selection sel;
	struct slab_overview o;
	struct slab_whatis w;
	struct slab_detail x;
	struct slab_types types;
	struct slab_users users;
	struct tasks tasks = {0};
	size_t i;

	slab_overview_read(fake_dump(f), s, &no_gpus, true, &o);
	for (i = 0; i < s->caches.all.n; i++)
		slab_detail_read(s, &s->caches.all.v[i], &x);
	if (slab_select(fake_dump(f), s, "kmalloc-128", false, &sel)) {
		slab_types_read(fake_dump(f), s, &no_gpus, &sel, &types);
		slab_users_read(fake_dump(f), s, &sel, &users);
	}
	slab_whatis_read(fake_dump(f), s, &no_gpus, &tasks, near, &w);
}

/* Whatever the dump says, each command ends, and reads nothing that is not there. */
static void anything_may_lie(void **state)
{
	struct fake *f = *state;
	kaddr_t a[6], page;
	unsigned int round, k, damaged = 0;
	struct slabs *s;

	for (k = 0; k < 6; k++)
		a[k] = fake_slab(f, k % 3 ? cache : other);
	fake_slab_free(f, a[1], 3);
	fake_slab_free(f, a[1], 7);
	fake_slab_partial(f, a[1]);
	fake_slab_free(f, a[2], 9);
	fake_slab_cpu_partial(f, a[2], 0);
	fake_slab_cpu(f, a[4], 1, fake_slab_object(f, a[4], 0));
	fake_id_set(f, cache, CACHE_FLAGS, 1u << 10 | 1u << 11 | 1u << 16);
	for (round = 0; round < 300; round++) {
		random_state = round;
		k = (unsigned int)random_below(6);
		page = fake_page_of(f, a[k]);
		spoil(f, page, 128, a[k]);
		spoil(f, a[k], 8192, a[(k + 1) % 6]);
		spoil(f, fake_cache_cpu(f, cache, k % 2), 32, page);
		if (round % 8 == 0)
			spoil(f, cache, 216, cache);
		dump_forget_all(fake_dump(f));
		s = slabs_get(fake_dump(f));
		if (s)
			look_at_all(f, s, a[k] + 64);
		damaged += s && s->damages;
		mend(f);
		arena_free(fake_dump(f)->arena);
		memset(&fake_dump(f)->notes, 0, sizeof(fake_dump(f)->notes));
	}
	assert_in_range(damaged, 150, 300);
}

/* ---- kept ---------------------------------------------------------------------------- */

static void kept_from_command_to_command(void **state)
{
	struct fake *f = *state;
	struct slabs *s;
	size_t reads;

	fake_slab(f, cache);
	fake_id_set(f, other, CACHE_SIZE, 0);
	s = get(f);
	arena_free(fake_dump(f)->arena);
	memset(&fake_dump(f)->notes, 0, sizeof(fake_dump(f)->notes));
	reads = fake_reads(f);
	assert_ptr_equal(get(f), s);
	assert_int_equal(fake_reads(f), reads);
	/* What could not be read is said again. */
	assert_true(fake_has_note(f, "contradicts itself"));
}

static void interrupted_anywhere(void **state)
{
	struct fake *f = *state;
	size_t n;

	fake_slab_partial(f, sound_slab(f));
	for (n = 1; n < 400; n++) {
		fake_interrupt_after(f, n);
		if (slabs_get(fake_dump(f)))
			break;
		arena_free(fake_dump(f)->arena);
		memset(&fake_dump(f)->notes, 0, sizeof(fake_dump(f)->notes));
	}
	assert_in_range(n, 20, 399);
	fake_interrupt_after(f, SIZE_MAX);
	assert_int_equal(get(f)->all.n, 1);
}

static void nothing_to_find_them_by(void **state)
{
	struct fake *f = *state;

	fake_no_symbol(f, "mem_section");
	assert_null(slabs_get(fake_dump(f)));
	assert_true(fake_has_note(f, "page array cannot be found"));
	fake_no_symbol(f, "slab_caches");
	assert_null(slabs_get(fake_dump(f)));
	assert_true(fake_has_note(f, "no SLUB that vgpu knows"));
}

/* ---- sheaves --------------------------------------------------------------------------- */

static kaddr_t sheaf_of(struct fake *f, kaddr_t a, unsigned int from, unsigned int n)
{
	kaddr_t sheaf = fake_alloc(f, 256);
	unsigned int k;

	fake_set(f, sheaf, "slab_sheaf.size", n);
	for (k = 0; k < n; k++)
		fake_ptr(f, fake_at(f, sheaf, "slab_sheaf.objects") + k * 8,
			 fake_slab_object(f, a, from + k));
	return sheaf;
}

/* 6.18 and later: objects in sheaves are free, while their slabs count them in use. */
static void sheaves(void **state)
{
	static const struct fake_row rows[] = {
		FAKE_M("kmem_cache.cpu_sheaves", 4096, 8),
		FAKE_M("kmem_cache.sheaf_capacity", 4104, 4),
		FAKE_M("kmem_cache.node", 4200, 8 * 64),
		FAKE_M("kmem_cache_node.barn", 64, 8),
		FAKE_T("slub_percpu_sheaves", 32),
		FAKE_M("slub_percpu_sheaves.main", 8, 8),
		FAKE_M("slub_percpu_sheaves.spare", 16, 8),
		FAKE_M("slub_percpu_sheaves.rcu_free", 24, 8),
		FAKE_M("slab_sheaf.barn_list", 0, 16),
		FAKE_M("slab_sheaf.size", 24, 4),
		FAKE_M("slab_sheaf.objects", 32, 0),
		FAKE_M("node_barn.sheaves_full", 8, 16),
		FAKE_M("node_barn.sheaves_empty", 24, 16),
	};
	struct fake *f = *state;
	kaddr_t a, percpu, barn, node, sheaf;
	struct slab_states n;
	struct slabs *s;

	fake_rows(f, rows, ARRAY_SIZE(rows));
	node = fake_alloc(f, 128);
	fake_list_head(f, fake_id_at(f, node, NODE_PARTIAL));
	fake_ptr(f, fake_at(f, cache, "kmem_cache.node"), node);
	a = fake_slab(f, cache);
	percpu = fake_percpu_alloc(f, 32);
	fake_set(f, cache, "kmem_cache.cpu_sheaves", percpu);
	fake_set(f, cache, "kmem_cache.sheaf_capacity", 8);
	fake_set(f, fake_percpu(f, 0, percpu), "slub_percpu_sheaves.main",
		 sheaf_of(f, a, 0, 3));
	fake_set(f, fake_percpu(f, 1, percpu), "slub_percpu_sheaves.rcu_free",
		 sheaf_of(f, a, 10, 2));
	barn = fake_alloc(f, 64);
	fake_set(f, node, "kmem_cache_node.barn", barn);
	fake_list_head(f, fake_at(f, barn, "node_barn.sheaves_full"));
	fake_list_head(f, fake_at(f, barn, "node_barn.sheaves_empty"));
	sheaf = sheaf_of(f, a, 20, 8);
	fake_list_add_tail(f, fake_at(f, barn, "node_barn.sheaves_full"),
			   fake_at(f, sheaf, "slab_sheaf.barn_list"));
	s = get(f);
	n = states_of(s, "kmalloc-128");
	assert_int_equal(n.n[SLAB_FULL][OBJECT_FREE], 11);
	assert_int_equal(n.n[SLAB_FULL][OBJECT_PENDING], 2);
	assert_int_equal(n.n[SLAB_FULL][OBJECT_ALLOCATED], 51);
	assert_int_equal(slab_totals_of(s, named(s, "kmalloc-128"))->sheaved, 13);
	assert_int_equal(s->damages, 0);
	/* Both numbers overwritten: no room of gigabytes is asked for. */
	fake_set(f, cache, "kmem_cache.sheaf_capacity", 0xffffffff);
	fake_set(f, sheaf, "slab_sheaf.size", 0xfffffff0);
	dump_forget_all(fake_dump(f));
	s = get(f);
	assert_damage(s, FLAW_LIST);
	assert_int_equal(slab_totals_of(s, named(s, "kmalloc-128"))->sheaved, 5);
}

/* ---- families ---------------------------------------------------------------------------- */

static void families(void **state)
{
	static const char *const names[][2] = {
		{"kmalloc-cg-64", "kmalloc-64"},
		{"kmalloc-rcl-64", "kmalloc-64"},
		{"kmalloc-rnd-07-64", "kmalloc-64"},
		{"kmalloc-part-12-64", "kmalloc-64"},
		{"kmalloc-rnd-64", "kmalloc-rnd-64"},
		{"dma-kmalloc-64", "dma-kmalloc-64"},
		{"kmalloc-64", "kmalloc-64"},
	};
	struct fake *f = *state;
	struct slab_selection sel;
	struct slabs *s;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		fake_cache(f, names[i][0], 64, 64);
	s = get(f);
	for (i = 0; i < ARRAY_SIZE(names); i++)
		assert_string_equal(named(s, names[i][0])->family, names[i][1]);
	assert_true(slab_select(fake_dump(f), s, "kmalloc-64", false, &sel));
	assert_int_equal(sel.v.n, 5);
	assert_true(slab_select(fake_dump(f), s, "kmalloc-64", true, &sel));
	assert_int_equal(sel.v.n, 1);
	assert_false(slab_select(fake_dump(f), s, "kmalloc-65", false, &sel));
}

static void names_are_escaped(void **state)
{
	struct fake *f = *state;

	fake_cache(f, "evil\033[2J", 64, 64);
	assert_string_equal(get(f)->caches.all.v[2].name, "evil\\x1b[2J");
}

/* ---- red zones and poison ------------------------------------------------------------------ */

static void red_zone_and_poison(void **state)
{
	struct fake *f = *state;
	unsigned char bytes[256];
	struct slab_detail x;
	kaddr_t a, debug;
	struct slabs *s;
	unsigned int k;

	debug = fake_cache(f, "debug", 64, 128);
	fake_id_set(f, debug, CACHE_FLAGS, 1u << 10 | 1u << 11);
	fake_id_set(f, debug, CACHE_RED_LEFT_PAD, 16);
	fake_id_set(f, debug, CACHE_INUSE, 72);
	fake_id_set(f, debug, CACHE_OFFSET, 72);
	a = fake_slab(f, debug);
	for (k = 0; k < 64; k++) {
		memset(bytes, 0xcc, sizeof(bytes));
		memset(bytes + 16, 0x11, 64);
		fake_bytes(f, a + k * 128, bytes, 16 + 72);
	}
	memset(bytes, 0xbb, sizeof(bytes));
	memset(bytes + 16, 0x6b, 63);
	bytes[16 + 63] = 0xa5;
	fake_bytes(f, a + 3 * 128, bytes, 16 + 72);
	fake_slab_free(f, a, 3);
	s = get(f);
	slab_detail_read(s, named(s, "debug"), &x);
	assert_int_equal(x.checked, 64);
	assert_int_equal(s->damages, 0);
	/* One byte past an object in use, and one byte in the free one. */
	fake_u8(f, fake_slab_object(f, a, 9) + 64, 0);
	fake_u8(f, fake_slab_object(f, a, 3) + 8, 0);
	slab_detail_read(s, named(s, "debug"), &x);
	assert_int_equal(s->damages, 2);
	assert_int_equal(s->damage.v[0].flaw, FLAW_POISON);
	assert_int_equal(s->damage.v[0].at, fake_slab_object(f, a, 3) + 8);
	assert_int_equal(s->damage.v[1].flaw, FLAW_RED_ZONE);
	assert_int_equal(s->damage.v[1].at, fake_slab_object(f, a, 9) + 64);
}

/* ---- tracks ----------------------------------------------------------------------------------- */

static void tracks(void **state)
{
	struct fake *f = *state;
	struct dump *d = fake_dump(f);
	size_t track = (size_t)layout_size(d, TRACK);
	kaddr_t alloc_at = fake_function(f, "load_msg", NULL, 0, 0x100) + 0x35, at, a,
		tracked;
	struct slab_selection sel;
	struct slab_users users;
	unsigned int k;

	tracked = fake_cache(f, "kmalloc-64", 64, 512);
	fake_id_set(f, tracked, CACHE_FLAGS, 1u << 16);
	a = fake_slab(f, tracked);
	for (k = 0; k < 16; k++) {
		at = fake_slab_object(f, a, k) + 64; /* the free pointer is inside */
		fake_id_set(f, at, TRACK_ADDR, alloc_at + k % 2);
		fake_id_set(f, at, TRACK_PID, 100 + k % 4);
		fake_id_set(f, at, TRACK_WHEN, 1000 + k);
		if (k == 5)
			fake_id_set(f, at + track, TRACK_ADDR, alloc_at);
	}
	fake_slab_free(f, a, 0);
	assert_true(slab_select(d, get(f), "kmalloc-64", false, &sel));
	slab_users_read(d, get(f), &sel, &users);
	assert_true(users.tracked);
	assert_int_equal(users.objects, 15);
	assert_int_equal(users.allocated.all.n, 2);
	assert_int_equal(users.allocated.all.v[0]->count, 8);
	assert_string_equal(users.allocated.all.v[0]->site, "load_msg+0x36");
	assert_int_equal(users.allocated.all.v[0]->npids, 2);
	assert_int_equal(users.allocated.all.v[0]->oldest, 1001);
	assert_int_equal(users.allocated.all.v[0]->youngest, 1015);
	assert_int_equal(users.freed.all.n, 1);
	assert_int_equal(users.freed.untracked, 14);
}

static void no_tracks(void **state)
{
	struct fake *f = *state;
	struct slab_selection sel;
	struct slab_users users;

	fake_slab(f, cache);
	assert_true(slab_select(fake_dump(f), get(f), "kmalloc-128", false, &sel));
	slab_users_read(fake_dump(f), get(f), &sel, &users);
	assert_false(users.tracked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		both(full_slabs_are_found),
		both(objects_by_address),
		both(each_object),
		both(kmalloc_caches),
		both(left_pad),
		both(pages_by_type),
		both(pages_by_cleared_bit),
		both(places_and_states),
		both(free_pointers_of_none),
		both(free_pointers_xor_swab),
		both(free_pointers_xor),
		both(free_pointers_plain),
		both(freelist_loops),
		both(freelist_points_outside),
		both(freelist_points_into_an_object),
		both(freelist_is_too_short),
		both(full_with_a_freelist),
		both(memory_is_excluded),
		both(slab_cache_points_elsewhere),
		both(counters_are_nonsense),
		both(a_cache_lies_about_its_order),
		both(more_in_use_than_there_are),
		both(cpu_has_a_foreign_slab),
		both(cpu_partial_loops),
		both(page_array_is_excluded),
		both(a_cpu_that_is_damaged_says_why),
		both(a_cache_that_contradicts_itself),
		both(a_pad_without_room),
		both(a_pointer_behind_an_object),
		both(anything_may_lie),
		both(kept_from_command_to_command),
		both(interrupted_anywhere),
		both(nothing_to_find_them_by),
		both(sheaves),
		both(families),
		both(names_are_escaped),
		both(red_zone_and_poison),
		both(tracks),
		both(no_tracks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
