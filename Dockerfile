# One image for web, worker, beat and migrations; the command chooses. Its steps are in deploy/build.sh, which also runs
# (and is tested) without Docker. Nothing secret goes in: everything that differs comes from the environment at run time.
FROM python:3.13-slim AS build
WORKDIR /source
ENV PIP_NO_CACHE_DIR=1
# Dependencies first: this layer is made anew only when the lock changes.
COPY requirements.txt ./
COPY deploy/build.sh deploy/
RUN deploy/build.sh install /opt/undersigned
COPY . .
RUN deploy/build.sh app /opt/undersigned

FROM python:3.13-slim
RUN useradd --system --uid 10001 --user-group --no-create-home --home-dir /tmp --shell /usr/sbin/nologin undersigned
# Owned by root: the process that strangers talk to can change neither code nor static files.
COPY --from=build /opt/undersigned /opt/undersigned
WORKDIR /opt/undersigned/app
ENV PATH="/opt/undersigned/venv/bin:$PATH" \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/tmp \
    GRANIAN_HOST=0.0.0.0 \
    GRANIAN_PORT=8000
USER undersigned
EXPOSE 8000
# For the web process; docker-compose.yml gives the others their own.
HEALTHCHECK --interval=15s --timeout=6s --start-period=30s CMD ["python", "deploy/healthy.py", "web"]
ENTRYPOINT ["deploy/start"]
CMD ["web"]
