/**
 * Fails if a package that a running service can contain has a known vulnerability of severity high or critical. Prints why
 * nothing was checked where the registry has no advisories.
 */
import { spawnSync } from "node:child_process"
import * as Schema from "effect/Schema"

const Report = Schema.fromJsonString(
  Schema.Union([
    Schema.Struct({ metadata: Schema.Struct({ vulnerabilities: Schema.Record(Schema.String, Schema.Int) }) }),
    Schema.Struct({ message: Schema.String }),
  ]),
)

const { stdout, stderr, status } = spawnSync("npm", ["audit", "--omit=dev", "--audit-level=high", "--json"], {
  encoding: "utf8",
})
const report = Schema.decodeSync(Report)(stdout)
if ("metadata" in report) {
  console.log(`npm audit: ${JSON.stringify(report.metadata.vulnerabilities)}`)
  if (status !== 0) console.error(stdout, stderr)
  process.exitCode = status ?? 1
} else {
  console.warn(`npm audit skipped, because the registry has no advisories: ${report.message}`)
}
