import { ScaledJob } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledJob"
import { ScaledObject } from "@kubernetes-models/keda/keda.sh/v1alpha1/ScaledObject"
import { TriggerAuthentication } from "@kubernetes-models/keda/keda.sh/v1alpha1/TriggerAuthentication"
import { isActive, isInLine, isKept, targetOfJob } from "../../src/Layers/database/queue/queueTable.ts"
import { unreachedTargets } from "../../src/Layers/database/queue/unreachedTargets.ts"
import { labelsOf, metadataOf } from "./pods.ts"
import { endingWorker } from "./processes.ts"

/** Jobs for each worker. A worker has more slots (48), because most jobs wait for their sources. */
const jobsPerWorker = 16

/**
 * Jobs that run, and those that a worker may claim now. The last ones of a busy fleet must not be interrupted by its shrinking. Jobs that
 * are kept for a full host, or wait for a database that no worker reaches, are not counted: another worker could not start them. While no worker
 * runs, nobody knows either, so they are counted. The role of the query has only the rights that docs/deploy.md gives it.
 */
export const jobsQuery = `with ${unreachedTargets}
  select count(*) from boss.job where (${isActive}) or (((${isInLine}) or (${isKept} and not exists (select from claiming)))
  and start_after <= now() and ${targetOfJob} not in (select target from unreached))`

const access = new TriggerAuthentication({
  metadata: { name: "sluice-scaler", labels: labelsOf("worker") },
  spec: { secretTargetRef: [{ parameter: "connection", name: "sluice-scaler", key: "DATABASE_URL" }] },
})

const triggers = [
  {
    type: "postgresql",
    metadata: {
      query: jobsQuery,
      targetQueryValue: String(jobsPerWorker),
    },
    authenticationRef: { name: "sluice-scaler" },
  },
]

const limits = { maxReplicaCount: 20, pollingInterval: 15 }

export const scaling = [
  access,
  new ScaledObject({
    metadata: metadataOf("worker"),
    spec: {
      scaleTargetRef: { name: "sluice-worker" },
      minReplicaCount: 1,
      ...limits,
      // If the database does not respond.
      fallback: { failureThreshold: 4, replicas: 2 },
      advanced: {
        horizontalPodAutoscalerConfig: {
          behavior: {
            scaleUp: { policies: [{ type: "Pods", value: 4, periodSeconds: 15 }] },
            // A worker that goes returns its longer loads to the queue.
            scaleDown: {
              stabilizationWindowSeconds: 600,
              policies: [{ type: "Pods", value: 1, periodSeconds: 60 }],
            },
          },
        },
      },
      triggers,
    },
  }),
]

/** Instead of the workers that stay: pods that end by themselves, so that no scaling ends a load. */
export const scaledJob = [
  access,
  new ScaledJob({
    metadata: metadataOf("worker"),
    spec: {
      ...limits,
      jobTargetRef: { backoffLimit: 6, template: endingWorker(jobsPerWorker) },
      // An update of the manifest does not end pods.
      rollout: { strategy: "gradual" },
      successfulJobsHistoryLimit: 5,
      failedJobsHistoryLimit: 5,
      triggers,
    },
  }),
]
