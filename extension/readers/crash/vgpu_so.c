// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What crash sees: one command, `vgpu`, and its help.
 *
 * crash loads extensions into its own name space (RTLD_GLOBAL), so everything
 * but the constructor and the destructor is hidden.
 */
#include "defs.h"

#include "commands/commands.h"
#include "crash_dump.h"

static void cmd_vgpu(void)
{
	crash_dump_catch_sigint();
	commands_run(&crash_reader, fp, fp, argcnt, args);
	crash_dump_give_sigint_back();
}

static const char example[] = "\n"
			      "EXAMPLE\n"
			      "  Who blocks whom:\n"
			      "\n"
			      "    crash> extend vgpu.so\n"
			      "    crash> vgpu";

/* Made from the commands' own texts: the name, a summary, the synopsis, then line by line. */
#define HELP_LINES_MAX 400
static char *help_vgpu[HELP_LINES_MAX + 1] = {
	"vgpu",
	"why a machine with virtio-gpu hung",
	"[-j] [command]",
};
#define HELP_TEXT 3

static char *help_text;

/* crash wants an array of lines. */
static void make_help(void)
{
	size_t size, n = HELP_TEXT;
	FILE *out = open_memstream(&help_text, &size);
	char *rest;

	if (!out)
		return;
	commands_help(out, &crash_reader);
	fputs(example, out);
	fclose(out);
	rest = help_text;
	while (rest && n < HELP_LINES_MAX)
		help_vgpu[n++] = strsep(&rest, "\n");
}

static struct command_table_entry command_table[] = {
	/* MINIMAL: so that vgpu itself can say why it does not work there. */
	{"vgpu", cmd_vgpu, help_vgpu, MINIMAL},
	{NULL, NULL, NULL, 0},
};

/* vgpu-score looks for this in the file, to choose the crash that it starts. */
#define BUILT_FOR "vgpu: built for crash "
static const char built_for[] = BUILT_FOR VGPU_BUILT_FOR;

/*
 * crash has no ABI check: an extension built for another release would load, and then
 * read its structures at the wrong offsets (load_module, task_table).  What a distribution
 * writes after the release (8.0.5-4.el9) changes none.
 */
static bool fits(void)
{
	const char *version = built_for + strlen(BUILT_FOR);
	const char *here = pc->program_version ? pc->program_version : "?";
	size_t release = strcspn(version, "-");

	if (release == strcspn(here, "-") && !strncmp(version, here, release))
		return true;
	fprintf(fp,
		"vgpu: built for crash %s, loaded into crash %s, whose structures may differ: "
		"build it for this one (make CRASH=... CRASH_INCLUDE=...).\n",
		version, here);
	return false;
}

/* Where nothing is registered, crash unloads it. */
static void __attribute__((constructor)) vgpu_init(void)
{
	if (!fits())
		return;
	crash_dump_open();
	make_help();
	register_extension(command_table);
	if (!(pc->flags & SILENT))
		fprintf(fp,
			"vgpu: type vgpu for what happened, help vgpu for its commands\n");
}

static void __attribute__((destructor)) vgpu_fini(void)
{
	crash_dump_close();
	free(help_text);
}
