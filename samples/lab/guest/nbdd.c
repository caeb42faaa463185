// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * nbdd COMM SERVER DEVICE: a client of a network block device, and its server, which answers
 * what is read and stops at the first write.
 */
#include <arpa/inet.h>
#include <endian.h>
#include <fcntl.h>
#include <linux/nbd.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab.h"

#define DISK_SIZE (16ul << 20)

static void send_all(int fd, const void *data, size_t size)
{
	const char *at = data;
	ssize_t put;

	for (; size; at += put, size -= (size_t)put) {
		put = write(fd, at, size);
		if (put <= 0)
			die("nbdd: an answer");
	}
}

static void serve(const char *comm, int fd)
{
	static const char zeros[1 << 17];
	struct nbd_request asked;
	struct nbd_reply answer;

	set_comm(comm);
	record("role\tname=daemon\tpid=%d\tcomm=%s", getpid(), comm);
	while (recv(fd, &asked, sizeof(asked), MSG_WAITALL) == (ssize_t)sizeof(asked)) {
		if (ntohl(asked.type) != NBD_CMD_READ) {
			say("the server stops");
			raise(SIGSTOP);
		}
		memset(&answer, 0, sizeof(answer));
		answer.magic = htonl(NBD_REPLY_MAGIC);
		memcpy(&answer.handle, &asked.handle, sizeof(answer.handle));
		send_all(fd, &answer, sizeof(answer));
		send_all(fd, zeros, ntohl(asked.len));
	}
}

static int nbdd(int argc, char **argv)
{
	int ends[2], fd;

	if (argc != 4)
		return 2;
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends))
		die("nbdd: socketpair");
	if (!fork()) {
		close(ends[0]);
		serve(argv[2], ends[1]);
		return 0;
	}
	close(ends[1]);
	set_comm(argv[1]);
	fd = open(argv[3], O_RDWR);
	if (fd < 0 || ioctl(fd, NBD_SET_BLKSIZE, 4096ul) ||
	    ioctl(fd, NBD_SET_SIZE, DISK_SIZE) || ioctl(fd, NBD_SET_SOCK, ends[0]))
		die("nbdd: %s", argv[3]);
	record("role\tname=innocent\tpid=%d\tcomm=%s", getpid(), argv[1]);
	return ioctl(fd, NBD_DO_IT) < 0;
}

COMMAND(nbdd, "COMM SERVER DEVICE", nbdd)
