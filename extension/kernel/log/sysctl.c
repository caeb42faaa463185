// SPDX-License-Identifier: GPL-2.0-or-later
#include "sysctl.h"

#include <string.h>

/* As wide as the variable is declared; a symbol table does not tell. */
enum width { INT, UINT, ULONG, BOOL };

/*
 * First the eight that are usually set to get a core, as kdump/ sets them.
 * Declared in the file named, equally wide in every tree from 4.19 to 7.x
 * that was read; what has come or gone is absent.  Some turned static on the way,
 * which the symbol table of a vmlinux does not mind.
 */
static const struct {
	const char *name;
	enum width width;
	const char *symbols[2]; /* spellings, the newer one first */
} table[] = {
	{"kernel.sysrq", INT, {"sysrq_enabled"}},	  /* drivers/tty/sysrq.c */
	{"kernel.panic", INT, {"panic_timeout"}},	  /* kernel/panic.c */
	{"kernel.panic_on_oops", INT, {"panic_on_oops"}}, /* kernel/panic.c */
	{"kernel.hung_task_panic", UINT, {"sysctl_hung_task_panic"}},
	{"kernel.hung_task_timeout_secs", ULONG, {"sysctl_hung_task_timeout_secs"}},
	{"kernel.softlockup_panic", UINT, {"softlockup_panic"}},
	{"kernel.panic_on_warn", INT, {"panic_on_warn"}},
	{"vm.panic_on_oom", INT, {"sysctl_panic_on_oom"}}, /* mm/oom_kill.c */
	/* kernel/hung_task.c */
	{"kernel.hung_task_warnings", INT, {"sysctl_hung_task_warnings"}},
	{"kernel.hung_task_check_count", INT, {"sysctl_hung_task_check_count"}},
	{"kernel.hung_task_check_interval_secs",
	 ULONG,
	 {"sysctl_hung_task_check_interval_secs"}},
	{"kernel.hung_task_all_cpu_backtrace",
	 UINT,
	 {"sysctl_hung_task_all_cpu_backtrace"}},
	{"kernel.hung_task_detect_count", ULONG, {"sysctl_hung_task_detect_count"}},
	/* kernel/watchdog.c */
	{"kernel.hardlockup_panic", UINT, {"hardlockup_panic"}},
	{"kernel.watchdog_thresh", INT, {"watchdog_thresh"}},
	{"kernel.watchdog", INT, {"watchdog_user_enabled"}},
	{"kernel.soft_watchdog",
	 INT,
	 {"watchdog_softlockup_user_enabled", "soft_watchdog_user_enabled"}},
	{"kernel.nmi_watchdog",
	 INT,
	 {"watchdog_hardlockup_user_enabled", "nmi_watchdog_user_enabled"}},
	/* kernel/rcu/tree.c, later tree_stall.h */
	{"kernel.panic_on_rcu_stall", INT, {"sysctl_panic_on_rcu_stall"}},
	{"kernel.max_rcu_stall_to_panic", INT, {"sysctl_max_rcu_stall_to_panic"}},
	/* arch/x86/kernel/nmi.c and dumpstack.c */
	{"kernel.unknown_nmi_panic", INT, {"unknown_nmi_panic"}},
	{"kernel.panic_on_unrecovered_nmi", INT, {"panic_on_unrecovered_nmi"}},
	{"kernel.panic_on_io_nmi", INT, {"panic_on_io_nmi"}},
	/* kernel/panic.c; oops_limit: kernel/exit.c */
	{"kernel.warn_limit", UINT, {"warn_limit"}},
	{"kernel.oops_limit", UINT, {"oops_limit"}},
	{"kernel.oops_all_cpu_backtrace", UINT, {"sysctl_oops_all_cpu_backtrace"}},
	{"kernel.panic_print", ULONG, {"panic_print"}},
	/* These three are parameters of the command line. */
	{"panic_on_taint", ULONG, {"panic_on_taint"}},
	{"crash_kexec_post_notifiers", BOOL, {"crash_kexec_post_notifiers"}},
	{"workqueue.panic_on_stall", UINT, {"wq_panic_on_stall"}},
	/* kernel/sched/rt.c: a real-time task may have a CPU to itself */
	{"kernel.sched_rt_runtime_us", INT, {"sysctl_sched_rt_runtime"}},
	{"kernel.sched_rt_period_us", UINT, {"sysctl_sched_rt_period"}},
};

#define TABLE_N ARRAY_SIZE(table)

static bool read_as(struct dump *d, enum width width, struct sysctl_value *v)
{
	uint64_t u64 = 0;
	uint32_t u32 = 0;
	uint8_t u8 = 0;
	bool ok;

	switch (width) {
	case ULONG:
		v->width = sizeof(u64);
		ok = dump_u64(d, v->addr, &u64);
		/* No switch needs the top bit. */
		v->value = u64 > INT64_MAX ? INT64_MAX : (int64_t)u64;
		return ok;
	case BOOL:
		v->width = sizeof(u8);
		ok = dump_u8(d, v->addr, &u8);
		v->value = u8;
		return ok;
	case INT:
	case UINT:
		break;
	}
	v->width = sizeof(u32);
	ok = dump_u32(d, v->addr, &u32);
	v->value = width == INT ? (int64_t)(int32_t)u32 : (int64_t)u32;
	return ok;
}

static void read_value(struct dump *d, size_t row, struct sysctl_value *v)
{
	size_t i;

	v->name = table[row].name;
	for (i = 0; i < 2 && !v->symbol; i++)
		if (table[row].symbols[i] &&
		    dump_symbol(d, table[row].symbols[i], &v->addr))
			v->symbol = table[row].symbols[i];
	if (!v->symbol)
		return;
	if (read_as(d, table[row].width, v)) {
		v->state = SYSCTL_READ;
		return;
	}
	v->state = SYSCTL_UNREADABLE;
	v->value = 0;
	dump_unread(d, "sysctl %s: %s at 0x%llx", v->name, v->symbol, HEX(v->addr));
}

/* Booting with sysrq_always_enabled makes kernel.sysrq read as 1. */
static void apply_sysrq_always(struct dump *d, struct sysctl_value *v)
{
	kaddr_t addr;
	uint8_t always;

	if (dump_symbol(d, "sysrq_always_enabled", &addr) && dump_u8(d, addr, &always) &&
	    always) {
		v->symbol = "sysrq_always_enabled";
		v->addr = addr;
		v->width = sizeof(always);
		v->value = 1;
		v->state = SYSCTL_READ;
	}
}

void sysctls_read(struct dump *d, struct sysctls *s)
{
	size_t i;

	memset(s, 0, sizeof(*s));
	for (i = 0; i < TABLE_N; i++)
		read_value(d, i, vec_push(d->arena, &s->all));
	apply_sysrq_always(d, &s->all.v[0]);
}

const struct sysctl_value *sysctl_find(const struct sysctls *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->all.n; i++)
		if (!strcmp(s->all.v[i].name, name))
			return &s->all.v[i];
	return NULL;
}

int64_t sysctl_get(const struct sysctls *s, const char *name, int64_t fallback)
{
	const struct sysctl_value *v = sysctl_find(s, name);

	return v && v->state == SYSCTL_READ ? v->value : fallback;
}
