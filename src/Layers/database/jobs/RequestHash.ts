import { createHash } from "node:crypto"
import { canonicalRequest, type IdempotencyKey } from "../../../Domain/job/IdempotencyKey.ts"
import type { LoadRequest } from "../../../Domain/job/Jobs.ts"

/**
 * Tells whether two requests under one key are equal, without keeping the credentials their URLs may hold: SHA-256,
 * with the key as salt.
 */
export const requestHash = (key: IdempotencyKey, request: LoadRequest): string =>
  createHash("sha256")
    .update(JSON.stringify([key, canonicalRequest(request)]))
    .digest("hex")
