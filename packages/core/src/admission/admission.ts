import type { Address } from '../address/address.js'
import type { AccessList, AskUid } from './access-list.js'
import type { AddressMatch } from './address-match.js'
import type { DropReason } from './drop-reason.js'
import { PeerCounts } from './peer-counts.js'
import { peerKey } from './peer-key.js'
import { PeerRates } from './peer-rates.js'
import { type Rate, TokenBucket } from './token-bucket.js'

/** A socket that has been accepted. It is asked only for what is judged. */
export interface Caller {
  readonly id: number
  readonly remote: Address
  readonly credentials: { readonly uid: number } | null
}

/** Who may connect; null or Infinity where nothing is asked. */
export interface AdmissionPolicy {
  readonly access: AccessList | null
  /** Who may, and must, send a PROXY header. */
  readonly proxies: AddressMatch | null
  readonly maxConnections: number
  readonly maxConnectionsPerPeer: number
  readonly acceptRate: Rate | null
  readonly acceptRatePerPeer: Rate | null
}

/**
 * Judges peers before anything of the user's is called. There are two questions, because behind a proxy the second can be
 * answered only when the PROXY header is here: may this socket connect, and may its peer have one more connection.
 *
 * Each connection that is let in must be counted out again with {@link Admission.leave}. Time is in milliseconds and monotonic.
 */
export class Admission {
  readonly #policy: AdmissionPolicy
  readonly #now: () => number
  readonly #bucket: TokenBucket | null
  readonly #rates: PeerRates | null
  readonly #counts: PeerCounts | null
  /** Those that were let in, by the connection's id, with what counts as their peer, if that is counted. */
  readonly #inside = new Map<number, string | null>()

  constructor(policy: AdmissionPolicy, now: () => number) {
    this.#policy = policy
    this.#now = now
    this.#bucket = policy.acceptRate === null ? null : new TokenBucket(policy.acceptRate, now())
    this.#rates = policy.acceptRatePerPeer === null ? null : new PeerRates(policy.acceptRatePerPeer)
    this.#counts = policy.maxConnectionsPerPeer === Number.POSITIVE_INFINITY ? null : new PeerCounts()
  }

  /** Judges a socket that has been accepted; null lets it in. Behind a proxy its peer is judged later. */
  arrive(caller: Caller): DropReason | null {
    const { access, proxies, maxConnections } = this.#policy
    const uid = () => caller.credentials?.uid ?? null
    if (access !== null && !access.allows(caller.remote, uid)) return 'access'
    if (proxies !== null && !proxies.has(caller.remote)) return 'proxy'
    if (this.#inside.size >= maxConnections) return 'connections'
    const peer = proxies === null && this.#knowsPeers ? peerKey(caller.remote, uid) : null
    const refusal = peer === null ? null : this.#judge(peer)
    if (refusal !== null) return refusal
    // Last, so that a peer that is kept out by itself takes no token from the others.
    if (this.#bucket !== null && !this.#bucket.take(this.#policy.acceptRate as Rate, this.#now())) return 'rate'
    this.#count(caller.id, peer)
    return null
  }

  /** Judges the peer that a PROXY header names, or the proxy where it names none; null lets it go on. */
  name(id: number, address: Address, uid: AskUid): DropReason | null {
    if (!this.#knowsPeers) return null
    const peer = peerKey(address, uid)
    const refusal = this.#judge(peer)
    if (refusal === null) this.#count(id, peer)
    return refusal
  }

  /** A connection is gone, or will not be served; of one that was not let in, nothing is known. */
  leave(id: number): void {
    const peer = this.#inside.get(id) ?? null
    this.#inside.delete(id)
    if (peer !== null) this.#counts?.remove(peer)
  }

  get #knowsPeers(): boolean {
    return this.#counts !== null || this.#rates !== null
  }

  #judge(peer: string): DropReason | null {
    if (this.#counts !== null && this.#counts.of(peer) >= this.#policy.maxConnectionsPerPeer) return 'peer-connections'
    if (this.#rates !== null && !this.#rates.take(peer, this.#now())) return 'peer-rate'
    return null
  }

  #count(id: number, peer: string | null): void {
    this.#inside.set(id, peer)
    if (peer !== null) this.#counts?.add(peer)
  }
}
