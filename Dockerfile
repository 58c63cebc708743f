# One image for the API and the worker; docker-compose.yml chooses which one a container runs.
FROM node:24-bookworm-slim

WORKDIR /app
COPY package.json package-lock.json ./
# Leaves out what the image does not need: the npm package `node`, whose binary its install script downloads (the
# image has its own Node), and the embedded Postgres (optional dependencies).
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund && npm cache clean --force
COPY src ./src

USER node
ENV NODE_ENV=production HOST=0.0.0.0
CMD ["node", "src/Api/main.ts"]
