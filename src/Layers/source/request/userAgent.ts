import * as Option from "effect/Option"
import packageJson from "../../../../package.json" with { type: "json" }

/** Names program and version, and whom to contact, as operators of servers expect of robots. */
export const userAgent = (contact: Option.Option<string>): string =>
  `Sluice/${packageJson.version}${Option.match(contact, { onNone: () => "", onSome: (text) => ` (+${text})` })}`
