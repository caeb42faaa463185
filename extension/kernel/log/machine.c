// SPDX-License-Identifier: GPL-2.0-or-later
#include "machine.h"

#include "base/base.h"
#include "base/text.h"
#include "kernel/sched/jiffies.h"

/* struct new_utsname: include/uapi/linux/utsname.h, and so the same for ever. */
#define UTS_FIELD 65

enum uts_field { UTS_SYSNAME, UTS_NODE, UTS_RELEASE, UTS_VERSION, UTS_FIELDS };

static void take_field(char *to, size_t size, const char *uts, enum uts_field field)
{
	char word[UTS_FIELD + 1] = "";

	memcpy(word, uts + (size_t)field * UTS_FIELD, UTS_FIELD);
	text_escape(to, size, word);
}

/* The names stand behind "Linux", which is first, or behind a count (until 5.10). */
static void read_names(struct dump *d, struct machine *m)
{
	char uts[UTS_FIELDS * UTS_FIELD + 8];
	kaddr_t addr;
	size_t at;

	if (!dump_symbol(d, "init_uts_ns", &addr) ||
	    dump_read(d, addr, uts, sizeof(uts)) != DUMP_OK)
		return;
	for (at = 0; at <= 8; at += 4)
		if (!memcmp(uts + at, "Linux", sizeof("Linux"))) {
			take_field(m->node, sizeof(m->node), uts + at, UTS_NODE);
			take_field(m->version, sizeof(m->version), uts + at, UTS_VERSION);
			return;
		}
}

/* include/linux/sched/loadavg.h: fixed point, 11 bits behind it */
static void read_load(struct dump *d, struct machine *m)
{
	uint64_t load[ARRAY_SIZE(m->load)];
	kaddr_t addr;
	size_t i;

	m->load_known = dump_symbol(d, "avenrun", &addr) &&
			dump_read(d, addr, load, sizeof(load)) == DUMP_OK;
	for (i = 0; m->load_known && i < ARRAY_SIZE(m->load); i++)
		m->load[i] = (double)load[i] / (1 << 11);
}

void machine_read(struct dump *d, unsigned int hz, struct machine *m)
{
	memset(m, 0, sizeof(*m));
	m->uptime_s = uptime_of_jiffies(d, hz);
	read_names(d, m);
	read_load(d, m);
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
	const char *module; /* what one that brings it is; NULL: none does */
} taints[] = {
	{'P', "a proprietary module was loaded", "proprietary"},
	{'F', "a module was loaded by force", "forced"},
	{'S', "the processor or system is out of its specification", NULL},
	{'R', "a module was unloaded by force", NULL},
	{'M', "the processor reported a machine check", NULL},
	{'B', "a bad page was found", NULL},
	{'U', "a user asked for it", NULL},
	{'D', "the kernel has died before: an oops or a BUG", NULL},
	{'A', "an ACPI table was replaced by a user", NULL},
	{'W', "the kernel has warned before", NULL},
	{'C', "a driver of the staging tree was loaded", "staging"},
	{'I', "a bug of the firmware was worked around", NULL},
	{'O', "a module from outside the kernel's tree was loaded", "out of tree"},
	{'E', "an unsigned module was loaded", "unsigned"},
	{'L', "a soft lockup happened before", NULL},
	{'K', "the kernel was patched while it ran", "a live patch"},
	{'X', "the distribution's own mark", NULL},
	{'T', "structures were laid out at random", NULL},
	{'N', "a test of the kernel was run", "a test"},
	{'J', "a firmware's debug interface was used", NULL},
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

const char *taints_of_module(struct arena *a, uint64_t bits)
{
	const char *words = "";
	size_t bit;

	for (bit = 0; bit < ARRAY_SIZE(taints); bit++)
		if (bits >> bit & 1 && taints[bit].module)
			words = arena_printf(a, "%s%s%s (%c)", words, *words ? ", " : "",
					     taints[bit].module, taints[bit].letter);
	return words;
}
