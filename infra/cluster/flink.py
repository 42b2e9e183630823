"""A Flink cluster of one job manager and some task managers, with Beam's job server and workers, for a while."""

from __future__ import annotations

import json
import os
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.cluster import provision
from infra.cluster.processes import Service, free_port, java

JOB_MANAGER = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
TASK_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"
# A task manager that is not started by Flink's own script must be told every part of its memory.
MEMORY = {
    "taskmanager.memory.framework.heap.size": "128m",
    "taskmanager.memory.framework.off-heap.size": "128m",
    "taskmanager.memory.task.heap.size": "256m",
    "taskmanager.memory.task.off-heap.size": "0m",
    "taskmanager.memory.network.min": "64m",
    "taskmanager.memory.network.max": "64m",
    "taskmanager.memory.managed.size": "64m",
    "taskmanager.memory.jvm-metaspace.size": "256m",
    "taskmanager.memory.jvm-overhead.min": "192m",
    "taskmanager.memory.jvm-overhead.max": "192m",
    "taskmanager.cpu.cores": "1.0",
}


@dataclass(frozen=True)
class FlinkCluster:
    """What runs, and the arguments of a Beam pipeline that is to run on it."""

    task_managers: list[Service]
    workers: Service
    services: list[Service]
    rest_port: int
    beam_args: list[str]

    def jobs(self) -> list[dict[str, Any]]:
        """The jobs of the cluster, as its REST interface tells them."""
        return list(self._get("/jobs/overview")["jobs"])

    def restarts(self) -> int:
        """How often Flink has restored the running job."""
        (job,) = [job for job in self.jobs() if job["state"] not in ("FINISHED", "CANCELED", "FAILED")]
        counts = self._get(f"/jobs/{job['jid']}/metrics?get=numRestarts")
        return int(counts[0]["value"]) if counts else 0

    def checkpoints(self) -> int:
        """How many checkpoints of the running jobs are complete."""
        running = [job["jid"] for job in self.jobs()]
        return sum(int(self._get(f"/jobs/{job}/checkpoints")["counts"]["completed"]) for job in running)

    def registered(self) -> int:
        """How many task managers the job manager knows."""
        try:
            return len(self._get("/taskmanagers")["taskmanagers"])
        except OSError:
            return 0

    def _get(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.rest_port}{path}", timeout=10) as answer:
            return json.load(answer)


@contextmanager
def flink_cluster(folder: Path, task_managers: int = 2, slots: int = 2) -> Iterator[FlinkCluster]:
    """Start a cluster that keeps its checkpoints and logs in a folder; a job that fails is restored every second."""
    jars = provision.flink()
    folder.mkdir(parents=True, exist_ok=True)
    rpc, rest, pool, job_port = free_port(), free_port(), free_port(), free_port()
    settings = MEMORY | {
        "jobmanager.rpc.address": "127.0.0.1",
        "jobmanager.rpc.port": str(rpc),
        "rest.address": "127.0.0.1",
        "rest.port": str(rest),
        "taskmanager.host": "127.0.0.1",
        "taskmanager.numberOfTaskSlots": str(slots),
        "cluster.evenly-spread-out-slots": "true",
        "state.checkpoints.dir": (folder / "checkpoints").as_uri(),
        "restart-strategy.type": "fixed-delay",
        "restart-strategy.fixed-delay.attempts": "1000",
        "restart-strategy.fixed-delay.delay": "1 s",
        "heartbeat.interval": "1000",
        "heartbeat.timeout": "6000",
        "io.tmp.dirs": str(folder),
    }
    (folder / "flink-conf.yaml").write_text("".join(f"{name}: {value}\n" for name, value in settings.items()))
    services: list[Service] = []

    # The pool of workers starts each with the first `python` of the path.
    python = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}

    def start(name: str, command: list[str]) -> Service:
        services.append(Service(name, command, folder, python))
        return services[-1]

    def flink(main: str, *arguments: str) -> list[str]:
        return java(jars, main, "--configDir", str(folder), *arguments, memory="448m", opens=provision.OPENED)

    try:
        manager = start("job-manager", flink(JOB_MANAGER))
        tasks = [
            start(f"task-manager-{n}", flink(TASK_MANAGER, f"-Dtaskmanager.resource-id=tm-{n}"))
            for n in range(task_managers)
        ]
        module = "apache_beam.runners.worker.worker_pool_main"
        workers = start("workers", [sys.executable, "-m", module, f"--service_port={pool}"])
        server = start(
            "job-server",
            [
                "java",
                "-Xmx256m",
                "-jar",
                str(jars / "job-server.jar"),
                f"--flink-master=127.0.0.1:{rest}",
                f"--job-port={job_port}",
                "--artifact-port=0",
                "--expansion-port=0",
            ],
        )
        cluster = FlinkCluster(
            tasks,
            workers,
            services,
            rest,
            [
                "--runner=FlinkRunner",
                f"--job_endpoint=127.0.0.1:{job_port}",
                "--environment_type=EXTERNAL",
                f"--environment_config=127.0.0.1:{pool}",
            ],
        )
        manager.wait_until(lambda: cluster.registered() == task_managers)
        workers.wait_until(workers.listens(pool))
        server.wait_until(server.listens(job_port))
        yield cluster
    finally:
        for service in reversed(services):
            service.kill()
