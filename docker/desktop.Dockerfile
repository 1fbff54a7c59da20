# A desktop and the gateway in one image, to build on in three lines:
#
#   FROM oriel-desktop
#   RUN apt-get update && apt-get install --yes gimp      (as USER root)
#   CMD ["gimp"]
#
# It is made on top of the gateway's image, so that a pod that runs both keeps their layers once:
#
#   podman build -f docker/desktop.Dockerfile -t oriel-desktop .
ARG GATEWAY=oriel-gateway

FROM ${GATEWAY}
LABEL org.oriel.stage=desktop
USER root
RUN apt-get update && apt-get install --yes --no-install-recommends \
      s6 xvfb openbox xterm pulseaudio fonts-dejavu-core \
 && apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/debconf/*
RUN NODE_DISABLE_COMPILE_CACHE=1 node /opt/oriel/setup/debian-record.mjs
COPY docker/desktop/entrypoint /usr/local/bin/oriel-desktop
COPY docker/desktop/services /opt/oriel/services
ENV HOME=/home/oriel
LABEL org.opencontainers.image.title="Oriel desktop" \
      org.opencontainers.image.description="A Linux desktop in a browser tab"
USER 1000:1000
WORKDIR /home/oriel
ENTRYPOINT ["tini", "--", "oriel-desktop"]
CMD []
