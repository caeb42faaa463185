// SPDX-License-Identifier: GPL-2.0-or-later
#include "signature.h"

#include <stdio.h>
#include <string.h>

/* Frames that every blocked stack has, at its two ends. */
static bool says_nothing(const char *function)
{
	static const char *const always[] = {
		"__schedule",
		"schedule",
		"schedule_timeout",
		"io_schedule",
		"entry_SYSCALL_64_after_hwframe",
		"do_syscall_64",
		"ret_from_fork",
		"ret_from_fork_asm",
		"kthread",
		"x64_sys_call",
		"__x64_sys_ioctl",
		"schedule_preempt_disabled",
		"io_schedule_timeout",
	};
	size_t i;

	for (i = 0; i < sizeof(always) / sizeof(always[0]); i++)
		if (!strcmp(function, always[i]))
			return true;
	return false;
}

/* Without what the compiler added: ".isra.0", ".constprop.0", ".cold", ".part.1" */
static const char *plain(struct arena *a, const char *function)
{
	return arena_printf(a, "%.*s", (int)strcspn(function, "."), function);
}

static const char *stack_words(const struct facts *f, const struct stack *s, size_t from)
{
	const char *words = "", *name;
	size_t i;

	for (i = from; i < s->n; i++) {
		name = plain(f->arena, s->v[i].function);
		if (*name && !says_nothing(name))
			words = arena_printf(f->arena, "%s%s%s", words, *words ? "<" : "",
					     name);
	}
	return words;
}

static const char *node_words(const struct facts *f, const struct node *n)
{
	if (n->work)
		return n->work->barrier ? "barrier" : plain(f->arena, n->work->function);
	if (n->kind == NODE_TASK && n->task->sched == SCHED_KIND_RT)
		return "rt-task";
	return node_kind_name(n->kind);
}

static uint64_t fnv1a(const char *s)
{
	uint64_t h = 0xcbf29ce484222325ull;

	while (*s)
		h = (h ^ (unsigned char)*s++) * 0x100000001b3ull;
	return h;
}

void signature_make(const struct facts *f, const struct verdicts *vs, struct signature *s)
{
	const struct verdict *v = vs->all.v[0];
	const char *words = cause_name(v->cause);
	const struct studied *st;
	size_t i;

	for (i = 0; i < v->chain.n; i++)
		words = arena_printf(f->arena, "%s %s", words,
				     node_words(f, v->chain.v[i]));
	if (!v->victims.n)
		words = arena_printf(f->arena, "%s %s", words,
				     trigger_kind_name(f->panic.trigger.kind));
	st = v->victims.n ? facts_studied(f, v->victims.v[0]->task) : NULL;
	if (st)
		words = arena_printf(f->arena, "%s | %s", words,
				     stack_words(f, &st->stack, 0));
	else if (v->fault)
		words = arena_printf(f->arena, "%s | %s", words,
				     stack_words(f, v->fault, v->fault_at));
	s->text = words;
	snprintf(s->hash, sizeof(s->hash), "%016llx", (unsigned long long)fnv1a(words));
}
