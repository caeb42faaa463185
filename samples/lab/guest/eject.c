// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * eject: has QEMU unplug the virtio-gpu at once, by the register that ACPI
 * uses for it. The kernel is not told: for it the device is simply gone, as
 * after a surprise removal.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/io.h>
#include <unistd.h>

#include "lab.h"

#define DEVICES "/sys/bus/pci/devices/"
/* QEMU's registers for ACPI: which bus, and which of its slots to empty. */
#define ACPI_EJECT 0xae08
#define ACPI_SELECT 0xae10

static int gpu_slot(char *config, size_t size)
{
	unsigned int domain, bus, slot, function;
	char path[512], id[32];
	struct dirent *entry;
	DIR *devices;

	devices = opendir(DEVICES);
	while (devices && (entry = readdir(devices))) {
		snprintf(path, sizeof(path), DEVICES "%s/device", entry->d_name);
		if (read_text(path, id, sizeof(id)) && !strcmp(id, "0x1050\n") &&
		    sscanf(entry->d_name, "%x:%x:%x.%x", &domain, &bus, &slot,
			   &function) == 4) {
			snprintf(config, size, DEVICES "%.32s/config", entry->d_name);
			return (int)slot;
		}
	}
	die("eject: no virtio-gpu");
}

/* What no device answers reads as ones. */
static bool is_gone(const char *config)
{
	uint32_t id = 0;
	int fd;

	fd = open(config, O_RDONLY);
	if (fd < 0 || read(fd, &id, sizeof(id)) != sizeof(id))
		die("eject: %s", config);
	close(fd);
	return id == UINT32_MAX;
}

static int eject(int argc, char **argv)
{
	char config[128];
	int slot;

	(void)argv;
	if (argc != 1)
		return 2;
	slot = gpu_slot(config, sizeof(config));
	if (iopl(3))
		die("eject: iopl");
	outl(0, ACPI_SELECT);
	outl(1u << slot, ACPI_EJECT);
	if (!is_gone(config))
		die("eject: the GPU in slot %d is still there", slot);
	record("fault\twhat=eject\tslot=%d", slot);
	say("the GPU in slot %d is unplugged", slot);
	return 0;
}

COMMAND(eject, "", eject)
