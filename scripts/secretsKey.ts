/** `npm run secrets:key`: makes a key for `SECRETS_KEY` or a line of `SECRETS_KEY_FILE`. */
import { stdout } from "node:process"
import { makeKey } from "../src/Layers/process/SecretsKey.ts"

stdout.write(`${makeKey()}\n`)
