// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * floor CORE PAGES: read these pages of a core that makedumpfile compressed with zlib, make
 * each whole once, and look at nothing: what whoever needs them must at least take.
 *
 * PAGES is as listed.c writes it.  A page's place follows from how many pages before it are
 * in the file, so the bitmap is counted first.
 */
#include <fcntl.h>
#include <libdeflate.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "readers/core/inflate.h"
#include "readers/kdump.h"

#define BITS 64
#define PAGE_MAX 65536

static struct kdump_header head;
static uint64_t *bits;	/* which pages are in the file */
static uint64_t *ranks; /* pages before each word of it */
static uint64_t pages_at;

static void die(const char *what)
{
	fprintf(stderr, "floor: %s\n", what);
	exit(1);
}

static void get(int fd, void *buf, size_t size, uint64_t at)
{
	if (pread(fd, buf, size, (off_t)at) != (ssize_t)size)
		die("the file cannot be read");
}

static void open_core(int fd)
{
	uint64_t half, at, i, before = 0;

	get(fd, &head, sizeof(head), 0);
	if (head.block_size > PAGE_MAX)
		die("no such core");
	half = (uint64_t)head.bitmap_blocks * head.block_size / 2;
	at = (1ull + head.sub_blocks) * head.block_size;
	bits = malloc(half);
	ranks = malloc(half);
	if (!bits || !ranks)
		die("no memory");
	get(fd, bits, half, at + half);
	for (i = 0; i < half / sizeof(*bits); i++) {
		ranks[i] = before;
		before += (uint64_t)__builtin_popcountll(bits[i]);
	}
	pages_at = at + 2 * half;
}

static void read_page(int fd, uint64_t pfn, struct libdeflate_decompressor *d)
{
	static unsigned char packed[PAGE_MAX], page[PAGE_MAX];
	uint64_t below = (1ull << (pfn % BITS)) - 1, n;
	struct kdump_page p;

	n = ranks[pfn / BITS] + (uint64_t)__builtin_popcountll(bits[pfn / BITS] & below);
	get(fd, &p, sizeof(p), pages_at + n * sizeof(p));
	if (p.size > sizeof(packed))
		die("no such page");
	get(fd, packed, p.size, p.at);
	if (p.packing == PACKED_NOT)
		return;
	if (p.packing != PACKED_ZLIB ||
	    libdeflate_zlib_decompress(d, packed, p.size, page, head.block_size, NULL))
		die("not packed by zlib");
}

int main(int argc, char **argv)
{
	struct libdeflate_decompressor *d = libdeflate_alloc_decompressor();
	uint64_t *pfns;
	struct stat st;
	int fd, list;
	size_t i, n;

	if (argc != 3 || !d)
		die("usage: floor CORE PAGES");
	fd = open(argv[1], O_RDONLY);
	list = open(argv[2], O_RDONLY);
	if (fd < 0 || list < 0 || fstat(list, &st))
		die("no such file");
	pfns = malloc((size_t)st.st_size);
	if (!pfns)
		die("no memory");
	n = (size_t)st.st_size / sizeof(*pfns);
	get(list, pfns, n * sizeof(*pfns), 0);
	open_core(fd);
	for (i = 0; i < n; i++)
		read_page(fd, pfns[i], d);
	return 0;
}
