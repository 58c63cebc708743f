import { readFileSync, statSync } from "node:fs"
import { PasswordUnusable } from "./PasswordUnusable.ts"

/** A connection, in the order of the fields of a line. */
export interface PasswordKey {
  readonly host: string
  readonly port: string
  readonly database: string
  readonly user: string
}

const fieldsOf = (line: string): ReadonlyArray<string> =>
  (line.match(/(?:\\.|[^:\\])*(?::|$)/g) ?? []).map((field) =>
    field.replace(/:$/, "").replaceAll(/\\(.)/g, "$1"),
  )

/**
 * The password for a connection in a password file (Postgres documentation, "The Password File"); `undefined` if the file
 * is missing or has none. Throws `PasswordUnusable` for a file that other users can read.
 */
export const passwordFrom = (path: string, key: PasswordKey): string | undefined => {
  const stats = statSync(path, { throwIfNoEntry: false })
  if (stats === undefined) return undefined
  if (process.platform !== "win32" && (stats.mode & 0o077) !== 0)
    throw new PasswordUnusable({
      message: `The password file ${path} can be read by other users. Run: chmod 600 ${path}`,
    })
  const wanted = [key.host, key.port, key.database, key.user]
  return readFileSync(path, "utf8")
    .split(/\r?\n/)
    .filter((line) => !line.startsWith("#"))
    .map(fieldsOf)
    .find(
      (fields) => fields.length > 4 && wanted.every((value, n) => fields[n] === "*" || fields[n] === value),
    )?.[4]
}
