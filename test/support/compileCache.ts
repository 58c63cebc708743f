/** Where the processes of this run of tests keep what they have compiled, which takes more than a second of each start. */
export const compileCache = (): string | undefined => process.env["NODE_COMPILE_CACHE"]
