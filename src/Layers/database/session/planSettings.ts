/**
 * Settings for the statement that completes a job. Its plan is made once for a connection and must suit tables of all sizes. Load
 * connections have them, because no other statement of a load that makes its table plans a query.
 */
const settings = { plan_cache_mode: "force_generic_plan", enable_seqscan: "off", jit: "off" }

const inEach = (statement: (name: string, value: string) => string): string =>
  Object.entries(settings)
    .map(([name, value]) => statement(name, value))
    .join("; ")

export const setPlans = inEach((name, value) => `set ${name} = ${value}`)

/** For a transaction that queries rows of users, where these settings would force an index scan over a whole table. */
export const withUsualPlans = inEach((name) => `set local ${name} to default`)

/** For the end of that transaction. */
export const withSetPlans = inEach((name, value) => `set local ${name} = ${value}`)
