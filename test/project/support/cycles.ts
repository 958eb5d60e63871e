/** Finds a way around in a graph of names, or null: the names of one cycle, the first repeated at its end. */
export function findCycle(edges: ReadonlyMap<string, ReadonlySet<string>>): string[] | null {
  const done = new Set<string>()
  const path: string[] = []

  const visit = (name: string): string[] | null => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name]
    if (done.has(name)) return null
    path.push(name)
    for (const next of edges.get(name) ?? []) {
      const cycle = visit(next)
      if (cycle !== null) return cycle
    }
    path.pop()
    done.add(name)
    return null
  }

  for (const name of edges.keys()) {
    const cycle = visit(name)
    if (cycle !== null) return cycle
  }
  return null
}

/** Adds an edge to a graph. */
export function connect(edges: Map<string, Set<string>>, from: string, to: string): void {
  const targets = edges.get(from) ?? new Set()
  edges.set(from, targets.add(to))
}
