// SPDX-License-Identifier: GPL-2.0-or-later
#include "percpu_drain.h"

#include <string.h>

#include "dump/layout.h"
#include "kernel/sched/lock.h"

#define NODES_MAX 1024
#define ZONES_MAX 8

const char *drain_shape_name(enum drain_shape shape)
{
	static const char *const names[] = {
		[DRAIN_UNKNOWN] = "unknown",
		[DRAIN_WORK] = "a work on each CPU",
		[DRAIN_STRUCT] = "a work on each CPU, with its zone",
		[DRAIN_REMOTE] = "remote: no work, the drainer takes each CPU's pcp lock",
	};

	return names[shape];
}

static enum drain_shape find_shape(struct dump *d)
{
	kaddr_t sym;

	if (dump_symbol(d, "pcpu_drain", &sym))
		return layout_has(d, PCPU_DRAIN_WORK) ? DRAIN_STRUCT : DRAIN_WORK;
	return dump_symbol(d, "drain_all_pages", &sym) ? DRAIN_REMOTE : DRAIN_UNKNOWN;
}

static bool mask_has(struct dump *d, kaddr_t mask, unsigned int cpu)
{
	uint8_t byte;

	return mask && dump_u8(d, mask + cpu / 8, &byte) && (byte >> cpu % 8 & 1);
}

static void read_cpu_work(struct dump *d, struct workqueues *wqs, struct drain *drain,
			  struct drain_cpu *c)
{
	kaddr_t base;
	uint64_t data;

	if (!dump_percpu_symbol(d, c->cpu, "pcpu_drain", &base))
		return;
	c->work_addr = base;
	if (drain->shape == DRAIN_STRUCT) {
		c->work_addr = member_addr(d, base, PCPU_DRAIN_WORK);
		member_ptr(d, base, PCPU_DRAIN_ZONE, &c->zone);
	}
	if (member_u64(d, c->work_addr, WORK_DATA, &data))
		c->queued = data >> layout_bit(d, WORK_STRUCT_PENDING_BIT, 0) & 1;
	else
		dump_unread(d, "drain work of CPU %u", c->cpu);
	c->work = work_by_addr(wqs, c->work_addr);
}

/* Each populated zone has a per-CPU page list; the count comes first. */
static void add_zone(struct dump *d, struct drain *drain, kaddr_t zone)
{
	struct drain_cpu *c;
	uint64_t present, pcp, count;
	kaddr_t addr;
	size_t i;

	if (!member_u64(d, zone, ZONE_PRESENT, &present) ||
	    !member_ptr(d, zone, ZONE_PCP, &pcp)) {
		dump_unread(d, "zone at 0x%llx", HEX(zone));
		return;
	}
	for (i = 0; present && i < drain->cpus.n; i++) {
		c = &drain->cpus.v[i];
		if (!dump_percpu(d, c->cpu, pcp, &addr) ||
		    !member_u64(d, addr, PCP_COUNT, &count) || (int32_t)count < 0) {
			dump_unread(d, "page list of CPU %u in the zone at 0x%llx",
				    c->cpu, HEX(zone));
			continue;
		}
		c->pcp_known = true;
		c->pcp_pages += (uint32_t)count;
	}
}

static void add_node(struct dump *d, struct drain *drain, kaddr_t pgdat)
{
	kaddr_t zones = member_addr(d, pgdat, PGDAT_NODE_ZONES);
	uint64_t n, i;

	if (!member_u64(d, pgdat, PGDAT_NR_ZONES, &n) || n > ZONES_MAX) {
		dump_note(d, "the node at 0x%llx does not say how many zones it has",
			  HEX(pgdat));
		return;
	}
	for (i = 0; i < n; i++)
		add_zone(d, drain, zones + i * (kaddr_t)layout_size(d, ZONE));
}

/* node_data[]: its size is not in its type, what a symbol covers is. */
static void add_nodes(struct dump *d, struct drain *drain, kaddr_t node_data)
{
	struct dump_symbol sym;
	kaddr_t slot, pgdat;
	uint64_t id;
	size_t node;

	for (node = 0; node < NODES_MAX; node++) {
		slot = node_data + node * 8;
		if (!dump_ptr(d, slot, &pgdat))
			break;
		if (!pgdat)
			continue; /* no such node */
		if (member_u64(d, pgdat, PGDAT_NODE_ID, &id) && id == node)
			add_node(d, drain, pgdat);
		else if (dump_symbol_at(d, slot, &sym) && !strcmp(sym.name, "node_data"))
			dump_unread(d, "node %zu at 0x%llx", node, HEX(pgdat));
		else
			break;
	}
}

/* All zones of all nodes: node_data[] on NUMA kernels, contig_page_data on others. */
static void read_pcp_counts(struct dump *d, struct drain *drain)
{
	kaddr_t node;

	if (!layout_has_all(d, ZONE, ZONE_PRESENT, ZONE_PCP, PCP_COUNT, PGDAT_NODE_ZONES,
			    PGDAT_NR_ZONES))
		dump_note(d, "per-CPU page lists: no debuginfo for struct zone");
	else if (dump_symbol(d, "node_data", &node))
		add_nodes(d, drain, node);
	else if (dump_symbol(d, "contig_page_data", &node))
		add_node(d, drain, node);
	else
		dump_note(d,
			  "per-CPU page lists: neither node_data nor contig_page_data is "
			  "there to find them by");
}

static void read_lru_works(struct dump *d, struct workqueues *wqs, struct drain *drain)
{
	unsigned int cpu;
	kaddr_t addr;

	for (cpu = 0; cpu < d->info.cpus; cpu++)
		*vec_push(d->arena, &drain->lru_works) =
			dump_percpu_symbol(d, cpu, "lru_add_drain_work", &addr)
				? work_by_addr(wqs, addr)
				: NULL;
}

/* A static local, of __drain_all_pages() since 5.13; clang puts its function's name first. */
static kaddr_t find_mask(struct dump *d)
{
	static const char *const names[] = {"cpus_with_pcps",
					    "__drain_all_pages.cpus_with_pcps",
					    "drain_all_pages.cpus_with_pcps"};
	kaddr_t mask;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (dump_symbol_local(d, names[i], &mask))
			return mask;
	return 0;
}

void drain_read(struct dump *d, struct tasks *tasks, struct workqueues *wqs,
		struct drain *drain)
{
	struct lock_owner owner;
	struct drain_cpu *c;
	unsigned int cpu;
	kaddr_t sym;
	bool over;

	memset(drain, 0, sizeof(*drain));
	drain->shape = find_shape(d);
	if (dump_symbol(d, "pcpu_drain_mutex", &drain->mutex)) {
		mutex_owner(d, tasks, drain->mutex, &owner);
		drain->mutex_known = owner.known;
		drain->owner = owner.owner;
		drain->owner_addr = owner.task;
	}
	drain->mask = find_mask(d);
	if (dump_symbol(d, "mm_percpu_wq", &sym) &&
	    dump_ptr(d, sym, &drain->mm_percpu_wq))
		drain->wq = workqueue_by_addr(wqs, drain->mm_percpu_wq);
	/* The mask is static: the last drainer leaves it as it was. */
	over = drain->mutex_known && !drain->owner_addr;
	for (cpu = 0; cpu < d->info.cpus; cpu++) {
		c = vec_push(d->arena, &drain->cpus);
		c->cpu = cpu;
		c->waited_for = !over && mask_has(d, drain->mask, cpu);
		if (drain->shape == DRAIN_WORK || drain->shape == DRAIN_STRUCT)
			read_cpu_work(d, wqs, drain, c);
	}
	read_pcp_counts(d, drain);
	read_lru_works(d, wqs, drain);
}
