#!/usr/bin/env bash
# Puts the site into a folder, ready to run: FOLDER/venv (the locked dependencies) and FOLDER/app (the code, static files).
# The Dockerfile runs the two steps as two layers; without Docker: deploy/build.sh all FOLDER. Needs no secret and no server.
#   deploy/build.sh install FOLDER    dependencies, with hashes
#   deploy/build.sh app FOLDER        code, translations, static files, permissions
set -euo pipefail
source="$(cd "$(dirname "$0")/.." && pwd)"
step="${1:-}"
folder="${2:-}"
python="${PYTHON:-python3}"
# What the site runs on; tests, tools and the demo's launcher stay out.
parts=(manage.py config campaigns signatories templates static locale LICENSE)
programs=(deploy/start deploy/healthy.py deploy/keep_warm.py deploy/front)

usage() {
    echo "Usage: deploy/build.sh install | app | all FOLDER" >&2
    exit 64
}

install() {
    "$python" -m venv "$folder/venv"
    local pip=("$folder/venv/bin/python" -m pip --disable-pip-version-check --no-input)
    "${pip[@]}" install --quiet --require-hashes --only-binary :all: --requirement "$source/requirements.txt"
    "${pip[@]}" uninstall --quiet --yes pip # nothing is installed any more at run time
    "$folder/venv/bin/python" -m compileall -q "$folder/venv"
}

app() {
    rm -rf "$folder/app"
    mkdir -p "$folder/app/deploy"
    local part
    for part in "${parts[@]}"; do
        if [ -e "$source/$part" ]; then
            cp -R "$source/$part" "$folder/app/"
        fi
    done
    for part in "${programs[@]}"; do
        cp -R "$source/$part" "$folder/app/deploy/"
    done
    find "$folder/app" -name __pycache__ -type d -prune -exec rm -rf {} +
    translations
    static_files
    "$folder/venv/bin/python" -m compileall -q "$folder/app"
    # Whoever runs it reads it; nobody but its owner writes it.
    chmod -R u=rwX,go=rX "$folder"
}

translations() {
    if [ -n "$(find "$folder/app/locale" -name 'django.po' 2>/dev/null)" ]; then
        (cd "$folder/app" && "$folder/venv/bin/pybabel" --quiet compile --directory locale --domain django)
    fi
}

static_files() {
    # Settings want secrets; these live for this one command, and nothing of the caller's environment comes in.
    (cd "$folder/app" && env -i PATH="$PATH" LANG=C.UTF-8 PYTHONDONTWRITEBYTECODE=1 \
        SECRET_KEY="$("$folder/venv/bin/python" -c 'import secrets; print(secrets.token_urlsafe(50))')" \
        FIELD_ENCRYPTION_KEYS="$("$folder/venv/bin/python" -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())')" \
        ALLOWED_HOSTS=build.invalid \
        "$folder/venv/bin/python" manage.py collectstatic --no-input --verbosity 0)
}

[ -n "$folder" ] || usage
mkdir -p "$folder"
folder="$(cd "$folder" && pwd)"
case "$step" in
    install) install ;;
    app) app ;;
    all)
        install
        app
        ;;
    *) usage ;;
esac
