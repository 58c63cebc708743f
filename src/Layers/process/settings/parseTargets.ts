import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"
import { defaultTarget } from "../../../Domain/load/columns/target/RecordedTarget.ts"
import { TargetName } from "../../../Domain/load/columns/target/TargetName.ts"

const isName = Schema.is(TargetName)

/** A comma before anything else is one of the hosts of a connection string. */
const separator = /\s*[,\n]\s*(?=[\w-]+=postgres(?:ql)?:\/\/)/

/** Connection strings by their names, from `name=postgres://…` with commas or line breaks between them; `null` if it is not that. */
export const parseTargets = (text: string): ReadonlyMap<string, Redacted.Redacted> | null => {
  const targets = new Map<string, Redacted.Redacted>()
  for (const entry of text.trim().split(separator)) {
    const [, name = "", url = ""] = /^([^=]*)=(postgres(?:ql)?:\/\/(?:(?!:\/\/)\S)+)$/.exec(entry) ?? []
    if (!isName(name) || name === defaultTarget || targets.has(name)) return null
    targets.set(name, Redacted.make(url))
  }
  return targets
}
