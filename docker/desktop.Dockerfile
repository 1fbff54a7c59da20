# A desktop and the gateway in one image, made on top of the gateway's, so that a pod that runs both keeps their layers once:
#
#   podman build -f docker/desktop.Dockerfile -t oriel-desktop .
#
# The same, to build on: lines that follow run as root, which its containers give up at their start.
#
#   podman build -f docker/desktop.Dockerfile --target base -t oriel-desktop:base .
#
#   FROM oriel-desktop:base
#   RUN apt-get update && apt-get install --yes gimp
#   CMD ["gimp"]
ARG GATEWAY=oriel-gateway

FROM ${GATEWAY} AS base
LABEL org.oriel.stage=desktop
USER root
RUN apt-get update && apt-get install --yes --no-install-recommends \
      s6 xvfb openbox xterm pulseaudio fonts-dejavu-core \
 && apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/debconf/*
RUN NODE_DISABLE_COMPILE_CACHE=1 node /opt/oriel/setup/debian-record.mjs
COPY docker/desktop/entrypoint /usr/local/bin/oriel-desktop
COPY docker/desktop/as-user /usr/local/bin/oriel-as-user
COPY docker/desktop/services /opt/oriel/services
ENV HOME=/home/oriel
LABEL org.opencontainers.image.title="Oriel desktop" \
      org.opencontainers.image.description="A Linux desktop in a browser tab"
WORKDIR /home/oriel
ENTRYPOINT ["oriel-as-user", "tini", "--", "oriel-desktop"]
CMD []

FROM base
USER 1000:1000
