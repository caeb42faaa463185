// SPDX-License-Identifier: GPL-2.0-or-later
#include "asked_words.h"

#include <ctype.h>

#include "base/text.h"

#define AT_FDCWD (-100)

/* The n-th argument. */
static const char *argument(struct arena *a, const struct asked *s, int n)
{
	uint64_t v = s->call.regs.args[n];
	int small = (int)(uint32_t)v;

	switch (s->call.form[n]) {
	case ARG_IOCTL:
		return s->ioctl ? s->ioctl : arena_printf(a, "0x%x", (unsigned int)v);
	case ARG_DIR_FD:
		if (small == AT_FDCWD)
			return "AT_FDCWD";
		/* fall through */
	case ARG_FD:
		if (n == syscall_fd(&s->call) && s->file)
			return arena_printf(a, "%d<%s>", small, s->file);
		/* fall through */
	case ARG_INT:
		return arena_printf(a, "%d", small);
	case ARG_LONG:
	case ARG_OFFSET:
		return arena_printf(a, "%lld", (long long)v);
	default:
		return arena_printf(a, "0x%llx", HEX(v));
	}
}

const char *asked_call(struct arena *a, const struct asked *s)
{
	const struct syscall *call = &s->call;
	const char *text = "", *abi = abi_name(call->regs.abi);
	int i;

	if (!s->from_user || !call->regs.call)
		return NULL;
	if (!call->name)
		return arena_printf(a, "system call %d of %s", call->regs.number, abi);
	if (!call->form)
		return arena_printf(a, "%s(...)", call->name);
	for (i = 0; call->form[i]; i++)
		text = arena_printf(a, "%s%s%s", text, i ? ", " : "", argument(a, s, i));
	return arena_printf(a, "%s(%s)", call->name, text);
}

const char *asked_short(struct arena *a, const struct asked *s)
{
	const struct syscall *call = &s->call;

	if (!s->from_user || !call->regs.call)
		return NULL;
	/* What it asked for last it is in no longer. */
	if (s->exits)
		return call->name && text_starts(call->name, "exit") ? call->name
								     : "exit";
	if (!call->name)
		return arena_printf(a, "system call %d", call->regs.number);
	return arena_printf(a, "%s%s%s%s%s", call->name, s->ioctl ? " " : "",
			    s->ioctl ? s->ioctl : "", s->file ? " on " : "",
			    s->file ? s->file : "");
}

const char *asked_of_task(const struct facts *f, kaddr_t task)
{
	const struct task *t = task_by_addr(&f->tasks, task);
	const struct studied *st = t ? facts_studied(f, t) : NULL;

	return st ? asked_short(f->arena, &st->asked) : NULL;
}

const char *asked_code(struct arena *a, const struct asked *s)
{
	if (!s->from_user || !s->object)
		return NULL;
	return arena_printf(a, "%s+0x%llx", s->object, HEX(s->offset));
}

/* A shell takes it as it is. */
static bool is_plain(const char *path)
{
	for (; *path; path++)
		if (!isalnum((unsigned char)*path) && !strchr("/._+-", *path))
			return false;
	return true;
}

const char *asked_addr2line(struct arena *a, const struct asked *s)
{
	if (!s->from_user || !s->object || !s->has_address || !is_plain(s->object))
		return NULL;
	return arena_printf(a, "addr2line -fe %s 0x%llx", s->object, HEX(s->address));
}
