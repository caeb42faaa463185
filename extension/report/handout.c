// SPDX-License-Identifier: GPL-2.0-or-later
#include "handout.h"

#include <string.h>

#include "triage_words.h"

#define SECTION(id, title)                                                               \
	{                                                                                \
#id, title, handout_has_##id, handout_##id                               \
	}
static const struct section {
	const char *id, *title;
	bool (*has)(const struct handout *h);
	void (*write)(struct handout *h);
} sections[] = {
	SECTION(verdict, "Verdict"),
	SECTION(chain, "Chain, from the victim to the root"),
	SECTION(timeline, "Timeline"),
	SECTION(graph, "Wait graph"),
	SECTION(evidence, "Evidence"),
	SECTION(stacks, "Stacks of the culprit and its victims"),
	SECTION(others, "Other verdicts"),
	SECTION(hung, "Hung tasks"),
	SECTION(told, "What the log tells of tasks and works"),
	SECTION(cpus, "CPUs"),
	SECTION(log, "The log around the end"),
	SECTION(machine, "Machine"),
	SECTION(memory, "Memory"),
	SECTION(gpu, "GPU"),
	SECTION(panic, "What made it a dump"),
	SECTION(urgency, "Urgency"),
	SECTION(missing, "What is missing"),
	SECTION(open, "To look at this core"),
};

const struct verdict *handout_best(const struct handout *h)
{
	return h->t->verdicts.all.n ? h->t->verdicts.all.v[0] : NULL;
}

const char *handout_node(const struct handout *h)
{
	const char *node = h->f->machine.node;

	/* Else nobody has given it a name. */
	return strcmp(node, "(none)") != 0 ? node : "";
}

const char *handout_kernel(const struct handout *h)
{
	const struct dump_info *info = h->f->info;

	if (!info->release[0])
		return "not told";
	return arena_printf(h->f->arena, "%s%s%s", info->release,
			    info->machine[0] ? " " : "", info->machine);
}

/* "cpu-monopolised: lab, 5.10.0-46-amd64" */
static const char *title(const struct handout *h)
{
	const char *node = handout_node(h), *release = h->f->info->release;
	const struct verdict *v = handout_best(h);

	return arena_printf(h->f->arena, "%s%s%s%s%s", v ? cause_name(v->cause) : "vgpu",
			    *node || *release ? ": " : "", node,
			    *node && *release ? ", " : "", release);
}

static void write_handout(struct handout *h, FILE *out, const struct sheet_form *form)
{
	const struct verdict *v = handout_best(h);
	size_t i;

	sheet_begin(&h->sheet, out, form, title(h),
		    v ? headline_words(h->f, v) : title(h));
	for (i = 0; i < ARRAY_SIZE(sections); i++)
		if (sections[i].has(h))
			sheet_link(&h->sheet, sections[i].id, sections[i].title);
	sheet_end_links(&h->sheet);
	for (i = 0; i < ARRAY_SIZE(sections); i++) {
		if (!sections[i].has(h))
			continue;
		sheet_section(&h->sheet, sections[i].id, sections[i].title);
		sections[i].write(h);
	}
	sheet_end(&h->sheet);
}

void html_triage(FILE *out, const struct facts *f, const struct triage *t,
		 const struct facts *use)
{
	struct handout h = {.f = f, .t = t, .use = use};

	write_handout(&h, out, &sheet_html);
}

void markdown_triage(FILE *out, const struct facts *f, const struct triage *t,
		     const struct facts *use)
{
	struct handout h = {.f = f, .t = t, .use = use};

	write_handout(&h, out, &sheet_markdown);
}
