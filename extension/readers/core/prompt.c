// SPDX-License-Identifier: GPL-2.0-or-later
#include "prompt.h"

#include <histedit.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "commands/command.h"

#define REMEMBERED 500

struct prompt {
	EditLine *edit;
	History *history;
	HistEvent event;
	const char *text;
	bool abandoned;	     /* the line */
	char file[PATH_MAX]; /* "": the history is not kept */
	char line[4096];
};

static struct prompt *prompt_of(EditLine *edit)
{
	void *p = NULL;

	el_get(edit, EL_CLIENTDATA, &p);
	return p;
}

static char *show(EditLine *edit)
{
	return (char *)prompt_of(edit)->text;
}

/* Ctrl-C: the line is thrown away. */
static unsigned char abandon(EditLine *edit, int key)
{
	(void)key;
	fputs("^C\n", stdout);
	prompt_of(edit)->abandoned = true;
	return CC_NEWLINE;
}

/* ---- completion ------------------------------------------------------------ */

/* How much all commands that begin with these letters have in common; 0: none does. */
static size_t common(const char *letters, size_t n, const char **name)
{
	const struct command *const *c;
	size_t same = 0, i;

	*name = NULL;
	for (c = commands; *c; c++) {
		if (strncmp((*c)->name, letters, n) != 0)
			continue;
		if (!*name) {
			*name = (*c)->name;
			same = strlen(*name);
		}
		for (i = n; i < same && (*c)->name[i] == (*name)[i]; i++)
			;
		same = i;
	}
	return same;
}

static void list(const char *letters, size_t n)
{
	const struct command *const *c;

	fputc('\n', stdout);
	for (c = commands; *c; c++)
		if (!strncmp((*c)->name, letters, n))
			printf("%s  ", (*c)->name);
	fputc('\n', stdout);
}

/* The first word, or the second behind help, is a command's name. */
static unsigned char complete(EditLine *edit, int key)
{
	const LineInfo *line = el_line(edit);
	const char *p = line->buffer, *name;
	char rest[64];
	size_t n, same;

	(void)key;
	p += strspn(p, " ");
	if (!strncmp(p, "help ", 5))
		p += 5;
	if (p > line->cursor || memchr(p, ' ', (size_t)(line->cursor - p)))
		return CC_ERROR;
	n = (size_t)(line->cursor - p);
	same = common(p, n, &name);
	if (!name)
		return CC_ERROR;
	if (same == n && name[same]) {
		list(p, n);
		return CC_REDISPLAY;
	}
	snprintf(rest, sizeof(rest), "%.*s%s", (int)(same - n), name + n,
		 name[same] ? "" : " ");
	return el_insertstr(edit, rest) ? CC_ERROR : CC_REFRESH;
}

/* ---- the editor ------------------------------------------------------------ */

static void load_history(struct prompt *p)
{
	const char *home = getenv("HOME");

	history(p->history, &p->event, H_SETSIZE, REMEMBERED);
	history(p->history, &p->event, H_SETUNIQUE, 1);
	if (!home || *home != '/' ||
	    snprintf(p->file, sizeof(p->file), "%s/.vgpu_history", home) >=
		    (int)sizeof(p->file))
		p->file[0] = '\0';
	if (p->file[0])
		history(p->history, &p->event, H_LOAD, p->file);
}

static void set_up(struct prompt *p)
{
	el_set(p->edit, EL_CLIENTDATA, p);
	el_set(p->edit, EL_PROMPT, show);
	el_set(p->edit, EL_EDITOR, "emacs");
	el_set(p->edit, EL_HIST, history, p->history);
	el_set(p->edit, EL_ADDFN, "vgpu-complete", "complete a command", complete);
	el_set(p->edit, EL_BIND, "^I", "vgpu-complete", NULL);
	el_set(p->edit, EL_ADDFN, "vgpu-abandon", "throw the line away", abandon);
	el_set(p->edit, EL_BIND, "^C", "vgpu-abandon", NULL);
	/* While a line is edited Ctrl-C is a key; while a command runs it is a signal. */
	el_set(p->edit, EL_SETTY, "-d", "-isig", NULL);
}

struct prompt *prompt_open(const char *text)
{
	struct prompt *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->text = text;
	p->history = history_init();
	p->edit = p->history ? el_init("vgpu", stdin, stdout, stderr) : NULL;
	if (!p->edit) {
		prompt_close(p);
		return NULL;
	}
	load_history(p);
	set_up(p);
	return p;
}

const char *prompt_line(struct prompt *p)
{
	const char *line;
	int n = 0;

	/* Before the prompt is there, or Ctrl-C right behind it were no key yet. */
	el_set(p->edit, EL_PREP_TERM, 1);
	p->abandoned = false;
	line = el_gets(p->edit, &n);
	if (p->abandoned)
		return "";
	if (!line || n <= 0)
		return NULL;
	snprintf(p->line, sizeof(p->line), "%.*s", (int)strcspn(line, "\n"), line);
	if (p->line[strspn(p->line, " \t")])
		history(p->history, &p->event, H_ENTER, p->line);
	return p->line;
}

void prompt_close(struct prompt *p)
{
	if (p->edit)
		el_end(p->edit);
	if (p->history && p->file[0])
		history(p->history, &p->event, H_SAVE, p->file);
	if (p->history)
		history_end(p->history);
	free(p);
}
