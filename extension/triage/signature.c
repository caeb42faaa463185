// SPDX-License-Identifier: GPL-2.0-or-later
#include "signature.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "functions.h"

/* ---- a function's name --------------------------------------------------- */

/*
 * Left out: the scheduler's end of a blocked stack and the entry's end of every one.
 * Which of these there are is the compiler's and the release's choice, not the fault's.
 */
static bool says_nothing(const char *function)
{
	static const char *const names[] = {
		"do_syscall_64",
		"do_syscall_x64",
		"__do_fast_syscall_32",
		"do_fast_syscall_32",
		"do_int80_syscall_32",
		"x64_sys_call",
		"ia32_sys_call",
		"invoke_syscall",
		"el0_svc_common",
		"do_el0_svc",
		"el0_svc",
		"el0_sync_handler",
		"el0t_64_sync_handler",
		"el0t_64_sync",
		"kthread",
		"ret_from_fork",
		"ret_from_fork_asm",
		/* static in fs/read_write.c, and mostly inlined */
		"new_sync_read",
		"new_sync_write",
		"call_write_iter",
		"call_read_iter",
	};
	/* __x64_sys_ioctl, ksys_write: which syscall it was says the next frame. */
	static const char *const prefixes[] = {"entry_",	   "__x64_sys_",
					       "__x32_sys_",	   "__ia32_",
					       "__arm64_sys_",	   "__se_sys_",
					       "__do_sys_",	   "ksys_",
					       "__do_compat_sys_", "__se_compat_"};
	size_t i;

	if (function_is_scheduler(function))
		return true;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(function, names[i]))
			return true;
	for (i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (text_starts(function, prefixes[i]))
			return true;
	return false;
}

/*
 * Without what the compiler added (".isra.0", ".constprop.0", ".cold", ".part.1") and
 * what 6.10 added to allocating functions: b951aaff5035, "mm: enable page allocation
 * tagging".
 */
static const char *plain(struct arena *a, const char *function)
{
	size_t len = text_function_length(function), tag = strlen("_noprof"), i;
	char *name;

	if (len > tag && text_starts(function + len - tag, "_noprof"))
		len -= tag;
	name = arena_printf(a, "%.*s", (int)len, function);
	for (i = 0; name[i]; i++)
		if (!isalnum((unsigned char)name[i]))
			name[i] = '_';
	return name;
}

/* ---- words --------------------------------------------------------------- */

/* The frames from one on, innermost first; the same name twice is said once. */
static const char *stack_words(const struct facts *f, const struct stack *s, size_t from)
{
	const char *words = "", *name, *last = "";
	size_t i;

	for (i = from; i < s->n; i++) {
		name = function_way_to_wait(plain(f->arena, s->v[i].function));
		if (!*name || says_nothing(name) || !strcmp(name, last))
			continue;
		/* Many a module calls its init function just that. */
		if (s->v[i].init)
			name = arena_printf(f->arena, "%s [%s]", name, s->v[i].module);
		words = arena_printf(f->arena, "%s%s%s", words, *words ? "<" : "", name);
		last = name;
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

/* A cache has the same name everywhere; a task, a CPU and a lock's address do not. */
static const char *culprit_words(const struct facts *f, const struct culprit *c)
{
	switch (c->kind) {
	case CULPRIT_CACHE:
	case CULPRIT_FUNCTION:
		return arena_printf(f->arena, " %s:%s", culprit_kind_name(c->kind),
				    plain(f->arena,
					  arena_printf(f->arena, "%.*s",
						       (int)strcspn(c->name, "+ ["),
						       c->name)));
	case CULPRIT_DEVICE:
	case CULPRIT_HOST:
		return arena_printf(f->arena, " %s", culprit_kind_name(c->kind));
	default:
		return "";
	}
}

/* Of a fault whose function is known from the log alone: it may be a module's init. */
static const char *said_module(const struct facts *f, const struct verdict *v)
{
	const struct said_at *at = &f->panic.trigger.at;

	if (v->cause != CAUSE_KERNEL_BUG || v->culprit.kind != CULPRIT_FUNCTION ||
	    !at->module[0])
		return "";
	return arena_printf(f->arena, " [%s]", at->module);
}

/* A panic's words without the numbers in them: "not-syncing-VFS". */
static const char *message_words(const struct facts *f, const char *message)
{
	char *words = arena_printf(f->arena, "%s", message);
	size_t n = 0, i;

	for (i = 0; words[i]; i++) {
		if (isalpha((unsigned char)words[i]))
			words[n++] = words[i];
		else if (n && words[n - 1] != '-')
			words[n++] = '-';
	}
	words[n && words[n - 1] == '-' ? n - 1 : n] = '\0';
	return words;
}

/* ---- the stack ----------------------------------------------------------- */

/* What called panic(): the rest of the stack is panic()'s own. */
static const char *panicked_words(const struct facts *f)
{
	const struct runqueue *rq = runqueue_of_cpu(&f->rqs, f->panic.trigger.cpu);
	const struct studied *st = rq && rq->curr ? facts_studied(f, rq->curr) : NULL;
	size_t behind = st ? stack_behind_panic(&st->stack) : 0;

	return behind ? stack_words(f, &st->stack, behind) : "";
}

static const char *functions(const struct facts *f, const struct verdict *v)
{
	const struct studied *st = v->victims.n ? facts_studied(f, v->victims.v[0]->task)
						: NULL;

	if (st)
		return stack_words(f, &st->stack, 0);
	if (v->fault)
		return stack_words(f, v->fault, v->fault_at);
	/* Who wrote to sysrq-trigger is no part of a fault. */
	return v->cause == CAUSE_UNEXPLAINED ? panicked_words(f) : "";
}

static const char *fired_words(const struct facts *f, const struct verdict *v)
{
	const struct trigger *t = &f->panic.trigger;

	return arena_printf(f->arena, " %s%s%s", trigger_kind_name(t->kind),
			    v->cause == CAUSE_UNEXPLAINED && t->message[0] ? " " : "",
			    v->cause == CAUSE_UNEXPLAINED ? message_words(f, t->message)
							  : "");
}

static uint64_t fnv1a(const char *s)
{
	uint64_t h = 0xcbf29ce484222325ull;

	while (*s)
		h = (h ^ (unsigned char)*s++) * 0x100000001b3ull;
	return h;
}

#define NODES_MAX 64 /* of a chain: what is alike this far is one fault */

/* Objects leak whatever stopped the machine at last: a request, or that they fill it. */
static bool is_leak(enum cause cause)
{
	return cause == CAUSE_FENCE_LEAK || cause == CAUSE_OBJECT_LEAK ||
	       cause == CAUSE_SLAB_LEAK;
}

void signature_make(const struct facts *f, const struct verdicts *vs, struct signature *s)
{
	const struct verdict *v = vs->all.v[0];
	const char *words = cause_name(v->cause), *stack = functions(f, v);
	size_t i;

	/* A log knows less: never the same as a core's, and yet to be compared with it. */
	if (f->text)
		words = arena_printf(f->arena, TEXT_SIGNATURE " %s", words);

	for (i = 0; i < v->chain.n && i < NODES_MAX; i++)
		words = arena_printf(f->arena, "%s %s", words,
				     node_words(f, v->chain.v[i]));
	if (!v->victims.n && !is_leak(v->cause))
		words = arena_printf(f->arena, "%s%s", words, fired_words(f, v));
	/* The function of a fault is the first of its stack, if that has its name. */
	if (!v->fault || !v->fault->v[v->fault_at].function[0])
		words = arena_printf(f->arena, "%s%s%s", words,
				     culprit_words(f, &v->culprit), said_module(f, v));
	if (v->holds)
		words = arena_printf(f->arena, "%s %s", words, v->holds);
	s->text = *stack ? arena_printf(f->arena, "%s | %s", words, stack) : words;
	snprintf(s->hash, sizeof(s->hash), "%016llx", HEX(fnv1a(s->text)));
}
