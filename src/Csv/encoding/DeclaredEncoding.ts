import { type Encoding, encodingOf } from "../../Domain/load/Encoding.ts"

/** The encoding that a `Content-Type` names in its `charset` (RFC 9110, 8.3.2); `null`: none, or none of ours. */
export const declaredEncoding = (contentType: string | null): Encoding | null => {
  const charset = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i.exec(contentType ?? "")
  return charset === null ? null : encodingOf(charset[1] ?? charset[2] ?? "")
}
