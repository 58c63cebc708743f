import { escapeLiteral } from "pg"

/** The name and the value of a session setting. */
type Setting = readonly [name: string, value: string]

/** Splits at blanks as Postgres does: a backslash makes the next character a part of the word. */
const wordsOf = (options: string): ReadonlyArray<string> =>
  (options.match(/(?:\\[^]|[^\\\s])+/g) ?? []).map((word) => word.replaceAll(/\\([^])/g, "$1"))

/**
 * The settings in the `options` of a connection, `-c name=value` and `--name=value`, in their order. `undefined` if there are options
 * that are no settings.
 */
export const settingsIn = (options: string): ReadonlyArray<Setting> | undefined => {
  const settings: Array<Setting> = []
  const words = wordsOf(options)
  for (let n = 0; n < words.length; n++) {
    const word = words[n] === "-c" ? `-c${words[++n] ?? ""}` : (words[n] ?? "")
    const setting = /^(?:-c|--)(?<name>[^=]+)=(?<value>[^]*)$/.exec(word)?.groups
    if (setting === undefined) return undefined
    settings.push([(setting["name"] ?? "").replaceAll("-", "_"), setting["value"] ?? ""])
  }
  return settings
}

/** A statement that makes these settings for the rest of the session. */
export const settingStatement = (settings: ReadonlyArray<Setting>): string =>
  `select ${settings
    .map(([name, value]) => `pg_catalog.set_config(${escapeLiteral(name)}, ${escapeLiteral(value)}, false)`)
    .join(", ")}`

/** Protocol 3.x. Other first messages, such as a request to cancel a statement, have no parameters. */
const protocolVersion = 3

/**
 * Takes the parameter `options` out of a startup message (Postgres documentation, 54.7, "Message Formats"). Another message is returned as
 * it is.
 */
export const takeOptions = (message: Buffer): { readonly message: Buffer; readonly options: string } => {
  if (message.length < 9 || message.readUInt16BE(4) !== protocolVersion) return { message, options: "" }
  const size = message.readUInt32BE(0)
  // Names and values in turn, then an empty name.
  const texts = message.toString("utf8", 8, size).split("\0")
  const kept: Array<string> = []
  let options = ""
  for (let n = 0; n + 1 < texts.length && texts[n] !== ""; n += 2) {
    const [name = "", value = ""] = texts.slice(n, n + 2)
    if (name === "options") options = value
    else kept.push(`${name}\0${value}\0`)
  }
  const parameters = Buffer.from(`${kept.join("")}\0`)
  const header = Buffer.from(message.subarray(0, 8))
  header.writeUInt32BE(8 + parameters.length, 0)
  return { message: Buffer.concat([header, parameters, message.subarray(size)]), options }
}
