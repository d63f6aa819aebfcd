#!/usr/bin/env bash
# Checks what can be checked of the deployment without a container engine: the scripts' syntax and the compose file.
#   deploy/check.sh [COMPOSE_FILE]
set -euo pipefail
cd "$(dirname "$0")/.."
compose_file="$(realpath "${1:-docker-compose.yml}")"
example="$PWD/.env.example"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

for script in deploy/*.sh deploy/start; do
    bash -n "$script"
done

# A checkout has podman-compose in .venv.
export PATH="$PWD/.venv/bin:$PATH"
if ! command -v podman-compose >/dev/null; then
    echo "podman-compose is missing: it comes with requirements-dev.txt." >&2
    exit 1
fi
# It asks for podman's version before it reads the file, and for nothing else when it only reads: this answers.
mkdir "$scratch/bin" "$scratch/site"
printf '#!/bin/sh\n[ "$1" = --version ] && echo "podman version 5.0.0"\n' >"$scratch/bin/podman"
chmod +x "$scratch/bin/podman"
# As an operator would: the example copied to .env, every empty secret filled in. Nothing of our own environment counts.
cp "$compose_file" "$scratch/site/docker-compose.yml"
sed -E 's/^([A-Z_]+)=$/\1=filled-in-for-the-check/' "$example" >"$scratch/site/.env"
cd "$scratch/site"
if ! env -i PATH="$scratch/bin:$PATH" HOME="$scratch" podman-compose --profile mail-catcher --file docker-compose.yml config >"$scratch/whole.yml" 2>"$scratch/words"; then
    cat "$scratch/words" >&2
    echo "podman-compose can't read $compose_file." >&2
    exit 1
fi
# What it reads past without a word would fail, or worse, start otherwise than meant: the rest is ours to look at.
if grep -E '^(WARNING|ERROR|CRITICAL)' "$scratch/words" >&2; then
    echo "podman-compose complains about $compose_file." >&2
    exit 1
fi
python "$OLDPWD/deploy/compose_rules.py" "$scratch/whole.yml"
