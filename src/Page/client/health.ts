import type { HealthSummary } from "../../Domain/service/HealthSummary.ts"
import { ask } from "./http/request.ts"

/** The service at a glance. */
export type Health = typeof HealthSummary.Encoded

export const healthSummary = (signal: AbortSignal) => ask<Health>("health/summary", { signal })
