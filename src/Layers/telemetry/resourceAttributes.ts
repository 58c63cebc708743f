import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import packageJson from "../../../package.json" with { type: "json" }

/** What a process does: all of Sluice for `npm start`. */
export type Role = "api" | "worker" | "all"

/** Identifies this process. Replicas would otherwise write the same cumulative series. */
const instanceId = randomUUID()

/**
 * Attributes of the resource that all exported telemetry of this process names. `OTEL_RESOURCE_ATTRIBUTES` precedes the
 * defaults, and `OTEL_SERVICE_NAME` precedes both, as OpenTelemetry specifies.
 */
export const resourceAttributes = (
  role: Role,
  given: { readonly attributes: Readonly<Record<string, string>>; readonly serviceName: string | undefined },
): Readonly<Record<string, string>> & { readonly "service.name": string } => ({
  "service.version": packageJson.version,
  "service.instance.id": instanceId,
  "host.name": hostname(),
  "sluice.role": role,
  ...given.attributes,
  "service.name": given.serviceName ?? given.attributes["service.name"] ?? "sluice",
})
