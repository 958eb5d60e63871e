import { randomInt } from 'node:crypto'
import type { Address } from '../../address/address.js'
import { type DatagramSocket, Peer, REMEMBERED_PEERS } from '../datagrams.js'
import { FAMILY, PORT, SCOPE, WORDS } from './datagram-layout.js'

const WAYS = 4
const SETS = REMEMBERED_PEERS / WAYS

/** A peer with its address in words, as the native reactor takes it. */
export class NativePeer extends Peer {
  readonly kind: number
  readonly scope: number
  readonly w0: number
  readonly w1: number
  readonly w2: number
  readonly w3: number

  /** Reads the address that begins at `at`. */
  constructor(table: Int32Array, at: number, socket: DatagramSocket) {
    const kind = table[at + FAMILY] as number
    super(familyOf(kind), hostOf(table, at, kind), table[at + PORT] as number, socket)
    this.kind = kind
    this.scope = table[at + SCOPE] as number
    this.w0 = table[at + WORDS] as number
    this.w1 = table[at + WORDS + 1] as number
    this.w2 = table[at + WORDS + 2] as number
    this.w3 = table[at + WORDS + 3] as number
  }

  /** Writes the address to `at`. */
  write(table: Int32Array, at: number): void {
    table[at + FAMILY] = this.kind
    table[at + PORT] = this.port
    table[at + SCOPE] = this.scope
    table[at + WORDS] = this.w0
    table[at + WORDS + 1] = this.w1
    table[at + WORDS + 2] = this.w2
    table[at + WORDS + 3] = this.w3
  }
}

/**
 * The peers that a socket has heard of lately, so that the same peer is the same object and its address is formatted once.
 * A peer that is forgotten goes on working for whoever holds it. There are {@link REMEMBERED_PEERS} places in sets of four; in a
 * set the more frequent ones come first and one of the last two makes room, so that a flood of new addresses displaces few of
 * those that stay.
 */
export class NativePeers {
  readonly #entries: (NativePeer | null)[] = new Array<NativePeer | null>(REMEMBERED_PEERS).fill(null)
  readonly #socket: DatagramSocket
  /** So that nobody can choose addresses that share a set. */
  readonly #seed = randomInt(2 ** 32)
  #odd = false

  constructor(socket: DatagramSocket) {
    this.#socket = socket
  }

  /** The peer whose address begins at `at`. */
  find(table: Int32Array, at: number): NativePeer {
    const entries = this.#entries
    const first = this.#hash(table, at) * WAYS
    for (let i = first; i < first + WAYS; i++) {
      const peer = entries[i] as NativePeer | null
      if (peer === null) return this.#remember(i, table, at)
      if (!isAt(peer, table, at)) continue
      if (i > first) {
        entries[i] = entries[i - 1] as NativePeer | null
        entries[i - 1] = peer
      }
      return peer
    }
    // One of the last two, in turn, so that two that are new to a set do not displace each other for ever.
    this.#odd = !this.#odd
    return this.#remember(first + WAYS - (this.#odd ? 1 : 2), table, at)
  }

  #remember(entry: number, table: Int32Array, at: number): NativePeer {
    const peer = new NativePeer(table, at, this.#socket)
    this.#entries[entry] = peer
    return peer
  }

  #hash(table: Int32Array, at: number): number {
    let hash = this.#seed ^ (table[at + PORT] as number)
    hash = mix(hash, table[at + WORDS + 3] as number)
    if (table[at + FAMILY] === 6) {
      hash = mix(hash, table[at + WORDS + 2] as number)
      hash = mix(hash, table[at + WORDS + 1] as number)
      hash = mix(hash, table[at + WORDS] as number)
    }
    hash = mix(hash, 0)
    return (hash >>> 0) % SETS
  }
}

function mix(hash: number, word: number): number {
  const mixed = Math.imul(hash ^ word, 0x9e3779b1)
  return mixed ^ (mixed >>> 15)
}

function isAt(peer: NativePeer, table: Int32Array, at: number): boolean {
  return (
    peer.w3 === table[at + WORDS + 3] &&
    peer.port === table[at + PORT] &&
    peer.kind === table[at + FAMILY] &&
    peer.w2 === table[at + WORDS + 2] &&
    peer.w1 === table[at + WORDS + 1] &&
    peer.w0 === table[at + WORDS] &&
    peer.scope === table[at + SCOPE]
  )
}

function familyOf(kind: number): Address['family'] {
  if (kind === 4) return 'ipv4'
  return kind === 6 ? 'ipv6' : 'unknown'
}

function hostOf(table: Int32Array, at: number, kind: number): string {
  if (kind === 4) return dotted(table[at + WORDS + 3] as number)
  if (kind !== 6) return ''
  const groups: number[] = []
  for (let i = 0; i < 4; i++) {
    const word = table[at + WORDS + i] as number
    groups.push(word >>> 16, word & 0xffff)
  }
  const scope = table[at + SCOPE] as number
  return scope === 0 ? colons(groups) : `${colons(groups)}%${scope}`
}

function dotted(word: number): string {
  return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`
}

/** As RFC 5952 writes it: the longest run of two zeros or more, the first of equals, is left out. */
function colons(groups: readonly number[]): string {
  let start = -1
  let length = 1
  for (let i = 0; i < groups.length; i++) {
    let end = i
    while (end < groups.length && groups[end] === 0) end++
    if (end - i > length) {
      start = i
      length = end - i
    }
  }
  const text = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':')
  return start === -1 ? text(groups) : `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`
}
