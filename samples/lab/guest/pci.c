// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * pci stall|mask: breaks the virtio-gpu behind its driver's back, by its PCI
 * configuration.
 *
 *   pci stall   clears Bus Master: the device may not reach memory any more,
 *               and stops looking at its queues
 *   pci mask    sets MSI-X's Function Mask: it works on, but no interrupt
 *               leaves it
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <linux/pci_regs.h>

#include "lab.h"

#define DEVICES "/sys/bus/pci/devices/"
#define VIRTIO_GPU 0x10501af4

static uint32_t read_config(int fd, int where, size_t size)
{
	uint32_t value = 0;

	if (pread(fd, &value, size, where) != (ssize_t)size)
		die("pci: configuration is not readable");
	return value;
}

static void write_config(int fd, int where, uint16_t value)
{
	if (pwrite(fd, &value, sizeof(value), where) != sizeof(value) ||
	    read_config(fd, where, sizeof(value)) != value)
		die("pci: configuration does not take %#x at %#x", value, where);
}

static int open_gpu(void)
{
	struct dirent *entry;
	char path[512];
	DIR *devices;
	int fd;

	devices = opendir(DEVICES);
	while (devices && (entry = readdir(devices))) {
		snprintf(path, sizeof(path), DEVICES "%s/config", entry->d_name);
		fd = open(path, O_RDWR);
		if (fd < 0)
			continue;
		if (read_config(fd, PCI_VENDOR_ID, 4) == VIRTIO_GPU)
			return fd;
		close(fd);
	}
	die("pci: no virtio-gpu");
}

static int find_capability(int fd, uint8_t id)
{
	int where, bound = 48;

	where = (int)read_config(fd, PCI_CAPABILITY_LIST, 1);
	while (where && bound--) {
		if (read_config(fd, where + PCI_CAP_LIST_ID, 1) == id)
			return where;
		where = (int)read_config(fd, where + PCI_CAP_LIST_NEXT, 1);
	}
	die("pci: no capability %#x", id);
}

static int pci(int argc, char **argv)
{
	int fd, where;

	if (argc != 2)
		return 2;
	fd = open_gpu();
	if (!strcmp(argv[1], "stall")) {
		write_config(fd, PCI_COMMAND,
			     read_config(fd, PCI_COMMAND, 2) & ~PCI_COMMAND_MASTER);
	} else if (!strcmp(argv[1], "mask")) {
		where = find_capability(fd, PCI_CAP_ID_MSIX) + PCI_MSIX_FLAGS;
		write_config(fd, where,
			     read_config(fd, where, 2) | PCI_MSIX_FLAGS_MASKALL);
	} else {
		return 2;
	}
	record("fault\twhat=%s", argv[1]);
	say("the GPU: %s", argv[1]);
	return 0;
}

COMMAND(pci, "stall|mask", pci)
