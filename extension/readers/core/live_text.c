// SPDX-License-Identifier: GPL-2.0-or-later
#define _GNU_SOURCE /* memfd_create(), open_memstream() */
#include "live_text.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/base.h"
#include "live.h"

#define PATH_ROOM 320
#define LINE 512
/* Of one file; the kernel's messages have as much at most (log_buf_len is mostly 128 kB). */
#define FILE_MAX ((size_t)1 << 20)
#define STACK_MAX 64
#define TASKS_MAX 100000
#define GIVEN_UP_MAX 16

/* ---- a child that reads ---------------------------------------------------------- */

/* n things, of which each is read by one step, into a text. */
struct steps {
	size_t n;
	void (*step)(void *of, size_t i, FILE *out);
	void *of;
};

struct answer {
	size_t step, bytes;
};

static bool write_all(int fd, const void *bytes, size_t n)
{
	const char *p = bytes;
	ssize_t written;

	for (; n; p += written, n -= (size_t)written) {
		written = write(fd, p, n);
		if (written < 0 && errno == EINTR)
			written = 0;
		else if (written <= 0)
			return false;
	}
	return true;
}

static _Noreturn void read_steps(const struct steps *s, size_t from, int to)
{
	struct answer a;
	char *text;
	FILE *out;

	for (a.step = from; a.step < s->n; a.step++) {
		text = NULL;
		out = open_memstream(&text, &a.bytes);
		if (!out)
			_exit(1);
		s->step(s->of, a.step, out);
		if (fclose(out) || !write_all(to, &a, sizeof(a)) ||
		    !write_all(to, text, a.bytes))
			_exit(1);
		free(text);
	}
	_exit(0);
}

/* False: the child has ended, or says nothing more. */
static bool read_all(int fd, void *bytes, size_t n, int silent_ms)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	char *to = bytes;
	ssize_t got;

	for (; n; to += got, n -= (size_t)got) {
		if (poll(&p, 1, silent_ms) <= 0)
			return false;
		got = read(fd, to, n);
		if (got <= 0)
			return false;
	}
	return true;
}

/* What one child says, step after step; the first one that it did not say. */
static size_t hear(const struct live_text *l, const struct steps *s, size_t from, int fd,
		   FILE *out)
{
	struct answer a;
	char *text;
	bool ok;

	for (; from < s->n && read_all(fd, &a, sizeof(a), l->silent_ms); from++) {
		if (a.step != from || a.bytes > 2 * FILE_MAX)
			break;
		text = malloc(a.bytes + 1);
		ok = text && read_all(fd, text, a.bytes, l->silent_ms) &&
		     fwrite(text, 1, a.bytes, out) == a.bytes;
		free(text);
		if (!ok)
			break;
	}
	return from;
}

/* One that waits for a lock dies when it gets it: it is not waited for. */
static size_t by_child(const struct live_text *l, const struct steps *s, size_t from,
		       FILE *out)
{
	int ends[2];
	pid_t child;

	if (pipe2(ends, O_CLOEXEC))
		return from;
	child = fork();
	if (!child) {
		close(ends[0]);
		read_steps(s, from, ends[1]);
	}
	close(ends[1]);
	if (child > 0)
		from = hear(l, s, from, ends[0], out);
	close(ends[0]);
	if (child > 0) {
		kill(child, SIGKILL);
		waitpid(child, NULL, WNOHANG);
	}
	return from;
}

static void take_steps(struct live_text *l, const struct steps *s, FILE *out)
{
	unsigned int given_up = 0;
	size_t i = 0;

	while (i < s->n && given_up < GIVEN_UP_MAX) {
		i = by_child(l, s, i, out);
		if (i < s->n) {
			given_up++;
			i++;
		}
	}
	l->left_out += given_up;
}

/* ---- files ------------------------------------------------------------------------ */

/* Its beginning, NUL-terminated; "" where it cannot be read. */
static void first_bytes(const char *path, char *bytes, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd >= 0 ? read(fd, bytes, room - 1) : -1;

	bytes[got > 0 ? got : 0] = '\0';
	if (fd >= 0)
		close(fd);
}

static void copy_file(const char *path, FILE *out)
{
	char bytes[4096];
	size_t n, sum = 0;
	FILE *in = fopen(path, "re");

	if (!in)
		return;
	while (sum < FILE_MAX && (n = fread(bytes, 1, sizeof(bytes), in))) {
		fwrite(bytes, 1, n, out);
		sum += n;
	}
	fclose(in);
}

/* ---- the kernel's messages ---------------------------------------------------------- */

/*
 * "6,339,5140900,-;Linux version ...", and lines that begin with a blank, which programs
 * read (Documentation/ABI/testing/dev-kmsg).  Others than the kernel write there, too.
 */
static void put_record(char *record, FILE *out)
{
	char *text = strchr(record, ';'), *end;
	unsigned long long us;
	unsigned long prefix;

	prefix = strtoul(record, &end, 10);
	if (!text || *end != ',' || prefix >> 3)
		return;
	strtoull(end + 1, &end, 10);
	if (*end != ',')
		return;
	us = strtoull(end + 1, NULL, 10);
	text++;
	text[strcspn(text, "\n")] = '\0';
	fprintf(out, "[%5llu.%06llu] %s\n", us / 1000000, us % 1000000, text);
}

static void put_messages(const char *path, FILE *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char record[8192];
	size_t sum = 0;
	ssize_t got;

	/* EPIPE: it was overwritten while we read, and the next one is there. */
	while (fd >= 0 && sum < FILE_MAX &&
	       ((got = read(fd, record, sizeof(record) - 1)) > 0 ||
		(got < 0 && errno == EPIPE))) {
		if (got < 0)
			continue;
		record[got] = '\0';
		sum += (size_t)got;
		put_record(record, out);
	}
	if (fd >= 0)
		close(fd);
}

/* ---- tasks ---------------------------------------------------------------------- */

struct blocked {
	int process, pid;
	unsigned long long runs; /* how often it was given a CPU */
};

struct look {
	const struct live_text *l;
	VEC(int) processes;
	VEC(struct blocked) blocked;
	long long last_us; /* of the last line that was put */
};

struct stat_line {
	char comm[64];
	char state;
	int parent;
	unsigned long flags;
};

/* "1458 (Xorg) D 1 1458 ...": the name may have a parenthesis in it. */
static bool read_stat(const char *folder, struct stat_line *s)
{
	char path[PATH_ROOM], line[LINE], *name, *end;

	snprintf(path, sizeof(path), "%s/stat", folder);
	first_bytes(path, line, sizeof(line));
	name = strchr(line, '(');
	end = strrchr(line, ')');
	if (!name || !end || end < name ||
	    sscanf(end + 1, " %c %d %*d %*d %*d %*d %lu", &s->state, &s->parent,
		   &s->flags) != 3)
		return false;
	*end = '\0';
	snprintf(s->comm, sizeof(s->comm), "%s", name + 1);
	return true;
}

/* "RUN WAIT SLICES" of schedstat, which takes no lock; else what status counts. */
static unsigned long long runs_of(const char *folder)
{
	static const char voluntary[] = "\nvoluntary_ctxt_switches:",
			  other[] = "\nnonvoluntary_ctxt_switches:";
	char path[PATH_ROOM], text[4096];
	unsigned long long runs = 0;
	const char *at;

	snprintf(path, sizeof(path), "%s/schedstat", folder);
	first_bytes(path, text, sizeof(text));
	if (sscanf(text, "%*u %*u %llu", &runs) == 1)
		return runs;
	snprintf(path, sizeof(path), "%s/status", folder);
	first_bytes(path, text, sizeof(text));
	at = strstr(text, voluntary);
	if (at)
		runs += strtoull(at + strlen(voluntary), NULL, 10);
	at = strstr(text, other);
	if (at)
		runs += strtoull(at + strlen(other), NULL, 10);
	return runs;
}

static void task_folder(const struct live_text *l, int process, int pid, char *folder)
{
	snprintf(folder, PATH_ROOM - 32, "%s/%d/task/%d", l->proc, process, pid);
}

/* "PROCESS PID RUNS" of each of its tasks that is blocked. */
static void find_blocked(void *of, size_t i, FILE *out)
{
	const struct look *look = of;
	int process = look->processes.v[i], pid;
	char folder[PATH_ROOM];
	struct stat_line s;
	struct dirent *e;
	DIR *tasks;

	snprintf(folder, sizeof(folder), "%s/%d/task", look->l->proc, process);
	tasks = opendir(folder);
	while (tasks && (e = readdir(tasks))) {
		pid = atoi(e->d_name);
		if (pid <= 0)
			continue;
		task_folder(look->l, process, pid, folder);
		if (read_stat(folder, &s) && s.state == 'D')
			fprintf(out, "%d %d %llu\n", process, pid, runs_of(folder));
	}
	if (tasks)
		closedir(tasks);
}

/* Lines of one time are one message, and each of these is one. */
static void __attribute__((format(printf, 3, 4)))
put_line(struct look *look, FILE *out, const char *fmt, ...)
{
	struct timespec now;
	long long us;
	va_list ap;

	clock_gettime(CLOCK_MONOTONIC, &now);
	us = now.tv_sec * 1000000LL + now.tv_nsec / 1000;
	if (us <= look->last_us)
		us = look->last_us + 1;
	look->last_us = us;
	fprintf(out, "[%5lld.%06lld] ", us / 1000000, us % 1000000);
	va_start(ap, fmt);
	vfprintf(out, fmt, ap);
	va_end(ap);
	fputc('\n', out);
}

/* "[<0>] flush_work+0x139/0x1f0"; where there is none, the one function that it sleeps in. */
static void put_stack(struct look *look, const char *folder, FILE *out)
{
	char path[PATH_ROOM], text[STACK_MAX * 128], *line, *rest = text;
	size_t n = 0;

	snprintf(path, sizeof(path), "%s/stack", folder);
	first_bytes(path, text, sizeof(text));
	while (n < STACK_MAX && (line = strsep(&rest, "\n"))) {
		if (strncmp(line, "[<", 2))
			continue;
		line = strchr(line, ']');
		if (!line || !line[1])
			continue;
		put_line(look, out, " %s", line + 2);
		n++;
	}
	if (n)
		return;
	snprintf(path, sizeof(path), "%s/wchan", folder);
	first_bytes(path, text, sizeof(text));
	if (isalpha((unsigned char)text[0]) || text[0] == '_')
		put_line(look, out, " %.120s+0x0/0x0", text);
}

/* A task that is blocked still, and has not run since, as sysrq-w prints it. */
static void put_blocked(void *of, size_t i, FILE *out)
{
	struct look *look = of;
	const struct blocked *b = &look->blocked.v[i];
	char folder[PATH_ROOM];
	struct stat_line s;

	task_folder(look->l, b->process, b->pid, folder);
	if (!read_stat(folder, &s) || s.state != 'D' || runs_of(folder) != b->runs)
		return;
	put_line(look, out,
		 "task:%-15s state:%c stack:    0 pid:%5d ppid:%6d flags:0x%08lx", s.comm,
		 s.state, b->pid, s.parent, s.flags);
	put_line(look, out, "Call Trace:");
	put_stack(look, folder, out);
}

static void list_processes(struct look *look)
{
	DIR *proc = opendir(look->l->proc);
	struct dirent *e;
	int pid;

	while (proc && look->processes.n < TASKS_MAX && (e = readdir(proc))) {
		pid = atoi(e->d_name);
		if (pid > 0 && pid != getpid())
			*vec_push(look->l->arena, &look->processes) = pid;
	}
	if (proc)
		closedir(proc);
}

static void list_blocked(struct live_text *l, struct look *look)
{
	struct steps steps = {look->processes.n, find_blocked, look};
	char *text = NULL, *line, *rest;
	struct blocked b;
	size_t n;
	FILE *out = open_memstream(&text, &n);

	if (!out)
		return;
	take_steps(l, &steps, out);
	fclose(out);
	rest = text;
	while ((line = strsep(&rest, "\n")) && look->blocked.n < TASKS_MAX)
		if (sscanf(line, "%d %d %llu", &b.process, &b.pid, &b.runs) == 3)
			*vec_push(l->arena, &look->blocked) = b;
	free(text);
}

static void put_tasks(struct live_text *l, FILE *out)
{
	struct look look = {.l = l};
	struct steps steps = {.step = put_blocked, .of = &look};

	list_processes(&look);
	list_blocked(l, &look);
	if (!look.blocked.n || !live_wait(l->apart))
		return;
	steps.n = look.blocked.n;
	take_steps(l, &steps, out);
}

/* ---- the text -------------------------------------------------------------------- */

static void put_file(const struct live_text *l, const char *name, FILE *out)
{
	char path[PATH_ROOM];

	snprintf(path, sizeof(path), "%s/%s", l->proc, name);
	copy_file(path, out);
}

/* The first message, which newer ones may have overwritten. */
static void put_version(const struct live_text *l, FILE *out)
{
	char path[PATH_ROOM], version[LINE];

	snprintf(path, sizeof(path), "%s/version", l->proc);
	first_bytes(path, version, sizeof(version));
	if (*version)
		fprintf(out, "[    0.000000] %s", version);
}

static void put_kernel(void *of, size_t i, FILE *out)
{
	const struct live_text *l = of;

	if (i)
		put_messages(l->kmsg, out);
	else
		put_version(l, out);
}

/* slabinfo takes a lock that whoever makes or removes a cache has. */
static void put_memory(void *of, size_t i, FILE *out)
{
	put_file(of, i ? "slabinfo" : "meminfo", out);
}

/* The last message may be as old as the boot. */
static double uptime(const struct live_text *l)
{
	char path[PATH_ROOM], text[LINE];
	double seconds = 0;

	snprintf(path, sizeof(path), "%s/uptime", l->proc);
	first_bytes(path, text, sizeof(text));
	return sscanf(text, "%lf", &seconds) == 1 && seconds > 0 ? seconds : 0;
}

static void put_all(struct live_text *l, FILE *out)
{
	struct steps kernel = {2, put_kernel, l}, memory = {2, put_memory, l};

	take_steps(l, &kernel, out);
	put_tasks(l, out);
	take_steps(l, &memory, out);
}

int live_text_open(struct live_text *l, struct error *why)
{
	int fd = memfd_create("vgpu-proc", MFD_CLOEXEC), copy;
	FILE *out;

	copy = fd >= 0 ? fcntl(fd, F_DUPFD_CLOEXEC, 0) : -1;
	out = copy >= 0 ? fdopen(copy, "w") : NULL;
	if (!out) {
		error_set(why, "no memory for a text: %s", strerror(errno));
		if (copy >= 0)
			close(copy);
		if (fd >= 0)
			close(fd);
		return -1;
	}
	put_all(l, out);
	l->uptime_s = uptime(l);
	fclose(out);
	lseek(fd, 0, SEEK_SET);
	return fd;
}
