import type { RemoteInfo } from 'node:dgram'
import { Address } from '../../address/address.js'
import { type DatagramSocket, Peer, REMEMBERED_PEERS } from '../datagrams.js'
import { unmapped } from './addresses.js'

/** The peers that a socket has heard of lately, so that the same peer is the same object; the oldest is forgotten first. */
export class PortablePeers {
  readonly #peers = new Map<string, Peer>()
  readonly #socket: DatagramSocket

  constructor(socket: DatagramSocket) {
    this.#socket = socket
  }

  find({ address, port }: RemoteInfo): Peer {
    const key = `${address}|${port}`
    const known = this.#peers.get(key)
    if (known !== undefined) return known
    if (this.#peers.size === REMEMBERED_PEERS) this.#peers.delete(this.#peers.keys().next().value as string)
    const { family, host } = Address.ip(unmapped(address), port)
    const peer = new Peer(family, host, port, this.#socket)
    this.#peers.set(key, peer)
    return peer
  }
}
