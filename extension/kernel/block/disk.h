/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Disks, and the requests that they have been given and have not finished.
 *
 * The block devices are the inodes of their own file system; the requests are in the tags
 * of a disk's queue, each with the bios that it is made of, and these with their pages.
 */
#ifndef VGPU_DISK_H
#define VGPU_DISK_H

#include "dump/look.h"

struct disk {
	kaddr_t addr; /* struct gendisk */
	kaddr_t queue;
	char name[64]; /* "vda", escaped */
	size_t in_flight;
	uint64_t oldest_ns; /* when the first of these was made; 0: not known */
	struct look look;   /* of that one: that it is in flight, and since when */
	kaddr_t bdi;	    /* struct backing_dev_info; 0: not known */
	bool of_file;	    /* a loop device, which is made of a file */
	bool passes_on; /* it has no requests: others have, as a device mapper's disks */
};

struct disk_request {
	kaddr_t addr;
	size_t disk; /* its place in .all */
	unsigned int operation;
	uint64_t sector, bytes;
	uint64_t
		since_ns; /* given to the driver, else made; as boot counts; 0: not known */
};

/* What a request carries: so many bytes from a place in a page on. */
struct disk_piece {
	size_t request;
	kaddr_t page, first; /* it, and the first of a compound one */
	uint32_t offset, bytes;
	kaddr_t owner; /* the bio's private word: a buffer_head, or whatever made it */
};

struct disks {
	VEC(struct disk) all;
	VEC(struct disk_request) requests;
	VEC(struct disk_piece) pieces;
};

/* Nothing, where the kernel keeps them in another way. */
void disks_read(struct dump *d, struct disks *disks);

/* The disk that a block device is, or is a partition of; NULL: not known. */
const struct disk *disks_of_device(struct dump *d, const struct disks *disks,
				   kaddr_t device);
/* The block device that an inode is, or whose file system it is of; 0: none. */
kaddr_t disk_device_of_inode(struct dump *d, kaddr_t inode);
/* The inode of the file that a disk is made of; 0: it is not, or which one is not known. */
kaddr_t disk_file(struct dump *d, const struct disk *disk);
/* The request that carries this page, or that this buffer was given to; NULL: none. */
const struct disk_request *disks_request_of_page(struct dump *d,
						 const struct disks *disks, kaddr_t page);
const struct disk_request *
disks_request_of_buffer(struct dump *d, const struct disks *disks, kaddr_t buffer);
/* The request with a bio whose private word is this. */
const struct disk_request *disks_request_of_owner(const struct disks *disks,
						  kaddr_t owner);
/* Of those that the disk has, given first; writes: of those that write.  NULL: it has none. */
const struct disk_request *disks_oldest_request(const struct disks *disks,
						const struct disk *disk, bool writes);
/* "write", or NULL for one that has no usual name. */
const char *disk_operation(unsigned int operation);

#endif
