// SPDX-License-Identifier: GPL-2.0-or-later
#include "io_wait.h"

void io_wait_find(struct dump *d, const struct disks *disks, uint64_t now,
		  const struct wait *w, struct io_wait *io)
{
	if (w->bit.of == BIT_OF_PAGE)
		io->request = disks_request_of_page(d, disks, w->bit.addr);
	else if (w->bit.of == BIT_OF_BUFFER)
		io->request = disks_request_of_buffer(d, disks, w->bit.addr);
	io->since_s = -1;
	if (!io->request)
		return;
	io->disk = &disks->all.v[io->request->disk];
	if (io->request->since_ns && io->request->since_ns <= now)
		io->since_s = (double)(now - io->request->since_ns) / 1e9;
}
