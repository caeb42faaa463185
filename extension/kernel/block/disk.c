// SPDX-License-Identifier: GPL-2.0-or-later
#include "disk.h"

#include <string.h>

#include "base/text.h"
#include "dump/layout.h"
#include "dump/list.h"

/* What a list that lies may cost, far above what machines have. */
#define DEVICES_MAX 100000
#define QUEUES_MAX 4096
#define TAGS_MAX 65536
#define STARTED_MAX 65536
#define BIOS_MAX 4096 /* of one request */
#define VECS_MAX 4096 /* of one bio */
#define PIECES_MAX 1000000

/* include/linux/blk_types.h: the operation is in the lowest bits of the flags. */
#define OPERATION 0xffu
#define OPERATION_WRITE 1

const char *disk_operation(unsigned int operation)
{
	static const char *const names[] =
		{[0] = "read", [1] = "write", [2] = "flush", [3] = "discard"};

	return operation < ARRAY_SIZE(names) ? names[operation] : NULL;
}

/* ---- what a request carries ------------------------------------------------ */

/* Of a compound page all but the first point to the first. */
static kaddr_t first_page(struct dump *d, kaddr_t page)
{
	kaddr_t head;

	return layout_has(d, PAGE_COMPOUND_HEAD) &&
			       member_ptr(d, page, PAGE_COMPOUND_HEAD, &head) && head & 1
		       ? head - 1
		       : page;
}

/* From where the bio has got to on: as much as is left of it. */
static void read_pieces(struct dump *d, struct disks *disks, const struct object *bio)
{
	uint64_t left = obj_u64(bio, BIO_LEFT), done = obj_u64(bio, BIO_DONE), n;
	kaddr_t at = obj_u64(bio, BIO_VECS) +
		     obj_u64(bio, BIO_AT) * (kaddr_t)layout_size(d, BIO_VEC);
	struct disk_piece piece = {.request = disks->requests.n - 1,
				   .owner = obj_u64(bio, BIO_PRIVATE)};
	struct object vec;
	size_t i;

	obj_init(&vec, d);
	/* One that carries no page, as a discard, is somebody's all the same. */
	if (!obj_u64(bio, BIO_VECS) && disks->pieces.n < PIECES_MAX) {
		*vec_push(d->arena, &disks->pieces) = piece;
		return;
	}
	for (i = 0; i < VECS_MAX && left && disks->pieces.n < PIECES_MAX; i++) {
		if (!obj_read(&vec, BIO_VEC, at) || !obj_u64(&vec, BIO_VEC_BYTES))
			return;
		piece.page = obj_u64(&vec, BIO_VEC_PAGE);
		piece.first = first_page(d, piece.page);
		piece.offset = (uint32_t)obj_u64(&vec, BIO_VEC_OFFSET);
		piece.bytes = (uint32_t)obj_u64(&vec, BIO_VEC_BYTES);
		*vec_push(d->arena, &disks->pieces) = piece;
		n = piece.bytes > done ? piece.bytes - done : 0;
		left -= n < left ? n : left;
		done = 0;
		at += (kaddr_t)layout_size(d, BIO_VEC);
	}
}

static void read_bios(struct dump *d, struct disks *disks, kaddr_t bio)
{
	struct object o;
	size_t n;

	if (!layout_has_all(d, BIO, BIO_NEXT, BIO_VECS, BIO_LEFT, BIO_AT, BIO_VEC,
			    BIO_VEC_PAGE, BIO_VEC_BYTES))
		return;
	obj_init(&o, d);
	for (n = 0; bio && n < BIOS_MAX; n++) {
		if (!obj_read(&o, BIO, bio)) {
			dump_unread(d, "a bio of a request in flight");
			return;
		}
		read_pieces(d, disks, &o);
		bio = obj_u64(&o, BIO_NEXT);
	}
}

/* ---- requests -------------------------------------------------------------- */

/* state: the member that says that the driver has it. */
static void take_request(struct dump *d, struct disks *disks, size_t disk,
			 const struct object *o, enum layout_id state)
{
	struct disk *of = &disks->all.v[disk];
	struct disk_request *rq = vec_push(d->arena, &disks->requests);
	uint64_t made = obj_u64(o, REQUEST_START), given = obj_u64(o, REQUEST_IO_START);
	bool is_oldest;

	memset(rq, 0, sizeof(*rq));
	rq->addr = o->addr;
	rq->disk = disk;
	rq->operation = (unsigned int)obj_u64(o, REQUEST_FLAGS) & OPERATION;
	rq->sector = obj_u64(o, REQUEST_SECTOR);
	rq->bytes = obj_u64(o, REQUEST_BYTES);
	rq->since_ns = given ? given : made;
	of->in_flight++;
	is_oldest = rq->since_ns && (!of->oldest_ns || rq->since_ns < of->oldest_ns);
	if (is_oldest)
		of->oldest_ns = rq->since_ns;
	if (is_oldest || !of->look.kind)
		of->look = LOOK_AT(arena_printf(d->arena, "%s%s", layout_name(d, state),
						given  ? ",io_start_time_ns"
						: made ? ",start_time_ns"
						       : ""),
				   rq->addr);
	read_bios(d, disks, obj_u64(o, REQUEST_BIO));
}

/* A tag keeps the request that had it last: its state says whether it has it still. */
static void read_request(struct dump *d, struct disks *disks, size_t disk, kaddr_t addr,
			 struct object *o)
{
	if (obj_read(o, REQUEST, addr) &&
	    obj_u64(o, REQUEST_QUEUE) == disks->all.v[disk].queue &&
	    obj_s64(o, REQUEST_STATE) == layout_enum(d, RQ_IN_FLIGHT, 1))
		take_request(d, disks, disk, o, REQUEST_STATE);
}

/*
 * Until 5.0 a queue may not be blk-mq's: SCSI's are not, unless scsi_mod.use_blk_mq says so.
 * What its driver was given is on the list of what may time out (blk_add_timer()); the lowest
 * bit of __deadline says that it is done all the same (blk_mark_rq_complete(), 4.17).
 */
static void read_started(struct dump *d, struct disks *disks, size_t disk)
{
	kaddr_t queue = disks->all.v[disk].queue, node, addr;
	struct list_walk w;
	struct object o;

	obj_init(&o, d);
	list_begin(&w, d, member_addr(d, queue, QUEUE_TIMEOUT_LIST), STARTED_MAX);
	while (list_next(&w, &node) && !dump_interrupted(d)) {
		addr = member_base(d, node, REQUEST_TIMEOUT_LIST);
		if (obj_read(&o, REQUEST, addr) && obj_u64(&o, REQUEST_QUEUE) == queue &&
		    !(obj_u64(&o, REQUEST_DEADLINE) & 1))
			take_request(d, disks, disk, &o, REQUEST_DEADLINE);
	}
	list_end_note(&w, "requests that a disk's driver was given");
}

static bool is_legacy(struct dump *d, kaddr_t queue)
{
	kaddr_t function;

	return layout_has_all(d, QUEUE_TIMEOUT_LIST, REQUEST_TIMEOUT_LIST) &&
	       layout_has(d, QUEUE_REQUEST_FN) &&
	       member_ptr(d, queue, QUEUE_REQUEST_FN, &function) && function;
}

static void read_tags(struct dump *d, struct disks *disks, size_t disk, kaddr_t tags,
		      struct object *o)
{
	kaddr_t requests, rq;
	uint64_t n, i;

	if (!member_u64(d, tags, TAGS_NUMBER, &n) || n > TAGS_MAX ||
	    !member_ptr(d, tags, TAGS_REQUESTS, &requests)) {
		dump_unread(d, "the tags of disk %s", disks->all.v[disk].name);
		return;
	}
	for (i = 0; i < n && !dump_interrupted(d); i++)
		if (dump_ptr(d, requests + i * sizeof(kaddr_t), &rq) && rq)
			read_request(d, disks, disk, rq, o);
}

static void read_requests(struct dump *d, struct disks *disks, size_t disk)
{
	kaddr_t set, tags, each, last = 0;
	struct object o;
	uint64_t n, i;

	if (is_legacy(d, disks->all.v[disk].queue)) {
		read_started(d, disks, disk);
		return;
	}
	if (!member_ptr(d, disks->all.v[disk].queue, QUEUE_TAG_SET, &set))
		return;
	disks->all.v[disk].passes_on = !set;
	if (!set)
		return;
	if (!member_u64(d, set, TAG_SET_QUEUES, &n) || n > QUEUES_MAX ||
	    !member_ptr(d, set, TAG_SET_TAGS, &tags)) {
		dump_unread(d, "the queues of disk %s", disks->all.v[disk].name);
		return;
	}
	obj_init(&o, d);
	for (i = 0; i < n; i++) {
		/* All queues may share the same: e155b0c238b2, 5.16. */
		if (!dump_ptr(d, tags + i * sizeof(kaddr_t), &each) || !each ||
		    each == last)
			continue;
		read_tags(d, disks, disk, each, &o);
		last = each;
	}
}

/* ---- disks ----------------------------------------------------------------- */

static bool is_known(const struct disks *disks, kaddr_t disk)
{
	size_t i;

	for (i = 0; i < disks->all.n; i++)
		if (disks->all.v[i].addr == disk)
			return true;
	return false;
}

static void read_bdi(struct dump *d, struct disk *disk)
{
	if (layout_has(d, DISK_BDI))
		member_ptr(d, disk->addr, DISK_BDI, &disk->bdi);
	else if (layout_has(d, QUEUE_BDI))
		member_ptr(d, disk->queue, QUEUE_BDI, &disk->bdi);
}

/* A disk has a block device for itself and for each partition. */
static void add_disk(struct dump *d, struct disks *disks, kaddr_t addr)
{
	struct disk disk = {.addr = addr};
	char name[33] = "";

	if (!addr || is_known(disks, addr) ||
	    !member_ptr(d, addr, DISK_QUEUE, &disk.queue) || !disk.queue)
		return;
	dump_string(d, member_addr(d, addr, DISK_NAME), name, sizeof(name));
	text_escape(disk.name, sizeof(disk.name), name);
	/* The driver's own name for each of its disks. */
	disk.of_file = text_starts(disk.name, "loop");
	read_bdi(d, &disk);
	*vec_push(d->arena, &disks->all) = disk;
}

static void find_disks(struct dump *d, struct disks *disks)
{
	kaddr_t sb, node, bdev, disk;
	struct list_walk w;

	if (!dump_symbol_u64(d, "blockdev_superblock", &sb) || !sb)
		return;
	list_begin(&w, d, member_addr(d, sb, SB_INODES), DEVICES_MAX);
	while (list_next(&w, &node) && !dump_interrupted(d)) {
		bdev = member_base(d, member_base(d, node, INODE_SB_LIST),
				   BDEV_INODE_INODE);
		if (member_ptr(d, member_addr(d, bdev, BDEV_INODE_BDEV), BDEV_DISK,
			       &disk))
			add_disk(d, disks, disk);
	}
	list_end_note(&w, "block devices");
}

void disks_read(struct dump *d, struct disks *disks)
{
	size_t i;

	memset(disks, 0, sizeof(*disks));
	if (!layout_has_all(d, SB_INODES, INODE_SB_LIST, BDEV_INODE_INODE,
			    BDEV_INODE_BDEV, BDEV_DISK, DISK_NAME, DISK_QUEUE))
		return;
	find_disks(d, disks);
	if (!layout_has_all(d, QUEUE_TAG_SET, TAG_SET_TAGS, TAG_SET_QUEUES, TAGS_NUMBER,
			    TAGS_REQUESTS, REQUEST, REQUEST_QUEUE, REQUEST_STATE,
			    REQUEST_BIO))
		return;
	for (i = 0; i < disks->all.n; i++)
		read_requests(d, disks, i);
}

const struct disk_request *disks_oldest_request(const struct disks *disks,
						const struct disk *disk, bool writes)
{
	const struct disk_request *rq, *oldest = NULL;
	size_t i;

	for (i = 0; i < disks->requests.n; i++) {
		rq = &disks->requests.v[i];
		if (&disks->all.v[rq->disk] == disk &&
		    (!writes || rq->operation == OPERATION_WRITE) &&
		    (!oldest || rq->since_ns < oldest->since_ns))
			oldest = rq;
	}
	return oldest;
}

/* ---- whose disk ------------------------------------------------------------ */

const struct disk *disks_of_device(struct dump *d, const struct disks *disks,
				   kaddr_t device)
{
	kaddr_t disk;
	size_t i;

	if (!device || !member_ptr(d, device, BDEV_DISK, &disk))
		return NULL;
	for (i = 0; i < disks->all.n; i++)
		if (disks->all.v[i].addr == disk)
			return &disks->all.v[i];
	return NULL;
}

kaddr_t disk_device_of_inode(struct dump *d, kaddr_t inode)
{
	kaddr_t sb, of_devices, device;

	if (!inode || !member_ptr(d, inode, INODE_SB, &sb) || !sb)
		return 0;
	if (dump_symbol_u64(d, "blockdev_superblock", &of_devices) && sb == of_devices)
		return member_addr(d, member_base(d, inode, BDEV_INODE_INODE),
				   BDEV_INODE_BDEV);
	return layout_has(d, SB_DEVICE) && member_ptr(d, sb, SB_DEVICE, &device) ? device
										 : 0;
}

kaddr_t disk_file(struct dump *d, const struct disk *disk)
{
	kaddr_t loop, file, mapping, inode;

	if (!disk->of_file)
		return 0;
	dump_load_module(d, "loop", NULL);
	if (layout_has_all(d, DISK_PRIVATE, LOOP_FILE, FILE_MAPPING, MAPPING_HOST) &&
	    member_ptr(d, disk->addr, DISK_PRIVATE, &loop) && loop &&
	    member_ptr(d, loop, LOOP_FILE, &file) && file &&
	    member_ptr(d, file, FILE_MAPPING, &mapping) && mapping &&
	    member_ptr(d, mapping, MAPPING_HOST, &inode))
		return inode;
	return 0;
}

/* ---- whose request --------------------------------------------------------- */

/* A piece may go on over the pages that follow the first: their structs do, too. */
static bool carries(struct dump *d, const struct disk_piece *p, kaddr_t page)
{
	uint64_t size = (uint64_t)layout_size(d, PAGE);
	uint64_t pages = ((uint64_t)p->offset + p->bytes + d->info.page_size - 1) /
			 d->info.page_size;

	return p->page && size &&
	       ((page >= p->page && page < p->page + pages * size) || p->first == page);
}

const struct disk_request *disks_request_of_page(struct dump *d,
						 const struct disks *disks, kaddr_t page)
{
	size_t i;

	for (i = 0; i < disks->pieces.n && page; i++)
		if (carries(d, &disks->pieces.v[i], page))
			return &disks->requests.v[disks->pieces.v[i].request];
	return NULL;
}

const struct disk_request *disks_request_of_owner(const struct disks *disks,
						  kaddr_t owner)
{
	size_t i;

	for (i = 0; i < disks->pieces.n && owner; i++)
		if (disks->pieces.v[i].owner == owner)
			return &disks->requests.v[disks->pieces.v[i].request];
	return NULL;
}

const struct disk_request *
disks_request_of_buffer(struct dump *d, const struct disks *disks, kaddr_t buffer)
{
	const struct disk_request *rq = disks_request_of_owner(disks, buffer);
	kaddr_t page;

	if (rq || !buffer)
		return rq;
	/* Written with others of its page, as what that belongs to wants it. */
	return layout_has(d, BUFFER_PAGE) && member_ptr(d, buffer, BUFFER_PAGE, &page)
		       ? disks_request_of_page(d, disks, page)
		       : NULL;
}
