// Writes the manifests of Kubernetes: `npm run kubernetes`.
import { writeFileSync } from "node:fs"
import { stringify } from "yaml"
import { network } from "./network.ts"
import { api, migrate, worker } from "./processes.ts"
import { scaledJob, scaling } from "./scaling.ts"

const kustomization = {
  apiVersion: "kustomize.config.k8s.io/v1beta1",
  kind: "Kustomization",
  resources: ["migrate.yml", "api.yml", "worker.yml", "scaling.yml", "network.yml"],
  images: [{ name: "sluice", newName: "registry.example.org/sluice", newTag: "1.0.0" }],
}

/** All manifests by their files. */
export const manifests = { migrate, api, worker, scaling, "scaled-job": scaledJob, network }

const textOf = (documents: ReadonlyArray<object>): string =>
  `# Written by npm run kubernetes.\n${documents.map((each) => stringify(each)).join("---\n")}`

/** The texts of the files in this folder, by name. */
export const files = (): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(
    Object.entries(manifests).map(([name, models]) => [
      `${name}.yml`,
      textOf(models.map((model) => model.toJSON() as object)),
    ]),
  ),
  "kustomization.yml": textOf([kustomization]),
})

if (import.meta.main)
  for (const [name, text] of Object.entries(files())) writeFileSync(new URL(name, import.meta.url), text)
