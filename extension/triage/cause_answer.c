// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * An answer of a device that did not come, or came and was not noticed: the host that is
 * silent or slow, the interrupt that was lost, the fence that nobody signalled.
 *
 * The host is blamed only when all that the guest owes it is seen to be done; a lost
 * interrupt is claimed only when an answer lies in memory, the driver asked to be told of
 * it, and nobody is about to fetch it.
 */
#include "device_queue.h"

#include "edges.h"
#include "facts/gpu_refusals.h"

/* The log's clock and the scheduler's are not the same. */
#define CLOCKS_DIFFER_S 2.0
/* A fence is often waited for as soon as its command was given. */
#define REFUSED_BEFORE_S 10.0
/* Kinds of errors that a claim names. */
#define REFUSALS_NAMED 4

/*
 * Answers that nobody fetches, and no interrupt is to blame: the driver has not asked for
 * one, or has had it (event_triggered, which it clears when it asks for the next).
 */
static void no_interrupt_missing(struct judge *j, struct verdict *v,
				 const struct queue *q)
{
	const struct virtqueue *vq = q->vq;
	bool came = vq->interrupt_due;

	v->confidence = SURE_QUEUE_NOT_TO_BLAME;
	queue_judge_dequeue(j, v, q);
	if (came)
		add_against(j, v,
			    "an interrupt has come since the driver last asked for one: "
			    "event_triggered is 1",
			    vq->addr,
			    LOOK_AT("vring_virtqueue.event_triggered", vq->addr));
	else
		add_against(
			j, v,
			"the driver has not asked to be told of them: the interrupt is "
			"not what is missing",
			vq->avail_ring, LOOK(FLAGS, .address = vq->avail_ring, .n = 2));
	v->summary = say(j,
			 "%s for answers of %s that lie in memory; nobody fetches them, "
			 "and %s.",
			 wait_words(j, v), q->gpu->name,
			 came ? "the interrupt has come"
			      : "the driver did not ask for an interrupt");
	say_next(j, v, "Look at the driver's dequeue work: " LOOK_HERE ".");
	say_command(j, v, "wq");
}

/*
 * What the device says itself: where it wants its next kick is how far it has come.  One
 * that moves this index only when it has nothing left to do may be further.
 */
static void fetched(struct judge *j, struct verdict *v, const struct virtqueue *vq)
{
	kaddr_t at = vq->used_ring + 4 + 8 * (kaddr_t)vq->num;
	struct look look = LOOK(NUMBERS, .address = at, .n = 1);
	const char *asks =
		say(j, "it asks for its next kick at index %u", vq->avail_event);
	const char *what;

	if (!vq->fetched_known) {
		say_missing(j, v,
			    "whether the device has taken the commands and is at work, "
			    "or has not looked: its queue does not say");
		return;
	}
	if (vq->kind == VRING_PACKED) {
		asks = say(j, "it asks for its next kick at descriptor %u",
			   vq->device_off_wrap & 0x7fffu);
		look = LOOK(FLAGS, .address = vq->used_ring, .n = 2);
	}
	if (!vq->fetched)
		what = say(j, "the device has taken none of them: %s, the first of them",
			   asks);
	else if (vq->fetched < vq->unanswered)
		what = say(j, "the device has taken %u of them: %s", vq->fetched, asks);
	else
		what = say(j, "the device has taken all of them%s: %s, behind the last",
			   vq->completed ? "" : ", and answers none", asks);
	add_for(j, v, what, vq->kind == VRING_PACKED ? vq->used_ring : at, look);
}

static void oldest_command(struct judge *j, struct verdict *v, const struct queue *q)
{
	const struct gpu_command *c = gpu_commands_oldest(&q->gpu->waited, q->vq);
	const char *fence = "";

	if (!c || !c->read)
		return;
	if (c->flags & GPU_CMD_FLAG_FENCE)
		fence = say(j, ", fence %llu", COUNT(c->fence_id));
	count_evidence(j, v, c->buf, look_command(c),
		       "the oldest that it has not answered is %s%s, in descriptor %u%s",
		       numbered_command(j->a, c), fence, c->slot.head,
		       c->slot.fetched != VRING_FETCHED ? ""
							: ": what it is stuck in, if it "
							  "works in order");
}

/* Of the others: who tries to get rid of a device that hangs waits for it, too. */
static double waited_beside(const struct verdict *v, const struct task *remover)
{
	double most = -1;
	size_t i;

	for (i = 0; i < v->victims.n; i++)
		if (v->victims.v[i]->task != remover &&
		    v->victims.v[i]->task->since_s > most)
			most = v->victims.v[i]->task->since_s;
	return most;
}

/* Somebody is about to remove or suspend it.  Points of confidence. */
static int removal(struct judge *j, struct verdict *v, const struct queue *q)
{
	const struct task *t = gpu_remover(j->f, q->gpu);
	double others = waited_beside(v, t);
	const char *what;

	if (!t)
		return 0;
	what = say(j,
		   "%s removes or suspends the device and has slept for %s, before the "
		   "driver resets it: until then the device owes its answers",
		   who(j, t), span(j, t->since_s));
	if (t->since_s >= 0 && others > t->since_s) {
		add_for(j, v,
			say(j, "%s; others have waited for %s", what, span(j, others)),
			t->addr, LOOK(STACK, .n = t->pid));
		return 0;
	}
	add_against(j, v, what, t->addr, LOOK(STACK, .n = t->pid));
	return SURE_REMOVED_FIRST;
}

/* What it has done with what it was told of. */
static const char *not_answered(struct judge *j, const struct queue *q)
{
	const struct virtqueue *vq = q->vq;
	const char *n = say(j, "%u command%s in the %s queue", vq->unanswered,
			    vq->unanswered == 1 ? "" : "s", vq->name);

	if (q->slow)
		return say(j, "is slow: it still has to answer %s", n);
	if (host_queue(j->f->host, vq))
		return host_has_done(j, vq, n);
	if (vq->fetched_known && vq->fetched == vq->unanswered)
		return say(j, "has taken %s and answered none", n);
	if (vq->fetched_known && !vq->fetched)
		return say(j, "was told of %s and seems to have taken none", n);
	return say(j, "was told of %s and has answered none", n);
}

/* A merged fence waits for all that it stands for: others may not be the device's. */
static void other_fences(struct judge *j, struct verdict *v)
{
	const struct node *n;
	size_t i, k;

	for (i = 0; i < v->chain.n; i++)
		for (k = 1; k < v->chain.v[i]->out.n; k++) {
			n = v->chain.v[i]->out.v[k]->to;
			if (v->chain.v[i]->kind != NODE_FENCE || n->root == v->root)
				continue;
			say_missing(j, v,
				    "who should signal %s, which the merged fence waits "
				    "for, too",
				    n->title);
			return;
		}
}

/* Of several devices the log does not say which: then it says nothing. */
static bool has_refused(const struct judge *j)
{
	return j->f->refusals.count && j->f->gpus.all.n == 1;
}

/* The log's words of answers that are errors, counted by command. */
static const char *refusals(struct judge *j)
{
	const struct gpu_refusals *r = &j->f->refusals;
	const char *words = "";
	size_t i;

	for (i = 0; i < r->all.n && i < REFUSALS_NAMED; i++)
		words = say(j, "%s%s%s to %s %zu time%s", words, i ? ", " : "",
			    r->all.v[i].answer_name, r->all.v[i].command_name,
			    r->all.v[i].count, r->all.v[i].count == 1 ? "" : "s");
	return say(j, "the log has %zu answer%s of the device that %s: %s%s", r->count,
		   r->count == 1 ? "" : "s", r->count == 1 ? "is an error" : "are errors",
		   words, r->all.n > REFUSALS_NAMED ? ", ..." : "");
}

/* What stopped soon after the wait began has answered since then, too. */
enum answered { BEFORE_THE_WAIT, EARLY, LATELY }; /* in which half of the wait */

static enum answered answered_ago(const struct queue *q, double ago)
{
	if (ago < 0 || ago + CLOCKS_DIFFER_S >= q->waited_s)
		return BEFORE_THE_WAIT;
	return ago + CLOCKS_DIFFER_S < q->waited_s / 2 ? LATELY : EARLY;
}

static double since_signal(const struct judge *j, const struct queue *q)
{
	return facts_since_monotonic(j->f, q->gpu->last.at_s);
}

/* What the fences of its objects tell: the driver has fetched an answer then. */
static enum answered signalled_at(const struct judge *j, const struct queue *q)
{
	return q->gpu->last.addr ? answered_ago(q, since_signal(j, q)) : BEFORE_THE_WAIT;
}

static const char *slow_or_stopped(enum answered when)
{
	switch (when) {
	case LATELY:
		return "it is slow, rather than stopped";
	case EARLY:
		return "it is slow, or has stopped since";
	case BEFORE_THE_WAIT:
		break;
	}
	return NULL;
}

static void last_answer(struct judge *j, const struct queue *q, struct evidences *list)
{
	const char *follows = slow_or_stopped(signalled_at(j, q));
	kaddr_t fence = q->gpu->last.addr;

	if (fence)
		evidence_add(j, list,
			     say(j,
				 "the last answer to a fenced command that is known came "
				 "%s before the end%s%s",
				 span(j, since_signal(j, q)),
				 follows ? ", since the wait began: " : "",
				 follows ? follows : ""),
			     fence, LOOK_AT("dma_fence", fence));
}

/* An error is an answer, too. */
static enum answered refused_at(struct judge *j, struct verdict *v, const struct queue *q)
{
	enum answered when;
	double ago;

	if (!has_refused(j))
		return BEFORE_THE_WAIT;
	ago = facts_uptime(j->f) - j->f->refusals.last_s;
	when = answered_ago(q, ago);
	evidence_add(
		j, when == BEFORE_THE_WAIT ? &v->evidence : &v->against,
		when == BEFORE_THE_WAIT
			? refusals(j)
			: say(j,
			      "%s, the last of them %s before the end: %s, or is stuck in "
			      "some commands",
			      refusals(j), span(j, ago), slow_or_stopped(when)),
		0, LOOK(LOG));
	return when;
}

/* Points of confidence. */
static int answered_since(struct judge *j, struct verdict *v, struct queue *q)
{
	enum answered signalled = signalled_at(j, q), refused = refused_at(j, v, q);

	last_answer(j, q, signalled == BEFORE_THE_WAIT ? &v->evidence : &v->against);
	q->slow = signalled == LATELY || refused == LATELY;
	if (q->slow)
		return SURE_ANSWERED_LATELY;
	return signalled == EARLY || refused == EARLY ? SURE_ANSWERED_EARLY : 0;
}

void judge_unanswered(struct judge *j, struct verdict *v, struct queue *q)
{
	const struct virtqueue *vq = q->vq;
	int confidence = SURE_HOST;

	v->cause = CAUSE_HOST_NOT_CONSUMING;
	blame_device(v, q->gpu, CULPRIT_HOST);
	take_victim_of_kept(j, v);
	queue_say_answers(j, v, vq);
	fetched(j, v, vq);
	oldest_command(j, v, q);
	confidence += queue_judge_kicks(j, v, q);
	confidence += queue_judge_dequeue(j, v, q);
	confidence += removal(j, v, q);
	confidence += answered_since(j, v, q);
	confidence += host_says_unanswered(j, v, vq, &q->slow);
	other_fences(j, v);
	queue_say_not_broken(j, v, vq);
	if (!vq->num_free || (vq->num_free < 3 && q->waits == &q->gpu->waits.ctrl &&
			      !q->gpu->has_indirect)) {
		count_evidence(j, v, vq->addr, LOOK_AT("virtqueue.num_free", vq->addr),
			       "the ring is full: %u of %u descriptors are free",
			       vq->num_free, vq->num);
		confidence += SURE_RING_FULL;
	}
	confidence += q->waited_s >= LONG_S ? SURE_WAITED_LONG : 0;
	say_missing(j, v,
		    "how long the oldest command has been there: the ring keeps no "
		    "times; the longest wait behind it is %s",
		    span(j, q->waited_s));
	v->confidence = confidence < SURE_DEVICE_AT_LEAST ? SURE_DEVICE_AT_LEAST
							  : confidence;
	v->summary = say(j, "%s for %s: its host %s.%s", wait_words(j, v), q->gpu->name,
			 not_answered(j, q),
			 v->against.n ? "" : " The guest has done its part.");
	look_on_host(j, v, vq);
}

/* Its fence is of a command that the device has not answered. */
static bool waits_for_unanswered(struct judge *j, struct node *victim)
{
	struct chain c = {0};
	size_t i;

	graph_chain(j->g, victim, SIZE_MAX, &c);
	for (i = 0; i < c.n; i++)
		if (c.v[i]->fence)
			return c.v[i]->fence->command == FENCE_COMMAND_IN_RING;
	return false;
}

/*
 * Do all victims wait for other answers than those that lie there?  They may have come
 * after the panic, when nobody fetches any: an interrupt would not have helped.
 */
static bool answers_are_others(struct judge *j, const struct verdict *v)
{
	size_t i;

	for (i = 0; i < v->victims.n; i++)
		if (!waits_for_unanswered(j, v->victims.v[i]))
			return false;
	return true;
}

static void miss_time_of_answers(struct judge *j, struct verdict *v)
{
	say_missing(j, v,
		    "when the answers came that lie there: a device goes on answering "
		    "after the machine has stopped");
}

/* The command that is waited for was told, and is not among the answers: the host owes it. */
static void others_answered(struct judge *j, struct verdict *v, struct queue *q)
{
	const struct virtqueue *vq = q->vq;

	v->confidence = SURE_QUEUE_NOT_TO_BLAME;
	if (!vq->num_added) {
		v->cause = CAUSE_HOST_NOT_CONSUMING;
		v->confidence = SURE_HOST_OWES;
		blame_device(v, q->gpu, CULPRIT_HOST);
	}
	count_evidence(j, v, vq->addr, LOOK(COMMAND, .name = "vq -v"),
		       "the command that signals the fence is not among them: the device "
		       "has not answered it");
	fetched(j, v, vq);
	oldest_command(j, v, q);
	answered_since(j, v, q);
	miss_time_of_answers(j, v);
	v->summary = say(j,
			 "%s for an answer of %s that has not come%s; those that lie in "
			 "memory are to other commands.",
			 wait_words(j, v), q->gpu->name,
			 q->slow ? ", since its host is slow" : "");
	say_next(j, v,
		 "Look at the command that carries the fence: " LOOK_HERE ", " LOOK_HERE
		 "; and on the host for what it waits for there.");
	say_command(j, v, "fence");
	say_command(j, v, "vq -v");
}

/*
 * The driver has fetched answers in the midst of the wait: interrupts come, and what lies
 * there may have been answered after the machine stopped.
 */
static void answered_too_late(struct judge *j, struct verdict *v, const struct queue *q)
{
	v->cause = CAUSE_HOST_NOT_CONSUMING;
	v->confidence = SURE_HOST_OWES;
	blame_device(v, q->gpu, CULPRIT_HOST);
	last_answer(j, q, &v->evidence);
	miss_time_of_answers(j, v);
	v->summary =
		say(j,
		    "%s for %s, whose host is slow: the driver has fetched answers "
		    "since, and those that lie in memory may be of the time when the "
		    "machine had stopped.",
		    wait_words(j, v), q->gpu->name);
	look_on_host(j, v, q->vq);
}

/*
 * A renderer that needs seconds for a command leaves the same as a lost interrupt: its
 * answers come while the dump is taken.
 */
static bool renderer_may_be_slow(struct judge *j, struct verdict *v,
				 const struct queue *q)
{
	const struct gpu_command *c = gpu_commands_rendered(&q->gpu->waited, q->vq);

	if (!c)
		return false;
	add_against(
		j, v,
		say(j,
		    "among the answers is that to %s, which a renderer carries out at "
		    "its own pace: a slow one may have given it after the panic",
		    numbered_command(j->a, c)),
		c->buf, look_command(c));
	return true;
}

/* Each answer that is fetched wakes who waits for room: while he slept none was. */
static bool waits_for_room(const struct verdict *v, const struct queue *q)
{
	const struct wait *wait;
	size_t i;

	for (i = 0; q->waits && q->waits->ack_queue && i < v->victims.n; i++) {
		wait = v->victims.v[i]->wait;
		if (wait && wait->kind == WAIT_QUEUE &&
		    wait->object == q->waits->ack_queue)
			return true;
	}
	return false;
}

/* It does not tell: the guest's side of it is in order, and neither may be to blame. */
static void lost_or_late(struct judge *j, struct verdict *v, const struct queue *q)
{
	v->confidence = SURE_QUEUE_NOT_TO_BLAME;
	miss_time_of_answers(j, v);
	v->summary =
		say(j,
		    "%s for answers of %s that lie in memory and the driver does not "
		    "know of: its interrupt did not come, or its renderer is slow and "
		    "gave them when the machine had stopped.",
		    wait_words(j, v), q->gpu->name);
	look_on_host(j, v, q->vq);
}

void judge_unfetched(struct judge *j, struct verdict *v, struct queue *q)
{
	const struct virtqueue *vq = q->vq;
	int confidence = SURE_INTERRUPT;
	bool late;

	queue_say_answers(j, v, vq);
	if (!vq->interrupt_due || vq->event_triggered) {
		no_interrupt_missing(j, v, q);
		return;
	}
	if (answers_are_others(j, v)) {
		others_answered(j, v, q);
		return;
	}
	if (signalled_at(j, q) == LATELY) {
		answered_too_late(j, v, q);
		return;
	}
	queue_say_interrupt_due(j, v, vq);
	confidence += queue_judge_dequeue(j, v, q);
	confidence += judge_way(j, v, q->gpu->vdev, vq->addr);
	late = renderer_may_be_slow(j, v, q);
	if (late && !waits_for_room(v, q) && !host_queue(j->f->host, vq)) {
		lost_or_late(j, v, q);
		return;
	}
	v->cause = CAUSE_INTERRUPT_LOST;
	blame_device(v, q->gpu, CULPRIT_DEVICE);
	confidence += late ? SURE_RENDERER_MAY_BE_SLOW : 0;
	queue_say_not_broken(j, v, vq);
	if (!vq->unanswered) {
		count_evidence(
			j, v, vq->addr, LOOK_AT("virtqueue", vq->addr),
			"the device has answered all %u commands in flight: it has "
			"done its work",
			vq->in_flight);
		confidence += SURE_ALL_ANSWERED;
	}
	confidence += q->waited_s >= LONG_S ? SURE_WAITED_LONG : 0;
	confidence += host_says_answered(j, v, vq);
	say_missing(
		j, v,
		"whether the interrupt is masked: MSI-X mask bits live in the device; "
		"and how long the answers have lain there: a device goes on answering "
		"after the machine has stopped");
	v->confidence = confidence < SURE_DEVICE_AT_LEAST ? SURE_DEVICE_AT_LEAST
							  : confidence;
	v->summary = say(j,
			 "%s for answers that %s has given and the driver does not know "
			 "of: its interrupt did not come%s.",
			 wait_words(j, v), q->gpu->name,
			 late ? ", or its renderer was slow and gave them too late" : "");
	say_next(
		j, v,
		"Compare the interrupt's count and state (" LOOK_HERE ") with the host's "
		"own log of the device; look for masked vectors and a changed affinity.");
	say_look(j, v, LOOK(INTERRUPTS));
}

/* The last error is no older than the wait, or not by much. */
static bool refused_then(const struct judge *j, const struct queue *q)
{
	double ago = facts_uptime(j->f) - j->f->refusals.last_s;

	return ago >= 0 && ago < q->waited_s + REFUSED_BEFORE_S;
}

void judge_fence_lost(struct judge *j, struct verdict *v, const struct queue *q,
		      const struct node *fence)
{
	kaddr_t addr = fence->address;

	v->cause = CAUSE_FENCE_LOST;
	v->confidence = SURE_FENCE_LOST;
	blame_device(v, q->gpu, CULPRIT_DEVICE);
	take_victim_of_kept(j, v);
	count_evidence(j, v, addr, LOOK_AT("dma_fence", addr),
		       "fence %llu is on the device's list and not signalled",
		       COUNT(fence->fence->id));
	count_evidence(
		j, v, q->vq->addr, LOOK(COMMAND, .name = "vq -v"),
		"no command in the ring carries it (%u in flight): its own was put "
		"there with the fence's number, so the driver has got it back",
		q->vq->in_flight);
	v->confidence += queue_judge_dequeue(j, v, q);
	queue_say_not_broken(j, v, q->vq);
	if (has_refused(j)) {
		add_for(j, v, refusals(j), 0, LOOK(LOG));
		if (refused_then(j, q))
			v->confidence += SURE_REFUSED;
	}
	other_fences(j, v);
	v->summary = say(j,
			 "%s for %s, whose command the device has answered%s: nobody has "
			 "signalled it.",
			 wait_words(j, v), fence->title,
			 has_refused(j) ? ", perhaps with an error" : "");
	say_next(j, v,
		 "Look for what the device answered (" LOOK_HERE "), and in the driver "
		 "for an answer that signals no fence: an error, or one without the "
		 "fence's number. " LOOK_HERE " has the fence.");
	say_look(j, v, LOOK(LOG));
	say_command(j, v, "fence");
}
