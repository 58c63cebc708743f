import { type Guard, guard } from "./Guard.ts"

const masking = "Domain/source/masking/UrlMasking.ts"
const roles = "Layers/database/migrations/databaseRoles.ts"

/** Guards of secrets, of the database and of names. */
export const secretGuards: ReadonlyArray<Guard> = [
  guard(
    "masking of URLs",
    "plantedSecrets",
    masking,
    "return url === null ? mask : maskedReference(url.href, masking)",
    "return text",
  ),
  guard(
    "masking of messages",
    "Domain/source/masking/UrlMasking",
    masking,
    'text.includes(":") ||',
    "false &&",
  ),
  guard(
    "secrets that a server repeats",
    "Layers/source/request/errorReason",
    "Layers/source/request/withoutSecrets.ts",
    "rest.replaceAll(written(secret), mask)",
    "rest",
  ),
  guard(
    "encryption",
    "secrets",
    "Layers/database/jobs/JobSecrets.ts",
    "content: encrypt(key, text, context)",
    "content: text",
  ),
  guard(
    "rights of the API",
    "roles",
    roles,
    'api: "insert, select (job_id), delete"',
    'api: "insert, select, delete"',
  ),
  guard(
    "rights of the worker",
    "roles",
    roles,
    'worker: "select, update, delete", loads',
    'worker: "select, insert, update, delete", loads',
  ),
  guard("rights of uploads", "roles", roles, 'loads: "select (job_id), delete"', 'loads: "select, delete"'),
  guard(
    "rights of everyone",
    "roles",
    roles,
    "revoke all on all tables in schema ${schema} from public, ${all}",
    "grant all on all tables in schema ${schema} to public",
  ),

  guard(
    "reserved names",
    "names",
    "Domain/load/columns/TableName.ts",
    "isSystemName(shapeOf(name))",
    "false",
  ),
  guard(
    "invisible characters",
    "names",
    "Domain/load/columns/SqlIdentifier.ts",
    "invisible.test(name) ||",
    "false ||",
  ),
  guard(
    "quotes of names",
    "names",
    "Domain/load/columns/SqlIdentifier.ts",
    `name.replaceAll('"', '""')`,
    "name",
  ),
  guard("formulas", "safe-csv", "Layers/database/jobs/KeptTable.ts", "isSafe ? safe : exported", "exported"),
]
