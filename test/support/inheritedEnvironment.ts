/**
 * What every process that a test starts has of the environment of the tests, whatever its settings. Processes of one run share
 * what they have compiled, which takes more than a second of each start.
 */
export const inheritedEnvironment = () => {
  const { HOME, NODE_COMPILE_CACHE, PATH } = process.env
  return { HOME, NODE_COMPILE_CACHE, PATH }
}
