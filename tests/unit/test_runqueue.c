// SPDX-License-Identifier: GPL-2.0-or-later
#include "test.h"

#include "kernel/sched/runqueue.h"

#define SEC 1000000000ull

static struct tasks tasks;
static struct runqueues rqs;

/* Both clocks of a CPU's run queue, in seconds. */
static void set_clock(struct fake *f, unsigned int cpu, uint64_t clock,
		      uint64_t clock_task)
{
	fake_set(f, fake_rq(f, cpu), "rq.clock", clock * SEC);
	fake_set(f, fake_rq(f, cpu), "rq.clock_task", clock_task * SEC);
}

/* Two CPUs, 100 s after the boot. */
static void kernel(struct fake *f)
{
	fake_kernel(f);
	set_clock(f, 0, 100, 100);
	set_clock(f, 1, 100, 100);
}

static void read_all(struct fake *f)
{
	assert_true(tasks_read(fake_dump(f), &tasks));
	assert_true(runqueues_read(fake_dump(f), &tasks, &rqs));
}

static struct task *by_pid(int pid)
{
	struct task *t = task_by_pid(&tasks, pid);

	assert_non_null(t);
	return t;
}

static struct runqueue *cpu(int n)
{
	struct runqueue *rq = runqueue_of_cpu(&rqs, n);

	assert_non_null(rq);
	assert_int_equal(rq->cpu, n);
	return rq;
}

static void assert_s(double is, double should)
{
	if (is < should - 0.0005 || is > should + 0.0005)
		fail_msg("%f s, not %f s", is, should);
}

static void set_times(struct fake *f, kaddr_t task, double exec_start, double arrival,
		      double queued)
{
	fake_set(f, task, "task_struct.se.exec_start", (uint64_t)(exec_start * 1e9));
	fake_set(f, task, "task_struct.sched_info.last_arrival",
		 (uint64_t)(arrival * 1e9));
	fake_set(f, task, "task_struct.sched_info.last_queued", (uint64_t)(queued * 1e9));
}

static kaddr_t timed_task(struct fake *f, int pid, double exec_start, double arrival,
			  double queued)
{
	kaddr_t task = fake_task(f, pid, "task");

	set_times(f, task, exec_start, arrival, queued);
	return task;
}

static void used(struct fake *f, kaddr_t task, uint64_t seconds)
{
	fake_set(f, task, "task_struct.se.sum_exec_runtime", seconds * SEC);
}

/* ---- since when --------------------------------------------------------- */

static void asleep(void **state)
{
	kernel(*state);
	/* Not since it got the CPU: it worked for 10 s before it slept. */
	timed_task(*state, 700, 40, 30, 0);
	timed_task(*state, 701, 0, 30, 0);
	timed_task(*state, 702, 0, 0, 0);
	read_all(*state);
	assert_s(by_pid(700)->since_s, 60);
	assert_s(by_pid(701)->since_s, 70);
	assert_true(by_pid(702)->since_s < 0);
}

static void how_old(void **state)
{
	kaddr_t task;

	kernel(*state);
	task = timed_task(*state, 700, 40, 30, 0);
	timed_task(*state, 701, 40, 30, 0);
	fake_set(*state, task, "task_struct.start_time", 25 * SEC);
	read_all(*state);
	assert_s(by_pid(700)->age_s, 75);
	assert_true(by_pid(701)->age_s < 0);
}

/* exec_start counts in clock_task, which does not count interrupts. */
static void asleep_with_interrupts(void **state)
{
	kernel(*state);
	timed_task(*state, 700, 40, 0, 0);
	set_clock(*state, 0, 100, 95);
	read_all(*state);
	assert_s(by_pid(700)->since_s, 55);
	/* A clock_task ahead of its clock is nonsense, not a lag. */
	set_clock(*state, 0, 100, 120);
	read_all(*state);
	assert_s(by_pid(700)->since_s, 60);
}

static void runnable(void **state)
{
	kaddr_t task;

	kernel(*state);
	task = timed_task(*state, 700, 40, 30, 88);
	fake_task_queued(*state, task, 1);
	task = timed_task(*state, 701, 40, 30, 0);
	fake_task_queued(*state, task, 1);
	read_all(*state);
	assert_s(by_pid(700)->since_s, 12);
	assert_true(by_pid(701)->since_s < 0);
}

static void running(void **state)
{
	kaddr_t task;

	kernel(*state);
	task = timed_task(*state, 700, 99, 90, 80);
	fake_task_runs(*state, task, 1);
	read_all(*state);
	assert_ptr_equal(cpu(1)->curr, by_pid(700));
	assert_s(by_pid(700)->since_s, 10);
	/* Nobody else is known to have run there, and it has not arrived either. */
	assert_true(cpu(1)->alone_s < 0);
	set_times(*state, task, 99, 0, 80);
	read_all(*state);
	assert_true(by_pid(700)->since_s < 0);
}

/* The hog of CPU 1, beside what else ran there: a task until 30 s, the stopper. */
static kaddr_t hog(struct fake *f)
{
	kaddr_t stopper, task;

	kernel(f);
	task = timed_task(f, 600, 30, 29, 0);
	fake_set(f, task, "task_struct.cpu", 1);
	stopper = fake_kthread(f, 15, "migration/1");
	set_times(f, stopper, 98, 97.999, 97.998);
	fake_set(f, stopper, "task_struct.cpu", 1);
	fake_set(f, stopper, "task_struct.sched_class",
		 fake_value(f, "stop_sched_class"));
	/* Somebody waits there, or the CPU might have been idle meanwhile. */
	task = timed_task(f, 650, 0, 0, 25);
	fake_set(f, task, "task_struct.cpu", 1);
	fake_set(f, task, "task_struct.on_rq", 1);
	task = timed_task(f, 700, 100, 98, 97.999);
	fake_task_rt(f, task, 1, 50);
	fake_task_runs(f, task, 1);
	return task;
}

static void stopper_does_not_count(void **state)
{
	kaddr_t task = hog(*state);

	used(*state, task, 500);
	read_all(*state);
	assert_s(cpu(1)->alone_s, 70);
	assert_ptr_equal(cpu(1)->other, by_pid(600));
	assert_s(by_pid(700)->since_s, 70);
}

/* Until 4.18 the soft lockup detector's own thread does the same, as a real-time task. */
static void the_watchdogs_thread_does_not_count(void **state)
{
	kaddr_t task = hog(*state), dog = fake_kthread(*state, 16, "watchdog/1");

	used(*state, task, 500);
	set_times(*state, dog, 98, 97.999, 97.998);
	fake_set(*state, dog, "task_struct.cpu", 1);
	fake_task_rt(*state, dog, 1, 99);
	read_all(*state);
	assert_s(cpu(1)->alone_s, 2);
	fake_percpu_variable(*state, "softlockup_watchdog", 8);
	fake_u64(*state,
		 fake_percpu(*state, 1, fake_value(*state, "softlockup_watchdog")), dog);
	read_all(*state);
	assert_ptr_equal(cpu(1)->watchdog, by_pid(16));
	assert_null(cpu(0)->watchdog);
	assert_s(cpu(1)->alone_s, 70);
	assert_s(by_pid(700)->since_s, 70);
}

static void hog_used_less_than_it_was_alone(void **state)
{
	kaddr_t task = hog(*state);

	used(*state, task, 55);
	read_all(*state);
	assert_s(by_pid(700)->since_s, 55);
	/* It cannot have had the CPU for less than since it last got it. */
	used(*state, task, 1);
	read_all(*state);
	assert_s(by_pid(700)->since_s, 2);
}

/* What runs on the CPU now, swappers, and tasks of other CPUs are no others. */
static void who_else_ran(void **state)
{
	kaddr_t task = hog(*state);

	used(*state, task, 500);
	timed_task(*state, 601, 99, 99, 0); /* of CPU 0 */
	fake_set(*state, fake_get(*state, fake_rq(*state, 1), "rq.idle"),
		 "task_struct.se.exec_start", 99 * SEC);
	read_all(*state);
	assert_s(cpu(1)->alone_s, 70);
	assert_ptr_equal(cpu(0)->other, by_pid(601));
	assert_s(cpu(0)->alone_s, 1);
}

/* The scheduler notes no arrival of an idle task: it has had the CPU since the last other. */
static void idle_since_the_last_other(void **state)
{
	kernel(*state);
	timed_task(*state, 700, 40, 30, 0); /* of CPU 0 */
	fake_task_runs(*state, fake_get(*state, fake_rq(*state, 0), "rq.idle"), 0);
	read_all(*state);
	assert_true(cpu(0)->curr->idle);
	assert_s(cpu(0)->curr->since_s, 60);
}

/* ---- who waits ---------------------------------------------------------- */

static void longest_wait_first(void **state)
{
	kaddr_t task;
	int pid;

	kernel(*state);
	for (pid = 700; pid < 705; pid++) {
		task = timed_task(*state, pid, 50, 50, pid == 702 ? 60 : 90);
		fake_task_queued(*state, task, 1);
	}
	fake_task_runs(*state, task, 1);
	read_all(*state);
	assert_int_equal(cpu(0)->waiting.n, 0);
	assert_int_equal(cpu(1)->waiting.n, 4);
	assert_int_equal(cpu(1)->waiting.v[0]->pid, 702);
	assert_int_equal(cpu(1)->waiting.v[1]->pid, 700);
	assert_int_equal(cpu(1)->waiting.v[3]->pid, 703);
	assert_int_equal(cpu(1)->nr_running, 6);
}

/* ---- clocks and CPUs that disagree -------------------------------------- */

static void clocks_apart(void **state)
{
	kaddr_t task;

	kernel(*state);
	set_clock(*state, 1, 90, 90);
	task = timed_task(*state, 700, 0, 0, 95);
	fake_task_queued(*state, task, 1);
	task = timed_task(*state, 701, 0, 0, 100.5);
	fake_task_queued(*state, task, 0);
	read_all(*state);
	assert_int_equal(rqs.now, 100 * SEC);
	assert_s(by_pid(700)->since_s, 5);
	assert_s(by_pid(701)->since_s, 0); /* in the future: never negative */
}

static void cpu_that_does_not_exist(void **state)
{
	static const uint64_t cpus[] = {2, 99, UINT32_MAX, INT32_MAX};
	kaddr_t task;
	size_t i;

	kernel(*state);
	task = timed_task(*state, 700, 40, 30, 88);
	fake_task_queued(*state, task, 1);
	for (i = 0; i < ARRAY_SIZE(cpus); i++) {
		fake_set(*state, task, "task_struct.cpu", cpus[i]);
		read_all(*state);
		assert_s(by_pid(700)->since_s, 12);
		assert_int_equal(cpu(0)->waiting.n + cpu(1)->waiting.n, 0);
		assert_null(runqueue_of_cpu(&rqs, by_pid(700)->cpu));
	}
	fake_set(*state, task, "task_struct.on_rq", 0);
	read_all(*state);
	assert_s(by_pid(700)->since_s, 60);
}

static void current_is_no_task(void **state)
{
	kernel(*state);
	fake_set(*state, fake_rq(*state, 1), "rq.curr", FAKE_NOWHERE);
	read_all(*state);
	assert_null(cpu(1)->curr);
	assert_int_equal(cpu(1)->curr_addr, FAKE_NOWHERE);
}

/* A task that says it runs, on a CPU that runs another: it waits there. */
static void two_claim_a_cpu(void **state)
{
	kaddr_t task;

	kernel(*state);
	task = timed_task(*state, 700, 40, 30, 88);
	fake_task_runs(*state, task, 1);
	fake_task_runs(*state, timed_task(*state, 701, 40, 30, 88), 1);
	read_all(*state);
	assert_int_equal(cpu(1)->curr->pid, 701);
	assert_int_equal(cpu(1)->waiting.n, 1);
	assert_int_equal(cpu(1)->waiting.v[0]->pid, 700);
}

/* ---- real-time tasks ---------------------------------------------------- */

static void rt_bandwidth(void **state)
{
	kaddr_t us;

	kernel(*state);
	read_all(*state);
	assert_false(rqs.rt_bandwidth_known);
	assert_false(rqs.rt_bandwidth_off);
	us = fake_variable(*state, "sysctl_sched_rt_runtime", 4);
	fake_u32(*state, us, 950000);
	read_all(*state);
	assert_true(rqs.rt_bandwidth_known);
	assert_false(rqs.rt_bandwidth_off);
	assert_int_equal(rqs.rt_period, 0);
	assert_int_equal(rqs.rt_share, 950000000);
	fake_u32(*state, us, (uint32_t)-1);
	fake_u32(*state, fake_variable(*state, "sysctl_sched_rt_period", 4), 1000000);
	read_all(*state);
	assert_int_equal(rqs.rt_period, 1000000000);
	assert_int_equal(rqs.rt_share, 0);
	assert_true(rqs.rt_bandwidth_known);
	assert_true(rqs.rt_bandwidth_off);
	fake_unmap(*state, us, 4);
	read_all(*state);
	assert_false(rqs.rt_bandwidth_known);
	assert_false(rqs.rt_bandwidth_off);
}

static void rt_queue(void **state)
{
	kaddr_t rq;

	kernel(*state);
	rq = fake_rq(*state, 1);
	fake_set(*state, rq, "rq.rt.rt_nr_running", 2);
	fake_set(*state, rq, "rq.rt.rt_throttled", 1);
	fake_set(*state, rq, "rq.rt.rt_time", 950000000);
	fake_set(*state, rq, "rq.rt.rt_runtime", 940000000);
	fake_set(*state, rq, "rq.cfs.h_nr_running", 3);
	fake_set(*state, rq, "rq.dl.dl_nr_running", 4);
	read_all(*state);
	assert_int_equal(cpu(1)->rt_running, 2);
	assert_int_equal(cpu(1)->cfs_running, 3);
	assert_int_equal(cpu(1)->dl_running, 4);
	assert_true(cpu(1)->rt_throttled);
	assert_false(cpu(0)->rt_throttled);
	assert_int_equal(cpu(1)->rt_time, 950000000);
	assert_int_equal(cpu(1)->rt_runtime, 940000000);
	assert_false(cpu(1)->fair_server);
	fake_member(*state, "rq", "fair_server", 3072, 8);
	read_all(*state);
	assert_true(cpu(1)->fair_server);
}

/* Time in softirqs, and a tick that did not come: each of one CPU. */
static void ticks_and_softirqs(void **state)
{
	struct fake *f = *state;
	kaddr_t stat, tick;

	fake_kernel(f);
	stat = fake_percpu_variable(f, "kernel_cpustat", 80);
	tick = fake_percpu_variable(f, "tick_cpu_sched", 192);

	fake_member(f, "tick_sched", "sched_timer.node.expires", 24, 8);
	fake_u64(f, fake_percpu(f, 1, stat) + 24, 31500000000);
	fake_u64(f, fake_variable(f, "tick_next_period", 8), 60000000000);
	fake_u64(f, fake_percpu(f, 0, tick) + 24, INT64_MAX); /* idle: never */
	fake_u64(f, fake_percpu(f, 1, tick) + 24, 20000000000);
	read_all(f);
	assert_true(cpu(1)->softirq_s == 31.5);
	assert_int_equal(cpu(1)->softirq_at, fake_percpu(f, 1, stat) + 24);
	assert_true(cpu(1)->tick_late_s == 40);
	assert_true(cpu(0)->tick_late_s == 0);
	assert_int_equal(cpu(1)->tick_addr, fake_percpu(f, 1, tick));
	fake_u64(f, fake_value(f, "tick_next_period"), UINT64_MAX);
	read_all(f);
	assert_true(cpu(1)->tick_late_s == 0);
}

/* One base is of timers that wait for an idle CPU, too: that has the one in work. */
static void the_timer_that_a_cpu_is_in(void **state)
{
	struct fake *f = *state;
	kaddr_t bases, base, timer = fake_alloc(f, 40), function;
	const struct timer_run *run;

	fake_kernel(f);
	bases = fake_percpu_variable(f, "timer_bases", 2 * 4736);
	base = fake_percpu(f, 1, bases) + 4736;
	function = fake_function(f, "poll_it", "some", 0, 0x40);
	fake_id_set(f, base, TIMER_BASE_RUNNING, timer);
	fake_id_set(f, base, TIMER_BASE_CLK, 4294895574);
	fake_id_set(f, timer, TIMER_FUNCTION, function);
	read_all(f);
	run = &cpu(1)->timer;
	assert_int_equal(run->base, base);
	assert_int_equal(run->timer, timer);
	assert_int_equal(run->function, function);
	assert_string_equal(run->name, "poll_it [some]");
	assert_int_equal(run->clk, 4294895574);
	assert_int_equal(cpu(0)->timer.function, 0);
	/* What was a timer is something else by now. */
	fake_id_set(f, timer, TIMER_FUNCTION, function + 4);
	read_all(f);
	assert_int_equal(cpu(1)->timer.function, 0);
	assert_int_equal(cpu(1)->timer.timer, 0);
	fake_unmap(f, timer, 8);
	read_all(f);
	assert_int_equal(cpu(1)->timer.function, 0);
}

/* A CPU with nohz_full, or an idle one, keeps when its next tick would have been. */
static void a_tick_that_was_stopped(void **state)
{
	struct fake *f = *state;
	kaddr_t tick;

	fake_kernel(f);
	tick = fake_percpu_variable(f, "tick_cpu_sched", 192);
	fake_member(f, "tick_sched", "sched_timer.node.expires", 24, 8);
	fake_member(f, "tick_sched", "sched_timer.state", 56, 1);
	fake_u64(f, fake_variable(f, "tick_next_period", 8), 60000000000);
	fake_u64(f, fake_percpu(f, 1, tick) + 24, 20000000000);
	read_all(f);
	assert_true(cpu(1)->tick_late_s == 0);
	fake_u8(f, fake_percpu(f, 1, tick) + 56, 1);
	read_all(f);
	assert_true(cpu(1)->tick_late_s == 40);
}

/* Taken out by hotplug; a panic that stopped a CPU clears one of the masks alone. */
static void cpus_that_are_offline(void **state)
{
	struct fake *f = *state;

	kernel(f);
	read_all(f);
	assert_false(cpu(1)->offline);
	fake_u64(f, fake_variable(f, "__cpu_online_mask", 8), 1);
	fake_u64(f, fake_variable(f, "__cpu_active_mask", 8), 3);
	read_all(f);
	assert_false(cpu(1)->offline);
	assert_int_equal(runqueues_working(&rqs), 2);
	fake_u64(f, fake_value(f, "__cpu_active_mask"), 1);
	read_all(f);
	assert_false(cpu(0)->offline);
	assert_true(cpu(1)->offline);
	assert_int_equal(runqueues_working(&rqs), 1);
}

/* Up for a month, in which NTP has turned one of the clocks. */
static void clocks_that_drifted(void **state)
{
	const uint64_t now = 2600000;
	struct fake *f = *state;
	kaddr_t task, tick, period;

	fake_kernel(f);
	set_clock(f, 0, now, now);
	set_clock(f, 1, now, now);
	tick = fake_percpu_variable(f, "tick_cpu_sched", 192);
	fake_member(f, "tick_sched", "sched_timer.node.expires", 24, 8);
	period = fake_variable(f, "tick_next_period", 8);
	task = fake_task(f, 700, "Xorg");
	fake_set(f, task, "task_struct.start_time", (now + 40) * SEC);
	fake_u64(f, period, now * SEC + SEC / 2);
	read_all(f);
	assert_int_equal(rqs.monotonic_ahead, 0);
	fake_u64(f, period, (now + 50) * SEC);
	read_all(f);
	assert_int_equal(rqs.monotonic_ahead, 50 * SEC);
	assert_s(by_pid(700)->age_s, 10);
	fake_set(f, task, "task_struct.start_time", (now - 60) * SEC);
	fake_u64(f, period, (now - 50) * SEC);
	read_all(f);
	assert_int_equal(rqs.monotonic_ahead, -50 * (int64_t)SEC);
	assert_s(by_pid(700)->age_s, 60);
	/* A CPU that is stuck keeps jiffies: another one has had its ticks. */
	fake_task_runs(f, task, 1);
	fake_u64(f, fake_percpu(f, 1, tick) + 24, now * SEC + 4000000);
	read_all(f);
	assert_int_equal(rqs.monotonic_ahead, 0);
	/* More than NTP does. */
	fake_u64(f, fake_percpu(f, 1, tick) + 24, 0);
	fake_u64(f, period, now / 2 * SEC);
	read_all(f);
	assert_int_equal(rqs.monotonic_ahead, 0);
}

/* What lies there is no run queue, and its clock no time. */
static void a_number_of_no_cpu(void **state)
{
	kernel(*state);
	fake_task(*state, 700, "Xorg");
	fake_set(*state, fake_rq(*state, 1), "rq.clock", 0xcccccccccccccccc);
	fake_percpu_offset(*state, 1, FAKE_NO_CPU);
	read_all(*state);
	assert_int_equal(rqs.all.n, 1);
	assert_int_equal(rqs.now, 100 * SEC);
	assert_null(runqueue_of_cpu(&rqs, 1));
	assert_int_equal(fake_dump(*state)->notes.n, 0);
}

/* Its task_struct does not say who runs: the run queue does. */
static void a_kernel_for_one_cpu(void **state)
{
	kaddr_t runs, other;

	kernel(*state);
	fake_absent(*state, "task_struct.on_cpu");
	runs = fake_task(*state, 700, "runs");
	other = fake_task(*state, 701, "other");
	fake_set(*state, runs, "task_struct.on_rq", 1);
	fake_set(*state, other, "task_struct.on_rq", 1);
	fake_set(*state, other, "task_struct.state", 0);
	fake_set(*state, runs, "task_struct.state", 0);
	fake_set(*state, fake_rq(*state, 0), "rq.curr", runs);
	read_all(*state);
	assert_true(by_pid(700)->on_cpu);
	assert_false(task_wants_cpu(by_pid(700)));
	assert_false(by_pid(701)->on_cpu);
	assert_true(task_wants_cpu(by_pid(701)));
}

/* ---- what is missing ---------------------------------------------------- */

static bool reads_runqueues(struct fake *f)
{
	assert_true(tasks_read(fake_dump(f), &tasks));
	return runqueues_read(fake_dump(f), &tasks, &rqs);
}

static void without_what_is_needed(void **state)
{
	static const char *const needed[] = {"rq", "rq.curr", "rq.clock"};
	struct fake *f;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(needed); i++) {
		f = fake_5_10();
		kernel(f);
		fake_task(f, 700, "Xorg");
		fake_absent(f, needed[i]);
		assert_false(reads_runqueues(f));
		assert_int_equal(rqs.all.n, 0);
		assert_null(runqueue_of_cpu(&rqs, 0));
		assert_true(fake_has_note(f, "run queues: no debuginfo"));
		fake_destroy(f);
	}
	kernel(*state);
	fake_task(*state, 700, "Xorg");
	fake_no_symbol(*state, "runqueues");
	assert_false(reads_runqueues(*state));
	assert_true(fake_has_note(*state, "run queue of CPU 0 cannot be read"));
}

/* Each of the others may be missing, and the queues are still read. */
static void without_the_rest(void **state)
{
	static const char *const others[] = {
		"rq.nr_running",      "rq.clock_task",	     "rq.cfs.h_nr_running",
		"rq.cfs.nr_running",  "rq.rt.rt_nr_running", "rq.rt.rt_throttled",
		"rq.rt.rt_time",      "rq.rt.rt_runtime",    "rq.dl.dl_nr_running",
		"task_struct.on_cpu",
	};
	kaddr_t task;
	size_t i;

	kernel(*state);
	task = timed_task(*state, 700, 40, 30, 88);
	fake_task_runs(*state, task, 1);
	fake_task_queued(*state, timed_task(*state, 701, 40, 30, 88), 1);
	for (i = 0; i < ARRAY_SIZE(others); i++) {
		fake_absent(*state, others[i]);
		read_all(*state);
		assert_int_equal(cpu(1)->curr->pid, 700);
		assert_int_equal(cpu(1)->waiting.n, 1);
		assert_s(by_pid(701)->since_s, 12);
	}
	/* Without clock_task the lag is not known: a sleeper's time without it. */
	timed_task(*state, 702, 40, 30, 0);
	read_all(*state);
	assert_s(by_pid(702)->since_s, 60);
}

static void one_queue_excluded(void **state)
{
	kernel(*state);
	fake_task_queued(*state, timed_task(*state, 700, 40, 30, 88), 1);
	fake_exclude(*state, fake_rq(*state, 1), 1);
	read_all(*state);
	assert_int_equal(rqs.all.n, 1);
	assert_null(runqueue_of_cpu(&rqs, 1));
	assert_int_equal(cpu(0)->waiting.n, 0);
	assert_true(fake_has_note(*state, "run queue of CPU 1 cannot be read"));
	assert_s(by_pid(700)->since_s, 12);
}

/* The end of memory is missing: when tasks ran last is all that tells the time. */
static void no_queue_can_be_read(void **state)
{
	kernel(*state);
	timed_task(*state, 700, 40, 30, 0);
	timed_task(*state, 701, 70, 95, 0);
	read_all(*state);
	assert_true(rqs.complete);
	assert_s(by_pid(700)->since_s, 60);
	fake_exclude(*state, fake_rq(*state, 0), 1);
	fake_exclude(*state, fake_rq(*state, 1), 1);
	assert_false(reads_runqueues(*state));
	assert_false(rqs.complete);
	assert_s(by_pid(700)->since_s, 55);
}

/* Not even that: nobody is said to have slept for no time. */
static void no_time_is_known(void **state)
{
	kernel(*state);
	fake_set(*state, timed_task(*state, 700, 0, 0, 0), "task_struct.on_rq", 1);
	fake_exclude(*state, fake_rq(*state, 0), 1);
	fake_exclude(*state, fake_rq(*state, 1), 1);
	reads_runqueues(*state);
	assert_int_equal(rqs.now, 0);
	assert_true(by_pid(700)->since_s < 0);
	assert_true(by_pid(700)->age_s < 0);
}

static void no_tasks_no_cpus(void **state)
{
	struct tasks none;

	memset(&none, 0, sizeof(none));
	kernel(*state);
	assert_true(runqueues_read(fake_dump(*state), &none, &rqs));
	assert_int_equal(rqs.all.n, 2);
	assert_null(cpu(0)->curr);
	fake_dump(*state)->info.cpus = 0;
	assert_false(runqueues_read(fake_dump(*state), &none, &rqs));
}

/* Wherever Ctrl-C hits: no more reads, and no complaint about the dump. */
static void interrupted(void **state)
{
	size_t all, n;

	kernel(*state);
	assert_true(tasks_read(fake_dump(*state), &tasks));
	fake_forget_counts(*state);
	assert_true(runqueues_read(fake_dump(*state), &tasks, &rqs));
	all = fake_reads(*state);
	assert_true(all >= 2);
	for (n = 0; n < all; n++) {
		fake_forget_counts(*state);
		fake_interrupt_after(*state, n);
		runqueues_read(fake_dump(*state), &tasks, &rqs);
		assert_int_equal(fake_dump(*state)->notes.n, 0);
		assert_int_equal(fake_reads(*state), n);
	}
}

/* One read for each CPU, however many tasks there are. */
static void cost(void **state)
{
	int pid;

	kernel(*state);
	for (pid = 1000; pid < 1200; pid++)
		fake_task(*state, pid, "task");
	assert_true(tasks_read(fake_dump(*state), &tasks));
	fake_forget_counts(*state);
	assert_true(runqueues_read(fake_dump(*state), &tasks, &rqs));
	assert_int_equal(fake_reads(*state), 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		fake_test(ticks_and_softirqs),
		fake_test(the_timer_that_a_cpu_is_in),
		fake_test(a_tick_that_was_stopped),
		fake_test(cpus_that_are_offline),
		fake_test(clocks_that_drifted),
		fake_test(a_number_of_no_cpu),
		fake_test(a_kernel_for_one_cpu),
		fake_test(asleep),
		fake_test(how_old),
		fake_test(asleep_with_interrupts),
		fake_test(runnable),
		fake_test(running),
		fake_test(stopper_does_not_count),
		fake_test(the_watchdogs_thread_does_not_count),
		fake_test(hog_used_less_than_it_was_alone),
		fake_test(who_else_ran),
		fake_test(idle_since_the_last_other),
		fake_test(longest_wait_first),
		fake_test(clocks_apart),
		fake_test(cpu_that_does_not_exist),
		fake_test(current_is_no_task),
		fake_test(two_claim_a_cpu),
		fake_test(rt_bandwidth),
		fake_test(rt_queue),
		fake_test(without_what_is_needed),
		fake_test(without_the_rest),
		fake_test(one_queue_excluded),
		fake_test(no_queue_can_be_read),
		fake_test(no_time_is_known),
		fake_test(no_tasks_no_cpus),
		fake_test(interrupted),
		fake_test(cost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
