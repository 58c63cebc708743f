/** To preload `exitWithParent.ts` into a process: `--import`. */
export const exitWithParent = new URL("exitWithParent.ts", import.meta.url).href
