# syntax=docker/dockerfile:1

# What the project runs on, built once
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /app
RUN python -m venv /venv
COPY requirements/run.txt requirements/run.txt
RUN /venv/bin/pip install --quiet --only-binary :all: --require-hashes -r requirements/run.txt
ENV PATH=/venv/bin:$PATH STATIC_ROOT=/app/static
COPY . .
RUN python scripts/translations.py compile \
    && KSP_DEMO=1 KSP_DATA_DIR=/tmp/build python manage.py collectstatic --no-input --verbosity 0 \
    && python -m whitenoise.compress --quiet /app/static \
    && python -m compileall -q /app /venv/lib \
    && rm -rf /app/var

# What is shipped: the same without the means to build it, and run by nobody in particular
FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 ksp \
    && useradd --uid 10001 --gid ksp --no-create-home --home-dir /data --shell /usr/sbin/nologin ksp \
    && install --directory --owner ksp --group ksp /data
ENV PATH=/venv/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    KSP_DATA_DIR=/data \
    PORT=8000 \
    STATIC_ROOT=/app/static
WORKDIR /app
COPY --from=build /venv /venv
COPY --from=build /app /app
USER 10001:10001
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s --retries=3 CMD ["python", "scripts/healthy.py"]
CMD ["gunicorn", "--config", "scripts/gunicorn_settings.py", "ksp.wsgi:application"]
