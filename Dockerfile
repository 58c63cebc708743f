# One image for the API and the worker; docker-compose.yml chooses which one a container runs.
# By tag here, and by digest with deploy/pinImages.sh.
ARG NODE_IMAGE=node:24-bookworm-slim
ARG DEBIAN_IMAGE=debian:bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /sluice
COPY package.json package-lock.json .npmrc tsconfig.json ./
# With the optional packages, because the native part of Vite is one.
RUN npm ci --no-audit --no-fund
COPY src ./src
COPY scripts ./scripts
COPY fileserver/files_to_serve/tripsdata.csv ./fileserver/files_to_serve/
RUN npm run --silent build

# The packages that the bundles contain or need: without development, and the optional Node and Postgres.
FROM ${NODE_IMAGE} AS packages
WORKDIR /sluice
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund
# npm takes missing development dependencies for a mistake, and leaves out what they share when told to omit them.
RUN npm pkg delete devDependencies && npm run --silent sbom > sbom.cdx.json

# Without npm and the other tools of Node's image.
FROM ${DEBIAN_IMAGE}
COPY --from=build /usr/local/bin/node /usr/local/bin/node
WORKDIR /sluice
# The bundles read two files of this package.
COPY --from=packages /sluice/node_modules/swagger-ui-dist ./node_modules/swagger-ui-dist
COPY --from=packages /sluice/sbom.cdx.json ./
COPY --from=build /sluice/dist ./dist
# nobody
USER 65534:65534
ENV NODE_ENV=production HOST=0.0.0.0
CMD ["node", "dist/programs/api.mjs"]
