// SPDX-License-Identifier: GPL-2.0-or-later
#include "spelling.h"

#include <string.h>

#include "debuginfo.h"

/*
 * %a: .address; %t: .type; %s: .name; %n: .n; %b: .n bytes in bits; %q: .name, which is
 * the dump's, as a shell takes it; %x: the option for .hex; %w, %W: that for the width of
 * words of .type, in the program and in crash.
 */
static const char *const forms[LOOK_KINDS][DOORS] = {
	/*		    in crash		in the program: "", there is none */
	[LOOK_STRUCT] = {"struct %x%t %a", "struct %x%t %a"},
	/*
	 * Not `task -R`: crash 8.0.2 knows no task but the active ones where struct pid
	 * ends in a flexible array (6.1.y).
	 */
	[LOOK_TASK] = {"%t %a", "struct %t %a"},
	[LOOK_WORDS] = {"rd %a %n", "rd %a %n"},
	[LOOK_FLAGS] = {"rd %W%a %n", "rd %w%a %n"},
	[LOOK_NUMBERS] = {"rd %W-d %a %n", "rd -u %w%a %n"},
	[LOOK_TEXT] = {"rd -a %a", "rd %a 16"},
	[LOOK_VARIABLE] = {"p %s", "rd -d -w %b %s"},
	[LOOK_FUNCTION] = {"dis %s", "sym %s"},
	[LOOK_RUNQUEUE] = {"runq -c %n", "ps -c %n"},
	[LOOK_CPU_STACK] = {"bt -c %n", "bt -c %n"},
	[LOOK_STACK] = {"vgpu bt %n", "bt %n"},
	[LOOK_LOG] = {"log", "log"},
	[LOOK_MEMORY] = {"kmem -i", "sys"},
	[LOOK_MOUNT] = {"mount", "struct super_block.s_writers %a"},
	[LOOK_INTERRUPTS] = {"irq -s, irq", "dev"},
	[LOOK_DISKS] = {"dev -d", ""},
	[LOOK_OBJECT] = {"vgpu slab %a", "slab %a"},
	[LOOK_TYPES] = {"vgpu slab -t %s", "slab -t %q"},
	[LOOK_LEAKS] = {"vgpu leak %s", "leak %q"},
	[LOOK_COMMAND] = {"vgpu %s", "%s"},
};

static const struct {
	const char *name, *number;
	const char *type; /* where no look says another */
} kinds[LOOK_KINDS] = {
	[LOOK_STRUCT] = {"struct", NULL, NULL},
	[LOOK_TASK] = {"task", NULL, NULL},
	[LOOK_WORDS] = {"words", "count", "u64"},
	[LOOK_FLAGS] = {"flags", "count", "u16"},
	[LOOK_NUMBERS] = {"numbers", "count", "u16"},
	[LOOK_TEXT] = {"text", NULL, "char"},
	[LOOK_VARIABLE] = {"variable", "bytes", NULL},
	[LOOK_FUNCTION] = {"function", NULL, NULL},
	[LOOK_RUNQUEUE] = {"runqueue", "cpu", NULL},
	[LOOK_CPU_STACK] = {"cpu_stack", "cpu", NULL},
	[LOOK_STACK] = {"stack", "pid", NULL},
	[LOOK_LOG] = {"log", NULL, NULL},
	[LOOK_MEMORY] = {"memory", NULL, NULL},
	[LOOK_MOUNT] = {"mount", NULL, "super_block"},
	[LOOK_INTERRUPTS] = {"interrupts", NULL, NULL},
	[LOOK_DISKS] = {"disks", NULL, NULL},
	[LOOK_OBJECT] = {"object", NULL, NULL},
	[LOOK_TYPES] = {"types", NULL, NULL},
	[LOOK_LEAKS] = {"leaks", NULL, NULL},
	[LOOK_COMMAND] = {"command", NULL, NULL},
};

/*
 * It may be pasted into a shell, and its maker may have wished that.  The program's own
 * prompt knows quotes too, but no backslash.
 */
static const char *quoted(struct arena *a, const char *word)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
				    "0123456789_-+=:,./@%";
	const char *words = "'";
	size_t n;

	if (*word && !word[strspn(word, plain)])
		return word;
	for (;; word += n + 1) {
		n = strcspn(word, "'");
		words = arena_printf(a, "%s%.*s", words, (int)n, word);
		if (!word[n])
			return arena_printf(a, "%s'", words);
		words = arena_printf(a, "%s'\"'\"'", words);
	}
}

/* Of "u16"; "" for words of 64 bits, which both doors' rd reads unasked. */
static const char *width(struct arena *a, const char *option, const struct look *look)
{
	const char *bits = look_type(look) + 1;

	return strcmp(bits, "64") != 0 ? arena_printf(a, "%s%s ", option, bits) : "";
}

static const char *part(struct arena *a, char letter, const struct look *look)
{
	switch (letter) {
	case 'a':
		return arena_printf(a, "0x%llx", HEX(look->address));
	case 't':
		return look->type;
	case 's':
		return look->name;
	case 'q':
		return quoted(a, look->name);
	case 'w':
		return width(a, "-w ", look);
	case 'W':
		return width(a, "-", look);
	case 'x':
		return look->hex ? "-x " : "";
	case 'b':
		return arena_printf(a, "%d", look->n * 8);
	default:
		return arena_printf(a, "%d", look->n);
	}
}

const char *look_text_in(struct arena *a, const struct facts *f, const struct look *look)
{
	const char *form = forms[look->kind][f->info->about->door], *text = "";
	size_t n;

	while (form && *form) {
		n = strcspn(form, "%");
		text = arena_printf(a, "%s%.*s%s", text, (int)n, form,
				    form[n] ? part(a, form[n + 1], look) : "");
		form += form[n] ? n + 2 : n;
	}
	return *text ? text : NULL;
}

const char *look_text(const struct facts *f, const struct look *look)
{
	return look_text_in(f->arena, f, look);
}

const char *own_command(const struct facts *f, const char *command)
{
	return look_text(f, &LOOK(COMMAND, .name = command));
}

/* ---- sentences ----------------------------------------------------------- */

static const char *spell(const struct facts *f, const struct advice *advice)
{
	static const char marks[] = {LOOK_HERE[0], LOOK_ASIDE[0], '\0'};
	const char *rest = advice->text, *text = "", *look;
	size_t n = strcspn(rest, marks), i;

	for (i = 0; rest[n] && i < advice->looks.n; i++, n = strcspn(rest, marks)) {
		look = look_text(f, &advice->looks.v[i]);
		text = arena_printf(f->arena, "%s%.*s", text, (int)n, rest);
		if (look)
			text = arena_printf(f->arena,
					    rest[n] == *LOOK_HERE ? "%s%s" : "%s (%s)",
					    text, look);
		rest += n + 1;
	}
	return arena_printf(f->arena, "%s%s", text, rest);
}

void next_sentences(const struct facts *f, const struct verdict *v, struct sentences *s)
{
	const struct advice *advice;
	size_t i;

	for (i = 0; i < v->next.n; i++) {
		advice = &v->next.v[i];
		if (advice->text) {
			*vec_push(f->arena, &s->all) = spell(f, advice);
			continue;
		}
		*vec_push(f->arena, &s->all) = debuginfo_advice(f);
		/* By itself: it is not cut in two where it would be wrapped. */
		if (*debuginfo_command(f))
			*vec_push(f->arena, &s->all) = debuginfo_command(f);
	}
}

/* ---- as data ------------------------------------------------------------- */

const char *look_kind_name(enum look_kind kind)
{
	return kinds[kind].name;
}

const char *look_number_name(enum look_kind kind)
{
	return kinds[kind].number;
}

const char *look_type(const struct look *look)
{
	return look->type ? look->type : kinds[look->kind].type;
}
