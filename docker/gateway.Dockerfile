# The gateway alone: for a pod or a machine that has a display already.
#
#   podman build -f docker/gateway.Dockerfile -t oriel-gateway .
#
# Hardware encoders (NVENC, VA-API, Quick Sync) come with --build-arg HARDWARE=1, which adds about 440 MB.
ARG BASE=debian:bookworm-slim

FROM ${BASE} AS build
# Every layer says whose it is, so that those of earlier builds can be told from others' and removed.
LABEL org.oriel.stage=build
RUN apt-get update && apt-get install --yes --no-install-recommends \
      ca-certificates g++ make python3 pkg-config npm \
      libgstreamer1.0-dev libgstreamer-plugins-base1.0-dev gstreamer1.0-tools
# Debian's npm leaves out native packages and compiles addons that Node 24 does not load: it only fetches its successors.
RUN npm install --prefix /opt/npm --no-audit --no-fund npm@11 "node-linux-$(node -p process.arch)@24"
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
ARG HARDWARE=0
# As in Debian's slim images, whatever the base: no documentation, no translations; no names of languages, no fonts of PDF.
RUN printf 'path-exclude /usr/share/%s/*\n' doc man info locale lintian iso-codes xml/iso-codes poppler ghostscript > /etc/dpkg/dpkg.cfg.d/oriel-slim
RUN apt-get update && apt-get install --yes --no-install-recommends \
      tini pulseaudio-utils gstreamer1.0-tools gstreamer1.0-x \
      gstreamer1.0-plugins-base gstreamer1.0-plugins-good gstreamer1.0-plugins-ugly \
      $([ "$HARDWARE" = 0 ] || echo gstreamer1.0-plugins-bad va-driver-all) \
 && apt-get clean && rm -rf /var/lib/apt/lists/* /var/cache/debconf/* \
 && useradd --uid 1000 --user-group --create-home --shell /bin/sh oriel \
 # Volumes that are mounted there begin with these owners and modes; a tmpfs of podman over /tmp keeps the owner only.
 && install -d -o oriel -g oriel -m 1777 /tmp/.X11-unix && install -d -o oriel -g oriel -m 1777 /run/oriel
COPY --from=build /opt/oriel /opt/oriel
# The plugin registry is read from the image: building it takes 0.8 s and a writable folder.
ENV GST_REGISTRY=/opt/oriel/gstreamer-registry.bin \
    GST_REGISTRY_UPDATE=no
RUN GST_REGISTRY_UPDATE=yes gst-inspect-1.0 --version > /dev/null && GST_REGISTRY_UPDATE=yes gst-inspect-1.0 > /dev/null && chmod 644 "$GST_REGISTRY"
# So is compiled JavaScript, without which a start takes twice the time. A processor with other features than the one that built
# the image, or another user, does without it.
RUN install -d -o oriel -g oriel /opt/oriel/compile-cache
ENV PATH=/opt/oriel/bin:$PATH \
    NODE_COMPILE_CACHE=/opt/oriel/compile-cache \
    ORIEL_HOST=0.0.0.0 \
    ORIEL_LOG_FORMAT=json
LABEL org.opencontainers.image.title="Oriel gateway" \
      org.opencontainers.image.description="Puts an X display into a browser tab" \
      org.opencontainers.image.licenses="MIT"
USER 1000:1000
WORKDIR /opt/oriel
# The encoder's process is killed when its input ends; what it compiled has been written then.
RUN node server/main.ts --print-config > /dev/null \
 && node server/health-check.ts --print-config > /dev/null \
 && (node server/desktop-main.ts 2> /dev/null || [ $? = 2 ]) \
 && (node gst/child.ts < /dev/null || [ $? = 137 ])
EXPOSE 8080/tcp 8080/udp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s CMD ["node", "/opt/oriel/server/health-check.ts"]
ENTRYPOINT ["tini", "--", "node", "server/main.ts"]
CMD ["--display", ":0"]
