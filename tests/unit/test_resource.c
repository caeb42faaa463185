// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "kernel/mm/resource.h"

#define RAM 0x81000200u /* IORESOURCE_SYSTEM_RAM | IORESOURCE_BUSY */
#define OTHER 0x200u

static kaddr_t iomem;

static int set_up(void **state)
{
	struct fake *f = fake_5_10();

	*state = f;
	iomem = fake_variable(f, "iomem_resource", 64);
	return 0;
}

#define resource_test(f) cmocka_unit_test_setup_teardown(f, set_up, test_end)

/* The next one in the parent, whose last child was this. */
static kaddr_t add(struct fake *f, kaddr_t parent, kaddr_t last, uint64_t start,
		   uint64_t end, uint64_t flags)
{
	kaddr_t r = fake_new(f, "resource");

	fake_set(f, r, "resource.start", start);
	fake_set(f, r, "resource.end", end - 1);
	fake_set(f, r, "resource.flags", flags);
	fake_ptr(f,
		 last ? fake_at(f, last, "resource.sibling")
		      : fake_at(f, parent, "resource.child"),
		 r);
	return r;
}

/* The firmware's, memory with the kernel in it, a device's with memory in it. */
static kaddr_t machine(struct fake *f)
{
	kaddr_t firmware = add(f, iomem, 0, 0, 0x1000, OTHER);
	kaddr_t memory = add(f, iomem, firmware, 0x1000, 0x9fc00, RAM);
	kaddr_t device = add(f, iomem, memory, 0x100000, 0x200000, OTHER);

	add(f, memory, 0, 0x2000, 0x3000, RAM);
	add(f, device, 0, 0x100000, 0x180000, RAM);
	return device;
}

static void what_is_memory(void **state)
{
	struct fake *f = *state;
	struct system_ram ram;

	machine(f);
	system_ram_read(fake_dump(f), &ram);
	assert_true(ram.known);
	assert_int_equal(ram.all.n, 2);
	assert_false(system_ram_has(&ram, 0, 0x1000));
	assert_true(system_ram_has(&ram, 0x1000, 0x1000));
	assert_true(system_ram_has(&ram, 0x9e000, 0x1000));
	assert_false(system_ram_has(&ram, 0x9f000, 0x1000)); /* a part of it */
	assert_true(system_ram_has(&ram, 0x17f000, 0x1000));
	assert_false(system_ram_has(&ram, 0x180000, 0x1000));
}

/* What is behind a resource that cannot be read may be memory. */
static void a_tree_with_a_hole(void **state)
{
	struct fake *f = *state;
	struct system_ram ram;

	fake_ptr(f, fake_at(f, machine(f), "resource.sibling"), FAKE_NOWHERE);
	system_ram_read(fake_dump(f), &ram);
	assert_false(ram.known);
}

static void a_tree_that_is_none(void **state)
{
	struct fake *f = *state;
	struct system_ram ram;
	kaddr_t device = machine(f);

	fake_ptr(f, fake_at(f, device, "resource.sibling"), device);
	system_ram_read(fake_dump(f), &ram);
	assert_false(ram.known);
}

static void no_memory_at_all(void **state)
{
	struct fake *f = *state;
	struct system_ram ram;

	system_ram_read(fake_dump(f), &ram);
	assert_false(ram.known);
}

static void ranges(void **state)
{
	struct fake *f = *state;
	struct physical_range range;
	kaddr_t r = add(f, iomem, 0, 0x1000, 0x3000, RAM);

	assert_true(resource_range(fake_dump(f), r, &range));
	assert_int_equal(range.start, 0x1000);
	assert_int_equal(range.end, 0x3000);
	fake_set(f, r, "resource.end", UINT64_MAX);
	assert_false(resource_range(fake_dump(f), r, &range));
	fake_set(f, r, "resource.end", 0xfff);
	assert_false(resource_range(fake_dump(f), r, &range));
	assert_false(resource_range(fake_dump(f), FAKE_NOWHERE, &range));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		resource_test(what_is_memory),
		resource_test(a_tree_with_a_hole),
		resource_test(a_tree_that_is_none),
		resource_test(no_memory_at_all),
		resource_test(ranges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
