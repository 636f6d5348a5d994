"""Limits a process to a share of one core, as Lambda does for small functions, with the kernel's CPU quota.

Lambda gives a whole core at 1,769 MB (Lambda developer guide, "Configure Lambda function memory"), so 128 MB are 7
% of one. A quota says how long a group may run in every period. The kernel's default period is 100 ms. With a
shorter one a function that needs less than the quota at a time is delayed sooner."""

import contextlib
import dataclasses
import os
import pathlib
import time

CGROUPS = pathlib.Path("/sys/fs/cgroup")


class NoQuota(Exception):
    """This machine does not allow limiting the CPU. The message says why."""


@dataclasses.dataclass(frozen=True)
class Quota:
    """Microseconds of CPU time per period, and the period in microseconds."""

    running_us: int
    period_us: int


@contextlib.contextmanager
def limited(quota: Quota):
    """Creates a control group with `quota` and yields the file that takes the ids of its processes. The group must
    be empty at the end of the block."""
    version_2 = (CGROUPS / "cgroup.controllers").exists()
    group = (CGROUPS if version_2 else CGROUPS / "cpu") / f"souk-bench-{os.getpid()}"
    try:
        if version_2:
            (CGROUPS / "cgroup.subtree_control").write_text("+cpu")
        group.mkdir()
    except OSError as error:
        raise NoQuota(f"{error.filename}: {error.strerror}. It takes root and a writable {CGROUPS}") from None
    try:
        if version_2:
            (group / "cpu.max").write_text(f"{quota.running_us} {quota.period_us}")
        else:
            (group / "cpu.cfs_period_us").write_text(str(quota.period_us))
            (group / "cpu.cfs_quota_us").write_text(str(quota.running_us))
        yield group / "cgroup.procs"
    except OSError as error:
        raise NoQuota(f"{error.filename}: {error.strerror}") from None
    finally:
        remove(group)


def remove(group: pathlib.Path) -> None:
    """Removes a group. The kernel allows it once the last process in it has ended completely."""
    deadline = time.monotonic() + 10
    while group.exists():
        try:
            group.rmdir()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
