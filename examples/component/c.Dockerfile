# docker build -f examples/component/c.Dockerfile -t squares . ; `make deb` has made dist/*.deb.
FROM debian:12-slim AS build
COPY dist/libcsvkit0_*.deb dist/libcsvkit-dev_*.deb /debs/
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev pkg-config /debs/*.deb
COPY examples/component/component.c /component.c
# Installed headers are all below csvkit/.
RUN sed -i -E 's,"(manifest|preflight)/,"csvkit/\1/,' /component.c && \
    gcc -O2 -o /component /component.c $(pkg-config --cflags --libs csvkit-extra)

FROM debian:12-slim
COPY dist/libcsvkit0_*.deb /debs/
RUN apt-get update && apt-get install -y --no-install-recommends /debs/*.deb && rm -rf /var/lib/apt/lists/*
COPY --from=build /component /component
ENTRYPOINT ["/component", "/data", "1000"]
