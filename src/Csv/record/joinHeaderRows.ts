/**
 * The header for the cells of its rows, uppermost first: the names above each other are joined by a space. An empty cell
 * above a name belongs to the group that starts to its left, as merged cells are exported.
 */
export const joinHeaderRows = (
  rows: ReadonlyArray<ReadonlyArray<string | null>>,
): ReadonlyArray<string | null> => {
  if (rows.length === 1) return rows[0]!
  const width = Math.max(...rows.map((row) => row.length))
  const groups = rows.map(() => "")
  return Array.from({ length: width }, (_, column) => {
    const cells = rows.map((row) => (row[column] ?? "").trim())
    const lowest = cells.findLastIndex((cell) => cell !== "")
    const first = cells.findIndex((cell) => cell !== "")
    for (const [level, cell] of cells.entries())
      if (cell !== "" || (first !== -1 && level > first)) groups[level] = cell
    const names = lowest === -1 ? [] : [...groups.slice(0, lowest), cells[lowest]!]
    return names.filter((name) => name !== "").join(" ")
  })
}
