// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * fused COMM FOLDER: the daemon of a file system in user space, which has one folder with
 * one file, "image", that nobody reads.  It answers until it is asked to make or to write
 * something, and then stops, as if by Ctrl-Z.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/uio.h>
#include <unistd.h>

#include "lab.h"

#define IMAGE_NODE 2

static int fused_fd;

static const struct fuse_attr folder_attr = {.ino = FUSE_ROOT_ID,
					     .mode = 040755,
					     .nlink = 2};
static const struct fuse_attr image_attr = {.ino = IMAGE_NODE,
					    .mode = 0100644,
					    .nlink = 1,
					    .size = 4 << 20};

static void answer(uint64_t unique, int error, const void *data, size_t size)
{
	struct fuse_out_header head = {.len = (uint32_t)(sizeof(head) + size),
				       .error = -error,
				       .unique = unique};
	struct iovec parts[2] = {{&head, sizeof(head)}, {(void *)data, size}};

	if (writev(fused_fd, parts, size ? 2 : 1) < 0 && errno != ENOENT)
		die("fused: an answer");
}

static void answer_init(const struct fuse_in_header *in, const struct fuse_init_in *init)
{
	struct fuse_init_out out = {.major = FUSE_KERNEL_VERSION,
				    .minor = FUSE_KERNEL_MINOR_VERSION,
				    .max_readahead = init->max_readahead,
				    .max_write = 65536};

	if (init->minor < out.minor)
		out.minor = init->minor;
	answer(in->unique, 0, &out, sizeof(out));
}

static void answer_attr(const struct fuse_in_header *in)
{
	struct fuse_attr_out out = {.attr_valid = 1000,
				    .attr = in->nodeid == IMAGE_NODE ? image_attr
								     : folder_attr};

	answer(in->unique, 0, &out, sizeof(out));
}

static void answer_lookup(const struct fuse_in_header *in, const char *name)
{
	struct fuse_entry_out out = {.nodeid = IMAGE_NODE,
				     .entry_valid = 1000,
				     .attr_valid = 1000,
				     .attr = image_attr};

	if (strcmp(name, "image"))
		answer(in->unique, ENOENT, NULL, 0);
	else
		answer(in->unique, 0, &out, sizeof(out));
}

static void serve(const struct fuse_in_header *in)
{
	switch (in->opcode) {
	case FUSE_INIT:
		answer_init(in, (const void *)(in + 1));
		break;
	case FUSE_GETATTR:
		answer_attr(in);
		break;
	case FUSE_LOOKUP:
		answer_lookup(in, (const void *)(in + 1));
		break;
	case FUSE_MKDIR:
	case FUSE_WRITE:
		say("the daemon stops");
		raise(SIGSTOP);
		answer(in->unique, EIO, NULL, 0);
		break;
	case FUSE_FORGET:
	case FUSE_BATCH_FORGET:
	case FUSE_INTERRUPT:
		break;
	default:
		answer(in->unique, ENOSYS, NULL, 0);
	}
}

static int fused(int argc, char **argv)
{
	static char request[1 << 17];
	char options[96];
	ssize_t got;

	if (argc != 3)
		return 2;
	set_comm(argv[1]);
	fused_fd = open("/dev/fuse", O_RDWR);
	if (fused_fd < 0)
		die("fused: /dev/fuse");
	snprintf(options, sizeof(options), "fd=%d,rootmode=40755,user_id=0,group_id=0",
		 fused_fd);
	if (mount("lab", argv[2], "fuse", 0, options))
		die("fused: mount");
	record("role\tname=daemon\tpid=%d\tcomm=%s", getpid(), argv[1]);
	for (;;) {
		got = read(fused_fd, request, sizeof(request));
		if (got >= (ssize_t)sizeof(struct fuse_in_header))
			serve((const void *)request);
	}
}

COMMAND(fused, "COMM FOLDER", fused)
