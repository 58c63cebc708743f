/** A binary heap. The item for which `key` is smallest is first. */
export class Heap<A> {
  readonly #items: Array<A> = []
  readonly #key: (item: A) => number

  constructor(key: (item: A) => number) {
    this.#key = key
  }

  get size(): number {
    return this.#items.length
  }

  peek(): A | undefined {
    return this.#items[0]
  }

  push(item: A): void {
    const items = this.#items
    const key = this.#key(item)
    let at = items.length
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (this.#key(items[parent]!) <= key) break
      items[at] = items[parent]!
      at = parent
    }
    items[at] = item
  }

  pop(): A | undefined {
    const items = this.#items
    const first = items[0]
    const last = items.pop()
    if (items.length === 0 || last === undefined) return first
    const key = this.#key(last)
    let at = 0
    while (true) {
      let child = 2 * at + 1
      if (child >= items.length) break
      if (child + 1 < items.length && this.#key(items[child + 1]!) < this.#key(items[child]!)) child += 1
      if (this.#key(items[child]!) >= key) break
      items[at] = items[child]!
      at = child
    }
    items[at] = last
    return first
  }
}
