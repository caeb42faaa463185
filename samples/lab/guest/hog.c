// SPDX-License-Identifier: GPL-2.0-or-later
/* hog CPU PRIORITY: a SCHED_FIFO task that never lets go of its CPU. */
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "lab.h"

#define CHURN (8UL << 20)
#define TOUCHED 5

static char *map(size_t size)
{
	void *area;

	area = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	if (area == MAP_FAILED)
		die("hog: no memory");
	/* Single pages are what goes through the per-CPU lists. */
	madvise(area, size, MADV_NOHUGEPAGE);
	return area;
}

/*
 * drain_all_pages() asks only the CPUs that hold per-CPU free pages, and
 * lru_add_drain_all() only those with pages on their way to the LRU: leave
 * some of both behind, as any CPU that did work before has.
 */
static void leave_pcp_pages(void)
{
	char *area = map(CHURN);

	memset(area, 1, CHURN);
	munmap(area, CHURN);
}

static void leave_lru_pages(char *area, size_t page)
{
	size_t i;

	for (i = 0; i < TOUCHED; i++)
		area[i * page] = 1;
}

static int hog(int argc, char **argv)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct sched_param param = {0};
	volatile unsigned long spins = 0;
	char *area;
	int cpu;

	if (argc != 3)
		return 2;
	cpu = (int)number(argv[1]);
	param.sched_priority = (int)number(argv[2]);
	set_comm("rt-hog");
	pin_to_cpu(cpu);
	area = map(TOUCHED * page);
	leave_pcp_pages();
	record("role\tname=hog\tpid=%d\tcomm=rt-hog\tcpu=%d\tpriority=%d", getpid(), cpu,
	       param.sched_priority);
	if (sched_setscheduler(0, SCHED_FIFO, &param))
		die("hog: cannot become SCHED_FIFO");
	say("hog runs on CPU %d", cpu);
	leave_lru_pages(area, page);
	for (;;)
		spins++;
}

COMMAND(hog, "CPU PRIORITY", hog)
