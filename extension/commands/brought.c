// SPDX-License-Identifier: GPL-2.0-or-later
#include "brought.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define EAR_MS 100 /* between two looks for Ctrl-C */

enum result brought_error(struct session *s, const char *path, const char *why)
{
	return session_error(s, RESULT_UNREADABLE, "%s: %s", path, why);
}

/*
 * A signal only sets a flag, and read() would go on waiting, as open() would for a pipe's
 * first writer.  False: Ctrl-C, which without a dump ends us.
 */
static bool await(struct session *s, int fd)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int n;

	while (!s->dump || !session_interrupted(s)) {
		n = poll(&p, 1, EAR_MS);
		if (n > 0 || (n < 0 && errno != EINTR))
			return true;
	}
	return false;
}

/* As much as there is, and no more than room.  -1: see errno. */
static ssize_t read_all(struct session *s, int fd, char *text, size_t room)
{
	size_t size = 0;
	ssize_t n = 1;

	while (n && size < room) {
		if (!await(s, fd)) {
			errno = EINTR;
			return -1;
		}
		n = read(fd, text + size, room - size);
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return -1;
		size += n > 0 ? (size_t)n : 0;
	}
	return (ssize_t)size;
}

enum result brought_read(struct session *s, const char *path, size_t max,
			 const char *too_long, char **text, size_t *size)
{
	ssize_t n;
	int fd, error;

	*text = arena_alloc(&s->arena, max + 1);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return brought_error(s, path, strerror(errno));
	n = read_all(s, fd, *text, max + 1);
	error = errno;
	close(fd);
	if (n < 0 && error == EINTR)
		return RESULT_INTERRUPTED;
	if (n < 0)
		return brought_error(s, path, strerror(error));
	*size = (size_t)n;
	return *size <= max ? RESULT_DONE : brought_error(s, path, too_long);
}
