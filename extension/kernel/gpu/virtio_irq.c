// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio_irq.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "dump/idr.h"
#include "dump/layout.h"
#include "dump/maple.h"
#include "kernel/sched/cpus.h"

#define IRQS_MAX 65536
#define ACTIONS_MAX 64 /* handlers of one interrupt */

/* include/linux/irq.h: enum, the same since 3.0 */
#define IRQD_DISABLED (1u << 16)
#define IRQD_MASKED (1u << 17)
#define IRQD_IN_PROGRESS (1u << 18)
/* kernel/irq/internals.h: enum, the same since 3.0; IRQTF_RUNTHREAD */
#define IRQS_SPURIOUS_DISABLED 0x2
#define IRQS_PENDING 0x200
#define RUNTHREAD 0x1

struct finder {
	struct dump *d;
	const struct tasks *tasks;
	const struct gpus *gpus;
	struct gpu_irqs *out;
	struct object desc, action;
};

/* ---- CPUs ------------------------------------------------------------------------ */

/* A cpumask_var_t: with CONFIG_CPUMASK_OFFSTACK, which alone has the function, a pointer. */
static bool read_mask(struct finder *f, enum layout_id member, struct cpus *c)
{
	kaddr_t at = member_addr(f->d, f->desc.addr, member), function;

	if (!layout_has(f->d, member))
		return false;
	if (dump_symbol(f->d, "alloc_cpumask_var_node", &function) &&
	    !dump_ptr(f->d, at, &at))
		return false;
	return at && cpus_read(f->d, at, c);
}

/* "0-3,8", as /proc/irq/N/smp_affinity_list has it */
static const char *cpu_list(struct dump *d, const struct cpus *c)
{
	size_t room = c->n * sizeof("8191,") + 1, n = 0;
	char *text = arena_alloc(d->arena, room);
	unsigned int i, from;

	for (i = 0; i < c->n; i++) {
		if (!cpus_have(c, i))
			continue;
		for (from = i; cpus_have(c, i + 1);)
			i++;
		n += (size_t)snprintf(text + n, room - n, from < i ? "%s%u-%u" : "%s%u",
				      n ? "," : "", from, i);
	}
	return text;
}

static bool is_empty(const struct cpus *c)
{
	unsigned int i;

	for (i = 0; i < (c->n + 63) / 64; i++)
		if (c->word[i])
			return false;
	return true;
}

static int only_cpu(const struct cpus *c)
{
	int found = -1;
	unsigned int i;

	for (i = 0; i < c->n; i++) {
		if (!cpus_have(c, i))
			continue;
		if (found >= 0)
			return -1;
		found = (int)i;
	}
	return found;
}

static bool any_works(struct dump *d, const struct cpus *c)
{
	struct cpus working;
	unsigned int i;

	if (!cpus_read_working(d, &working))
		return true; /* not known to be none */
	for (i = 0; i < c->n; i++)
		if (cpus_have(c, i) && cpus_have(&working, i))
			return true;
	return false;
}

static void read_affinity(struct finder *f, struct gpu_irq *irq)
{
	struct cpus may, does;

	irq->cpu = -1;
	if (!read_mask(f, IRQ_DESC_AFFINITY, &may))
		return;
	irq->affinity = cpu_list(f->d, &may);
	/* None: a chip that keeps none, or an interrupt that was not started yet. */
	if (!read_mask(f, IRQ_DESC_EFFECTIVE, &does) || is_empty(&does))
		does = may;
	irq->effective = cpu_list(f->d, &does);
	irq->cpu = only_cpu(&does);
	irq->offline = !any_works(f->d, &does);
}

/* ---- a descriptor ---------------------------------------------------------------- */

/* Whose handler is it, and of which queue?  0: nobody's of the devices; of no single one. */
static kaddr_t device_of(const struct finder *f, kaddr_t dev_id, kaddr_t *vq)
{
	const struct gpu *g;
	size_t i, k;

	*vq = 0;
	for (i = 0; dev_id && i < f->gpus->all.n; i++) {
		g = &f->gpus->all.v[i];
		if (g->vdev == dev_id)
			return g->vdev;
		for (k = 0; k < g->vqs.all.n; k++)
			if (g->vqs.all.v[k].addr == dev_id) {
				*vq = dev_id;
				return g->vdev;
			}
	}
	return 0;
}

/* Of the handlers the first that is a device's; f->action has it then. */
static kaddr_t find_action(struct finder *f, kaddr_t *vq)
{
	kaddr_t addr = obj_u64(&f->desc, IRQ_DESC_ACTION), vdev;
	unsigned int i;

	for (i = 0; addr && i < ACTIONS_MAX; i++) {
		if (!obj_read(&f->action, IRQ_ACTION, addr)) {
			dump_unread(f->d, "the irqaction at 0x%llx", HEX(addr));
			f->out->complete = false;
			return 0;
		}
		vdev = device_of(f, obj_u64(&f->action, IRQ_ACTION_DEV), vq);
		if (vdev)
			return vdev;
		addr = obj_u64(&f->action, IRQ_ACTION_NEXT);
	}
	return 0;
}

static uint64_t count_of(struct finder *f)
{
	uint64_t counts = obj_u64(&f->desc, IRQ_DESC_COUNTS), sum = 0;
	unsigned int cpu;
	uint32_t n;
	kaddr_t at;

	for (cpu = 0; counts && cpu < f->d->info.cpus; cpu++)
		if (dump_percpu(f->d, cpu, counts, &at) && dump_u32(f->d, at, &n))
			sum += n;
	return sum;
}

static void read_handler(struct finder *f, struct gpu_irq *irq)
{
	kaddr_t thread = obj_u64(&f->action, IRQ_ACTION_THREAD);
	char name[64];

	if (!dump_string(f->d, obj_u64(&f->action, IRQ_ACTION_NAME), name, sizeof(name)))
		snprintf(name, sizeof(name), "?");
	text_escape(irq->name, sizeof(irq->name), name);
	/* virtio_pci names them so; a queue's own is told by its dev_id. */
	irq->config = !irq->vq && strstr(irq->name, "-config");
	irq->threaded = thread != 0;
	irq->thread = thread ? task_by_addr(f->tasks, thread) : NULL;
	irq->woken = thread && obj_u64(&f->action, IRQ_ACTION_THREAD_FLAGS) & RUNTHREAD;
}

static void read_desc(struct finder *f, kaddr_t addr)
{
	unsigned int state, inner;
	struct gpu_irq *irq;
	kaddr_t vdev, vq;

	if (!obj_read(&f->desc, IRQ_DESC, addr)) {
		dump_unread(f->d, "the irq_desc at 0x%llx", HEX(addr));
		f->out->complete = false;
		return;
	}
	vdev = find_action(f, &vq);
	if (!vdev)
		return;
	irq = vec_push(f->d->arena, &f->out->all);
	irq->vdev = vdev;
	irq->vq = vq;
	irq->addr = addr;
	irq->irq = (unsigned int)obj_u64(&f->desc, IRQ_DESC_NUMBER);
	irq->depth = (unsigned int)obj_u64(&f->desc, IRQ_DESC_DEPTH);
	state = (unsigned int)obj_u64(&f->desc, IRQ_DESC_STATE);
	irq->disabled = state & IRQD_DISABLED;
	irq->masked = state & IRQD_MASKED;
	irq->in_progress = state & IRQD_IN_PROGRESS;
	inner = (unsigned int)obj_u64(&f->desc, IRQ_DESC_ISTATE);
	irq->pending = inner & IRQS_PENDING;
	irq->nobody_cared = inner & IRQS_SPURIOUS_DISABLED;
	irq->count = count_of(f);
	read_handler(f, irq);
	read_affinity(f, irq);
}

/* ---- all descriptors --------------------------------------------------------------- */

/* Since 6.5 (721255b9826b) sparse_irqs. */
static void walk_maple(struct finder *f, kaddr_t tree)
{
	struct maple_walk w;
	kaddr_t desc;

	maple_begin(&w, f->d, tree, 0, "interrupts", IRQS_MAX);
	while (maple_next(&w, &desc))
		read_desc(f, desc);
	if (!w.complete)
		f->out->complete = false;
}

static void walk_radix(struct finder *f, kaddr_t tree)
{
	struct ids descs;
	size_t i;

	if (!xarray_read(f->d, tree, "interrupts", &descs))
		descs.complete = false;
	if (!descs.complete)
		f->out->complete = false;
	for (i = 0; i < descs.all.n && i < IRQS_MAX && !dump_interrupted(f->d); i++)
		read_desc(f, descs.all.v[i].ptr);
}

/* Without CONFIG_SPARSE_IRQ. */
static void walk_array(struct finder *f, kaddr_t array)
{
	kaddr_t size = (kaddr_t)layout_size(f->d, IRQ_DESC);
	uint32_t n, i;

	if (!dump_symbol_u32(f->d, "nr_irqs", &n) || n > IRQS_MAX) {
		dump_note(f->d, "interrupts: how many there are is not known");
		f->out->complete = false;
		return;
	}
	for (i = 0; i < n && !dump_interrupted(f->d); i++)
		read_desc(f, array + i * size);
}

static bool types_known(struct dump *d)
{
	if (layout_has_all(d, IRQ_DESC, IRQ_DESC_ACTION, IRQ_ACTION, IRQ_ACTION_DEV,
			   IRQ_ACTION_NEXT, IRQ_ACTION_NAME))
		return true;
	dump_note(d, "interrupts: no debuginfo for struct irq_desc");
	return false;
}

void gpu_irqs_read(struct dump *d, const struct tasks *tasks, const struct gpus *gpus,
		   struct gpu_irqs *irqs)
{
	struct finder f = {.d = d, .tasks = tasks, .gpus = gpus, .out = irqs};
	kaddr_t maple = 0, radix = 0, array = 0;

	memset(irqs, 0, sizeof(*irqs));
	if (!gpus->all.n)
		return;
	dump_symbol(d, "sparse_irqs", &maple);
	dump_symbol(d, "irq_desc_tree", &radix);
	dump_symbol(d, "irq_desc", &array);
	if ((!maple && !radix && !array) || !types_known(d))
		return;
	irqs->complete = true;
	obj_init(&f.desc, d);
	obj_init(&f.action, d);
	if (maple)
		walk_maple(&f, maple);
	else if (radix)
		walk_radix(&f, radix);
	else
		walk_array(&f, array);
	irqs->complete &= !dump_interrupted(d);
}

const struct gpu_irq *gpu_irq_of_queue(const struct gpu_irqs *irqs, kaddr_t vdev,
				       kaddr_t vq)
{
	const struct gpu_irq *irq, *shared = NULL;
	size_t i;

	for (i = 0; i < irqs->all.n; i++) {
		irq = &irqs->all.v[i];
		if (irq->vdev != vdev || irq->config)
			continue;
		if (irq->vq == vq)
			return irq;
		if (!irq->vq && !shared)
			shared = irq;
	}
	return shared;
}
