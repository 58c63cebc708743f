/** Lists the licences of all packages that a running service can contain: `npm run licences`. */
import { readFileSync } from "node:fs"
import * as Schema from "effect/Schema"

const Lockfile = Schema.fromJsonString(
  Schema.Struct({
    packages: Schema.Record(
      Schema.String,
      Schema.Struct({
        version: Schema.optionalKey(Schema.String),
        license: Schema.optionalKey(Schema.String),
        dev: Schema.optionalKey(Schema.Boolean),
      }),
    ),
  }),
)

const { packages } = Schema.decodeSync(Lockfile)(readFileSync("package-lock.json", "utf8"))

/** Of every package but Sluice itself and what only development needs. */
export const productionLicences = Object.entries(packages)
  .filter(([path, { dev }]) => path !== "" && dev !== true)
  .map(([path, { version = "", license = "none" }]) => ({
    package: `${path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length)}@${version}`,
    license,
  }))

if (import.meta.main)
  for (const { package: name, license } of productionLicences) console.log(`${license}\t${name}`)
