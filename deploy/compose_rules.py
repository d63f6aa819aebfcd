"""Looks at a compose file that podman-compose has resolved: unknown keys, open doors, missing ends.

`compose_rules.py FILE` prints what it finds and fails if that is anything. Needs PyYAML, which podman-compose brings.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

# A misspelt key (`healtcheck`) is read past by compose implementations; these are the ones that we use.
KNOWN = {
    *("image", "build", "command", "entrypoint", "env_file", "environment", "depends_on", "healthcheck"),
    *("restart", "ports", "profiles", "volumes", "networks", "logging", "tmpfs", "shm_size", "mem_limit"),
    *("read_only", "cap_drop", "security_opt", "stop_grace_period", "ulimits"),
}
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
OURS = {"web", "worker", "beat", "migrate"}
HAS_PORTS = {"web", "mail-catcher"}


def faults(compose: dict[str, Any]) -> Iterator[str]:
    services: dict[str, dict[str, Any]] = compose["services"]
    if missing := OURS - services.keys():
        yield f"services are missing: {', '.join(sorted(missing))}"
    for name, service in services.items():
        yield from (f"{name}: {fault}" for fault in _faults_of(name, service, services))
    for kind in ("volumes", "networks"):
        used = {
            entry.split(":")[0] for service in services.values() for entry in _names(service.get(kind, []))
        }
        declared = set(compose.get(kind) or {})
        if kind == "networks" or used:
            yield from (
                f"{kind}: {name} is used but not declared" for name in sorted(used - declared - {"default"})
            )


def _faults_of(name: str, service: dict[str, Any], services: dict[str, dict[str, Any]]) -> Iterator[str]:
    if unknown := service.keys() - KNOWN:
        yield f"unknown keys: {', '.join(sorted(unknown))}"
    if "image" not in service:
        yield "no image"
    if "mem_limit" not in service:
        yield "no mem_limit: it could take the whole machine"
    yield from _waits_in_vain(service, services)
    yield from _open_doors(name, service)
    if name in OURS:
        yield from _not_shut(service)


def _waits_in_vain(service: dict[str, Any], services: dict[str, dict[str, Any]]) -> Iterator[str]:
    for target, how in _conditions(service.get("depends_on", {})):
        if target not in services:
            yield f"depends on {target}, which does not exist"
        elif how not in CONDITIONS:
            yield f"waits for {target} to be {how}, which no implementation knows"
        elif how == "service_healthy" and "test" not in services[target].get("healthcheck", {}):
            yield f"waits for the health of {target}, which has no health check"


def _open_doors(name: str, service: dict[str, Any]) -> Iterator[str]:
    for port in service.get("ports", []):
        if name not in HAS_PORTS:
            yield f"publishes {port}: only the web process has a port"
        elif not str(port).startswith("127.0.0.1:"):
            yield f"publishes {port} to every network: Docker's rules pass by the firewall"


def _not_shut(service: dict[str, Any]) -> Iterator[str]:
    if service.get("read_only") is not True:
        yield "its file system can be written"
    if service.get("cap_drop") != ["ALL"] or "no-new-privileges:true" not in service.get("security_opt", []):
        yield "keeps privileges that it does not need"


def _conditions(depends_on: Any) -> Iterator[tuple[str, str]]:
    if isinstance(depends_on, dict):
        yield from ((target, how.get("condition", "service_started")) for target, how in depends_on.items())
    else:
        yield from ((target, "service_started") for target in depends_on)


def _names(entries: Any) -> list[str]:
    return [entry if isinstance(entry, str) else str(entry.get("source", "")) for entry in entries]


def main(path: str) -> int:
    found = list(faults(yaml.safe_load(Path(path).read_text())))
    for fault in found:
        print(fault, file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
