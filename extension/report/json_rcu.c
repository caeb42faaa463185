// SPDX-License-Identifier: GPL-2.0-or-later
/* RCU's grace periods. */
#include "json_parts.h"
#include "rcu_words.h"

static void task(struct json *j, const char *key, const struct task *t)
{
	if (!t) {
		json_null(j, key);
		return;
	}
	json_object(j, key);
	json_task_fields(j, t);
	json_seconds(j, "since_s", t->since_s);
	json_end_object(j);
}

static void cpus(struct json *j, const struct facts *f, const struct grace_period *gp)
{
	const struct runqueue *rq;
	const char *what;
	size_t i;

	json_array(j, "cpus");
	for (i = 0; i < gp->cpus.n; i++) {
		rq = runqueue_of_cpu(&f->rqs, gp->cpus.v[i]);
		json_object(j, NULL);
		json_int(j, "cpu", gp->cpus.v[i]);
		task(j, "runs", rq && rq->curr && !rq->curr->idle ? rq->curr : NULL);
		json_text(j, "interrupted_by",
			  rq && rq->curr ? rcu_interrupter(f, gp, rq, &what) : NULL);
		json_end_object(j);
	}
	json_end_array(j);
}

static void waiters(struct json *j, const struct facts *f, const struct grace_period *gp)
{
	const struct studied *st;
	size_t i;

	json_array(j, "waiters");
	for (i = 0; i < f->studied.n; i++) {
		st = f->studied.v[i];
		if (st->wait.kind == WAIT_RCU &&
		    rcu_waits_for(&f->rcu, st->wait.rcu) == gp)
			task(j, NULL, st->task);
	}
	json_end_array(j);
}

static void grace_period(struct json *j, const struct facts *f, const char *key,
			 const struct grace_period *gp)
{
	size_t i;

	json_object(j, key);
	json_address(j, "address", gp->seq_addr);
	json_text(j, "sequence", arena_printf(f->arena, "%lld", (long long)gp->seq));
	json_bool(j, "running", gp->running);
	json_seconds(j, "age_s", facts_since_jiffies(f, gp->started));
	cpus(j, f, gp);
	json_array(j, "readers");
	for (i = 0; i < gp->readers.n; i++)
		task(j, NULL, gp->readers.v[i]);
	json_end_array(j);
	waiters(j, f, gp);
	json_end_object(j);
}

void json_rcu(FILE *out, const struct facts *f)
{
	struct json *j = json_begin(out, f);

	if (!j)
		return;
	if (f->rcu.addr) {
		json_object(j, "rcu");
		json_address(j, "address", f->rcu.addr);
		task(j, "kthread", f->rcu.kthread);
		grace_period(j, f, "normal", &f->rcu.normal);
		grace_period(j, f, "expedited", &f->rcu.expedited);
		json_end_object(j);
	} else {
		json_null(j, "rcu");
	}
	json_finish(j, f);
}
