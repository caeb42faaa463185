// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A libFuzzer target: a text in the place of a core, through its readers, the judgement and
 * all reports.  An input's bytes above 0x7f stand for pieces of real logs, so that it need not
 * guess the kernel's words.
 *
 * Besides what the sanitizers see, and what must hold of each answer (said.h): there is a
 * verdict, and none has more confidence than a text deserves.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/fake_dump.h"
#include "base/base.h"
#include "facts/facts.h"
#include "report/report.h"
#include "said.h"
#include "triage/triage.h"

#define TEXT_MAX 65536

static const char *const pieces[] = {
	"[   12.345678] ",
	"[   12.345679][  T35] ",
	"[   12.345680][    C1] ",
	"Nov 29 17:18:01 host kernel: ",
	"2026-11-29T17:18:01+0000 host kernel: ",
	"<4>",
	"kern  :warn  : ",
	"INFO: task Xorg:723 blocked for more than 120 seconds.\n",
	"INFO: task a:1 is blocked on a mutex likely owned by task b:2.\n",
	"INFO: task b:2 is blocked on a mutex likely owned by task a:1.\n",
	"task:Xorg            state:D stack:    0 pid:  723 ppid:     1\n",
	"Call Trace:\n",
	" <IRQ>\n",
	" </IRQ>\n",
	" flush_work+0x60/0x80\n",
	" ? drain_all_pages+0x14e/0x1a0 [mod]\n",
	" __mutex_lock.constprop.0+0x433/0xa20\n",
	"RIP: 0010:bad+0x7/0x20 [mod]\n",
	"pc : bad+0x7/0x20\n",
	"CPU: 1 PID: 9 Comm: sh Tainted: G           OE     5.10.0 #1\n",
	"Workqueue: events fn [mod]\n",
	"Oops: 0002 [#1] SMP\n",
	"BUG: kernel NULL pointer dereference, address: 0000000000000000\n",
	"watchdog: BUG: soft lockup - CPU#1 stuck for 26s! [swapper/1:0]\n",
	"rcu: INFO: rcu_sched self-detected stall on CPU\n",
	"Kernel panic - not syncing: hung_task: blocked tasks\n",
	"Kernel panic - not syncing: sysrq triggered crash\n",
	"Linux version 5.10.0-9-amd64 (x) #1 SMP\n",
	"Showing busy workqueues and worker pools:\n",
	"workqueue events: flags=0x0\n",
	"  pwq 2: cpus=1 node=0 flags=0x0 nice=0 active=1/256\n",
	"    in-flight: 55:fn ,57*(RESCUER):other BAR(723)\n",
	"    pending: 3*fn, drain_local_pages_wq BAR(723)\n",
	"BUG: workqueue lockup - pool cpus=1 node=0 stuck for 31s!\n",
	"unreferenced object 0xffff800000000100 (size 128):\n",
	"  comm \"Xorg\", pid 723, jiffies 4294968123 (age 361.224s)\n",
	"  backtrace:\n",
	"    [<00000000b24af47e>] virtio_gpu_fence_alloc+0x40/0x80\n",
	"TRACE kmalloc-128 alloc 0x0000000011110000 inuse=21 fp=0x0000000000000000\n",
	"TRACE kmalloc-128 free 0x0000000011110000 inuse=21 fp=0x0000000000000000\n",
	"slabinfo - version: 2.1\n",
	"kmalloc-128 50337 51350 640 25 4 : tunables 0 0 0 : slabdata 2054 2054 0\n",
	"  OBJS ACTIVE  USE OBJ SIZE  SLABS OBJ/SLAB CACHE SIZE NAME\n",
	" 51350 50337  98%    0.62K   2054       25     32864K kmalloc-128\n",
	"MemTotal:        4045568 kB\n",
	"Slab:             434440 kB\n",
	"*ERROR* response 0x1200 (command 0x207)\n",
	"irq 11: nobody cared (try booting with the \"irqpoll\" option)\n",
};

static void fail(const char *what)
{
	fprintf(stderr, "fuzz: %s\n", what);
	abort();
}

static size_t text_of(char *to, const uint8_t *data, size_t size)
{
	size_t n = 0, i, length;
	const char *piece;

	for (i = 0; i < size; i++) {
		if (data[i] < 0x80) {
			to[n++] = (char)data[i];
			continue;
		}
		piece = pieces[(data[i] - 0x80) % ARRAY_SIZE(pieces)];
		length = strlen(piece);
		if (n + length > TEXT_MAX - size)
			break;
		memcpy(to + n, piece, length);
		n += length;
	}
	return n;
}

static void look_at(const struct triage *t)
{
	size_t i, k;

	if (!t->verdicts.all.n)
		fail("no verdict");
	for (i = 0; i < t->verdicts.all.n; i++) {
		if (t->verdicts.all.v[i]->confidence > SURE_TEXT_AT_MOST)
			fail("more confidence than a text deserves");
		for (k = 0; k < t->verdicts.all.v[i]->like.n; k++)
			if (t->verdicts.all.v[i]->like.v[k].confidence >
			    SURE_TEXT_LIKE_AT_MOST)
				fail("a likeness is taken for a proof");
	}
}

static void report(const struct facts *facts, struct triage *t)
{
	FILE *out = said_open(false);

	text_triage(out, facts, t);
	text_panic(out, facts);
	text_log(out, facts, false);
	fclose(out);
	out = said_open(true);
	json_triage(out, facts, t);
	fclose(out);
	out = said_open(true);
	json_log(out, facts);
	fclose(out);
	out = fopen("/dev/null", "we");
	if (!out)
		return;
	html_triage(out, facts, t, facts);
	markdown_triage(out, facts, t, facts);
	fclose(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dump_text text = {0};
	struct facts facts;
	struct triage t;
	struct fake *f;
	struct dump *d;
	char *bytes;

	if (size > TEXT_MAX / 2)
		return 0;
	bytes = malloc(TEXT_MAX);
	f = fake_create();
	if (!bytes)
		abort();
	text.size = text_of(bytes, data, size);
	bytes[text.size] = '\0';
	text.bytes = bytes;
	d = fake_dump(f);
	d->info.text = &text;
	facts_read(d, FACTS_ALL, &facts);
	triage_make(&facts, &t);
	look_at(&t);
	report(&facts, &t);
	fake_destroy(f);
	free(bytes);
	return 0;
}
