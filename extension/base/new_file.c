// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE
#include "new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "path.h"

bool new_file_open(struct arena *a, struct new_file *f, const char *path)
{
	struct path_about there;

	f->path = path;
	f->fd = -1;
	if (path_look(path, &there) && !there.regular) {
		errno = there.folder ? EISDIR : EEXIST;
		return false;
	}
	f->fresh = arena_printf(a, "%s.XXXXXX", path);
	f->fd = mkostemp(f->fresh, O_CLOEXEC);
	return f->fd >= 0;
}

const char *new_file_error(int error)
{
	return error == EEXIST ? "it is not a regular file" : strerror(error);
}

FILE *new_file_stream(const struct new_file *f)
{
	int fd = fcntl(f->fd, F_DUPFD_CLOEXEC, 0);
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;

	if (!out && fd >= 0)
		close(fd);
	return out;
}

void new_file_remove(struct new_file *f)
{
	int error = errno;

	if (f->fd < 0)
		return;
	close(f->fd);
	unlink(f->fresh);
	f->fd = -1;
	errno = error;
}

bool new_file_keep(struct new_file *f, unsigned int mode)
{
	if (fchmod(f->fd, mode) || fsync(f->fd) || rename(f->fresh, f->path)) {
		new_file_remove(f);
		return false;
	}
	close(f->fd);
	f->fd = -1;
	return true;
}

bool new_file_is(const char *path, const char *other)
{
	struct path_about a, b;

	return path && other && path_look(path, &a) && path_look(other, &b) &&
	       a.device == b.device && a.inode == b.inode;
}

bool new_file_is_among(const char *path, const char *const *others, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (new_file_is(path, others[i]))
			return true;
	return false;
}
