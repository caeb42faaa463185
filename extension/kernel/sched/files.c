// SPDX-License-Identifier: GPL-2.0-or-later
#include "files.h"

#include <stdlib.h>
#include <string.h>

#include "dump/layout.h"

#define FDS_MAX (1u << 20)   /* fs.nr_open, as it is by default */
#define FILES_MAX (4u << 20) /* of all processes together */

struct table_of_task {
	kaddr_t files; /* struct files_struct */
	const struct task *task;
};

struct reader {
	struct dump *d;
	const kaddr_t *ops;
	size_t nops, total;
	struct open_files *out;
	struct object fds, file;
	size_t file_span;
};

static void incomplete(struct reader *r, const struct task *t, const char *why)
{
	r->out->complete = false;
	dump_note(r->d, "open files of pid %d: %s", t->pid, why);
}

static void unread(struct reader *r, const struct task *t, const char *what)
{
	r->out->complete = false;
	dump_unread(r->d, "open files of pid %d: %s", t->pid, what);
}

static bool is_wanted(const struct reader *r, kaddr_t f_op)
{
	size_t i;

	for (i = 0; i < r->nops; i++)
		if (f_op && r->ops[i] == f_op)
			return true;
	return false;
}

/* The two members lie a few words apart: one read for both. */
static void read_file(struct reader *r, const struct task *t, int fd, kaddr_t file)
{
	struct open_file *f;
	kaddr_t f_op;

	if (!obj_read_bytes(&r->file, file, r->file_span)) {
		unread(r, t, "a struct file");
		return;
	}
	f_op = obj_u64(&r->file, FILE_OP);
	if (!is_wanted(r, f_op))
		return;
	f = vec_push(r->d->arena, &r->out->all);
	f->task = t;
	f->fd = fd;
	f->file = file;
	f->f_op = f_op;
	f->private_data = obj_u64(&r->file, FILE_PRIVATE);
}

static bool find_table(struct dump *d, kaddr_t files, kaddr_t *fds, uint64_t *max)
{
	kaddr_t fdt;

	return member_ptr(d, files, FILES_FDT, &fdt) &&
	       member_u64(d, fdt, FDTABLE_MAX, max) &&
	       member_ptr(d, fdt, FDTABLE_FD, fds);
}

bool file_of_descriptor(struct dump *d, const struct task *t, int fd, kaddr_t *file)
{
	kaddr_t files, fds;
	uint64_t max;

	return layout_has_all(d, TASK_FILES, FILES_FDT, FDTABLE_MAX, FDTABLE_FD) &&
	       member_ptr(d, t->addr, TASK_FILES, &files) && files &&
	       find_table(d, files, &fds, &max) && fd >= 0 && (uint64_t)fd < max &&
	       dump_ptr(d, fds + (kaddr_t)fd * sizeof(*file), file) && *file;
}

static void read_table(struct reader *r, const struct table_of_task *t)
{
	kaddr_t fds, file;
	uint64_t max;
	size_t i;

	if (!find_table(r->d, t->files, &fds, &max)) {
		unread(r, t->task, "the table of descriptors");
		return;
	}
	if (max > FDS_MAX) {
		incomplete(r, t->task, "the table of descriptors is larger than any is");
		return;
	}
	if (!obj_read_bytes(&r->fds, fds, max * sizeof(kaddr_t))) {
		if (max)
			unread(r, t->task, "the array of descriptors");
		return;
	}
	for (i = 0; i < max && !dump_interrupted(r->d); i++) {
		memcpy(&file, r->fds.bytes + i * sizeof(file), sizeof(file));
		if (file && ++r->total <= FILES_MAX)
			read_file(r, t->task, (int)i, file);
	}
}

static int by_table(const void *a, const void *b)
{
	const struct table_of_task *x = a, *y = b;

	if (x->files != y->files)
		return x->files < y->files ? -1 : 1;
	return x->task->pid < y->task->pid ? -1 : x->task->pid > y->task->pid;
}

static int by_task(const void *a, const void *b)
{
	const struct open_file *x = a, *y = b;

	if (x->task->pid != y->task->pid)
		return x->task->pid < y->task->pid ? -1 : 1;
	return x->fd < y->fd ? -1 : x->fd > y->fd;
}

void open_files_read(struct dump *d, const struct tasks *tasks, const kaddr_t *ops,
		     size_t n, struct open_files *files)
{
	struct reader r = {.d = d, .ops = ops, .nops = n, .out = files};
	VEC(struct table_of_task) tables = {0};
	struct table_of_task t;
	size_t i;

	memset(files, 0, sizeof(*files));
	if (!layout_has_all(d, TASK_FILES, FILES_FDT, FDTABLE_MAX, FDTABLE_FD, FILE_OP,
			    FILE_PRIVATE)) {
		dump_note(d, "open files: no debuginfo for struct files_struct");
		return;
	}
	obj_init(&r.fds, d);
	obj_init(&r.file, d);
	r.file_span = layout_span(d, FILE_OP);
	files->complete = tasks->complete;
	for (i = 0; i < tasks->all.n; i++) {
		t.task = &tasks->all.v[i];
		if (!t.task->kthread &&
		    member_ptr(d, t.task->addr, TASK_FILES, &t.files) && t.files)
			*vec_push(d->arena, &tables) = t;
	}
	if (tables.n)
		qsort(tables.v, tables.n, sizeof(tables.v[0]), by_table);
	for (i = 0; i < tables.n && !dump_interrupted(d); i++)
		if (!i || tables.v[i].files != tables.v[i - 1].files)
			read_table(&r, &tables.v[i]);
	if (files->all.n)
		qsort(files->all.v, files->all.n, sizeof(files->all.v[0]), by_task);
}
