import { jobsSuite } from "../support/JobsSuite.ts"
import { layer } from "../support/JobsMemory.ts"

jobsSuite("Jobs in memory", layer)
