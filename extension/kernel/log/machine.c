// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine.h"

#include "base/base.h"
#include "base/text.h"
#include "kernel/sched/jiffies.h"

/* struct new_utsname: include/uapi/linux/utsname.h, and so the same for ever. */
#define UTS_FIELD 65

/* The name stands behind "Linux", which is first, or behind a count (until 5.10). */
static void read_node(struct dump *d, struct machine *m)
{
	char uts[2 * UTS_FIELD + 8], name[UTS_FIELD + 1] = "";
	kaddr_t addr;
	size_t at;

	if (!dump_symbol(d, "init_uts_ns", &addr) ||
	    dump_read(d, addr, uts, sizeof(uts)) != DUMP_OK)
		return;
	for (at = 0; at <= 8; at += 4)
		if (!memcmp(uts + at, "Linux", sizeof("Linux"))) {
			memcpy(name, uts + at + UTS_FIELD, UTS_FIELD);
			text_escape(m->node, sizeof(m->node), name);
			return;
		}
}

void machine_read(struct dump *d, unsigned int hz, struct machine *m)
{
	memset(m, 0, sizeof(*m));
	m->uptime_s = uptime_of_jiffies(d, hz);
	read_node(d, m);
	/* With an underscore since 5.0, ca79b0c211af. */
	if (!dump_symbol_u64(d, "_totalram_pages", &m->memory))
		dump_symbol_u64(d, "totalram_pages", &m->memory);
	m->memory *= d->info.page_size;
	m->taint_known = dump_symbol_u64(d, "tainted_mask", &m->taint);
}

/* ---- taints -------------------------------------------------------------- */

/* By bit: Documentation/admin-guide/tainted-kernels.rst */
static const struct {
	char letter;
	const char *words;
} taints[] = {
	{'P', "a proprietary module was loaded"},
	{'F', "a module was loaded by force"},
	{'S', "the processor or system is out of its specification"},
	{'R', "a module was unloaded by force"},
	{'M', "the processor reported a machine check"},
	{'B', "a bad page was found"},
	{'U', "a user asked for it"},
	{'D', "the kernel has died before: an oops or a BUG"},
	{'A', "an ACPI table was replaced by a user"},
	{'W', "the kernel has warned before"},
	{'C', "a driver of the staging tree was loaded"},
	{'I', "a bug of the firmware was worked around"},
	{'O', "a module from outside the kernel's tree was loaded"},
	{'E', "an unsigned module was loaded"},
	{'L', "a soft lockup happened before"},
	{'K', "the kernel was patched while it ran"},
	{'X', "the distribution's own mark"},
	{'T', "structures were laid out at random"},
	{'N', "a test of the kernel was run"},
	{'J', "a firmware's debug interface was used"},
};

char taint_letter(unsigned int bit)
{
	if (bit >= ARRAY_SIZE(taints))
		return '\0';
	return taints[bit].letter;
}

const char *taint_words(unsigned int bit)
{
	return bit < ARRAY_SIZE(taints) ? taints[bit].words : NULL;
}
