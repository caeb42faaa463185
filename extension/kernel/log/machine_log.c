// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine_log.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base.h"
#include "base/text.h"
#include "complaint.h"

#define CPUS_MAX 8192

static void take_word(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%.*s", (int)strcspn(from, " "), from);
}

/* "Linux version 5.10.0-46-amd64 (debian-kernel@...) (gcc ...) #1 SMP Debian 5.10.262-1" */
static void take_version(const char *p, struct dump_info *info, struct machine *m)
{
	const char *number = strstr(p, ") #");

	take_word(info->release, sizeof(info->release), p);
	if (number)
		snprintf(m->version, sizeof(m->version), "%s", number + 2);
}

/* "GOE": who is no letter of a taint, 'G' for none that is proprietary, is left out. */
static void take_letter(struct machine *m, char letter)
{
	unsigned int bit;

	for (bit = 0; bit < 64; bit++)
		if (taint_letter(bit) == letter)
			m->taint |= 1ull << bit;
}

/*
 * dump_stack(): "... Tainted: G           OE     5.10.0-46-amd64 #1 Debian 5.10.262-1", where
 * the letters have places of their own, on RHEL 7 hyphens of its own behind them, and
 * "... Not tainted 5.10.0-46-amd64 #1 ...".
 */
static void take_taint(const char *words, struct dump_info *info, struct machine *m)
{
	const char *p = strstr(words, "Not tainted "), *rest;

	if (p) {
		rest = p + strlen("Not tainted ");
	} else {
		p = strstr(words, "Tainted: ");
		/* Since 6.13 a line of its own says what each stands for. */
		if (!p || strstr(words, "]="))
			return;
		p += strlen("Tainted: ");
		rest = p + strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ -");
		for (; p < rest; p++)
			take_letter(m, *p);
	}
	m->taint_known = true;
	if (!info->release[0] && strstr(rest, " #"))
		take_word(info->release, sizeof(info->release), rest);
}

/* "smp: Brought up 1 node, 2 CPUs" */
static void take_cpus(const char *words, struct dump_info *info)
{
	const char *p = strstr(words, "Brought up ");
	long n;

	p = p ? strstr(p, ", ") : NULL;
	if (p && read_number(p, ", ", &n) && n > 0 && n <= CPUS_MAX)
		info->cpus = (unsigned int)n;
}

/* "Memory: 728328K/1048056K available (...)": what is used from the start is the rest. */
static void take_memory(const char *words, struct machine *m)
{
	unsigned long long kib;
	const char *p = strchr(words, '/');

	if (!text_starts(words, "Memory: ") || !p || !strstr(p, "K available"))
		return;
	kib = strtoull(p + 1, NULL, 10);
	if (kib < 1ull << 50)
		m->memory = (uint64_t)kib << 10;
}

/* By what only one architecture says. */
static void take_machine(const char *words, struct dump_info *info)
{
	static const struct {
		const char *words, *machine;
	} signs[] = {
		{"BIOS-e820: ", "x86_64"}, {"RIP: 00", "x86_64"}, {"x86/", "x86_64"},
		{"smpboot: ", "x86_64"},   {"pc : ", "aarch64"},  {"pstate: ", "aarch64"},
		{"GICv", "aarch64"},	   {"psci: ", "aarch64"},
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signs) && !info->machine[0]; i++)
		if (text_starts(words, signs[i].words))
			snprintf(info->machine, sizeof(info->machine), "%s",
				 signs[i].machine);
}

void machine_read_log(const struct klog *log, struct dump_info *info, struct machine *m)
{
	static const char version[] = "Linux version ";
	const char *words;
	size_t i;

	memset(m, 0, sizeof(*m));
	m->uptime_s = -1;
	snprintf(m->node, sizeof(m->node), "%s", log->host ? log->host : "");
	for (i = 0; i < log->lines.n; i++) {
		if (!is_kernels_own(&log->lines.v[i]))
			continue;
		words = words_of(&log->lines.v[i]);
		words += strspn(words, " ");
		if (text_starts(words, version))
			take_version(words + strlen(version), info, m);
		take_taint(words, info, m);
		take_cpus(words, info);
		take_memory(words, m);
		take_machine(words, info);
	}
}
