/** A parameter with its value, quoted or not (RFC 9110, 5.6.6). */
const parameters = /;\s*([\w!#$%&'*+\-.^`|~]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)/g

const decode = (bytes: Uint8Array, encoding: string): string | null => {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}

/** The text of a plain `filename`, which servers send in UTF-8 or Latin-1, and sometimes quoted and percent-encoded. */
const plainText = (value: string): string => {
  const text = value.startsWith('"') ? value.slice(1, -1).replaceAll(/\\(.)/g, "$1") : value.trim()
  return decode(Buffer.from(text, "latin1"), "utf-8") ?? text
}

/** The text of a `filename*` (RFC 8187): `UTF-8''f%C3%BCr.csv`. */
const extendedText = (value: string): string | null => {
  const [, charset, escaped] = /^"?([\w-]+)'[^']*'([^"]*)"?$/.exec(value.trim()) ?? []
  if (charset === undefined || escaped === undefined) return null
  const bytes = escaped.replaceAll(/%([\da-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  return decode(Buffer.from(bytes, "latin1"), charset)
}

/**
 * The file name of a `Content-Disposition` (RFC 6266), without folders and control characters; `null` if there is none.
 * `filename*` is preferred to `filename`.
 */
export const dispositionFileName = (header: string | undefined): string | null => {
  const values = new Map<string, string>()
  for (const [, name = "", value = ""] of `;${header ?? ""}`
    .replace(/^;[^;=]*(?=;|$)/, "")
    .matchAll(parameters)) {
    if (!values.has(name.toLowerCase())) values.set(name.toLowerCase(), value)
  }
  const extended = values.get("filename*")
  const plain = values.get("filename")
  const text =
    (extended === undefined ? null : extendedText(extended)) ??
    (plain === undefined ? null : plainText(plain))
  const name =
    text
      ?.replaceAll(/\p{Cc}/gu, "")
      .split(/[/\\]/)
      .at(-1)
      ?.trim() ?? ""
  return name === "" || name === "." || name === ".." ? null : name
}
