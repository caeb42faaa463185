// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "kernel/sched/jiffies.h"
#include "kernel/log/panic.h"

static struct klog words;
static struct sysctls sysctls;
static struct panic panic;

/* ---- a log --------------------------------------------------------------- */

static void forget(void)
{
	memset(&words, 0, sizeof(words));
}

static struct log_line *say(struct fake *f, const char *text)
{
	struct log_line *line = vec_push(fake_dump(f)->arena, &words.lines);

	line->seq = words.lines.n;
	line->ts_s = (double)words.lines.n;
	line->text = text;
	line->first = true;
	snprintf(line->caller, sizeof(line->caller), "T2");
	return line;
}

static void say_all(struct fake *f, const char *const *lines, size_t n)
{
	size_t i;

	forget();
	for (i = 0; i < n; i++)
		say(f, lines[i]);
}
#define SAY(f, lines) say_all(f, lines, ARRAY_SIZE(lines))

static const struct trigger *read_it(struct fake *f)
{
	sysctls_read(fake_dump(f), &sysctls);
	panic_read(fake_dump(f), &words, &sysctls, &panic);
	return &panic.trigger;
}

static kaddr_t variable_u32(struct fake *f, const char *name, uint32_t v)
{
	kaddr_t addr = fake_variable(f, name, 4);

	fake_u32(f, addr, v);
	return addr;
}

static bool has_evidence(const char *claim)
{
	size_t i;

	for (i = 0; i < panic.trigger.evidence.n; i++)
		if (strstr(panic.trigger.evidence.v[i].claim, claim))
			return true;
	return false;
}

/* ---- which switch -------------------------------------------------------- */

static void hung_task(void **state)
{
	static const char *const lines[] = {
		"INFO: task khugepaged:31 blocked for more than 10 seconds.",
		"      Not tainted 5.10.0-46-amd64 #1 Debian 5.10.262-1",
		"\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message.",
		"INFO: task Xorg:209 blocked for more than 11 seconds.",
		"Kernel panic - not syncing: hung_task: blocked tasks",
		"CPU: 0 PID: 26 Comm: khungtaskd Kdump: loaded Not tainted 5.10.0-46-amd64 #1 Debian",
		"Call Trace:",
	};
	struct fake *f = *state;
	const struct trigger *t;

	SAY(f, lines);
	variable_u32(f, "panic_cpu", 0);
	variable_u32(f, "sysctl_hung_task_panic", 1);
	t = read_it(f);
	assert_int_equal(t->kind, TRIGGER_HUNG_TASK);
	assert_string_equal(trigger_kind_name(t->kind), "hung_task");
	assert_string_equal(t->sysctl, "kernel.hung_task_panic");
	assert_string_equal(t->message, "hung_task: blocked tasks");
	assert_string_equal(panic.message, "hung_task: blocked tasks");
	assert_int_equal(panic.source, PANIC_FROM_LOG);
	assert_true(t->ts_s == 5);
	assert_int_equal(t->cpu, 0);
	assert_int_equal(t->pid, 26);
	assert_string_equal(t->comm, "khungtaskd");
	assert_int_equal(t->evidence.n, 4);
	assert_true(has_evidence("[    4.000000] INFO: task Xorg:209 blocked"));
	assert_true(has_evidence("kernel.hung_task_panic is 1"));
	assert_true(has_evidence("panic_cpu is 0"));
	assert_int_equal(panic.hung.n, 2);
	assert_string_equal(panic.hung.v[0].comm, "khugepaged");
	assert_int_equal(panic.hung.v[1].pid, 209);
	assert_int_equal(panic.hung.v[1].seconds, 11);
	assert_true(panic.hung.v[1].ts_s == 4);
	assert_string_equal(panic.oops, "");
}

/* Every saying of the kernel's, from 4.19 on, that vgpu tells apart. */
static void sayings(void **state)
{
	static const struct {
		const char *said;
		enum trigger_kind kind;
		const char *sysctl;
	} table[] = {
		{"softlockup: hung tasks", TRIGGER_SOFTLOCKUP, "kernel.softlockup_panic"},
		{"Hard LOCKUP", TRIGGER_HARDLOCKUP, "kernel.hardlockup_panic"},
		{"panic_on_warn set ...", TRIGGER_WARN, "kernel.panic_on_warn"},
		{"kernel: panic_on_warn set ...", TRIGGER_WARN, "kernel.panic_on_warn"},
		{"KFENCE: panic_on_warn set ...", TRIGGER_WARN, "kernel.panic_on_warn"},
		{"kernel: system warned too often (kernel.warn_limit is 5)", TRIGGER_WARN,
		 "kernel.warn_limit"},
		{"Oopsed too often (kernel.oops_limit is 100)", TRIGGER_OOPS,
		 "kernel.oops_limit"},
		{"panic_on_taint set ...", TRIGGER_OTHER, "panic_on_taint"},
		{"RCU Stall", TRIGGER_OTHER, "kernel.panic_on_rcu_stall"},
		{"Out of memory: system-wide panic_on_oom is enabled", TRIGGER_OOM,
		 "vm.panic_on_oom"},
		{"Out of memory: compulsory panic_on_oom is enabled", TRIGGER_OOM,
		 "vm.panic_on_oom"},
		{"Out of memory and no killable processes...", TRIGGER_OOM, NULL},
		{"System is deadlocked on memory", TRIGGER_OOM, NULL},
		{"NMI IOCK error: Not continuing", TRIGGER_NMI, "kernel.panic_on_io_nmi"},
		{"NMI: Not continuing", TRIGGER_NMI, NULL},
		{"sysrq triggered crash", TRIGGER_SYSRQ, NULL},
		{"Fatal exception", TRIGGER_OOPS, "kernel.panic_on_oops"},
		{"Oops: Fatal exception", TRIGGER_OOPS, "kernel.panic_on_oops"},
		{"Fatal exception in interrupt", TRIGGER_OOPS, NULL},
		{"workqueue: 3 stall(s) exceeded threshold 2", TRIGGER_OTHER,
		 "workqueue.panic_on_stall"},
		{"kernel stack overflow", TRIGGER_OOPS, NULL},
		{"bad mode", TRIGGER_OOPS, NULL},
		{"Attempted to kill init! exitcode=0x0000000b", TRIGGER_OTHER, NULL},
		{"", TRIGGER_OTHER, NULL},
		/* cut short */
		{"hung_task: blo", TRIGGER_HUNG_TASK, "kernel.hung_task_panic"},
		{"sysrq t", TRIGGER_SYSRQ, NULL},
		{"Hard", TRIGGER_OTHER, NULL},
	};
	struct fake *f = *state;
	const struct trigger *t;
	char text[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		forget();
		snprintf(text, sizeof(text), "Kernel panic - not syncing: %s",
			 table[i].said);
		say(f, "something");
		say(f, text);
		t = read_it(f);
		assert_int_equal(t->kind, table[i].kind);
		if (table[i].sysctl)
			assert_string_equal(t->sysctl, table[i].sysctl);
		else
			assert_null(t->sysctl);
	}
}

/* panic() clears panic_on_warn: it reads 0 in the dump that it made. */
static void panic_on_warn(void **state)
{
	static const char *const lines[] = {
		"WARNING: CPU: 1 PID: 300 at drivers/x.c:12 probe+0x1c/0x40 [x]",
		"RIP: 0010:probe+0x1c/0x40 [x]",
		"Kernel panic - not syncing: kernel: panic_on_warn set ...",
		"CPU: 1 UID: 0 PID: 300 Comm: modprobe Tainted: G        W          6.12.0 #1",
		"RIP: 0010:of_panic_not_of_the_warning+0x1/0x2",
	};
	struct fake *f = *state;
	const struct trigger *t;

	SAY(f, lines);
	variable_u32(f, "panic_cpu", 1);
	variable_u32(f, "panic_on_warn", 0);
	t = read_it(f);
	assert_int_equal(t->kind, TRIGGER_WARN);
	assert_string_equal(t->sysctl, "kernel.panic_on_warn");
	assert_true(has_evidence("kernel.panic_on_warn is 0; it was not when"));
	assert_true(has_evidence("WARNING: CPU: 1 PID: 300"));
	assert_int_equal(t->pid, 300);
	assert_string_equal(t->comm, "modprobe");
	assert_string_equal(t->at.function, "probe");
	assert_string_equal(t->at.module, "x");
}

static void nmi(void **state)
{
	static const char *const lines[] = {
		"Uhhuh. NMI received for unknown reason 30 on CPU 0.",
		"Kernel panic - not syncing: NMI: Not continuing",
	};
	struct fake *f = *state;

	SAY(f, lines);
	variable_u32(f, "panic_on_unrecovered_nmi", 1);
	assert_string_equal(read_it(f)->sysctl, "kernel.panic_on_unrecovered_nmi");
	variable_u32(f, "unknown_nmi_panic", 1);
	assert_string_equal(read_it(f)->sysctl, "kernel.unknown_nmi_panic");
	assert_true(has_evidence("Uhhuh"));
	assert_int_equal(panic.trigger.accused, ACCUSED_NOBODY);
	/* The kernel knows this one: unknown_nmi_panic has no say. */
	words.lines.v[0].text = "NMI: PCI system error (SERR) for reason a1 on CPU 0.";
	assert_string_equal(read_it(f)->sysctl, "kernel.panic_on_unrecovered_nmi");
	assert_true(has_evidence("PCI system error"));
	assert_int_equal(panic.trigger.accused, ACCUSED_HARDWARE);
}

/* ---- oopses -------------------------------------------------------------- */

static const char *const oops[] = {
	"BUG: kernel NULL pointer dereference, address: 0000000000000000",
	"#PF: supervisor write access in kernel mode",
	"#PF: error_code(0x0002) - not-present page",
	"PGD 0 P4D 0 ",
	"Oops: 0002 [#1] SMP PTI",
	"CPU: 1 PID: 555 Comm: a b: Tainted Kdump: loaded Tainted: G           OE     5.10.0 #1",
	"RIP: 0010:virtio_gpu_array_put_free+0x1c/0x70 [virtio_gpu]",
};

/* With a crash kernel loaded an oops goes there before panic() is called. */
static void oops_without_panic_line(void **state)
{
	struct fake *f = *state;
	const struct trigger *t;

	SAY(f, oops);
	variable_u32(f, "panic_cpu", 1);
	variable_u32(f, "panic_on_oops", 1);
	t = read_it(f);
	assert_int_equal(t->kind, TRIGGER_OOPS);
	assert_string_equal(t->sysctl, "kernel.panic_on_oops");
	assert_string_equal(t->message, oops[0]);
	assert_string_equal(panic.oops, oops[0]);
	assert_string_equal(panic.message, "");
	assert_int_equal(panic.source, PANIC_SAID_NOTHING);
	assert_int_equal(t->cpu, 1);
	assert_int_equal(t->pid, 555);
	assert_string_equal(t->comm, "a b: Tainted");
	assert_true(t->ts_s == 1);
}

/* Each line of registers that says where in the kernel, and what it is taken for. */
static void where_an_oops_was(void **state)
{
	static const struct {
		const char *line, *function;
		uint64_t offset;
		const char *module;
	} table[] = {
		{"RIP: 0010:early_probe+0x20c/0x1000 [early]", "early_probe", 0x20c,
		 "early"},
		{"RIP: 0010:__kmalloc+0x1/0x2", "__kmalloc", 1, ""},
		/* with a build id; since 5.14 */
		{"RIP: 0010:probe.isra.0+0x0/0x10 [early 0123456789abcdef]",
		 "probe.isra.0", 0, "early"},
		{"pc : virtio_gpu_probe+0x1c/0x70 [virtio_gpu]", "virtio_gpu_probe", 0x1c,
		 "virtio_gpu"},
		{"PC is at probe+0x4/0x8", "probe", 4, ""},
		{"RIP: 0010:0x0", NULL, 0, ""},
		{"RIP: 0033:0x47fbe9", NULL, 0, ""},
		{"RIP: 0010:+0x1/0x2", NULL, 0, ""},
		{"RIP: 0010:probe+0x/0x2", NULL, 0, ""},
		{"RIP: 0010:Bad RIP value a+0x1/0x2", NULL, 0, ""},
		{"RIP:", NULL, 0, ""},
	};
	struct fake *f = *state;
	const struct said_at *at;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		SAY(f, oops);
		words.lines.v[6].text = table[i].line;
		at = &read_it(f)->at;
		if (!table[i].function) {
			assert_null(at->line);
			continue;
		}
		assert_string_equal(at->line->text, table[i].line);
		assert_string_equal(at->function, table[i].function);
		assert_int_equal(at->offset, table[i].offset);
		assert_string_equal(at->module, table[i].module);
	}
}

/* The first such line is the fault's; what user space writes is none. */
static void where_an_oops_was_not(void **state)
{
	struct fake *f = *state;

	SAY(f, oops);
	words.lines.v[6].facility = 1;
	say(f, "RIP: 0010:innocent+0x1/0x2")->first = false; /* of a name */
	assert_null(read_it(f)->at.line);
	say(f, "RIP: 0010:guilty+0x1/0x2");
	say(f, "RIP: 0033:0x47fbe9");
	say(f, "RIP: 0010:innocent+0x1/0x2");
	assert_string_equal(read_it(f)->at.function, "guilty");
}

static void oops_in_interrupt(void **state)
{
	struct fake *f = *state;

	SAY(f, oops);
	variable_u32(f, "panic_cpu", 1);
	variable_u32(f, "panic_on_oops", 0);
	assert_int_equal(read_it(f)->kind, TRIGGER_OOPS);
	assert_null(panic.trigger.sysctl);
	say(f, "Kernel panic - not syncing: Fatal exception in interrupt");
	assert_int_equal(read_it(f)->kind, TRIGGER_OOPS);
	assert_null(panic.trigger.sysctl);
	assert_int_equal(panic.trigger.pid, 555); /* no stack is printed again */
	assert_true(has_evidence("NULL pointer dereference"));
}

/* An oops that the kernel survived, and a panic for another reason. */
static void survived_oops(void **state)
{
	struct fake *f = *state;

	SAY(f, oops);
	say(f, "INFO: task Xorg:209 blocked for more than 120 seconds.");
	say(f, "Kernel panic - not syncing: hung_task: blocked tasks");
	variable_u32(f, "panic_cpu", 0);
	assert_int_equal(read_it(f)->kind, TRIGGER_HUNG_TASK);
	assert_string_equal(panic.oops, oops[0]);
}

static void survived_oops_live(void **state)
{
	struct fake *f = *state;

	SAY(f, oops);
	variable_u32(f, "panic_cpu", 0xffffffff);
	assert_int_equal(read_it(f)->kind, TRIGGER_NONE);
	assert_null(panic.trigger.sysctl);
	assert_string_equal(panic.oops, oops[0]);
	assert_true(has_evidence("no CPU has panicked"));
}

static void bug(void **state)
{
	static const char *const lines[] = {
		"------------[ cut here ]------------",
		"kernel BUG at mm/slub.c:4023!",
		"invalid opcode: 0000 [#1] SMP PTI",
		"CPU: 0 PID: 9 Comm: kworker/0:1 Not tainted 5.10.0 #1",
		"---[ end trace 0123456789abcdef ]---",
		"Kernel panic - not syncing: Fatal exception",
	};
	struct fake *f = *state;

	SAY(f, lines);
	variable_u32(f, "panic_on_oops", 1);
	assert_int_equal(read_it(f)->kind, TRIGGER_BUG);
	assert_string_equal(panic.oops, lines[1]);
	assert_string_equal(panic.trigger.sysctl, "kernel.panic_on_oops");
	assert_string_equal(panic.trigger.comm, "kworker/0:1");
	assert_string_equal(trigger_kind_name(panic.trigger.kind), "bug");
	assert_true(has_evidence("kernel BUG at mm/slub.c"));
}

/* The stack is not printed a second time once the kernel has died: TAINT_DIE. */
static void exit_of_what_is_needed(void **state)
{
	static const char *const lines[] = {
		"kernel BUG at mm/slub.c:4023!",
		"invalid opcode: 0000 [#1] SMP PTI",
		"CPU: 0 PID: 1 Comm: systemd Not tainted 5.10.0 #1",
		"Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b",
	};
	struct fake *f = *state;
	kaddr_t cpu;

	SAY(f, lines);
	snprintf(words.lines.v[3].caller, sizeof(words.lines.v[3].caller), "T1");
	cpu = variable_u32(f, "panic_cpu", 0);
	assert_int_equal(read_it(f)->kind, TRIGGER_BUG);
	assert_null(panic.trigger.sysctl);
	assert_int_equal(panic.trigger.pid, 1);
	assert_string_equal(panic.trigger.comm, "systemd");
	assert_true(has_evidence("kernel BUG at mm/slub.c"));
	/* It went by itself, some time after another task's oops. */
	words.lines.v[2].text = "CPU: 0 PID: 9 Comm: dd Not tainted 5.10.0 #1";
	assert_int_equal(read_it(f)->kind, TRIGGER_OTHER);
	assert_false(has_evidence("kernel BUG at mm/slub.c"));
	/* In an interrupt: who was interrupted does not matter, the CPU does. */
	words.lines.v[3].text =
		"Kernel panic - not syncing: Aiee, killing interrupt handler!";
	snprintf(words.lines.v[3].caller, sizeof(words.lines.v[3].caller), "C0");
	assert_int_equal(read_it(f)->kind, TRIGGER_BUG);
	fake_u32(f, cpu, 1);
	assert_int_equal(read_it(f)->kind, TRIGGER_OTHER);
}

/* From 6.12 to 6.19 it is a BUG_ON(). */
static void workqueue_stall(void **state)
{
	static const char *const lines[] = {
		"BUG: workqueue lockup - pool cpus=1 node=0 flags=0x0 nice=0 stuck for 33s!",
		"Showing busy workqueues and worker pools:",
		"------------[ cut here ]------------",
		"kernel BUG at kernel/workqueue.c:7445!",
		"Oops: invalid opcode: 0000 [#1] PREEMPT(voluntary) SMP NOPTI",
		"CPU: 0 UID: 0 PID: 0 Comm: swapper/0 Not tainted 6.17.0 #1 PREEMPT(voluntary)",
		"Kernel panic - not syncing: Fatal exception in interrupt",
	};
	struct fake *f = *state;
	kaddr_t on;

	SAY(f, lines);
	variable_u32(f, "panic_cpu", 0);
	on = variable_u32(f, "wq_panic_on_stall", 1);
	assert_int_equal(read_it(f)->kind, TRIGGER_OTHER);
	assert_string_equal(panic.trigger.sysctl, "workqueue.panic_on_stall");
	words.lines.n--; /* kdump took it before */
	assert_int_equal(read_it(f)->kind, TRIGGER_OTHER);
	assert_string_equal(panic.trigger.sysctl, "workqueue.panic_on_stall");
	words.lines.n++;
	fake_u32(f, on, 0); /* then it is another BUG of that file */
	assert_int_equal(read_it(f)->kind, TRIGGER_BUG);
	fake_u32(f, on, 1);
	words.lines.v[0].text = "nothing";
	assert_int_equal(read_it(f)->kind, TRIGGER_BUG);
}

static void arm64(void **state)
{
	static const char *const lines[] = {
		"Unable to handle kernel NULL pointer dereference at virtual address 0000000000000018",
		"Mem abort info:",
		"Internal error: Oops: 96000004 [#1] SMP",
		"CPU: 3 PID: 723 Comm: Xorg Tainted: G           O      4.19.90 #1",
		"pc : virtio_gpu_fence_event_process+0x54/0x110 [virtio_gpu]",
		"Kernel panic - not syncing: Oops: Fatal exception",
	};
	static const char *const bug_lines[] = {
		"kernel BUG at kernel/workqueue.c:1234!",
		"Internal error: Oops - BUG: 0 [#1] SMP",
		"CPU: 3 PID: 5 Comm: kworker/3:0 Not tainted 4.19.90 #1",
	};
	struct fake *f = *state;

	SAY(f, lines);
	assert_int_equal(read_it(f)->kind, TRIGGER_OOPS);
	assert_string_equal(panic.oops, lines[0]);
	assert_int_equal(panic.trigger.cpu, 3); /* from the line: no panic_cpu here */
	assert_int_equal(panic.trigger.pid, 723);
	SAY(f, bug_lines);
	assert_int_equal(read_it(f)->kind, TRIGGER_BUG);
}

/* Before 5.0 sysrq-c is a write to NULL. */
static void old_sysrq(void **state)
{
	static const char *const lines[] = {
		"SysRq : Trigger a crash",
		"BUG: unable to handle kernel NULL pointer dereference at 0000000000000000",
		"PGD 0 P4D 0 ",
		"Oops: 0002 [#1] SMP PTI",
		"CPU: 1 PID: 812 Comm: bash Kdump: loaded Not tainted 4.19.0 #1",
		"RIP: 0010:sysrq_handle_crash+0x12/0x20",
	};
	struct fake *f = *state;

	SAY(f, lines);
	variable_u32(f, "panic_cpu", 1);
	variable_u32(f, "panic_on_oops", 1); /* the handler sets it itself */
	assert_int_equal(read_it(f)->kind, TRIGGER_SYSRQ);
	assert_null(panic.trigger.sysctl);
	assert_true(has_evidence("SysRq : Trigger a crash"));
	assert_string_equal(panic.trigger.comm, "bash");
}

/* ---- what is not to be believed ------------------------------------------ */

/* Anybody may write to /dev/kmsg, and gets another facility than the kernel. */
static void from_user_space(void **state)
{
	struct fake *f = *state;

	forget();
	say(f, "Kernel panic - not syncing: hung_task: blocked tasks")->facility = 1;
	say(f, "INFO: task Xorg:209 blocked for more than 120 seconds.")->facility = 1;
	say(f, "Oops: 0002 [#1] SMP")->facility = 3;
	say(f, "printk: Kernel panic - not syncing: hung_task: blocked tasks");
	variable_u32(f, "panic_cpu", 0xffffffff);
	assert_int_equal(read_it(f)->kind, TRIGGER_NONE);
	assert_int_equal(panic.hung.n, 0);
	assert_string_equal(panic.oops, "");
	assert_string_equal(panic.message, "");
}

/* A file's name may hold a newline, and the kernel repeats it in a line of its own. */
static void named_like_a_panic(void **state)
{
	static const char *const lines[] = {
		"process '/tmp/x",
		"Kernel panic - not syncing: hung_task: blocked tasks",
		"Oops: 0002 [#1] SMP PTI",
		"INFO: task Xorg:209 blocked for more than 120 seconds.",
		"CPU: 1 PID: 29 Comm: khungtaskd Not tainted 5.10.0 #1",
		"' started with executable stack",
	};
	struct fake *f = *state;
	size_t i;

	SAY(f, lines);
	for (i = 1; i < words.lines.n; i++)
		words.lines.v[i].first = false;
	variable_u32(f, "panic_cpu", 1);
	assert_int_equal(read_it(f)->kind, TRIGGER_OTHER);
	assert_int_equal(panic.trigger.pid, -1);
	assert_int_equal(panic.hung.n, 0);
	assert_int_equal(panic.caught.n, 0);
	assert_string_equal(panic.message, "");
	assert_string_equal(panic.oops, "");
}

/* Names within the line, of tasks, files and devices. */
static void named_like_an_oops(void **state)
{
	static const char *const none[] = {
		"[    209]     0   209    12345     1234   122880        0             0 a: 0002 [#1]",
		"CPU: 1 PID: 3 Comm: a: 0002 [#1] Not tainted 5.10.0 #1",
		"CPU: 1 PID: 3 Comm: a: 0002 [#1]",
		"traps: a: 0002 [#1][123] trap invalid opcode ip:55 sp:7f error:0 in x[55+1]",
		"usb 1-1: Product: a: 0002 [#1]",
		"a [#1",
		"process 'a: 0002 [#1] SMP",
		"audit: type=1400 comm=\"a: 0002 [#1] SMP",
		"Oops [#1] is what they call me",
		"Oops: 0002 [#x] SMP PTI",
		"Oops: 0002 [#1 SMP PTI",
	};
	static const char *const some[] = {
		"Oops: 0002 [#1] SMP PTI",
		"Oops: Oops: 0002 [#12] PREEMPT_{RT,(lazy)} SMP KASAN NOPTI",
		"invalid opcode: 0000 [#1] SMP PTI",
		"general protection fault, probably for non-canonical address 0xdead000000000122: 0000 [#1] SMP",
		"Oops: general protection fault, maybe for address 0x8: 0000 [#1] PREEMPT(full) SMP",
		"kernel stack overflow (page fault): 0000 [#1] SMP PTI",
		"divide error: 0000 [#2] PREEMPT SMP",
		"int3: 0000 [#1] SMP NOPTI",
		"x87 FPU exception: 0000 [#1] SMP NOPTI",
		"Internal error: Oops: 0000000096000004 [#1] PREEMPT SMP",
		"Internal error: Oops - BUG: 0 [#1] SMP",
	};
	struct fake *f = *state;
	size_t i;

	variable_u32(f, "panic_cpu", 1);
	for (i = 0; i < ARRAY_SIZE(none); i++) {
		forget();
		say(f, none[i]);
		read_it(f);
		assert_string_equal(panic.oops, "");
	}
	for (i = 0; i < ARRAY_SIZE(some); i++) {
		forget();
		say(f, some[i]);
		read_it(f);
		assert_string_equal(panic.oops, some[i]);
	}
}

/* What led to it is told by the kernel's words, not by a name that holds them. */
static void named_like_a_complaint(void **state)
{
	static const char *const lines[] = {
		"NMI watchdog: Watchdog detected hard LOCKUP on cpu 2",
		"process '/tmp/detected hard LOCKUP on cpu 3' started with executable stack",
		"process '/tmp/BUG: soft lockup - CPU#1' started with executable stack",
		"process '/tmp/x invoked oom-killer: gfp_mask=' started with executable stack",
		"process '/tmp/self-detected stall on CPU' started with executable stack",
		"process '/tmp/NMI received for unknown reason' started with executable stack",
		"Kernel panic - not syncing: Hard LOCKUP",
	};
	struct fake *f = *state;

	SAY(f, lines);
	variable_u32(f, "panic_cpu", 2);
	assert_int_equal(read_it(f)->locked_cpu, 2);
	assert_string_equal(panic.trigger.begins, lines[0]);
	assert_int_equal(panic.caught.n, 1);
}

static void contradictions(void **state)
{
	struct fake *f = *state;
	kaddr_t cpu = variable_u32(f, "panic_cpu", 0xffffffff);

	forget();
	say(f, "Kernel panic - not syncing: RCU Stall");
	assert_int_equal(read_it(f)->kind, TRIGGER_OTHER);
	assert_true(fake_has_note(f, "panic_cpu says that no CPU has panicked"));
	fake_u32(f, cpu, 4000);
	read_it(f);
	assert_false(panic.panic_cpu_known);
	assert_int_equal(panic.trigger.cpu, -1);
	assert_true(fake_has_note(f, "there is no such CPU"));
	fake_exclude(f, cpu, 4);
	read_it(f);
	assert_true(fake_has_note(f, "panic_cpu cannot be read"));
}

static void nothing_known(void **state)
{
	struct fake *f = *state;

	forget();
	assert_int_equal(read_it(f)->kind, TRIGGER_UNKNOWN);
	assert_string_equal(panic.trigger.message, "");
	assert_int_equal(panic.trigger.cpu, -1);
	assert_true(panic.uptime_s < 0);
	assert_string_equal(panic.uptime_source, "");
	variable_u32(f, "panic_cpu", 1);
	assert_int_equal(read_it(f)->kind, TRIGGER_OTHER); /* it did panic */
}

static void last_words(void **state)
{
	struct fake *f = *state;

	forget();
	say(f, "Kernel panic - not syncing: softlockup: hung tasks");
	say(f, "Kernel panic - not syncing: sysrq triggered crash");
	say(f, "---[ end Kernel panic - not syncing: sysrq triggered crash ]---");
	assert_int_equal(read_it(f)->kind, TRIGGER_SYSRQ);
	assert_int_equal(panic.trigger.pid, 2); /* of who wrote the line */
}

/* ---- hung tasks ---------------------------------------------------------- */

static void hung_lines(void **state)
{
	static const char *const lines[] = {
		"INFO: task a:b c:77 blocked for more than 122 seconds.",
		"INFO: task \\x1b[1m:78 blocked for more than 1 seconds.",
		"INFO: task dd:79 blocked in I/O wait for more than 30 seconds.",
		"INFO: task kworker/u8:2:80 blocked for more than 5 seconds.",
		"INFO: task  for more than :83 blocked for more than 6 seconds.",
		/* these are no such lines */
		"INFO: task x blocked for more than 5 seconds.",
		"INFO: task x:-5 blocked for more than 5 seconds.",
		"INFO: task x:5 blocked for more than  seconds.",
		"INFO: task x:5 blocked for mor",
		"INFO: task x:99999999999 blocked for more than 5 seconds.",
		"INFO: task x:81 is blocked on a mutex likely owned by task y:82.",
		"INFO: task ",
		"x INFO: task x:5 blocked for more than 5 seconds.",
	};
	struct fake *f = *state;

	SAY(f, lines);
	read_it(f);
	assert_int_equal(panic.hung.n, 5);
	assert_string_equal(panic.hung.v[0].comm, "a:b c");
	assert_int_equal(panic.hung.v[0].pid, 77);
	assert_int_equal(panic.hung.v[0].seconds, 122);
	assert_string_equal(panic.hung.v[1].comm, "\\x1b[1m");
	assert_int_equal(panic.hung.v[2].pid, 79);
	assert_int_equal(panic.hung.v[2].seconds, 30);
	assert_string_equal(panic.hung.v[3].comm, "kworker/u8:2");
	assert_string_equal(panic.hung.v[4].comm, " for more than ");
	assert_int_equal(panic.hung.v[4].pid, 83);
}

/* ---- panic()'s buffer ---------------------------------------------------- */

#define PANIC_BSS 0xffffffff83b32b80ull

/* The neighbours in 5.10's kernel/panic.o: another buf is close by. */
static kaddr_t panic_bss(struct fake *f, const char *name)
{
	kaddr_t buf = PANIC_BSS + 0x80;

	fake_map(f, PANIC_BSS, FAKE_PAGE);
	fake_function(f, "panic_on_oops", NULL, PANIC_BSS + 0x3c, 4);
	fake_function(f, "buf.2", NULL, PANIC_BSS + 0x50, 0x30);
	fake_function(f, name, NULL, buf, 0x400);
	fake_function(f, "oops_id", NULL, PANIC_BSS + 0x488, 8);
	fake_string(f, PANIC_BSS + 0x50, "Tainted: G");
	return buf;
}

/* The CPU that a hard lockup is of is the log's, whichever CPU noticed. */
static void hard_lockup(void **state)
{
	static const char *const itself[] =
		{"NMI watchdog: Watchdog detected hard LOCKUP on cpu 2",
		 "Kernel panic - not syncing: Hard LOCKUP",
		 "CPU: 2 PID: 99 Comm: looper Not tainted 5.10.0 #1"};
	static const char *const buddy[] =
		{"watchdog: CPU1: Watchdog detected hard LOCKUP on cpu 3",
		 "Kernel panic - not syncing: Hard LOCKUP",
		 "CPU: 1 UID: 0 PID: 0 Comm: swapper/1 Not tainted 6.17.0 #1"};

	variable_u32(*state, "panic_cpu", 1);
	SAY(*state, itself);
	assert_int_equal(read_it(*state)->kind, TRIGGER_HARDLOCKUP);
	assert_int_equal(panic.trigger.locked_cpu, 2);
	SAY(*state, buddy);
	read_it(*state);
	assert_int_equal(panic.trigger.locked_cpu, 3);
	assert_int_equal(panic.trigger.cpu, 1);
	assert_string_equal(panic.trigger.sysctl, "kernel.hardlockup_panic");
	words.lines.v[1].text = "Kernel panic - not syncing: hung_task: blocked tasks";
	read_it(*state);
	assert_int_equal(panic.trigger.locked_cpu, -1);
}

static const struct caught *caught(const char *sysctl)
{
	size_t i;

	for (i = 0; i < panic.caught.n; i++)
		if (!strcmp(panic.caught.v[i].sysctl, sysctl))
			return &panic.caught.v[i];
	return NULL;
}

/* Its kind is "other": the switch tells what led to it. */
static void rcu_stall(void **state)
{
	static const char *const lines[] = {
		"rcu: INFO: rcu_preempt self-detected stall on CPU",
		"Kernel panic - not syncing: RCU Stall",
	};

	SAY(*state, lines);
	variable_u32(*state, "panic_cpu", 1);
	assert_string_equal(read_it(*state)->sysctl, "kernel.panic_on_rcu_stall");
	assert_string_equal(panic.trigger.begins, lines[0]);
	assert_true(has_evidence("self-detected stall"));
	words.lines.v[1].text = "Kernel panic - not syncing: something else";
	read_it(*state);
	assert_string_equal(panic.trigger.begins, "");
}

/* What each switch would have caught, were it on: counted from the kernel's own words. */
static void what_switches_catch(void **state)
{
	static const char *const lines[] = {
		"INFO: task Xorg:7 blocked for more than 10 seconds.",
		"INFO: task Xorg:7 blocked in I/O wait for more than 20 seconds.",
		"watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [looper:9]",
		"WARNING: CPU: 0 PID: 1 at kernel/x.c:1 f+0x1/0x2",
		"WARNING: CPU: 0 PID: 1 at kernel/x.c:2 g+0x1/0x2",
		"WARNING: this is nothing",
		"WARNING: kernel stack frame pointer at 00000000 in bash:12 has bad value",
		"WARNING: drivers/x.c:3 at h+0x1/0x2, CPU#1: modprobe/30",
		"Oops: 0002 [#1] SMP PTI",
		"dd invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=-17",
		"rcu: INFO: rcu_sched self-detected stall on CPU",
		"rcu: INFO: rcu_preempt detected expedited stalls on CPUs/tasks: { 1-... }",
		"Uhhuh. NMI received for unknown reason 20 on CPU 0.",
		"BUG: workqueue lockup - pool cpus=1 node=0 stuck for 30s!",
		"INFO: task user:8 blocked for more than 99 seconds."};

	SAY(*state, lines);
	words.lines.v[14].facility = 1; /* written to /dev/kmsg */
	read_it(*state);
	assert_int_equal(caught("kernel.hung_task_panic")->count, 2);
	assert_ptr_equal(caught("kernel.hung_task_panic")->first, &words.lines.v[0]);
	assert_int_equal(caught("kernel.softlockup_panic")->count, 1);
	assert_int_equal(caught("kernel.panic_on_warn")->count, 3);
	assert_int_equal(caught("kernel.panic_on_oops")->count, 1);
	assert_int_equal(caught("vm.panic_on_oom")->count, 1);
	assert_int_equal(caught("kernel.panic_on_rcu_stall")->count, 2);
	assert_int_equal(caught("kernel.unknown_nmi_panic")->count, 1);
	assert_int_equal(caught("workqueue.panic_on_stall")->count, 1);
	assert_null(caught("kernel.hardlockup_panic"));
	forget();
	read_it(*state);
	assert_int_equal(panic.caught.n, 0);
}

static void buffer(void **state)
{
	struct fake *f = *state;
	kaddr_t buf = panic_bss(f, "buf.3");

	forget();
	variable_u32(f, "panic_cpu", 1);
	fake_string(f, buf, "softlockup: hung tasks\n");
	assert_int_equal(read_it(f)->kind, TRIGGER_SOFTLOCKUP);
	assert_int_equal(panic.source, PANIC_FROM_BUFFER);
	assert_string_equal(panic.message, "softlockup: hung tasks");
	assert_string_equal(panic.trigger.sysctl, "kernel.softlockup_panic");
	assert_true(has_evidence("panic() was called with \"softlockup: hung tasks\""));
	assert_int_equal(panic.trigger.evidence.v[0].addr, buf);
	/* The log's own line goes first. */
	say(f, "Kernel panic - not syncing: sysrq triggered crash");
	assert_int_equal(read_it(f)->kind, TRIGGER_SYSRQ);
	assert_int_equal(panic.source, PANIC_FROM_LOG);
	assert_true(fake_has_note(f, "says \"sysrq triggered crash\", panic()'s buffer"));
	/* The two agree. */
	words.lines.v[0].text = "Kernel panic - not syncing: softlockup: hung tasks";
	fake_dump(f)->notes.n = 0;
	read_it(f);
	assert_false(fake_has_note(f, "buffer"));
}

static void buffer_of_clang(void **state)
{
	struct fake *f = *state;

	fake_string(f, panic_bss(f, "vpanic.buf"), "softlockup: hung tasks\n");
	forget();
	variable_u32(f, "panic_cpu", 1);
	assert_int_equal(read_it(f)->kind, TRIGGER_SOFTLOCKUP);
	assert_int_equal(panic.source, PANIC_FROM_BUFFER);
}

static void buffer_of_nothing(void **state)
{
	struct fake *f = *state;
	kaddr_t buf = panic_bss(f, "buf.3");

	SAY(f, oops);
	variable_u32(f, "panic_cpu", 1);
	read_it(f); /* empty: panic() was never called */
	assert_int_equal(panic.source, PANIC_SAID_NOTHING);
	assert_int_equal(panic.trigger.kind, TRIGGER_OOPS);
	fake_bytes(f, buf, "\x01\x02\xff garbage", 12);
	read_it(f);
	assert_int_equal(panic.source, PANIC_SAID_NOTHING);
	fake_exclude(f, buf, 1024);
	read_it(f);
	assert_int_equal(panic.source, PANIC_SAID_NOTHING);
}

/* ---- time ---------------------------------------------------------------- */

static void uptime(void **state)
{
	struct fake *f = *state;
	kaddr_t jiffies = fake_variable(f, "jiffies_64", 8);
	kaddr_t tick;

	forget();
	fake_dump(f)->info.hz = 1000; /* as crash may guess */
	tick = fake_variable(f, "tick_nsec", 8);
	fake_u64(f, tick, 4010000); /* adjtimex() has been at it */
	fake_u64(f, jiffies, (uint32_t)(-300 * 250) + 250ull * 3600);
	read_it(f);
	assert_int_equal(kernel_hz(fake_dump(f)), 250);
	assert_true(panic.uptime_s == 3600);
	assert_string_equal(panic.uptime_source, "jiffies");
	say(f, "later")->ts_s = 3600.3;
	read_it(f);
	assert_true(panic.uptime_s == 3600);
	assert_true(panic.last_said_s == 3600.3); /* its clock is ahead of jiffies' */
	words.lines.v[0].ts_s = 3605.5;
	read_it(f);
	assert_true(panic.uptime_s == 3605.5);
	assert_string_equal(panic.uptime_source, "the last line of the log");
	words.lines.v[0].ts_s = 6365935209; /* makedumpfile erased it, by 'X' */
	read_it(f);
	assert_true(panic.uptime_s == 3600);
	words.lines.v[0].ts_s = 3605.5;
	fake_u64(f, jiffies, 5); /* before the start */
	fake_u64(f, tick, 0);
	read_it(f);
	assert_true(panic.uptime_s == 3605.5);
	assert_int_equal(kernel_hz(fake_dump(f)), 1000);
}

static void ticks(void **state)
{
	static const struct {
		uint64_t mult;
		unsigned int hz;
	} table[] = {
		{4000000ull << 8, 250},	 {1000000ull << 8, 1000}, {3333333ull << 8, 300},
		{10000000ull << 8, 100}, {999848ull << 8, 1000},  {0, 1000},
		{0xffffffff, 0},
	};
	struct fake *f = *state;
	kaddr_t clock;
	size_t i;

	fake_type(f, "clocksource", 256);
	fake_member(f, "clocksource", "mult", 16, 4);
	clock = fake_new(f, "clocksource");
	fake_symbol(f, "clocksource_jiffies", clock);
	fake_dump(f)->info.hz = 1000;
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		fake_set(f, clock, "clocksource.mult", table[i].mult);
		if (table[i].hz)
			assert_int_equal(kernel_hz(fake_dump(f)), table[i].hz);
		else
			kernel_hz(fake_dump(f)); /* whatever it says, it says it */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(hung_task),
		fake_test(sayings),
		fake_test(panic_on_warn),
		fake_test(nmi),
		fake_test(oops_without_panic_line),
		fake_test(where_an_oops_was),
		fake_test(where_an_oops_was_not),
		fake_test(oops_in_interrupt),
		fake_test(survived_oops),
		fake_test(survived_oops_live),
		fake_test(bug),
		fake_test(exit_of_what_is_needed),
		fake_test(workqueue_stall),
		fake_test(arm64),
		fake_test(old_sysrq),
		fake_test(from_user_space),
		fake_test(named_like_a_panic),
		fake_test(named_like_an_oops),
		fake_test(named_like_a_complaint),
		fake_test(contradictions),
		fake_test(nothing_known),
		fake_test(last_words),
		fake_test(hung_lines),
		fake_test(hard_lockup),
		fake_test(rcu_stall),
		fake_test(what_switches_catch),
		fake_test(buffer),
		fake_test(buffer_of_clang),
		fake_test(buffer_of_nothing),
		fake_test(uptime),
		fake_test(ticks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
