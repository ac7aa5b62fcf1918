# A processor of the Keboola platform: csvkit processor on /data, with the parameters in config.json.
#   docker build -f examples/packages/processor.Dockerfile -t csvkit-processor .
FROM debian:12-slim AS build
RUN apt-get update && apt-get install -y --no-install-recommends make git && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
RUN make deps && make && CSVKIT=/src/build/release/bin/csvkit BUILD=/src/build/release \
    examples/packages/build.sh tarball /out && mkdir /bundle && \
    tar -xzf /out/csvkit-*.tar.gz -C /bundle --strip-components=1

# Not from scratch: the folder for temporary files has to be there.
FROM debian:12-slim
COPY --from=build /bundle /csvkit
ENV KBC_DATADIR=/data/
ENTRYPOINT ["/csvkit/csvkit", "processor", "/data"]
