// SPDX-License-Identifier: GPL-2.0-or-later
/* The search for lost objects, over slabs and pages of a fake dump. */
#define _GNU_SOURCE /* open_memstream() */
#include "test.h"

#include "fake_slab.h"
#include "report/report.h"
#include "triage/leak_judge.h"

static const struct gpus no_gpus;
static kaddr_t cache, slab, root;
static struct tasks tasks;

static void set_in_page(struct fake *f, kaddr_t addr, enum layout_id id, uint64_t v)
{
	fake_id_set(f, fake_page_of(f, addr), id, v);
}

/* A slab of kmalloc-128, full; one page that the kernel uses itself, empty. */
static int set_up(void **state)
{
	struct fake *f = fake_5_10();

	*state = f;
	fake_member(f, "page", "_refcount", 52, 4);
	fake_member(f, "page", "mapping", 24, 8);
	fake_enum(f, "PG_lru", 4);
	fake_pages(f);
	cache = fake_cache(f, "kmalloc-128", 128, 128);
	slab = fake_slab(f, cache);
	root = fake_alloc_pages(f, FAKE_PAGE);
	set_in_page(f, root, PAGE_REFCOUNT, 1);
	memset(&tasks, 0, sizeof(tasks));
	return 0;
}

#define leak_test(f) cmocka_unit_test_setup_teardown(f, set_up, test_end)

static kaddr_t object(struct fake *f, unsigned int k)
{
	return fake_slab_object(f, slab, k);
}

static struct leaks *search(struct fake *f)
{
	struct leaks *l = leaks_get(fake_dump(f), &tasks, NULL, true);

	assert_non_null(l);
	return l;
}

/* Refer to all objects but one from the root page. */
static void hold_all_but(struct fake *f, unsigned int not )
{
	unsigned int k, n = fake_slab_objects(f, slab);

	for (k = 0; k < n; k++)
		if (k != not )
			fake_ptr(f, root + 8 * (kaddr_t)k, object(f, k));
}

static void what_nothing_refers_to_is_lost(void **state)
{
	struct fake *f = *state;
	struct leaks *l;

	hold_all_but(f, 5);
	l = search(f);
	assert_int_equal(l->lost, 1);
	assert_int_equal(l->held, 0);
	assert_true(leaks_has(l, object(f, 5)));
	assert_false(leaks_has(l, object(f, 4)));
	assert_int_equal(l->lost_bytes, 128);
}

/* A pointer to a member, with a tag in its low bits, in another object. */
static void an_interior_pointer_counts(void **state)
{
	struct fake *f = *state;

	hold_all_but(f, 5);
	fake_ptr(f, object(f, 7) + 16, object(f, 5) + 0x48 + 3);
	assert_int_equal(search(f)->lost, 0);
}

static void name_page(struct fake *f, kaddr_t at, uint64_t page, uint32_t first,
		      uint32_t then)
{
	fake_u64(f, at, page);
	fake_u32(f, at + 8, first);
	fake_u32(f, at + 12, then);
}

/* As a request to discard refers to its ranges: bio_vec's page, length, offset. */
static void a_page_with_an_offset_counts(void **state)
{
	struct fake *f = *state;
	kaddr_t at = root + 0x800, page = fake_page_of(f, slab);
	uint32_t in = (uint32_t)(object(f, 5) - slab);

	hold_all_but(f, 5);
	name_page(f, at, page, 16, in);
	assert_int_equal(search(f)->lost, 0);
	/* scatterlist: offset and length, and the mark of a table's end. */
	name_page(f, at, page | 2, in, 16);
	assert_int_equal(search(f)->lost, 0);
	/* A pipe's buffer in another object. */
	name_page(f, at, 0, 0, 0);
	name_page(f, object(f, 7) + 16, page, in + 8, 16);
	assert_int_equal(search(f)->lost, 0);
}

/* From the second page of a slab on. */
static void a_later_page_of_a_slab_counts(void **state)
{
	struct fake *f = *state;

	hold_all_but(f, 40);
	name_page(f, root + 0x800, fake_page_of(f, slab + FAKE_PAGE), 64,
		  (uint32_t)(object(f, 40) - slab - FAKE_PAGE));
	assert_int_equal(search(f)->lost, 0);
	/* Out of the slab, from there. */
	name_page(f, root + 0x800, fake_page_of(f, slab + FAKE_PAGE), FAKE_PAGE,
		  (uint32_t)(object(f, 40) - slab - FAKE_PAGE));
	assert_int_equal(search(f)->lost, 1);
}

/* Links of pages, a compound page's heads, and pointers that no length stands behind. */
static void a_page_alone_does_not_count(void **state)
{
	struct fake *f = *state;
	kaddr_t at = root + 0x800, page = fake_page_of(f, slab);
	kaddr_t other = fake_page_of(f, root);

	hold_all_but(f, 0);
	name_page(f, at, page, 0, 0);
	assert_int_equal(search(f)->lost, 1);
	fake_ptr(f, at + 8, page);
	assert_int_equal(search(f)->lost, 1);
	name_page(f, at, page | 1, 16, 0);
	assert_int_equal(search(f)->lost, 1);
	name_page(f, at, page + 8, 16, 0);
	assert_int_equal(search(f)->lost, 1);
	name_page(f, at, 0, 0, 0);
	/* page->next and page->pages, of a CPU's partial slabs. */
	name_page(f, other + 8, page, 3, 0);
	assert_int_equal(search(f)->lost, 1);
}

static void a_poisoned_node_and_a_freelist_do_not_count(void **state)
{
	struct fake *f = *state;

	hold_all_but(f, 5);
	fake_u64(f, object(f, 5), 0xdead000000000100ull);
	fake_slab_free(f, slab, 6);
	fake_ptr(f, object(f, 6), object(f, 5)); /* what is free refers to nothing */
	fake_slab_partial(f, slab);
	assert_int_equal(search(f)->lost, 1);
}

static void what_is_free_is_not_lost(void **state)
{
	struct fake *f = *state;

	hold_all_but(f, 5);
	fake_slab_free(f, slab, 5);
	fake_slab_partial(f, slab);
	assert_int_equal(search(f)->lost, 0);
}

/* As a free page is on the list of a CPU. */
static void put_on_list(struct fake *f, kaddr_t page)
{
	kaddr_t list = fake_alloc(f, 16);

	fake_list_head(f, list);
	fake_list_add_tail(f, list, fake_id_at(f, fake_page_of(f, page), PAGE_LRU));
}

/* Processes' and files' pages hold no references, nor does free memory. */
static void whose_a_page_is(void **state)
{
	struct fake *f = *state;
	kaddr_t user = fake_alloc_pages(f, FAKE_PAGE);
	kaddr_t free = fake_alloc_pages(f, FAKE_PAGE);
	struct leaks *l;

	hold_all_but(f, 5);
	set_in_page(f, user, PAGE_REFCOUNT, 1);
	set_in_page(f, user, PAGE_FLAGS, 1u << 4);
	fake_ptr(f, user, object(f, 5));
	put_on_list(f, free);
	fake_ptr(f, free, object(f, 5));
	l = search(f);
	assert_int_equal(l->lost, 1);
	assert_int_equal(l->roots.user, 1);
	/* Unless a file's struct page itself does: page->mapping, page->private. */
	set_in_page(f, user, PAGE_MAPPING, object(f, 5) + 0x20);
	assert_int_equal(search(f)->lost, 0);
}

/*
 * Four pages in one piece, and no compound page, as blk-mq's requests are: the first
 * alone is counted.
 */
static void a_page_behind_the_first_of_a_block(void **state)
{
	struct fake *f = *state;
	kaddr_t block = fake_alloc_pages(f, 4 * FAKE_PAGE);
	kaddr_t third = fake_page_of(f, block + 2 * FAKE_PAGE);

	set_in_page(f, block, PAGE_REFCOUNT, 1);
	fake_list_head(f, fake_id_at(f, third, PAGE_LRU)); /* as at boot */
	hold_all_but(f, 5);
	fake_ptr(f, block + 2 * FAKE_PAGE, object(f, 5));
	assert_int_equal(search(f)->lost, 0);
	fake_ptr(f, fake_id_at(f, third, PAGE_LRU), 0xdead000000000100ull);
	assert_int_equal(search(f)->lost, 0);
	put_on_list(f, block + 2 * FAKE_PAGE);
	assert_int_equal(search(f)->lost, 1);
}

static void free_block(struct fake *f, kaddr_t first, unsigned int order)
{
	set_in_page(f, first, PAGE_TYPE, 0xf0000000u & ~0x80u);
	set_in_page(f, first, PAGE_PRIVATE, order);
}

/* Of a block of free pages too the first alone is marked. */
static void a_page_behind_the_first_free_one(void **state)
{
	struct fake *f = *state;
	kaddr_t block = fake_alloc_pages(f, 4 * FAKE_PAGE);

	free_block(f, block, 2);
	fake_list_head(f,
		       fake_id_at(f, fake_page_of(f, block + 3 * FAKE_PAGE), PAGE_LRU));
	hold_all_but(f, 5);
	fake_ptr(f, block + 3 * FAKE_PAGE, object(f, 5));
	assert_int_equal(search(f)->lost, 1);
	set_in_page(f, block, PAGE_PRIVATE, 1); /* that many and no more */
	assert_int_equal(search(f)->lost, 0);
	set_in_page(f, block, PAGE_PRIVATE, 64); /* no order at all */
	assert_int_equal(search(f)->lost, 0);
}

/*
 * In 6.11 the bit of free pages was one of the four that are set in pages without a type,
 * which are none.
 */
static void free_pages_of_6_11(void **state)
{
	struct fake *f = *state;
	kaddr_t free = fake_alloc_pages(f, 2 * FAKE_PAGE);

	fake_enum(f, "PG_buddy", 0x40000000);
	hold_all_but(f, 5);
	set_in_page(f, root, PAGE_TYPE, 0xffffffffu);
	assert_int_equal(search(f)->lost, 1);
	fake_ptr(f, root + 0x800, object(f, 5));
	assert_int_equal(search(f)->lost, 0);
	fake_ptr(f, root + 0x800, 0);
	set_in_page(f, free, PAGE_TYPE, ~0x40000000u);
	set_in_page(f, free, PAGE_PRIVATE, 1);
	fake_ptr(f, free, object(f, 5));
	assert_int_equal(search(f)->lost, 1);
}

/* Of a large block of free pages the middle is not looked at, so it may be missing. */
static void the_middle_of_free_memory(void **state)
{
	struct fake *f = *state;
	kaddr_t block = FAKE_DIRECT_MAP + (64ull << 20), last = block + 4095 * FAKE_PAGE;
	uint64_t free;

	hold_all_but(f, 5);
	free_block(f, block, 12);
	free = search(f)->roots.free;
	fake_exclude(f, fake_page_of(f, block + 2048 * FAKE_PAGE), 8 * FAKE_PAGE);
	assert_int_equal(search(f)->roots.unknown, 0);
	assert_int_equal(search(f)->roots.free, free);
	assert_int_equal(search(f)->lost, 1);

	/* No such block: it would hide memory. */
	set_in_page(f, last, PAGE_REFCOUNT, 1);
	assert_int_equal(search(f)->roots.unknown, 512);
	set_in_page(f, last, PAGE_REFCOUNT, 0);
	set_in_page(f, block, PAGE_PRIVATE, 19); /* no order */
	assert_int_equal(search(f)->roots.unknown, 512);
	set_in_page(f, block, PAGE_PRIVATE, 15); /* not where one of that order begins */
	assert_int_equal(search(f)->roots.unknown, 512);
	set_in_page(f, block, PAGE_PRIVATE, 12);
	assert_int_equal(search(f)->roots.unknown, 0);
}

/*
 * Behind the end of memory a section has struct pages that nobody has written to: the
 * pages are not there, and not missing either.
 */
static void struct_pages_of_no_memory(void **state)
{
	struct fake *f = *state;
	kaddr_t beyond = fake_page_of(f, FAKE_HEAP + (8u << 20));
	struct leaks *l;

	hold_all_but(f, 5);
	l = search(f);
	assert_int_equal(leaks_unread(l), 0);
	assert_int_equal(l->roots.excluded, 0);
	assert_int_equal(l->lost, 1);
	/* One that was written to is. */
	fake_list_head(f, beyond + (kaddr_t)layout_offset(fake_dump(f), PAGE_LRU));
	assert_int_equal(search(f)->roots.excluded, 1);
}

/* The firmware's pages have struct pages that are in use, and are in no dump. */
static void pages_of_no_memory(void **state)
{
	struct fake *f = *state;
	kaddr_t firmware = fake_alloc_pages(f, FAKE_PAGE), memory, iomem;

	hold_all_but(f, 5);
	set_in_page(f, firmware, PAGE_REFCOUNT, 1);
	fake_exclude(f, firmware, FAKE_PAGE);
	assert_int_equal(search(f)->roots.excluded, 1);
	iomem = fake_variable(f, "iomem_resource", 64);
	memory = fake_new(f, "resource");
	fake_ptr(f, fake_at(f, iomem, "resource.child"), memory);
	fake_set(f, memory, "resource.end", firmware - FAKE_DIRECT_MAP - 1);
	fake_set(f, memory, "resource.flags", 0x81000200);
	assert_int_equal(search(f)->roots.excluded, 0);
	/* A part of it is memory: no page of the kernel's. */
	fake_set(f, memory, "resource.end", firmware - FAKE_DIRECT_MAP + 0x7ff);
	assert_int_equal(search(f)->roots.excluded, 0);
	fake_set(f, memory, "resource.end", firmware - FAKE_DIRECT_MAP + FAKE_PAGE - 1);
	assert_int_equal(search(f)->roots.excluded, 1);
}

/* Below 1 MiB x86 reserves all for the start of its CPUs, and kexec leaves it out. */
static void the_lowest_memory(void **state)
{
	struct fake *f = *state;
	kaddr_t low = FAKE_DIRECT_MAP + 0xff000, high = FAKE_DIRECT_MAP + 0x100000;
	uint64_t reserved = 1ull << layout_enum(fake_dump(f), PG_RESERVED, 0);

	hold_all_but(f, 5);
	set_in_page(f, low, PAGE_FLAGS, reserved);
	assert_int_equal(search(f)->roots.excluded, 0);
	set_in_page(f, low, PAGE_FLAGS, 0);
	set_in_page(f, low, PAGE_REFCOUNT, 1); /* somebody has it all the same */
	assert_int_equal(search(f)->roots.excluded, 1);
	set_in_page(f, low, PAGE_REFCOUNT, 0);
	set_in_page(f, high, PAGE_FLAGS, reserved);
	assert_int_equal(search(f)->roots.excluded, 1);
}

static void a_damaged_slab_is_never_lost(void **state)
{
	struct fake *f = *state;

	fake_slab_free(f, slab, 3);
	fake_slab_link(f, slab, 3, FAKE_NOWHERE); /* out of the slab */
	fake_slab_partial(f, slab);
	assert_int_equal(search(f)->lost, 0);
	assert_true(search(f)->unknown > 0);
}

/* Slabs and references may be in the pages whose struct page is missing. */
static void struct_pages_that_are_not_in_the_dump(void **state)
{
	struct fake *f = *state;
	/* Whose struct pages fill one page. */
	kaddr_t gone = fake_alloc_pages(f, 128 * FAKE_PAGE) + 63 * FAKE_PAGE;
	kaddr_t rest = fake_alloc_pages(f, FAKE_PAGE);
	struct leak_groups g;
	struct leaks *l;
	int sure;

	/* What the test has no memory for is free. */
	free_block(f, FAKE_DIRECT_MAP, 12);
	free_block(f, rest, 15);
	hold_all_but(f, 5);
	l = search(f);
	leak_groups_read(fake_dump(f), l, &no_gpus, NULL, &g);
	sure = leak_confidence(l, &g.all.v[0]);
	fake_exclude(f, fake_page_of(f, gone - gone % (64 * FAKE_PAGE)), 64);
	l = search(f);
	assert_int_equal(l->roots.unknown, 64);
	assert_int_equal(leaks_unread(l), 64);
	leak_groups_read(fake_dump(f), l, &no_gpus, NULL, &g);
	assert_int_equal(g.n, 1);
	assert_true(leak_confidence(l, &g.all.v[0]) < sure);
}

static void a_slab_that_is_not_in_the_dump(void **state)
{
	struct fake *f = *state;
	struct leaks *l;

	fake_exclude(f, slab, FAKE_PAGE);
	l = search(f);
	assert_int_equal(l->lost, 0);
	assert_int_equal(l->slab_unread, 2);
}

/* A sleeping task's stack counts from its stack pointer on. */
static void the_dead_part_of_a_stack(void **state)
{
	struct fake *f = *state;
	kaddr_t stack = fake_alloc_pages(f, 2 * FAKE_PAGE);
	struct task t = {.stack = stack,
			 .stack_size = 2 * FAKE_PAGE,
			 .sp = stack + FAKE_PAGE + 0x100};

	set_in_page(f, stack, PAGE_REFCOUNT, 1);
	set_in_page(f, stack + FAKE_PAGE, PAGE_REFCOUNT, 1);
	tasks.all.v = &t;
	tasks.all.n = 1;
	hold_all_but(f, 5);
	fake_ptr(f, stack + 0x10, object(f, 5));
	fake_ptr(f, stack + FAKE_PAGE + 0xf8, object(f, 5));
	assert_int_equal(search(f)->lost, 1);
	tasks.all.v[0].on_cpu = true; /* its stack pointer is stale */
	assert_int_equal(search(f)->lost, 0);
	tasks.all.v[0].on_cpu = false;
	fake_ptr(f, stack + FAKE_PAGE + 0x100, object(f, 5));
	assert_int_equal(search(f)->lost, 0);
}

/* The list of what waits for RCU goes through an object that kmemleak leaves out. */
static void queued_behind_a_record(struct fake *f, const char *list)
{
	kaddr_t records = fake_cache(f, "kmemleak_object", 128, 128), slab2, data;

	fake_member(f, "rcu_data", "cblist.head", 8, 8);
	fake_id_set(f, records, CACHE_FLAGS, 0x00800000);
	slab2 = fake_slab(f, records);
	data = fake_percpu(f, 1, fake_percpu_variable(f, list, 64));
	hold_all_but(f, 5);
	assert_int_equal(search(f)->lost, 1);
	fake_ptr(f, data + 8, fake_slab_object(f, slab2, 3) + 16);
	assert_int_equal(search(f)->lost, 1);
	fake_ptr(f, fake_slab_object(f, slab2, 3) + 16, object(f, 5) + 24);
	assert_int_equal(search(f)->lost, 0);
	/* A list that comes back to itself ends. */
	fake_ptr(f, object(f, 5) + 24, object(f, 5) + 24);
	assert_int_equal(search(f)->lost, 0);
}

static void what_is_queued_behind_a_record_of_kmemleak(void **state)
{
	queued_behind_a_record(*state, "rcu_data");
}

/* Of 4.19 there are two lists, or three. */
static void what_is_queued_for_an_older_rcu(void **state)
{
	queued_behind_a_record(*state, "rcu_sched_data");
}

/* What fork() keeps of a task that has ended. */
static void a_kept_stack(void **state)
{
	struct fake *f = *state;
	kaddr_t stack = fake_alloc_pages(f, 2 * FAKE_PAGE),
		area = fake_alloc_pages(f, FAKE_PAGE);
	kaddr_t slots = fake_percpu_variable(f, "cached_stacks", 16);

	set_in_page(f, stack, PAGE_REFCOUNT, 1);
	set_in_page(f, stack + FAKE_PAGE, PAGE_REFCOUNT, 1);
	fake_id_set(f, area, VM_STRUCT_ADDR, stack);
	fake_id_set(f, area, VM_STRUCT_SIZE, 2 * FAKE_PAGE);
	hold_all_but(f, 5);
	fake_ptr(f, stack + FAKE_PAGE + 0x10, object(f, 5));
	assert_int_equal(search(f)->lost, 0);
	fake_ptr(f, fake_percpu(f, 0, slots) + 8, area);
	assert_int_equal(search(f)->lost, 1);
}

static void the_result_is_kept(void **state)
{
	struct fake *f = *state;
	struct leaks *l;

	hold_all_but(f, 5);
	l = search(f);
	fake_ptr(f, root + 8 * 5, object(f, 5));
	assert_ptr_equal(leaks_get(fake_dump(f), &tasks, NULL, false), l);
	assert_int_equal(l->lost, 1);
	assert_int_equal(search(f)->lost, 0);
}

/* The command that searched has ended, and its memory with it. */
static void the_next_command_reads_slabs_too(void **state)
{
	struct fake *f = *state;
	struct leak_groups g;

	hold_all_but(f, 5);
	search(f);
	arena_free(fake_dump(f)->arena);
	memset(&fake_dump(f)->notes, 0, sizeof(fake_dump(f)->notes));
	leak_groups_read(fake_dump(f), leaks_known(fake_dump(f)), &no_gpus, NULL, &g);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.all.v[0].example, object(f, 5));
}

/* They refer to every object of the boot. */
static void kmemleaks_static_records(void **state)
{
	struct fake *f = *state;
	kaddr_t pages = fake_alloc_pages(f, 2 * FAKE_PAGE), pool = pages + 0xf00;

	set_in_page(f, pages, PAGE_REFCOUNT, 1);
	set_in_page(f, pages + FAKE_PAGE, PAGE_REFCOUNT, 1);
	hold_all_but(f, 5);
	fake_ptr(f, pages + FAKE_PAGE, object(f, 5));
	fake_variable_size(f, "mem_pool", 0x180);
	assert_int_equal(search(f)->lost, 0);
	fake_symbol(f, "mem_pool", pool);
	assert_int_equal(search(f)->lost, 1);
	/* What lies before them and behind them does count. */
	fake_ptr(f, pool - 8, object(f, 5));
	assert_int_equal(search(f)->lost, 0);
	fake_ptr(f, pool - 8, 0);
	fake_ptr(f, pool + 0x180, object(f, 5));
	assert_int_equal(search(f)->lost, 0);
}

/* One object, named by the word at this place alone. */
static uint64_t lost_when_named_at(struct fake *f, kaddr_t at)
{
	uint64_t lost;

	fake_ptr(f, at, object(f, 5));
	lost = search(f)->lost;
	fake_ptr(f, at, 0);
	return lost;
}

/* Code, constants, what is written to while the kernel starts, constants. */
static void code_and_constants(void **state)
{
	struct fake *f = *state;
	kaddr_t image = fake_alloc_pages(f, 4 * FAKE_PAGE), page;

	for (page = image; page < image + 4 * FAKE_PAGE; page += FAKE_PAGE)
		set_in_page(f, page, PAGE_REFCOUNT, 1);
	hold_all_but(f, 5);
	assert_int_equal(lost_when_named_at(f, image + 8), 0);
	fake_symbol(f, "_stext", image);
	fake_symbol(f, "_etext", image + 0x800);
	assert_int_equal(lost_when_named_at(f, image + 8), 1);
	assert_int_equal(lost_when_named_at(f, image + 0x800), 0);

	/* Where among the constants the others lie is not known: all may be. */
	fake_symbol(f, "__start_rodata", image + FAKE_PAGE);
	fake_symbol(f, "__end_rodata", image + 4 * FAKE_PAGE);
	assert_int_equal(lost_when_named_at(f, image + FAKE_PAGE), 0);
	fake_symbol(f, "__start_ro_after_init", image + 2 * FAKE_PAGE + 0x100);
	fake_symbol(f, "__end_ro_after_init", image + 2 * FAKE_PAGE + 0x200);
	assert_int_equal(lost_when_named_at(f, image + FAKE_PAGE), 1);
	assert_int_equal(lost_when_named_at(f, image + 2 * FAKE_PAGE + 0x100), 0);
	assert_int_equal(lost_when_named_at(f, image + 2 * FAKE_PAGE + 0x1f8), 0);
	assert_int_equal(lost_when_named_at(f, image + 3 * FAKE_PAGE), 1);
}

static void ctrl_c_leaves_nothing(void **state)
{
	struct fake *f = *state;
	size_t n;

	hold_all_but(f, 5);
	search(f); /* types and the index of slabs are known now */
	for (n = 0; n < 3; n++) {
		fake_interrupt_after(f, n);
		assert_null(leaks_get(fake_dump(f), &tasks, NULL, true));
		assert_null(leaks_known(fake_dump(f)));
	}
}

static void groups_of_what_is_alike(void **state)
{
	struct fake *f = *state;
	kaddr_t ops = fake_variable(f, "some_fence_ops", 64);
	struct leak_groups g;
	struct leaks *l;
	unsigned int k;

	for (k = 4; k < fake_slab_objects(f, slab); k++)
		fake_ptr(f, root + 8 * (kaddr_t)k, object(f, k));
	for (k = 0; k < 3; k++)
		fake_ptr(f, object(f, k) + 8, ops);
	fake_ptr(f, object(f, 0) + 24, object(f, 1));
	l = search(f);
	leak_groups_read(fake_dump(f), l, &no_gpus, NULL, &g);
	assert_int_equal(g.n, 4);
	assert_true(g.all.n >= 2);
	assert_int_equal(g.all.v[0].n, 3);
	assert_int_equal(g.all.v[0].held, 1);
	assert_string_equal(g.all.v[0].cache->name, "kmalloc-128");
	assert_false(g.all.v[0].tracked);
	assert_false(leaks_has(l, object(f, 9)));
}

/* Paths to one call site: of fences each counts, of others they are one owner. */
static void groups_of_one_call_site(void **state)
{
	struct fake *f = *state;
	struct dump *d = fake_dump(f);
	size_t ops = (size_t)layout_offset(d, DMA_FENCE_OPS);
	kaddr_t tracked, lost, at, table = fake_variable(f, "some_fence_ops", 64);
	struct leak_groups g;
	unsigned int k;

	tracked = fake_cache(f, "tracked", 128, 512);
	fake_id_set(f, tracked, CACHE_FLAGS, 1u << 16);
	lost = fake_slab(f, tracked);
	hold_all_but(f, 0xffff);
	for (k = 0; k < fake_slab_objects(f, lost); k++) {
		at = fake_slab_object(f, lost, k);
		fake_id_set(f, at + 128, TRACK_ADDR, 0xffffffff81000010ull);
		fake_u64(f, fake_id_at(f, at + 128, TRACK_ADDRS),
			 0xffffffff81000020ull + k % 2);
	}
	leak_groups_read(d, search(f), &no_gpus, NULL, &g);
	assert_int_equal(g.all.n, 1);
	for (k = 0; k < fake_slab_objects(f, lost); k++)
		fake_ptr(f, fake_slab_object(f, lost, k) + ops, table);
	leak_groups_read(d, search(f), &no_gpus, NULL, &g);
	assert_int_equal(g.all.n, 2);
	assert_int_equal(g.all.v[0].n, g.all.v[1].n);
}

/* A sysctl table's header, which nothing refers to, is kept and not lost. */
static void headers_of_sysctl(void **state)
{
	struct fake *f = *state;
	kaddr_t tables = fake_variable(f, "sysctl_table_root", 64);
	char *text = NULL;
	size_t length;
	struct facts facts = {.arena = fake_dump(f)->arena,
			      .notes = &fake_dump(f)->notes};
	struct leak_groups g;
	struct leaks *l;
	FILE *out;

	hold_all_but(f, 5);
	fake_id_set(f, object(f, 5), CTL_HEADER_ROOT, tables);
	l = search(f);
	leak_groups_read(fake_dump(f), l, &no_gpus, NULL, &g);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.kept, 1);
	assert_int_equal(g.kept_bytes, 128);
	assert_true(leak_is_kept(&g.all.v[0]));
	out = open_memstream(&text, &length);
	text_leaks(out, &facts, l, NULL, NULL, &g);
	fclose(out);
	assert_int_equal(strncmp(text, "LOST      none of 64 ", 21), 0);
	assert_non_null(strstr(text, "\nKEPT      1 objects, 128 bytes"));
	free(text);
}

/* An NFS directory's pages in the page cache refer to its names. */
static void names_of_nfs(void **state)
{
	struct fake *f = *state;
	struct leak_groups g;

	hold_all_but(f, 5);
	fake_string(f, object(f, 5), "a-file-of-the-server");
	leak_groups_read(fake_dump(f), search(f), &no_gpus, NULL, &g);
	assert_int_equal(g.all.v[0].kind, KIND_TEXT);
	assert_int_equal(g.all.v[0].kept, KEPT_NOT);
	fake_variable(f, "nfs_dir_aops", 8);
	leak_groups_read(fake_dump(f), search(f), &no_gpus, NULL, &g);
	assert_int_equal(g.all.v[0].kept, KEPT_NFS_NAMES);
	assert_non_null(leak_excuse(&g.all.v[0]));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		leak_test(what_nothing_refers_to_is_lost),
		leak_test(an_interior_pointer_counts),
		leak_test(a_page_with_an_offset_counts),
		leak_test(a_later_page_of_a_slab_counts),
		leak_test(a_page_alone_does_not_count),
		leak_test(a_poisoned_node_and_a_freelist_do_not_count),
		leak_test(what_is_free_is_not_lost),
		leak_test(whose_a_page_is),
		leak_test(a_page_behind_the_first_of_a_block),
		leak_test(a_page_behind_the_first_free_one),
		leak_test(free_pages_of_6_11),
		leak_test(the_middle_of_free_memory),
		leak_test(struct_pages_of_no_memory),
		leak_test(pages_of_no_memory),
		leak_test(the_lowest_memory),
		leak_test(a_damaged_slab_is_never_lost),
		leak_test(a_slab_that_is_not_in_the_dump),
		leak_test(struct_pages_that_are_not_in_the_dump),
		leak_test(the_dead_part_of_a_stack),
		leak_test(what_is_queued_behind_a_record_of_kmemleak),
		leak_test(what_is_queued_for_an_older_rcu),
		leak_test(a_kept_stack),
		leak_test(the_result_is_kept),
		leak_test(the_next_command_reads_slabs_too),
		leak_test(kmemleaks_static_records),
		leak_test(code_and_constants),
		leak_test(ctrl_c_leaves_nothing),
		leak_test(groups_of_what_is_alike),
		leak_test(groups_of_one_call_site),
		leak_test(headers_of_sysctl),
		leak_test(names_of_nfs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
