// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "kernel/gpu/virtio_gpu.h"
#include "kernel/gpu/virtio_wait.h"

#define STATE_SIZE 16
#define PACKED_STATE_SIZE 24
#define SPLIT(member) "vring_virtqueue.split." member
#define PACKED(member) "vring_virtqueue.packed." member

static struct virtqueue vq;

static bool is_damaged(const char *text)
{
	size_t i;

	for (i = 0; i < vq.damage.n; i++)
		if (strstr(vq.damage.v[i], text))
			return true;
	return false;
}

/* ---- a queue ------------------------------------------------------------- */

static struct queue {
	struct fake *f;
	kaddr_t addr, desc, avail, used, state, extra;
	unsigned int num;
	bool packed;
	uint16_t added, got, free;
	bool busy[1024];
	bool own_list; /* the test makes the free list */
} q;

/* Where the number of the next free descriptor is kept. */
static kaddr_t next_of(unsigned int i)
{
	if (q.extra)
		return q.extra + i * 16ul + 14;
	return q.packed ? q.state + i * PACKED_STATE_SIZE + 18 : q.desc + i * 16ul + 14;
}

/* Link what no command uses, as a driver that has just begun would. */
static void link_free(void)
{
	unsigned int i, last = UINT_MAX;

	for (i = 0; i < q.num && i < ARRAY_SIZE(q.busy); i++) {
		if (q.busy[i])
			continue;
		if (last == UINT_MAX)
			fake_set(q.f, q.addr, "vring_virtqueue.free_head", i);
		else
			fake_u16(q.f, next_of(last), (uint16_t)i);
		last = i;
	}
}

static bool read_it(struct fake *f, kaddr_t addr)
{
	if (q.addr == addr && !q.own_list)
		link_free();
	return virtqueue_read(fake_dump(f), addr, &vq);
}

static void make_queue(struct fake *f, unsigned int num)
{
	kaddr_t name = fake_alloc(f, 16);

	q = (struct queue){.f = f, .num = num, .free = (uint16_t)num};
	q.addr = fake_new(f, "vring_virtqueue");
	fake_string(f, name, "control");
	fake_set(f, q.addr, "virtqueue.name", name);
	fake_set(f, q.addr, "virtqueue.num_free", num);
}

static void set_free(unsigned int n)
{
	q.free = (uint16_t)n;
	fake_set(q.f, q.addr, "virtqueue.num_free", n);
}

/* ---- split --------------------------------------------------------------- */

static void set_indices(uint16_t added, uint16_t used, uint16_t got)
{
	q.added = added;
	q.got = got;
	fake_set(q.f, q.addr, SPLIT("avail_idx_shadow"), added);
	fake_u16(q.f, q.avail + 2, added);
	fake_u16(q.f, q.used + 2, used);
	fake_set(q.f, q.addr, "vring_virtqueue.last_used_idx", got);
}

/* An empty ring, about to wrap its indices. */
static kaddr_t split(struct fake *f, unsigned int num)
{
	make_queue(f, num);
	q.desc = fake_alloc_pages(f, num * 16ul);
	q.avail = fake_alloc_pages(f, 6 + num * 2ul);
	q.used = fake_alloc_pages(f, 6 + num * 8ul);
	q.state = fake_alloc_pages(f, num * (size_t)STATE_SIZE);
	fake_set(f, q.addr, SPLIT("vring.num"), num);
	fake_set(f, q.addr, SPLIT("desc_state"), q.state);
	fake_set(f, fake_at(f, q.addr, SPLIT("vring.num")), "vring.desc", q.desc);
	fake_set(f, fake_at(f, q.addr, SPLIT("vring.num")), "vring.avail", q.avail);
	fake_set(f, fake_at(f, q.addr, SPLIT("vring.num")), "vring.used", q.used);
	set_indices(65534, 65534, 65534);
	return q.addr;
}

/* A command in the slots head, head + 1, ... */
static void add(unsigned int head, unsigned int descs)
{
	unsigned int i;

	fake_set(q.f, q.state + head * STATE_SIZE, "vring_desc_state_split.data",
		 0xffff888012340000 + head * 96);
	for (i = 0; i < descs; i++) {
		q.busy[(head + i) % ARRAY_SIZE(q.busy)] = true;
		fake_u16(q.f, q.desc + (head + i) * 16 + 12, i + 1 < descs ? 1 : 2);
		fake_u16(q.f, q.desc + (head + i) * 16 + 14, (uint16_t)(head + i + 1));
	}
	set_free(q.free - descs);
	fake_u16(q.f, q.avail + 4 + (q.added & (q.num - 1)) * 2ul, (uint16_t)head);
	fake_set(q.f, q.addr, SPLIT("avail_idx_shadow"), ++q.added);
	fake_u16(q.f, q.avail + 2, q.added);
}

/* The device answers head at this index of the used ring. */
static void used_entry(uint16_t idx, uint32_t head)
{
	fake_u32(q.f, q.used + 4 + (idx & (q.num - 1)) * 8ul, head);
}

static void empty(void **state)
{
	struct fake *f = *state;

	assert_true(read_it(f, split(f, 64)));
	assert_string_equal(vq.name, "control");
	assert_int_equal(vq.kind, VRING_SPLIT);
	assert_int_equal(vq.num, 64);
	assert_true(vq.num_sane);
	assert_true(vq.counted && vq.descs_counted && vq.ring_read);
	assert_int_equal(vq.in_flight, 0);
	assert_int_equal(vq.completed, 0);
	assert_int_equal(vq.unanswered, 0);
	assert_int_equal(vq.damage.n, 0);
	assert_int_equal(fake_dump(f)->notes.n, 0);
}

/* Five added from index 65534 on; the device has answered three, one was fetched. */
static void in_flight(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = split(f, 64);
	unsigned int i;

	add(1, 1); /* fetched: its slot is free again */
	add(10, 3);
	add(20, 1);
	add(30, 2);
	add(63, 1);
	fake_set(f, q.state + STATE_SIZE, "vring_desc_state_split.data", 0);
	q.busy[1] = false;
	set_free(q.free + 1);
	set_indices(3, 1, 65535);
	used_entry(65535, 10);
	used_entry(0, 20);
	fake_set(f, addr, "vring_virtqueue.event", 1);
	fake_u16(f, q.avail + 4 + 64 * 2, 65535);
	fake_u16(f, q.used + 4 + 64 * 8, 2);
	fake_set(f, addr, "vring_virtqueue.num_added", 1);
	assert_true(read_it(f, addr));
	assert_int_equal(vq.in_flight, 4);
	assert_int_equal(vq.in_flight_descs, 7);
	assert_int_equal(vq.completed, 2);
	assert_int_equal(vq.unanswered, 2);
	assert_int_equal(vq.num_added, 1);
	assert_int_equal(vq.used_event, 65535);
	assert_int_equal(vq.avail_event, 2);
	assert_int_equal(vq.heads.n, 4);
	assert_int_equal(vq.heads.v[0], 10);
	assert_int_equal(vq.heads.v[3], 63);
	assert_int_equal(vq.damage.n, 0);
	assert_true(vq.free_counted);
	/* By head: 10, 20, 30, 63. */
	assert_int_equal(vq.slots.v[0].place, VRING_ANSWERED);
	assert_int_equal(vq.slots.v[1].place, VRING_ANSWERED);
	assert_int_equal(vq.slots.v[2].place, VRING_WITH_DEVICE);
	assert_int_equal(vq.slots.v[3].place, VRING_UNKICKED);
	for (i = 0; i < 4; i++)
		assert_int_equal(vq.slots.v[i].order, i + 1);
	assert_int_equal(vq.slots.v[0].descs, 3);
	/* The device asked for a kick at 2, and 2 is what was added since; the driver
	 * for an interrupt when 65535 is answered, and it is. */
	assert_true(vq.kick_due && !vq.kick_wanted);
	assert_true(vq.interrupt_due && !vq.interrupt_wanted);
	fake_u16(f, q.avail + 4 + 64 * 2, 65534); /* passed before */
	assert_true(read_it(f, addr));
	assert_false(vq.interrupt_due || vq.interrupt_wanted);
	fake_u16(f, q.avail + 4 + 64 * 2, 1); /* the next */
	assert_true(read_it(f, addr));
	assert_true(!vq.interrupt_due && vq.interrupt_wanted);
}

/* Where the device asks for its next kick is how far it has come. */
static void fetched(void **state)
{
	static const struct {
		uint16_t asks;
		bool known;
		unsigned int fetched;
	} told[] = {{1, true, 3}, /* of the next: it has seen all */
		    {0, true, 2},      {65534, true, 0}, /* of the first */
		    {65533, false, 0}, /* it has answered more than that */
		    {2, false, 0},     /* the driver has not come that far */
		    {30000, false, 0}};
	struct fake *f = *state;
	kaddr_t addr = split(f, 64);
	size_t i;

	add(10, 3);
	add(20, 1);
	add(30, 2); /* from 65534 to 0 */
	assert_true(read_it(f, addr));
	assert_false(vq.fetched_known); /* there is no event index */
	assert_int_equal(vq.slots.v[0].fetched, VRING_FETCHED_UNKNOWN);
	fake_set(f, addr, "vring_virtqueue.event", 1);
	for (i = 0; i < ARRAY_SIZE(told); i++) {
		fake_u16(f, q.used + 4 + 64 * 8, told[i].asks);
		assert_true(read_it(f, addr));
		assert_int_equal(vq.fetched_known, told[i].known);
		assert_int_equal(vq.fetched, told[i].fetched);
	}
	fake_u16(f, q.used + 4 + 64 * 8, 65535);
	assert_true(read_it(f, addr));
	assert_int_equal(vq.fetched, 1);
	assert_int_equal(vq.slots.v[0].fetched, VRING_FETCHED);
	assert_int_equal(vq.slots.v[1].fetched, VRING_NOT_FETCHED);
	/* The first is answered: what the index says of it is no news. */
	set_indices(1, 65535, 65534);
	used_entry(65534, 10);
	fake_u16(f, q.used + 4 + 64 * 8, 0);
	assert_true(read_it(f, addr));
	assert_true(vq.fetched_known);
	assert_int_equal(vq.unanswered, 2);
	assert_int_equal(vq.fetched, 1);
}

static void full(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = split(f, 1024);
	unsigned int i;

	for (i = 0; i < 1024; i++)
		add(i, 1);
	fake_forget_counts(f);
	assert_true(read_it(f, addr));
	assert_int_equal(vq.in_flight, 1024);
	assert_int_equal(vq.unanswered, 1024);
	assert_int_equal(vq.damage.n, 0);
	assert_true(fake_reads(f) < 16); /* tables are read as blocks */
}

static void flags(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = split(f, 4);

	fake_set(f, addr, "vring_virtqueue.broken", 1);
	fake_set(f, addr, "vring_virtqueue.indirect", 1);
	fake_set(f, addr, "virtqueue.index", 1);
	fake_u16(f, q.avail, 1);
	fake_u16(f, q.used, 1);
	assert_true(read_it(f, addr));
	assert_true(vq.broken && vq.indirect && !vq.event);
	assert_int_equal(vq.index, 1);
	assert_int_equal(vq.avail_flags, 1);
	assert_int_equal(vq.used_flags, 1);
}

/* Since 5.14 the chain is followed where the device cannot write. */
static void desc_extra(void **state)
{
	static const struct fake_row rows[] = {
		FAKE_M(SPLIT("desc_extra"), 128, 8),
		FAKE_T("vring_desc_extra", 16),
		FAKE_M("vring_desc_extra.next", 14, 2),
	};
	struct fake *f = *state;
	kaddr_t addr = split(f, 8), extra = fake_alloc_pages(f, 8 * 16ul);

	fake_rows(f, rows, ARRAY_SIZE(rows));
	fake_set(f, addr, SPLIT("desc_extra"), extra);
	q.extra = extra;
	add(0, 2);
	q.busy[1] = false; /* its second descriptor is 5, not 1 */
	q.busy[5] = true;
	fake_u16(f, q.desc + 14, 999); /* the device scribbled there */
	fake_set(f, extra, "vring_desc_extra.next", 5);
	assert_true(read_it(f, addr));
	assert_int_equal(vq.in_flight_descs, 2);
	assert_int_equal(vq.damage.n, 0);
	fake_exclude(f, extra, 128);
	assert_true(read_it(f, addr));
	assert_false(vq.descs_counted);
	assert_true(vq.counted);
	assert_true(fake_has_note(f, "desc_extra"));
}

/* 4.19: no union, no packed rings, desc_state[] at the struct's end. */
static void of_4_19(void **state)
{
	static const struct fake_row rows[] = {
		FAKE_T("vring_virtqueue", 144),
		FAKE_M("vring_virtqueue.vring.num", 56, 4),
		FAKE_M("vring_virtqueue.broken", 89, 1),
		FAKE_M("vring_virtqueue.num_added", 96, 4),
		FAKE_M("vring_virtqueue.last_used_idx", 100, 2),
		FAKE_M("vring_virtqueue.avail_idx_shadow", 104, 2),
		FAKE_M("vring_virtqueue.desc_state", 144, 0),
		FAKE_T("vring", 32),
		FAKE_M("vring.num", 0, 4),
		FAKE_M("vring.desc", 8, 8),
		FAKE_M("vring.avail", 16, 8),
		FAKE_M("vring.used", 24, 8),
		FAKE_T("vring_desc_state", 16),
		FAKE_M("vring_desc_state.data", 0, 8),
	};
	struct fake *f = *state;
	kaddr_t addr, vring;
	unsigned int i;

	fake_absent(f, "vring_virtqueue");
	fake_absent(f, "vring_desc_state_split");
	fake_rows(f, rows, ARRAY_SIZE(rows));
	addr = fake_alloc(f, 144 + 16 * 8);
	vring = addr + 56;
	fake_set(f, addr, "virtqueue.num_free", 6);
	fake_set(f, vring, "vring.num", 8);
	fake_set(f, vring, "vring.desc", fake_alloc(f, 128));
	fake_set(f, vring, "vring.avail", fake_alloc(f, 64));
	fake_set(f, vring, "vring.used", fake_alloc(f, 128));
	fake_u16(f, fake_get(f, vring, "vring.avail") + 2, 2);
	fake_set(f, addr, "vring_virtqueue.avail_idx_shadow", 2);
	for (i = 0; i < 8; i++)
		fake_u16(f, fake_get(f, vring, "vring.desc") + i * 16ul + 14,
			 i == 2 ? 5 : (uint16_t)(i + 1));
	fake_u64(f, addr + 144 + 3 * 16, 0xffff888000000001);
	fake_u64(f, addr + 144 + 4 * 16, 0xffff888000000002);
	assert_true(read_it(f, addr));
	assert_int_equal(vq.kind, VRING_SPLIT);
	assert_int_equal(vq.num, 8);
	assert_int_equal(vq.in_flight, 2);
	assert_int_equal(vq.unanswered, 2);
	assert_int_equal(vq.damage.n, 0);
}

/* ---- a split ring that lies ---------------------------------------------- */

static void sizes(void **state)
{
	static const uint32_t bad[] = {0, 3, 65536, 1u << 31, UINT32_MAX};
	struct fake *f = *state;
	kaddr_t addr = split(f, 8);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		fake_set(f, addr, SPLIT("vring.num"), bad[i]);
		assert_true(read_it(f, addr));
		assert_int_equal(vq.num, bad[i]);
		assert_false(vq.num_sane);
		assert_false(vq.counted);
		assert_true(is_damaged("no split ring has that"));
	}
}

static void counters_disagree(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = split(f, 8);

	add(0, 2);
	set_free(7);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("use 2 descriptors, num_free says that 1 are in use"));
	set_free(9);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("num_free is 9 in a ring of 8"));
	set_free(6);
	q.own_list = true;
	fake_set(f, addr, "vring_virtqueue.free_head", 8);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("free_head is 8"));
	q.own_list = false;
	set_indices(7, 7, 7);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("1 commands are in flight, the indices say 0"));
	set_indices(7, 8, 6);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("the used index 8"));
	set_indices(7, 6, 6);
	fake_u16(f, q.avail + 2, 9);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("available index is 9"));
	assert_int_equal(vq.damage.n, 1);
}

/* The list is as long as num_free says; where it goes astray is said. */
static void free_list_lies(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = split(f, 8);

	add(0, 2);
	assert_true(read_it(f, addr));
	assert_true(vq.free_counted);
	q.own_list = true;
	fake_u16(f, next_of(4), 2); /* 2, 3, 4, and 2 again */
	assert_true(read_it(f, addr));
	assert_false(vq.free_counted);
	assert_true(is_damaged("free list comes to descriptor 2, which is in the list "
			       "already, after 3 of 6"));
	fake_u16(f, next_of(4), 1);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("descriptor 1, which is in use, after 3 of 6"));
	fake_u16(f, next_of(4), 8);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("descriptor 8, which is not in the ring, after 3 of 6"));
}

/* Entries that name what is no command in flight. */
static void entries_lie(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = split(f, 8);

	add(2, 1);
	add(4, 1);
	fake_u16(f, q.used + 2, 65535); /* one more than was fetched */
	used_entry(65534, 8);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("used ring's entry at index 65534 is descriptor 8, which "
			       "is not in the ring"));
	used_entry(65534, 3);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("is descriptor 3, which is no command in flight"));
	fake_u16(f, q.used + 2, 0);
	used_entry(65534, 2);
	used_entry(65535, 2);
	assert_true(read_it(f, addr));
	assert_true(
		is_damaged("at index 65535 is descriptor 2, which is answered already"));
	fake_u16(f, q.avail + 4 + (65535 & 7) * 2, 9);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("available ring's entry at index 65535 is descriptor 9"));
}

/* It stopped in the middle of fetching: the slot is empty, the index not yet moved. */
static void half_fetched(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = split(f, 8);

	add(2, 1);
	add(4, 1);
	used_entry(65534, 2);
	fake_u16(f, q.used + 2, 65535);
	fake_set(f, q.state + 2ul * STATE_SIZE, "vring_desc_state_split.data", 0);
	q.busy[2] = false;
	set_free(q.free + 1);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("one may have been half-fetched"));
	fake_u16(f, q.used + 2, 65534); /* nothing was there to be fetched */
	assert_true(read_it(f, addr));
	assert_false(is_damaged("half-fetched"));
	assert_true(vq.damage.n);
}

/* The machine stopped between a command's entry and the index that publishes it. */
static void half_written(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = split(f, 8);

	add(2, 1);
	add(4, 1);
	fake_u16(f, q.avail + 2, (uint16_t)(q.added - 1));
	assert_true(read_it(f, addr));
	assert_int_equal(vq.damage.n, 1);
	assert_true(is_damaged("available ring's entry at index 65535 is half-written"));
	assert_int_equal(vq.slots.v[0].place, VRING_WITH_DEVICE);
	assert_int_equal(vq.slots.v[1].place, VRING_UNPUBLISHED);
}

static void indirect_tables(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = split(f, 8);

	add(2, 1);
	fake_set(f, q.state + 2 * STATE_SIZE, "vring_desc_state_split.indir_desc",
		 0xffff888012345000);
	fake_u32(f, q.desc + 2 * 16 + 8, 48);
	assert_true(read_it(f, addr));
	assert_int_equal(vq.slots.v[0].indirect, 0xffff888012345000);
	assert_int_equal(vq.slots.v[0].descs, 1);
	assert_int_equal(vq.slots.v[0].sgs, 3);
	assert_int_equal(vq.damage.n, 0);
	fake_u32(f, q.desc + 2 * 16 + 8, 40);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("indirect table of descriptor 2 has 40 bytes"));
}

/* Without event index each side has a flag. */
static void suppressed(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = split(f, 8);

	add(2, 1);
	fake_set(f, addr, "vring_virtqueue.num_added", 1);
	assert_true(read_it(f, addr));
	assert_true(vq.kick_wanted && vq.kick_due && vq.interrupt_wanted);
	assert_false(vq.interrupt_due);
	fake_u16(f, q.avail, 1);
	fake_u16(f, q.used, 1);
	assert_true(read_it(f, addr));
	assert_false(vq.kick_wanted || vq.kick_due || vq.interrupt_wanted);
}

static void chains_lie(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = split(f, 8);

	add(0, 2);
	fake_u16(f, q.desc + 16 + 12, 1); /* goes on, back to its head */
	fake_u16(f, q.desc + 16 + 14, 0);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("the chain from descriptor 0 comes to 0"));
	assert_false(vq.descs_counted);
	assert_int_equal(vq.in_flight, 1);
	fake_u16(f, q.desc + 16 + 14, 8);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("descriptor 1 goes on at 8"));
	fake_u16(f, q.desc + 16 + 12, 0);
	add(1, 1); /* a second command in the middle of the first */
	assert_true(read_it(f, addr));
	assert_true(is_damaged("which is in a chain already"));
}

static void much_damage(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = split(f, 1024);
	unsigned int i;

	for (i = 0; i < 1024; i++) {
		add(i, 1);
		fake_u16(f, q.desc + i * 16 + 12, 1);
		fake_u16(f, q.desc + i * 16 + 14, 60000);
	}
	assert_true(read_it(f, addr));
	assert_int_equal(vq.damage.n, 16);
}

static void pages_missing(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = split(f, 64);

	add(0, 1);
	fake_exclude(f, q.used, 16);
	assert_true(read_it(f, addr));
	assert_false(vq.ring_read);
	assert_int_equal(vq.in_flight, 1);
	assert_true(fake_has_note(f, "its ring"));
	fake_exclude(f, q.desc, 16);
	assert_true(read_it(f, addr));
	assert_true(vq.counted && !vq.descs_counted);
	fake_unmap(f, q.state, 16);
	assert_true(read_it(f, addr));
	assert_false(vq.counted);
	assert_true(fake_has_note(f, "desc_state"));
	fake_set(f, addr, "virtqueue.name", FAKE_NOWHERE);
	assert_true(read_it(f, addr));
	assert_string_equal(vq.name, "");
	assert_false(read_it(f, FAKE_NOWHERE));
}

/* ---- packed -------------------------------------------------------------- */

#define PACKED_AVAIL 0x80
#define PACKED_USED 0x8000

static kaddr_t packed(struct fake *f, unsigned int num)
{
	make_queue(f, num);
	q.packed = true;
	q.desc = fake_alloc_pages(f, num * 16ul);
	q.avail = fake_alloc(f, 4);
	q.used = fake_alloc(f, 4);
	q.state = fake_alloc_pages(f, num * (size_t)PACKED_STATE_SIZE);
	fake_set(f, q.addr, "vring_virtqueue.packed_ring", 1);
	fake_set(f, q.addr, PACKED("vring.num"), num);
	fake_set(f, q.addr, PACKED("vring.desc"), q.desc);
	fake_set(f, q.addr, PACKED("vring.driver"), q.avail);
	fake_set(f, q.addr, PACKED("vring.device"), q.used);
	fake_set(f, q.addr, PACKED("desc_state"), q.state);
	fake_set(f, q.addr, PACKED("avail_wrap_counter"), 1);
	fake_set(f, q.addr, PACKED("used_wrap_counter"), 1);
	return q.addr;
}

static void packed_add(unsigned int id, unsigned int descs)
{
	kaddr_t slot = q.state + id * PACKED_STATE_SIZE;
	unsigned int i;

	fake_set(q.f, slot, "vring_desc_state_packed.data", 0xffff888012340000 + id * 96);
	fake_set(q.f, slot, "vring_desc_state_packed.num", descs);
	for (i = 0; i < descs && i < q.num; i++) {
		q.busy[(id + i) % q.num] = true;
		fake_u16(q.f, q.state + (id + i) % q.num * PACKED_STATE_SIZE + 18,
			 (uint16_t)((id + i + 1) % q.num));
	}
	set_free(q.free - descs);
}

/* The device answers command id in the descriptor at. */
static void packed_answer(unsigned int at, unsigned int id, bool lap)
{
	fake_u16(q.f, q.desc + at * 16 + 12, (uint16_t)id);
	fake_u16(q.f, q.desc + at * 16 + 14, lap ? PACKED_AVAIL | PACKED_USED : 0);
}

static void packed_ring(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = packed(f, 6); /* need not be a power of two */

	fake_u16(f, q.avail + 2, 2);
	fake_u16(f, q.used, 0x8003);
	assert_true(read_it(f, addr));
	assert_int_equal(vq.kind, VRING_PACKED);
	assert_true(vq.num_sane && vq.counted && vq.ring_read);
	assert_int_equal(vq.in_flight, 0);
	assert_int_equal(vq.driver_flags, 2);
	assert_int_equal(vq.device_off_wrap, 0x8003);
	assert_int_equal(vq.damage.n, 0);
}

/* Three answered, over the end of the ring: there the lap's flag turns. */
static void packed_answers(void **state)
{
	static const struct {
		uint16_t at;
		bool due;
	} asked[] = {{0x8005, true},  {0x8007, true},  {0x0000, true}, {0x8004, false},
		     {0x0001, false}, {0x8000, false}, {0x0005, false}};
	struct fake *f = *state;
	kaddr_t addr = packed(f, 8);
	unsigned int i;

	for (i = 0; i < 8; i++) /* as the driver left them, in this lap */
		fake_u16(f, q.desc + i * 16 + 14, i < 5 ? PACKED_USED : PACKED_AVAIL);
	packed_add(2, 2);
	packed_add(5, 1);
	packed_add(7, 1);
	packed_add(1, 3);
	fake_set(f, addr, "vring_virtqueue.last_used_idx", 5);
	packed_answer(5, 2, true);
	packed_answer(7, 5, true);
	packed_answer(0, 7, false);
	fake_set(f, addr, PACKED("next_avail_idx"), 4);
	assert_true(read_it(f, addr));
	assert_int_equal(vq.in_flight, 4);
	assert_int_equal(vq.in_flight_descs, 7);
	assert_int_equal(vq.completed, 3);
	assert_int_equal(vq.unanswered, 1);
	assert_int_equal(vq.damage.n, 0);
	/* Of four descriptors, 5 to 7 of this lap and 0 of the next: where the driver asked. */
	fake_set(f, addr, "vring_virtqueue.event", 1);
	fake_u16(f, q.avail + 2, 2);
	for (i = 0; i < ARRAY_SIZE(asked); i++) {
		fake_u16(f, q.avail, asked[i].at);
		assert_true(read_it(f, addr));
		assert_int_equal(vq.interrupt_due, asked[i].due);
		assert_int_equal(vq.interrupt_wanted, asked[i].at == 0x0001);
	}
}

/* Since 5.19 the lap is bit 15 of the index. */
static void packed_wrap_bit(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = packed(f, 8);

	fake_absent(f, PACKED("used_wrap_counter"));
	packed_add(3, 1);
	packed_answer(5, 3, true);
	fake_set(f, addr, "vring_virtqueue.last_used_idx", 0x8005);
	assert_true(read_it(f, addr));
	assert_int_equal(vq.last_used_idx, 5);
	assert_true(vq.used_wrap);
	assert_int_equal(vq.completed, 1);
	fake_set(f, addr, "vring_virtqueue.last_used_idx", 5); /* the other lap */
	assert_true(read_it(f, addr));
	assert_false(vq.used_wrap);
	assert_int_equal(vq.completed, 0);
	assert_int_equal(vq.unanswered, 1);
	assert_int_equal(vq.damage.n, 0);
}

static void packed_lies(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = packed(f, 8);

	packed_add(3, 1);
	packed_answer(0, 9, true);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("command 9, which is not in flight"));
	packed_answer(0, 4, true);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("command 4, which is not in flight"));
	packed_add(4, 60000); /* skips more than there is */
	set_free(7);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("use 60001 descriptors"));
	fake_set(f, addr, "vring_virtqueue.last_used_idx", 8);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("the indices are 0 and 8"));
	fake_set(f, addr, PACKED("vring.num"), 1u << 31);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("no packed ring has that"));
}

/* An answer in every descriptor, each command of one: the walk ends after a lap. */
static void packed_all_answered(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = packed(f, 8);
	unsigned int i;

	for (i = 0; i < 8; i++) {
		packed_add(i, 1);
		packed_answer(i, i, true);
	}
	assert_true(read_it(f, addr));
	assert_int_equal(vq.completed, 8);
	assert_int_equal(vq.unanswered, 0);
	assert_int_equal(vq.damage.n, 0);
}

/* The order of age, from where each command's descriptors are; both laps. */
static void packed_order(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = packed(f, 8);
	unsigned int i;

	/* In this lap 0 and 1 were written, in the last 6 and 7. */
	for (i = 0; i < 8; i++)
		fake_u16(f, q.desc + i * 16 + 14, i < 2 ? PACKED_USED : PACKED_AVAIL);
	packed_add(5, 1); /* at 6 */
	packed_add(2, 1); /* at 7 */
	packed_add(0, 2); /* at 0 and 1 */
	fake_u16(f, q.desc + 6 * 16 + 12, 5);
	fake_u16(f, q.desc + 7 * 16 + 12, 2);
	fake_u16(f, q.desc + 12, 0);
	fake_u16(f, q.desc + 16 + 12, 0);
	fake_set(f, addr, PACKED("next_avail_idx"), 2);
	fake_set(f, addr, PACKED("avail_wrap_counter"), 0);
	fake_set(f, addr, "vring_virtqueue.last_used_idx", 6);
	fake_set(f, addr, "vring_virtqueue.num_added", 2);
	assert_true(read_it(f, addr));
	assert_int_equal(vq.damage.n, 0);
	assert_true(vq.free_counted);
	assert_int_equal(vq.completed, 0);
	assert_int_equal(vq.slots.v[2].head, 5);
	assert_int_equal(vq.slots.v[2].order, 1);
	assert_int_equal(vq.slots.v[1].order, 2);
	assert_int_equal(vq.slots.v[0].order, 3);
	assert_int_equal(vq.slots.v[0].place, VRING_UNKICKED);
	assert_int_equal(vq.slots.v[1].place, VRING_WITH_DEVICE);
	/* The head's flags are written last. */
	fake_u16(f, q.desc + 14, PACKED_AVAIL | PACKED_USED);
	assert_true(read_it(f, addr));
	assert_true(
		is_damaged("the descriptor at 0 is half-written: command 0 is added"));
	assert_int_equal(vq.slots.v[0].place, VRING_UNPUBLISHED);
}

static void packed_free_list(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = packed(f, 8);

	packed_add(3, 2); /* takes 3 and 4 */
	packed_answer(0, 3, false);
	assert_true(read_it(f, addr));
	assert_true(vq.free_counted);
	q.own_list = true;
	fake_u16(f, next_of(2), 4);
	assert_true(read_it(f, addr));
	assert_true(is_damaged("free list comes to descriptor 4, which is in use, after "
			       "3 of 6"));
	fake_u16(f, next_of(2), 0);
	assert_true(read_it(f, addr));
	assert_true(
		is_damaged("descriptor 0, which is in the list already, after 3 of 6"));
}

static void packed_events(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = packed(f, 8);

	fake_set(f, addr, "vring_virtqueue.event", 1);
	fake_set(f, addr, PACKED("next_avail_idx"), 1);
	fake_set(f, addr, PACKED("avail_wrap_counter"), 0);
	fake_set(f, addr, "vring_virtqueue.num_added", 3); /* 6, 7 and 0 */
	fake_u16(f, q.used, 0x8007); /* the device: at 7 of the last lap */
	fake_u16(f, q.used + 2, 2);
	assert_true(read_it(f, addr));
	assert_true(vq.kick_due && !vq.kick_wanted);
	fake_u16(f, q.used, 0x0001); /* at 1 of this lap: next */
	assert_true(read_it(f, addr));
	assert_true(!vq.kick_due && vq.kick_wanted);
	fake_u16(f, q.used + 2, 1); /* never */
	fake_u16(f, q.avail + 2, 1);
	assert_true(read_it(f, addr));
	assert_false(vq.kick_due || vq.kick_wanted || vq.interrupt_wanted);
}

/* Commands at 6, 7, and 0 to 1 of the next lap: the device asks at one of these. */
static void packed_fetched(void **state)
{
	static const struct {
		uint16_t asks;
		bool known;
		unsigned int fetched;
	} told[] = {{0x8006, true, 0},	{0x8007, true, 1},  {0x0000, true, 2},
		    {0x0001, true, 3}, /* in the middle of one */
		    {0x0002, true, 3},	{0x8005, false, 0}, {0x0003, false, 0},
		    {0x7fff, false, 0}, {0xffff, false, 0}};
	struct fake *f = *state;
	kaddr_t addr = packed(f, 8);
	size_t i;

	for (i = 0; i < 8; i++)
		fake_u16(f, q.desc + i * 16 + 14, i < 2 ? PACKED_USED : PACKED_AVAIL);
	packed_add(5, 1);
	packed_add(2, 1);
	packed_add(0, 2);
	fake_u16(f, q.desc + 6 * 16 + 12, 5);
	fake_u16(f, q.desc + 7 * 16 + 12, 2);
	fake_u16(f, q.desc + 12, 0);
	fake_u16(f, q.desc + 16 + 12, 0);
	fake_set(f, addr, PACKED("next_avail_idx"), 2);
	fake_set(f, addr, PACKED("avail_wrap_counter"), 0);
	fake_set(f, addr, "vring_virtqueue.last_used_idx", 6);
	fake_u16(f, q.used, 0x0002);
	assert_true(read_it(f, addr));
	assert_false(vq.fetched_known);
	fake_set(f, addr, "vring_virtqueue.event", 1);
	fake_u16(f, q.used + 2, 1); /* it wants none: it may be at work */
	assert_true(read_it(f, addr));
	assert_false(vq.fetched_known);
	fake_u16(f, q.used + 2, 2);
	for (i = 0; i < ARRAY_SIZE(told); i++) {
		fake_u16(f, q.used, told[i].asks);
		assert_true(read_it(f, addr));
		assert_int_equal(vq.fetched_known, told[i].known);
		assert_int_equal(vq.fetched, told[i].fetched);
	}
}

/* 7.2: a layout instead of packed_ring, with rings in order. */
static void layouts(void **state)
{
	struct fake *f = *state;
	kaddr_t addr = split(f, 8);

	fake_absent(f, "vring_virtqueue.packed_ring");
	fake_member(f, "vring_virtqueue", "layout", 56, 4);
	fake_enum(f, "VQ_LAYOUT_SPLIT", 0);
	fake_enum(f, "VQ_LAYOUT_PACKED", 1);
	fake_enum(f, "VQ_LAYOUT_SPLIT_IN_ORDER", 2);
	fake_enum(f, "VQ_LAYOUT_PACKED_IN_ORDER", 3);
	assert_true(read_it(f, addr));
	assert_int_equal(vq.kind, VRING_SPLIT);
	assert_false(vq.in_order);
	fake_set(f, addr, "vring_virtqueue.layout", 2);
	assert_true(read_it(f, addr));
	assert_int_equal(vq.kind, VRING_SPLIT);
	assert_true(vq.in_order);
	fake_set(f, addr, "vring_virtqueue.layout", 3);
	assert_true(read_it(f, addr));
	assert_int_equal(vq.kind, VRING_PACKED);
	assert_true(vq.in_order);
	fake_set(f, addr, "vring_virtqueue.layout", 1);
	assert_true(read_it(f, addr));
	assert_int_equal(vq.kind, VRING_PACKED);
}

/* ---- a device ------------------------------------------------------------ */

static struct gpus gpus;

static bool read_gpus(struct fake *f)
{
	bool found = gpus_read(fake_dump(f), &gpus);

	gpus_read_outputs(fake_dump(f), &gpus);
	return found;
}

static struct device {
	struct fake *f;
	kaddr_t driver, driver_list, vdev, vqs, drm, vgdev, control, cursor;
} dev;

static kaddr_t add_queue(struct fake *f, const char *name)
{
	kaddr_t addr, text = fake_alloc(f, 16);

	fake_string(f, text, name);
	addr = split(f, 16);
	fake_set(f, addr, "virtqueue.name", text);
	fake_list_add_tail(f, dev.vqs, fake_at(f, addr, "virtqueue.list"));
	return addr;
}

/* The driver, with no devices. */
static void make_driver(struct fake *f)
{
	kaddr_t private = fake_alloc(f, 256);

	memset(&dev, 0, sizeof(dev));
	dev.f = f;
	dev.driver = fake_alloc(f, 512);
	fake_function(f, "virtio_gpu_driver", "virtio_gpu", dev.driver, 512);
	fake_set(f, dev.driver, "device_driver.p", private);
	dev.driver_list = fake_at(f, fake_at(f, private, "driver_private.klist_devices"),
				  "klist.k_list");
	fake_list_head(f, dev.driver_list);
}

static void add_device(struct fake *f, const char *name)
{
	kaddr_t private = fake_alloc(f, 512), text = fake_alloc(f, 16), device;

	dev.vdev = fake_new(f, "virtio_device");
	device = fake_at(f, dev.vdev, "virtio_device.dev");
	fake_string(f, text, name);
	fake_set(f, fake_at(f, device, "device.kobj"), "kobject.name", text);
	fake_set(f, private, "device_private.device", device);
	fake_list_add_tail(f, dev.driver_list,
			   fake_at(f, fake_at(f, private, "device_private.knode_driver"),
				   "klist_node.n_node"));
	fake_set(f, fake_at(f, dev.vdev, "virtio_device.id"), "virtio_device_id.device",
		 16);
	fake_set(f, dev.vdev, "virtio_device.features", 0x130000002);
	fake_set(f, dev.vdev, "virtio_device.config_enabled", 1);
	dev.vqs = fake_at(f, dev.vdev, "virtio_device.vqs");
	fake_list_head(f, dev.vqs);
	dev.control = add_queue(f, "control");
	dev.cursor = add_queue(f, "cursor");
	dev.drm = fake_alloc(f, 4096);
	dev.vgdev = fake_new(f, "virtio_gpu_device");
	fake_set(f, dev.vdev, "virtio_device.priv", dev.drm);
	fake_set(f, dev.drm, "drm_device.dev_private", dev.vgdev);
	fake_set(f, dev.vgdev, "virtio_gpu_device.vdev", dev.vdev);
	fake_set(f, fake_at(f, dev.vgdev, "virtio_gpu_device.ctrlq"),
		 "virtio_gpu_queue.vq", dev.control);
	fake_set(f, fake_at(f, dev.vgdev, "virtio_gpu_device.cursorq"),
		 "virtio_gpu_queue.vq", dev.cursor);
}

static void set_fences(uint64_t emitted, uint64_t signalled)
{
	kaddr_t drv = fake_at(dev.f, dev.vgdev, "virtio_gpu_device.fence_drv");

	fake_set(dev.f, drv, "virtio_gpu_fence_driver.sync_seq", emitted);
	fake_set(dev.f, drv, "virtio_gpu_fence_driver.last_seq", signalled);
}

static void set_output(unsigned int i, uint32_t width, uint32_t height, bool enabled)
{
	kaddr_t out = fake_at(dev.f, dev.vgdev, "virtio_gpu_device.outputs") + i * 2424ul;
	kaddr_t info = fake_at(dev.f, out, "virtio_gpu_output.info");
	kaddr_t rect = fake_at(dev.f, info, "virtio_gpu_display_one.r");

	fake_set(dev.f, info, "virtio_gpu_display_one.enabled", enabled);
	fake_set(dev.f, rect, "virtio_gpu_rect.width", width);
	fake_set(dev.f, rect, "virtio_gpu_rect.height", height);
}

static bool gpu_damaged(const struct gpu *g, const char *text)
{
	size_t i;

	for (i = 0; i < g->damage.n; i++)
		if (strstr(g->damage.v[i], text))
			return true;
	return false;
}

/* Where its users sleep, and the work that wakes them. */
static void waits_of_a_device(void **state)
{
	struct fake *f = *state;
	const struct gpu_waits *w;
	kaddr_t ctrl, cursor;

	make_driver(f);
	add_device(f, "virtio1");
	ctrl = fake_at(f, dev.vgdev, "virtio_gpu_device.ctrlq");
	cursor = fake_at(f, dev.vgdev, "virtio_gpu_device.cursorq");
	fake_set(f, fake_at(f, cursor, "virtio_gpu_queue.dequeue_work"),
		 "work_struct.data", 0xffff888001234000 | 1);
	fake_set(f, fake_at(f, ctrl, "virtio_gpu_queue.dequeue_work"), "work_struct.data",
		 0xfffffffe0); /* of a pool, not pending */
	assert_true(read_gpus(f));
	w = &gpus.all.v[0].waits;
	assert_true(w->read);
	assert_int_equal(w->ctrl.vq, dev.control);
	assert_int_equal(w->cursor.vq, dev.cursor);
	assert_int_equal(w->ctrl.ack_queue,
			 fake_at(f, ctrl, "virtio_gpu_queue.ack_queue"));
	assert_int_equal(w->cursor.work,
			 fake_at(f, cursor, "virtio_gpu_queue.dequeue_work"));
	assert_true(w->ctrl.work_known && !w->ctrl.work_pending);
	assert_true(w->cursor.work_known && w->cursor.work_pending);
	assert_int_equal(w->resp_wq, fake_at(f, dev.vgdev, "virtio_gpu_device.resp_wq"));
	assert_int_equal(w->fence_lock,
			 fake_at(f, fake_at(f, dev.vgdev, "virtio_gpu_device.fence_drv"),
				 "virtio_gpu_fence_driver.lock"));
	fake_absent(f, "virtio_gpu_queue.dequeue_work");
	assert_true(read_gpus(f));
	assert_false(gpus.all.v[0].waits.read);
}

/* ---- who waits for another device ------------------------------------------ */

static const struct virtio_wait *find_in(struct fake *f, const char *function, bool runs)
{
	struct frame frames[] = {{.function = "cpu_relax", .module = ""},
				 {.function = function, .module = "virtio_net"}};
	struct stack stack = {.v = frames, .n = ARRAY_SIZE(frames)};

	struct virtio_waits waits = {0};

	link_free();
	return virtio_wait_find(fake_dump(f), &waits, &stack, runs);
}

static const struct virtio_wait *waits_in(struct fake *f, const char *function)
{
	return find_in(f, function, false);
}

/* A network device, of which a command is asked; the queues of before owe nothing. */
static void make_net(struct fake *f)
{
	make_driver(f);
	fake_symbol(f, "virtio_net_driver", dev.driver);
	add_device(f, "virtio3");
	dev.control = add_queue(f, "control");
	add(4, 2);
}

/* He runs, and no registers tell: what looks for the answer has left its mark. */
static void asker_without_registers(void **state)
{
	struct fake *f = *state;
	struct virtio_waits waits = {0};
	const struct virtio_wait *w;
	const struct spin_trace *trace;
	const struct task ip = {.stack = fake_alloc(f, 0x4000), .stack_size = 0x4000};
	kaddr_t function;

	make_net(f);
	function = fake_function(f, "virtnet_send_command", "virtio_net", 0, 0x100);
	link_free();
	assert_null(virtio_wait_unseen(fake_dump(f), &waits, &ip, &trace));
	assert_null(trace);
	fake_u64(f, ip.stack + 0x300, function + 0x80);
	w = virtio_wait_unseen(fake_dump(f), &waits, &ip, &trace);
	assert_non_null(w);
	assert_string_equal(w->device, "virtio3");
	assert_int_equal(trace->at, ip.stack + 0x300);
	assert_string_equal(trace->function, "virtnet_send_command");
}

static void answer_that_is_waited_for(void **state)
{
	struct fake *f = *state;
	const struct virtio_wait *w;

	make_net(f);
	w = waits_in(f, "virtnet_send_command");
	assert_non_null(w);
	assert_string_equal(w->device, "virtio3");
	assert_string_equal(w->driver, "virtio_net");
	assert_int_equal(w->vdev, dev.vdev);
	assert_int_equal(w->vq.addr, dev.control);
	assert_int_equal(w->vq.unanswered, 1);
	assert_non_null(waits_in(f, "virtnet_send_command.isra.0"));
	assert_null(waits_in(f, "virtnet_poll"));
	assert_null(waits_in(f, "__send_to_port")); /* there is no such driver */
}

/* Its one buffer is always with the host: who reads has found it empty. */
static void numbers_that_are_waited_for(void **state)
{
	struct fake *f = *state;
	const struct virtio_wait *w;

	make_driver(f);
	fake_symbol(f, "virtio_rng_driver", dev.driver);
	add_device(f, "virtio3");
	dev.control = add_queue(f, "input");
	add(4, 1);
	w = waits_in(f, "virtio_read");
	assert_non_null(w);
	assert_string_equal(w->driver, "virtio_rng");
	assert_int_equal(w->vq.addr, dev.control);
	assert_null(waits_in(f, "virtnet_send_command"));
	fake_exclude(f, dev.control, 8);
	assert_null(waits_in(f, "virtio_read"));
}

/* What has a CPU does not sleep for them: it does something else, and the host owes it nothing. */
static void who_runs_sleeps_for_no_answer(void **state)
{
	struct fake *f = *state;
	struct virtio_waits waits = {0};
	const struct spin_trace *trace;
	const struct task dd = {.stack = fake_alloc(f, 0x4000), .stack_size = 0x4000};

	make_net(f);
	assert_non_null(find_in(f, "virtnet_send_command", true));
	make_driver(f);
	fake_symbol(f, "virtio_rng_driver", dev.driver);
	add_device(f, "virtio4");
	dev.control = add_queue(f, "input");
	add(4, 1);
	assert_non_null(find_in(f, "virtio_read", false));
	assert_null(find_in(f, "virtio_read", true));
	/* An earlier call's */
	fake_u64(f, dd.stack + 0x300,
		 fake_function(f, "virtio_read", "virtio_rng", 0, 0x100) + 0x80);
	link_free();
	assert_null(virtio_wait_unseen(fake_dump(f), &waits, &dd, &trace));
	assert_null(trace);
}

/* It is there, or the queue is another's to complain of. */
static void answer_that_is_not_owed(void **state)
{
	struct fake *f = *state;

	make_net(f);
	fake_set(f, dev.control, "vring_virtqueue.broken", 1);
	assert_null(waits_in(f, "virtnet_send_command"));
	fake_set(f, dev.control, "vring_virtqueue.broken", 0);
	fake_exclude(f, q.used, 8);
	assert_null(waits_in(f, "virtnet_send_command"));
	fake_include(f, q.used, 8);
	assert_non_null(waits_in(f, "virtnet_send_command"));
	used_entry(65534, 4);
	fake_u16(f, q.used + 2, 65535);
	assert_null(waits_in(f, "virtnet_send_command"));
}

/* Of two devices either may be the one; and a list that lies leads nowhere. */
static void answers_of_two_devices(void **state)
{
	struct fake *f = *state;

	make_net(f);
	link_free();
	add_queue(f, "control");
	add(2, 1);
	assert_null(waits_in(f, "virtnet_send_command"));
	fake_ptr(f, dev.driver_list, FAKE_NOWHERE);
	assert_null(waits_in(f, "virtnet_send_command"));
	fake_set(f, dev.driver, "device_driver.p", FAKE_NOWHERE);
	assert_null(waits_in(f, "virtnet_send_command"));
}

static void whole_device(void **state)
{
	static const char *const names[] = {"EDID", "RING_INDIRECT_DESC",
					    "RING_EVENT_IDX", "VERSION_1", "bit 63"};
	struct fake *f = *state;
	struct gpu *g;
	size_t i;

	make_driver(f);
	add_device(f, "virtio1");
	fake_set(f, dev.vdev, "virtio_device.features", 0x8000000130000002);
	fake_set(f, dev.vgdev, "virtio_gpu_device.num_scanouts", 2);
	fake_set(f, dev.vgdev, "virtio_gpu_device.has_edid", 1);
	fake_set(f, dev.vgdev, "virtio_gpu_device.pending_commands", 3);
	set_fences(20000, 19998);
	set_output(0, 1280, 800, true);
	assert_true(read_gpus(f));
	assert_int_equal(gpus.state, GPUS_FOUND);
	assert_false(gpus.builtin);
	assert_int_equal(gpus.missing.n, 0);
	assert_int_equal(gpus.all.n, 1);
	g = &gpus.all.v[0];
	assert_string_equal(g->name, "virtio1");
	assert_int_equal(g->device_id, 16);
	assert_true(g->config_enabled && !g->failed && g->read && g->has_edid);
	assert_int_equal(g->feature_names.n, ARRAY_SIZE(names));
	for (i = 0; i < ARRAY_SIZE(names); i++)
		assert_string_equal(g->feature_names.v[i], names[i]);
	assert_int_equal(g->pending_commands, 3);
	assert_int_equal(g->fence_emitted, 20000);
	assert_int_equal(g->fence_signalled, 19998);
	assert_int_equal(g->outputs.n, 2);
	assert_true(g->outputs.v[0].host_enabled);
	assert_int_equal(g->outputs.v[0].host_width, 1280);
	assert_int_equal(g->outputs.v[0].host_height, 800);
	assert_false(g->outputs.v[1].host_enabled);
	assert_int_equal(g->vqs.all.n, 2);
	assert_ptr_equal(gpu_queue(g, dev.control), &g->vqs.all.v[0]);
	assert_string_equal(gpu_queue(g, g->cursorq_vq)->name, "cursor");
	assert_int_equal(g->damage.n, 0);
	assert_int_equal(fake_dump(f)->notes.n, 0);
}

static void the_guests_mode(void **state)
{
	struct fake *f = *state;
	kaddr_t crtc, crtc_state;

	make_driver(f);
	add_device(f, "virtio1");
	fake_set(f, dev.vgdev, "virtio_gpu_device.num_scanouts", 1);
	crtc = fake_at(f, fake_at(f, dev.vgdev, "virtio_gpu_device.outputs"),
		       "virtio_gpu_output.crtc");
	crtc_state = fake_alloc(f, 4096);
	fake_set(f, crtc, "drm_crtc.state", crtc_state);
	fake_set(f, crtc_state, "drm_crtc_state.active", 1);
	fake_set(f, fake_at(f, crtc_state, "drm_crtc_state.mode"),
		 "drm_display_mode.hdisplay", 1920);
	fake_set(f, fake_at(f, crtc_state, "drm_crtc_state.mode"),
		 "drm_display_mode.vdisplay", 1080);
	assert_true(read_gpus(f));
	assert_true(gpus.all.v[0].outputs.v[0].crtc_known);
	assert_true(gpus.all.v[0].outputs.v[0].active);
	assert_int_equal(gpus.all.v[0].outputs.v[0].width, 1920);
	assert_int_equal(gpus.all.v[0].outputs.v[0].height, 1080);
	fake_set(f, crtc, "drm_crtc.state", FAKE_NOWHERE);
	assert_true(read_gpus(f));
	assert_int_equal(gpus.all.v[0].outputs.v[0].width, 0);
}

static void two_devices(void **state)
{
	struct fake *f = *state;

	make_driver(f);
	add_device(f, "virtio1");
	add_device(f, "virtio\x1b[2J");
	assert_true(read_gpus(f));
	assert_int_equal(gpus.all.n, 2);
	assert_string_equal(gpus.all.v[1].name, "virtio\\x1b[2J");
}

static void none(void **state)
{
	struct fake *f = *state;

	assert_false(read_gpus(f));
	assert_int_equal(gpus.state, GPUS_NO_SYMBOL); /* the module is in this dump */
	make_driver(f);
	assert_false(read_gpus(f));
	assert_int_equal(gpus.state, GPUS_NO_DEVICE);
	fake_set(f, dev.driver, "device_driver.p", 0);
	assert_false(read_gpus(f));
	assert_int_equal(gpus.state, GPUS_NO_DEVICE);
	fake_set(f, dev.driver, "device_driver.p", FAKE_NOWHERE);
	assert_false(read_gpus(f));
	assert_int_equal(gpus.state, GPUS_UNREADABLE);
	assert_string_equal(gpus_state_words(gpus.state),
			    "the list of virtio-gpu devices cannot be read");
}

static void no_driver(void **state)
{
	struct fake *f = fake_create();

	(void)state;
	assert_false(read_gpus(f));
	assert_int_equal(gpus.state, GPUS_NO_DRIVER);
	assert_int_equal(gpus.missing.n, 0);
	fake_destroy(f);
}

/* What vmlinux's types tell is told, and whose are missing. */
static void no_debuginfo(void **state)
{
	struct fake *f = *state;
	struct gpu *g;

	make_driver(f);
	add_device(f, "virtio1");
	fake_module(f, "virtio_gpu", NULL, 0);
	fake_module(f, "virtio_ring", NULL, 0);
	fake_absent(f, "virtio_gpu_device");
	fake_absent(f, "vring_virtqueue");
	assert_true(read_gpus(f));
	g = &gpus.all.v[0];
	assert_false(g->read);
	assert_int_equal(g->pending_commands, -1);
	assert_int_equal(g->feature_names.n, 4);
	assert_int_equal(g->vqs.all.n, 2);
	assert_string_equal(g->vqs.all.v[0].name, "control");
	assert_int_equal(g->vqs.all.v[0].num_free, 16);
	assert_int_equal(g->vqs.all.v[0].kind, VRING_UNREAD);
	assert_int_equal(gpus.missing.n, 2);
	assert_string_equal(gpus.missing.v[0].module, "virtio_gpu");
	assert_string_equal(gpus.missing.v[1].module, "virtio_ring");
	assert_false(gpus.missing.v[1].builtin);
	assert_int_equal(g->damage.n, 0);
	/* The kernel's own, of which no module could tell. */
	fake_function(f, "vring_interrupt", NULL, 0xffffffff81234000, 64);
	assert_true(read_gpus(f));
	assert_true(gpus.missing.v[0].builtin == gpus.builtin);
	assert_true(gpus.missing.v[1].builtin);
}

static void device_lies(void **state)
{
	struct fake *f = *state;
	struct gpu *g;

	make_driver(f);
	add_device(f, "virtio1");
	set_fences(5, 7);
	fake_set(f, dev.vgdev, "virtio_gpu_device.num_scanouts", UINT32_MAX);
	fake_set(f, fake_at(f, dev.vgdev, "virtio_gpu_device.ctrlq"),
		 "virtio_gpu_queue.vq", 0x1234);
	assert_true(read_gpus(f));
	g = &gpus.all.v[0];
	assert_true(
		gpu_damaged(g,
			    "fence 7 has signalled, and the last that was emitted is 5"));
	assert_true(gpu_damaged(g, "num_scanouts is 4294967295"));
	assert_int_equal(g->outputs.n, 16);
	assert_true(gpu_damaged(g, "ctrlq.vq is 0x1234"));
	fake_set(f, dev.vgdev, "virtio_gpu_device.vdev", dev.drm);
	assert_true(read_gpus(f));
	assert_true(gpu_damaged(&gpus.all.v[0], "belongs to another device"));
	assert_false(gpus.all.v[0].read);
	fake_set(f, dev.drm, "drm_device.dev_private", FAKE_NOWHERE);
	assert_true(read_gpus(f));
	assert_true(fake_has_note(f, "virtio_gpu_device of drm_device"));
	fake_set(f, dev.vdev, "virtio_device.priv", 0);
	assert_true(read_gpus(f));
	assert_true(gpu_damaged(&gpus.all.v[0], "no drm_device belongs to it"));
}

static void lists_lie(void **state)
{
	struct fake *f = *state;

	make_driver(f);
	add_device(f, "virtio1");
	/* The second queue's next is itself. */
	fake_ptr(f, fake_at(f, dev.cursor, "virtqueue.list"),
		 fake_at(f, dev.cursor, "virtqueue.list"));
	assert_true(read_gpus(f));
	assert_int_equal(gpus.all.n, 1);
	assert_false(gpus.all.v[0].vqs.complete);
	assert_int_equal(gpus.all.v[0].vqs.all.n, 2);
	assert_true(fake_has_note(f, "virtqueues of a device"));
	fake_ptr(f, dev.driver_list, FAKE_NOWHERE);
	assert_false(read_gpus(f));
	assert_int_equal(gpus.state, GPUS_UNREADABLE);
	assert_true(fake_has_note(f, "virtio-gpu devices"));
}

static void interrupted(void **state)
{
	struct fake *f = *state;
	size_t i;

	make_driver(f);
	add_device(f, "virtio1");
	fake_set(f, dev.vgdev, "virtio_gpu_device.num_scanouts", 4);
	for (i = 0; i < 60; i++) {
		fake_interrupt_after(f, i);
		read_gpus(f);
		assert_int_equal(fake_dump(f)->notes.n, 0);
		fake_forget_counts(f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(empty),
		fake_test(in_flight),
		fake_test(fetched),
		fake_test(full),
		fake_test(flags),
		fake_test(desc_extra),
		fake_test(of_4_19),
		fake_test(sizes),
		fake_test(counters_disagree),
		fake_test(free_list_lies),
		fake_test(entries_lie),
		fake_test(half_fetched),
		fake_test(half_written),
		fake_test(indirect_tables),
		fake_test(suppressed),
		fake_test(chains_lie),
		fake_test(much_damage),
		fake_test(pages_missing),
		fake_test(packed_ring),
		fake_test(packed_answers),
		fake_test(packed_wrap_bit),
		fake_test(packed_lies),
		fake_test(packed_all_answered),
		fake_test(packed_order),
		fake_test(packed_free_list),
		fake_test(packed_events),
		fake_test(packed_fetched),
		fake_test(layouts),
		fake_test(waits_of_a_device),
		fake_test(asker_without_registers),
		fake_test(answer_that_is_waited_for),
		fake_test(answer_that_is_not_owed),
		fake_test(numbers_that_are_waited_for),
		fake_test(who_runs_sleeps_for_no_answer),
		fake_test(answers_of_two_devices),
		fake_test(whole_device),
		fake_test(the_guests_mode),
		fake_test(two_devices),
		fake_test(none),
		cmocka_unit_test(no_driver),
		fake_test(no_debuginfo),
		fake_test(device_lies),
		fake_test(lists_lie),
		fake_test(interrupted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
