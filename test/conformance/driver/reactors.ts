import { bytes } from '@shiny/codecs'
import { Connection, Server } from '@shiny/core'
import t, { type Test } from 'tap'

/** The reactors that the suite is run over. */
export type ReactorKind = 'portable' | 'native'

/** What connections are made over. */
export type Transport = 'TCP' | 'Unix' | 'UDP'

let transport: Transport = 'TCP'

/** What a server listens on whose test does not say: the transport that the cases are run over just now. */
export function currentTransport(): Transport {
  return transport
}

/**
 * Runs the same cases over every reactor, and over each of the transports that they hold for. A reactor that cannot run
 * here is skipped, and the reason is told.
 */
export function overReactors(
  cases: (t: Test, reactor: ReactorKind) => void | Promise<void>,
  transports: readonly Transport[] = ['TCP']
): void {
  for (const reactor of ['portable', 'native'] as const) {
    const reason = unavailable(reactor)
    for (const over of transports) {
      t.test(`${reactor} over ${over}`, reason === null ? {} : { skip: reason }, async (t) => {
        // Cases run one after the other, so that this holds until the last of them has ended.
        transport = over
        await cases(t, reactor)
      })
    }
  }
}

/** The transports that a suite of connections holds for. */
export const everywhere: readonly Transport[] = process.platform === 'win32' ? ['TCP'] : ['TCP', 'Unix']

function unavailable(reactor: ReactorKind): string | null {
  class Silent extends Connection<Uint8Array, Uint8Array | string> {
    override onMessage(): void {}
  }
  try {
    new Server({ codec: bytes(), connection: Silent, reactor })
    return null
  } catch (error) {
    return (error as Error).message
  }
}
