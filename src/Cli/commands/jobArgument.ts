import { Argument } from "effect/cli"
import { JobIdField } from "../../Api/contract/JobResource.ts"

/** The id of a job. */
export const jobArgument = Argument.String("job").pipe(
  Argument.withDescription("The job's id, from sluice load"),
  Argument.withSchema(JobIdField),
)
