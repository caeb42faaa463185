// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/base.h"
#include "packer.h"

#define IN_SIZE (128u << 10)
#define OUT_SIZE (256u << 10)
#define MB(bytes) COUNT((bytes) >> 20)

/* ---- where to --------------------------------------------------------------- */

/* A file in a folder that has no name, or has none soon. */
static int open_nameless(const char *folder)
{
	char path[PATH_MAX];
	int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	/* Not each file system can, NFS for one. */
	if (fd >= 0 ||
	    snprintf(path, sizeof(path), "%s/.vgpu.XXXXXX", folder) >= (int)sizeof(path))
		return fd;
	fd = mkostemp(path, O_CLOEXEC);
	if (fd >= 0)
		unlink(path);
	return fd;
}

static bool has_room(int fd, const char *folder, uint64_t size, struct error *why)
{
	struct statvfs st;
	uint64_t room;

	if (fstatvfs(fd, &st))
		return true;
	room = (uint64_t)st.f_bavail * st.f_frsize;
	if (room > size)
		return true;
	return error_set(why, "unpacked it is %llu MB, and %s has room for %llu",
			 MB(size), folder, MB(room));
}

static int open_in(const char *folder, uint64_t size, struct error *why)
{
	int fd;

	if (!folder || !*folder)
		return -1;
	fd = open_nameless(folder);
	if (fd < 0) {
		error_set(why, "there is no place to unpack it: %s: %s", folder,
			  strerror(errno));
	} else if (!has_room(fd, folder, size, why)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Beside the core: who has room for it there may have it for this too. */
static int open_place(const char *name, uint64_t size, struct error *why)
{
	const char *slash = strrchr(name, '/');
	char beside[PATH_MAX];
	const char *const folders[] = {beside, getenv("TMPDIR"), "/var/tmp"};
	struct error reason = {.text = ""};
	int fd = -1;
	size_t i;

	snprintf(beside, sizeof(beside), "%.*s", slash ? (int)(slash - name) + 1 : 1,
		 slash ? name : ".");
	for (i = 0; i < ARRAY_SIZE(folders) && fd < 0; i++)
		fd = open_in(folders[i], size, &reason);
	/* Where one has a place, nothing is to be told of the others. */
	if (fd < 0 && why)
		*why = reason;
	return fd;
}

/* ---- unpack ----------------------------------------------------------------- */

struct unpacking {
	struct file *f;
	const struct packer *packer;
	const struct file_request *request;
	void *state;
	int to;
	unsigned char *in, *out;
	uint64_t read, written;
};

/* Zeros are left out: the file has a hole there, and ends where it should at last. */
static bool put(struct unpacking *u, size_t n, struct error *why)
{
	size_t done = 0;
	ssize_t wrote;

	if (n > u->request->unpack_max - u->written)
		return error_set(why, "unpacked it is larger than %llu MB, the limit",
				 MB(u->request->unpack_max));
	if (all_zeros(u->out, n))
		done = n;
	while (done < n) {
		wrote = pwrite(u->to, u->out + done, n - done,
			       (off_t)(u->written + done));
		if (wrote < 0 && errno != EINTR)
			return error_set(why, "unpacking it: %s", strerror(errno));
		done += wrote > 0 ? (size_t)wrote : 0;
	}
	u->written += n;
	return true;
}

static void refill(struct unpacking *u, struct packer_piece *piece)
{
	if (piece->in_n || piece->last)
		return;
	piece->in = u->in;
	piece->in_n = fd_get(u->f->fd, u->read, u->in, IN_SIZE);
	u->read += piece->in_n;
	piece->last = piece->in_n < IN_SIZE;
}

/* What is damaged or cut is taken as far as it goes. */
static bool unpack_all(struct unpacking *u, struct error *why)
{
	struct packer_piece piece = {0};
	enum packer_step step = PACKER_MORE;
	size_t made;

	while (step == PACKER_MORE) {
		refill(u, &piece);
		piece.out = u->out;
		piece.out_n = OUT_SIZE;
		step = u->packer->step(u->state, &piece);
		made = OUT_SIZE - piece.out_n;
		if (step == PACKER_MORE && piece.last && !piece.in_n && !made)
			step = PACKER_DAMAGED;
		if (!put(u, made, why) || !progress_at(u->request->progress, "unpacking",
						       u->read, u->f->stored, why))
			return false;
	}
	u->f->cut = step == PACKER_DAMAGED;
	if (!u->written)
		return error_set(why, "packed by %s, and damaged", u->packer->name);
	if (ftruncate(u->to, (off_t)u->written))
		return error_set(why, "unpacking it: %s", strerror(errno));
	return true;
}

static bool begin(struct unpacking *u, struct error *why)
{
	uint64_t size = u->packer->size(u->f->fd, u->f->stored);

	if (size > u->request->unpack_max)
		return error_set(why, "unpacked it is %llu MB, and the limit is %llu",
				 MB(size), MB(u->request->unpack_max));
	u->to = open_place(u->f->name, size, why);
	if (u->to < 0)
		return false;
	u->in = malloc(IN_SIZE);
	u->out = malloc(OUT_SIZE);
	u->state = u->packer->begin();
	return (u->in && u->out && u->state) ||
	       error_set(why, "no memory for unpacking it");
}

bool unpack(struct file *f, const struct file_request *request, struct error *why)
{
	struct unpacking u = {.f = f, .packer = packer_of(f->fd), .request = request};
	bool ok;

	if (!u.packer)
		return true;
	u.to = -1;
	ok = begin(&u, why) && unpack_all(&u, why);
	if (u.state)
		u.packer->end(u.state);
	free(u.in);
	free(u.out);
	if (ok) {
		close(f->fd);
		f->fd = u.to;
		f->size = u.written;
		f->packer = u.packer->name;
	} else if (u.to >= 0) {
		close(u.to);
	}
	return ok;
}
