# The gateway alone: for a pod or a machine that has a display already.
#
#   podman build -f docker/gateway.Dockerfile -t oriel-gateway .
#
# Hardware encoders (NVENC, VA-API, Quick Sync) come with an argument and have a tag of their own; they add about 440 MB:
#
#   podman build -f docker/gateway.Dockerfile --build-arg HARDWARE=1 -t oriel-gateway:hardware .
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
# Every layer says whose it is, so that those of earlier builds can be told from others' and removed.
LABEL org.oriel.stage=build
RUN apt-get update && apt-get install --yes --no-install-recommends \
      ca-certificates g++ make python3 pkg-config npm \
      libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev gstreamer1.0-tools
# Debian's npm leaves out native packages and compiles addons that Node 24 does not load: it only fetches its successors.
COPY package.json /opt/npm/wanted/
RUN node=node-linux-$(node -p process.arch) \
 && npm install --prefix /opt/npm --no-audit --no-fund npm@11.19.1 \
      "$node@$(node -p "require('/opt/npm/wanted/package.json').optionalDependencies['$node']")"
# The certificates of the system count too: a company's proxy brings its own, in /usr/local/share/ca-certificates.
ENV PATH=/opt/npm/node_modules/.bin:$PATH NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt
WORKDIR /opt/oriel
# What changes rarely comes first: the packages are installed anew only when the lock file has changed.
COPY package.json package-lock.json .npmrc ./
COPY setup setup
RUN node setup/main.mjs packages
COPY tsconfig*.json LICENSE ./
COPY protocol protocol
COPY gst gst
COPY certs certs
COPY server server
COPY client client
# The root tsconfig.json names it.
COPY test/tsconfig.json test/
RUN node setup/main.mjs image

FROM ${BASE}
LABEL org.oriel.stage=gateway
# As in Debian's slim images, whatever the base: no documentation, no translations; no names of languages, no fonts of PDF.
RUN printf 'path-exclude /usr/share/%s/*\n' doc man info locale lintian iso-codes xml/iso-codes poppler ghostscript > /etc/dpkg/dpkg.cfg.d/oriel-slim
COPY docker/debian.pref /etc/apt/preferences.d/oriel.pref
RUN apt-get update && apt-get install --yes --no-install-recommends \
      tini pulseaudio-utils gstreamer1.0-tools gstreamer1.0-x \
      gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly \
 && apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/debconf/* \
 && useradd --uid 1000 --user-group --create-home --shell /bin/sh oriel \
 # Volumes that are mounted there begin with these owners and modes; a tmpfs of podman over /tmp keeps the owner only.
 && install -d -o oriel -g oriel -m 1777 /tmp/.X11-unix && install -d -o oriel -g oriel -m 1777 /run/oriel
# After what both variants have, so that they share it.
ARG HARDWARE=0
LABEL org.oriel.hardware=${HARDWARE}
RUN [ "$HARDWARE" = 0 ] || { apt-get update && apt-get install --yes --no-install-recommends \
      gstreamer1.0-plugins-bad va-driver-all \
 && apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/debconf/*; }
COPY --from=build /opt/oriel /opt/oriel
# The plugin registry is read from the image: making it takes 0.8 s and a writable folder. The plugins of graphics cards register
# only what the card at hand can do, and a registry that was made without one has nothing of it: with them it is made at each start.
ENV GST_REGISTRY=/opt/oriel/gstreamer/oriel-registry.bin \
    GST_REGISTRY_UPDATE=no
RUN if [ "$HARDWARE" = 0 ]; then mkdir /opt/oriel/gstreamer && GST_REGISTRY_UPDATE=yes gst-inspect-1.0 > /dev/null && chmod 644 "$GST_REGISTRY"; \
    else ln -s /tmp /opt/oriel/gstreamer; fi
RUN /opt/oriel/bin/node /opt/oriel/setup/debian-record.mjs
# Compiled JavaScript is in the image too, without which a start takes twice the time. A processor with other features than the one
# that built the image, or another user, does without it.
RUN install -d -o oriel -g oriel /opt/oriel/compile-cache
ENV PATH=/opt/oriel/bin:$PATH \
    NODE_COMPILE_CACHE=/opt/oriel/compile-cache \
    ORIEL_HOST=0.0.0.0 \
    ORIEL_LOG_FORMAT=json \
    ORIEL_LOG_OUTPUT=stdout
LABEL org.opencontainers.image.title="Oriel gateway" \
      org.opencontainers.image.description="Puts an X display into a browser tab" \
      org.opencontainers.image.licenses="MIT"
USER 1000:1000
WORKDIR /opt/oriel
# A gateway is started and stopped for it, since some modules are loaded on the way only. The encoder's process is killed when its
# input ends; what it compiled has been written then.
RUN gst-inspect-1.0 > /dev/null && { node server/main.ts --source test --port 0 > /tmp/link 2>&1 & } \
 && while kill -0 $! && ! grep -q Open /tmp/link; do sleep 0.1; done; kill $! && wait $! && rm /tmp/link \
 && node server/health-check.ts --print-config > /dev/null \
 && (node server/desktop-main.ts 2> /dev/null || [ $? = 2 ]) \
 && (node gst/child.ts < /dev/null || [ $? = 137 ]) \
 && rm -f /tmp/oriel-registry.bin
EXPOSE 8080/tcp 8080/udp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["node", "/opt/oriel/server/health-check.ts"]
ENTRYPOINT ["tini", "--", "node", "server/main.ts"]
CMD ["--display", ":0"]
