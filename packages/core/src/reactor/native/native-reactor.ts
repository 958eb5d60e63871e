import type { Reactor } from '../contract.js'

export function nativeReactor(): Reactor | Error {
  return new Error('not built')
}
