/** Where the processes of this run of tests keep what they have compiled, which takes more than a second of each start. */
// Inherited by processes, not settings of the service.
// @effect-diagnostics-next-line processEnv:off
export const compileCache = (): string | undefined => process.env["NODE_COMPILE_CACHE"]
