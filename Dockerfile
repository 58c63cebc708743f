# One image for the API and the worker; docker-compose.yml chooses which one a container runs.
# By tag here, and by digest with deploy/pinImages.sh.
ARG NODE_IMAGE=node:24-bookworm-slim
ARG DEBIAN_IMAGE=debian:bookworm-slim

FROM ${NODE_IMAGE} AS page
WORKDIR /sluice
COPY package.json package-lock.json .npmrc tsconfig.json ./
# With the optional packages, because the native part of Vite is one.
RUN npm ci --no-audit --no-fund
COPY src ./src
COPY scripts/page ./scripts/page
COPY fileserver/files_to_serve/tripsdata.csv ./fileserver/files_to_serve/
RUN npm run --silent build:page

FROM ${NODE_IMAGE} AS build
WORKDIR /sluice
COPY package.json package-lock.json .npmrc ./
# Leaves out what the image does not need: development, and the optional Node and Postgres.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund
# npm takes missing development dependencies for a mistake, and leaves out what they share when told to omit them.
RUN cp package.json /tmp && npm pkg delete devDependencies && npm run --silent sbom > sbom.cdx.json && mv /tmp/package.json .
COPY src ./src
# For the service migrate.
COPY scripts/dbRoles.ts scripts/dbMigrate.ts ./scripts/

# Without npm and the other tools of Node's image.
FROM ${DEBIAN_IMAGE}
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /sluice /sluice
COPY --from=page /sluice/dist/page /sluice/dist/page
WORKDIR /sluice
# nobody
USER 65534:65534
ENV NODE_ENV=production HOST=0.0.0.0
CMD ["node", "src/Api/main.ts"]
