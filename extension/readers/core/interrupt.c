// SPDX-License-Identifier: GPL-2.0-or-later
#include "interrupt.h"

#include <signal.h>
#include <stddef.h>

#include "base/base.h"
#include "base/seconds.h"

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

static struct sigaction before[ARRAY_SIZE(signals)];
static unsigned int depth; /* a reader within another's look: the outer one's count */
static volatile sig_atomic_t flag, ending;
static double deadline; /* by seconds_now(); 0: there is none */
static bool late;

static void on_signal(int sig)
{
	flag = 1;
	if (sig != SIGINT)
		ending = sig;
}

void interrupt_begin(void)
{
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = SA_RESTART};
	size_t i;

	if (depth++)
		return;
	flag = 0;
	deadline = 0;
	late = false;
	sigemptyset(&sa.sa_mask);
	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		sigaction(signals[i], NULL, &before[i]);
		/* As nohup does: who started us wants to hear nothing of it. */
		if (before[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &sa, NULL);
	}
}

void interrupt_end(void)
{
	size_t i;

	if (!depth || --depth)
		return;
	deadline = 0;
	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &before[i], NULL);
}

void interrupt_after(unsigned int seconds)
{
	deadline = seconds ? seconds_now() + seconds : 0;
}

void interrupt_at_once(void)
{
	flag = 1;
}

bool interrupted_late(void)
{
	return late;
}

bool interrupted(void)
{
	late = late || (deadline > 0 && seconds_now() > deadline);
	return flag || late;
}

int interrupt_pending(void)
{
	return ending;
}
