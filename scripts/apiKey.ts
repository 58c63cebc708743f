/** `npm run key -- --name alice --scopes submit+read [--expires 2027-01-31]`: makes an API key. */
import * as Result from "effect/Result"
import { stdout } from "node:process"
import { Scope } from "../src/Domain/service/Scope.ts"
import { digestOf, newSecret } from "../src/Layers/process/keys/KeySecret.ts"
import { parseApiKeys } from "../src/Layers/process/keys/parseApiKeys.ts"
import { readOptions, stopWith } from "./readOptions.ts"

const usage = `npm run key -- --name <name> --scopes <scope+scope> [--expires <date or time>]
scopes: ${Scope.literals.join(", ")}`
const stop = stopWith(usage)

const text = { type: "string" } as const
const { expires, name, scopes } = readOptions({ name: text, scopes: text, expires: text }, usage)
if (name === undefined || scopes === undefined) stop("Give a name and scopes.")
const secret = newSecret()
const entry = [
  name,
  scopes,
  digestOf(secret).toString("hex"),
  ...(expires === undefined ? [] : [expires]),
].join(":")
Result.match(parseApiKeys(entry), {
  onFailure: (problem) => stop(problem),
  // A comma would make two entries of it, a plain key among them.
  onSuccess: (keys) =>
    keys[0]?.name !== name || keys.length > 1
      ? stop("The name has a character that it must not have.")
      : stdout.write(`The key, for ${name}. It is shown only now:
  ${secret}
The entry, for API_KEYS or a line of API_KEYS_FILE. It is not secret:
  ${entry}
`),
})
