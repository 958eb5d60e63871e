import { Address } from '../address/address.js'
import type { ProxyHeader } from '../codec/index.js'
import type { PeerCredentials } from './credentials.js'
import { Sender } from './sender.js'
import * as S from './state.js'

/**
 * Who is at the two ends of a connection. The system is asked when somebody wants to know, as long as it can tell, and what it said is
 * remembered.
 */
export abstract class Ends extends Sender {
  /** The PROXY header that it began with, if it began with one. */
  proxy: ProxyHeader | null = null
  #remote: Address | null = null
  #local: Address | null = null
  #credentials: PeerCredentials | null | undefined = undefined

  get remote(): Address {
    if (this.#remote === null && (this.state & S.GONE) === 0) this.#remote = known(this.reactor.remote(this.channel))
    return this.#remote ?? Address.unknown
  }

  get local(): Address {
    if (this.#local === null && (this.state & S.GONE) === 0) this.#local = known(this.reactor.local(this.channel))
    return this.#local ?? Address.unknown
  }

  get credentials(): PeerCredentials | null {
    if (this.#credentials === undefined && (this.state & S.GONE) === 0)
      this.#credentials = this.reactor.credentials(this.channel)
    return this.#credentials ?? null
  }

  /** Gives both ends other names than the socket has. */
  rename(remote: Address, local: Address): void {
    this.#remote = remote
    this.#local = local
  }

  /** Takes over what `other` knows of its ends. */
  protected copyEnds(other: Ends): void {
    this.proxy = other.proxy
    this.#remote = other.remote
    this.#local = other.local
    this.#credentials = other.credentials
  }
}

/** What can be remembered: the ends of a connection that still connects are not known yet. */
function known(address: Address): Address | null {
  return address === Address.unknown ? null : address
}
