import { assert, describe, it } from "@effect/vitest"
import { Deployment } from "kubernetes-models/apps/v1/Deployment"
import { readdirSync, readFileSync } from "node:fs"
import { parseAllDocuments } from "yaml"
import { files, manifests } from "../../deploy/kubernetes/generate.ts"

const folder = new URL("../../deploy/kubernetes/", import.meta.url)

const contents = (yaml: string) => parseAllDocuments(yaml).map((document) => document.toJSON() as unknown)

describe("the manifests of Kubernetes", () => {
  it("are what npm run kubernetes writes", () => {
    const written = readdirSync(folder).filter((name) => name.endsWith(".yml"))
    assert.sameMembers(written, Object.keys(files()))
    for (const [name, text] of Object.entries(files())) {
      assert.deepStrictEqual(contents(readFileSync(new URL(name, folder), "utf8")), contents(text), name)
    }
  })

  it("fit the schemas of Kubernetes and KEDA", () => {
    for (const model of Object.values(manifests).flat()) model.validate()
    // What the schemas find, and what they do not: the compiler finds a misspelt key.
    const spec = { selector: {}, template: {} }
    assert.throws(() => new Deployment({ spec: { ...spec, replicas: 1.5 } }).validate())
    // @ts-expect-error The key is `replicas`.
    new Deployment({ spec: { selector: {}, template: {}, replica: 1 } }).validate()
  })
})
