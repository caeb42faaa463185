/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File descriptors of processes, of the kinds that are asked for. */
#ifndef VGPU_FILES_H
#define VGPU_FILES_H

#include "dump/dump.h"
#include "task.h"

struct open_file {
	const struct task *task; /* one of those that share the table of descriptors */
	int fd;
	kaddr_t file; /* struct file */
	kaddr_t f_op;
	kaddr_t private_data;
};

struct open_files {
	VEC(struct open_file) all; /* by task, then by descriptor */
	bool complete;
};

/*
 * The open files whose f_op is one of n operations.  Threads share a table: it is
 * read once, for the leader where it is one of them.
 */
void open_files_read(struct dump *d, const struct tasks *tasks, const kaddr_t *ops,
		     size_t n, struct open_files *files);

/* The struct file behind a descriptor of the task's. */
bool file_of_descriptor(struct dump *d, const struct task *t, int fd, kaddr_t *file);

#endif
