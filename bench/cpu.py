"""A share of one core, as Lambda gives it to small functions, by the kernel's CPU quota.

Lambda gives a whole core at 1,769 MB (Lambda developer guide, "Configure Lambda function memory"), so 128 MB are 7 % of
one. A quota says how long a group may run in every period. The kernel's own period is 100 ms; with a shorter one a
function that needs less than the quota at a time is held up sooner.
"""

import contextlib
import dataclasses
import os
import pathlib
import time

CGROUPS = pathlib.Path("/sys/fs/cgroup")


class NoQuota(Exception):
    """This machine does not let us limit the CPU; the message says why."""


@dataclasses.dataclass(frozen=True)
class Quota:
    """So many microseconds of CPU time in each period of so many."""

    running_us: int
    period_us: int


@contextlib.contextmanager
def limited(quota: Quota):
    """A control group under `quota`, as the file that takes the ids of its processes. Empty it before leaving."""
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
    """Removes a group, which the kernel allows once the last process in it is gone altogether."""
    deadline = time.monotonic() + 10
    while group.exists():
        try:
            group.rmdir()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
