// SPDX-License-Identifier: GPL-2.0-or-later
/* Who holds the memory, by the kernel's counters or by the page array. */
#include "test.h"

#include "facts/memory.h"
#include "fake_slab.h"
#include "kernel/mm/slab_sample.h"

#define SLAB (FAKE_PAGE << FAKE_SLAB_ORDER)

static struct memory m;
static kaddr_t large, small;

/* Three slabs of one cache, one of another; the kernel counts ten and twenty. */
static void two_caches(struct fake *f)
{
	size_t i;

	fake_pages(f);
	fake_variable(f, "_totalram_pages", 8);
	fake_variable(f, "vm_node_stat", 512);
	large = fake_cache(f, "kmalloc-128", 128, 128);
	small = fake_cache(f, "kmalloc-64", 64, 64);
	for (i = 0; i < 3; i++)
		fake_slab(f, large);
	fake_slab(f, small);
}

static void node_counts(struct fake *f, kaddr_t cache, uint64_t slabs, uint64_t objects)
{
	kaddr_t node = fake_peek_u64(f, fake_id_at(f, cache, CACHE_NODE));

	fake_id_set(f, node, NODE_NR_SLABS, slabs);
	fake_id_set(f, node, NODE_TOTAL_OBJECTS, objects);
}

/* In pages, as vm_node_stat[] has them. */
static void kernel_counts(struct fake *f, uint64_t total, uint64_t reclaimable,
			  uint64_t unreclaimable)
{
	kaddr_t stat = fake_value(f, "vm_node_stat");
	struct dump *d = fake_dump(f);

	fake_u64(f, fake_value(f, "_totalram_pages"), total);
	fake_u64(f, stat + 8 * (kaddr_t)layout_enum(d, NR_SLAB_RECLAIMABLE, 0),
		 reclaimable);
	fake_u64(f, stat + 8 * (kaddr_t)layout_enum(d, NR_SLAB_UNRECLAIMABLE, 0),
		 unreclaimable);
}

/* As of a kernel without CONFIG_SLUB_DEBUG. */
static void without_counters(struct fake *f)
{
	fake_absent(f, "kmem_cache_node.nr_slabs");
	fake_absent(f, "kmem_cache_node.total_objects");
}

static void read_it(struct fake *f)
{
	memset(&m, 0, sizeof(m));
	memory_read(fake_dump(f), &m);
	memory_count_slabs(fake_dump(f), &m);
}

/* What is left when all is counted is the kernel's own; files of which some are his. */
static void pages_of_the_kernel(void **state)
{
	struct memory_user u = {0};
	struct fake *f = *state;
	kaddr_t node, zone, vmalloc;
	uint64_t page;
	struct dump *d;

	two_caches(f);
	d = fake_dump(f);
	page = d->info.page_size;
	u.shmem = 100 * page;
	u.gem = 40 * page;
	kernel_counts(f, 1000, 10, 20);
	node_counts(f, large, 3, 96);
	node = fake_value(f, "vm_node_stat");
	zone = fake_variable(f, "vm_zone_stat", 512);
	vmalloc = fake_variable(f, "nr_vmalloc_pages", 8);
	fake_u64(f, zone + 8 * (kaddr_t)layout_enum(d, NR_FREE_PAGES, 0), 50);
	fake_u64(f, node + 8 * (kaddr_t)layout_enum(d, NR_ANON_PAGES, 0), 100);
	fake_u64(f, node + 8 * (kaddr_t)layout_enum(d, NR_FILE_PAGES, 0), 200);
	fake_u64(f, vmalloc, 300);
	read_it(f);
	assert_true(m.counted);
	assert_int_equal(m.vmalloc, 300 * page);
	assert_int_equal(memory_of_kernel(&m), m.total - m.slab - 350 * page);
	assert_int_equal(memory_of_files(&m, NULL), 200 * page);
	assert_int_equal(memory_of_files(&m, &u), 100 * page);
	m.shmem = 150 * page;
	assert_int_equal(memory_of_shmem(&m, NULL), 150 * page);
	assert_int_equal(memory_of_shmem(&m, &u), 50 * page);
	u.gem = 300 * page;
	assert_int_equal(memory_of_files(&m, &u), 0);
	/* More than there is was not counted, but made up. */
	fake_u64(f, vmalloc, UINT64_MAX);
	fake_u64(f, zone + 8 * (kaddr_t)layout_enum(d, NR_FREE_PAGES, 0), 2000);
	read_it(f);
	assert_int_equal(m.vmalloc, 0);
	assert_int_equal(memory_of_kernel(&m), 0);
}

/* Given on one CPU, and got back on the other. */
static void pages_that_the_host_has(void **state)
{
	struct fake *f = *state;
	kaddr_t events, inflate, deflate;
	struct dump *d;

	two_caches(f);
	d = fake_dump(f);
	read_it(f);
	assert_int_equal(m.balloon, 0);
	events = fake_percpu_variable(f, "vm_event_states", 1024);
	inflate = 8 * (kaddr_t)layout_enum(d, BALLOON_INFLATE, 0);
	deflate = 8 * (kaddr_t)layout_enum(d, BALLOON_DEFLATE, 0);
	fake_u64(f, fake_percpu(f, 0, events) + inflate, 1000);
	fake_u64(f, fake_percpu(f, 1, events) + inflate, 200);
	fake_u64(f, fake_percpu(f, 1, events) + deflate, 300);
	read_it(f);
	assert_int_equal(m.balloon, 900 * d->info.page_size);
	assert_int_equal(m.balloon_at, fake_percpu(f, 0, events) + inflate);
	/* More back than was given, or more than any machine has: that was not counted. */
	fake_u64(f, fake_percpu(f, 1, events) + deflate, 1300);
	read_it(f);
	assert_int_equal(m.balloon, 0);
	fake_u64(f, fake_percpu(f, 1, events) + deflate, 0);
	fake_u64(f, fake_percpu(f, 1, events) + inflate, 1ull << 41);
	read_it(f);
	assert_int_equal(m.balloon, 0);
	/* Of one CPU alone it is no number. */
	fake_u64(f, fake_percpu(f, 1, events) + inflate, 200);
	fake_exclude(f, fake_percpu(f, 1, events), 1024);
	read_it(f);
	assert_int_equal(m.balloon, 0);
}

static size_t index_of(kaddr_t cache)
{
	return slab_cache_by_addr(&m.caches, cache);
}

static void the_kernel_counts(void **state)
{
	struct fake *f = *state;

	two_caches(f);
	node_counts(f, large, 10, 640);
	node_counts(f, small, 20, 2560);
	fake_id_set(f, small, CACHE_OO, 64);
	read_it(f);
	assert_int_equal(m.cache_bytes[index_of(large)], 10 * SLAB);
	assert_int_equal(m.cache_bytes[index_of(small)], 20 * FAKE_PAGE);
	assert_int_equal(m.slab, 10 * SLAB + 20 * FAKE_PAGE);
}

static void without_its_counters_pages_are_counted(void **state)
{
	const struct slab_cache *c;
	struct fake *f = *state;

	two_caches(f);
	node_counts(f, large, 10, 640);
	kernel_counts(f, 1000, 100, 200);
	without_counters(f);
	read_it(f);
	c = &m.caches.all.v[index_of(large)];
	assert_true(c->counted);
	assert_int_equal(c->nr_slabs, 3);
	assert_int_equal(c->total_objects, 3 * SLAB / 128);
	assert_int_equal(m.cache_bytes[index_of(large)], 3 * SLAB);
	assert_int_equal(m.slab, 4 * SLAB);
	assert_int_equal(fake_dump(f)->notes.n, 0);
}

/* The page array of a large machine costs more than it tells, unless slabs are large too. */
static void a_large_machine_is_asked_for_its_sum_first(void **state)
{
	struct fake *f = *state;

	two_caches(f);
	kernel_counts(f, 5ul << 20, 1000, 2000);
	without_counters(f);
	read_it(f);
	assert_int_equal(m.slab, 3000 * FAKE_PAGE);
	assert_int_equal(m.cache_bytes[index_of(large)], 0);
	assert_false(m.caches.all.v[index_of(large)].counted);
	kernel_counts(f, 5ul << 20, 1000, 1ul << 20);
	read_it(f);
	assert_int_equal(m.cache_bytes[index_of(large)], 3 * SLAB);
	assert_int_equal(m.slab, 4 * SLAB);
}

/* A part of the page array, of each piece's neighbours one: that many are like it. */
static void a_part_stands_for_the_whole(void **state)
{
	struct slab_sample s;
	struct fake *f = *state;
	struct dump *d;
	uint64_t pages;
	size_t i;

	two_caches(f);
	d = fake_dump(f);
	read_it(f);
	assert_true(slab_sample_read(d, &m.caches, &s));
	assert_int_equal(s.each, 1);
	assert_int_equal(s.pages[index_of(large)], 6);
	assert_int_equal(s.pages[index_of(small)], 2);
	assert_int_equal(s.slabs.n, 4);
	/* Four times as large a machine as is looked at whole; its end is not there. */
	for (i = 0; i < 2000; i++)
		fake_slab(f, large);
	d->info.section_bits = 33;
	assert_true(slab_sample_read(d, &m.caches, &s));
	assert_int_equal(s.each, 4);
	pages = s.pages[index_of(large)] * s.each;
	assert_in_range(pages, 4006 - 4 * 128, 4006 + 4 * 128);
	d->info.section_bits = FAKE_SECTION_BITS;
	fake_no_symbol(f, "mem_section");
	assert_false(slab_sample_read(d, &m.caches, &s));
}

static void without_a_page_array_nothing_is_said(void **state)
{
	struct fake *f = *state;

	two_caches(f);
	kernel_counts(f, 1000, 100, 200);
	without_counters(f);
	fake_no_symbol(f, "mem_section");
	read_it(f);
	assert_int_equal(m.slab, 300 * FAKE_PAGE);
	assert_int_equal(m.cache_bytes[index_of(large)], 0);
}

/* CONFIG_SLAB: there are caches, of which nothing is as SLUB has it. */
static void without_slub_the_sum_is_known(void **state)
{
	struct fake *f = *state;

	two_caches(f);
	kernel_counts(f, 1000, 100, 200);
	fake_absent(f, "kmem_cache.oo");
	fake_absent(f, "kmem_cache.offset");
	read_it(f);
	assert_int_equal(m.slab, 300 * FAKE_PAGE);
	assert_int_equal(m.caches.all.n, 0);
}

static int on_6_1(void **state)
{
	*state = fake_6_1();
	return 0;
}

static int on_4_19(void **state)
{
	*state = fake_4_19_arm64();
	return 0;
}

#define on_all(f)                                                                        \
	{#f, f, test_5_10, test_end, NULL}, {#f " on 6.1", f, on_6_1, test_end, NULL},   \
	{                                                                                \
#f " on 4.19", f, on_4_19, test_end, NULL                                \
	}

int main(void)
{
	const struct CMUnitTest tests[] = {
		on_all(the_kernel_counts),
		on_all(pages_of_the_kernel),
		{"pages_that_the_host_has", pages_that_the_host_has, test_5_10, test_end,
		 NULL},
		{"pages_that_the_host_has on 6.1", pages_that_the_host_has, on_6_1,
		 test_end, NULL},
		on_all(without_its_counters_pages_are_counted),
		on_all(a_large_machine_is_asked_for_its_sum_first),
		on_all(a_part_stands_for_the_whole),
		on_all(without_a_page_array_nothing_is_said),
		on_all(without_slub_the_sum_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
