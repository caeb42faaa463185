// SPDX-License-Identifier: GPL-2.0-or-later
#include "kernfs.h"

#include <stdlib.h>
#include <string.h>

#include "arch/arch.h"
#include "base/text.h"
#include "dump/layout.h"
#include "dump/list.h"
#include "lock.h"

/* KN_DEACTIVATED_BIAS: added to the count once nobody may come in any more. */
#define DEACTIVATED (INT32_MIN + 1)
/* More than there can be tasks. */
#define INSIDE_MAX 0x400000
/* KERNFS_TYPE_MASK and KERNFS_FILE */
#define TYPE_MASK 0xf
#define TYPE_FILE 0x2
#define OPENS_MAX 100000

/* How many are inside of a node that is to be left; 0: it is none. */
static int64_t left_behind(struct dump *d, kaddr_t node)
{
	uint64_t word;
	int64_t inside;

	if (!member_u64(d, node, KERNFS_ACTIVE, &word))
		return 0;
	inside = (int64_t)(int32_t)word - DEACTIVATED;
	return inside <= INSIDE_MAX ? inside : 0;
}

static bool is_of_root(struct dump *d, kaddr_t node, kaddr_t root)
{
	kaddr_t dir = 0, of;

	if (!member_ptr(d, node, KERNFS_PARENT, &dir))
		return false;
	/* Only a directory has it, and what is at the top. */
	dir = member_addr(d, dir ? dir : node, KERNFS_DIR);
	return member_ptr(d, dir, KERNFS_DIR_ROOT, &of) && of == root;
}

/* The innermost on the stack: of what lies below one folder, each is waited for in turn. */
static kaddr_t node_on_stack(struct dump *d, const struct task *t, kaddr_t root,
			     const uint64_t *stack, size_t n)
{
	size_t i;

	for (i = 0; i < n && !dump_interrupted(d); i++)
		if (!(stack[i] % sizeof(kaddr_t)) && arch_is_kernel(d->arch, stack[i]) &&
		    (stack[i] < t->stack || stack[i] - t->stack >= t->stack_size) &&
		    left_behind(d, stack[i]) > 0 && is_of_root(d, stack[i], root))
			return stack[i];
	return 0;
}

static bool has(const struct kernfs_wait *out, const struct task *t)
{
	size_t i;

	for (i = 0; i < out->users.n; i++)
		if (out->users.v[i].task == t)
			return true;
	return false;
}

static void add_user(struct dump *d, struct tasks *tasks, kaddr_t open,
		     struct kernfs_wait *out)
{
	struct lock_owner o;
	kaddr_t node;

	if (!member_ptr(d, open, KERNFS_FILE_NODE, &node) || node != out->node)
		return;
	mutex_owner(d, tasks, member_addr(d, open, KERNFS_FILE_MUTEX), &o);
	if (o.owner && !o.free && !has(out, o.owner))
		*vec_push(d->arena, &out->users) =
			(struct kernfs_user){.task = o.owner, .open = open};
}

static void read_users(struct dump *d, struct tasks *tasks, struct kernfs_wait *out)
{
	kaddr_t attr = member_addr(d, out->node, KERNFS_ATTR), opens, entry;
	struct list_walk w;
	uint64_t flags;

	if (!member_u64(d, out->node, KERNFS_FLAGS, &flags) ||
	    (flags & TYPE_MASK) != TYPE_FILE ||
	    !member_ptr(d, attr, KERNFS_ATTR_OPEN, &opens) || !opens)
		return;
	list_begin(&w, d, member_addr(d, opens, KERNFS_OPEN_FILES), OPENS_MAX);
	while (list_next(&w, &entry))
		add_user(d, tasks, member_base(d, entry, KERNFS_FILE_LIST), out);
	list_end_note(&w, "who has a file of sysfs open");
}

static int longest_asleep(const void *a, const void *b)
{
	const struct task *x = ((const struct kernfs_user *)a)->task;
	const struct task *y = ((const struct kernfs_user *)b)->task;

	if (x->since_s != y->since_s)
		return x->since_s > y->since_s ? -1 : 1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

/*
 * A method that removes its own file has the mutex, and is not counted
 * (kernfs_break_active_protection()): then who waits himself is no user; and where the
 * count is still below, which of them are is not known.
 */
static void leave_out_uncounted(const struct task *t, struct kernfs_wait *out)
{
	size_t i, n = 0;

	if ((int64_t)out->users.n > out->inside) {
		for (i = 0; i < out->users.n; i++)
			if (out->users.v[i].task != t)
				out->users.v[n++] = out->users.v[i];
		out->users.n = n;
	}
	if ((int64_t)out->users.n > out->inside)
		out->users.n = 0;
	if (out->users.n)
		qsort(out->users.v, out->users.n, sizeof(out->users.v[0]),
		      longest_asleep);
}

void kernfs_wait_find(struct dump *d, struct tasks *tasks, const struct task *t,
		      kaddr_t queue, const uint64_t *stack, size_t n,
		      struct kernfs_wait *out)
{
	kaddr_t name;
	char text[32];

	memset(out, 0, sizeof(*out));
	if (!queue || !layout_has_all(d, KERNFS_ACTIVE, KERNFS_PARENT, KERNFS_DIR,
				      KERNFS_DIR_ROOT, KERNFS_ROOT_WAITQ))
		return;
	out->node =
		node_on_stack(d, t, member_base(d, queue, KERNFS_ROOT_WAITQ), stack, n);
	if (!out->node)
		return;
	out->inside = left_behind(d, out->node);
	if (member_ptr(d, out->node, KERNFS_NAME, &name) && name &&
	    dump_string(d, name, text, sizeof(text)))
		text_escape(out->name, sizeof(out->name), text);
	if (!layout_has_all(d, KERNFS_FLAGS, KERNFS_ATTR, KERNFS_ATTR_OPEN,
			    KERNFS_OPEN_FILES, KERNFS_FILE_LIST, KERNFS_FILE_NODE,
			    KERNFS_FILE_MUTEX))
		return;
	read_users(d, tasks, out);
	leave_out_uncounted(t, out);
}
