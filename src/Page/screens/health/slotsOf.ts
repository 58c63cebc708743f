import type { Health } from "../../client/health.ts"

/** The slots of all workers, and how many of them have a job. */
export const slotsOf = ({ replicas }: Health): { readonly used: number; readonly all: number } => ({
  used: replicas.reduce((sum, { used }) => sum + used, 0),
  all: replicas.reduce((sum, { slots }) => sum + (slots ?? 0), 0),
})
