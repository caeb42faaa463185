// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * damage [-l] [-t] [-n RUNS] [-s SEED] [-m MB] [-d DEBUG_DIR] CORE [COMMAND...]
 *
 * Every command over a real core whose pages are damaged as they are read, each time in
 * another way, RUNS times each; or this one COMMAND, whose words stand apart.  The core is
 * opened once, and each run is a process of its own.  A finding is a line that repeats it.
 *
 * -l: as `vgpu --live` has it, a machine that runs on: what is read again is not what it
 * was, and the triage looks more than once; nobody waits in between.
 *
 * -t: its types lie, too (lies.h).
 *
 * Each run has a seed of its own (harm.h).  Some damage the core before it is opened.
 *
 * A finding is: the sanitizers' (a signal), more than CPU_SECONDS, more than MB above the
 * open core, an answer that said.h does not like, an exit status that is none of ours.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../fuzz/said.h"
#include "base/base.h"
#include "commands/commands.h"
#include "dump/layout.h"
#include "harm.h"
#include "lies.h"
#include "pages.h"
#include "readers/core/core_dump.h"

#define CPU_SECONDS 10
#define SECONDS 1800 /* whatever it waits for: others use the machine too */
#define GROWTH_MB 64
#define READ_MAX (1u << 14)
#define WORDS_MAX 8
/* Of so many seeds one damages the core before it is opened. */
#define COLD 16

/* The sanitizers' own names, for their libraries to see. */
#define FOR_LIBRARY __attribute__((visibility("default")))
FOR_LIBRARY const char *sanitizer_options(void) __asm__("__asan_default_options");
FOR_LIBRARY const char *undefined_options(void) __asm__("__ubsan_default_options");
void give_memory_back(void) __asm__("__sanitizer_purge_allocator");

const char *sanitizer_options(void)
{
	return "abort_on_error=1:detect_leaks=0:quarantine_size_mb=4:allocator_may_return_"
	       "null=1";
}

/* Its own library.  Without this, either ends with 1, as a triage that explains nothing. */
const char *undefined_options(void)
{
	return "abort_on_error=1";
}

static const char *const lines[] = {
	"triage",
	"triage -j",
	"hung -v",
	"hung -j -w",
	"hung -f",
	"graph -v",
	"graph -j",
	"graph -d",
	"bt -a",
	"bt -j -a",
	"bt {task}",
	"bt -j 1",
	"drain",
	"drain -j",
	"wq -v",
	"wq -j",
	"wq -c 1",
	"dev",
	"dev -j",
	"vq -v",
	"vq -j",
	"vq -v control",
	"fence -a",
	"fence -j -a",
	"obj",
	"obj -j -s",
	"obj -p 1",
	"slab -t",
	"slab -j -e",
	"slab -j -u kmalloc-128",
	"slab {task}",
	"leak",
	"leak -j -f",
	"kmemleak",
	"kmemleak -j",
	"panic",
	"panic -j",
	"layout",
	"layout -j",
	"log -T",
	"log",
	"log -j",
	"ps",
	"ps -j",
	"ps -p 1",
	"ps -j -c 0",
	"sys",
	"sys -j",
	"mod",
	"mod -j",
	"sym schedule",
	"sym {task}",
	"sym -j schedule",
	"rd -s init_task 1024",
	"rd -d -w 32 {module} 64",
	"rd -j {task} 512",
	"struct task_struct {task}",
	"struct -j -x rq runqueues:0",
	"struct module.name,list,state {module}",
	"struct list_head modules",
	"struct -j task_struct",
};
#define LINES ARRAY_SIZE(lines)

struct seen {
	kaddr_t addr;
	size_t size;
};

/* One command line, and what is known of its runs. */
struct run {
	char text[256]; /* with {words} filled in */
	char *argv[WORDS_MAX + 2];
	int argc;
	bool json;
	struct seen *seen; /* what it reads of a sound core */
	size_t nseen;	   /* all; READ_MAX of them are kept */
	size_t runs, findings;
	size_t grown_kb; /* the most memory */
	double cpu;
};

static struct run runs[LINES + 1]; /* and what was asked for alone */
static size_t nruns;
static const char *program, *files[1];
static struct core_source source = {.core = {.files = files, .n = 1}, .no_cache = true};
static uint64_t times, seed = 1;
static bool types_lie;
static uint64_t grown_max_kb = GROWTH_MB * 1024ull;
static struct dump *the_dump;

/* ---- what a command reads ------------------------------------------------------ */

static struct run *watched;
static const struct dump_ops *real_ops;

static enum dump_err watch(struct dump *d, kaddr_t addr, void *buf, size_t size)
{
	struct run *r = watched;
	size_t at = r->nseen++;

	if (at >= READ_MAX)
		at = at * 0x9e3779b97f4a7c15 % r->nseen;
	if (at < READ_MAX)
		r->seen[at] = (struct seen){addr, size};
	return real_ops->read(d, addr, buf, size);
}

static void say(struct reader *r, struct run *run, FILE *out, FILE *errors)
{
	commands_run(r, out, errors, run->argc, run->argv);
}

/* All that is found out once is found out of the sound core. */
static void warm_up(struct reader *r, struct dump *d)
{
	static struct dump_ops ops;
	FILE *out = fopen("/dev/null", "w");
	size_t i;

	real_ops = d->ops;
	ops = *real_ops;
	ops.read = watch;
	d->ops = &ops;
	for (i = 0; out && i < nruns; i++) {
		watched = &runs[i];
		watched->seen = malloc(READ_MAX * sizeof(*watched->seen));
		if (!watched->seen)
			abort();
		dump_forget_all(d);
		say(r, watched, out, out);
	}
	d->ops = real_ops;
	dump_forget_all(d);
	if (out)
		fclose(out);
	/* What the commands took is not to be there already when its growth is measured. */
	give_memory_back();
}

/* ---- one run -------------------------------------------------------------------- */

static void limit(void)
{
	struct rlimit cpu = {CPU_SECONDS, CPU_SECONDS + 1}, none = {0, 0};

	setrlimit(RLIMIT_CPU, &cpu);
	setrlimit(RLIMIT_CORE, &none);
	alarm(SECONDS);
}

static uint64_t resident_kb(void)
{
	unsigned long all, resident = 0;
	FILE *f = fopen("/proc/self/statm", "r");

	if (f && fscanf(f, "%lu %lu", &all, &resident) != 2)
		resident = 0;
	if (f)
		fclose(f);
	return resident * (uint64_t)sysconf(_SC_PAGESIZE) / 1024;
}

/* What a run had before it began, for its parent. */
static uint64_t *begun_kb;

static void begin_harm(const struct run *run, uint64_t number, bool cold)
{
	size_t n = run->nseen, i;
	uint64_t state = number, pa;
	const struct seen *seen;

	if (n > READ_MAX)
		n = READ_MAX;
	harm_begin(number, the_dump->info.direct_map, cold);
	for (i = 0; n && i < harm_aims(); i++) {
		seen = &run->seen[harm_chance(&state, n)];
		if (real_ops->physical(the_dump,
				       seen->addr + harm_chance(&state, seen->size), &pa))
			harm_aim(pa / 8);
	}
	if (source.live)
		harm_moves();
	pages_forget();
}

/* What is known of the types is forgotten, since it was true. */
static void begin_lies(uint64_t number)
{
	lies_begin(number);
	layout_destroy(the_dump->layout);
	the_dump->layout = layout_create();
	if (!the_dump->layout)
		abort();
}

/* In the place of live.c's: a core's clock does not go on. */
bool no_wait(double seconds) __asm__("__wrap_live_wait");
bool no_wait(double seconds)
{
	(void)seconds;
	return true;
}

static _Noreturn void child(struct reader *r, struct run *run, uint64_t number,
			    bool shown)
{
	bool cold = !(number % COLD);
	FILE *out = shown ? stdout : said_open(run->json),
	     *errors = shown ? stderr : said_open(false);
	enum result result;

	*begun_kb = resident_kb();
	limit();
	begin_harm(run, number, cold);
	if (types_lie)
		begin_lies(number);
	if (cold)
		r = core_reader_create(&source);
	if (!r)
		abort();
	result = commands_run(r, out, errors, run->argc, run->argv);
	fclose(out);
	fclose(errors);
	_exit((int)result);
}

/*
 * Where the damaged core has no types of its own, vmlinux in DEBUG_DIR is mapped.  Its pages
 * are the file's, and whoever needs memory takes them back.
 */
static uint64_t mapped_kb(bool cold)
{
	char path[4096];
	struct stat st;

	if (!cold || !source.debug_dirs)
		return 0;
	snprintf(path, sizeof(path), "%s/vmlinux", source.debug_dirs);
	return stat(path, &st) ? 0 : (uint64_t)st.st_size / 1024;
}

static const char *finding(int status, uint64_t grown_kb, bool cold)
{
	if (WIFSIGNALED(status))
		return WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGALRM
			       ? "hangs"
			       : strsignal(WTERMSIG(status));
	if (WEXITSTATUS(status) > RESULT_NOT_FOUND)
		return "no exit status of ours";
	return grown_kb > grown_max_kb + mapped_kb(cold) ? "takes too much memory" : NULL;
}

static void run_once(struct reader *r, struct run *run, uint64_t number, bool shown)
{
	uint64_t grown;
	struct rusage used;
	const char *what;
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0) {
		perror("damage");
		exit(2);
	}
	if (!pid)
		child(r, run, number, shown);
	if (wait4(pid, &status, 0, &used) != pid)
		abort();
	grown = (uint64_t)used.ru_maxrss - *begun_kb;
	run->runs++;
	run->cpu += (double)used.ru_utime.tv_sec + (double)used.ru_utime.tv_usec / 1e6 +
		    (double)used.ru_stime.tv_sec + (double)used.ru_stime.tv_usec / 1e6;
	if (grown > run->grown_kb)
		run->grown_kb = grown;
	what = finding(status, grown, !(number % COLD));
	if (!what)
		return;
	run->findings++;
	printf("FOUND %s: %s%s%s -s %llu", what, program, source.live ? " -l" : "",
	       types_lie ? " -t" : "", (unsigned long long)number);
	if (source.debug_dirs)
		printf(" -d %s", source.debug_dirs);
	printf(" %s %s\n", files[0], run->text);
}

/* ---- what is asked ---------------------------------------------------------------- */

static kaddr_t address_of(struct dump *d, const char *word)
{
	kaddr_t at = 0;

	if (!strncmp(word, "{task}", 6) && dump_symbol(d, "init_task", &at) &&
	    dump_ptr(d, at + (kaddr_t)layout_offset(d, TASK_TASKS), &at))
		return at - (kaddr_t)layout_offset(d, TASK_TASKS);
	if (!strncmp(word, "{module}", 8) && dump_symbol(d, "modules", &at) &&
	    dump_ptr(d, at, &at))
		return at - (kaddr_t)layout_offset(d, MODULE_LIST);
	return at;
}

static void ask(struct dump *d, const char *line)
{
	struct run *r = &runs[nruns++];
	const char *word = strchr(line, '{');
	char *save = NULL, *words;
	static char split[LINES + 1][sizeof(r->text)];

	if (word)
		snprintf(r->text, sizeof(r->text), "%.*s%llx%s", (int)(word - line), line,
			 (unsigned long long)address_of(d, word), strchr(word, '}') + 1);
	else
		snprintf(r->text, sizeof(r->text), "%s", line);
	words = strcpy(split[nruns - 1], r->text);
	r->argv[r->argc++] = "vgpu";
	for (words = strtok_r(words, " ", &save); words && r->argc <= WORDS_MAX;
	     words = strtok_r(NULL, " ", &save)) {
		r->json |= !strcmp(words, "-j");
		r->argv[r->argc++] = words;
	}
}

/* Returns how many findings there were. */
static size_t tell(void)
{
	size_t i, all = 0, findings = 0, kb = 0;
	double cpu = 0;

	for (i = 0; i < nruns; i++) {
		const struct run *r = &runs[i];

		if (!r->runs)
			continue;
		printf("%7zu runs %6.1f ms %5zu MB %3zu findings  %s\n", r->runs,
		       r->cpu * 1000 / (double)(r->runs ? r->runs : 1),
		       r->grown_kb / 1024, r->findings, r->text);
		all += r->runs;
		cpu += r->cpu;
		findings += r->findings;
		kb = r->grown_kb > kb ? r->grown_kb : kb;
	}
	printf("%s: %zu commands, %.0f s of CPU, at most %zu MB more than the open core, %zu "
	       "findings\n",
	       files[0], all, cpu, kb / 1024, findings);
	return findings;
}

static _Noreturn void usage(void)
{
	fputs("usage: damage [-l] [-t] [-n RUNS] [-s SEED] [-m MB] [-d DEBUG_DIR] CORE "
	      "[COMMAND...]\n",
	      stderr);
	exit(2);
}

/* The one that was asked for: as it is in the table, or else beside it. */
static size_t one_line(struct dump *d, char **words)
{
	char line[256] = "";
	size_t n = 0, i;

	for (; *words && n < sizeof(line); words++)
		n += (size_t)snprintf(line + n, sizeof(line) - n, "%s%s", n ? " " : "",
				      *words);
	for (i = 0; i < nruns; i++)
		if (!strcmp(runs[i].text, line))
			return i;
	ask(d, line);
	return i;
}

/* Returns what stands behind the core. */
static char **options(int argc, char **argv)
{
	int c;

	program = argv[0];
	while ((c = getopt(argc, argv, "+ltn:s:m:d:")) != -1)
		switch (c) {
		case 'l':
			source.live = true;
			break;
		case 't':
			types_lie = true;
			break;
		case 'n':
			times = strtoull(optarg, NULL, 0);
			break;
		case 's':
			seed = strtoull(optarg, NULL, 0);
			break;
		case 'm':
			grown_max_kb = strtoull(optarg, NULL, 0) * 1024;
			break;
		case 'd':
			source.debug_dirs = optarg;
			break;
		default:
			usage();
		}
	files[0] = argv[optind];
	if (!files[0])
		usage();
	return &argv[optind + 1];
}

int main(int argc, char **argv)
{
	char **words = options(argc, argv);
	struct reader *r = core_reader_create(&source);
	const char *why = r ? r->refusal(r) : "no memory";
	size_t first = 0, last, k;
	struct arena a = {0};
	struct dump *d;
	uint64_t i;

	begun_kb = mmap(NULL, sizeof(*begun_kb), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (why || begun_kb == MAP_FAILED) {
		fprintf(stderr, "damage: %s\n", why ? why : "no memory");
		return 2;
	}
	the_dump = d = r->begin(r, &a);
	for (k = 0; k < LINES; k++)
		ask(d, lines[k]);
	if (*words)
		first = one_line(d, words);
	last = *words ? first + 1 : nruns;
	r->end(r);
	arena_free(&a);
	warm_up(r, d);
	for (i = 0; i < (times ? times : 1); i++)
		for (k = first; k < last; k++)
			run_once(r, &runs[k], seed + i, *words && !times);
	return tell() ? 1 : 0;
}
