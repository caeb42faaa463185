/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The headers of a kdump-compressed core, as diskdump once had them and makedumpfile and
 * QEMU write them on 64-bit machines, little-endian.  All numbers are of a block's size:
 *
 *	0		struct kdump_header
 *	1		struct kdump_sub_header, and what it points to
 *	1 + sub_blocks	bitmaps: which pages there are, and which of them are in the file
 *	then		a struct kdump_page for each that is in the file, and their bytes
 */
#ifndef VGPU_KDUMP_H
#define VGPU_KDUMP_H

#include <stdint.h>

#define KDUMP_SIGNATURE "KDUMP   "
#define KDUMP_UTS 65

struct kdump_header {
	char signature[8];
	uint32_t version;
	char sysname[KDUMP_UTS], nodename[KDUMP_UTS], release[KDUMP_UTS];
	char uts_version[KDUMP_UTS], machine[KDUMP_UTS], domainname[KDUMP_UTS];
	unsigned char pad[6];
	int64_t seconds, microseconds;
	uint32_t status;
	uint32_t block_size;
	uint32_t sub_blocks;
	uint32_t bitmap_blocks; /* of both bitmaps */
	uint32_t max_pfn;
	uint32_t ram_blocks, device_blocks, written_blocks;
	uint32_t current_cpu, cpus;
};
_Static_assert(sizeof(struct kdump_header) == 464, "as it is in the file");

/* In status, beside the bit of the packing. */
#define KDUMP_INCOMPLETE 0x8

struct kdump_sub_header {
	uint64_t phys_base;
	int32_t dump_level; /* version 1 */
	uint32_t split;	    /* 2 */
	uint64_t start, end;
	uint64_t vmcoreinfo, vmcoreinfo_size;  /* 3 */
	uint64_t notes, notes_size;	       /* 4 */
	uint64_t erased, erased_size;	       /* 5 */
	uint64_t start_64, end_64, max_pfn_64; /* 6 */
};
_Static_assert(sizeof(struct kdump_sub_header) == 104, "as it is in the file");

struct kdump_page {
	uint64_t at;
	uint32_t size, packing;
	uint64_t flags; /* of the page; 0 */
};
_Static_assert(sizeof(struct kdump_page) == 24, "as it is in the file");

#endif
