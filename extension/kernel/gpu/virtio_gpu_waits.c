// SPDX-License-Identifier: GPL-2.0-or-later
#include "virtio_gpu_waits.h"

#include <string.h>

#include "dump/layout.h"

static void read_queue(struct dump *d, kaddr_t queue, struct gpu_queue_waits *q)
{
	uint64_t data;

	member_ptr(d, queue, GPU_QUEUE_VQ, &q->vq);
	q->ack_queue = member_addr(d, queue, GPU_QUEUE_ACK);
	q->work = member_addr(d, queue, GPU_QUEUE_WORK);
	q->work_known = member_u64(d, q->work, WORK_DATA, &data);
	q->work_pending = q->work_known &&
			  data >> layout_bit(d, WORK_STRUCT_PENDING_BIT, 0) & 1;
}

void gpu_waits_read(struct dump *d, kaddr_t vgdev, struct gpu_waits *w)
{
	memset(w, 0, sizeof(*w));
	if (!layout_has_all(d, GPU_CTRLQ, GPU_CURSORQ, GPU_QUEUE_VQ, GPU_QUEUE_ACK,
			    GPU_QUEUE_WORK, GPU_RESP_WQ, GPU_FENCE_DRV, FENCE_DRV_LOCK))
		return;
	w->read = true;
	read_queue(d, member_addr(d, vgdev, GPU_CTRLQ), &w->ctrl);
	read_queue(d, member_addr(d, vgdev, GPU_CURSORQ), &w->cursor);
	w->resp_wq = member_addr(d, vgdev, GPU_RESP_WQ);
	w->fence_lock =
		member_addr(d, member_addr(d, vgdev, GPU_FENCE_DRV), FENCE_DRV_LOCK);
}
