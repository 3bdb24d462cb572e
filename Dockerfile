# Build: the bundle and its production packages. test/dockerfile.test.ts runs these steps without Docker.
FROM node:20-bookworm-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY scripts ./scripts
COPY src ./src
RUN node scripts/build.js --no-types
RUN npm prune --omit=dev

# Run: an unprivileged user, one folder to keep.
FROM node:20-bookworm-slim
ENV NODE_ENV=production \
    TUMBLER_DATA_DIR=/data \
    TUMBLER_SQL_LISTEN_ADDR=0.0.0.0:6875 \
    TUMBLER_HTTP_LISTEN_ADDR=0.0.0.0:6876
WORKDIR /app
COPY --from=build /src/package.json ./
COPY --from=build /src/node_modules ./node_modules
COPY --from=build /src/dist ./dist
RUN install -d -o node -g node -m 700 /data
USER node
VOLUME /data
EXPOSE 6875 6876
HEALTHCHECK --interval=5s --timeout=2s CMD ["node", "-e", "const port = process.env.TUMBLER_HTTP_LISTEN_ADDR.split(':').at(-1); fetch(`http://127.0.0.1:${port}/api/readyz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "dist/main.js"]
