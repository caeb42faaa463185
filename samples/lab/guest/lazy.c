// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * lazy COMM PAGER: a process that was migrated, whose pages another one brings when they are
 * touched (userfaultfd); that one stops when it is asked. The first writes such a page to
 * standard output.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "lab.h"

static void bring_pages(const char *comm, int fd)
{
	struct uffd_msg asked;

	set_comm(comm);
	record("role\tname=daemon\tpid=%d\tcomm=%s", getpid(), comm);
	if (read(fd, &asked, sizeof(asked)) != (ssize_t)sizeof(asked))
		die("lazy: an event");
	say("the pager stops");
	raise(SIGSTOP);
}

static int lazy(int argc, char **argv)
{
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	struct uffdio_api api = {.api = UFFD_API};
	struct uffdio_register area = {.mode = UFFDIO_REGISTER_MODE_MISSING};
	void *page;
	int fd;

	if (argc != 3)
		return 2;
	set_comm(argv[1]);
	fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC);
	if (fd < 0 || ioctl(fd, UFFDIO_API, &api))
		die("lazy: userfaultfd");
	page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	if (page == MAP_FAILED)
		die("lazy: no memory");
	area.range.start = (uintptr_t)page;
	area.range.len = size;
	if (ioctl(fd, UFFDIO_REGISTER, &area))
		die("lazy: UFFDIO_REGISTER");
	if (!fork()) {
		bring_pages(argv[2], fd);
		return 0;
	}
	close(fd);
	return write(STDOUT_FILENO, page, 100) < 0;
}

COMMAND(lazy, "COMM PAGER", lazy)
