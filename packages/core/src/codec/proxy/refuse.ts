import { DecodeError } from '../../errors/index.js'

/** Refuses a header. */
export function refuse(why: string): never {
  throw new DecodeError('ERR_PROXY_HEADER', `no acceptable PROXY header: ${why}`)
}
