// SPDX-License-Identifier: GPL-2.0-or-later
#include "rcu.h"

#include <string.h>

#include "dump/layout.h"
#include "dump/list.h"

/* kernel/rcu/rcu.h: what a sequence's low bits say is not 0 while one runs. */
#define SEQ_STATE 3ull
#define READERS_MAX 65536

/* One for all flavours since 4.20; before, synchronize_rcu() was of the first there is. */
static const char *const states[] = {"rcu_state", "rcu_preempt_state", "rcu_sched_state"};

/* ---- the tree ----------------------------------------------------------- */

static void add_cpus(struct dump *d, struct grace_period *gp, uint64_t mask,
		     const struct object *node)
{
	int low = (int)obj_s64(node, RCU_NODE_LOW),
	    high = (int)obj_s64(node, RCU_NODE_HIGH);
	int i;

	for (i = 0; i < 64 && gp->running; i++) {
		if (!(mask >> i & 1))
			continue;
		if (low < 0 || low + i > high || low + i >= (int)d->info.cpus) {
			dump_note(d,
				  "the rcu_node at 0x%llx waits for CPU %d, which is not "
				  "one of its own",
				  HEX(node->addr), low + i);
			return;
		}
		*vec_push(d->arena, &gp->cpus) = low + i;
	}
}

/*
 * From the first that holds up this grace period on: those before it came later
 * (rcu_preempt_ctxt_queue() puts them there).
 */
static void add_readers(struct dump *d, const struct tasks *tasks,
			struct grace_period *gp, kaddr_t first, const struct object *node)
{
	bool inside = false;
	struct list_walk w;
	struct task *t;
	kaddr_t at;

	if (!gp->running || !first || !layout_has(d, TASK_RCU_NODE_ENTRY))
		return;
	list_begin(&w, d, obj_addr(node, RCU_NODE_BLOCKED), READERS_MAX);
	while (list_next(&w, &at)) {
		inside = inside || at == first;
		t = inside ? task_by_addr(tasks, member_base(d, at, TASK_RCU_NODE_ENTRY))
			   : NULL;
		if (t)
			*vec_push(d->arena, &gp->readers) = t;
	}
	list_end_note(&w, "readers of RCU that are switched out");
}

static void read_node(struct dump *d, const struct tasks *tasks, struct rcu *rcu,
		      const struct object *node, bool leaf)
{
	/* Above the leaves a bit is a node's.  A reader is in the list of his leaf. */
	if (!leaf)
		return;
	add_cpus(d, &rcu->normal, obj_u64(node, RCU_NODE_QSMASK), node);
	add_readers(d, tasks, &rcu->normal, obj_u64(node, RCU_NODE_GP_TASKS), node);
	add_cpus(d, &rcu->expedited, obj_u64(node, RCU_NODE_EXPMASK), node);
	add_readers(d, tasks, &rcu->expedited, obj_u64(node, RCU_NODE_EXP_TASKS), node);
}

/* An array, the root first and the leaves last: rcu_num_nodes of them are used. */
static void read_tree(struct dump *d, const struct tasks *tasks, struct rcu *rcu)
{
	kaddr_t nodes = member_addr(d, rcu->addr, RCU_STATE_NODES);
	size_t size = (size_t)layout_size(d, RCU_NODE), i;
	size_t room = (size_t)layout_size(d, RCU_STATE_NODES) / size;
	struct object node;
	uint32_t used;
	uint64_t leaves;

	obj_init(&node, d);
	if (!dump_symbol_u32(d, "rcu_num_nodes", &used) || !used || used > room ||
	    !obj_read(&node, RCU_NODE, nodes + (used - 1) * size)) {
		dump_unread(d, "the tree of rcu_node");
		return;
	}
	leaves = obj_u64(&node, RCU_NODE_LEVEL);
	for (i = 0; i < used && !dump_interrupted(d); i++) {
		if (obj_read(&node, RCU_NODE, nodes + i * size))
			read_node(d, tasks, rcu, &node,
				  obj_u64(&node, RCU_NODE_LEVEL) == leaves);
		else
			dump_unread(d, "rcu_node %zu", i);
	}
}

/* ---- rcu_state ---------------------------------------------------------- */

static void read_seq(struct dump *d, const struct rcu *rcu, enum layout_id seq,
		     struct grace_period *gp)
{
	gp->seq_addr = member_addr(d, rcu->addr, seq);
	if (!member_u64(d, rcu->addr, seq, &gp->seq))
		dump_unread(d, "%s", layout_name(d, seq));
	gp->running = gp->seq & SEQ_STATE;
}

bool rcu_read(struct dump *d, const struct tasks *tasks, struct rcu *rcu)
{
	kaddr_t kthread;
	size_t i;

	memset(rcu, 0, sizeof(*rcu));
	if (!layout_has_all(d, RCU_STATE, RCU_STATE_NODES, RCU_STATE_GP_SEQ,
			    RCU_STATE_EXP_SEQ, RCU_NODE, RCU_NODE_QSMASK))
		return false;
	for (i = 0; i < ARRAY_SIZE(states) && !rcu->addr; i++)
		dump_symbol(d, states[i], &rcu->addr);
	if (!rcu->addr)
		return false;
	rcu->end = rcu->addr + (kaddr_t)layout_size(d, RCU_STATE);
	read_seq(d, rcu, RCU_STATE_GP_SEQ, &rcu->normal);
	read_seq(d, rcu, RCU_STATE_EXP_SEQ, &rcu->expedited);
	if (rcu->normal.running && layout_has(d, RCU_STATE_GP_START))
		member_u64(d, rcu->addr, RCU_STATE_GP_START, &rcu->normal.started);
	if (member_ptr(d, rcu->addr, RCU_STATE_GP_KTHREAD, &kthread))
		rcu->kthread = task_by_addr(tasks, kthread);
	read_tree(d, tasks, rcu);
	return true;
}

/* ---- waits -------------------------------------------------------------- */

/* wait_rcu_gp() has an rcu_synchronize on its stack, whose callback wakes it. */
static bool is_rcu_synchronize(struct dump *d, kaddr_t completion)
{
	kaddr_t wake, func;

	return completion && layout_has_all(d, RCU_SYNC_FUNC, RCU_SYNC_DONE) &&
	       dump_symbol(d, "wakeme_after_rcu", &wake) &&
	       member_ptr(d, member_base(d, completion, RCU_SYNC_DONE), RCU_SYNC_FUNC,
			  &func) &&
	       func == wake;
}

enum rcu_wait rcu_wait_of(struct dump *d, const struct rcu *rcu, kaddr_t completion,
			  kaddr_t queue)
{
	kaddr_t at = completion ? completion : queue;

	if (!rcu->addr)
		return RCU_WAIT_NONE;
	if (completion && layout_has(d, RCU_STATE_BARRIER) &&
	    completion == member_addr(d, rcu->addr, RCU_STATE_BARRIER))
		return RCU_WAIT_BARRIER;
	/* Its other queues are the expedited ones' and the kthread's, which is idle there. */
	if (at >= rcu->addr && at < rcu->end)
		return RCU_WAIT_EXPEDITED;
	return is_rcu_synchronize(d, completion) ? RCU_WAIT_NORMAL : RCU_WAIT_NONE;
}

const struct grace_period *rcu_waits_for(const struct rcu *rcu, enum rcu_wait wait)
{
	return wait == RCU_WAIT_EXPEDITED ? &rcu->expedited : &rcu->normal;
}
