# docker build -f examples/component/python.Dockerfile -t squares . ; the image `csvkit` is that of
# examples/packages/Dockerfile.
FROM csvkit AS csvkit
FROM python:3.12-slim
COPY --from=csvkit /csvkit /opt/csvkit
COPY examples/component/component.py /component.py
ENV CSVKIT=/opt/csvkit/csvkit KBC_DATADIR=/data
ENTRYPOINT ["python3", "/component.py"]
