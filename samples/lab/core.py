# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes a core, or finds it in the cache.

    cores/SERIES/SCENARIO[-DEVICE][+MAKING][+maps]/
                                      vmcore dmesg.txt vmlinux *.ko
                                      console.log truth.json record recipe

Where the host takes the core, vmcore.elf and vmcore.flat are there as well:
the same moment in QEMU's other formats. Memory's scenarios keep what the
guest's kernel said of its slab caches (see scenarios/memory.py). host.json is what QEMU
said of the GPU's queues while the guest hung, where it said that it does.
"""

import dataclasses
import hashlib
import json
import os
import pathlib
import shutil

import built
import cache
import crashtool
import guest
import kernel as kernels
import module
import proc
import qemu
import steps
from scenarios import SCENARIOS, Evidence
from steps import Failed, step

ATTEMPTS = 3
# Of this machine.
PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "extension/vgpu"


# Other pids for another making: as many processes come and go first.
BURN_PIDS = """for burnt in $(seq 1 %d); do /bin/true; done
"""


# While the guest hangs, and before it panics: what `vgpu --live` says goes to the share,
# and what it took of the machine.
WATCH = """mkdir -p $SHARE/keep
cp $SHARE/vgpu /bin/vgpu
[ -e $SHARE/table ] && layouts="--layouts $SHARE/table"
vgpu --live $layouts --watch=8 --output $SHARE/keep/live \
    > $SHARE/keep/live.log 2>&1 &
watcher=$!
# As on a machine that it has watched for long: it is ready before anything hangs, and what
# it has written, over a share whose buffers are unmapped from all CPUs, is written.
sleep 5
while ls $SHARE/keep/live/rehearsal* > /dev/null 2>&1; do sleep 1; done
"""


# Each program's areas of memory, written down when it is first seen: long before it could
# hang in a way that keeps them locked.
MAPS = r"""mkdir -p $SHARE/keep
keep_maps()
{
	while true; do
		for process in /proc/[0-9]*; do
			exe=$(readlink $process/exe) || continue
			at=/tmp/maps.${process#/proc/}
			[ "$(cat $at 2> /dev/null)" = "$exe" ] && continue
			echo "$exe" > $at
			while read -r range mode offset _ _ file; do
				[ "$mode" = r-xp ] || continue
				record map "pid=${process#/proc/}" "range=$range" \
					"offset=$offset" "file=$file"
			done < $process/maps
		done
		sleep 0.3
	done
}
keep_maps 2> /dev/null &
"""


def folder_of(scenario: str, series: str, device: str,
              making: int = 1, program: pathlib.Path | None = None,
              maps: bool = False) -> pathlib.Path:
    name = scenario if device == "default" else f"{scenario}-{device}"
    if program:
        return cache.root() / "live" / series / name
    if making > 1:
        name += f"+{making}"  # crash takes FILE@ADDRESS apart
    if maps:
        name += "+maps"
    return cache.root() / "cores" / series / name


def _of_making(scenario, making: int, program: pathlib.Path | None, maps: bool):
    """The same fault on a boot of its own: other addresses, other pids."""
    if maps:
        scenario = dataclasses.replace(scenario, guest=MAPS + scenario.guest)
    if program:
        return dataclasses.replace(scenario, guest=WATCH + scenario.guest)
    if making == 1:
        return scenario
    return dataclasses.replace(
        scenario, guest=BURN_PIDS % (37 * (making - 1)) + scenario.guest)


def _own_modules(scenario) -> list[str]:
    """The lab's modules that it loads."""
    return [name for name, wanted in (
        (module.FAULTS, scenario.module), (module.LEAKS, scenario.leaks),
        (module.BREAKS, scenario.breaks), (module.EARLY, scenario.early),
        (module.WORKS, scenario.works), (module.FENCE, scenario.fence),
        (module.WAITS, scenario.waits), (module.CPUS, scenario.cpus),
        (module.INSIDE, scenario.inside), (module.BESIDE, scenario.beside),
        (module.ASIDE, scenario.aside)) if wanted]


def _recipe(scenario, kernel, device: str) -> str:
    """A hash of all that the core depends on."""
    digest = hashlib.sha256()
    parts = [scenario.recipe(), kernel.release, kernel.version, device,
             scenario.gpu_device(device),
             f"console={kernel.machine.console} {guest.CAPTURE_CMDLINE}",
             *guest.SHARE_MODULES,
             *guest.GUEST_MODULES,
             *qemu.arguments(kernel.machine, "", "", "", "", scenario,
                             scenario.gpu_device(device))]
    for file in [guest.HERE / "init", *guest.sources(scenario.commands),
                 *(file for name in _own_modules(scenario) for file in module.sources(name)),
                 *(module.sources(module.VARY) if scenario.driver else []),
                 *(module.sources(module.SPILL) if scenario.spill else []),
                 *([qemu.RENDERER] if scenario.renderer else []),
                 *([qemu.SLOW] if scenario.slow else [])]:
        parts.append(file.read_text())
    parts += [(guest.HERE / front).read_text() for _, front in kernel.of.fronts]
    parts += [repr(patch) for name in _own_modules(scenario)
              for patch in module.later(kernel, name)]
    if kernel.series in kernels.BUILT:
        parts.append(built.config_id())
    if scenario.gpu_patch:
        parts.append(repr(module.PATCHES[scenario.gpu_patch]))
    for part in parts:
        digest.update(part.encode() + b"\0")
    return digest.hexdigest()


def _is_current(folder: pathlib.Path, recipe: str) -> bool:
    try:
        return (folder / "recipe").read_text().strip() == recipe
    except OSError:
        return False


def base_of(series: str) -> str:
    """A kernel that is built here is one of its own."""
    return series if series in kernels.BUILT else kernels.SERIES[series].base


def make(name: str, series: str, device: str, refresh: bool, making: int = 1,
         program: pathlib.Path | None = None, maps: bool = False) -> pathlib.Path:
    """The folder of a finished core; and of what the program said in the guest before."""
    scenario = _of_making(SCENARIOS[name].on_device(device), making, program, maps)
    if scenario.kernels and base_of(series) not in scenario.kernels:
        raise Failed(f"{name} cannot happen on {series}, only on "
                     f"{', '.join(scenario.kernels)}")
    folder = folder_of(name, series, device, making, program, maps)
    return make_in(folder, scenario, series, device, refresh, program)


def make_in(folder: pathlib.Path, scenario, series: str, device: str = "default",
            refresh: bool = False, program: pathlib.Path | None = None) -> pathlib.Path:
    with cache.lock(f"{'live' if program else 'core'}-{series}-{folder.name}"):
        kernel = kernels.cached(series)
        if program or not (kernel and not refresh and
                           _is_current(folder, _recipe(scenario, kernel, device))):
            _build(scenario, series, device, folder, refresh, program)
            kernel = kernels.cached(series)
        # Cheap, and so never older than the code that judges.
        _write_truth(folder, scenario, kernel, device)
    return folder


def _build(scenario, series: str, device: str, folder: pathlib.Path,
           refresh: bool, program: pathlib.Path | None) -> None:
    kernel, debug = _kernel(series, refresh)
    recipe = _recipe(scenario, kernel, device)
    if not program and _is_current(folder, recipe):
        debug.finish()
        return
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with cache.building(folder) as new:
                try:
                    _run_guest(scenario, kernel, debug, device, new, program)
                except Failed:
                    _keep_failed(new)
                    raise
                debug.finish()
                _lay_out(new, kernel)
                (new / "recipe").write_text(recipe + "\n")
            return
        except Failed as failure:
            if attempt == ATTEMPTS or debug.error:
                raise
            steps.say(f"attempt {attempt} of {ATTEMPTS}: {failure}")


def _kernel(series: str, refresh: bool):
    """The kernel, and a Debug that has or fetches its symbols."""
    if series in kernels.BUILT:
        kernel = built.get(series, refresh)
        # Never started: the symbols are there.
        return kernel, kernels.Debug(None, kernel, [])
    names = sorted({module for other in SCENARIOS.values()
                    for module in other.modules()})
    return kernels.get(series, names, refresh)


def _run_guest(scenario, kernel, debug, device: str, new: pathlib.Path,
               program: pathlib.Path | None) -> None:
    work = new / "work"
    work.mkdir()
    guest.programs(kernel.of)
    modules = _build_modules(scenario, kernel, work)
    with step("guest: initramfs and workload"):
        guest.compile_workload(scenario.commands, kernel.of, work / "lab-load")
        guest.build_initrd(work / "initrd", kernel, scenario,
                           work / "lab-load", modules)
        guest.prepare_share(work / "share", kernel, work / "initrd")
    if program:
        debug.finish()
        _share_program(program, kernel, modules, work / "share")
    if scenario.disk:
        qemu.make_disk(work / "share")
    console = new / "console.log"
    qemu.run(qemu.arguments(kernel.machine, kernel.vmlinuz, work / "initrd", work / "share",
                            console, scenario, scenario.gpu_device(device)),
             console, scenario, work / "share")
    if scenario.host == "dump":
        debug.finish()
        _read_dump(work / "share", kernel)
    for file in ("vmcore", "dmesg.txt", "record"):
        if not (work / "share" / file).exists():
            raise Failed(f"the guest left no {file}")
    if guest.is_elf(work / "share" / "vmcore"):
        # As much as the guest's memory, and most of it zeros.
        proc.run(["fallocate", "--dig-holes", work / "share" / "vmcore"], "fallocate", 60)
    for made in (*(work / "share").glob("vmcore*"),
                 work / "share" / "dmesg.txt", work / "share" / "record",
                 *(work / "share").glob("host.json"),
                 *(work / "share").glob("keep/*"),
                 *modules):
        os.rename(made, new / made.name)
    shutil.rmtree(work)
    scenario.check(_evidence(new))


def _share_program(program: pathlib.Path, kernel, modules: list,
                   share: pathlib.Path) -> None:
    """The program, and the types that this kernel does not keep in memory.

    The guest's may be of another machine: ours makes the table.
    """
    shutil.copy(program, share / "vgpu")
    if not (kernel.debug / "vmlinux").exists():
        return  # it keeps all of them
    names = {module.name for module in modules}
    files = [file for file in kernel.debug.glob("*.ko") if file.name not in names]
    proc.run([PROGRAM, "layout", "--from", kernel.debug / "vmlinux", *files, *modules,
              "--export", share / "table"], "layout table", 60)


def _build_modules(scenario, kernel, work: pathlib.Path) -> list:
    modules = []
    for name in _own_modules(scenario):
        with step(f"{module.KO[name]}: build"):
            modules.append(module.build(kernel, work / name, name))
    if scenario.driver:
        with step(f"{scenario.driver.name}.ko: build"):
            modules.append(module.build_driver(kernel, work / "driver",
                                               scenario.driver))
    if scenario.spill:
        with step(f"{scenario.spill.name}.ko: build"):
            modules.append(module.build_spill(kernel, work / "spill", scenario.spill))
    if scenario.gpu_patch:
        with step(f"{module.KO[module.GPU]}: build ({scenario.gpu_patch})"):
            modules.append(module.build_gpu(kernel, work / "gpu",
                                            scenario.gpu_patch))
    return modules


def _read_dump(share: pathlib.Path, kernel) -> None:
    """What the capture kernel leaves otherwise, out of the host's dump.

    makedumpfile finds no log in what QEMU writes: crash does.
    """
    with step("host: rearrange the core"), \
            open(share / "vmcore.flat", "rb") as flat:
        proc.run([*guest.on_host("makedumpfile"), "-R", share / "vmcore"],
                 "makedumpfile -R", 300, stdin=flat)
    commands = share / "commands"
    commands.write_text("log\nquit\n")
    with step("host: log of the core"), open(commands, "rb") as stdin:
        log = proc.run([crashtool.wrapper(), "-s", "--no_crashrc",
                        kernel.debug / "vmlinux", share / "vmcore"],
                       "crash", 300, stdin=stdin)
    (share / "dmesg.txt").write_text(log)


def _keep_failed(new: pathlib.Path) -> None:
    """The texts of a guest that failed, to look into."""
    failed = cache.root() / "failed" / new.parent.name / \
        new.name.removesuffix(".new")
    shutil.rmtree(failed, ignore_errors=True)
    failed.mkdir(parents=True)
    for pattern in ("console.log", "**/record", "**/dmesg.txt"):
        for file in new.glob(pattern):
            shutil.copy(file, failed)
    steps.say(f"what that guest left: {failed}")


def _lay_out(new: pathlib.Path, kernel) -> None:
    """vmlinux and the modules beside the core, where crash looks for them.

    Hard links: the core stays whole when its kernel leaves the cache. A
    module that was built for the guest is there already.
    """
    for file in kernel.debug.glob("*"):
        if not (new / file.name).exists():
            os.link(file, new / file.name)


def _evidence(folder: pathlib.Path) -> Evidence:
    return Evidence((folder / "record").read_text(errors="replace"),
                    (folder / "dmesg.txt").read_text(errors="replace"),
                    lambda name: (folder / name).read_text(errors="replace"))


def _write_truth(folder: pathlib.Path, scenario, kernel, device) -> None:
    evidence = _evidence(folder)
    truth = {
        "scenario": scenario.name,
        "kernel": evidence.all("kernel")[0]["release"],
        "kernel_package": kernel.version,
        "device": device,
        **scenario.truth(evidence),
        "panic": evidence.panic_message(),
        "sysctls": {fact["name"]: fact["value"]
                    for fact in evidence.all("sysctl")},
        "gpu": evidence.gpu(),
    }
    if evidence.all("map"):
        truth["maps"] = evidence.all("map")
    text = json.dumps(truth, indent=1) + "\n"
    path = folder / "truth.json"
    if not path.exists() or path.read_text() != text:
        cache.write(path, text)
