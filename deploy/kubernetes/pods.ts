import type { IContainer } from "kubernetes-models/v1/Container"
import type { IEnvVar } from "kubernetes-models/v1/EnvVar"
import type { ILifecycleHandler } from "kubernetes-models/v1/LifecycleHandler"
import type { IPodTemplateSpec } from "kubernetes-models/v1/PodTemplateSpec"
import type { IProbe } from "kubernetes-models/v1/Probe"

/** `kustomize edit set image sluice=registry.example.org/sluice:1.4.0` replaces it. */
const image = "sluice"

/** Labels of a part of Sluice, by which Services and policies find its pods. */
export const labelsOf = (component: string) => ({
  "app.kubernetes.io/name": "sluice",
  "app.kubernetes.io/component": component,
})

/** Name and labels of what belongs to a part of Sluice. */
export const metadataOf = (component: string) => ({
  name: `sluice-${component}`,
  labels: labelsOf(component),
})

interface Process {
  readonly component: string
  readonly command: ReadonlyArray<string>
  readonly environment: Readonly<Record<string, string>>
  /** Keys of the component's Secret. Each is read as a file, `DATABASE_URL_FILE`. */
  readonly secrets: ReadonlyArray<string>
  readonly memory: string
  readonly ports?: NonNullable<IContainer["ports"]>
  readonly readiness?: IProbe
  readonly liveness?: IProbe
  readonly startup?: IProbe
  /** Runs before the signal to stop. */
  readonly stop?: ILifecycleHandler
}

const secretsFolder = "/run/secrets/sluice"

const environmentOf = ({ environment, secrets }: Process): Array<IEnvVar> => [
  ...secrets.map((key): IEnvVar => ({ name: `${key}_FILE`, value: `${secretsFolder}/${key}` })),
  ...Object.entries(environment).map(([name, value]): IEnvVar => ({ name, value })),
]

/**
 * The pod of one process, without privileges. It has the Secret `sluice-<component>` as files.
 *
 * @param graceSeconds time between the signal to stop and the end of the process
 * @param restartPolicy of a Job; absent for a Deployment
 */
export const podOf = (
  process: Process,
  graceSeconds: number,
  restartPolicy?: "OnFailure",
): IPodTemplateSpec => {
  const { command, component, liveness, memory, ports, readiness, startup, stop } = process
  const container: IContainer = {
    name: component,
    image,
    command: [...command],
    env: environmentOf(process),
    resources: { requests: { cpu: "250m", memory }, limits: { memory } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      { name: "secrets", mountPath: secretsFolder, readOnly: true },
      { name: "tmp", mountPath: "/tmp" },
    ],
    ...(ports === undefined ? {} : { ports }),
    ...(readiness === undefined ? {} : { readinessProbe: readiness }),
    ...(liveness === undefined ? {} : { livenessProbe: liveness }),
    ...(startup === undefined ? {} : { startupProbe: startup }),
    ...(stop === undefined ? {} : { lifecycle: { preStop: stop } }),
  }
  return {
    metadata: { labels: labelsOf(component) },
    spec: {
      terminationGracePeriodSeconds: graceSeconds,
      automountServiceAccountToken: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 65534,
        runAsGroup: 65534,
        fsGroup: 65534,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [container],
      volumes: [
        { name: "secrets", secret: { secretName: `sluice-${component}`, defaultMode: 0o440 } },
        { name: "tmp", emptyDir: {} },
      ],
      ...(restartPolicy === undefined
        ? {
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: "kubernetes.io/hostname",
                whenUnsatisfiable: "ScheduleAnyway" as const,
                labelSelector: { matchLabels: labelsOf(component) },
              },
            ],
          }
        : { restartPolicy }),
    },
  }
}
