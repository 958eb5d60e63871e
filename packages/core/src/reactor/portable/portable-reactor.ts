import type { Reactor } from '../contract.js'

export function portableReactor(): Reactor {
  throw new Error('not built')
}
