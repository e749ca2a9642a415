# gongkai in a container: docker build -t gongkai . ; then, with a workspace in ./county (docs/operations.md):
#   docker run --rm -v ./county:/county gongkai refresh

FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY requirements/uv.txt requirements/run.txt requirements/
RUN python -m venv /opt/gongkai && \
    /opt/gongkai/bin/pip install --no-cache-dir --require-hashes -r requirements/uv.txt && \
    /opt/gongkai/bin/uv pip install --no-cache --python /opt/gongkai/bin/python --require-hashes -r requirements/run.txt
COPY pyproject.toml README.md LICENSE prefect.yaml ./
COPY flows flows
COPY exports exports
COPY sql sql
COPY expectations expectations
RUN /opt/gongkai/bin/uv pip install --no-cache --python /opt/gongkai/bin/python --no-deps . && \
    /opt/gongkai/bin/python -m compileall -q /opt/gongkai/lib

FROM python:3.11-slim-bookworm
# Old Word files (.doc); LibreOffice, which reads them better, is 300 MB: --build-arg OFFICE=libreoffice-writer-nogui
ARG OFFICE=""
# hadolint ignore=DL3008,SC2086
RUN apt-get update && \
    apt-get install -y --no-install-recommends antiword catdoc $OFFICE && \
    rm -rf /var/lib/apt/lists/* && \
    useradd --create-home --uid 1000 gongkai && install -d -o gongkai /county
COPY --from=build /opt/gongkai /opt/gongkai
ENV PATH=/opt/gongkai/bin:$PATH DO_NOT_TRACK=1 PREFECT_SERVER_ANALYTICS_ENABLED=false
USER 1000
WORKDIR /county
VOLUME /county
ENTRYPOINT ["gongkai"]
CMD ["refresh"]
