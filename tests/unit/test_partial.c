// SPDX-License-Identifier: GPL-2.0-or-later
/* Pages that are not in a core though they should be. */
#include "test.h"

#include <setjmp.h>

#include "fake_slab.h"
#include "readers/core/partial.h"

#define NOTE "this core lacks pages of the kernel's own"

static pfn_t pfn_of(kaddr_t addr)
{
	return (addr - FAKE_DIRECT_MAP) / FAKE_PAGE;
}

/* A page array with one slab of two pages, and partial.c over it. */
static struct partial *begin(void **state, kaddr_t *slab)
{
	struct fake *f = *state;

	fake_pages(f);
	*slab = fake_slab(f, fake_cache(f, "kmalloc-128", 128, 128));
	return partial_create(fake_dump(f), fake_dump(f)->arena);
}

static void a_slabs_page_should_be_there(void **state)
{
	kaddr_t slab;
	struct partial *p = begin(state, &slab);

	assert_int_equal(partial_pages(p), 0);
	partial_look(p, pfn_of(slab));
	assert_int_equal(partial_pages(p), 1);
	assert_true(fake_has_note(*state, NOTE));
}

static void each_of_its_pages_counts_and_each_once(void **state)
{
	kaddr_t slab;
	struct partial *p = begin(state, &slab);

	partial_look(p, pfn_of(slab + FAKE_PAGE));
	partial_look(p, pfn_of(slab + FAKE_PAGE));
	assert_int_equal(partial_pages(p), 1);
	partial_look(p, pfn_of(slab));
	assert_int_equal(partial_pages(p), 2);
}

/* The note is the command's, the count is the core's. */
static void the_next_command_is_told_as_well(void **state)
{
	struct dump *d = fake_dump(*state);
	kaddr_t slab;
	struct partial *p = begin(state, &slab);

	partial_look(p, pfn_of(slab));
	memset(&d->notes, 0, sizeof(d->notes));
	partial_look(p, pfn_of(slab));
	assert_true(fake_has_note(*state, NOTE));
	assert_int_equal(d->notes.n, 1);
	assert_int_equal(partial_pages(p), 1);
}

static void what_is_no_slab_may_be_left_out(void **state)
{
	struct fake *f = *state;
	kaddr_t slab, other;
	struct partial *p = begin(state, &slab);

	other = fake_alloc_pages(f, FAKE_PAGE);
	partial_look(p, pfn_of(other));
	/* There is no such page, and no struct page of it. */
	partial_look(p, 1ull << 40);
	assert_int_equal(partial_pages(p), 0);
	assert_int_equal(fake_dump(f)->notes.n, 0);
}

/* Nothing is known then, and nothing is said of what could not be looked at. */
static void without_a_page_array_nothing_is_said(void **state)
{
	struct dump *d = fake_dump(*state);
	struct partial *p = partial_create(d, d->arena);

	partial_look(p, pfn_of(FAKE_HEAP));
	assert_int_equal(partial_pages(p), 0);
	assert_int_equal(d->notes.n, 0);
}

static void the_page_array_may_be_left_out_too(void **state)
{
	struct fake *f = *state;
	kaddr_t slab;
	struct partial *p = begin(state, &slab);

	fake_exclude(f, fake_page_of(f, slab), 64);
	partial_look(p, pfn_of(slab));
	assert_int_equal(partial_pages(p), 0);
	assert_int_equal(fake_dump(f)->notes.n, 0);
}

/* A leak search reads each page that there is. */
static jmp_buf out_of_memory;

static enum dump_err no_memory(struct dump *d, kaddr_t addr, void *buf, size_t size)
{
	(void)d;
	(void)addr;
	(void)buf;
	(void)size;
	longjmp(out_of_memory, 1);
}

/* A command that ran out of memory is no reason not to tell the next one. */
static void after_a_command_without_memory(void **state)
{
	struct dump *d = fake_dump(*state);
	const struct dump_ops *whole = d->ops;
	struct dump_ops little = *whole;
	kaddr_t slab;
	struct partial *p = begin(state, &slab);

	little.read = no_memory;
	d->ops = &little;
	if (!setjmp(out_of_memory))
		partial_look(p, pfn_of(slab));
	d->ops = whole;
	partial_begin(p);
	partial_look(p, pfn_of(slab));
	assert_int_equal(partial_pages(p), 1);
	assert_true(fake_has_note(*state, NOTE));
}

static void many_pages_cost_little(void **state)
{
	struct fake *f = *state;
	kaddr_t slab;
	struct partial *p = begin(state, &slab);
	size_t reads;
	pfn_t i;

	for (i = 0; i < 30000; i++)
		partial_look(p, pfn_of(FAKE_HEAP) + i);
	reads = fake_reads(f);
	for (i = 0; i < 30000; i++)
		partial_look(p, pfn_of(FAKE_HEAP) + i);
	assert_int_equal(fake_reads(f), reads);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(a_slabs_page_should_be_there),
		fake_test(each_of_its_pages_counts_and_each_once),
		fake_test(the_next_command_is_told_as_well),
		fake_test(what_is_no_slab_may_be_left_out),
		fake_test(without_a_page_array_nothing_is_said),
		fake_test(the_page_array_may_be_left_out_too),
		fake_test(after_a_command_without_memory),
		fake_test(many_pages_cost_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
