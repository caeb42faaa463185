// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * struct dump over crash: memory, symbols, types, module debuginfo.
 *
 * crash leaves errors by longjmp(): error(FATAL) and a closed output pipe jump
 * to pc->main_loop_env, and readmem() of a damaged page table can get there even
 * with RETURN_ON_ERROR (x86_64.c reads page tables with FAULT_ON_ERROR).  So each
 * call into crash is made inside a guard that owns main_loop_env for that call:
 * a jump lands here, in a frame that holds nothing, and becomes a failed call.
 *
 * gdb_interface() puts crash's own SIGINT handler back after every call
 * (gdb_interface.c), and that handler jumps too.  A guard that may reach gdb
 * blocks SIGINT and puts our handler back before it lets the signal through.
 */
#include "defs.h"

#include <ctype.h>
#include <elf.h>

#include "arch/arch.h"
#include "base/text.h"
#include "crash_dump.h"
#include "dump/layout.h"
#include "dump/module.h"
#include "readers/module_file.h"
#include "readers/module_symbols.h"
#include "readers/small_note.h"

static struct crash_dump {
	struct dump dump;
	struct arena arena; /* as long as the extension is loaded */
	int debuginfo;	    /* modules with debuginfo when the layout was last tried */
	struct sigaction crash_sigint;
	struct small_note small;	/* where the reader's about.small says so */
	struct module_symbols *modules; /* NULL: crash knows all symbols of theirs */
} self;

static volatile sig_atomic_t interrupted;

static void on_sigint(int sig)
{
	(void)sig;
	interrupted = 1;
}

static void catch_sigint(struct sigaction *old)
{
	struct sigaction sa = {.sa_handler = on_sigint};

	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, old);
}

void crash_dump_catch_sigint(void)
{
	interrupted = 0;
	catch_sigint(&self.crash_sigint);
}

void crash_dump_give_sigint_back(void)
{
	sigaction(SIGINT, &self.crash_sigint, NULL);
}

/* ---- the guard ---------------------------------------------------------- */

struct guard {
	jmp_buf main_loop;
	ulonglong flags;
	FILE *fp, *error_fp, *tmpfile;
	sigset_t mask;
	bool gdb;
};

static void guard_enter(struct guard *g, bool gdb)
{
	sigset_t sigint;

	memcpy(g->main_loop, pc->main_loop_env, sizeof(g->main_loop));
	g->flags = pc->flags;
	g->fp = fp;
	g->error_fp = pc->error_fp;
	g->tmpfile = pc->tmpfile;
	g->gdb = gdb;
	/* What crash says of a failed call is ours to say, in our own words. */
	pc->error_fp = pc->nullfp;
	pc->flags &= ~IN_FOREACH; /* or error(FATAL) jumps elsewhere */
	if (!gdb)
		return;
	fp = pc->nullfp;
	sigemptyset(&sigint);
	sigaddset(&sigint, SIGINT);
	sigprocmask(SIG_BLOCK, &sigint, &g->mask);
}

static void guard_leave(struct guard *g)
{
	memcpy(pc->main_loop_env, g->main_loop, sizeof(g->main_loop));
	fp = g->fp;
	pc->error_fp = g->error_fp;
	pc->flags = (pc->flags & ~IN_FOREACH) | (g->flags & IN_FOREACH);
	if (!g->gdb)
		return;
	catch_sigint(NULL);
	sigprocmask(SIG_SETMASK, &g->mask, NULL);
}

/* After a jump: what restore_sanity() would have put right. */
static void guard_jumped(struct guard *g)
{
	pc->flags &= ~IN_GDB;
	if (!g->tmpfile && pc->tmpfile)
		close_tmpfile();
	if (pc->tmpfile2)
		close_tmpfile2();
	restore_gdb_sanity();
	free_all_bufs();
	guard_leave(g);
}

/*
 * GUARDED(gdb, call): run call; true when it came back by itself.  Variables
 * that call sets must be volatile or outlive the frame.
 */
#define GUARDED(uses_gdb, call)                                                          \
	({                                                                               \
		struct guard guard_;                                                     \
		volatile bool came_back_ = false;                                        \
		guard_enter(&guard_, (uses_gdb));                                        \
		if (setjmp(pc->main_loop_env) == 0) {                                    \
			call;                                                            \
			guard_leave(&guard_);                                            \
			came_back_ = true;                                               \
		} else {                                                                 \
			guard_jumped(&guard_);                                           \
		}                                                                        \
		came_back_;                                                              \
	})

/* ---- memory ------------------------------------------------------------- */

/*
 * Why did a read fail?  readmem() tells only in text.  Ask for the translation, and then
 * the function that fetches memory from this kind of dump.
 */
static enum dump_err why_page(kaddr_t addr)
{
	volatile int mapped = FALSE, got = 0;
	static char byte;
	physaddr_t pa;

	if (!IS_KVADDR(addr))
		return DUMP_BAD_ADDRESS;
	if (!GUARDED(false, mapped = kvtop(NULL, addr, &pa, 0)) || !mapped)
		return DUMP_BAD_ADDRESS;
	/* The direct map translates any address: believe what is real memory. */
	if (!GUARDED(false, mapped = phys_to_page(pa, &(physaddr_t){0})) || !mapped)
		return DUMP_ABSENT;
	if (!GUARDED(false,
		     got = pc->readmem(ACTIVE() ? pc->mfd : pc->dfd, &byte, 1, addr, pa)))
		return DUMP_DAMAGED;
	switch (got) {
	case SEEK_ERROR:
		return DUMP_ABSENT;
	case READ_ERROR: /* of an ELF dump: its headers do not have that memory */
		return DISKDUMP_DUMPFILE() ? DUMP_DAMAGED : DUMP_ABSENT;
#ifdef PAGE_INCOMPLETE /* crash 8.0.0: before, it is a READ_ERROR */
	case PAGE_INCOMPLETE:
		return DUMP_DAMAGED;
#endif
	case PAGE_EXCLUDED:
		return crash_reader.about.small
			       ? small_note_why(&self.small, pa / PAGESIZE())
			       : DUMP_EXCLUDED;
	}
	return DUMP_OK;
}

/* Of the first page that cannot be read. */
static enum dump_err why_unread(kaddr_t addr, size_t size)
{
	kaddr_t at = addr, last = addr + (size - 1);
	enum dump_err err;

	do {
		err = why_page(at);
		at = (at | (PAGESIZE() - 1)) + 1;
	} while (err == DUMP_OK && at && at <= last);
	return err == DUMP_OK ? DUMP_EXCLUDED : err;
}

static enum dump_err crash_read(struct dump *d, kaddr_t addr, void *buf, size_t size)
{
	volatile int ok = FALSE;

	(void)d;
	if (!IS_KVADDR(addr) || size > LONG_MAX)
		return DUMP_BAD_ADDRESS;
	if (GUARDED(false, ok = readmem(addr, KVADDR, buf, (long)size, "vgpu",
					RETURN_ON_ERROR | QUIET)) &&
	    ok)
		return DUMP_OK;
	return why_unread(addr, size);
}

static bool crash_physical(struct dump *d, kaddr_t addr, uint64_t *pa)
{
	static physaddr_t found;
	volatile int mapped = FALSE;

	(void)d;
	if (!IS_KVADDR(addr) || !GUARDED(false, mapped = kvtop(NULL, addr, &found, 0)) ||
	    !mapped)
		return false;
	*pa = found;
	return true;
}

static bool crash_percpu(struct dump *d, unsigned int cpu, kaddr_t base, kaddr_t *addr)
{
	if (cpu >= d->info.cpus || cpu >= NR_CPUS)
		return false;
	*addr = base + (kaddr_t)kt->__per_cpu_offset[cpu];
	return true;
}

/* ---- symbols ------------------------------------------------------------ */

static bool crash_symbol(struct dump *d, const char *name, kaddr_t *value)
{
	struct syment *sp;

	(void)d;
	sp = symbol_search((char *)name);
	if (!sp)
		sp = per_cpu_symbol_search((char *)name);
	if (!sp)
		return self.modules && module_symbols_named(self.modules, name, value);
	*value = sp->value;
	return true;
}

/* Is sym name followed by a dot and digits only? */
static bool is_numbered(const char *sym, const char *name, size_t n)
{
	if (strncmp(sym, name, n) || sym[n] != '.' || !isdigit((unsigned char)sym[n + 1]))
		return false;
	return strspn(sym + n + 1, "0123456789") == strlen(sym + n + 1);
}

static bool crash_symbol_local(struct dump *d, const char *name, kaddr_t *value)
{
	struct syment *sp, *found = NULL;
	size_t n = strlen(name);

	(void)d;
	for (sp = st->symtable; sp < st->symend; sp++) {
		if (!sp->name || !is_numbered(sp->name, name, n))
			continue;
		if (found && found->value != sp->value)
			return false; /* two functions have one: which? */
		found = sp;
	}
	if (found)
		*value = found->value;
	return found != NULL;
}

/* No variable is as large: what is so far behind the last symbol belongs to none. */
#define SYMBOL_SPAN (64ul << 20)

static bool crash_symbol_at(struct dump *d, kaddr_t addr, struct dump_symbol *sym)
{
	struct load_module *lm = NULL;
	struct syment *sp;
	ulong offset = 0;

	(void)d;
	if (self.modules && module_symbols_at(self.modules, addr, sym) && *sym->name)
		return true;
	sp = value_search(addr, &offset);
	/* Pseudo-symbols such as _MODULE_START_drm mark where a module lies. */
	if (!sp || offset >= SYMBOL_SPAN || !strncmp(sp->name, "_MODULE_", 8))
		return false;
	text_escape(sym->name, sizeof(sym->name), sp->name);
	sym->offset = offset;
	sym->module[0] = '\0';
	if (module_symbol(addr, NULL, &lm, NULL, 0) && lm)
		text_escape(sym->module, sizeof(sym->module), lm->mod_name);
	return true;
}

/* ---- types -------------------------------------------------------------- */

/*
 * What has been learnt of types, since gdb takes 20 to 40 ms to find that there is none
 * of a name, and as long to find one by "struct x" in an expression.
 */
static struct known_type {
	char name[64];
	bool absent;  /* debuginfo has no such type */
	bool pointer; /* gdb's variable $vgpu_NAME is a pointer to it */
} known_types[256];
static size_t nknown_types;

/*
 * gdb looks for a name in vmlinux's 3000 units of compilation before it comes to a
 * module's, 15 ms each.  crash's scope, as of `set scope`, makes it begin in the unit of
 * a function: of one whose unit knows the types of that prefix.
 */
static struct scope {
	const char *prefix, *function;
	bool sought;
	ulong at; /* 0: not there, or without debuginfo, which crash would look for */
} scopes[] = {
	{.prefix = "virtio_driver", .function = "virtio_gpu_probe"},
	{.prefix = "virtio_", .function = "virtio_gpu_alloc_vbufs"},
	{.prefix = "virtqueue", .function = "virtio_gpu_alloc_vbufs"},
	{.prefix = "drm_", .function = "virtio_gpu_alloc_vbufs"},
	{.prefix = "vring", .function = "vring_interrupt"},
};
#define SCOPES ARRAY_SIZE(scopes)

static void find_scope(struct scope *s)
{
	struct syment *sp = symbol_search((char *)s->function);
	struct load_module *lm = NULL;

	s->sought = true;
	s->at = 0;
	if (sp && module_symbol(sp->value, NULL, &lm, NULL, 0) && lm &&
	    lm->mod_flags & MOD_LOAD_SYMS)
		s->at = sp->value;
}

/* Where to begin with a type; 0: nowhere in particular. */
static ulong scope_of(const char *type)
{
	size_t i;

	for (i = 0; i < SCOPES; i++) {
		if (strncmp(type, scopes[i].prefix, strlen(scopes[i].prefix)))
			continue;
		if (!scopes[i].sought)
			find_scope(&scopes[i]);
		return scopes[i].at;
	}
	return 0;
}

static void set_scope(ulong at)
{
	GUARDED(true, gdb_set_crash_scope(at, "vgpu"));
}

/* More debuginfo was loaded. */
static void forget_types(void)
{
	size_t i;

	nknown_types = 0;
	for (i = 0; i < SCOPES; i++)
		scopes[i].sought = false;
}

/* NULL when the table is full: then nothing is learnt. */
static struct known_type *known_type(const char *name)
{
	struct known_type *t;
	size_t i;

	for (i = 0; i < nknown_types; i++)
		if (!strcmp(known_types[i].name, name))
			return &known_types[i];
	if (nknown_types == ARRAY_SIZE(known_types) || strlen(name) >= sizeof(t->name))
		return NULL;
	t = &known_types[nknown_types++];
	memset(t, 0, sizeof(*t));
	strcpy(t->name, name);
	return t;
}

static bool type_size(const char *type, long *size)
{
	struct known_type *t = known_type(type);
	volatile long n = -1;

	if (t && t->absent)
		return false;
	if (!GUARDED(true, n = STRUCT_SIZE((char *)type)) || n < 0) {
		if (t)
			t->absent = true;
		return false;
	}
	*size = n;
	return true;
}

static bool crash_type_size(struct dump *d, const char *type, long *size)
{
	ulong scope = scope_of(type);
	bool found;

	(void)d;
	if (scope)
		set_scope(scope);
	found = type_size(type, size);
	if (scope)
		set_scope(pc->scope);
	return found;
}

/* A command for gdb, and what it prints.  False when gdb does not know a name in it. */
static bool gdb_command(const char *command, char *answer, size_t size)
{
	volatile int ok = FALSE;
	FILE *f;

	f = fmemopen(answer, size, "w");
	if (!f)
		return false;
	if (!GUARDED(true,
		     ok = gdb_pass_through((char *)command, f, GNU_RETURN_ON_ERROR)))
		ok = FALSE;
	fclose(f);
	answer[size - 1] = '\0';
	return ok;
}

/*
 * A null pointer to the type, made once as gdb's variable $vgpu_TYPE.  An expression
 * that says "struct x" costs 40 ms and more, since gdb looks for a variable x first, in
 * all of the debuginfo; one that begins at such a variable costs 1 ms.  crash's own
 * request for a member of an anonymous union costs 200: it prints the symbol nearest to
 * the offset.
 */
static bool null_pointer(const char *type)
{
	struct known_type *t = known_type(type);
	char command[200], nothing[8];

	if (!t || t->absent)
		return false;
	if (t->pointer)
		return true;
	snprintf(command, sizeof(command), "set $vgpu_%s = (struct %s *)0", type, type);
	t->pointer = gdb_command(command, nothing, sizeof(nothing));
	return t->pointer;
}

static bool anonymous_member(const char *type, const char *path, long *offset, long *size)
{
	char command[400], answer[64] = "";

	if (!null_pointer(type))
		return false;
	snprintf(command, sizeof(command),
		 "printf \"%%lu %%lu\", &$vgpu_%s->%s, sizeof($vgpu_%s->%s)", type, path,
		 type, path);
	return gdb_command(command, answer, sizeof(answer)) &&
	       sscanf(answer, "%ld %ld", offset, size) == 2;
}

/* The name of the type of type's member: a struct's tag.  False: it has none. */
static bool member_type(const char *type, const char *member, char *name, size_t size)
{
	const char *volatile s = NULL;

	if (!GUARDED(true, s = MEMBER_TYPE_NAME((char *)type, (char *)member)) || !s ||
	    s == (const char *)-1)
		return false;
	snprintf(name, size, "%s", s);
	return true;
}

/* One step of a path: a member of a named struct. */
static bool plain_member(const char *type, const char *member, long *offset, long *size)
{
	volatile long at = -1, n = -1;
	char *t = (char *)type, *m = (char *)member;

	if (!GUARDED(true,
		     (at = MEMBER_OFFSET(t, m), n = at < 0 ? -1 : MEMBER_SIZE(t, m))) ||
	    at < 0 || n < 0)
		return false;
	*offset = at;
	*size = n;
	return true;
}

/*
 * crash finds a member of a named struct, step by step, at no cost; gdb is asked
 * for what lies in an anonymous one.
 */
static bool find_member(const char *type, const char *path, bool anonymous, long *offset,
			long *size)
{
	char within[128], step[128], next[128];
	long total = 0, at;
	const char *p;

	if (!type_size(type, &at))
		return false;
	snprintf(within, sizeof(within), "%s", type);
	for (p = path;; p += strlen(step) + 1) {
		snprintf(step, sizeof(step), "%.*s", (int)strcspn(p, "."), p);
		if (!plain_member(within, step, &at, size))
			return anonymous && anonymous_member(type, path, offset, size);
		total += at;
		if (!p[strlen(step)])
			break;
		if (!member_type(within, step, next, sizeof(next)))
			return anonymous_member(type, path, offset, size);
		memcpy(within, next, sizeof(within));
	}
	*offset = total;
	return true;
}

static bool crash_member(struct dump *d, const char *type, const char *path,
			 bool anonymous, long *offset, long *size)
{
	ulong scope = scope_of(type);
	bool found;

	(void)d;
	if (scope)
		set_scope(scope);
	found = find_member(type, path, anonymous, offset, size);
	if (scope)
		set_scope(pc->scope);
	return found;
}

/* crash's own request for an enumerator costs 20 ms, this one 1. */
static bool gdb_number(const char *expression, long *value)
{
	char command[200], answer[64] = "";

	snprintf(command, sizeof(command), "printf \"%%ld\", %s", expression);
	return gdb_command(command, answer, sizeof(answer)) &&
	       sscanf(answer, "%ld", value) == 1;
}

static bool crash_enumerator(struct dump *d, const char *name, long *value)
{
	(void)d;
	return gdb_number(name, value);
}

static bool crash_variable_size(struct dump *d, const char *name, long *size)
{
	char expression[120];

	(void)d;
	snprintf(expression, sizeof(expression), "sizeof(%s)", name);
	return gdb_number(expression, size);
}

/* ---- debuginfo of modules ------------------------------------------------ */

static void add_types(struct dump_about *about, const char *module, const char *file)
{
	struct dump_types *t = vec_push(&self.arena, &about->types);

	t->module = module ? text_escaped(&self.arena, module) : NULL;
	t->kind = "dwarf";
	t->file = text_escaped(&self.arena, file);
}

/* The user may load a module's debuginfo too, with mod -s. */
static void find_types(struct dump_about *about)
{
	const char *vmlinux = pc->namelist_debug ? pc->namelist_debug : pc->namelist;
	struct load_module *lm = st->load_modules;
	int i;

	about->types.n = 0;
	if (vmlinux)
		add_types(about, NULL, vmlinux);
	for (i = 0; i < kt->mods_installed; i++)
		if (lm[i].mod_flags & MOD_LOAD_SYMS)
			add_types(about, lm[i].mod_name, lm[i].mod_namelist);
}

static bool has_interrupted(void)
{
	return interrupted;
}

static struct module_search where_files_are(const struct dump *d)
{
	static char folders[2 * PATH_MAX];
	const char *named = getenv("CRASH_MODULE_PATH");

	snprintf(folders, sizeof(folders), "%s:%s",
		 kt->module_tree ? kt->module_tree : "", named ? named : "");
	return (struct module_search){.release = d->info.release,
				      .vmlinux = pc->namelist_debug ? pc->namelist_debug
								    : pc->namelist,
				      .folders = folders,
				      .interrupted = has_interrupted};
}

/*
 * crash would look in fewer places, by a shell that runs find, for which it waits for
 * ever when Ctrl-C ends it.  So it is told the file.
 */
static bool load_symbols(struct dump *d, struct load_module *lm)
{
	struct module_search search = where_files_are(d);
	char path[MAX_MOD_NAMELIST];
	volatile int ok = FALSE;

	search.nbuild_id = module_build_id(d, lm->module_struct, search.build_id,
					   sizeof(search.build_id));
	return module_file_find(&search, lm->mod_name, path, sizeof(path)) &&
	       GUARDED(true,
		       ok = load_module_symbols(lm->mod_name, path, lm->mod_base)) &&
	       ok;
}

static bool crash_load_module(struct dump *d, const char *module, bool *in_dump)
{
	struct load_module *lm = NULL;
	ulong addr;

	if (!is_module_name((char *)module, &addr, &lm) || !lm)
		return false;
	*in_dump = true;
	if (lm->mod_flags & MOD_LOAD_SYMS)
		return true;
	if (!load_symbols(d, lm))
		return false;
	layout_retry(d->layout);
	forget_types();
	find_types(&crash_reader.about);
	self.debuginfo++;
	return true;
}

/*
 * crash places a module's file by the names that the kernel keeps.  Where these are of
 * functions only (CONFIG_KALLSYMS_ALL is off), a section of data has none to be placed by,
 * and what is in it no name.
 */
static bool symtab_of(struct dump *d, const struct module *m, struct symtab *to)
{
	struct module_search search = where_files_are(d);

	return module_symtab_find(&self.arena, d, m, &search, to);
}

/* Every module has that variable. */
static bool keeps_functions_only(void)
{
	return kt->mods_installed && !symbol_search("__this_module");
}

/* crash keeps those of its own file, each with its head (Elf64_Nhdr). */
static bool crash_cpu_note(struct dump *d, unsigned int cpu,
			   const unsigned char **prstatus, size_t *size)
{
	const Elf64_Nhdr *note = NULL;

	(void)d;
	if (pc->flags & DISKDUMP)
		note = diskdump_get_prstatus_percpu((int)cpu);
	else if (pc->flags & KDUMP)
		note = netdump_get_prstatus_percpu((int)cpu);
	/* Its numbers are the file's: what they say of it may lie behind the note. */
	if (!note || note->n_type != NT_PRSTATUS || note->n_namesz != sizeof("CORE"))
		return false;
	*prstatus = (const unsigned char *)(note + 1) + (sizeof("CORE") + 3u) / 4 * 4;
	*size = note->n_descsz;
	return true;
}

static bool crash_interrupted(struct dump *d)
{
	(void)d;
	return interrupted;
}

static const struct dump_ops crash_ops = {
	.read = crash_read,
	.symbol = crash_symbol,
	.symbol_local = crash_symbol_local,
	.symbol_at = crash_symbol_at,
	.percpu = crash_percpu,
	.physical = crash_physical,
	.type_size = crash_type_size,
	.member = crash_member,
	.enumerator = crash_enumerator,
	.variable_size = crash_variable_size,
	.load_module = crash_load_module,
	.cpu_note = crash_cpu_note,
	.interrupted = crash_interrupted,
};

/* ---- begin and end ------------------------------------------------------ */

static void copy_printable(char *to, size_t size, const char *from)
{
	size_t i;

	for (i = 0; i + 1 < size && from[i]; i++)
		to[i] = isgraph((unsigned char)from[i]) ? from[i] : '?';
	to[i] = '\0';
}

/* arm64's PTOV() works on addresses of memory alone, so ask for its first. */
static kaddr_t direct_map(void)
{
	physaddr_t first = vt->numnodes ? vt->node_table[0].start_paddr : 0;

	return (kaddr_t)PTOV(first) - first;
}

static void describe(struct dump_info *info)
{
	copy_printable(info->release, sizeof(info->release), kt->utsname.release);
	copy_printable(info->machine, sizeof(info->machine), kt->utsname.machine);
	info->about = &crash_reader.about;
	info->cpus = (unsigned int)kt->cpus;
	info->hz = (unsigned int)machdep->hz;
	info->page_size = (unsigned long)PAGESIZE();
	info->section_bits = IS_SPARSEMEM() ? (unsigned int)SECTION_SIZE_BITS() : 0;
	info->physmem_bits = (unsigned int)MAX_PHYSMEM_BITS();
	info->direct_map = direct_map();
	info->zero_excluded = diskdump_flags && (*diskdump_flags & ZERO_EXCLUDED);
	info->crash_time = (double)kt->date.tv_sec;
}

static int modules_with_debuginfo(void)
{
	int i, n = 0;

	for (i = 0; i < kt->mods_installed; i++)
		n += !!(st->load_modules[i].mod_flags & MOD_LOAD_SYMS);
	return n;
}

/* Dumps that vgpu cannot look at, each with its reason. */
static const char *refusal(struct reader *r)
{
	(void)r;
	if (pc->flags & MINIMAL_MODE)
		return "crash was started with --minimal, which reads no types and no tasks: "
		       "start it without";
	if (ACTIVE())
		return "this is the running system, which changes while crash reads it: the "
		       "program looks at it twice and says what stood still: vgpu --live";
	if (XEN_HYPER_MODE())
		return "this is a Xen hypervisor's dump, not a Linux kernel's";
	return NULL;
}

static struct dump *begin(struct reader *r, struct arena *a)
{
	struct dump *d = &self.dump;
	int n = modules_with_debuginfo();

	(void)r;
	d->ops = &crash_ops;
	d->arena = a;
	self.arena.no_memory = a->no_memory;
	memset(&d->notes, 0, sizeof(d->notes));
	describe(&d->info);
	d->arch = arch_of(d->info.machine);
	if (!d->layout)
		d->layout = layout_create();
	if (!crash_reader.about.types.n || n != self.debuginfo)
		find_types(&crash_reader.about);
	if (d->layout && n != self.debuginfo) {
		layout_retry(d->layout);
		forget_types();
	}
	self.debuginfo = n;
	if (!self.modules && keeps_functions_only())
		self.modules = module_symbols_create(d, &self.arena, symtab_of);
	if (self.modules)
		module_symbols_begin(self.modules);
	return d->layout ? d : NULL;
}

static void end(struct reader *r)
{
	(void)r;
	self.dump.arena = NULL;
	self.arena.no_memory = NULL;
}

struct reader crash_reader = {
	.about = {.reader = "crash",
		  .door = DOOR_CRASH,
		  .filter_level = -1,
		  .partial = -1},
	.usage = "vgpu",
	.refusal = refusal,
	.begin = begin,
	.end = end,
};

void crash_dump_open(void)
{
	struct dump_about *about = &crash_reader.about;

	about->crash = arena_printf(&self.arena, "crash %s", pc->program_version);
	if (pc->dumpfile)
		*vec_push(&self.arena, &about->files) =
			text_escaped(&self.arena, pc->dumpfile);
	if (pc->dumpfile && small_note_of_file(&self.arena, pc->dumpfile, &self.small))
		about->small = &self.small.small;
}

void crash_dump_close(void)
{
	module_files_remove();
	dump_forget_all(&self.dump);
	layout_destroy(self.dump.layout);
	self.dump.layout = NULL;
	self.modules = NULL;
	arena_free(&self.arena);
}
