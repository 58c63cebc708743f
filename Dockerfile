# One image for the API and the worker; docker-compose.yml chooses which one a container runs.
FROM node:24-bookworm-slim

WORKDIR /app
COPY package.json package-lock.json ./
# The image's own Node runs the service: neither the npm package `node` (whose binary comes with its install
# script) nor the embedded Postgres (optional dependencies) is needed.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund && npm cache clean --force
COPY src ./src

USER node
ENV NODE_ENV=production HOST=0.0.0.0
CMD ["node", "src/Api/main.ts"]
