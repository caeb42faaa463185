// SPDX-License-Identifier: GPL-2.0-or-later
#include "asked.h"

#include <string.h>

#include "dump/layout.h"
#include "kernel/mm/vma.h"
#include "kernel/sched/files.h"
#include "kernel/sched/path.h"

/* A program that is not position independent is mapped where its symbols say. */
#define FIXED_PROGRAM_MAX 0x10000000

static const char *path_of(struct asked_reader *r, kaddr_t file, const char **why)
{
	struct asked_path *p = &r->paths[(file >> 6) % ARRAY_SIZE(r->paths)];

	if (p->file != file) {
		p->file = file;
		p->path = file_path(r->d, file, &p->why);
	}
	*why = p->why;
	return p->path;
}

/* In a few words, for one who sees what is missing. */
static const char *unread(struct dump *d, const char *what)
{
	return arena_printf(d->arena, "%s%s", what, dump_why_unread(d));
}

static void read_file(struct asked_reader *r, const struct task *t, struct asked *a)
{
	int arg = syscall_fd(&a->call);
	int fd = arg < 0 ? -1 : (int)(uint32_t)a->call.regs.args[arg];
	kaddr_t file;

	if (fd < 0) /* AT_FDCWD, too */
		return;
	a->fd = fd;
	if (!file_of_descriptor(r->d, t, a->fd, &file))
		a->file_why = unread(r->d, "its descriptor is not found");
	else
		a->file = path_of(r, file, &a->file_why);
}

static void read_ioctl(struct dump *d, const struct stack *stack, struct asked *a)
{
	uint32_t number = (uint32_t)a->call.regs.args[1];
	enum ioctl_file kind;
	bool gpu;

	if (!a->call.form || a->call.form[0] != ARG_FD || a->call.form[1] != ARG_IOCTL)
		return;
	kind = ioctl_file_kind(a->file, stack);
	gpu = ioctl_is_gpu(stack);
	a->ioctl = ioctl_name(number, kind, gpu);
	if (kind == IOCTL_FILE_DRM && gpu && ioctl_is_execbuffer(number))
		a->has_exec = execbuffer_find(d, stack, &a->exec);
}

/* The executable's symbols are at fixed addresses, or as all others from its start on. */
static void find_address(struct asked_reader *r, kaddr_t mm, const struct vma *vma,
			 bool program, struct asked *a)
{
	kaddr_t start;

	/* Of 32 bits both begin so low. */
	if (!vma_file_start(r->d, mm, vma, &start) ||
	    (program && a->call.regs.abi == ABI_ARM))
		return;
	a->has_address = true;
	a->address = program && start < FIXED_PROGRAM_MAX ? a->call.regs.pc
							  : a->call.regs.pc - start;
}

/* No file's: the kernel's own page of code, or made at run time. */
static void name_anonymous(struct dump *d, kaddr_t mm, const struct vma *vma,
			   struct asked *a)
{
	kaddr_t vdso;

	a->offset = a->call.regs.pc - vma->start;
	a->object = layout_has(d, MM_VDSO) && member_ptr(d, mm, MM_VDSO, &vdso) && vdso &&
				    vdso >= vma->start && vdso < vma->end
			    ? "[vdso]"
			    : NULL;
	if (!a->object)
		a->code_why = "its code is in memory of no file";
}

static void read_code(struct asked_reader *r, kaddr_t mm, kaddr_t exe, struct asked *a)
{
	struct vma vma;

	if (!vma_find(r->d, mm, a->call.regs.pc, &vma)) {
		a->code_why = unread(r->d, "what is mapped where it asked is not found");
		return;
	}
	if (!vma.file) {
		name_anonymous(r->d, mm, &vma, a);
		return;
	}
	a->offset = a->call.regs.pc - vma.start + vma.offset;
	a->object = path_of(r, vma.file, &a->code_why);
	find_address(r, mm, &vma, vma.file == exe, a);
}

static void read_program(struct asked_reader *r, const struct task *t, struct asked *a)
{
	kaddr_t mm, exe = 0;

	if (!member_ptr(r->d, t->addr, TASK_MM, &mm) || !mm) {
		a->code_why = unread(r->d, "it has no memory any more");
		return;
	}
	if (layout_has(r->d, MM_EXE_FILE) && member_ptr(r->d, mm, MM_EXE_FILE, &exe) &&
	    exe)
		a->program = path_of(r, exe, &a->code_why);
	read_code(r, mm, exe, a);
}

void asked_read(struct asked_reader *r, const struct task *t, const struct stack *stack,
		struct asked *a)
{
	memset(a, 0, sizeof(*a));
	a->fd = -1;
	a->from_user = syscall_read(r->d, t, stack, &a->call);
	if (!a->from_user)
		return;
	a->exits = stack_find(stack, "do_exit");
	read_file(r, t, a);
	read_ioctl(r->d, stack, a);
	read_program(r, t, a);
}
