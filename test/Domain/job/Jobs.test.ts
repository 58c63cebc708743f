import { jobCreationSuite } from "../../support/JobCreationSuite.ts"
import { jobsSuite } from "../../support/JobsSuite.ts"
import { layer } from "../../support/JobsMemory.ts"

jobsSuite("Jobs in memory", layer)
jobCreationSuite("New jobs in memory", layer)
