// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The kernel's words across its releases, its machines and those who build it: each log
 * below ends a machine, and says what did.  The formats are the kernel's own, the names
 * and numbers in them are not.
 */
#include "test.h"

#include "kernel/log/panic.h"

static struct klog words;
static struct sysctls sysctls;
static struct panic panic;

#define PANIC "Kernel panic - not syncing: "
/* Words behind it are one line with it, in lists of lines. */
// NOLINTBEGIN(bugprone-suspicious-missing-comma)

/* ---- a log --------------------------------------------------------------- */

static struct log_line *say(struct fake *f, double ts_s, const char *writer,
			    const char *text)
{
	struct log_line *line = vec_push(fake_dump(f)->arena, &words.lines);

	line->seq = words.lines.n;
	line->ts_s = ts_s;
	line->text = text;
	line->first = true;
	snprintf(line->caller, sizeof(line->caller), "%s", writer);
	return line;
}

/* A log of lines a tenth of a second apart, by one task. */
static void say_all(struct fake *f, const char *const *lines)
{
	size_t i;

	memset(&words, 0, sizeof(words));
	for (i = 0; lines[i]; i++)
		say(f, 100 + (double)i / 10, "T77", lines[i]);
}

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

/* ---- one log each: what fired, in which words, after which ------------------- */

#define LINES 40

struct ending {
	enum trigger_kind kind;
	const char *begins;   /* the line that led to it, by a part; "": none */
	const char *message;  /* by a part */
	const char *function; /* where, in the kernel's own words; NULL: not told */
	enum accused accused;
	const char *lines[LINES];
};

static void expect(struct fake *f, const struct ending *e)
{
	const struct trigger *t;
	const char *message;
	bool led_by;

	say_all(f, e->lines);
	t = read_it(f);
	message = panic.oops[0] ? panic.oops : t->message;
	led_by = e->begins[0] ? strstr(t->begins, e->begins) != NULL
			      : !t->begins[0] || !strcmp(t->begins, panic.oops);
	if (t->kind != e->kind || !led_by || !strstr(message, e->message))
		fail_msg("of %s: kind %s, \"%s\" after \"%s\"", e->lines[0],
			 trigger_kind_name(t->kind), message, t->begins);
	if (e->function)
		assert_string_equal(t->at.function, e->function);
	else if (t->at.line)
		fail_msg("of %s: at %s", e->lines[0], t->at.function);
	assert_int_equal(t->accused, e->accused);
}

static void expect_all(struct fake *f, const struct ending *endings, size_t n)
{
	size_t i;

	variable_u32(f, "panic_cpu", 1);
	for (i = 0; i < n; i++)
		expect(f, &endings[i]);
}
#define EXPECT(state, endings) expect_all(*(state), endings, ARRAY_SIZE(endings))

/* arm64 tells of the abort, and of the page tables, before it comes to die(). */
static void long_heads(void **state)
{
	static const struct ending endings[] = {
		{TRIGGER_OOPS,
		 "",
		 "Unable to handle kernel paging request at virtual address ",
		 "probe",
		 0,
		 {"Unable to handle kernel paging request at virtual address dead000000000108",
		  "Mem abort info:",
		  "  ESR = 0x0000000096000044",
		  "  EC = 0x25: DABT (current EL), IL = 32 bits",
		  "  SET = 0, FnV = 0",
		  "  EA = 0, S1PTW = 0",
		  "  FSC = 0x04: level 0 translation fault",
		  "Data abort info:",
		  "  ISV = 0, ISS = 0x00000044, ISS2 = 0x00000000",
		  "  CM = 0, WnR = 1, TnD = 0, TagAccess = 0",
		  "  GCS = 0, Overlay = 0, DirtyBit = 0, Xs = 0",
		  "user pgtable: 4k pages, 48-bit VAs, pgdp=0000000101e3a000",
		  "[dead000000000108] pgd=0000000000000000, p4d=0000000000000000",
		  "KASAN: maybe wild-memory-access in range [0xdead000000000108-0x]",
		  "[dead000000000108] address between user and kernel address ranges",
		  "Internal error: Oops: 0000000096000044 [#1] PREEMPT SMP",
		  "Modules linked in: sound video",
		  "CPU: 1 UID: 0 PID: 77 Comm: cat Not tainted 6.12.3 #1",
		  "pstate: 60400005 (nZCv daif +PAN -UAO -TCO -DIT -SSBS BTYPE=--)",
		  "pc : probe+0x28/0x40 [sound]",
		  "lr : probe+0x10/0x40 [sound]",
		  PANIC "Oops: Fatal exception"}},
		/* a desktop's 4.19 */
		{TRIGGER_OOPS,
		 "",
		 "Unable to handle kernel NULL pointer dereference",
		 "draw",
		 0,
		 {"Unable to handle kernel NULL pointer dereference at virtual address 0000000000000010",
		  "Mem abort info:", "  ESR = 0x96000004",
		  "  Exception class = DABT (current EL), IL = 32 bits",
		  "  SET = 0, FnV = 0", "  EA = 0, S1PTW = 0",
		  "Data abort info:", "  ISV = 0, ISS = 0x00000004", "  CM = 0, WnR = 0",
		  "user pgtable: 64k pages, 48-bit VAs, pgdp = 00000000aa5e2a47",
		  "[0000000000000010] pgd=0000000000000000, pud=0000000000000000",
		  "Internal error: Oops: 96000004 [#1] SMP",
		  "Process Thread (pooled) (pid: 77, stack limit = 0x00000000a5f35f3a)",
		  "CPU: 1 PID: 77 Comm: Thread (pooled) Kdump: loaded Tainted: G OE 4.19.0",
		  "pc : draw+0x1c/0x70 [gpu]"}},
		{TRIGGER_BUG,
		 "",
		 "kernel BUG at ",
		 "f",
		 0,
		 {"------------[ cut here ]------------", "kernel BUG at mm/x.c:12!",
		  "Internal error: Oops - BUG: 00000000f2000800 [#1] SMP",
		  "CPU: 1 PID: 77 Comm: cat Not tainted 6.1.0 #1", "pc : f+0x1c/0x70"}},
		/* the opener is of another CPU's oops, which came before */
		{TRIGGER_OOPS,
		 "",
		 "Internal error: Oops - Undefined instruction",
		 "f",
		 0,
		 {"Unable to handle kernel paging request at virtual address 0000000000000010",
		  "Internal error: Oops: 96000004 [#1] SMP", "---[ end trace 0000 ]---",
		  "Internal error: Oops - Undefined instruction: 0000000002000000 [#2] SMP",
		  "CPU: 1 PID: 77 Comm: cat Not tainted 6.1.0 #1", "pc : f+0x1c/0x70"}},
		/* complaints that begin like an oops, and are over */
		{TRIGGER_OOPS,
		 "",
		 "divide error",
		 "f",
		 0,
		 {"BUG: sleeping function called from invalid context at mm/x.c:1",
		  "divide error: 0000 [#1] SMP PTI",
		  "CPU: 1 PID: 77 Comm: cat Not tainted 6.1.0 #1",
		  "RIP: 0010:f+0x1c/0x70"}},
		{TRIGGER_OOPS,
		 "",
		 "BUG: TASK stack guard page was hit at ",
		 "f",
		 0,
		 {"BUG: TASK stack guard page was hit at ffffc90000e6fff8 (stack is ffffc90000e70000..ffffc90000e78000)",
		  "stack guard page: 0000 [#1] PREEMPT SMP NOPTI",
		  "CPU: 1 PID: 77 Comm: cat Not tainted 6.1.0 #1",
		  "RIP: 0010:f+0x1c/0x70"}},
	};

	EXPECT(state, endings);
}

static void other_machines(void **state)
{
	static const struct ending endings[] = {
		{TRIGGER_OOPS,
		 "",
		 "CPU 3 Unable to handle kernel paging request",
		 "f",
		 0,
		 {"CPU 3 Unable to handle kernel paging request at virtual address 0000000000000018, era == 9000000000222a24, ra == 9000000000222a10",
		  "Oops[#1]:", "CPU: 3 PID: 77 Comm: cat Not tainted 6.6.0 #1",
		  "   ra: 9000000000222a10 g+0x40/0x80",
		  "  ERA: 9000000000222a24 f+0x54/0x80",
		  "   ERA: 9000000000222a24 f+0x54/0x80", PANIC "Fatal exception"}},
		{TRIGGER_BUG,
		 "",
		 "Kernel bug detected[#1]:",
		 "f",
		 0,
		 {"Kernel bug detected[#1]:",
		  "CPU: 1 PID: 77 Comm: cat Not tainted 6.6.0 #1",
		  "epc   : 80101234 f+0x54/0x80", PANIC "Fatal exception"}},
		{TRIGGER_OOPS,
		 "",
		 "illegal operation: 0001 ilc:1 [#1] SMP",
		 "f",
		 0,
		 {"illegal operation: 0001 ilc:1 [#1] SMP ",
		  "CPU: 1 PID: 77 Comm: cat Not tainted 6.6.0 #1",
		  "Krnl PSW : 0704c00180000000 000003ff8003e05a (f+0x2a/0x40 [x])",
		  PANIC "Fatal exception: panic_on_oops"}},
		{TRIGGER_OOPS,
		 "",
		 "Unable to handle kernel access to user memory",
		 "f",
		 0,
		 {"Unable to handle kernel access to user memory without uaccess routines at virtual address 0000000000000018",
		  "Oops [#1]", "CPU: 1 PID: 77 Comm: cat Not tainted 6.6.0 #1",
		  "epc : f+0x54/0x80", PANIC "Fatal exception"}},
		{TRIGGER_OOPS,
		 "",
		 "BUG: Kernel NULL pointer dereference on read at 0x00000000",
		 "f",
		 0,
		 {"BUG: Kernel NULL pointer dereference on read at 0x00000000",
		  "Faulting instruction address: 0xc0000000000b0e54",
		  "Oops: Kernel access of bad area, sig: 11 [#1]",
		  "CPU: 1 PID: 77 Comm: cat Not tainted 6.6.0 #1",
		  "NIP [c0000000000b0e54] f+0x54/0x80", PANIC "Fatal exception"}},
	};

	EXPECT(state, endings);
}

/* Spellings of the same key, and of a kernel that wrote to NULL for it. */
static void sysrq(void **state)
{
	static const struct ending endings[] = {
		{TRIGGER_SYSRQ,
		 "SysRq : Trigger a crash",
		 "sysrq triggered crash",
		 NULL,
		 0,
		 {"sysrq: SysRq : Trigger a crash", PANIC "sysrq triggered crash"}},
		{TRIGGER_SYSRQ,
		 "sysrq: SysRq : Trigger a crash",
		 "BUG: unable to handle kernel NULL pointer dereference",
		 "sysrq_handle_crash",
		 0,
		 {"sysrq: SysRq : Trigger a crash",
		  "BUG: unable to handle kernel NULL pointer dereference at           (null)",
		  "IP: [<ffffffff81412345>] sysrq_handle_crash+0x16/0x20", "PGD 0 ",
		  "Oops: 0002 [#1] SMP ", "Modules linked in: x",
		  "CPU: 1 PID: 77 Comm: bash Not tainted 4.4.0-210-generic #242",
		  "RIP: 0010:[<ffffffff81412345>]  [<ffffffff81412345>] sysrq_handle_crash+0x16/0x20"}},
		{TRIGGER_SYSRQ,
		 "SysRq: Trigger a crash",
		 "Unable to handle kernel NULL pointer dereference",
		 "sysrq_handle_crash",
		 0,
		 {"SysRq: Trigger a crash",
		  "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000000",
		  "Mem abort info:", "Internal error: Oops: 96000045 [#1] SMP",
		  "CPU: 1 PID: 77 Comm: bash Kdump: loaded Not tainted 4.19.90 #1",
		  "pc : sysrq_handle_crash+0x24/0x30"}},
		/* another key: memory did not run out */
		{TRIGGER_SYSRQ,
		 "sysrq: Manual OOM execution",
		 "compulsory panic_on_oom is enabled",
		 NULL,
		 0,
		 {"sysrq: Manual OOM execution",
		  PANIC "Out of memory: compulsory panic_on_oom is enabled"}},
		{TRIGGER_SYSRQ,
		 "kworker/1:2 invoked oom-killer",
		 "system-wide panic_on_oom is enabled",
		 NULL,
		 0,
		 {"kworker/1:2 invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=-1, oom_score_adj=0",
		  PANIC "Out of memory: system-wide panic_on_oom is enabled"}},
		{TRIGGER_OOM,
		 "sh invoked oom-killer",
		 "system-wide panic_on_oom is enabled",
		 NULL,
		 0,
		 {"SysRq : Manual OOM execution",
		  "sh invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0",
		  PANIC "Out of memory: system-wide panic_on_oom is enabled"}},
		/* the key, and at another time a fault of somebody else */
		{TRIGGER_OOPS,
		 "",
		 "BUG: unable to handle kernel NULL pointer dereference",
		 "f",
		 0,
		 {"SysRq : Trigger a crash",
		  "BUG: unable to handle kernel NULL pointer dereference at (null)",
		  "Oops: 0002 [#1] SMP PTI",
		  "CPU: 1 PID: 77 Comm: bash Not tainted 4.19.0 #1",
		  "RIP: 0010:f+0x16/0x20"}},
	};

	EXPECT(state, endings);
}

static void lockups(void **state)
{
	static const struct ending endings[] = {
		{TRIGGER_SOFTLOCKUP,
		 "soft lockup - CPU#1",
		 "softlockup: hung tasks",
		 NULL,
		 0,
		 {"NMI watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [a:b c:77]",
		  PANIC "softlockup: hung tasks"}},
		{TRIGGER_SOFTLOCKUP,
		 "soft lockup - CPU#1",
		 "softlockup: hung tasks",
		 NULL,
		 0,
		 {"watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [cat:77]",
		  PANIC "softlockup: hung tasks"}},
		{TRIGGER_HARDLOCKUP,
		 "",
		 "Watchdog detected hard LOCKUP on cpu 3",
		 NULL,
		 0,
		 {PANIC "Watchdog detected hard LOCKUP on cpu 3"}},
		{TRIGGER_HARDLOCKUP,
		 "detected hard LOCKUP on cpu 3",
		 "Hard LOCKUP",
		 NULL,
		 0,
		 {"watchdog: CPU1: Watchdog detected hard LOCKUP on cpu 3",
		  PANIC "Hard LOCKUP"}},
		{TRIGGER_HARDLOCKUP,
		 "Watchdog CPU:3 Hard LOCKUP",
		 "Hard LOCKUP",
		 NULL,
		 0,
		 {"Watchdog CPU:3 Hard LOCKUP", PANIC "Hard LOCKUP"}},
		{TRIGGER_HARDLOCKUP,
		 "CPU 1 detected hard LOCKUP",
		 "Hard LOCKUP",
		 NULL,
		 0,
		 {"watchdog: CPU 1 detected hard LOCKUP on other CPUs 3,4",
		  "watchdog: CPU 1 TB:77, last SMP heartbeat TB:7 (1ms ago)",
		  PANIC "Hard LOCKUP"}},
		{TRIGGER_HARDLOCKUP,
		 "CPU:1 detected Hard LOCKUP",
		 "Hard LOCKUP",
		 NULL,
		 0,
		 {"Watchdog CPU:1 detected Hard LOCKUP other CPUS:3",
		  PANIC "Hard LOCKUP"}},
		{TRIGGER_HARDLOCKUP,
		 "CPU 3 self-detected",
		 "Hard LOCKUP",
		 NULL,
		 0,
		 {"watchdog: CPU 3 self-detected hard LOCKUP @ busy+0x4/0x20",
		  PANIC "Hard LOCKUP"}},
		/* the kernel's thread is the one that does not run */
		{TRIGGER_OTHER,
		 "self-detected stall on CPU",
		 "RCU Stall",
		 NULL,
		 0,
		 {"rcu: INFO: rcu_preempt self-detected stall on CPU",
		  "rcu: \t3-....: (5249 ticks this GP) idle=1cf4/1/0x4000000000000000",
		  "rcu: rcu_preempt kthread starved for 5251 jiffies! g4305 f0x0 RCU_GP_WAIT_FQS(5) ->state=0x0 ->cpu=3",
		  PANIC "RCU Stall"}},
		{TRIGGER_OTHER,
		 "detected stalls on CPUs/tasks",
		 "RCU Stall",
		 NULL,
		 0,
		 {"INFO: rcu_sched detected stalls on CPUs/tasks: { 2} (detected by 0, t=5252 jiffies, g=1, c=0, q=3)",
		  "\\x09rcu_sched kthread starved for 5251 jiffies! g1 c0 f0x0 RCU_GP_WAIT_FQS(3) ->state=0x0 ->cpu=3",
		  PANIC "RCU Stall"}},
	};
	size_t i;

	EXPECT(state, endings);
	for (i = 2; i < ARRAY_SIZE(endings); i++) {
		expect(*state, &endings[i]);
		assert_int_equal(panic.trigger.locked_cpu, i < 8 ? 3 : -1);
		assert_int_equal(panic.trigger.rcu_cpu, i < 8 ? -1 : 3);
	}
}

/* Whoever reports under panic_on_warn is named since 6.2; before, the nearest is it. */
static void sanitizers(void **state)
{
	static const char older[] =
		"WARNING: CPU: 1 PID: 77 at net/x.c:1 innocent+0x1/0x2";
	static const struct ending endings[] = {
		{TRIGGER_WARN,
		 "BUG: KASAN: ",
		 "panic_on_warn set",
		 "guilty",
		 0,
		 {older, "BUG: KASAN: slab-use-after-free in guilty+0x1c/0x40 [x]",
		  "Read of size 8 at addr ffff88800a5f0018 by task cat/77",
		  PANIC "KASAN: panic_on_warn set ..."}},
		{TRIGGER_WARN,
		 "BUG: KASAN: ",
		 "panic_on_warn set",
		 "guilty",
		 0,
		 {older,
		  "BUG: KASAN: slab-out-of-bounds in guilty+0x1c/0x40 at addr ffff88800a5f0018",
		  PANIC "panic_on_warn set ..."}},
		{TRIGGER_WARN,
		 "BUG: KFENCE: ",
		 "panic_on_warn set",
		 "guilty",
		 0,
		 {older, "BUG: KFENCE: use-after-free read in guilty+0x1c/0x40",
		  PANIC "KFENCE: panic_on_warn set ..."}},
		{TRIGGER_WARN,
		 "BUG: KCSAN: ",
		 "panic_on_warn set",
		 NULL,
		 0,
		 {older, "BUG: KCSAN: data-race in read / write",
		  PANIC "KCSAN: panic_on_warn set ..."}},
		{TRIGGER_WARN,
		 "UBSAN: ",
		 "panic_on_warn set",
		 NULL,
		 0,
		 {older, "UBSAN: array-index-out-of-bounds in drivers/x.c:12:3",
		  PANIC "UBSAN: panic_on_warn set ..."}},
		{TRIGGER_WARN,
		 "UBSAN: ",
		 "panic_on_warn set",
		 NULL,
		 0,
		 {older, "UBSAN: Undefined behaviour in drivers/x.c:12:3",
		  PANIC "panic_on_warn set ..."}},
		/* its own words are lost: an older complaint of another kind is not its */
		{TRIGGER_WARN,
		 "",
		 "panic_on_warn set",
		 NULL,
		 0,
		 {older, "BUG: KASAN: use-after-free in innocent+0x1c/0x40",
		  PANIC "UBSAN: panic_on_warn set ..."}},
		{TRIGGER_WARN,
		 "WARNING: ",
		 "panic_on_warn set",
		 "guilty",
		 0,
		 {"BUG: KASAN: use-after-free in innocent+0x1c/0x40",
		  "WARNING: CPU: 1 PID: 77 at net/x.c:1 guilty+0x1/0x2 [x]",
		  "BUG: KASAN: use-after-free in innocent+0x1c/0x40",
		  PANIC "kernel: panic_on_warn set ..."}},
		{TRIGGER_WARN,
		 "WARNING: ",
		 "panic_on_warn set",
		 "guilty",
		 0,
		 {"WARNING: net/x.c:1 at guilty+0x1/0x2 [x], CPU#1: a+0x3/0x4/77",
		  PANIC "kernel: panic_on_warn set ..."}},
		{TRIGGER_WARN,
		 "BUG: scheduling while atomic",
		 "panic_on_warn set",
		 NULL,
		 0,
		 {older, "BUG: scheduling while atomic: cat/77/0x00000002",
		  PANIC "scheduling while atomic: panic_on_warn set ..."}},
		{TRIGGER_WARN,
		 "BUG: KMSAN: ",
		 "kmsan.panic set",
		 "guilty",
		 0,
		 {older, "BUG: KMSAN: uninit-value in guilty+0x1c/0x40",
		  PANIC "kmsan.panic set ..."}},
		{TRIGGER_WARN,
		 "BUG: KMSAN: ",
		 "panic_on_kmsan set",
		 "guilty",
		 0,
		 {"BUG: KMSAN: kernel-infoleak in guilty+0x1c/0x40",
		  PANIC "panic_on_kmsan set ..."}},
		{TRIGGER_WARN,
		 "BUG: KASAN: ",
		 "kasan.fault=panic_on_write set",
		 "guilty",
		 0,
		 {older, "BUG: KASAN: invalid-access in guilty+0x1c/0x40",
		  PANIC "kasan.fault=panic_on_write set ..."}},
	};

	EXPECT(state, endings);
}

/* What the kernel finds broken of its own, with and without an exception. */
static void broken_state(void **state)
{
	static const struct ending endings[] = {
		{TRIGGER_BUG,
		 "",
		 "corrupted stack end",
		 NULL,
		 0,
		 {"Oops: 0002 [#1] SMP PTI is not this",
		  PANIC "corrupted stack end detected inside scheduler",
		  "CPU: 1 PID: 77 Comm: cat Not tainted 6.1.0 #1"}},
		{TRIGGER_BUG,
		 "",
		 "stack-protector",
		 "guilty",
		 0,
		 {PANIC
		  "stack-protector: Kernel stack is corrupted in: guilty+0x1b/0x20 [x]"}},
		{TRIGGER_BUG,
		 "",
		 "stack-protector",
		 NULL,
		 0,
		 {PANIC
		  "stack-protector: Kernel stack is corrupted in: ffffffff8107e5ea"}},
		{TRIGGER_OOPS,
		 "",
		 "PANIC: double fault, error_code: 0x0",
		 "deep",
		 0,
		 {"traps: PANIC: double fault, error_code: 0x0",
		  "Oops: double fault: 0000 [#1] SMP KASAN NOPTI",
		  "CPU: 1 UID: 0 PID: 77 Comm: cat Not tainted 6.12.0 #1",
		  "RIP: 0010:deep+0x1c/0x70", PANIC "Fatal exception in interrupt"}},
		/* until 5.8 it does not come to die(); and there is an older oops */
		{TRIGGER_OOPS,
		 "",
		 "PANIC: double fault, error_code: 0x0",
		 "deep",
		 0,
		 {"BUG: unable to handle kernel NULL pointer dereference at 0000",
		  "Oops: 0002 [#1] SMP PTI", "CPU: 0 PID: 3 Comm: dd Not tainted 4.19 #1",
		  "RIP: 0010:innocent+0x1c/0x70", "---[ end trace 1 ]---",
		  "PANIC: double fault, error_code: 0x0",
		  "CPU: 1 PID: 77 Comm: cat Tainted: G D 4.19.0 #1",
		  "RIP: 0010:deep+0x1c/0x70", PANIC "Machine halted."}},
		{TRIGGER_OOPS,
		 "",
		 "Insufficient stack space to handle exception!",
		 "deep",
		 0,
		 {"Insufficient stack space to handle exception!",
		  "ESR: 0x96000047 -- DABT (current EL)", "FAR: 0xffff800010f8fff0",
		  "CPU: 1 PID: 77 Comm: cat Not tainted 5.10.0 #1", "pc : deep+0x1c/0x70",
		  PANIC "kernel stack overflow"}},
		{TRIGGER_OOPS,
		 "",
		 "Unhandled 64-bit el1h sync exception on CPU1",
		 "f",
		 0,
		 {"Unhandled 64-bit el1h sync exception on CPU1, ESR 0x0000000034000003 -- BTI",
		  "CPU: 1 PID: 77 Comm: cat Not tainted 5.15.0 #1", "pc : f+0x1c/0x70",
		  PANIC "Unhandled exception"}},
		{TRIGGER_BUG,
		 "list_del corruption",
		 "kernel BUG at lib/list_debug.c:56!",
		 "__list_del_entry_valid",
		 0,
		 {"list_del corruption. prev->next should be ffff88800a5f0018, but was 0",
		  "------------[ cut here ]------------",
		  "kernel BUG at lib/list_debug.c:56!",
		  "invalid opcode: 0000 [#1] SMP PTI",
		  "CPU: 1 PID: 77 Comm: cat Not tainted 6.1.0 #1",
		  "RIP: 0010:__list_del_entry_valid+0x1c/0x70"}},
	};

	EXPECT(state, endings);
}

/* Panics that somebody chose: the words say whom they accuse. */
static void forced(void **state)
{
	static const struct ending endings[] = {
		{TRIGGER_OTHER,
		 "EXT4-fs error",
		 "panic forced after error",
		 NULL,
		 ACCUSED_STORAGE,
		 {"EXT4-fs error (device sda1): ext4_lookup:1785: inode #2: comm ls: deleted inode referenced: 12",
		  PANIC "EXT4-fs (device sda1): panic forced after error"}},
		{TRIGGER_OTHER,
		 "I/O error, dev sda",
		 "fs panic from previous error",
		 NULL,
		 ACCUSED_STORAGE,
		 {"blk_update_request: I/O error, dev sda, sector 2048",
		  PANIC "FAT-fs (sda1): fs panic from previous error"}},
		{TRIGGER_OTHER,
		 "",
		 "BTRFS panic",
		 NULL,
		 ACCUSED_STORAGE,
		 {PANIC
		  "\\x012BTRFS panic (device sda1) in insert:3: Inconsistency (errno=-17 Object already exists)"}},
		{TRIGGER_OTHER,
		 "VFS: Cannot open root device",
		 "VFS: Unable to mount root fs",
		 NULL,
		 ACCUSED_STORAGE,
		 {"VFS: Cannot open root device \"sda1\" or unknown-block(0,0): error -6",
		  PANIC
		  "VFS: Unable to mount root fs on \"sda1\" or unknown-block(0,0)"}},
		{TRIGGER_OTHER,
		 "[Hardware Error]: CPU 1: Machine Check Exception",
		 "Fatal machine check",
		 NULL,
		 ACCUSED_HARDWARE,
		 {"mce: [Hardware Error]: CPU 1: Machine Check Exception: 5 Bank 4: be00000000800400",
		  PANIC "Fatal machine check on current CPU"}},
		{TRIGGER_OTHER,
		 "{1}[Hardware Error]: ",
		 "Fatal hardware error!",
		 NULL,
		 ACCUSED_HARDWARE,
		 {"{1}[Hardware Error]: event severity: fatal",
		  PANIC "Fatal hardware error!"}},
		{TRIGGER_OTHER,
		 "SError Interrupt on CPU1",
		 "Asynchronous SError Interrupt",
		 NULL,
		 ACCUSED_HARDWARE,
		 {"SError Interrupt on CPU1, code 0x00000000be000411 -- SError",
		  PANIC "Asynchronous SError Interrupt"}},
		{TRIGGER_OTHER,
		 "",
		 "Software Watchdog Timer expired",
		 NULL,
		 ACCUSED_WATCHDOG,
		 {PANIC "Software Watchdog Timer expired"}},
		{TRIGGER_OTHER,
		 "",
		 "watchdog pretimeout event",
		 NULL,
		 ACCUSED_WATCHDOG,
		 {PANIC "watchdog pretimeout event"}},
		{TRIGGER_OTHER,
		 "",
		 "Couldn't open N_TTY ldisc",
		 NULL,
		 ACCUSED_NOBODY,
		 {PANIC "Couldn't open N_TTY ldisc for ptm1 --- error -12."}},
		{TRIGGER_OTHER,
		 "",
		 "Attempted to kill init!",
		 NULL,
		 ACCUSED_NOBODY,
		 {PANIC "Attempted to kill init! exitcode=0x00000100"}},
	};

	EXPECT(state, endings);
}

/* Each of these names is of what the log's own last line is about. */
static void accused_names(void **state)
{
	static const char *const table[][2] = {
		{"EXT4-fs (device dm-0): panic forced after error", "dm-0"},
		{"FAT-fs (sda1): fs panic from previous error", "sda1"},
		{"EXT4-fs (device dm-0 panic forced after error", ""},
		{"VFS: Unable to mount root fs on unknown-block(8,1)",
		 "unknown-block(8,1)"},
		{"VFS: Unable to mount root fs on \"LABEL=/\" or unknown-block(0,0)",
		 "LABEL=/"},
		{"dm-verity device corrupted", ""},
		{"Fatal machine check", ""},
	};
	char text[128];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(table); i++) {
		snprintf(text, sizeof(text), PANIC "%s", table[i][0]);
		say_all(*state, (const char *const[]){text, NULL});
		assert_string_equal(read_it(*state)->accused_name, table[i][1]);
	}
}

/* ---- near and far ------------------------------------------------------------ */

/* What led to it was said in one go with it: an hour ago it was something else. */
/* All that a screen had of it, or a log that is told from its end. */
static void the_end_of_a_panic_says_it_again(void **state)
{
	static const struct ending endings[] = {
		{TRIGGER_HUNG_TASK,
		 "blocked for more than 120",
		 "hung_task: blocked tasks",
		 NULL,
		 0,
		 {"INFO: task a:77 blocked for more than 120 seconds.",
		  "---[ end Kernel panic - not syncing: hung_task: blocked tasks ]---"}},
		{TRIGGER_OTHER,
		 "",
		 "Attempted to kill init! exitcode=0x0000000b",
		 NULL,
		 0,
		 {"---[ end Kernel panic - not syncing: Attempted to kill init! exitcode=0x0000000b"}},
		{TRIGGER_SOFTLOCKUP,
		 "",
		 "softlockup: hung tasks",
		 NULL,
		 0,
		 {PANIC "softlockup: hung tasks",
		  "---[ end Kernel panic - not syncing: cut sho"}},
	};

	EXPECT(state, endings);
	expect(*state, &endings[0]);
	assert_string_equal(panic.trigger.message, "hung_task: blocked tasks");
}

/* What a report of hardware is of is said in its first line. */
static void a_report_begins_with_its_first_line(void **state)
{
	static const struct ending endings[] = {
		{TRIGGER_OTHER,
		 "CPU 3: Machine Check Exception",
		 "Fatal machine check",
		 NULL,
		 ACCUSED_HARDWARE,
		 {"usb 1-1: new device",
		  "mce: [Hardware Error]: CPU 3: Machine Check Exception: 5 Bank 0: b200000000070005",
		  "mce: [Hardware Error]: RIP !INEXACT! 10:<ffffffff81000000> {idle+0x5/0x10}",
		  "mce: [Hardware Error]: TSC 77",
		  "mce: [Hardware Error]: PROCESSOR 0:306e4 TIME 7 SOCKET 0 APIC 3",
		  "mce: [Hardware Error]: Machine check: Processor context corrupt",
		  PANIC "Fatal machine check"}},
	};

	EXPECT(state, endings);
}

static void far_away(void **state)
{
	static const struct {
		const char *older, *end;
	} table[] = {
		{"WARNING: CPU: 1 PID: 77 at net/x.c:1 innocent+0x1/0x2",
		 PANIC "panic_on_warn set ..."},
		{"INFO: task cat:77 blocked for more than 120 seconds.",
		 PANIC "hung_task: blocked tasks"},
		{"watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [cat:77]",
		 PANIC "softlockup: hung tasks"},
		{"rcu: INFO: rcu_preempt self-detected stall on CPU", PANIC "RCU Stall"},
		{"Oops: 0002 [#1] SMP PTI", PANIC "Fatal exception"},
		{"EXT4-fs error (device sda1): f:1: bad",
		 PANIC "EXT4-fs (device sda1): panic forced after error"},
	};
	size_t i;

	variable_u32(*state, "panic_cpu", 1);
	for (i = 0; i < ARRAY_SIZE(table); i++) {
		memset(&words, 0, sizeof(words));
		say(*state, 100, "T77", table[i].older);
		say(*state, 3700, "T77", table[i].end);
		assert_string_equal(read_it(*state)->begins, "");
		assert_null(panic.trigger.at.line);
		assert_false(panic.trigger.exception);
	}
}

/* An oops that the kernel survived is not why it says nothing now. */
static void far_oops(void **state)
{
	variable_u32(*state, "panic_cpu", 1);
	memset(&words, 0, sizeof(words));
	say(*state, 100, "T77", "Oops: 0002 [#1] SMP PTI");
	say(*state, 100, "T77", "RIP: 0010:innocent+0x1/0x2");
	assert_int_equal(read_it(*state)->kind, TRIGGER_OOPS);
	say(*state, 4000, "T1", "systemd[1]: something");
	assert_int_equal(read_it(*state)->kind, TRIGGER_OTHER);
	assert_string_equal(panic.oops, "Oops: 0002 [#1] SMP PTI");
}

/* Two CPUs speak at once: whose words they are, each line knows. */
static void two_writers(void **state)
{
	variable_u32(*state, "panic_cpu", 1);
	memset(&words, 0, sizeof(words));
	say(*state, 100.0, "T77", "BUG: KASAN: use-after-free in guilty+0x1c/0x40");
	say(*state, 100.1, "T88", "WARNING: CPU: 0 PID: 88 at x.c:1 innocent+0x1/0x2");
	say(*state, 100.2, "T77", PANIC "panic_on_warn set ...");
	assert_string_equal(read_it(*state)->at.function, "guilty");
	words.lines.v[2].caller[0] = '\0'; /* a kernel that does not know: the nearest */
	assert_string_equal(read_it(*state)->at.function, "innocent");
}

/* A console, or another kernel's printk(), put something before the words. */
static void prefixes(void **state)
{
	static const char *const before[] = {
		"<6>",	     "[  123.456789] ",	   "[    1.000001][  T77] ", "[    C1] ",
		"[  T123] ", "<0>[   12.345678] ", "\\x014[ 99.000000] ",    "\\x013",
	};
	static const char *const not_before[] = {
		"<x>",	       "[  123.45] ", "[  T] ",	  "[cat] ",    "systemd[1]: ",
		"[123.456789", "<6",	      "\\x1b[1m", "usb 1-1: ",
	};
	char text[128];
	size_t i;

	variable_u32(*state, "panic_cpu", 1);
	for (i = 0; i < ARRAY_SIZE(before); i++) {
		snprintf(text, sizeof(text), "%s" PANIC "sysrq triggered crash",
			 before[i]);
		say_all(*state, (const char *const[]){text, NULL});
		assert_int_equal(read_it(*state)->kind, TRIGGER_SYSRQ);
		assert_string_equal(panic.message, "sysrq triggered crash");
	}
	for (i = 0; i < ARRAY_SIZE(not_before); i++) {
		snprintf(text, sizeof(text), "%s" PANIC "sysrq triggered crash",
			 not_before[i]);
		say_all(*state, (const char *const[]){text, NULL});
		assert_int_equal(read_it(*state)->kind, TRIGGER_OTHER);
	}
}

/* ---- hung tasks --------------------------------------------------------------- */

static void blockers(void **state)
{
	static const char *const lines[] = {
		"INFO: task Xorg:77 is blocked on a mutex likely owned by task a: b:88.",
		"INFO: task c:79 blocked on a semaphore likely last held by task d:89",
		"INFO: task e:f:80 <writer> blocked on an rw-semaphore likely owned by task g:90 <reader>",
		/* these name nobody, or are no such line */
		"INFO: task Xorg:77 is blocked on a mutex, but the owner is not found.",
		"INFO: task Xorg:77 is blocked on a mutex likely owned by task nobody",
		"INFO: task Xorg:77 blocked on a door likely owned by task a:1",
		"INFO: task Xorg:77 blocked for more than 122 seconds.",
		"INFO: task Xorg:78 can't die for more than 143 seconds.",
		"INFO: task  by task :5",
		NULL,
	};

	say_all(*state, lines);
	read_it(*state);
	assert_int_equal(panic.blockers.n, 3);
	assert_string_equal(panic.blockers.v[0].comm, "Xorg");
	assert_string_equal(panic.blockers.v[0].owner_comm, "a: b");
	assert_int_equal(panic.blockers.v[0].owner_pid, 88);
	assert_int_equal(panic.blockers.v[1].pid, 79);
	assert_int_equal(panic.blockers.v[1].owner_pid, 89);
	assert_string_equal(panic.blockers.v[2].comm, "e:f");
	assert_int_equal(panic.blockers.v[2].owner_pid, 90);
	assert_string_equal(panic.blockers.v[2].text, lines[2]);
	assert_int_equal(panic.hung.n, 1);
	assert_int_equal(panic.caught.v[0].count, 1);
}

/* No words are left to say who hangs; and the switch may be a count. */
static void suppressed(void **state)
{
	static const char *const lines[] = {
		"Future hung task reports are suppressed, see sysctl kernel.hung_task_warnings",
		PANIC "hung_task: blocked tasks", NULL};
	size_t i;

	variable_u32(*state, "sysctl_hung_task_warnings", 0);
	variable_u32(*state, "sysctl_hung_task_panic", 3);
	say_all(*state, lines);
	assert_int_equal(read_it(*state)->kind, TRIGGER_HUNG_TASK);
	assert_string_equal(panic.trigger.begins, "");
	for (i = 0; i < panic.trigger.evidence.n; i++)
		if (strstr(panic.trigger.evidence.v[i].claim, "hung_task_warnings is 0"))
			break;
	assert_true(i < panic.trigger.evidence.n);
	for (i = 0; i < panic.trigger.evidence.n; i++)
		if (strstr(panic.trigger.evidence.v[i].claim, "is 3: so many"))
			break;
	assert_true(i < panic.trigger.evidence.n);
}

static void nobody_cared(void **state)
{
	static const char *const lines[] =
		{"irq 26: nobody cared (try booting with the \"irqpoll\" option)",
		 "Disabling IRQ #26", "irq x: nobody cared",
		 "a irq 27: nobody cared (try booting", NULL};

	say_all(*state, lines);
	read_it(*state);
	assert_int_equal(panic.irqs.n, 1);
	assert_int_equal(panic.irqs.v[0].irq, 26);
}

// NOLINTEND(bugprone-suspicious-missing-comma)

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(long_heads),
		fake_test(other_machines),
		fake_test(sysrq),
		fake_test(lockups),
		fake_test(sanitizers),
		fake_test(broken_state),
		fake_test(forced),
		fake_test(accused_names),
		fake_test(far_away),
		fake_test(the_end_of_a_panic_says_it_again),
		fake_test(a_report_begins_with_its_first_line),
		fake_test(far_oops),
		fake_test(two_writers),
		fake_test(prefixes),
		fake_test(blockers),
		fake_test(suppressed),
		fake_test(nobody_cared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
