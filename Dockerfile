# The worker, and the sandbox by another command:
#   docker build --tag sender-onboarding .
#   docker run --init sender-onboarding                                                    # worker
#   docker run --init sender-onboarding node dist/sandbox/main.js --host 0.0.0.0 --port 4010  # sandbox
#
# Debian, not Alpine: Temporal's native bridge is built for glibc. Run it with --init (compose: init: true), so that
# process 1 reaps and passes signals on. Give it a longer stop time than ONBOARDING_SHUTDOWN_GRACE_SECONDS.

FROM node:20.20.2-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build

FROM node:20.20.2-bookworm-slim AS dependencies
WORKDIR /app
ENV NODE_ENV=production
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:20.20.2-bookworm-slim AS runtime
# The native bridge trusts the system's certificates, which the slim image does not have: TLS to a Temporal server.
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json ./
COPY deploy/worker-health.mjs ./deploy/worker-health.mjs
# Files stay root's and read-only for the process.
USER node
STOPSIGNAL SIGTERM
CMD ["node", "dist/worker/main.js"]
