// SPDX-License-Identifier: GPL-2.0-or-later
#include "syscall.h"

#include <string.h>

#include "base/text.h"

#define NUMBERS 1024  /* of all tables */
#define CALL_FRAMES 6 /* at the end of a stack, where the call's function is */

/*
 * Calls that tasks are found asleep in, by the kernel's names of them.  Of another one
 * only the name is told: how many of the registers are its arguments is not known.
 */
static const char *const forms[][2] = {
	{"accept", "fxx"},
	{"accept4", "fxxx"},
	{"bind", "fxi"},
	{"bpf", "ixd"},
	{"brk", "x"},
	{"chdir", "x"},
	{"chmod", "xx"},
	{"clock_nanosleep", "ixxx"},
	{"clone", "xxxxx"},
	{"clone3", "xd"},
	{"close", "f"},
	{"close_range", "iix"},
	{"connect", "fxi"},
	{"copy_file_range", "fxfxdx"},
	{"creat", "xx"},
	{"delete_module", "xx"},
	{"dup", "f"},
	{"dup2", "fi"},
	{"dup3", "fix"},
	{"epoll_ctl", "fifx"},
	{"epoll_pwait", "fxiixd"},
	{"epoll_pwait2", "fxixxd"},
	{"epoll_wait", "fxii"},
	{"execve", "xxx"},
	{"execveat", "axxxx"},
	{"exit", "i"},
	{"exit_group", "i"},
	{"faccessat", "axx"},
	{"fallocate", "fxoo"},
	{"fchmod", "fx"},
	{"fcntl", "fix"},
	{"fdatasync", "f"},
	{"finit_module", "fxx"},
	{"flock", "fx"},
	{"fork", ""},
	{"fstat", "fx"},
	{"fstatfs", "fx"},
	{"fsync", "f"},
	{"ftruncate", "fo"},
	{"futex", "xiixxi"},
	{"getcwd", "xd"},
	{"getdents", "fxd"},
	{"getdents64", "fxd"},
	{"getrandom", "xdx"},
	{"init_module", "xdx"},
	{"io_getevents", "xddxx"},
	{"io_submit", "xdx"},
	{"io_uring_enter", "fddxxd"},
	{"io_uring_register", "fdxd"},
	{"ioctl", "fcx"},
	{"kill", "ii"},
	{"link", "xx"},
	{"linkat", "axaxx"},
	{"lseek", "fdi"},
	{"madvise", "xdi"},
	{"membarrier", "ixi"},
	{"memfd_create", "xx"},
	{"mkdir", "xx"},
	{"mkdirat", "axx"},
	{"mlock", "xd"},
	{"mlockall", "x"},
	{"mmap", "xdxxfx"},
	{"mount", "xxxxx"},
	{"move_pages", "idxxxx"},
	{"mprotect", "xdx"},
	{"mremap", "xddxx"},
	{"msgrcv", "ixddx"},
	{"msgsnd", "ixdx"},
	{"msync", "xdx"},
	{"munmap", "xd"},
	{"nanosleep", "xx"},
	{"newfstat", "fx"},
	{"newfstatat", "axxx"},
	{"newlstat", "xx"},
	{"newstat", "xx"},
	{"newuname", "x"},
	{"open", "xxx"},
	{"openat", "axxx"},
	{"openat2", "axxd"},
	{"pause", ""},
	{"perf_event_open", "xiifx"},
	{"pivot_root", "xx"},
	{"poll", "xdi"},
	{"ppoll", "xdxxd"},
	{"prctl", "ixxxx"},
	{"pread64", "fxdo"},
	{"preadv", "fxdo"},
	{"preadv2", "fxdoox"},
	{"process_vm_readv", "ixdxdx"},
	{"process_vm_writev", "ixdxdx"},
	{"pselect6", "ixxxxx"},
	{"ptrace", "dixx"},
	{"pwrite64", "fxdo"},
	{"pwritev", "fxdo"},
	{"pwritev2", "fxdoox"},
	{"read", "fxd"},
	{"readlink", "xxd"},
	{"readlinkat", "axxd"},
	{"readv", "fxd"},
	{"reboot", "xxxx"},
	{"recvfrom", "fxdxxx"},
	{"recvmmsg", "fxdxx"},
	{"recvmsg", "fxx"},
	{"rename", "xx"},
	{"renameat", "axax"},
	{"renameat2", "axaxx"},
	{"rmdir", "x"},
	{"rt_sigsuspend", "xd"},
	{"rt_sigtimedwait", "xxxd"},
	{"select", "ixxxx"},
	{"semop", "ixd"},
	{"semtimedop", "ixdx"},
	{"sendfile64", "ffxd"},
	{"sendmmsg", "fxdx"},
	{"sendmsg", "fxx"},
	{"sendto", "fxdxxi"},
	{"setns", "fx"},
	{"splice", "fxfxdx"},
	{"statfs", "xx"},
	{"statx", "axxxx"},
	{"swapoff", "x"},
	{"swapon", "xx"},
	{"symlink", "xx"},
	{"symlinkat", "xax"},
	{"sync", ""},
	{"sync_file_range", "foox"},
	{"syncfs", "f"},
	{"tee", "ffdx"},
	{"tgkill", "iii"},
	{"truncate", "xo"},
	{"umount", "xx"},
	{"unlink", "x"},
	{"unlinkat", "axx"},
	{"unshare", "x"},
	{"userfaultfd", "x"},
	{"utimensat", "axxx"},
	{"vfork", ""},
	{"vhangup", ""},
	{"vmsplice", "fxdx"},
	{"wait4", "ixxx"},
	{"waitid", "iixxx"},
	{"write", "fxd"},
	{"writev", "fxd"},
};

const char *abi_name(enum abi abi)
{
	static const char *const names[] = {
		[ABI_X86_64] = "x86_64", [ABI_X32] = "x32", [ABI_I386] = "i386",
		[ABI_ARM64] = "arm64",	 [ABI_ARM] = "arm",
	};

	return names[abi];
}

int syscall_fd(const struct syscall *call)
{
	int i;

	for (i = 0; call->form && call->form[i]; i++)
		if (call->form[i] == ARG_FD || call->form[i] == ARG_DIR_FD)
			return i;
	return -1;
}

/* ---- its name -------------------------------------------------------------- */

/* "ioctl" of "__x64_sys_ioctl"; NULL: it is no call's function. */
static const char *name_of(struct dump *d, const char *function)
{
	static const char *const prefixes[] = {
		"__x64_",
		"__arm64_",
		"__ia32_",
		"__ia32_compat_",
		"__x32_compat_",
		"__arm64_compat_",
		"__se_",
		"__se_compat_",
		"__do_",
		"__do_compat_",
		"compat_",
		"k",
		"",
	};
	const char *name;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(prefixes); i++) {
		name = function + strlen(prefixes[i]);
		/* ksys_write() alone has no second underscore. */
		if (text_starts(function, prefixes[i]) && text_starts(name, "sys_"))
			return arena_printf(d->arena, "%.*s",
					    (int)text_function_length(name + 4),
					    name + 4);
	}
	return NULL;
}

/* By the kernel's own table.  x86_64's numbers are x32's, but for those above 512. */
static const char *name_in_table(struct dump *d, const struct user_regs *r)
{
	static const char *const tables[] = {
		[ABI_X86_64] = "sys_call_table",
		[ABI_X32] = "x32_sys_call_table",
		/* gone with 1e3ad78334a6, 6.9, and in older LTS too */
		[ABI_I386] = "ia32_sys_call_table",
		[ABI_ARM64] = "sys_call_table",
		[ABI_ARM] = "compat_sys_call_table",
	};
	struct dump_symbol sym;
	kaddr_t table, function;
	const char *name;

	if (r->number >= NUMBERS || !dump_symbol(d, tables[r->abi], &table) ||
	    !dump_ptr(d, table + (kaddr_t)r->number * sizeof(kaddr_t), &function) ||
	    !dump_symbol_at(d, function, &sym) || sym.offset)
		return NULL;
	name = name_of(d, sym.name);
	return name && strcmp(name, "ni_syscall") != 0 ? name : NULL;
}

/* Where the table is not known: by the function that is called first. */
static const char *name_on_stack(struct dump *d, const struct stack *s)
{
	const char *name;
	size_t i;

	for (i = s->n; s->complete && i-- && s->n - i <= CALL_FRAMES;) {
		name = name_of(d, s->v[i].function);
		if (name)
			return name;
	}
	return NULL;
}

/* In 32 bits an offset in a file is two arguments. */
static const char *form_of(const char *name, const struct user_regs *r)
{
	bool compat = r->abi == ABI_I386 || r->abi == ABI_ARM;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(forms); i++)
		if (!strcmp(forms[i][0], name))
			return compat && strchr(forms[i][1], ARG_OFFSET) ? NULL
									 : forms[i][1];
	return NULL;
}

bool syscall_read(struct dump *d, const struct task *t, const struct stack *stack,
		  struct syscall *call)
{
	memset(call, 0, sizeof(*call));
	if (t->kthread || t->idle || !t->stack || !t->stack_size || stack->user ||
	    !d->arch->user_regs ||
	    !d->arch->user_regs(d, t->addr, t->stack + t->stack_size, &call->regs))
		return false;
	if (!call->regs.call)
		return true;
	call->name = name_in_table(d, &call->regs);
	if (!call->name)
		call->name = name_on_stack(d, stack);
	if (call->name)
		call->form = form_of(call->name, &call->regs);
	return true;
}
