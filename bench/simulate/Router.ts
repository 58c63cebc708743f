/** The cell of each caller, by the caller's number. */
export type Routes = ReadonlyArray<number>

/**
 * Routes by a table: the largest caller first, each to the cell with the least load so far.
 *
 * @param loads expected load of each caller, in any unit
 */
export const byTable = (loads: ReadonlyArray<number>, cells: number): Routes => {
  const sums = Array.from({ length: cells }, () => 0)
  const routes = Array.from({ length: loads.length }, () => 0)
  const largestFirst = loads.map((_, caller) => caller).toSorted((a, b) => loads[b]! - loads[a]!)
  for (const caller of largestFirst) {
    const cell = sums.indexOf(Math.min(...sums))
    routes[caller] = cell
    sums[cell]! += loads[caller]!
  }
  return routes
}

/** Routes by a hash of the caller, which needs no table. */
export const byHash = (callers: number, cells: number): Routes =>
  Array.from({ length: callers }, (_, caller) => {
    let mixed = Math.imul(caller + 1, 0x9e3779b1)
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b)
    return ((mixed ^ (mixed >>> 13)) >>> 0) % cells
  })

/** The load of the fullest cell, as a multiple of the mean. */
export const imbalance = (routes: Routes, loads: ReadonlyArray<number>, cells: number): number => {
  const sums = Array.from({ length: cells }, () => 0)
  for (const [caller, cell] of routes.entries()) sums[cell]! += loads[caller]!
  return (Math.max(...sums) * cells) / sums.reduce((sum, each) => sum + each, 0)
}
