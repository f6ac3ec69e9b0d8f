# syntax=docker/dockerfile:1
# All images of Nexus: docker build --target api . (or collab-server, snapshots, standalone, studio, proxy)
#
# The servers are TypeScript that Node runs as it is. Workspaces stay links in node_modules: Node takes the types off
# files in this layout, and refuses to in files that lie in node_modules themselves.

FROM node:24-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json ./
COPY api/package.json api/
COPY bench/package.json bench/
COPY client/package.json client/
COPY collab-server/package.json collab-server/
COPY core/package.json core/
COPY e2e/package.json e2e/
COPY snapshots/package.json snapshots/
COPY standalone/package.json standalone/
COPY studio/package.json studio/

FROM manifests AS api-packages
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --no-audit --no-fund -w api

FROM manifests AS collab-server-packages
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --no-audit --no-fund -w collab-server

FROM manifests AS snapshots-packages
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --no-audit --no-fund -w snapshots

FROM manifests AS standalone-packages
RUN --mount=type=cache,target=/root/.npm npm ci --omit=dev --no-audit --no-fund -w standalone

# The browser application is the same for every kind of processor.
FROM --platform=$BUILDPLATFORM node:24-bookworm-slim AS studio-build
WORKDIR /app
COPY --from=manifests /app ./
RUN --mount=type=cache,target=/root/.npm npm ci --no-audit --no-fund -w studio
COPY tsconfig.json ./
COPY core core
COPY client client
COPY studio studio
RUN npm run build -w studio

# What all servers share. The user `node` of the base image is 1000; by number, so that Kubernetes can see it is not root.
FROM node:24-bookworm-slim AS server
ENV NODE_ENV=production \
    HOST=0.0.0.0
WORKDIR /app
RUN install --directory --owner=1000 --group=1000 --mode=0750 /data
USER 1000:1000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 CMD ["node", "scripts/check-health.ts"]

FROM server AS api
COPY --from=api-packages /app ./
COPY core core
COPY api api
COPY scripts/check-health.ts scripts/migrate.ts scripts/
ENV PORT=4001
EXPOSE 4001
CMD ["node", "api/src/main.ts"]

FROM server AS collab-server
COPY --from=collab-server-packages /app ./
COPY core core
COPY collab-server collab-server
COPY scripts/check-health.ts scripts/
ENV PORT=4002
EXPOSE 4002
CMD ["node", "collab-server/src/main.ts"]

# The git program serves clones of workspaces and packs their repositories.
FROM server AS server-with-git
USER 0:0
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/*
USER 1000:1000

FROM server-with-git AS snapshots
COPY --from=snapshots-packages /app ./
COPY core core
COPY snapshots snapshots
COPY scripts/check-health.ts scripts/
ENV PORT=4003 \
    GIT_DIR=/data/git
EXPOSE 4003
VOLUME /data
CMD ["node", "snapshots/src/main.ts"]

FROM server-with-git AS standalone
COPY --from=standalone-packages /app ./
COPY core core
COPY api api
COPY collab-server collab-server
COPY snapshots snapshots
COPY standalone standalone
COPY scripts/check-health.ts scripts/migrate.ts scripts/
COPY --from=studio-build /app/studio/dist studio/dist
ENV PORT=4000 \
    DATA_DIR=/data
EXPOSE 4000
VOLUME /data
CMD ["node", "standalone/src/main.ts"]

# The studio's files on a port of their own, for a cluster whose ingress sends the other paths elsewhere.
# Debian's nginx: the one the tests run.
FROM debian:bookworm-slim AS studio
RUN apt-get update \
    && apt-get install --yes --no-install-recommends nginx \
    && rm -rf /var/lib/apt/lists/*
COPY k8s/nginx /etc/nexus
COPY --from=studio-build /app/studio/dist /srv/studio
USER 1000:1000
EXPOSE 4000
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/4000 && printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q '^HTTP/1.1 200 ' <&3"]
CMD ["nginx", "-c", "/etc/nexus/studio.conf"]

# Everything behind one port: the studio, and the way to the servers.
FROM studio AS proxy
CMD ["nginx", "-c", "/etc/nexus/nexus.conf"]
