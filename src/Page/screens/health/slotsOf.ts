import type { Health } from "../../client/health.ts"

/** The workers that take jobs. Others only finish theirs. */
export const takingJobs = ({ replicas }: Health): Health["replicas"] =>
  replicas.filter(({ draining }) => !draining)

/** The slots of all workers that take jobs, and how many of them have a job. */
export const slotsOf = (health: Health): { readonly used: number; readonly all: number } => ({
  used: takingJobs(health).reduce((sum, { used }) => sum + used, 0),
  all: takingJobs(health).reduce((sum, { slots }) => sum + (slots ?? 0), 0),
})
