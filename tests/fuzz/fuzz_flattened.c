// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A libFuzzer target: flattened files, of records that lie anywhere and over each other,
 * or of any bytes at all.
 *
 * Besides what the sanitizers see: each byte is what the last record with it says, and 0
 * where there is none.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../unit/made_core.h"
#include "base/base.h"
#include "readers/core/file.h"

#define ROOM 70000 /* where a record of struct place may end */

/* A record: 4 bytes of input. */
struct place {
	uint16_t at;
	uint8_t size, shift;
};

static void fail(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

static int as_file(struct bytes b)
{
	static int fd = -1;

	if (fd < 0)
		fd = memfd_create("core", MFD_CLOEXEC);
	if (ftruncate(fd, 0) || pwrite(fd, b.v, b.n, 0) != (ssize_t)b.n)
		fail("no file");
	return fd;
}

/* The same in the file, and in what it should be read as; how large that is. */
static size_t put_records(struct bytes *b, unsigned char *model, const uint8_t *data,
			  size_t size)
{
	unsigned char bytes[4096];
	struct place p;
	size_t at, n, end = 0;

	for (at = 0; at + sizeof(p) <= size; at += sizeof(p)) {
		memcpy(&p, data + at, sizeof(p));
		n = (size_t)p.size << p.shift % 5;
		memset(bytes, (int)(at / sizeof(p) + 1), n);
		made_record(b, p.at, bytes, n);
		memcpy(model + p.at, bytes, n);
		if (n && p.at + n > end)
			end = p.at + n;
	}
	return end;
}

static void look_at(struct file *f, const unsigned char *model, size_t end)
{
	static unsigned char got[ROOM];
	size_t at, n;

	if (f->size != end)
		fail("it is of another size");
	if (!file_get(f, 0, got, end) || memcmp(got, model, end) != 0)
		fail("it is not what its records say");
	for (at = 0; at < end; at += n + 7) {
		n = end - at < 4999 ? end - at : 4999;
		if (!file_get(f, at, got, n) || memcmp(got, model + at, n) != 0)
			fail("in pieces it is not what its records say");
	}
	if (file_get(f, end, got, 1))
		fail("there is something behind its end");
}

static void look_at_any(struct file *f)
{
	unsigned char got[512];
	uint64_t at;

	for (at = 0; at < 8192; at += sizeof(got))
		file_get(f, at, got, sizeof(got));
	file_get(f, f->size - 1, got, 2);
	if (f->size > sizeof(got))
		file_get(f, f->size - sizeof(got), got, sizeof(got));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct progress progress;
	const struct file_request request = {1 << 20, &progress};
	static unsigned char model[ROOM];
	struct arena a = {0};
	struct error why = {""};
	struct bytes b = made_flattened();
	bool any = size && data[0] & 1;
	char path[64];
	struct file f;
	size_t end = 0;

	memset(model, 0, sizeof(model));
	if (any) {
		bytes_add(&b, data + 1, size - 1);
	} else {
		end = size ? put_records(&b, model, data + 1, size - 1) : 0;
		made_record_end(&b);
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", as_file(b));
	if (file_open(&a, &f, path, &request, &why)) {
		if (any)
			look_at_any(&f);
		else
			look_at(&f, model, end);
		file_close(&f);
	} else if (!*why.text || (!any && end)) {
		fail("it is refused");
	}
	arena_free(&a);
	bytes_free(&b);
	return 0;
}
