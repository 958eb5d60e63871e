import { line } from '@shiny/codecs'
import { type Address, Connection, type ListenOptions, Server, ShinyError } from '@shiny/core'
import type { Test } from 'tap'
import { Peer } from './peer.js'
import type { ReactorKind } from './reactors.js'
import { loopback } from './start.js'

/** Answers each line with the same. */
export class Echo extends Connection<string> {
  override onMessage(text: string): void {
    this.send(text)
  }
}

/** A server of lines that is not yet listening; it is stopped when the test ends. */
export function makeEcho(t: Test, reactor: ReactorKind): Server<string> {
  const server = new Server({ codec: line(), connection: Echo, reactor })
  t.teardown(() => server.stop({ timeout: 0 }))
  return server
}

/** The one address of a server that listens. */
export function addressOf(server: Server<string>): Address {
  const [address] = server.addresses
  if (address === undefined) throw new Error('the server does not listen')
  return address
}

/** Expects that whoever listens on an address answers a line. */
export async function serves(t: Test, address: Address, what: string): Promise<void> {
  const peer = await Peer.connect(address)
  await peer.write('hello\n')
  t.equal(await peer.line(), 'hello', what)
  peer.end()
  await peer.closed()
}

/** Expects that listening is refused, by one clear line, and that the server can be used afterwards. */
export async function refused(
  t: Test,
  reactor: ReactorKind,
  at: ListenOptions | string,
  expected: Partial<ShinyError>
): Promise<void> {
  const server = makeEcho(t, reactor)
  const error = await server.listen(at).then(
    () => null,
    (error: unknown) => error as ShinyError
  )
  t.ok(error instanceof ShinyError, `${JSON.stringify(at)} is refused with a ShinyError`)
  t.match(error, expected)
  t.notMatch(error?.message, /[\n\0]/)
  t.equal(server.listening, false)
  t.strictSame(server.addresses, [])
  await server.listen(loopback)
  t.equal(server.listening, true, 'and the server can listen elsewhere')
  await server.stop()
}
