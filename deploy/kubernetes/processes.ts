import { Deployment } from "kubernetes-models/apps/v1/Deployment"
import { Job } from "kubernetes-models/batch/v1/Job"
import { PodDisruptionBudget } from "kubernetes-models/policy/v1/PodDisruptionBudget"
import { Service } from "kubernetes-models/v1/Service"
import { bundleOf } from "../../scripts/programs/programs.ts"
import { labelsOf, metadataOf, podOf } from "./pods.ts"

/** 20 s more than SHUTDOWN_GRACE, 20 s by default, in which running loads finish or are returned to the queue. */
const graceSeconds = 40

/** A Service sends requests to a pod for a moment after the pod has begun to stop. */
const stopDelaySeconds = 5

const apiPort = 3000
export const metricsPort = 9464

/** Migrates the database as its owner. Until then, processes of a new version end and are started again. */
export const migrate = [
  new Job({
    metadata: metadataOf("migrate"),
    spec: {
      backoffLimit: 6,
      ttlSecondsAfterFinished: 3600,
      template: podOf(
        {
          component: "migrate",
          command: ["node", bundleOf("db-migrate")],
          environment: {},
          secrets: ["DATABASE_URL"],
          memory: "512Mi",
        },
        graceSeconds,
        "OnFailure",
      ),
    },
  }),
]

const strategy = { type: "RollingUpdate" as const, rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }

const disruptionBudgetOf = (component: string) =>
  new PodDisruptionBudget({
    metadata: metadataOf(component),
    spec: { maxUnavailable: 1, selector: { matchLabels: labelsOf(component) } },
  })

export const api = [
  new Deployment({
    metadata: metadataOf("api"),
    spec: {
      replicas: 2,
      selector: { matchLabels: labelsOf("api") },
      strategy,
      template: podOf(
        {
          component: "api",
          command: ["node", bundleOf("api")],
          environment: { HOST: "0.0.0.0", PORT: String(apiPort) },
          secrets: ["DATABASE_URL", "SECRETS_KEY", "API_KEYS"],
          memory: "512Mi",
          ports: [{ name: "http", containerPort: apiPort }],
          startup: {
            httpGet: { path: "/health/live", port: "http" },
            periodSeconds: 2,
            failureThreshold: 60,
          },
          readiness: {
            httpGet: { path: "/health/ready", port: "http" },
            periodSeconds: 5,
            timeoutSeconds: 5,
          },
          // Only the process itself: a restart does not bring a database back.
          liveness: { httpGet: { path: "/health/live", port: "http" }, periodSeconds: 10, timeoutSeconds: 5 },
          stop: { exec: { command: ["sleep", String(stopDelaySeconds)] } },
        },
        // The delay is a part of it.
        graceSeconds + stopDelaySeconds,
      ),
    },
  }),
  new Service({
    metadata: metadataOf("api"),
    spec: { selector: labelsOf("api"), ports: [{ name: "http", port: 80, targetPort: "http" }] },
  }),
  disruptionBudgetOf("api"),
]

/** The claim loop writes the file once a second, also while the database is down. */
const isAlive = "process.exit(Date.now() - require('node:fs').statSync('/tmp/alive').mtimeMs < 30000 ? 0 : 1)"

/** A worker that does not respond finishes no load, so it does not get the time for them. */
const hungGraceSeconds = 30

const workerProcess = {
  component: "worker",
  command: ["node", "--max-semi-space-size=1", "--heap-growing-percent=100", bundleOf("worker")],
  environment: { LIVENESS_FILE: "/tmp/alive", METRICS_PORT: String(metricsPort) },
  secrets: ["DATABASE_URL", "SECRETS_KEY"],
  memory: "1Gi",
  ports: [{ name: "metrics", containerPort: metricsPort }],
  startup: {
    exec: { command: ["node", "-e", isAlive] },
    periodSeconds: 5,
    timeoutSeconds: 5,
    failureThreshold: 60,
    terminationGracePeriodSeconds: hungGraceSeconds,
  },
  liveness: {
    exec: { command: ["node", "-e", isAlive] },
    periodSeconds: 10,
    timeoutSeconds: 5,
    terminationGracePeriodSeconds: hungGraceSeconds,
  },
}

export const worker = [
  // Without `replicas`, which the ScaledObject decides.
  new Deployment({
    metadata: metadataOf("worker"),
    spec: {
      selector: { matchLabels: labelsOf("worker") },
      strategy,
      template: podOf(workerProcess, graceSeconds),
    },
  }),
  disruptionBudgetOf("worker"),
]

/** Longer than any load. */
const longestGraceSeconds = 86_400

/** The pod of a worker that ends when there is nothing to do, and that nothing ends before its loads. */
export const endingWorker = (slots: number) =>
  podOf(
    {
      ...workerProcess,
      environment: {
        ...workerProcess.environment,
        WORKER_CONCURRENCY: String(slots),
        STOP_WHEN_IDLE: "1 minute",
        SHUTDOWN_GRACE: "unlimited",
      },
    },
    longestGraceSeconds,
    "OnFailure",
  )
