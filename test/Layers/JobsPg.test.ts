import { jobsSuite } from "../support/JobsSuite.ts"
import * as TestBackend from "../support/TestBackend.ts"

jobsSuite("Jobs on Postgres and pg-boss", TestBackend.layer())
