/** Durations in milliseconds by name, and their percentiles. */
export class Samples {
  readonly #byName = new Map<string, Array<number>>()

  add(name: string, millis: number): void {
    const known = this.#byName.get(name)
    if (known === undefined) this.#byName.set(name, [millis])
    else known.push(millis)
  }

  /** One summary per name, sorted by name. */
  summary(): ReadonlyArray<Summary> {
    return [...this.#byName]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, unsorted]) => {
        const values = unsorted.toSorted((a, b) => a - b)
        const at = (share: number) => Math.round(values[Math.ceil(share * values.length) - 1] ?? 0)
        return { name, count: values.length, p50: at(0.5), p95: at(0.95), max: at(1) }
      })
  }
}

export interface Summary {
  readonly name: string
  readonly count: number
  readonly p50: number
  readonly p95: number
  readonly max: number
}
