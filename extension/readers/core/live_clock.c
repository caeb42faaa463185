// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE /* sched_setaffinity(), pipe2() */
#include "live_clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "base/seconds.h"

#define CLOCKS_MAX 4 /* so many CPUs are rarely dead at once */
#define TICK_NS 500000000l

/* Where the ticks come from; < 0: nobody ticks. */
static int ticks = -1;

/* ---- a child ------------------------------------------------------------------ */

/* Until nobody listens, which is a signal that ends it. */
_Noreturn static void tick(int out)
{
	const struct timespec apart = {.tv_nsec = TICK_NS};

	/* Who does not read has ticks enough: the pipe is full, and never blocks. */
	while (write(out, "", 1) == 1 || errno == EAGAIN)
		nanosleep(&apart, NULL);
	_exit(0);
}

_Noreturn static void be_clock(int cpu, int out, pid_t parent)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE};
	cpu_set_t here;
	size_t i;

	for (i = 0; i < sizeof(signals) / sizeof(*signals); i++)
		signal(signals[i], SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	CPU_ZERO(&here);
	CPU_SET(cpu, &here);
	sched_setaffinity(0, sizeof(here), &here);
	/* Whoever waits for the end of what we print does not wait for a clock. */
	for (i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		close((int)i);
	mlockall(MCL_CURRENT);
	tick(out);
}

/* ---- all of them -------------------------------------------------------------- */

/* The nth of the CPUs that we may use; -1: none. */
static int nth_cpu(const cpu_set_t *allowed, int n)
{
	int cpu;

	for (cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, allowed) && n-- == 0)
			return cpu;
	return -1;
}

void live_clock_start(void)
{
	pid_t self = getpid();
	cpu_set_t allowed;
	int ends[2], cpus, clocks, i;

	if (ticks >= 0 || sched_getaffinity(0, sizeof(allowed), &allowed) ||
	    pipe2(ends, O_CLOEXEC | O_NONBLOCK))
		return;
	cpus = CPU_COUNT(&allowed);
	clocks = cpus < CLOCKS_MAX ? cpus : CLOCKS_MAX;
	/* Far from each other, so that they are of several sockets and cores. */
	for (i = 0; i < clocks; i++)
		if (fork() == 0)
			be_clock(nth_cpu(&allowed, i * cpus / clocks), ends[1], self);
	close(ends[1]);
	ticks = ends[0];
}

/* Until the next tick, or a signal. */
static void wait_for_tick(void)
{
	struct pollfd fd = {.fd = ticks, .events = POLLIN};
	char bytes[256];

	if (poll(&fd, 1, -1) > 0 && read(ticks, bytes, sizeof(bytes)) == 0) {
		close(ticks); /* nobody is left who ticks */
		ticks = -1;
	}
}

static void sleep_for(double seconds)
{
	struct timespec left = {(time_t)seconds,
				(long)((seconds - (double)(time_t)seconds) * 1e9)};

	nanosleep(&left, NULL);
}

bool live_clock_wait(double seconds, bool (*is_over)(void))
{
	double end = seconds_now() + seconds, left = seconds;

	while (left > 0 && !(is_over && is_over())) {
		if (ticks >= 0)
			wait_for_tick();
		else
			sleep_for(left);
		left = end - seconds_now();
	}
	return !(is_over && is_over());
}
