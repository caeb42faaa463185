// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio_wait.h"

#include <stdio.h>

#include "base/base.h"
#include "base/text.h"
#include "virtio_driver.h"

/*
 * A queue that nothing is put into but what is waited for: those to receive with are full
 * of buffers at all times.
 */
struct asker {
	const char *function, *driver, *symbol;
	const char *queue; /* what its name begins with */
	bool polls;	   /* it looks for the answer again and again; else it sleeps */
};

static const struct asker askers[VIRTIO_ASKERS] = {
	{"virtnet_send_command", "virtio_net", "virtio_net_driver", "control", true},
	/* 6.10 */
	{"virtnet_send_command_reply", "virtio_net", "virtio_net_driver", "control",
	 true},
	{"__send_to_port", "virtio_console", "virtio_console", "output", true},
	{"p9_client_rpc", "9pnet_virtio", "p9_virtio_drv", "requests", false},
	{"tell_host", "virtio_balloon", "virtio_balloon_driver", "inflate", false},
	{"tell_host", "virtio_balloon", "virtio_balloon_driver", "deflate", false},
	/* Its buffer is there at all times; who sleeps has found it empty. */
	{"virtio_read", "virtio_rng", "virtio_rng_driver", "input", false},
};

static bool owes(const struct virtqueue *vq, const struct asker *a)
{
	return text_starts(vq->name, a->queue) && vq->ring_read && vq->unanswered &&
	       !vq->completed && !vq->broken && !vq->reset && !vq->damage.n;
}

/* How many queues of the driver's devices owe an answer; the last becomes w's. */
static size_t find_queue(struct dump *d, const struct asker *a, struct virtio_wait *w)
{
	struct virtio_devices devices;
	struct virtqueues vqs;
	size_t i, k, n = 0;
	kaddr_t driver;

	if (!dump_symbol(d, a->symbol, &driver) ||
	    !virtio_devices_read(d, driver, a->driver, &devices))
		return 0;
	for (i = 0; i < devices.all.n && !dump_interrupted(d); i++) {
		if (!virtqueues_read(d, devices.all.v[i], &vqs))
			continue;
		for (k = 0; k < vqs.all.n; k++) {
			if (!owes(&vqs.all.v[k], a))
				continue;
			w->vdev = devices.all.v[i];
			w->vq = vqs.all.v[k];
			n++;
		}
	}
	return n;
}

static const struct virtio_wait *find(struct dump *d, const struct asker *a)
{
	struct virtio_wait *w = arena_alloc(d->arena, sizeof(*w));

	if (find_queue(d, a, w) != 1)
		return NULL;
	w->function = a->function;
	w->driver = a->driver;
	if (!virtio_device_name(d, w->vdev, w->device, sizeof(w->device)))
		snprintf(w->device, sizeof(w->device), "a %s", w->driver);
	return w;
}

const char *virtio_wait_function(const struct stack *stack)
{
	size_t i;

	for (i = 0; i < VIRTIO_ASKERS; i++)
		if (stack_find(stack, askers[i].function))
			return askers[i].function;
	return NULL;
}

/* Thousands may wait for one device. */
static const struct virtio_wait *find_once(struct dump *d, struct virtio_waits *waits,
					   size_t i)
{
	if (!waits->sought[i])
		waits->found[i] = find(d, &askers[i]);
	waits->sought[i] = true;
	return waits->found[i];
}

const struct virtio_wait *virtio_wait_find(struct dump *d, struct virtio_waits *waits,
					   const struct stack *stack, bool runs)
{
	const struct virtio_wait *w = NULL;
	size_t i;

	for (i = 0; i < VIRTIO_ASKERS && !w; i++)
		if ((askers[i].polls || !runs) && stack_find(stack, askers[i].function))
			w = find_once(d, waits, i);
	return w;
}

static bool is_poller(const struct dump_symbol *sym)
{
	size_t i;

	for (i = 0; i < VIRTIO_ASKERS; i++)
		if (askers[i].polls && text_is_function(sym->name, askers[i].function))
			return true;
	return false;
}

const struct virtio_wait *virtio_wait_unseen(struct dump *d, struct virtio_waits *waits,
					     const struct task *t,
					     const struct spin_trace **trace)
{
	const struct spin_trace *on = trace_on_stack(d, t, is_poller);
	const struct virtio_wait *w = NULL;
	size_t i;

	for (i = 0; i < VIRTIO_ASKERS && on && !w; i++)
		if (text_is_function(on->function, askers[i].function))
			w = find_once(d, waits, i);
	*trace = w ? on : NULL;
	return w;
}
