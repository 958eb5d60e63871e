import { ShinyError } from '../errors/index.js'
import type { Reactor } from './contract.js'
import { nativeReactor } from './native/native-reactor.js'
import { portableReactor } from './portable/portable-reactor.js'

let warned = false

/** The thread's reactor of the kind asked for. With `auto`, the portable one serves where the native one cannot, after one warning. */
export function chooseReactor(wanted: 'auto' | 'native' | 'portable'): Reactor {
  if (wanted === 'portable') return portableReactor()
  const native = nativeReactor()
  if (!(native instanceof Error)) return native
  if (wanted === 'native') {
    throw new ShinyError('ERR_REACTOR_UNAVAILABLE', `the native reactor cannot run here: ${native.message}`, {
      cause: native
    })
  }
  if (!warned) {
    warned = true
    process.emitWarning(`the portable reactor serves, because the native one cannot run here: ${native.message}`, {
      type: 'ShinyWarning',
      code: 'ERR_REACTOR_UNAVAILABLE'
    })
  }
  return portableReactor()
}
