// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The host's own word, where somebody asked it while the guest hung (--host): the only
 * witness of what is not in the guest's memory, such as how far QEMU has fetched.
 */
#include "judge.h"

/* Where a split ring's indices of the guest can be held against the host's. */
static bool has_indices(const struct virtqueue *vq)
{
	return vq->kind == VRING_SPLIT && vq->ring_read;
}

static const char *fetched_words(struct judge *j, const struct host_queue *h)
{
	if (!h->inuse)
		return say(j,
			   "QEMU says that it has fetched none of them: it has fetched "
			   "and answered up to index %u",
			   h->last_avail);
	return say(j,
		   "QEMU says that it has fetched %u command%s that it has not answered: "
		   "it has fetched up to index %u",
		   h->inuse, h->inuse == 1 ? "" : "s", h->last_avail);
}

static bool has_answered_since(const struct host_queue *h, const struct virtqueue *vq)
{
	return has_indices(vq) && h->answered_since;
}

int host_says_unanswered(struct judge *j, struct verdict *v, const struct virtqueue *vq,
			 bool *slow)
{
	const struct host_queue *h = host_queue(j->f->host, vq);

	if (!h)
		return 0;
	if (has_answered_since(h, vq)) {
		*slow = true;
		add_against(j, v,
			    say(j,
				"QEMU had answered up to index %u when it was asked, and "
				"%u more until the end: it is slow, rather than stopped",
				h->used, h->answered_since),
			    vq->addr, LOOK_AT("virtqueue", vq->addr));
		return SURE_HOST_ANSWERED_SINCE;
	}
	add_for(j, v, fetched_words(j, h), vq->addr, LOOK_AT("virtqueue", vq->addr));
	if (j->f->host->devices == 1 && j->f->host->disabled)
		add_for(j, v,
			"QEMU does not let the device reach the guest's memory: it says "
			"that it is disabled, as when bus mastering is taken from it",
			vq->addr, LOOK_AT("virtqueue", vq->addr));
	if (has_indices(vq) && h->seen != vq->avail_idx)
		add_for(j, v,
			say(j,
			    "QEMU has not looked at the ring since: it saw the available "
			    "index at %u, and that is %u",
			    h->seen, vq->avail_idx),
			vq->avail_ring + 2,
			LOOK(NUMBERS, .address = vq->avail_ring + 2, .n = 1));
	return SURE_HOST_OWNS_UP;
}

int host_says_answered(struct judge *j, struct verdict *v, const struct virtqueue *vq)
{
	const struct host_queue *h = host_queue(j->f->host, vq);
	bool signalled;

	if (!h || !has_indices(vq))
		return 0;
	if (h->answered_since) {
		add_against(j, v,
			    say(j,
				"QEMU had answered up to index %u when it was asked: %u "
				"of the answers came later",
				h->used, h->answered_since),
			    vq->addr, LOOK_AT("virtqueue", vq->addr));
		return h->used == vq->last_used_idx ? SURE_HOST_ANSWERED_AFTER : 0;
	}
	signalled = h->signalled_known && h->signalled == h->used;
	add_for(j, v,
		say(j,
		    "QEMU says that it had answered up to index %u when it was asked%s: "
		    "the answers lay there, and the driver had got to %u",
		    h->used, signalled ? ", and has seen to their interrupt" : "",
		    vq->last_used_idx),
		vq->used_ring + 2, LOOK(NUMBERS, .address = vq->used_ring + 2, .n = 1));
	return SURE_HOST_HAS_ANSWERED;
}

int host_says_unseen(struct judge *j, struct verdict *v, const struct virtqueue *vq)
{
	const struct host_queue *h = host_queue(j->f->host, vq);
	struct look look = LOOK(NUMBERS, .address = vq->avail_ring + 2, .n = 1);

	if (!h || !has_indices(vq))
		return 0;
	if (h->inuse || h->seen == vq->avail_idx) {
		add_against(j, v,
			    say(j,
				"QEMU says that it has seen them: it saw the available "
				"index at %u, and has %u commands in work",
				h->seen, h->inuse),
			    vq->avail_ring + 2, look);
		return SURE_HOST_AWARE;
	}
	add_for(j, v,
		say(j,
		    "QEMU says that it has not seen them: it saw the available index at "
		    "%u, and that is %u",
		    h->seen, vq->avail_idx),
		vq->avail_ring + 2, look);
	return SURE_HOST_UNAWARE;
}

const char *host_has_done(struct judge *j, const struct virtqueue *vq, const char *n)
{
	const struct host_queue *h = host_queue(j->f->host, vq);

	if (!h->inuse)
		return say(j, "was told of %s and never fetched one, as it says itself",
			   n);
	return say(j, "has fetched %u of %s, as it says itself, and is stuck with them",
		   h->inuse, n);
}

/* Has it come there, as far as is known?  Both may be possible. */
static void may_have_come(struct judge *j, const struct virtqueue *vq, bool *come,
			  bool *not_come)
{
	const struct host_queue *h = host_queue(j->f->host, vq);

	*come = h ? h->inuse > 0 : !vq->fetched_known || vq->fetched;
	*not_come = h ? !h->inuse : !vq->fetched_known || !vq->fetched;
}

void look_on_host(struct judge *j, struct verdict *v, const struct virtqueue *vq)
{
	bool come, not_come;

	may_have_come(j, vq, &come, &not_come);
	if (come)
		say_next(
			j, v,
			"Look on the host: is what works for the device (QEMU, "
			"vhost-user-gpu, virglrenderer) stuck in a command, in "
			"virglrenderer, in Mesa or in a compiler of shaders? gdb -p PID "
			"-batch -ex 'thread apply all bt'. Is its cache of shaders full, "
			"or not its own? du -sh and ls -ld ~USER/.cache/mesa_shader_cache. "
			"Did its sandbox deny a system call? journalctl -k -g type=1326. "
			"Did the host's GPU hang? journalctl -k -g 'hang|reset|timeout'.");
	if (not_come)
		say_next(j, v,
			 "Look on the host: is the device's process stopped, or has it "
			 "lost the kick? virsh domstate --reason GUEST; grep State "
			 "/proc/PID/status; gdb -p PID -batch -ex 'thread apply all bt'. "
			 "Was bus mastering taken from the device? lspci -vv, in the "
			 "guest.");
	if (!host_queue(j->f->host, vq))
		say_next(j, v,
			 "Of a guest that still hangs, ask QEMU how far it has fetched, "
			 "and give its answer with --host FILE: docs/host.md has the "
			 "command.");
}
