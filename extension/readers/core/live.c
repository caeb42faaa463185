// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE /* sched_setaffinity() */
#include "live.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <malloc.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "interrupt.h"
#include "live_clock.h"

#define POLITE 5
/* What the machine says of itself, of which the first line is enough. */
#define LINE 256

/* ---- may we? ---------------------------------------------------------------- */

/* Of a file that takes no lock; "" where there is none. */
static void first_line(const char *path, char *line)
{
	FILE *f = fopen(path, "re");

	line[0] = '\0';
	if (f && !fgets(line, LINE, f))
		line[0] = '\0';
	if (f)
		fclose(f);
}

/* "none integrity [confidentiality]": the last of them closes /proc/kcore to root too. */
static bool is_locked_down(void)
{
	char line[LINE];

	first_line("/sys/kernel/security/lockdown", line);
	return strstr(line, "[confidentiality]");
}

static bool why_denied(struct error *why)
{
	if (geteuid())
		return error_set(why, "only root may read the machine's memory: run it "
				      "with sudo");
	if (is_locked_down())
		return error_set(why,
				 "this kernel is locked down (confidentiality), so that "
				 "not even root may read its memory: take a core "
				 "(`virsh dump --memory-only` on the host) and run vgpu "
				 "on that");
	return error_set(why,
			 "root here has no CAP_SYS_RAWIO, as in a container: run it on "
			 "the machine itself, outside of it");
}

bool live_may_read(const char *path, struct error *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), err = errno;
	struct stat st;

	if (fd < 0 && err == ENOENT)
		return error_set(why,
				 "%s is not there: the kernel is built without it "
				 "(CONFIG_PROC_KCORE), or /proc is not mounted",
				 path);
	if (fd < 0)
		return err == EPERM || err == EACCES
			       ? why_denied(why)
			       : error_set(why, "%s: %s", path, strerror(err));
	if (fstat(fd, &st))
		memset(&st, 0, sizeof(st));
	close(fd);
	return S_ISREG(st.st_mode) ||
	       error_set(why,
			 "%s is covered by another file, as in a container: run it on "
			 "the machine itself, outside of it",
			 path);
}

/* ---- manners ---------------------------------------------------------------- */

/* Whoever keeps a CPU for himself does not keep this one: we run here. */
static void stay_here(void)
{
	cpu_set_t here;
	int cpu = sched_getcpu();

	if (cpu < 0 || cpu >= CPU_SETSIZE)
		return;
	CPU_ZERO(&here);
	CPU_SET(cpu, &here);
	sched_setaffinity(0, sizeof(here), &here);
}

void live_settle(uint64_t memory, bool here)
{
	struct rlimit most = {memory, memory};

	if (here)
		stay_here();
	/*
	 * What a look took is there for the next one. And nothing is unmapped: the kernel
	 * waits until each CPU that we were on has heard of that (arch/x86/mm/tlb.c), for
	 * ever where one is deaf.
	 */
	mallopt(M_TRIM_THRESHOLD, INT_MAX);
	mallopt(M_MMAP_MAX, 0);
	setpriority(PRIO_PROCESS, 0, POLITE);
	setrlimit(RLIMIT_AS, &most);
	mlockall(MCL_CURRENT | MCL_FUTURE);
}

bool live_wait(double seconds)
{
	return live_clock_wait(seconds, interrupted);
}
