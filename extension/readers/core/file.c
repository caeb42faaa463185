// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "flattened.h"
#include "unpack.h"

size_t fd_get(int fd, uint64_t at, void *buf, size_t size)
{
	size_t have = 0;
	ssize_t n;

	while (have < size && at <= (uint64_t)INT64_MAX - have) {
		n = pread(fd, (unsigned char *)buf + have, size - have,
			  (off_t)(at + have));
		if (n == 0 || (n < 0 && errno != EINTR))
			break;
		have += n > 0 ? (size_t)n : 0;
	}
	return have;
}

/* As fd_get(), and what lies behind it too where somebody reads on. */
static bool plain_get(struct file *f, uint64_t at, void *buf, size_t size)
{
	bool on = at == f->next;

	f->next = at + size;
	if (at >= f->ahead_at && at - f->ahead_at <= f->ahead_n &&
	    size <= f->ahead_n - (at - f->ahead_at)) {
		memcpy(buf, f->ahead + (at - f->ahead_at), size);
		return true;
	}
	if (!on || size > FILE_AHEAD)
		return fd_get(f->fd, at, buf, size) == size;
	f->ahead_at = at;
	f->ahead_n = fd_get(f->fd, at, f->ahead, FILE_AHEAD);
	if (f->ahead_n < size)
		return false;
	memcpy(buf, f->ahead, size);
	return true;
}

/* What lies between the records is zeros. */
static bool flattened_get(struct file *f, uint64_t at, unsigned char *buf, size_t size)
{
	const struct extent *x;
	size_t n;

	for (; size; at += n, buf += n, size -= n) {
		x = extents_find(f->flat, at);
		if (!x)
			return false;
		if (x->at > at) {
			n = x->at - at < size ? (size_t)(x->at - at) : size;
			memset(buf, 0, n);
			continue;
		}
		n = x->size - (at - x->at) < size ? (size_t)(x->size - (at - x->at))
						  : size;
		if (!plain_get(f, x->where + (at - x->at), buf, n))
			return false;
	}
	return true;
}

bool file_has(const struct file *f, uint64_t at, uint64_t size)
{
	return at <= f->size && size <= f->size - at;
}

bool file_get(struct file *f, uint64_t at, void *buf, size_t size)
{
	if (!file_has(f, at, size))
		return false;
	return f->flat ? flattened_get(f, at, buf, size) : plain_get(f, at, buf, size);
}

/* ---- open and close --------------------------------------------------------- */

static bool open_plain(struct file *f, struct error *why)
{
	struct stat st;
	off_t end;

	/* A FIFO would wait for ever, so do not wait to open it. */
	f->fd = open(f->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (f->fd < 0 || fstat(f->fd, &st))
		return error_set(why, "%s", strerror(errno));
	if (S_ISDIR(st.st_mode))
		return error_set(why, "a folder, not a core");
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return error_set(why, "not a file that can be read back and forth");
	end = S_ISREG(st.st_mode) ? st.st_size : lseek(f->fd, 0, SEEK_END);
	f->stored = f->size = end > 0 ? (uint64_t)end : 0;
	if (!f->size)
		return error_set(why, "an empty file");
	return true;
}

bool file_open(struct arena *a, struct file *f, const char *name,
	       const struct file_request *request, struct error *why)
{
	*f = (struct file){.name = name, .fd = -1};
	f->ahead = arena_alloc(a, FILE_AHEAD);
	if (open_plain(f, why) && unpack(f, request, why) &&
	    flattened_open(a, f, request->progress, why))
		return true;
	file_close(f);
	return false;
}

void file_forget(struct file *f)
{
	f->ahead_n = 0;
}

void file_close(struct file *f)
{
	if (f->fd >= 0)
		close(f->fd);
	f->fd = -1;
}

/* ---- blocks ----------------------------------------------------------------- */

const unsigned char *blocks_get(struct arena *a, struct blocks *b, uint64_t offset)
{
	uint64_t number = offset / b->block_size, at = number * b->block_size;
	size_t slot = number % BLOCKS, size = b->block_size;

	if (offset >= b->size)
		return NULL;
	if (!b->kept[slot])
		b->kept[slot] = arena_alloc(a, b->block_size);
	else if (b->number[slot] == number)
		return b->kept[slot] + offset % b->block_size;
	if (b->size - at < size)
		size = (size_t)(b->size - at);
	b->number[slot] = UINT64_MAX;
	if (!file_get(b->f, b->at + at, b->kept[slot], size))
		return NULL;
	b->number[slot] = number;
	return b->kept[slot] + offset % b->block_size;
}
