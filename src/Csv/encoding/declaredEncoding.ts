import { type Encoding, encodingOf } from "../../Domain/load/Encoding.ts"

/** The encoding that `charset` of a `Content-Type` names (RFC 9110, 8.3.2); `null` for none or an unsupported one. */
export const declaredEncoding = (contentType: string | null): Encoding | null => {
  const charset = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i.exec(contentType ?? "")
  return charset === null ? null : encodingOf(charset[1] ?? charset[2] ?? "")
}
