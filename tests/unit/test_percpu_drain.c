// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "kernel/mm/percpu_drain.h"

static struct tasks tasks;
static struct workqueues wqs;
static struct drain drain;

static kaddr_t queue, xorg, zones[3];

static void read_all(struct fake *f)
{
	tasks_read(fake_dump(f), &tasks);
	workqueues_read(fake_dump(f), &tasks, &wqs);
	drain_read(fake_dump(f), &tasks, &wqs, &drain);
}

/* A pglist_data with DMA (empty), DMA32 and Normal. */
static kaddr_t node(struct fake *f, int id)
{
	kaddr_t pgdat = fake_new(f, "pglist_data");
	int i;

	fake_set(f, pgdat, "pglist_data.node_id", (uint64_t)id);
	fake_set(f, pgdat, "pglist_data.nr_zones", 3);
	for (i = 0; i < 3; i++) {
		zones[i] =
			fake_at(f, pgdat, "pglist_data.node_zones") + (kaddr_t)i * 1472;
		fake_id_set(f, zones[i], ZONE_PCP, fake_percpu_alloc(f, 64));
		fake_set(f, zones[i], "zone.present_pages", i ? 1000 : 0);
	}
	return pgdat;
}

static void pages(struct fake *f, int zone, unsigned int cpu, uint64_t n)
{
	const char *name = layout_name(fake_dump(f), ZONE_PCP);

	fake_id_set(f, fake_percpu(f, cpu, fake_get(f, zones[zone], name)), PCP_COUNT, n);
}

/* What every kernel has: mutex, mask, queue, zones. */
static void kernel_with_mask(struct fake *f, const char *mask)
{
	fake_kernel(f);
	fake_workqueues(f);
	xorg = fake_task(f, 700, "Xorg");
	queue = fake_wq(f, "mm_percpu_wq", 8);
	fake_ptr(f, fake_variable(f, "mm_percpu_wq", 8), queue);
	fake_function(f, "drain_all_pages", NULL, 0, 0);
	fake_variable(f, "pcpu_drain_mutex", 32);
	fake_variable(f, mask, 128);
	fake_ptr(f, fake_variable(f, "node_data", 64), node(f, 0));
	fake_percpu_variable(f, "lru_add_drain_work", 32);
}

static void kernel(struct fake *f)
{
	kernel_with_mask(f, "cpus_with_pcps.47381");
}

static void owned(struct fake *f, uint64_t word)
{
	fake_set(f, fake_value(f, "pcpu_drain_mutex"), "mutex.owner", word);
}

/* The work of CPU 1, wherever in its per-CPU struct it is. */
static kaddr_t drain_work(struct fake *f)
{
	kaddr_t base = fake_percpu(f, 1, fake_value(f, "pcpu_drain"));

	return layout_has(fake_dump(f), PCPU_DRAIN_WORK)
		       ? fake_id_at(f, base, PCPU_DRAIN_WORK)
		       : base;
}

static kaddr_t queue_drain(struct fake *f)
{
	kaddr_t work = drain_work(f);

	fake_work_at(f, work, "drain_local_pages_wq");
	fake_work_queue(f, queue, 1, work);
	return work;
}

/* ---- shapes ------------------------------------------------------------- */

/* 5.0 to 5.19. */
static void with_a_struct(void **state)
{
	kaddr_t work;

	kernel(*state);
	fake_percpu_variable(*state, "pcpu_drain", 40);
	work = queue_drain(*state);
	fake_set(*state, fake_percpu(*state, 1, fake_value(*state, "pcpu_drain")),
		 "pcpu_drain.zone", zones[2]);
	read_all(*state);
	assert_int_equal(drain.shape, DRAIN_STRUCT);
	assert_int_equal(drain.cpus.n, 2);
	assert_int_equal(drain.cpus.v[1].cpu, 1);
	assert_int_equal(drain.cpus.v[1].work_addr, work);
	assert_true(drain.cpus.v[1].queued);
	assert_non_null(drain.cpus.v[1].work);
	assert_int_equal(drain.cpus.v[1].work->place, WORK_PENDING);
	assert_string_equal(drain.cpus.v[1].work->function, "drain_local_pages_wq");
	assert_int_equal(drain.cpus.v[1].zone, zones[2]);
	assert_int_not_equal(drain.cpus.v[0].work_addr, 0);
	assert_false(drain.cpus.v[0].queued);
	assert_null(drain.cpus.v[0].work);
	assert_int_equal(drain.mm_percpu_wq, queue);
	assert_string_equal(drain.wq->name, "mm_percpu_wq");
	assert_int_equal(fake_dump(*state)->notes.n, 0);
}

/* 4.19: a plain work_struct. */
static void with_a_plain_work(void **state)
{
	kaddr_t work;

	fake_absent(*state, "pcpu_drain");
	kernel(*state);
	fake_percpu_variable(*state, "pcpu_drain", 32);
	work = queue_drain(*state);
	read_all(*state);
	assert_int_equal(drain.shape, DRAIN_WORK);
	assert_int_equal(work, fake_percpu(*state, 1, fake_value(*state, "pcpu_drain")));
	assert_int_equal(drain.cpus.v[1].work_addr, work);
	assert_true(drain.cpus.v[1].queued);
	assert_int_equal(drain.cpus.v[1].work->addr, work);
	assert_int_equal(drain.cpus.v[1].zone, 0);
}

/* 6.0: the drainer does it all itself. */
static void without_works(void **state)
{
	kernel(*state);
	pages(*state, 1, 1, 7);
	read_all(*state);
	assert_int_equal(drain.shape, DRAIN_REMOTE);
	assert_int_equal(drain.cpus.n, 2);
	assert_int_equal(drain.cpus.v[1].work_addr, 0);
	assert_false(drain.cpus.v[1].queued);
	assert_null(drain.cpus.v[1].work);
	assert_int_equal(drain.cpus.v[1].pcp_pages, 7);
}

static void without_symbols(void **state)
{
	fake_kernel(*state);
	read_all(*state);
	assert_int_equal(drain.shape, DRAIN_UNKNOWN);
	assert_int_equal(drain.mutex, 0);
	assert_int_equal(drain.mask, 0);
	assert_null(drain.owner);
	assert_null(drain.wq);
	assert_int_equal(drain.cpus.n, 2);
	assert_false(drain.cpus.v[0].pcp_known);
	assert_false(drain.cpus.v[0].waited_for);
	assert_int_equal(drain.lru_works.n, 2);
	assert_null(drain.lru_works.v[0]);
	assert_true(fake_has_note(*state, "per-CPU page lists"));
}

static void shape_names(void **state)
{
	(void)state;
	assert_non_null(strstr(drain_shape_name(DRAIN_STRUCT), "with its zone"));
	assert_non_null(strstr(drain_shape_name(DRAIN_REMOTE), "no work"));
	assert_string_equal(drain_shape_name(DRAIN_UNKNOWN), "unknown");
}

static void work_runs(void **state)
{
	kaddr_t work, worker;

	kernel(*state);
	fake_percpu_variable(*state, "pcpu_drain", 40);
	work = drain_work(*state);
	worker = fake_worker(*state, 1, 0, 17);
	fake_work_at(*state, work, "drain_local_pages_wq");
	fake_work_run(*state, worker, queue, work);
	read_all(*state);
	/* Begun, so not pending any more. */
	assert_false(drain.cpus.v[1].queued);
	assert_int_equal(drain.cpus.v[1].work->place, WORK_RUNNING);
	assert_int_equal(drain.cpus.v[1].work->worker->task->pid, 17);
}

static void work_unreadable(void **state)
{
	kernel(*state);
	fake_percpu_variable(*state, "pcpu_drain", 40);
	fake_percpu_offset(*state, 1, FAKE_NOWHERE);
	read_all(*state);
	assert_false(drain.cpus.v[1].queued);
	assert_true(fake_has_note(*state, "drain work of CPU 1 cannot be read"));
}

/* ---- who drains --------------------------------------------------------- */

static void mutex_owner_is_found(void **state)
{
	kernel(*state);
	read_all(*state);
	assert_int_equal(drain.mutex, fake_value(*state, "pcpu_drain_mutex"));
	assert_true(drain.mutex_known);
	assert_null(drain.owner);
	assert_int_equal(drain.owner_addr, 0);
	owned(*state, xorg | 3);
	read_all(*state);
	assert_int_equal(drain.owner->pid, 700);
	assert_int_equal(drain.owner_addr, xorg);
	owned(*state, FAKE_NOWHERE | 1);
	read_all(*state);
	assert_true(drain.mutex_known);
	assert_null(drain.owner);
	assert_int_equal(drain.owner_addr, FAKE_NOWHERE);
	fake_unmap(*state, drain.mutex, 8);
	read_all(*state);
	assert_false(drain.mutex_known);
	assert_null(drain.owner);
}

static void assert_waited_for(bool cpu0, bool cpu1)
{
	assert_int_equal(drain.cpus.v[0].waited_for, cpu0);
	assert_int_equal(drain.cpus.v[1].waited_for, cpu1);
}

static void mask(void **state)
{
	kaddr_t addr;

	kernel(*state);
	owned(*state, xorg);
	addr = fake_value(*state, "cpus_with_pcps.47381");
	read_all(*state);
	assert_int_equal(drain.mask, addr);
	assert_waited_for(false, false);
	fake_u64(*state, addr, 2);
	read_all(*state);
	assert_waited_for(false, true);
	fake_exclude(*state, addr, 8);
	read_all(*state);
	assert_waited_for(false, false);
	/* In a file of its own it has no number, and goes before the numbered. */
	addr = fake_variable(*state, "cpus_with_pcps", 128);
	fake_u64(*state, addr, 1);
	read_all(*state);
	assert_int_equal(drain.mask, addr);
}

static void mask_of_clang(void **state)
{
	kaddr_t addr;

	kernel_with_mask(*state, "__drain_all_pages.cpus_with_pcps");
	owned(*state, xorg);
	addr = fake_value(*state, "__drain_all_pages.cpus_with_pcps");
	fake_u64(*state, addr, 2);
	read_all(*state);
	assert_int_equal(drain.mask, addr);
	assert_waited_for(false, true);
}

static void mask_of_the_ninth_cpu(void **state)
{
	fake_dump(*state)->info.cpus = 9;
	kernel(*state);
	owned(*state, xorg);
	fake_u64(*state, fake_value(*state, "cpus_with_pcps.47381"), 0x101);
	read_all(*state);
	assert_true(drain.cpus.v[0].waited_for);
	assert_false(drain.cpus.v[7].waited_for);
	assert_true(drain.cpus.v[8].waited_for);
}

/* The mask is static: it keeps the last drainer's CPUs when nobody drains. */
static void mask_of_a_drain_that_is_over(void **state)
{
	kernel(*state);
	fake_u64(*state, fake_value(*state, "cpus_with_pcps.47381"), 3);
	read_all(*state);
	assert_waited_for(false, false);
	/* Whether anybody drains is not known: the mask is all there is. */
	fake_absent(*state, "mutex.owner");
	read_all(*state);
	assert_waited_for(true, true);
}

static void lru_works(void **state)
{
	kaddr_t work;

	kernel(*state);
	work = fake_percpu(*state, 1, fake_value(*state, "lru_add_drain_work"));
	fake_work_at(*state, work, "lru_add_drain_per_cpu");
	fake_work_queue(*state, queue, 1, work);
	read_all(*state);
	assert_int_equal(drain.lru_works.n, 2);
	assert_null(drain.lru_works.v[0]);
	assert_int_equal(drain.lru_works.v[1]->addr, work);
}

/* ---- pages on per-CPU lists --------------------------------------------- */

static void counts(void **state)
{
	kernel(*state);
	pages(*state, 0, 1, 1000); /* of a zone without pages: not looked at */
	pages(*state, 1, 1, 20);
	pages(*state, 2, 1, 3);
	read_all(*state);
	assert_true(drain.cpus.v[0].pcp_known);
	assert_int_equal(drain.cpus.v[0].pcp_pages, 0);
	assert_int_equal(drain.cpus.v[1].pcp_pages, 23);
}

/* 5.14: zone.per_cpu_pageset points at struct per_cpu_pages itself. */
static void counts_of_newer_kernels(void **state)
{
	fake_absent(*state, "per_cpu_pageset");
	fake_absent(*state, "zone.pageset");
	fake_member(*state, "zone", "per_cpu_pageset", 88, 8);
	fake_member(*state, "per_cpu_pages", "count", 4, 4);
	kernel(*state);
	pages(*state, 2, 1, 42);
	read_all(*state);
	assert_int_equal(drain.cpus.v[1].pcp_pages, 42);
}

static void counts_without_numa(void **state)
{
	kaddr_t pgdat;

	kernel(*state);
	pages(*state, 2, 0, 5);
	pgdat = fake_peek_u64(*state, fake_value(*state, "node_data"));
	fake_no_symbol(*state, "node_data");
	fake_symbol(*state, "contig_page_data", pgdat);
	read_all(*state);
	assert_int_equal(drain.cpus.v[0].pcp_pages, 5);
}

static void counts_of_several_nodes(void **state)
{
	kernel(*state);
	pages(*state, 2, 1, 1);
	/* Node 1 does not exist, and what follows the array is no node. */
	fake_ptr(*state, fake_value(*state, "node_data") + 16, node(*state, 2));
	pages(*state, 1, 1, 20);
	fake_ptr(*state, fake_variable(*state, "after", 8), node(*state, 0));
	assert_int_equal(fake_value(*state, "after"),
			 fake_value(*state, "node_data") + 64);
	pages(*state, 1, 1, 4000);
	read_all(*state);
	assert_int_equal(drain.cpus.v[1].pcp_pages, 21);
	assert_int_equal(fake_dump(*state)->notes.n, 0);
}

static void zone_unreadable(void **state)
{
	kaddr_t pgdat, lost;

	kernel(*state);
	pages(*state, 2, 1, 3);
	lost = fake_alloc_pages(*state, 2 * FAKE_PAGE);
	/* The first zone lies across the end of a page that is left out. */
	pgdat = lost + FAKE_PAGE - 130;
	fake_map(*state, pgdat, 171968);
	fake_set(*state, pgdat, "pglist_data.nr_zones", 1);
	fake_set(*state, pgdat, "pglist_data.node_id", 1);
	fake_set(*state, pgdat, "zone.present_pages", 100);
	fake_exclude(*state, lost, 1);
	fake_ptr(*state, fake_value(*state, "node_data") + 8, pgdat);
	read_all(*state);
	assert_int_equal(drain.cpus.v[1].pcp_pages, 3);
	assert_true(fake_has_note(*state, "zone at 0x"));
}

static void zone_points_nowhere(void **state)
{
	kernel(*state);
	pages(*state, 2, 1, 3);
	fake_set(*state, zones[1], "zone.pageset", FAKE_NOWHERE);
	read_all(*state);
	assert_int_equal(drain.cpus.v[1].pcp_pages, 3);
	assert_true(fake_has_note(*state, "zone at 0x"));
}

static void absurd_number_of_zones(void **state)
{
	static const uint64_t absurd[] = {9, 1000000, UINT32_MAX};
	kaddr_t pgdat;
	size_t i;

	kernel(*state);
	pages(*state, 2, 1, 3);
	pgdat = fake_peek_u64(*state, fake_value(*state, "node_data"));
	fake_ptr(*state, fake_value(*state, "node_data") + 8, node(*state, 1));
	pages(*state, 2, 1, 40);
	for (i = 0; i < ARRAY_SIZE(absurd); i++) {
		fake_set(*state, pgdat, "pglist_data.nr_zones", absurd[i]);
		read_all(*state);
		/* Node 0 is lost, node 1 is not. */
		assert_int_equal(drain.cpus.v[1].pcp_pages, 40);
		assert_true(fake_has_note(*state, "zones"));
	}
	fake_set(*state, pgdat, "pglist_data.nr_zones", 0);
	read_all(*state);
	assert_int_equal(drain.cpus.v[1].pcp_pages, 40);
}

static void node_unreadable(void **state)
{
	kernel(*state);
	pages(*state, 2, 1, 3);
	fake_ptr(*state, fake_value(*state, "node_data") + 8, FAKE_NOWHERE);
	read_all(*state);
	assert_int_equal(drain.cpus.v[1].pcp_pages, 3);
	assert_true(fake_has_note(*state, "node 1"));
	fake_ptr(*state, fake_value(*state, "node_data"), FAKE_NOWHERE);
	read_all(*state);
	assert_false(drain.cpus.v[1].pcp_known);
}

/* A count is an int: less than nothing is not billions of pages. */
static void count_below_zero(void **state)
{
	kernel(*state);
	pages(*state, 1, 1, (uint64_t)-5);
	pages(*state, 2, 1, 3);
	read_all(*state);
	assert_int_equal(drain.cpus.v[1].pcp_pages, 3);
}

/* ---- what is missing ---------------------------------------------------- */

static void without_types(void **state)
{
	static const char *const types[] = {
		"zone.present_pages",
		"zone.pageset",
		"zone",
		"per_cpu_pageset",
		"per_cpu_pages",
		"pglist_data.node_zones",
		"pglist_data.nr_zones",
		"pglist_data.node_id",
		"work_struct.data",
		"WORK_STRUCT_PENDING_BIT",
		"mutex.owner",
		"pcpu_drain.zone",
	};
	size_t i;

	kernel(*state);
	fake_percpu_variable(*state, "pcpu_drain", 40);
	queue_drain(*state);
	for (i = 0; i < ARRAY_SIZE(types); i++) {
		fake_absent(*state, types[i]);
		read_all(*state);
		assert_int_equal(drain.shape, DRAIN_STRUCT);
		assert_int_equal(drain.cpus.n, 2);
		assert_non_null(drain.cpus.v[1].work);
	}
	assert_false(drain.cpus.v[1].pcp_known);
	assert_false(drain.mutex_known);
}

/* Wherever Ctrl-C hits: no more reads, and no complaint about the dump. */
static void interrupted(void **state)
{
	size_t all, n;

	kernel(*state);
	fake_percpu_variable(*state, "pcpu_drain", 40);
	queue_drain(*state);
	owned(*state, xorg);
	read_all(*state);
	fake_forget_counts(*state);
	drain_read(fake_dump(*state), &tasks, &wqs, &drain);
	all = fake_reads(*state);
	for (n = 0; n < all; n++) {
		fake_forget_counts(*state);
		fake_interrupt_after(*state, n);
		drain_read(fake_dump(*state), &tasks, &wqs, &drain);
		assert_int_equal(fake_dump(*state)->notes.n, 0);
		assert_int_equal(fake_reads(*state), n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(with_a_struct),
		fake_test(with_a_plain_work),
		fake_test(without_works),
		fake_test(without_symbols),
		fake_test(shape_names),
		fake_test(work_runs),
		fake_test(work_unreadable),
		fake_test(mutex_owner_is_found),
		fake_test(mask),
		fake_test(mask_of_clang),
		fake_test(mask_of_the_ninth_cpu),
		fake_test(mask_of_a_drain_that_is_over),
		fake_test(lru_works),
		fake_test(counts),
		fake_test(counts_of_newer_kernels),
		fake_test(counts_without_numa),
		fake_test(counts_of_several_nodes),
		fake_test(zone_unreadable),
		fake_test(zone_points_nowhere),
		fake_test(absurd_number_of_zones),
		fake_test(node_unreadable),
		fake_test(count_below_zero),
		fake_test(without_types),
		fake_test(interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
