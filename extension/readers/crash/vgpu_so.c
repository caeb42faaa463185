// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What crash sees: one command, `vgpu`, its sub-commands, options and help.
 *
 * crash loads extensions into its own name space (RTLD_GLOBAL), so everything
 * but the constructor and the destructor is hidden.
 */
#include "defs.h"

#include "crash_dump.h"
#include "facts/facts.h"
#include "dump/layout.h"
#include "report/report.h"
#include "report/report_slab.h"

/* The command that runs: there is one at a time. */
static struct arena arena;
static jmp_buf out_of_memory;

struct command {
	const char *name;
	const char *options; /* getopt()'s letters */
	const char *use;
	unsigned int facts; /* what it needs read: FACTS_... */
	void (*run)(struct dump *d, struct facts *f);
};

static struct options {
	bool json, all, dot, folded, waker, verbose, size, again;
	bool each, types, users; /* of slab */
	int cpu;		 /* -1: not given */
	const char *arg;	 /* NULL: none */
} opt;

/* ---- the sub-commands ---------------------------------------------------- */

static void run_triage(struct dump *d, struct facts *f)
{
	struct triage t;

	(void)d;
	triage_make(f, &t);
	(opt.json ? json_triage : text_triage)(fp, f, &t);
}

static void run_hung(struct dump *d, struct facts *f)
{
	struct graph g;

	(void)d;
	graph_build(&g, f);
	if (opt.folded || opt.waker)
		text_folded(fp, f, &g, opt.waker);
	else if (opt.json)
		json_hung(fp, f, &g);
	else
		text_hung(fp, f, &g);
}

static void run_graph(struct dump *d, struct facts *f)
{
	struct graph g;

	(void)d;
	graph_build(&g, f);
	if (opt.dot)
		dot_graph(fp, &g);
	else
		(opt.json ? json_graph : text_graph)(fp, f, &g);
}

static void run_panic(struct dump *d, struct facts *f)
{
	(void)d;
	(opt.json ? json_panic : text_panic)(fp, f);
}

static void run_drain(struct dump *d, struct facts *f)
{
	(void)d;
	(opt.json ? json_drain : text_drain)(fp, f);
}

static void run_wq(struct dump *d, struct facts *f)
{
	if (opt.cpu >= (int)d->info.cpus)
		fprintf(fp, "vgpu wq: no CPU %d: this dump has %u\n", opt.cpu,
			d->info.cpus);
	else
		(opt.json ? json_workqueues : text_workqueues)(fp, f, opt.cpu);
}

static void run_dev(struct dump *d, struct facts *f)
{
	(void)d;
	(opt.json ? json_devices : text_devices)(fp, f);
}

static void run_vq(struct dump *d, struct facts *f)
{
	(void)d;
	if (opt.json)
		json_queues(fp, f, opt.arg);
	else
		text_queues(fp, f, opt.arg, opt.verbose);
}

static void run_fence(struct dump *d, struct facts *f)
{
	(void)d;
	(opt.json ? json_fences : text_fences)(fp, f, opt.all);
}

static void run_obj(struct dump *d, struct facts *f)
{
	(void)d;
	(opt.json ? json_objects : text_objects)(fp, f, opt.size);
}

static void run_layout(struct dump *d, struct facts *f)
{
	dump_load_module(d, "virtio_gpu", NULL);
	dump_load_module(d, "virtio_ring", NULL);
	if (opt.json)
		json_layout(fp, f, d);
	else
		text_layout(fp, d);
}

/* pid in decimal, or the address of a task_struct; NULL and a sentence if neither. */
static struct task *task_of_argument(struct facts *f, const char *arg)
{
	struct task *t = NULL;
	char *end;
	unsigned long v = strtoul(arg, &end, 10);

	if (*arg && !*end && v <= INT_MAX) {
		t = task_by_pid(&f->tasks, (int)v);
		if (!v)
			fprintf(fp,
				"vgpu bt: pid 0 is each CPU's idle task: vgpu bt -a\n");
		else if (!t)
			fprintf(fp, "vgpu bt: no task with pid %lu in this dump\n", v);
		return t;
	}
	v = strtoul(arg, &end, 16);
	if (*arg && !*end)
		t = task_by_addr(&f->tasks, v);
	if (!t)
		fprintf(fp,
			"vgpu bt: \"%s\" is neither the pid nor the task_struct address "
			"of a task in this dump\n",
			arg);
	return t;
}

/* Which tasks: the argument's, all, or else those in uninterruptible sleep. */
static bool wanted(const struct task *t, const struct task *only)
{
	if (only)
		return t == only;
	return opt.all || t->state_letter == 'D';
}

static void run_bt(struct dump *d, struct facts *f)
{
	VEC(struct stack_of_task) stacks = {0};
	struct unwinder *u = unwinder_create(d);
	struct task *only = NULL;
	struct stack_of_task *s;
	size_t i;

	if (opt.arg && !(only = task_of_argument(f, opt.arg)))
		return;
	for (i = 0; i < f->tasks.all.n && !dump_interrupted(d); i++) {
		if (!wanted(&f->tasks.all.v[i], only))
			continue;
		s = vec_push(&arena, &stacks);
		s->task = &f->tasks.all.v[i];
		unwind_task(u, s->task, &s->stack);
	}
	if (dump_interrupted(d))
		return;
	if (opt.json) {
		json_stacks(fp, f, stacks.v, stacks.n);
		return;
	}
	if (!stacks.n)
		fprintf(fp,
			"no task is in uninterruptible sleep; vgpu bt -a shows all\n");
	for (i = 0; i < stacks.n; i++) {
		if (i)
			fputc('\n', fp);
		text_stack(fp, stacks.v[i].task, &stacks.v[i].stack);
	}
}

/* The address of an object is in hex, and has at least eight digits. */
static bool is_address(const char *arg, kaddr_t *addr)
{
	char *end;

	*addr = strtoull(arg, &end, 16);
	return *arg && !*end && *addr > UINT32_MAX;
}

static void run_slab_caches(struct dump *d, struct facts *f, struct slabs *s,
			    const struct slab_selection *sel)
{
	struct slab_detail *v = arena_alloc(&arena, sel->v.n * sizeof(*v));
	size_t i;

	for (i = 0; i < sel->v.n; i++)
		slab_detail_read(s, sel->v.v[i], &v[i]);
	if (!dump_interrupted(d))
		(opt.json ? json_slab_caches : text_slab_caches)(fp, f, s, sel, v);
}

static void run_slab_selection(struct dump *d, struct facts *f, struct slabs *s,
			       const struct slab_selection *sel)
{
	struct slab_types types;
	struct slab_users users;

	if (opt.types) {
		slab_types_read(d, s, facts_gpus(d, f), sel, &types);
		if (!dump_interrupted(d))
			(opt.json ? json_slab_types : text_slab_types)(fp, f, &types);
	} else if (opt.users) {
		slab_users_read(d, s, sel, &users);
		if (!dump_interrupted(d))
			(opt.json ? json_slab_users : text_slab_users)(fp, f, &users);
	} else {
		run_slab_caches(d, f, s, sel);
	}
}

static void run_whatis(struct dump *d, struct facts *f, struct slabs *s, kaddr_t addr)
{
	struct slab_whatis w;

	slab_whatis_read(d, s, facts_gpus(d, f), &f->tasks, addr, &w);
	if (!dump_interrupted(d))
		(opt.json ? json_slab_whatis : text_slab_whatis)(fp, f, &w);
}

static void run_slab(struct dump *d, struct facts *f)
{
	struct slabs *s = slabs_get(d);
	struct slab_selection sel;
	struct slab_overview o;
	const char *name = opt.arg;
	kaddr_t addr;

	if (!s) {
		if (!dump_interrupted(d))
			fprintf(fp,
				"vgpu slab: the slabs of this dump cannot be found\n");
		text_notes(fp, f);
	} else if (name && is_address(name, &addr)) {
		run_whatis(d, f, s, addr);
	} else if (!name && !opt.types && !opt.users) {
		slab_overview_read(d, s, facts_gpus(d, f), opt.each, &o);
		(opt.json ? json_slab_overview : text_slab_overview)(fp, f, s, &o);
	} else if (!slab_select(d, s, name ? name : "kmalloc-128", opt.each, &sel)) {
		fprintf(fp,
			"vgpu slab: no cache \"%s\" in this dump; vgpu slab -e lists them\n",
			name ? name : "kmalloc-128");
	} else {
		run_slab_selection(d, f, s, &sel);
	}
}

/* ---- leaks ----------------------------------------------------------------- */

/* On a terminal alone: a log needs no such lines. */
static void leak_progress_line(const char *what, uint64_t done, uint64_t all)
{
	static unsigned int last;
	unsigned int percent = all ? (unsigned int)(done * 100 / all) : 100;

	if (percent == last)
		return;
	last = percent;
	fprintf(stderr, "\rvgpu leak: reading %s: %u %% ", what, percent);
}

static void run_leak(struct dump *d, struct facts *f)
{
	bool terminal = isatty(STDERR_FILENO);
	struct slabs *s = slabs_get(d);
	struct slab_selection only;
	struct leak_groups groups;
	struct leaks *l;

	if (opt.arg && s && !slab_select(d, s, opt.arg, false, &only)) {
		fprintf(fp,
			"vgpu leak: no cache \"%s\" in this dump; vgpu slab -e lists them\n",
			opt.arg);
		return;
	}
	l = leaks_get(d, &f->tasks, terminal ? leak_progress_line : NULL, opt.again);
	if (terminal)
		fprintf(stderr, "\r%*s\r", 40, "");
	if (!l) {
		if (!dump_interrupted(d) && !opt.json)
			fprintf(fp, "vgpu leak: this dump's slabs cannot be read:\n");
		if (!dump_interrupted(d))
			text_notes(fp, f);
		return;
	}
	leak_groups_read(d, l, facts_gpus(d, f), opt.arg ? &only : NULL, &groups);
	if (!dump_interrupted(d))
		(opt.json ? json_leaks : text_leaks)(fp, f, l, opt.arg,
						     opt.arg ? &only : NULL, &groups);
}

static void run_kmemleak(struct dump *d, struct facts *f)
{
	struct kmemleak k;

	kmemleak_read(d, f->jiffies, f->hz, &k);
	if (dump_interrupted(d))
		return;
	if (opt.json)
		json_kmemleak(fp, f, &k, leaks_known(d));
	else
		text_kmemleak(fp, &k, leaks_known(d));
}

#define FACTS_GPU (FACTS_TASKS | FACTS_DEVICES | FACTS_USE)
#define FACTS_WAITS (FACTS_TASKS | FACTS_WORK | FACTS_BLOCKED)

static const struct command commands[] = {
	{"triage", "j", "[-j]", FACTS_WAITS | FACTS_PANIC | FACTS_DEVICES | FACTS_MEMORY,
	 run_triage},
	{"hung", "jfw", "[-j | -f | -w]", FACTS_WAITS | FACTS_DEVICES, run_hung},
	{"bt", "ja", "[-j] [pid | task | -a]", FACTS_TASKS, run_bt},
	{"drain", "j", "[-j]", FACTS_TASKS | FACTS_WORK | FACTS_DRAIN, run_drain},
	{"wq", "jc:", "[-j] [-c cpu]", FACTS_TASKS | FACTS_WORK, run_wq},
	{"dev", "j", "[-j]", FACTS_GPU, run_dev},
	{"vq", "jv", "[-j] [-v] [name]", FACTS_GPU, run_vq},
	{"fence", "ja", "[-j] [-a]", FACTS_GPU | FACTS_FENCES, run_fence},
	{"obj", "js", "[-j] [-s]", FACTS_GPU, run_obj},
	{"panic", "j", "[-j]", FACTS_TASKS | FACTS_PANIC, run_panic},
	{"graph", "jd", "[-j | -d]", FACTS_WAITS | FACTS_DEVICES, run_graph},
	{"slab", "jetu", "[-j] [-e] [-t | -u] [cache | address]", FACTS_TASKS, run_slab},
	{"leak", "jaf", "[-j] [-f] [cache | -a]", FACTS_TASKS, run_leak},
	{"kmemleak", "j", "[-j]", 0, run_kmemleak},
	{"layout", "j", "[-j]", 0, run_layout},
};
#define NCOMMANDS ARRAY_SIZE(commands)

/* ---- the command line ---------------------------------------------------- */

static void usage(void)
{
	size_t i;

	fprintf(fp, "usage: vgpu [-j]");
	for (i = 1; i < NCOMMANDS; i++)
		fprintf(fp, "\n       vgpu %s %s", commands[i].name, commands[i].use);
	fprintf(fp, "\n`help vgpu` says what each of them shows.\n");
}

static const struct command *command_named(const char *name)
{
	size_t i;

	for (i = 0; i < NCOMMANDS; i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static bool parse_cpu(const char *s)
{
	char *end;
	unsigned long v = strtoul(s, &end, 10);

	opt.cpu = (int)v;
	if (*s && !*end && v < 65536)
		return true;
	fprintf(fp, "vgpu: -c takes a CPU's number, not \"%s\"\n", s);
	return false;
}

static bool takes_argument(const struct command *c)
{
	return !strcmp(c->name, "bt") || !strcmp(c->name, "vq") ||
	       !strcmp(c->name, "slab") || !strcmp(c->name, "leak");
}

static bool parse_options(const struct command *c, int argc, char **argv)
{
	int letter;

	memset(&opt, 0, sizeof(opt));
	opt.cpu = -1;
	optind = 0;
	opterr = 0;
	while ((letter = getopt(argc, argv, c->options)) != -1)
		switch (letter) {
		case 'j':
			opt.json = true;
			break;
		case 'a':
			opt.all = true;
			break;
		case 'd':
			opt.dot = true;
			break;
		case 'f':
			opt.folded = opt.again = true;
			break;
		case 's':
			opt.size = true;
			break;
		case 'v':
			opt.verbose = true;
			break;
		case 'w':
			opt.waker = true;
			break;
		case 'e':
			opt.each = true;
			break;
		case 't':
			opt.types = true;
			break;
		case 'u':
			opt.users = true;
			break;
		case 'c':
			if (!parse_cpu(optarg))
				return false;
			break;
		default:
			fprintf(fp, "vgpu %s: option not known, or without its value\n",
				c->name);
			usage();
			return false;
		}
	if (optind < argc && takes_argument(c))
		opt.arg = argv[optind++];
	if (optind < argc) {
		fprintf(fp, "vgpu %s: \"%s\" is one argument too many\n", c->name,
			argv[optind]);
		usage();
		return false;
	}
	return true;
}

/* `vgpu`, `vgpu -j` and `vgpu NAME ...`. */
static const struct command *parse(void)
{
	const struct command *c = &commands[0];
	char *no_args[] = {"vgpu", NULL};
	int argc = argcnt;
	char **argv = args;

	if (argc < 1) {
		argc = 1;
		argv = no_args;
	}
	if (argc > 1 && argv[1][0] != '-') {
		c = command_named(argv[1]);
		if (!c) {
			fprintf(fp, "vgpu: there is no sub-command \"%s\"\n", argv[1]);
			usage();
			return NULL;
		}
		argc--;
		argv++;
	}
	return parse_options(c, argc, argv) ? c : NULL;
}

/* ---- running ------------------------------------------------------------- */

static void no_memory(void)
{
	longjmp(out_of_memory, 1);
}

/* Dumps that vgpu cannot look at, each with its reason. */
static const char *refusal(void)
{
	if (pc->flags & MINIMAL_MODE)
		return "crash was started with --minimal, which reads no types and no tasks: "
		       "start it without";
	if (ACTIVE())
		return "this is the running system: vgpu reads dumps, because what it compares "
		       "must not change meanwhile";
	if (XEN_HYPER_MODE())
		return "this is a Xen hypervisor's dump, not a Linux kernel's";
	return NULL;
}

static void run(const struct command *c)
{
	struct facts *f;
	struct dump *d;

	arena.no_memory = no_memory;
	if (setjmp(out_of_memory)) {
		fprintf(fp, "vgpu %s: not enough memory on this machine for this dump\n",
			c->name);
	} else {
		d = crash_dump_begin(&arena);
		f = d ? arena_alloc(&arena, sizeof(*f)) : NULL;
		if (f)
			facts_read(d, opt.all ? c->facts : c->facts & ~FACTS_FENCES, f);
		if (f && !f->interrupted)
			c->run(d, f);
		if (f && dump_interrupted(d))
			fprintf(fp, "vgpu %s: interrupted; nothing is left behind\n",
				c->name);
	}
	crash_dump_end();
	arena_free(&arena);
}

static void cmd_vgpu(void)
{
	const struct command *c = parse();
	const char *why = refusal();

	if (!c)
		return;
	if (why)
		fprintf(fp, "vgpu: %s.\n", why);
	else
		run(c);
}

/* ---- help ---------------------------------------------------------------- */

static char *help_vgpu[] = {
	"vgpu",
	"why a machine with virtio-gpu hung",
	"[triage|hung|bt|drain|wq|dev|vq|fence|obj|slab|leak|kmemleak|panic|graph|layout]",
	"  Explain from the dump what hung, who is to blame, and how sure that is.",
	"  Each claim comes with the addresses that it was read from and a crash command",
	"  that checks it.  With -j every sub-command prints one JSON document on one",
	"  line, which begins with {\"vgpu\":",
	"",
	"  vgpu [-j]",
	"    The triage.  What made the kernel panic and which switch did; who was hung",
	"    and for how long; the chain from the victim to the root; a verdict with its",
	"    confidence, the evidence for it and against it; what to do next; what could",
	"    not be read.  Verdicts are listed best first.  A blocked task counts as stuck",
	"    after 5 seconds.  A chain goes on from locks, works and CPUs into a virtio-gpu's",
	"    queues: whether the host, an interrupt, a kick or the guest's own work is what",
	"    is missing.  Faults of the kernel that are known upstream are named as KNOWN.",
	"",
	"  vgpu hung [-j | -f | -w]",
	"    Tasks in uninterruptible sleep, the longest first: how long they have been off",
	"    the CPU, what each waits for (found on its own stack), and whom it waits on.",
	"    -f: their stacks folded, a line each, weighted by microseconds blocked, as",
	"    offcputime -K --state=2 prints them for flamegraph tools (kernel threads too).",
	"    -w: with the stack of the task that would have to wake each, as offwaketime.",
	"",
	"  vgpu bt [-j] [pid | task | -a]",
	"    Kernel stacks by vgpu's own unwinder, with module names, and beside each known",
	"    function what it does.  Without an argument: tasks in uninterruptible sleep.",
	"    -a: all tasks.  Needs no debuginfo of modules.",
	"",
	"  vgpu drain [-j]",
	"    The page allocator's drain_all_pages(): pcpu_drain_mutex and its owner, the CPUs",
	"    that the drainer waits on (cpus_with_pcps), each CPU's pages on per-CPU lists and",
	"    its drain work: idle, queued, running, by whom, since when.  From Linux 6.0 on",
	"    there is no such work, which is said.",
	"",
	"  vgpu wq [-j] [-c cpu]",
	"    Worker pools that have works, or with -c both pools of a CPU: their workers, the",
	"    works pending and running, and barriers with the task that waits on each.",
	"",
	"  vgpu dev [-j]",
	"    virtio-gpu devices, of the driver's list and of DRM's minors: features, capsets,",
	"    scanouts with their framebuffers, contexts and whose they are, works pending,",
	"    fence counters, and their queues with depth, free descriptors and commands in",
	"    flight.  Loads the debuginfo of modules virtio_gpu and virtio_ring if crash can",
	"    find it, and says what to install if not; so do the next three.",
	"",
	"  vgpu vq [-j] [-v] [name]",
	"    The queues, or the one of this name (control, cursor): indices, kicks and",
	"    interrupts wanted or due, who waits for room, what contradicts what.  -v: each",
	"    command in flight, the oldest first where ages are known: its descriptor, where",
	"    it is, its vbuffer, type, resource, context, fence, and the answer where the",
	"    device has written one.",
	"",
	"  vgpu fence [-j] [-a]",
	"    Fences: by context, then those on the device's list with who waits on each,",
	"    what holds it, and the command that carries it.  -a: those off the list too,",
	"    told apart as held (by an open sync_file, a reservation, a syncobj, a",
	"    framebuffer), leaked, freed and waiting for RCU.",
	"",
	"  vgpu obj [-j] [-s]",
	"    GEM objects by process: resource id, size, kind, pages that back it, and what",
	"    refers to it; orphans, to which nothing does.  -s: the largest first.",
	"",
	"  vgpu panic [-j]",
	"    Which switch made this a panic, and the proof; every switch of this kernel with",
	"    its value and what it catches, or would have caught; each task that the log",
	"    called blocked, and what became of it; the log around the moment.",
	"",
	"  vgpu graph [-j | -d]",
	"    The wait graph: under each root the tasks that wait for it, in a tree.  -d: for",
	"    graphviz, as in `vgpu graph -d | dot -Tsvg > graph.svg`.",
	"",
	"  vgpu slab [-j] [-e]",
	"    SLUB's caches as slabtop shows them, the largest first, from the page array: full",
	"    slabs too, which are on no list.  The Slab lines of /proc/meminfo, caches with a",
	"    large share of slab memory, damage, and where virtio-gpu's objects are allocated on",
	"    this kernel.  Variants of a kmalloc cache (cg, rcl, rnd, part) and the caches of",
	"    memory cgroups (until 5.8) are one line each; -e: each cache by itself.",
	"",
	"  vgpu slab [-j] [-e] [-t | -u] cache",
	"    Its slabs by where they are (per-CPU, partial, full) with objects in use and free,",
	"    freelists decoded and checked; red zones and poison compared where they are on.",
	"    -t: what its objects are: fences, indirect tables, object arrays and so on, then by",
	"    the symbols that they point to, by their lists, by their shape; with an example.",
	"    -u: who allocated them, and who freed them before, with stacks, pids and ages: needs",
	"    slub_debug=U at boot.  Without a cache, -t and -u are about kmalloc-128.",
	"",
	"  vgpu slab [-j] address",
	"    The object that the address is in: its cache, state, what it is, who allocated it,",
	"    and who points to it.",
	"",
	"  vgpu leak [-j] [-f] [cache | -a]",
	"    Objects of slabs that nothing in the kernel's memory refers to: of all caches,",
	"    or of one with its kin (kmalloc-cg-128 and so on).  Any word that is an address",
	"    in an object counts as a reference, from every page that the kernel uses itself,",
	"    stacks from their stack pointer on.  By cache and type, with the stack that",
	"    allocated them where SLUB kept it (slub_debug=U).  HELD: only another lost object",
	"    refers to it.  The result is kept for the session; -f searches again.  A lost",
	"    object may be missed because a number looks like its address.",
	"",
	"  vgpu kmemleak [-j]",
	"    What /sys/kernel/debug/kmemleak would have shown, if this kernel had it; after",
	"    vgpu leak, how many of these vgpu calls lost too.",
	"",
	"  vgpu layout [-j]",
	"    Every type, member and enumerator that vgpu uses, as resolved for this kernel.",
	"",
	"EXAMPLE",
	"  Who blocks whom:",
	"",
	"    crash> extend vgpu.so",
	"    crash> vgpu",
	NULL,
};

static struct command_table_entry command_table[] = {
	/* MINIMAL: so that vgpu itself can say why it does not work there. */
	{"vgpu", cmd_vgpu, help_vgpu, MINIMAL},
	{NULL, NULL, NULL, 0},
};

/* vgpu-score looks for this in the file, to choose the crash that it starts. */
#define BUILT_FOR "vgpu: built for crash "
static const char built_for[] = BUILT_FOR VGPU_BUILT_FOR;

/*
 * crash has no ABI check: an extension built for another release loads, and then
 * reads its structures at the wrong offsets (load_module, task_table).
 */
static void warn_version(void)
{
	const char *version = built_for + strlen(BUILT_FOR);

	if (pc->program_version && !strcmp(pc->program_version, version))
		return;
	fprintf(fp,
		"vgpu: WARNING: built for crash %s, loaded into crash %s: the two differ in "
		"structures that extensions use, so results may be wrong.  Build it again "
		"with CRASH= and CRASH_INCLUDE= of this crash.\n",
		version, pc->program_version ? pc->program_version : "?");
}

static void __attribute__((constructor)) vgpu_init(void)
{
	warn_version();
	register_extension(command_table);
}

static void __attribute__((destructor)) vgpu_fini(void)
{
	crash_dump_close();
}
