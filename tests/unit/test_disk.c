// SPDX-License-Identifier: GPL-2.0-or-later
/* Disks, their requests in flight, and what these carry. */
#include "waiting.h"

#include "arch/arch.h"
#include "facts/io_wait.h"

static struct disks disks;
static struct fake *fake;
static kaddr_t sb, gendisk, queue, set, tags, requests, request, bio, vecs, page, buffer;

#define TAGS 4

static kaddr_t block_device(kaddr_t disk)
{
	kaddr_t inode = fake_alloc(fake, 4096);

	fake_id_set(fake, fake_id_at(fake, inode, BDEV_INODE_BDEV), BDEV_DISK, disk);
	fake_list_add_tail(fake, fake_id_at(fake, sb, SB_INODES),
			   fake_id_at(fake, fake_id_at(fake, inode, BDEV_INODE_INODE),
				      INODE_SB_LIST));
	return inode;
}

static void piece(size_t i, kaddr_t of, uint64_t bytes, uint64_t offset)
{
	kaddr_t vec = vecs + i * (kaddr_t)layout_size(fake_dump(fake), BIO_VEC);

	fake_id_set(fake, vec, BIO_VEC_PAGE, of);
	fake_id_set(fake, vec, BIO_VEC_BYTES, bytes);
	fake_id_set(fake, vec, BIO_VEC_OFFSET, offset);
}

static void with_request(void)
{
	request = fake_new(fake, "request");
	bio = fake_new(fake, "bio");
	vecs = fake_alloc(fake, 256);
	buffer = fake_alloc(fake, 128);
	page = fake_alloc(fake, 64 * 64);
	fake_u64(fake, requests + 8, request);
	fake_id_set(fake, request, REQUEST_QUEUE, queue);
	fake_id_set(fake, request, REQUEST_STATE, 1);
	fake_id_set(fake, request, REQUEST_FLAGS, 0x1000801);
	fake_id_set(fake, request, REQUEST_SECTOR, 2048);
	fake_id_set(fake, request, REQUEST_BYTES, 12288);
	fake_id_set(fake, request, REQUEST_START, 5000000000);
	fake_id_set(fake, request, REQUEST_BIO, bio);
	fake_id_set(fake, bio, BIO_VECS, vecs);
	fake_id_set(fake, bio, BIO_LEFT, 12288);
	fake_id_set(fake, bio, BIO_PRIVATE, buffer);
	piece(0, page, 4096, 0);
	piece(1, page + 10 * 64, 8192, 0);
}

static void kernel(void *f)
{
	fake = f;
	fake_kernel(fake);
	sb = fake_alloc(fake, 2048);
	gendisk = fake_alloc(fake, 2048);
	queue = fake_alloc(fake, 4096);
	set = fake_alloc(fake, 512);
	tags = fake_alloc(fake, 512);
	requests = fake_alloc(fake, TAGS * 8);
	fake_u64(fake, fake_variable(fake, "blockdev_superblock", 8), sb);
	fake_list_head(fake, fake_id_at(fake, sb, SB_INODES));
	fake_string(fake, fake_id_at(fake, gendisk, DISK_NAME), "vda");
	fake_id_set(fake, gendisk, DISK_QUEUE, queue);
	fake_id_set(fake, queue, QUEUE_TAG_SET, set);
	fake_id_set(fake, set, TAG_SET_QUEUES, 1);
	fake_id_set(fake, set, TAG_SET_TAGS, fake_alloc(fake, 64));
	fake_u64(fake, fake_get(fake, set, "blk_mq_tag_set.tags"), tags);
	fake_id_set(fake, tags, TAGS_NUMBER, TAGS);
	fake_id_set(fake, tags, TAGS_REQUESTS, requests);
	/* The disk, and a partition of it. */
	block_device(gendisk);
	block_device(gendisk);
	/* One that is open by its number, and gone. */
	block_device(0);
	with_request();
}

static const struct disk_request *of_page(kaddr_t addr)
{
	return disks_request_of_page(fake_dump(fake), &disks, addr);
}

static void read_all(void)
{
	disks_read(fake_dump(fake), &disks);
}

/* The request that the first disk has had longest: no word of the disk counts them. */
static void assert_shown_by(const char *members)
{
	const struct look *look = &disks.all.v[0].look;

	assert_int_equal(look->address, request);
	assert_string_equal(look->type, members);
}

static void request_in_flight(void **state)
{
	const struct disk_request *rq;

	kernel(*state);
	read_all();
	assert_int_equal(disks.all.n, 1);
	assert_string_equal(disks.all.v[0].name, "vda");
	assert_int_equal(disks.all.v[0].in_flight, 1);
	assert_int_equal(disks.requests.n, 1);
	rq = &disks.requests.v[0];
	assert_int_equal(rq->addr, request);
	assert_string_equal(disk_operation(rq->operation), "write");
	assert_int_equal(rq->sector, 2048);
	assert_int_equal(rq->bytes, 12288);
	assert_int_equal(rq->since_ns, 5000000000);
	assert_shown_by("request.state,start_time_ns");
	/* Given to its driver later than it was made. */
	fake_id_set(fake, request, REQUEST_IO_START, 6000000000);
	read_all();
	assert_int_equal(disks.requests.v[0].since_ns, 6000000000);
	assert_shown_by("request.state,io_start_time_ns");
}

/* A tag names the request that had it last. */
static void request_that_is_done(void **state)
{
	kernel(*state);
	fake_id_set(fake, request, REQUEST_STATE, 0);
	read_all();
	assert_int_equal(disks.requests.n, 0);
	fake_id_set(fake, request, REQUEST_STATE, 1);
	fake_id_set(fake, request, REQUEST_QUEUE, queue + 64);
	read_all();
	assert_int_equal(disks.requests.n, 0);
	assert_int_equal(disks.all.v[0].in_flight, 0);
}

/* Until 5.0 a queue need not be blk-mq's: what it was given is on a list. */
static void request_of_an_older_queue(void **state)
{
	kaddr_t done;

	kernel(*state);
	fake_member(fake, "request_queue", "request_fn", 2048, 8);
	fake_member(fake, "request_queue", "timeout_list", 2064, 16);
	fake_member(fake, "request", "timeout_list", 248, 16);
	fake_member(fake, "request", "__deadline", 240, 8);
	with_request();
	fake_u64(fake, requests + 8, 0);
	fake_id_set(fake, request, REQUEST_STATE, 0);
	fake_id_set(fake, queue, QUEUE_TAG_SET, 0);
	fake_id_set(fake, queue, QUEUE_REQUEST_FN, 0xffff000008123456);
	fake_list_head(fake, fake_id_at(fake, queue, QUEUE_TIMEOUT_LIST));
	fake_list_add_tail(fake, fake_id_at(fake, queue, QUEUE_TIMEOUT_LIST),
			   fake_id_at(fake, request, REQUEST_TIMEOUT_LIST));
	done = fake_new(fake, "request");
	fake_id_set(fake, done, REQUEST_QUEUE, queue);
	fake_id_set(fake, done, REQUEST_DEADLINE, 0x1001);
	fake_list_add_tail(fake, fake_id_at(fake, queue, QUEUE_TIMEOUT_LIST),
			   fake_id_at(fake, done, REQUEST_TIMEOUT_LIST));
	read_all();
	assert_int_equal(disks.all.v[0].in_flight, 1);
	assert_int_equal(disks.requests.v[0].addr, request);
	assert_shown_by("request.__deadline,start_time_ns");
	assert_int_equal(disks.pieces.n, 2);
	assert_non_null(of_page(page));
	/* One of blk-mq's beside it is read as ever. */
	fake_id_set(fake, queue, QUEUE_REQUEST_FN, 0);
	read_all();
	assert_int_equal(disks.requests.n, 0);
}

static void what_it_carries(void **state)
{
	kaddr_t other;

	kernel(*state);
	read_all();
	assert_int_equal(disks.pieces.n, 2);
	assert_non_null(of_page(page));
	assert_null(of_page(page + 64));
	assert_non_null(of_page(page + 10 * 64));
	/* Two pages, one behind the other. */
	assert_non_null(of_page(page + 11 * 64));
	assert_null(of_page(page + 12 * 64));
	assert_null(of_page(0));
	assert_non_null(disks_request_of_buffer(fake_dump(fake), &disks, buffer));
	/* Of another owner: by its page. */
	other = fake_alloc(fake, 128);
	assert_null(disks_request_of_buffer(fake_dump(fake), &disks, other));
	fake_id_set(fake, other, BUFFER_PAGE, page);
	assert_non_null(disks_request_of_buffer(fake_dump(fake), &disks, other));
}

/* The first page of a compound one stands for all. */
static void compound_page(void **state)
{
	kernel(*state);
	fake_id_set(fake, page, PAGE_COMPOUND_HEAD, (page + 20 * 64) | 1);
	read_all();
	assert_non_null(of_page(page + 20 * 64));
}

/* What is done of a bio is no more in flight: it begins in the middle. */
static void bio_in_part(void **state)
{
	kernel(*state);
	fake_id_set(fake, bio, BIO_AT, 1);
	fake_id_set(fake, bio, BIO_DONE, 4096);
	fake_id_set(fake, bio, BIO_LEFT, 4096);
	read_all();
	assert_int_equal(disks.pieces.n, 1);
	assert_int_equal(disks.pieces.v[0].page, page + 10 * 64);
}

static void disk_without_requests(void **state)
{
	kernel(*state);
	fake_id_set(fake, queue, QUEUE_TAG_SET, 0);
	read_all();
	assert_int_equal(disks.all.n, 1);
	assert_int_equal(disks.requests.n, 0);
	assert_false(fake_has_note(fake, "disk vda"));
}

static void damaged(void **state)
{
	kernel(*state);
	/* Bios in a circle, which go on for ever. */
	fake_id_set(fake, bio, BIO_NEXT, bio);
	fake_id_set(fake, bio, BIO_LEFT, 0xffffffff);
	read_all();
	assert_int_equal(disks.requests.n, 1);
	fake_id_set(fake, bio, BIO_VECS, FAKE_NOWHERE);
	read_all();
	assert_int_equal(disks.pieces.n, 0);
	fake_id_set(fake, request, REQUEST_BIO, FAKE_NOWHERE);
	read_all();
	assert_int_equal(disks.requests.n, 1);
	assert_true(fake_has_note(fake, "a bio of a request"));
	fake_u64(fake, requests + 8, FAKE_NOWHERE);
	read_all();
	assert_int_equal(disks.requests.n, 0);
	fake_id_set(fake, tags, TAGS_NUMBER, 0x7fffffff);
	read_all();
	assert_true(fake_has_note(fake, "the tags of disk vda"));
	fake_id_set(fake, set, TAG_SET_QUEUES, 0x7fffffff);
	read_all();
	assert_true(fake_has_note(fake, "the queues of disk vda"));
	fake_id_set(fake, gendisk, DISK_QUEUE, FAKE_NOWHERE);
	read_all();
	assert_int_equal(disks.all.n, 1);
	fake_u64(fake, fake_id_at(fake, sb, SB_INODES), FAKE_NOWHERE);
	read_all();
	assert_int_equal(disks.all.n, 0);
	assert_true(fake_has_note(fake, "block devices"));
	fake_no_symbol(fake, "blockdev_superblock");
	read_all();
	assert_int_equal(disks.all.n, 0);
}

/* ---- what waits for it ---------------------------------------------------------- */

static struct io_wait io;

static void join(enum wait_kind kind, kaddr_t object, struct bit_wait bit,
		 const char *function)
{
	struct frame frame = {.function = function, .module = ""};
	struct stack stack = {.v = &frame, .n = 1};
	struct wait w = {.kind = kind, .object = object, .bit = bit};

	memset(&io, 0, sizeof(io));
	read_all();
	if (io_wait_needs_disks(&stack, &w))
		io_wait_find(fake_dump(fake), &disks, 9000000000, &stack, &w, &io);
}

static void its_request(void **state)
{
	kernel(*state);
	join(WAIT_IO, page, (struct bit_wait){.of = BIT_OF_PAGE, .addr = page},
	     "io_schedule");
	assert_int_equal(io.request->addr, request);
	assert_string_equal(io.disk->name, "vda");
	assert_true(io.since_s == 4.0);
	join(WAIT_IO, buffer, (struct bit_wait){.of = BIT_OF_BUFFER, .addr = buffer},
	     "io_schedule");
	assert_int_equal(io.request->addr, request);
	/* It is from the future. */
	fake_id_set(fake, request, REQUEST_START, 10000000000);
	join(WAIT_IO, page, (struct bit_wait){.of = BIT_OF_PAGE, .addr = page},
	     "io_schedule");
	assert_true(io.since_s < 0);
	join(WAIT_IO, 0, (struct bit_wait){.of = BIT_OF_NOTHING}, "io_schedule");
	assert_null(io.request);
}

/* A bio's private word is the completion of who waits for it, also of one without pages. */
static void bio_that_is_waited_for(void **state)
{
	struct bit_wait none = {.of = BIT_OF_NOTHING};

	kernel(*state);
	fake_id_set(fake, bio, BIO_PRIVATE, 0xffff888000001000);
	join(WAIT_COMPLETION, 0xffff888000001000, none, "submit_bio_wait");
	assert_int_equal(io.request->addr, request);
	assert_string_equal(io.disk->name, "vda");
	fake_id_set(fake, bio, BIO_VECS, 0);
	fake_id_set(fake, bio, BIO_LEFT, 0);
	join(WAIT_COMPLETION, 0xffff888000001000, none, "submit_bio_wait");
	assert_int_equal(io.request->addr, request);
	assert_null(of_page(0));
	join(WAIT_COMPLETION, 0xffff888000001008, none, "submit_bio_wait");
	assert_null(io.request);
	join(WAIT_COMPLETION, 0, none, "submit_bio_wait");
	assert_null(io.request);
	join(WAIT_COMPLETION, 0xffff888000001000, none, "other");
	assert_null(io.request);
}

/* ---- a disk that is made of a file, and who writes too much ----------------------- */

/* The places are none of a kernel's. */
static const struct fake_row rows[] = {
	FAKE_M("gendisk.private_data", 1000, 8),      FAKE_M("gendisk.bdi", 1008, 8),
	FAKE_M("loop_device.lo_backing_file", 64, 8), FAKE_M("file.f_mapping", 224, 8),
	FAKE_M("backing_dev_info.wb", 72, 256),	      FAKE_M("bdi_writeback.bdi", 0, 8),
};

/* The disk is made of a file that is on this device. */
static kaddr_t made_of_file_on(kaddr_t device)
{
	kaddr_t loop = fake_alloc(fake, 256), file = fake_alloc(fake, 512);
	kaddr_t mapping = fake_alloc(fake, 256), inode = fake_alloc(fake, 1024);
	kaddr_t fs = fake_new(fake, "super_block");

	fake_string(fake, fake_id_at(fake, gendisk, DISK_NAME), "loop0");
	fake_id_set(fake, gendisk, DISK_PRIVATE, loop);
	fake_id_set(fake, loop, LOOP_FILE, file);
	fake_id_set(fake, file, FILE_MAPPING, mapping);
	fake_id_set(fake, mapping, MAPPING_HOST, inode);
	fake_id_set(fake, inode, INODE_SB, fs);
	fake_id_set(fake, fs, SB_DEVICE, device);
	return loop;
}

static void disk_made_of_a_file(void **state)
{
	struct bit_wait bit = {.of = BIT_OF_PAGE};
	kaddr_t below, loop;

	kernel(*state);
	fake_rows(fake, rows, ARRAY_SIZE(rows));
	below = fake_alloc(fake, 2048);
	fake_string(fake, fake_id_at(fake, below, DISK_NAME), "vdb");
	fake_id_set(fake, below, DISK_QUEUE, fake_alloc(fake, 4096));
	loop = made_of_file_on(fake_id_at(fake, block_device(below), BDEV_INODE_BDEV));
	bit.addr = page;
	join(WAIT_IO, page, bit, "io_schedule");
	assert_string_equal(io.disk->name, "loop0");
	assert_true(io.disk->of_file);
	assert_non_null(io.below);
	assert_string_equal(io.below->disk->name, "vdb");
	assert_null(io.below->request);
	assert_null(io.below->below);
	/* What it is made of cannot be read. */
	fake_id_set(fake, loop, LOOP_FILE, FAKE_NOWHERE);
	join(WAIT_IO, page, bit, "io_schedule");
	assert_true(io.disk->of_file);
	assert_null(io.below);
	fake_id_set(fake, gendisk, DISK_PRIVATE, 0);
	join(WAIT_IO, page, bit, "io_schedule");
	assert_null(io.below);
	/* A file on itself. */
	made_of_file_on(fake_id_at(fake, block_device(gendisk), BDEV_INODE_BDEV));
	join(WAIT_IO, page, bit, "io_schedule");
	assert_string_equal(io.disk->name, "loop0");
	assert_null(io.below);
}

/* On the stack of who is held back: a bdi_writeback, whose device has one, too. */
static void who_writes_too_much(void **state)
{
	struct frame frame = {.function = "io_schedule_timeout", .module = ""};
	struct stack stack = {.v = &frame, .n = 1};
	kaddr_t bdi, writeback, task;
	struct tasks tasks;
	struct wait w;

	kernel(*state);
	fake_rows(fake, rows, ARRAY_SIZE(rows));
	bdi = fake_alloc(fake, 512);
	writeback = fake_alloc(fake, 256);
	fake_id_set(fake, fake_id_at(fake, bdi, BDI_WB), WB_BDI, bdi);
	fake_id_set(fake, writeback, WB_BDI, bdi);
	fake_id_set(fake, gendisk, DISK_BDI, bdi);
	task = fake_task(fake, 700, "dd");
	fake_u64(fake, waiting_place(fake, task, 0x80), writeback);
	waiting_find(fake, &tasks, task, &w, "io_schedule_timeout",
		     "balance_dirty_pages");
	assert_int_equal(w.kind, WAIT_IO);
	assert_int_equal(w.dirty, bdi);
	read_all();
	assert_true(io_wait_needs_disks(&stack, &w));
	io_wait_find(fake_dump(fake), &disks, 9000000000, &stack, &w, &io);
	assert_string_equal(io.disk->name, "vda");
	assert_int_equal(io.request->addr, request);
	assert_true(io.dirty);
	assert_true(io.since_s == 4.0);
	/* Reads are not what he waits for. */
	fake_id_set(fake, request, REQUEST_FLAGS, 0);
	read_all();
	io_wait_find(fake_dump(fake), &disks, 9000000000, &stack, &w, &io);
	assert_string_equal(io.disk->name, "vda");
	assert_null(io.request);
	/* Of no disk, as a file system of the network is. */
	fake_id_set(fake, gendisk, DISK_BDI, bdi + 64);
	read_all();
	io_wait_find(fake_dump(fake), &disks, 9000000000, &stack, &w, &io);
	assert_null(io.disk);
	/* A word that only looks like one; elsewhere; nowhere. */
	fake_id_set(fake, fake_id_at(fake, bdi, BDI_WB), WB_BDI, bdi + 8);
	waiting_find(fake, &tasks, task, &w, "io_schedule_timeout",
		     "balance_dirty_pages");
	assert_int_equal(w.kind, WAIT_IO);
	assert_int_equal(w.dirty, 0);
	fake_id_set(fake, writeback, WB_BDI, FAKE_NOWHERE);
	waiting_find(fake, &tasks, task, &w, "io_schedule_timeout",
		     "balance_dirty_pages");
	assert_int_equal(w.dirty, 0);
	waiting_find(fake, &tasks, task, &w, "io_schedule_timeout", "other");
	assert_int_equal(w.dirty, 0);
}

/* What a page is of, and what that is on. */
static void its_place(void **state)
{
	struct bit_wait bit = {.of = BIT_OF_PAGE};
	kaddr_t fs, device, inode, mapping;

	kernel(*state);
	fs = fake_new(fake, "super_block");
	inode = fake_alloc(fake, 1024);
	mapping = fake_alloc(fake, 256);
	bit.addr = fake_new(fake, "page");
	fake_list_head(fake, fake_variable(fake, "super_blocks", 16));
	fake_list_add_tail(fake, fake_value(fake, "super_blocks"),
			   fake_id_at(fake, fs, SB_LIST));
	fake_id_set(fake, bit.addr, PAGE_MAPPING, mapping);
	fake_id_set(fake, mapping, MAPPING_HOST, inode);
	fake_id_set(fake, inode, INODE_SB, fs);
	fake_string(fake, fake_id_at(fake, fs, SB_ID), "0:45");
	join(WAIT_IO, bit.addr, bit, "io_schedule");
	assert_null(io.request);
	assert_null(io.disk);
	assert_int_equal(io.file_system, fs);
	assert_string_equal(io.file_system_id, "0:45");
	/* On a partition; and a page of the block device itself. */
	device = fake_id_at(fake, block_device(gendisk), BDEV_INODE_BDEV);
	fake_id_set(fake, fs, SB_DEVICE, device);
	join(WAIT_IO, bit.addr, bit, "io_schedule");
	assert_string_equal(io.disk->name, "vda");
	assert_int_equal(io.file_system, 0);
	fake_id_set(fake, mapping, MAPPING_HOST,
		    fake_id_at(fake,
			       member_base(fake_dump(fake), device, BDEV_INODE_BDEV),
			       BDEV_INODE_INODE));
	fake_id_set(fake, fake_get(fake, mapping, "address_space.host"), INODE_SB, sb);
	join(WAIT_IO, bit.addr, bit, "io_schedule");
	assert_string_equal(io.disk->name, "vda");
	/* A buffer says it itself. */
	bit = (struct bit_wait){.of = BIT_OF_BUFFER, .addr = fake_alloc(fake, 128)};
	fake_id_set(fake, bit.addr, BUFFER_DEVICE, device);
	join(WAIT_IO, bit.addr, bit, "io_schedule");
	assert_string_equal(io.disk->name, "vda");
	fake_id_set(fake, bit.addr, BUFFER_DEVICE, FAKE_NOWHERE);
	join(WAIT_IO, bit.addr, bit, "io_schedule");
	assert_null(io.disk);
}

/* A device mapper's: what it is given others have. Its queue. */
static kaddr_t another_disk(void)
{
	kaddr_t disk = fake_alloc(fake, 2048), its = fake_alloc(fake, 4096);

	fake_string(fake, fake_id_at(fake, disk, DISK_NAME), "dm-0");
	fake_id_set(fake, disk, DISK_QUEUE, its);
	fake_id_set(fake, its, QUEUE_TAG_SET, 0);
	block_device(disk);
	return its;
}

/* Sleeps below this, and who makes a request has these two words at hand. */
static void join_maker(const char *sleeps, kaddr_t first, kaddr_t second)
{
	/* What is known of a frame on arm64 is where its callee's ends. */
	bool below = fake_dump(fake)->arch->frame_ends == 2;
	struct frame frames[] =
		{{.function = sleeps, .module = ""},
		 {.function = "blk_mq_submit_bio", .module = "", .up = below ? 4 : 8},
		 {.function = "submit_bio", .module = "", .up = below ? 8 : 24},
		 {.function = "write", .module = "", .up = below ? 24 : 32}};
	struct stack stack = {.v = frames, .n = 4, .sp = fake_alloc(fake, 64)};
	struct wait w = {.kind = WAIT_IO};

	memset(&io, 0, sizeof(io));
	fake_u64(fake, stack.sp + 8, first);
	fake_u64(fake, stack.sp + 16, second);
	/* Of who calls it: not of this request. */
	fake_u64(fake, stack.sp + 24, queue);
	read_all();
	assert_true(io_wait_needs_disks(&stack, &w));
	io_wait_find(fake_dump(fake), &disks, 9000000000, &stack, &w, &io);
}

/* The request is not made yet: it is for the disk whose queue its maker has at hand. */
static void room_for_a_request(void **state)
{
	static const char *const sleeps[] = {"rq_qos_wait", "blk_mq_get_tag"};
	kaddr_t other, word;
	size_t i;

	kernel(*state);
	for (i = 0; i < ARRAY_SIZE(sleeps); i++) {
		join_maker(sleeps[i], 5, queue);
		assert_string_equal(io.disk->name, "vda");
		assert_true(dump_ptr(fake_dump(fake), io.room, &word));
		assert_int_equal(word, queue);
		assert_null(io.request);
	}
	join_maker("rq_qos_wait", 5, 6);
	assert_null(io.disk);
	assert_int_equal(io.room, 0);
	join_maker("something", queue, queue);
	assert_null(io.disk);
	/* Of two, either may be. */
	other = another_disk();
	join_maker("rq_qos_wait", queue, other);
	assert_null(io.disk);
	assert_int_equal(io.room, 0);
	assert_int_equal(disks.all.n, 2);
	assert_true(disks.all.v[0].passes_on != disks.all.v[1].passes_on);
}

static void its_frozen_queue(void **state)
{
	const struct bit_wait none = {.of = BIT_OF_NOTHING};
	kaddr_t freeze;

	kernel(*state);
	freeze = fake_id_at(fake, queue, QUEUE_FREEZE_WAIT);
	join(WAIT_QUEUE, freeze, none, "blk_mq_freeze_queue_wait");
	assert_int_equal(io.frozen, FROZEN_BY_IT);
	assert_int_equal(io.request->addr, request);
	join(WAIT_QUEUE, freeze, none, "__bio_queue_enter");
	assert_int_equal(io.frozen, FROZEN_TO_IT);
	assert_null(io.request);
	assert_string_equal(io.disk->name, "vda");
	/* Another queue, or for another reason. */
	join(WAIT_QUEUE, freeze + 8, none, "blk_mq_freeze_queue_wait");
	assert_null(io.disk);
	join(WAIT_QUEUE, freeze, none, "something");
	assert_null(io.disk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_ALL(request_in_flight),
		ON_ALL(request_that_is_done),
		ON(request_of_an_older_queue, 0),
		ON_ALL(what_it_carries),
		ON_ALL(compound_page),
		ON_ALL(bio_in_part),
		ON_ALL(disk_without_requests),
		ON_ALL(damaged),
		ON_ALL(its_request),
		ON_ALL(its_place),
		ON_ALL(bio_that_is_waited_for),
		ON_ALL(disk_made_of_a_file),
		ON_ALL(who_writes_too_much),
		ON_ALL(room_for_a_request),
		ON_ALL(its_frozen_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
