// SPDX-License-Identifier: GPL-2.0-or-later
/* A text in the place of a core, as a user hands it over. */
#define _GNU_SOURCE /* open_memstream() */
#include "test.h"

#include <stdlib.h>

#include "fake_session.h"

static struct fake_session session;
static struct dump_text text;

static int begin(void **state)
{
	(void)state;
	session = (struct fake_session){.fake = fake_create(), .program = true};
	fake_dump(session.fake)->info.release[0] = '\0';
	fake_dump(session.fake)->info.text = &text;
	return 0;
}

static int end(void **state)
{
	(void)state;
	fake_session_end(&session);
	return 0;
}

#define text_test(f) cmocka_unit_test_setup_teardown(f, begin, end)

static const char *ask(const char *words, const char *command)
{
	text = (struct dump_text){.bytes = words, .size = strlen(words)};
	return type(&session, command);
}

static void has(const char *answer, const char *words)
{
	if (!strstr(answer, words))
		fail_msg("no \"%s\" in:\n%s", words, answer);
}

static void has_not(const char *answer, const char *words)
{
	if (strstr(answer, words))
		fail_msg("\"%s\" in:\n%s", words, answer);
}

#define HUNG(at, comm, pid, frames)                                                      \
	"[" at "] INFO: task " comm ":" pid " blocked for more than 120 seconds.\n"      \
	"[" at "]       Not tainted 5.10.0-9-amd64 #1\n"                                 \
	"[" at "] task:" comm "    state:D stack:    0 pid:   " pid " ppid:     1 "      \
	"flags:0x00000000\n"                                                             \
	"[" at "] Call Trace:\n[" at "]  __schedule+0x282/0x870\n"                       \
	"[" at "]  ? usleep_range+0x90/0x90\n" frames
#define FRAME(at, place) "[" at "]  " place "\n"
#define PANIC(at)                                                                        \
	"[" at "] Kernel panic - not syncing: hung_task: blocked tasks\n"                \
	"[" at "] CPU: 0 PID: 27 Comm: khungtaskd Not tainted 5.10.0-9-amd64 #1\n"       \
	"[" at "] Call Trace:\n[" at "]  panic+0x114/0x2f1\n"

#define DRAIN                                                                            \
	HUNG("  200.000001", "Xorg", "723",                                              \
	     FRAME("  200.000002", "flush_work+0x60/0x80")                               \
		     FRAME("  200.000003", "drain_all_pages+0x14e/0x1a0")                \
			     FRAME("  200.000004",                                       \
				   "virtio_gpu_object_create+0x15a/0x3c0 [virtio_gpu]"))

static void a_hang_blames_nobody(void **state)
{
	const char *answer = ask(DRAIN PANIC("  200.500000"), "vgpu");

	(void)state;
	assert_int_equal(session.result, RESULT_UNEXPLAINED);
	has(answer, "a text, not a core");
	has(answer, "FIRED     hung_task, made a panic by kernel.hung_task_panic");
	has(answer, "unexplained: vgpu blames nobody");
	has(answer, "LIKE      cpu-monopolised, 40 %");
	has(answer, "HUNG      Xorg, pid 723: blocked for more than 120 s (line 1)");
	has(answer, "flush_work <- drain_all_pages");
	has_not(answer, "usleep_range");
	has_not(answer, "CULPRIT");
	has(answer, "5.10.0-9-amd64");
}

static void its_document_keeps_the_contract(void **state)
{
	const char *answer = ask(DRAIN PANIC("  200.500000"), "vgpu -j");

	(void)state;
	has(answer, "\"culprit\":null,\"resembles\":[{\"cause\":\"cpu-monopolised\"");
	has(answer, "\"hung\":[{\"comm\":\"Xorg\",\"pid\":723");
	has(answer, "drain_all_pages+0x14e");
	has(answer, "\"text-log unexplained hung_task");
	has(ask(DRAIN, "vgpu panic -j"), "\"now\":\"not known\"");
	has(ask(DRAIN, "vgpu log -j"), "INFO: task Xorg:723");
}

static void what_needs_memory_is_refused(void **state)
{
	(void)state;
	has(ask(DRAIN, "vgpu wq"), "this is a text, not a core");
	assert_int_equal(session.result, RESULT_UNREADABLE);
	has(ask("to whom it may concern\n", "vgpu"),
	    "no line of it is known for a kernel");
	assert_int_equal(session.result, RESULT_UNREADABLE);
}

static void a_wait_within_another_is_told_by_the_outer_one(void **state)
{
	const char *answer =
		ask(HUNG("  10.000000", "dd", "5",
			 FRAME("  10.000000", "percpu_rwsem_wait+0xaf/0x190")
				 FRAME("  10.000000", "mnt_want_write+0x77/0xa0")),
		    "vgpu");

	(void)state;
	has(answer, "LIKE      io-wait");
	has(ask(HUNG("  10.000000", "dd", "5",
		     FRAME("  10.000000", "__mutex_lock.constprop.0+0x433/0xa20")
			     FRAME("  10.000000", "x_ioctl+0x77/0xa0 [x]")),
		"vgpu"),
	    "LIKE      lock-holder-blocked");
	/* rcu_barrier() of 4.19 */
	has(ask(HUNG("  10.000000", "umount", "5",
		     FRAME("  10.000000", "_rcu_barrier+0x114/0x1b0")
			     FRAME("  10.000000", "deactivate_locked_super+0x77/0xa0")),
		"vgpu"),
	    "LIKE      cpu-monopolised");
}

static const char *ask_here(const char *words, const char *command)
{
	text = (struct dump_text){.bytes = words,
				  .size = strlen(words),
				  .uptime_s = 12517};
	return type(&session, command);
}

#define MEMINFO "MemTotal:       24684448 kB\nMemFree:        15326304 kB\n"

/* Its last message is of the boot; and what it cannot answer it is not sent back for. */
static void the_machine_itself_is_no_file(void **state)
{
	static const char quiet[] =
		"[    1.417000] x86/mm: Checked W+X mappings: passed\n" MEMINFO;
	const char *answer = ask_here(quiet, "vgpu");

	(void)state;
	has(answer, "up 3 h 28 min");
	has(answer, "this machine, by what /proc tells and not its memory: 3 lines");
	has_not(answer, "a text, not a core");
	has_not(answer, "--live");
	has_not(answer, "sysrq");
	has_not(answer, "leave a core");
	has(answer, "add /proc/meminfo and /proc/slabinfo to a file");
	has(ask_here(quiet, "vgpu -j"), "\"uptime_s\":12517.000");
	answer = ask_here(HUNG("  10.000000", "dd", "5",
			       FRAME("  10.000000", "__mutex_lock+0x1/0x2")),
			  "vgpu");
	has(answer, "vgpu-kdump-check, on this machine");
	has_not(answer, "--live");
	has(ask(quiet, "vgpu"), "While it is full, as root: vgpu --live leak.");
}

static void two_cpus_that_print_at_once_are_taken_apart(void **state)
{
	const char *answer = ask(
		"[   10.000000][   T35] INFO: task a:1 blocked for more than 9 seconds.\n"
		"[   10.000001][    C1] watchdog: BUG: soft lockup - CPU#1 stuck for 26s! "
		"[spin:77]\n"
		"[   10.000002][   T35] Call Trace:\n"
		"[   10.000003][    C1] CPU: 1 PID: 77 Comm: spin Not tainted 6.1.0 #1\n"
		"[   10.000004][   T35]  one+0x1/0x10\n"
		"[   10.000005][    C1] RIP: 0010:spin_here+0x3/0x10 [m]\n"
		"[   10.000006][   T35]  two+0x1/0x10\n"
		"[   10.000007][    C1] Call Trace:\n"
		"[   10.000008][   T35]  mutex_lock+0x1/0x10\n"
		"[   10.000009][    C1]  <TASK>\n"
		"[   10.000010][    C1]  kthread+0x1/0x10\n",
		"vgpu -j");

	(void)state;
	has(answer, "[\"one+0x1\",\"two+0x1\",\"mutex_lock+0x1\"]");
	has(answer, "[\"spin_here+0x3 [m]\",\"kthread+0x1\"],\"interrupted\":0");
	has(answer, "\"cause\":\"host-stopped\"");
	has(answer, "\"culprit\":null");
}

static void an_interrupt_is_not_the_tasks_own(void **state)
{
	const char *answer = ask(
		"[   10.000001] watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [a:7]\n"
		"[   10.000003] CPU: 1 PID: 7 Comm: a Not tainted 5.10.0 #1\n"
		"[   10.000004] Call Trace:\n[   10.000005]  <IRQ>\n"
		"[   10.000006]  watchdog_timer_fn+0x1/0x10\n[   10.000007]  </IRQ>\n"
		"[   10.000008] RIP: 0010:[<ffffffff81000000>]  busy+0x3/0x10\n"
		"[   10.000009]  caller+0x1/0x10\n",
		"vgpu -j");

	(void)state;
	has(answer,
	    "[\"watchdog_timer_fn+0x1\",\"busy+0x3\",\"caller+0x1\"],\"interrupted\":1");
}

#define IN_TIMER(entry)                                                                  \
	"[   10.000010]  spin_on_timer+0xa/0x20 [m]\n"                                   \
	"[   10.000011]  call_timer_fn+0x27/0x130\n"                                     \
	"[   10.000012]  __do_softirq+0xd7/0x280\n" entry                                \
	"[   10.000013] RIP: 0010:innocent+0x19/0x40\n"                                  \
	"[   10.000014]  his_caller+0x1/0x10\n"
#define SOFT_LOCKUP                                                                      \
	"[   10.000001] watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [a:7]\n"       \
	"[   10.000003] CPU: 1 PID: 7 Comm: a Not tainted 6.1.0 #1\n"
#define ENTRY_6_1                                                                        \
	"[   10.000012]  </IRQ>\n[   10.000012]  <TASK>\n"                               \
	"[   10.000012]  asm_sysvec_apic_timer_interrupt+0x16/0x20\n"
#define ENTRY_5_10                                                                       \
	"[   10.000012]  asm_call_irq_on_stack+0x12/0x20\n[   10.000012]  </IRQ>\n"      \
	"[   10.000012]  sysvec_apic_timer_interrupt+0x36/0x80\n"                        \
	"[   10.000012]  asm_sysvec_apic_timer_interrupt+0x12/0x20\n"

/* Softirqs upon which the watchdog came are what hangs, and not the task below them. */
static void a_softirq_that_was_interrupted_stays(void **state)
{
	static const char *const told[] = {
		SOFT_LOCKUP
		"[   10.000004] RIP: 0010:spin_here+0x3/0x10 [m]\n"
		"[   10.000005] Call Trace:\n[   10.000006]  <IRQ>\n" IN_TIMER(ENTRY_6_1),
		SOFT_LOCKUP
		"[   10.000005] Call Trace:\n[   10.000006]  <IRQ>\n"
		"[   10.000007]  watchdog_timer_fn+0xc/0x16\n"
		"[   10.000008]  asm_sysvec_apic_timer_interrupt+0x16/0x20\n"
		"[   10.000009] RIP: 0010:spin_here+0x3/0x10 [m]\n" IN_TIMER(ENTRY_5_10),
	};
	const char *answer;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(told); i++) {
		answer = ask(told[i], "vgpu");
		has(answer, "            spin_here <- spin_on_timer <-");
		has_not(answer, "watchdog_timer_fn");
	}
}

/* Until 4.9 there are no registers in between, on arm64 none at all, and no marks. */
static void an_entry_parts_an_interrupt_from_what_it_came_upon(void **state)
{
	(void)state;
	has(ask(SOFT_LOCKUP
		"[   10.000004] Call Trace:\n"
		"[   10.000005]  <IRQ>  [<ffffffff81000000>] dump_stack+0x19/0x1b\n"
		"[   10.000006]  [<ffffffff81000001>] apic_timer_interrupt+0x6d/0x80\n"
		"[   10.000007]  [<ffffffff81000002>] spin_on_timer+0xa/0x20 [m]\n"
		"[   10.000008]  [<ffffffff81000003>] __do_softirq+0x27/0x130\n"
		"[   10.000009]  <EOI>  [<ffffffff81000004>] innocent+0x3/0x10\n",
		"vgpu"),
	    "            spin_on_timer <- __do_softirq <- innocent");
	has(ask(SOFT_LOCKUP "[   10.000004] Call trace:\n"
			    "[   10.000005]  dump_stack+0x19/0x1b\n"
			    "[   10.000006]  el1_irq+0xb4/0x140\n"
			    "[   10.000007]  spin_here+0xa/0x20 [m]\n",
		"vgpu"),
	    "            spin_here\n");
}

/* Its own panic() is not what a CPU in user mode was at. */
static void a_program_that_was_interrupted_has_no_frames(void **state)
{
	static const char words[] = SOFT_LOCKUP
		"[   10.000004] RIP: 0033:0x52ed5d\n"
		"[   10.000005] Kernel panic - not syncing: softlockup: hung tasks\n"
		"[   10.000006] CPU: 1 PID: 7 Comm: a Not tainted 6.1.0 #1\n"
		"[   10.000007] Call Trace:\n[   10.000008]  <TASK>\n"
		"[   10.000009]  dump_stack_lvl+0x44/0x5c\n[   10.000010]  panic+0x118/0x2f4\n"
		"[   10.000011]  asm_sysvec_apic_timer_interrupt+0x16/0x20\n"
		"[   10.000012] RIP: 0033:0x52ed5d\n[   10.000013]  </TASK>\n";
	static const char asked[] =
		"[   10.000005] Kernel panic - not syncing: sysrq triggered crash\n"
		"[   10.000006] CPU: 1 PID: 7 Comm: a Not tainted 6.1.0 #1\n"
		"[   10.000007] Call Trace:\n[   10.000008]  <TASK>\n"
		"[   10.000010]  panic+0x118/0x2f4\n"
		"[   10.000011]  entry_SYSCALL_64_after_hwframe+0x62/0xc7\n"
		"[   10.000012] RIP: 0033:0x52ed5d\n";
	const char *answer;

	(void)state;
	has(ask(words, "vgpu"), "            in user mode\n");
	answer = ask(words, "vgpu -j");
	has(answer, "\"interrupted\":3,\"user\":true");
	has_not(answer, "| dump_stack_lvl");
	has(ask(asked, "vgpu -j"), "\"interrupted\":0,\"user\":false");
}

/* Of an NMI nobody knows who asked for it, or whether anybody did. */
static void an_nmi_may_be_a_watchdogs(void **state)
{
	static const char nmi[] =
		"[    7.279901] Uhhuh. NMI received for unknown reason 21 on CPU 0.\n"
		"[    7.279902] Kernel panic - not syncing: NMI: Not continuing\n";
	static const char asked[] =
		"[    7.279902] sysrq: Trigger a crash\n"
		"[    7.279903] Kernel panic - not syncing: sysrq triggered crash\n";
	const char *answer;

	(void)state;
	answer = ask(nmi, "vgpu");
	has(answer,
	    "An NMI without a reason stopped this machine: somebody asked for this");
	has(answer, "or a watchdog did");
	has(ask(asked, "vgpu"), "Somebody asked for this panic; the log names no task");
}

static void a_32_bit_arm_names_caller_and_called(void **state)
{
	static const char words[] =
		"[   10.000000] INFO: task kworker/u8:0:5 blocked for more than 9 seconds.\n"
		"[   10.000001]       Not tainted 4.14.99-v7+ #1\n"
		"[   10.000002] kworker/u8:0    D    0     5      2 0x00000000\n"
		"[   10.000003] Workqueue: writeback flush_fn (flush-8:1)\n"
		"[   10.000004] [<80770000>] (__schedule) from [<80770100>] (schedule+0x50/0xa8)\n"
		"[   10.000005] [<80770100>] (schedule) from [<80140000>] "
		"(io_schedule+0x20/0x40)\n"
		"[   10.000006] [<80140000>](io_schedule+0x0/0x40) from [<7f000000>](a_wait+0x8/0xc "
		"[a])\n"
		"[   10.000007]  a_wait [a] from a_caller+0x10/0x20\n";

	(void)state;
	has(ask(words, "vgpu -j"), "[\"schedule+0x50\",\"io_schedule+0x20\",\"a_wait+0x8 "
				   "[a]\",\"a_caller+0x10\"]");
	has(ask(words, "vgpu"), "LIKE      io-wait");
}

static void marks_and_frames_may_share_a_line(void **state)
{
	const char *answer = ask(
		"[   10.000001] BUG: soft lockup - CPU#1 stuck for 26s! [a:7]\n"
		"[   10.000003] CPU: 1 PID: 7 Comm: a Tainted: G        W  OE  ------------ T "
		"3.10.0-99.el7.x86_64 #1\n"
		"[   10.000004] Call Trace:\n"
		"[   10.000005]  <IRQ>  [<ffffffff81000000>] dump_stack+0x19/0x1b\n"
		"[   10.000006]  [<ffffffff81000100>] watchdog_timer_fn+0x1/0x10\n"
		"[   10.000007]  <EOI>  [<ffffffff81000200>] busy+0x3/0x10\n",
		"vgpu -j");

	(void)state;
	has(answer,
	    "[\"dump_stack+0x19\",\"watchdog_timer_fn+0x1\",\"busy+0x3\"],\"interrupted\":2");
	has(answer, "3.10.0-99.el7.x86_64");
	answer = ask(
		"[   10.000001] watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [a:7]\n"
		"[   10.000003] CPU: 1 PID: 7 Comm: a Not tainted 5.5.0 #1\n"
		"[   10.000004] Call Trace:\n"
		"[   10.000005] [c0000001fb2cb4a0] [c000000000161180] timer_fn+0x1/0x10\n"
		"[   10.000006] --- interrupt: 901 at busy+0x0/0x4\n"
		"[   10.000007] [c0000001fb2cb9c0] [c0000000000e45b4] busy+0x3/0x10 "
		"(unreliable)\n",
		"vgpu -j");
	has(answer, "[\"timer_fn+0x1\",\"busy+0x3\"],\"interrupted\":1");
}

/* Before 5.10 a task's line has columns, and what it was to do next where it ran. */
static void an_old_list_of_blocked_tasks_is_one(void **state)
{
	const char *answer = ask(
		"[   10.000000] sysrq: SysRq : Show Blocked State\n"
		"[   10.000001]   task                        PC stack   pid father\n"
		"[   10.000002] Xorg            D    0   723    700 0x00000028\n"
		"[   10.000003] Call trace:\n[   10.000004]  __switch_to+0x94/0xe8\n"
		"[   10.000005]  mutex_lock+0x4/0x8\n"
		"[   10.000006] kworker/u4:2    D ffff88043fd13180     0    55      2 0x80000000\n"
		"[   10.000007] Call Trace:\n[   10.000008]  drain_all_pages+0x4/0x8\n"
		"[   10.000009] busy one        R  running task        0    88      1 0x00000002\n"
		"[   10.000010] Call Trace:\n[   10.000011]  spin+0x4/0x8\n",
		"vgpu");

	(void)state;
	has(answer, "Xorg (pid 723) and 1 more task are blocked");
	has(answer, "kworker/u4:2, pid 55");
	has(answer, "mutex_lock");
	has_not(answer, "spin");
}

#define OOPS                                                                               \
	"[   38.000000] BUG: kernel NULL pointer dereference, address: 0000000000000000\n" \
	"[   38.000001] Oops: 0002 [#1] SMP NOPTI\n"                                       \
	"[   38.000002] CPU: 1 PID: 9 Comm: sh Tainted: G           OE     5.10.0 #1\n"    \
	"[   38.000003] RIP: 0010:bad_thing+0x7/0x20 [mod]\n"                              \
	"[   38.000004] Call Trace:\n[   38.000005]  caller+0x1/0x20\n"

static void a_fault_has_its_function_and_no_more_than_the_limit(void **state)
{
	const char *answer = ask(OOPS, "vgpu");

	(void)state;
	assert_int_equal(session.result, RESULT_DONE);
	has(answer, "kernel-bug, confidence 70 %");
	has(answer, "CULPRIT   function bad_thing+0x7 [mod]");
	has(answer, "tainted: OE");
	has(ask(OOPS, "vgpu -j"), "text-log kernel-bug oops | bad_thing<caller");
	answer = ask(OOPS "[  900.000000] and on\n", "vgpu");
	has(answer, "and the log goes on");
	has(answer, "CULPRIT   function bad_thing+0x7 [mod]");
}

static void two_that_wait_for_each_other_are_a_cycle(void **state)
{
	static const char words[] =
		"[   10.000000] INFO: task a:1 blocked for more than 9 seconds.\n"
		"[   10.000001] INFO: task a:1 is blocked on a mutex likely owned by task b:2.\n"
		"[   10.000002] INFO: task b:2 blocked for more than 9 seconds.\n"
		"[   10.000003] INFO: task b:2 is blocked on a mutex likely owned by task a:1.\n";
	const char *answer = ask(words, "vgpu");

	(void)state;
	has(answer, "lock-cycle, confidence 70 %");
	has_not(answer, "LIKE");
}

/* What lockdep prints: of a task that waits, the lock that it asked for is its last. */
#define ALL_LOCKS "[  202.000000] Showing all locks held in the system:\n"
#define KEEPS(n, who) "[  202.000001] " n " held by " who ":\n"
#define LOCK(n, lock, at)                                                                \
	"[  202.000002]  #" n ": " lock "{+.+.}-{3:3}, at: " at "+0x44/0x90\n"
#define WAITS_IN(at)                                                                     \
	FRAME("  201.000000", "__mutex_lock+0x7e8/0x1120")                               \
	FRAME("  201.000000", "mutex_lock_nested+0x16/0x20")                             \
	FRAME("  201.000000", at "+0x44/0x90")
#define A "ffff888011111110 (&a->lock)"
#define B "ffff888022222220 (&b->lock)"

static void a_list_of_locks_tells_a_cycle(void **state)
{
	const char *answer =
		ask(HUNG("  201.000000", "x/y", "7", WAITS_IN("take_b"))
			    HUNG("  201.000000", "z", "8",
				 WAITS_IN("take_a")) ALL_LOCKS KEEPS("2 locks", "x/y/7")
				    LOCK("0", A, "open_a") LOCK("1", B, "take_b")
					    KEEPS("3 locks", "z/8") LOCK("0", "1 (rcu)",
									 "z_begins")
						    LOCK("1", B, "open_b")
							    LOCK("2", A, "take_a"),
		    "vgpu");

	(void)state;
	has(answer, "lock-cycle, confidence 70 %");
	has(answer, "x/y (pid 7) and z (pid 8) each wait for a lock that the other has.");
	has(answer, "x/y (pid 7) waits for &b->lock, which z");
}

static void a_list_of_locks_tells_who_has_one(void **state)
{
	const char *answer =
		ask(HUNG("  201.000000", "x", "7", WAITS_IN("take_b"))
		    /* An older list, in which another one has it. */
		    ALL_LOCKS KEEPS("2 locks", "w/6") LOCK("0", B, "open_b")
			    LOCK("1", A, "open_a") ALL_LOCKS KEEPS("1 lock", "x/7")
				    LOCK("0", B, "take_b") KEEPS("2 locks", "z/8")
					    LOCK("0", B, "open_b") LOCK("1", A, "open_a"),
		    "vgpu");

	(void)state;
	has(answer, "unexplained: vgpu blames nobody");
	has(answer, "x (pid 7) waits for &b->lock, which z (pid");
	has(answer, "LIKE      lock-holder-blocked, 40 %");
	has(answer, "z (pid 8) has the lock");
	has_not(answer, "w (pid 6)");
}

/* Whoever asked for it last, and has no stack here, may wait for it as well. */
static void a_list_of_locks_is_not_guessed_at(void **state)
{
	static const char *const others[] = {
		KEEPS("1 lock", "z/8") LOCK("0", B, "open_b"),
		/* several, as readers are */
		KEEPS("2 locks", "y/8") LOCK("0", B, "open_b") LOCK("1", A, "open_a")
			KEEPS("2 locks", "z/9") LOCK("0", B, "open_b")
				LOCK("1", A, "open_a"),
		/* another lock of that class */
		KEEPS("2 locks", "z/8") LOCK("0", "ffff888033333330 (&b->lock)", "open_b")
			LOCK("1", A, "open_a"),
		/* numbers and names that lead nowhere */
		KEEPS("2 locks", "z/99999999999") LOCK("0", B, "b") LOCK("1", A, "a"),
		KEEPS("2 locks", "z/8") LOCK("7", B, "b")
			LOCK("99999999999999999999", B, "b"),
		"[  202.000002]  #0: ffff888022222220 (unfinished\n",
		"",
	};
	const char *answer;
	char words[4096];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		snprintf(words, sizeof(words), "%s%s%s",
			 HUNG("  201.000000", "x", "7", WAITS_IN("take_b")) ALL_LOCKS,
			 KEEPS("1 lock", "x/7") LOCK("0", B, "take_b"), others[i]);
		answer = ask(words, "vgpu");
		has(answer, "unexplained");
		has_not(answer, "waits for &b->lock");
	}
}

/* Until about 4.17 no lock had an address there that told it from others. */
static void locks_without_an_address_are_not_joined(void **state)
{
#define HASHED "(____ptrval____) (&b->lock)"
	const char *answer =
		ask(HUNG("  201.000000", "x", "7", WAITS_IN("take_b"))
			    ALL_LOCKS KEEPS("1 lock", "x/7") LOCK("0", HASHED, "take_b")
				    KEEPS("2 locks", "z/8") LOCK("0", HASHED, "open_b")
					    LOCK("1", A, "open_a"),
		    "vgpu");

	(void)state;
	has_not(answer, "waits for &b->lock");
}

/* Where it was when it complained it is no more: its last lock may be one that it waits for. */
static void a_complaints_stack_is_of_the_past(void **state)
{
	const char *answer =
		ask("[  150.000000] WARNING: CPU: 1 PID: 8 at fs/x.c:1 warns+0x1/0x2\n"
		    "[  150.000000] CPU: 1 PID: 8 Comm: z Not tainted 5.10.0-9-amd64 #1\n"
		    "[  150.000000] Call Trace:\n"
		    "[  150.000000]  warns+0x1/0x2\n[  150.000000]  outer+0x1/0x2\n"
		    "[  150.000000] ---[ end trace 1 ]---\n" HUNG("  201.000000", "x",
								  "7", WAITS_IN("take_b"))
			    ALL_LOCKS KEEPS("1 lock", "x/7") LOCK("0", B, "take_b")
				    KEEPS("1 lock", "z/8") LOCK("0", B, "open_b"),
		    "vgpu");

	(void)state;
	has(answer, "x (pid 7) is in __mutex_lock");
	has_not(answer, "x (pid 7) waits for &b->lock");
}

/* Who sleeps elsewhere, with a stack that says so, has the last lock that it asked for. */
static void a_holder_may_sleep_elsewhere(void **state)
{
	const char *answer =
		ask(HUNG("  201.000000", "x", "7", WAITS_IN("take_b"))
			    HUNG("  201.000000", "z", "8",
				 FRAME("  201.000000", "virtio_gpu_queue_cursor+0x1/0x2")
					 FRAME("  201.000000", "open_b+0x44/0x90"))
				    ALL_LOCKS KEEPS("1 lock", "x/7")
					    LOCK("0", B, "take_b") KEEPS("1 lock", "z/8")
		    /* decoded: once for each inlined one */
		    LOCK("0", B, "inlined") LOCK("0", B, "open_b"),
		    "vgpu");

	(void)state;
	has(answer, "x (pid 7) waits for &b->lock, which z (pid");
	has(answer, "LIKE      host-not-consuming, 40 %");
	has_not(answer, "z (pid 8) has the lock, and is not");
}

static void works_of_a_list_are_told_with_who_waits_behind_them(void **state)
{
	const char *answer = ask(
		DRAIN
		"[  201.000000] BUG: workqueue lockup - pool cpus=1 node=0 flags=0x0 "
		"nice=0 stuck for 31s!\n"
		"[  201.000001] Showing busy workqueues and worker pools:\n"
		"[  201.000002] workqueue events: flags=0x0\n"
		"[  201.000003]   pwq 2: cpus=1 node=0 flags=0x0 nice=0 active=1/256\n"
		"[  201.000004]     in-flight: 55:busy_fn ,57*(RESCUER):other_fn\n"
		"[  201.000005] workqueue mm_percpu_wq: flags=0x8\n"
		"[  201.000006]   pwq 2: cpus=1 node=0 flags=0x0 nice=0 active=2/256\n"
		"[  201.000007]     pending: vmstat_update, drain_local_pages_wq BAR(723)\n"
		"[  201.000008] pool 2: cpus=1 node=0 flags=0x0 nice=0 hung=31s workers=3\n",
		"vgpu");

	(void)state;
	has(answer,
	    "mm_percpu_wq on CPU 1: drain_local_pages_wq, pending; pid 723 waits");
	has(answer, "events on CPU 1: busy_fn, in flight, by pid 55");
	has(answer, "Xorg (pid 723) waits behind drain_local_pages_wq");
	has(answer, "a pool of workers is stuck");
	has(ask(DRAIN
		"[  201.000001] BUG: workqueue lockup - pool cpus=0-3 stuck for 31s!\n",
		"vgpu -j"),
	    "\"stuck_pools\":[{\"cpu\":null,\"stuck_s\":31");
}

/* ---- what stopped nothing ---------------------------------------------------- */

static void complaints_are_told_where_nothing_hangs(void **state)
{
	const char *answer = ask(
		"[    9.000000] BUG: Bad page state in process sh  pfn:84f35\n"
		"[    9.500000] BUG: Bad page state in process sh  pfn:84f36\n"
		"[   10.000000] WARNING: possible circular locking dependency detected\n"
		"[   11.000000] XFS (vdb): I/O Error Detected. Shutting down filesystem\n"
		"[   12.000000] [drm:wait_fn [drm_kms_helper]] *ERROR* [CRTC:34:crtc-0] "
		"flip_done timed out\n"
		"[   13.000000] [drm:virtio_gpu_dequeue_ctrl_func [virtio_gpu]] *ERROR* response "
		"0x1200 (command 0x207)\n",
		"vgpu");

	(void)state;
	assert_int_equal(session.result, RESULT_UNEXPLAINED);
	has(answer, "what the kernel complains of is");
	has(answer, "circular locking");
	has(answer, "XFS (vdb): I/O Error");
	has(answer, "flip_done timed out");
	has(answer, "SUBMIT_3D");
	has_not(answer, "LIKE");
	has_not(answer, "CULPRIT");
	answer = ask("[    1.000000] EXT4-fs (vda1): mounted filesystem. Opts: "
		     "errors=remount-ro\n"
		     "[    2.000000] EDAC MC: Ver: 3.0.0\n"
		     "[    3.000000] blk_update_request: I/O error, dev fd0, sector 0\n",
		     "vgpu");
	has(answer, "No panic, and nothing that the kernel complains of");
}

static void what_a_hang_resembles_heeds_what_came_before_it(void **state)
{
	const char *answer =
		ask(OOPS HUNG("  200.000001", "Xorg", "723",
			      FRAME("  200.000002",
				    "mutex_lock+0x60/0x80")) "[  201.000000] sched: RT "
							     "throttling "
							     "activated\n",
		    "vgpu");

	(void)state;
	has(answer, "BUG: kernel NULL pointer");
	has(answer, "a task met a fault before");
	has_not(answer, "RT throttling");
	answer = ask("[  100.000000] sched: RT throttling activated\n" DRAIN, "vgpu");
	has(answer, "LIKE      cpu-monopolised, 55 %");
	has(answer, "took all of a CPU");
}

static void a_lockups_panic_is_one_without_its_complaint(void **state)
{
	const char *answer = ask(
		"[   60.000000] Kernel panic - not syncing: softlockup: hung tasks\n"
		"[   60.000001] CPU: 1 PID: 0 Comm: swapper/1 Not tainted 5.10.0 #1\n",
		"vgpu");

	(void)state;
	has(answer, "LIKE      host-stopped, 40 %");
	has(ask("[   60.000000] Kernel panic - not syncing: Hard LOCKUP\n"
		"[   60.000001] CPU: 1 PID: 77 Comm: a Not tainted 5.10.0 #1\n",
		"vgpu"),
	    "LIKE      cpu-monopolised, 40 %");
}

static void another_gpu_has_no_host(void **state)
{
	const char *answer =
		ask(HUNG("  200.000001", "Xorg", "723",
			 FRAME("  200.000002", "dma_fence_default_wait+0x60/0x80")
				 FRAME("  200.000003", "an_ioctl+0x14e/0x1a0 [amdgpu]")),
		    "vgpu");

	(void)state;
	has(answer, "is not virtio's, amdgpu, by");
	has_not(answer, "host-not-consuming");
	answer = ask(HUNG("  200.000001", "Xorg", "723",
			  FRAME("  200.000002", "dma_fence_default_wait+0x60/0x80")
				  FRAME("  200.000003", "an_ioctl+0x14e/0x1a0 "
							"[virtio_gpu]")),
		     "vgpu");
	has(answer, "host-not-consuming");
}

static void its_driver_waits_in_any_of_its_functions(void **state)
{
	const char *answer =
		ask(HUNG("  200.000001", "Xorg", "723",
			 FRAME("  200.000002", "schedule+0x60/0x80")
				 FRAME("  200.000003",
				       "virtio_gpu_made_up+0x138/0x2ac [virtio_gpu]")),
		    "vgpu");

	(void)state;
	has(answer, "Xorg (pid 723) is in virtio_gpu_made_up");
	has(answer, "LIKE      host-not-consuming");
	has_not(ask(HUNG("  200.000001", "Xorg", "723",
			 FRAME("  200.000002", "made_up_wait+0x60/0x80")
				 FRAME("  200.000003",
				       "virtio_gpu_made_up+0x138/0x2ac [virtio_gpu]")),
		    "vgpu"),
		"LIKE");
}

static void a_fault_without_its_words_names_no_function(void **state)
{
	(void)state;
	has(ask("[  267.000000] Kernel panic - not syncing: Fatal exception in interrupt\n",
		"vgpu"),
	    "the log does not name it");
}

static void a_grace_period_may_lack_its_thread(void **state)
{
	const char *answer = ask(
		"[  230.000000] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:\n"
		"[  230.000001] rcu: \t(detected by 6, t=21002 jiffies, g=9, q=8 ncpus=8)\n"
		"[  230.000002] rcu: rcu_preempt kthread starved for 21002 jiffies! g9 f0x2 "
		"RCU_GP_WAIT_FQS(5) ->state=0x200 ->cpu=4\n",
		"vgpu");

	(void)state;
	has(answer, "kthread starved for");
	has(answer, "the thread that ends RCU's grace");
	has_not(answer, "a CPU that does not come");
}

/* ---- memory ---------------------------------------------------------------- */

#define OOM(order)                                                                       \
	"[   50.000000] sh invoked oom-killer: gfp_mask=0x400dc0(GFP_KERNEL_ACCOUNT), "  \
	"order=" order ", oom_score_adj=0\n"

static void memory_that_ran_out_need_not_stop_the_kernel(void **state)
{
	const char *answer =
		ask(OOM("1") "[   50.100000] Out of memory: Killed process 472 "
			     "(a b) total-vm:10276kB, anon-rss:1028kB\n",
		    "vgpu");

	(void)state;
	has(answer, "memory-exhausted, confidence 60 %");
	has(answer, "ran out of memory, and a b (pid 472) was killed.");
	answer = ask(
		OOM("0") "[   50.050000] memory: usage 4096kB, limit 4096kB, failcnt 9\n"
			 "[   50.100000] Memory cgroup out of memory: Killed process 472 "
			 "(sh) total-vm:10276kB\n",
		"vgpu");
	has(answer, "unexplained: vgpu blames nobody");
	has(answer, "A cgroup came to the limit of its memory");
	/* asked for by a key */
	answer = ask(OOM("-1"), "vgpu");
	has_not(answer, "memory-exhausted");
	has(answer, "invoked oom-killer");
	answer = ask(OOM("0") "[   50.050000] Memory cgroup stats for /x: anon 1\n"
			      "[   50.100000] Kernel panic - not syncing: Out of memory: "
			      "compulsory panic_on_oom is enabled\n",
		     "vgpu");
	has(answer, "A cgroup came to the limit of its memory");
}

static void a_text_that_is_cut_says_so(void **state)
{
	(void)state;
	has_not(ask("[   50.100000] usb 1-1: new\n", "vgpu"),
		"the packed file is damaged");
	text.cut = true;
	has(type(&session, "vgpu"), "the packed file is damaged or cut");
}

/* The line before was rotated away, or nobody looked for it. */
static void who_was_killed_is_enough(void **state)
{
	static const char killed[] =
		"Killed process 472 (sh) total-vm:10276kB, anon-rss:1kB\n";
	char line[256];

	(void)state;
	snprintf(line, sizeof(line), "[   50.100000] Out of memory: %s", killed);
	has(ask(line, "vgpu"), "ran out of memory, and sh (pid 472) was killed.");
	snprintf(line, sizeof(line), "[   50.100000] %s", killed);
	has(ask(line, "vgpu"), "memory-exhausted, confidence 60 %");
	snprintf(line, sizeof(line), "[   50.100000] Memory cgroup out of memory: %s",
		 killed);
	has(ask(line, "vgpu"), "A cgroup came to the limit of its memory, and sh");
}

#define LEAK(address, age)                                                               \
	"unreferenced object 0xffff8000" address " (size 128):\n"                        \
	"  comm \"Xorg\", pid 723, jiffies 4294968123 (age " age "s)\n"                  \
	"  hex dump (first 32 bytes):\n"                                                 \
	"    01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................\n"        \
	"  backtrace:\n"                                                                 \
	"    [<00000000b24af47e>] kmem_cache_alloc_trace+0x14c/0x2d0\n"                  \
	"    [<000000004d2a1c5e>] virtio_gpu_fence_alloc+0x40/0x80 [virtio_gpu]\n"       \
	"    [<00000000c0de0001>] virtio_gpu_execbuffer_ioctl+0x30/0x500 [virtio_gpu]\n"

static void what_stands_beside_a_list_of_leaks_is_told_too(void **state)
{
	const char *answer = ask(
		"[    5.000000] EXT4-fs error (device sda1): ext4_find_entry:1455: no\n" LEAK(
			"03a4c000", "1.0"),
		"vgpu");

	(void)state;
	has(answer, "kmemleak lists 1 object");
	has(answer, "EXT4-fs error (device sda1)");
}

static void what_kmemleak_lists_is_counted_by_stack(void **state)
{
	static const char words[] = LEAK("00000100", "361.224") LEAK("00000200", "1.000")
		LEAK("00000100",
		     "400.000") "unreferenced object 0xffff800000000300 (size 64):\n"
				"  comm \"sh\", pid 9, jiffies 1\n"
				"  backtrace (crc 1234):\n"
				"    other_alloc+0x1/0x2\n\nand more words\n";
	const char *answer = ask(words, "vgpu");

	(void)state;
	has(answer, "fence-leak, confidence 35 %");
	has(answer,
	    "KMEMLEAK  2 objects of 128 bytes, 256 bytes in all, the first for Xorg, pid");
	has(answer, "6 min 1 s old (line 1)");
	has(answer, "8b6ec999b198");
	has_not(answer, "CULPRIT");
	answer = ask(words, "vgpu -j");
	has(answer, "\"kmemleak\":[{\"count\":2,\"size\":128,\"bytes\":256");
	has(answer,
	    "kmem_cache_alloc_trace <- virtio_gpu_fence_alloc <- virtio_gpu_exec");
	has(answer,
	    "{\"count\":1,\"size\":64,\"bytes\":64,\"oldest_s\":null,\"comm\":\"sh\"");
	has(answer, "\"stack\":\"other_alloc\"");
}

#define LOCKED(task)                                                                     \
	"[   10.000001] watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [" task "]\n"

#define LEAK_AS(head, in)                                                                 \
	head "unreferenced object 0xffff800000000100 (size 2048):\n" head in              \
	     "comm \"Xorg\", pid 723, jiffies 4294968123 (age 361.224s)\n" head in        \
	     "hex dump (first 32 bytes):\n" head in                                       \
	     "  01 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  ................\n" head \
		     in "backtrace (crc 1234):\n" head in                                 \
	     "[<00000000b24af47e>] first_alloc+0x14c/0x2d0\n" head in                     \
	     "[<000000004d2a1c5e>] virtio_gpu_fence_alloc+0x40/0x80 [virtio_gpu]\n" head  \
	     "usb 1-1: new device\n"

static void kmemleaks_words_may_be_in_a_log(void **state)
{
	static const char *const logs[] = {
		LEAK_AS("[  123.456789] kmemleak: ", "  "),
		LEAK_AS("<6>[  123.456789][  T99] kmemleak: ", "  "),
		LEAK_AS("[  123.456789] ", "  "),
		LEAK_AS("Nov 29 17:18:04 desk7 kernel: ", "  "),
		LEAK_AS("2026-11-29T17:18:04+0000 desk7 kernel: [  123.456789] ", "  "),
		LEAK_AS("", "\t"),
	};
	const char *answer;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(logs); i++) {
		answer = ask(logs[i], "vgpu -j");
		has(answer, "\"kmemleak\":[{\"count\":1,\"size\":2048,\"bytes\":2048,"
			    "\"oldest_s\":361.224");
		has(answer, "\"pid\":723");
		has(answer, "\"stack\":\"first_alloc <- virtio_gpu_fence_alloc\"}");
	}
}

static void a_leak_may_have_no_stack(void **state)
{
	(void)state;
	has(ask("unreferenced object 0xffff800000000100 (size 128):\n  backtrace:\n",
		"vgpu"),
	    "allocated by a stack that is");
	has_not(session.text, "allocated by\nAGAINST");
}

static void leaks_that_are_only_counted_are_told_so(void **state)
{
	const char *answer =
		ask("[  123.456789] kmemleak: 12 new suspected memory leaks (see "
		    "/sys/kernel/debug/kmemleak)\n",
		    "vgpu");

	(void)state;
	has(answer, "unexplained");
	has(answer, "kmemleak suspects 12 objects that nothing refers to, from line 1");
	has(answer, "LIKE      slab-leak, 25 %");
	/* They do not hide what else the kernel says. */
	answer = ask("[  123.456789] kmemleak: 12 new suspected memory leaks (see "
		     "/sys/kernel/debug/kmemleak)\n" LOCKED("sh:7"),
		     "vgpu");
	has_not(answer, "kmemleak suspects");
	has(answer, "LIKE      cpu-monopolised");
}

static void ten_of_one_stack_are_not_few(void **state)
{
	has(ask(LEAK("00000100", "1.0") LEAK("00000200", "1.0") LEAK("00000300", "1.0")
			LEAK("00000400", "1.0") LEAK("00000500", "1.0")
				LEAK("00000600", "1.0") LEAK("00000700", "1.0")
					LEAK("00000800", "1.0") LEAK("00000900", "1.0")
						LEAK("00000a00", "1.0"),
		"vgpu"),
	    "fence-leak, confidence 60 %");
	(void)state;
}

#define TRACE(cpu, what, address)                                                        \
	"[  100.000001][    C" cpu "] TRACE kmalloc-128 " what " 0x00000000" address     \
	" inuse=21 fp=0x0000000000000000\n"
#define BY(cpu, frame)                                                                   \
	"[  100.000002][    C" cpu "] CPU: " cpu                                         \
	" PID: 7 Comm: Xorg Not tainted 4.19.90 "                                        \
	"#1\n[  100.000003][    C" cpu "] Call Trace:\n"                                 \
	"[  100.000004][    C" cpu "]  dump_stack+0x6b/0x83\n"                           \
	"[  100.000005][    C" cpu "]  " frame "\n"

static void a_trace_pairs_what_was_allocated_with_what_was_freed(void **state)
{
	/* Two CPUs at once: the stacks are theirs, not whose line came before. */
	const char *answer =
		ask(TRACE("0", "alloc", "11110000") TRACE("1", "alloc", "22220000")
			    BY("1", "one_maker+0x1/0x2") BY("0", "other_maker+0x1/0x2")
				    TRACE("0", "free", "22220000")
					    BY("0", "freer+0x1/0x2")
						    TRACE("0", "free", "99990000"),
		    "vgpu -j");

	(void)state;
	has(answer, "\"traced\":[{\"cache\":\"kmalloc-128\",\"allocated\":1,\"freed\":0,"
		    "\"line\":1,\"stack\":\"other_maker\"}");
	has(answer, "\"allocated\":1,\"freed\":1,\"line\":2,\"stack\":\"one_maker\"}");
	has(answer, "\"freed_older\":1");
	has(answer, "\"kind\":\"cache\",\"name\":\"kmalloc-128\"");
	has(answer, "\"cause\":\"slab-leak\",\"confidence\":20");
}

/* As a log has it whose lines do not say who wrote them. */
#define LINE(words) "[  100.000001] " words "\n"
#define HEAD(what, address)                                                              \
	LINE("TRACE kmalloc-128 " what " 0x" address " inuse=21 fp=0x0000000000000000")
#define WHO(cpu) LINE("CPU: " cpu " PID: 7 Comm: Xorg Not tainted 4.19.90 #1")
#define LIST_OF LINE("Call Trace:") LINE(" dump_stack+0x6b/0x83")

static void an_address_is_of_one_object(void **state)
{
#define AGAIN HEAD("alloc", "1000") WHO("0") LIST_OF LINE(" one_maker+0x1/0x2")
	const char *answer =
		ask(AGAIN AGAIN AGAIN "** 43 printk messages dropped **\n" AGAIN, "vgpu");

	(void)state;
	has(answer, "4 allocated, 3 of them freed, from line 1 on:");
	has(answer, "1 object of it was allocated by");
	has(answer, "3 objects were freed in it nowhere");
	has(answer, "43 lines of the log were dropped");
}

static void frames_of_two_cpus_are_nobodys(void **state)
{
	static const char *const logs[] = {
		/* two heads before a stack */
		HEAD("alloc", "1000") HEAD("alloc", "2000") WHO("0") WHO("1")
			LIST_OF LINE(" innocent+0x1/0x2") LINE(" other+0x1/0x2"),
		/* a head within the other's block */
		HEAD("alloc", "1000") WHO("0") HEAD("alloc", "2000") LIST_OF WHO("1")
			LINE(" innocent+0x1/0x2") LIST_OF LINE(" other+0x1/0x2"),
		/* frames of the one behind the other's head */
		HEAD("alloc", "1000") WHO("0") LIST_OF HEAD("alloc", "2000")
			LINE(" innocent+0x1/0x2") WHO("1")
				LIST_OF LINE(" innocent+0x1/0x2"),
		HEAD("alloc", "1000") WHO("0") LIST_OF HEAD("alloc", "2000") WHO("1")
			LINE("Call Trace:") LINE(" innocent+0x1/0x2")
				LINE(" dump_stack+0x6b/0x83") LINE(" other+0x1/0x2"),
	};
	const char *answer;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(logs); i++) {
		answer = ask(logs[i], "vgpu -j");
		has_not(answer, "\"stack\":\"innocent");
		has(answer, "\"allocated\":2,\"freed\":0,\"line\":1,\"stack\":\"\"}");
	}
	/* One after the other they are theirs. */
	answer = ask(HEAD("alloc", "1000") WHO("0") LIST_OF LINE(" one+0x1/0x2")
			     HEAD("alloc", "2000") WHO("1")
				     LIST_OF LINE(" other+0x1/0x2"),
		     "vgpu -j");
	has(answer, "\"stack\":\"one\"}");
	has(answer, "\"stack\":\"other\"}");
}

#define SLABTOP(objects, kib)                                                              \
	" Active / Total Objects (% used)    : 1000 / 2000 (50.0%)\n\n"                    \
	"  OBJS ACTIVE  USE OBJ SIZE  SLABS OBJ/SLAB CACHE SIZE NAME                   \n" \
	"381050 375070  98%    0.62K  15242       25    243872K kmemleak_object\n" objects \
	" 50337  98%    0.62K   2054       25     " kib "K kmalloc-128\n\n"

static void tables_say_what_grew(void **state)
{
	const char *answer =
		ask(SLABTOP("51350", "32864") SLABTOP("91350", "64864"), "vgpu");

	(void)state;
	has(answer,
	    "SLABS     kmalloc-128: from 32864 to 64864 KiB, from 51350 to 91350");
	has(answer, "LIKE      slab-leak, 25 %");
	has(answer, "unexplained");
	answer = ask(SLABTOP("51350", "32864"), "vgpu");
	has(answer, "SLABS     kmemleak_object: 243872 KiB, 381050 objects");
	has_not(answer, "LIKE");
	answer = ask(
		"slabinfo - version: 2.1\n"
		"# name  <active_objs> <num_objs> <objsize> <objperslab> <pagesperslab>\n"
		"kmalloc-128  50337  51350  640  25  4 : tunables    0    0    0 : "
		"slabdata   2054   2054      0\n",
		"vgpu -j");
	has(answer,
	    "{\"cache\":\"kmalloc-128\",\"bytes\":[33652736],\"objects\":[51350]}");
}

#define TOP "  OBJS ACTIVE  USE OBJ SIZE  SLABS OBJ/SLAB CACHE SIZE NAME\n"
#define TOP_ROW(objects, kib, name)                                                      \
	objects " " objects " 100%    0.57K   7143       28    " kib "K " name "\n"

/* Each is the head of a sorted list. */
static void what_a_table_does_not_show_is_not_0(void **state)
{
	const char *answer = ask(TOP TOP_ROW("1000", "2000", "inode_cache")
					 TOP_ROW("900", "1800", "both")
						 TOP TOP_ROW("9000", "9000", "dentry")
							 TOP_ROW("901", "1900", "both"),
				 "vgpu");

	(void)state;
	has(answer, "SLABS     both: from 1800 to 1900 KiB, from 900 to 901 objects");
	has(answer, "2 caches are only in one of the two tables");
	has_not(answer, "dentry");
	has_not(answer, "inode_cache");
}

static void a_page_is_as_large_as_its_objects_need(void **state)
{
	const char *answer =
		ask("slabinfo - version: 2.1\n"
		    "small  10  10  64  10  1 : tunables 0 0 0 : slabdata 1 1 0\n"
		    "kmalloc-128  50337  51200  128  512  1 : tunables 0 0 0 : "
		    "slabdata 100 100 0\n",
		    "vgpu -j");

	(void)state;
	has(answer, "{\"cache\":\"kmalloc-128\",\"bytes\":[6553600]");
	has(answer, "{\"cache\":\"small\",\"bytes\":[65536]");
}

static void a_size_may_have_a_comma(void **state)
{
	(void)state;
	has(ask(TOP "381050 375070  98%    0,62K  15242       25    243872K a_cache\n",
		"vgpu"),
	    "a_cache: 243872 KiB, 381050 objects");
}

static void meminfo_is_read_as_what_it_is(void **state)
{
	static const char words[] =
		"MemTotal:        4045568 kB\nMemFree:          100000 kB\n"
		"Slab:             434440 kB\nSReclaimable:     197732 kB\n"
		"SUnreclaim:       236708 kB\n"
		"MemTotal:        4045568 kB\nSlab:             534440 kB\n";
	const char *answer = ask(words, "vgpu -j");

	(void)state;
	has(answer,
	    "\"slab\":444866560,\"reclaimable\":202477568,\"unreclaimable\":242388992");
	has(answer, "\"line\":6,\"total\":4142661632,\"free\":null");
	has(ask(words, "vgpu"),
	    "MEMORY    line 1: 3950 MiB of memory, 97 free, slabs 424");
}

static void numbers_that_lie_are_left_out(void **state)
{
	(void)state;
	ask("MemTotal:        99999999999999999999 kB\nSlab: -1 kB\nMemFree: 1 kB\n"
	    "slabinfo - version: 2.1\n"
	    "a 1 1 1 1 99999999 : tunables 0 0 0 : slabdata 1 1 0\n"
	    "b 1 1 1 1 1 : tunables 0 0 0 : slabdata 1 99999999999999999 0\n"
	    "  OBJS ACTIVE  USE OBJ SIZE  SLABS OBJ/SLAB CACHE SIZE NAME\n"
	    "1 1 1% 1K 1 1 99999999999999999999K c\n",
	    "vgpu -j");
	has(session.text, "\"slabs\":[]");
}

static void a_report_to_send_has_the_stacks(void **state)
{
	(void)state;
	ask(DRAIN PANIC("  200.500000"), "vgpu --markdown=build/tests/text_log.md");
	assert_int_equal(session.result, RESULT_UNEXPLAINED);
	assert_int_equal(remove("build/tests/text_log.md"), 0);
}

static void a_report_says_what_is_not_told(void **state)
{
	static const char path[] = "build/tests/text_log_kernel.md";
	char report[4096];
	FILE *in;
	size_t n;

	(void)state;
	ask("MemTotal:        4045568 kB\n",
	    "vgpu --markdown=build/tests/text_log_kernel.md");
	in = fopen(path, "re");
	assert_non_null(in);
	n = fread(report, 1, sizeof(report) - 1, in);
	fclose(in);
	report[n] = '\0';
	assert_int_equal(remove(path), 0);
	has(report, "Kernel: not told");
	has_not(report, "unexplained: \n");
}

/* A text tells of no symbol, and so not that one is missing. */
static void a_teams_rules_are_held_to_printed_stacks(void **state)
{
	static const char rules[] =
		"[drain]\nwhat: ours\nframes: flush_work, drain_all_pages\n"
		"[other]\nwhat: not ours\nno-symbol: no_such_symbol\n"
		"frames: flush_work\n";
	FILE *out = fopen("build/tests/text_log.rules", "we");
	const char *answer;

	(void)state;
	assert_non_null(out);
	fputs(rules, out);
	fclose(out);
	answer = ask(DRAIN, "vgpu --known=build/tests/text_log.rules");
	has(answer, "KNOWN     drain (of");
	has(answer, "Xorg (pid 723) is in flush_work(), drain_all_pages(), by line 1");
	has_not(answer, "not ours");
	assert_int_equal(remove("build/tests/text_log.rules"), 0);
}

static void dates_are_no_time_since_the_boot(void **state)
{
	const char *answer = ask(
		"Jul 18 04:12:33 node7 kernel: NMI watchdog: BUG: soft lockup - CPU#3 stuck "
		"for 22s! [a:42]\n"
		"Jul 18 04:12:34 node7 kernel: Workqueue: events do_it [mod]\n"
		"Jul 18 04:12:35 node7 kernel: RIP: 0010:[<ffffffffc0a1b2c3>]  "
		"[<ffffffffc0a1b2c3>] spin_here+0x13/0x40 [mod]\n"
		"Jul 18 04:12:36 node7 kernel: Call Trace:\n"
		"Jul 18 04:12:37 node7 kernel:  [<ffffffff810a1b2c>] "
		"process_one_work+0x17a/0x440\n",
		"vgpu");

	(void)state;
	has(answer, "up ?");
	has(answer, "node node7");
	has(answer, "a worker, at events do_it [mod]");
	has(answer, "spin_here <- process_one_work");
	has_not(answer, "CULPRIT");
	has(type(&session, "vgpu -j"), "\"uptime_s\":null");
}

/* Cut anywhere, or with any byte changed: an answer or a refusal, and no more. */
static void damage_costs_words_and_nothing_else(void **state)
{
	static const char whole[] = DRAIN PANIC("  200.500000") OOPS;
	char *words = strdup(whole);
	size_t i;

	(void)state;
	assert_non_null(words);
	for (i = 0; i < sizeof(whole) - 1; i += 7) {
		text = (struct dump_text){.bytes = words, .size = i};
		type(&session, "vgpu -j");
		assert_true(session.text[0] == '{');
	}
	for (i = 0; i < sizeof(whole) - 1; i += 5) {
		words[i] = (char)(0x80 + i % 100);
		text = (struct dump_text){.bytes = words, .size = sizeof(whole) - 1};
		type(&session, "vgpu -j");
		assert_true(session.text[0] == '{');
		words[i] = whole[i];
	}
	free(words);
}

/* Each task may be called like an idle one; no other has its pid. */
static void an_idle_cpu_that_is_late_was_not_kept(void **state)
{
	(void)state;
	has(ask(LOCKED("swapper/1:0"), "vgpu"), "LIKE      host-stopped, 40 %");
	has(ask(LOCKED("swapper/1:107"), "vgpu"), "LIKE      cpu-monopolised, 40 %");
}

static void of_many_the_first_are_evidence(void **state)
{
	char *log = NULL;
	const char *answer;
	size_t n, i, said = 0;
	FILE *out = open_memstream(&log, &n);

	(void)state;
	for (i = 0; i < 500; i++)
		fprintf(out,
			"[  100.%06zu] task:t%zu state:D stack: 0 pid: %zu ppid: 1\n"
			"[  100.%06zu] Call Trace:\n[  100.%06zu]  flush_work+0x6/0x8\n",
			3 * i, i, i + 2, 3 * i + 1, 3 * i + 2);
	fclose(out);
	answer = ask(log, "vgpu");
	has(answer, "t0 (pid 2) and 499 more tasks are blocked");
	for (; (answer = strstr(answer, "by the stack at")); answer++)
		said++;
	assert_true(said > 0 && said <= 16);
	free(log);
}

/* ---- lists of blocked tasks: sysrq-w, of which nobody knows how old ---------------- */

#define LIST(at) "[" at "0] sysrq: Show Blocked State\n"
#define TASK(at, comm, state, pid, place)                                                \
	"[" at "1] task:" comm "    state:" state " stack:    0 pid:   " pid             \
	" ppid:     1 flags:0x00000000\n"                                                \
	"[" at "2] Call Trace:\n[" at "3]  " place "+0x60/0x80\n"

static void a_blocked_task_is_told_without_a_time(void **state)
{
	const char *answer = ask(LIST("  200.00000") TASK("  200.00001", "Xorg", "D",
							  "723", "drain_all_pages"),
				 "vgpu");

	(void)state;
	assert_contains(answer, "Xorg (pid 723) is blocked.");
	assert_contains(answer, "HUNG      Xorg, pid 723: blocked (line 2)");
	assert_contains(answer, "LIKE      cpu-monopolised, 40 %");
	assert_contains(answer, "unexplained: vgpu blames nobody");
	assert_contains(
		ask(text.bytes, "vgpu -j"),
		"\"comm\":\"Xorg\",\"pid\":723,\"more_than_s\":null,\"reports\":0");
}

static void who_sleeps_otherwise_is_none(void **state)
{
	(void)state;
	assert_null(strstr(ask(LIST("  200.00000") TASK("  200.00001", "sleeper", "S",
							"9", "do_nanosleep"),
			       "vgpu"),
			   "HUNG"));
}

static void who_is_only_in_an_older_list_has_moved_on(void **state)
{
	const char *answer =
		ask(LIST("  200.00000") TASK("  200.00001", "reader", "D", "9",
					     "io_schedule") LIST("  300.00000")
			    TASK("  300.00001", "Xorg", "D", "723", "flush_work"),
		    "vgpu");

	(void)state;
	assert_null(strstr(answer, "HUNG      reader"));
	assert_contains(answer, "HUNG      Xorg, pid 723: blocked (line 6)");
}

static void whom_khungtaskd_named_is_told_once(void **state)
{
	const char *answer = ask(
		"[  100.000001] INFO: task Xorg:723 blocked for more than 120 seconds.\n" LIST(
			"  200.00000")
			TASK("  200.00001", "Xorg", "D", "723", "flush_work")
				TASK("  200.00002", "other", "D", "724", "flush_work"),
		"vgpu");

	(void)state;
	assert_contains(answer, "Xorg (pid 723) and 1 more task hang");
	assert_contains(answer, "Xorg, pid 723: blocked for more than 120 s (line 1)");
	assert_contains(answer, "other, pid 724: blocked (line 6)");
}

static void a_fault_that_was_cut_is_one_in_part(void **state)
{
	static const char *const openers[] =
		{"[  101.000000] BUG: kernel NULL pointer dereference, address: 08\n",
		 "[  101.000000] kernel BUG at drivers/gpu/drm/drm_gem.c:123!\n",
		 "[  364.000000] Unable to handle kernel paging request at dead0000\n"};
	const char *answer;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(openers) / sizeof(openers[0]); i++) {
		answer = ask(openers[i], "vgpu");
		has(answer, "VERDICT   kernel-bug");
		has(answer, "in part");
		has_not(answer, "CULPRIT");
	}
	answer = ask(
		"[  101.000000] BUG: kernel NULL pointer dereference, address: 08\n" HUNG(
			"  200.000001", "Xorg", "723",
			FRAME("  200.000002", "flush_work+0x60/0x80")),
		"vgpu");
	has(answer, "Xorg (pid 723) hangs");
	has(answer, "line 1: [ 101.000000] BUG: kernel NULL pointer");
}

static void what_has_lost_its_head_is_told(void **state)
{
	static const char rest[] =
		"[  101.000004] CPU: 1 PID: 1500 Comm: Xorg Not tainted 5.10.0 #1\n"
		"[  101.000005] RIP: 0010:virtio_gpu_foo+0x2d/0x90 [virtio_gpu]\n"
		"[  101.000006] Call Trace:\n"
		"[  101.000009] ---[ end trace 0000000000000000 ]---\n";

	(void)state;
	has(ask(rest, "vgpu"), "the end of a report of a fault");
	has_not(ask(rest, "vgpu"), "CULPRIT");
	has_not(ask("[  101.000000] sysrq: Show backtrace of all active CPUs\n"
		    "[  101.000005] RIP: 0010:default_idle+0x2d/0x90\n",
		    "vgpu"),
		"the end of a report");
}

#define BLOCKED_BY(at, comm, pid, by, owner)                                             \
	HUNG(at, comm, pid, FRAME(at, "__mutex_lock+0x1/0x20"))                          \
	"[" at "] INFO: task " comm ":" pid " is blocked on a mutex likely owned by "    \
	"task " by ":" owner ".\n"

static void what_a_day_parts_is_no_cycle(void **state)
{
	(void)state;
	has(ask(BLOCKED_BY("  100.000000", "Xorg", "700", "comp", "800")
			BLOCKED_BY("  220.000000", "comp", "800", "Xorg", "700"),
		"vgpu"),
	    "VERDICT   lock-cycle");
	has_not(ask(BLOCKED_BY("  100.000000", "Xorg", "700", "comp", "800")
			    BLOCKED_BY("86400.000000", "comp", "800", "Xorg", "700"),
		    "vgpu"),
		"lock-cycle, confidence");
}

static void a_hang_that_ended_is_not_the_last_one(void **state)
{
	const char *answer =
		ask(DRAIN HUNG("700000.000000", "umount", "99",
			       FRAME("700000.000000", "rpc_wait_bit_killable+0x46/0xb0"))
			    PANIC("700000.500000"),
		    "vgpu");

	(void)state;
	has(answer, "umount (pid 99) hangs");
	has(answer, "of an earlier hang");
	has_not(answer, "LIKE");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		text_test(an_idle_cpu_that_is_late_was_not_kept),
		text_test(of_many_the_first_are_evidence),
		text_test(a_blocked_task_is_told_without_a_time),
		text_test(who_sleeps_otherwise_is_none),
		text_test(who_is_only_in_an_older_list_has_moved_on),
		text_test(whom_khungtaskd_named_is_told_once),
		text_test(a_hang_blames_nobody),
		text_test(its_document_keeps_the_contract),
		text_test(what_needs_memory_is_refused),
		text_test(a_wait_within_another_is_told_by_the_outer_one),
		text_test(two_cpus_that_print_at_once_are_taken_apart),
		text_test(the_machine_itself_is_no_file),
		text_test(an_interrupt_is_not_the_tasks_own),
		text_test(a_softirq_that_was_interrupted_stays),
		text_test(an_entry_parts_an_interrupt_from_what_it_came_upon),
		text_test(a_program_that_was_interrupted_has_no_frames),
		text_test(an_nmi_may_be_a_watchdogs),
		text_test(a_32_bit_arm_names_caller_and_called),
		text_test(marks_and_frames_may_share_a_line),
		text_test(an_old_list_of_blocked_tasks_is_one),
		text_test(a_fault_has_its_function_and_no_more_than_the_limit),
		text_test(two_that_wait_for_each_other_are_a_cycle),
		text_test(a_list_of_locks_tells_a_cycle),
		text_test(a_list_of_locks_tells_who_has_one),
		text_test(a_list_of_locks_is_not_guessed_at),
		text_test(locks_without_an_address_are_not_joined),
		text_test(a_complaints_stack_is_of_the_past),
		text_test(a_holder_may_sleep_elsewhere),
		text_test(works_of_a_list_are_told_with_who_waits_behind_them),
		text_test(complaints_are_told_where_nothing_hangs),
		text_test(what_a_hang_resembles_heeds_what_came_before_it),
		text_test(a_lockups_panic_is_one_without_its_complaint),
		text_test(another_gpu_has_no_host),
		text_test(its_driver_waits_in_any_of_its_functions),
		text_test(a_fault_without_its_words_names_no_function),
		text_test(a_grace_period_may_lack_its_thread),
		text_test(memory_that_ran_out_need_not_stop_the_kernel),
		text_test(who_was_killed_is_enough),
		text_test(a_text_that_is_cut_says_so),
		text_test(what_stands_beside_a_list_of_leaks_is_told_too),
		text_test(what_kmemleak_lists_is_counted_by_stack),
		text_test(kmemleaks_words_may_be_in_a_log),
		text_test(a_leak_may_have_no_stack),
		text_test(leaks_that_are_only_counted_are_told_so),
		text_test(ten_of_one_stack_are_not_few),
		text_test(a_trace_pairs_what_was_allocated_with_what_was_freed),
		text_test(an_address_is_of_one_object),
		text_test(frames_of_two_cpus_are_nobodys),
		text_test(tables_say_what_grew),
		text_test(what_a_table_does_not_show_is_not_0),
		text_test(a_page_is_as_large_as_its_objects_need),
		text_test(a_size_may_have_a_comma),
		text_test(meminfo_is_read_as_what_it_is),
		text_test(numbers_that_lie_are_left_out),
		text_test(a_report_to_send_has_the_stacks),
		text_test(a_report_says_what_is_not_told),
		text_test(a_teams_rules_are_held_to_printed_stacks),
		text_test(dates_are_no_time_since_the_boot),
		text_test(damage_costs_words_and_nothing_else),
		text_test(a_fault_that_was_cut_is_one_in_part),
		text_test(what_a_day_parts_is_no_cycle),
		text_test(a_hang_that_ended_is_not_the_last_one),
		text_test(what_has_lost_its_head_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
