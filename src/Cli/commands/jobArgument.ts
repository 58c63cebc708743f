import { idArgument } from "./idArgument.ts"
import { JobIdField } from "../../Api/contract/JobResource.ts"

/** The id of a job. */
export const jobArgument = idArgument("job", JobIdField, "sluice load")
