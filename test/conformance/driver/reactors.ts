import { bytes } from '@shiny/codecs'
import { Connection, Server } from '@shiny/core'
import t, { type Test } from 'tap'

/** The reactors that the suite is run over. */
export type ReactorKind = 'portable' | 'native'

/** Runs the same cases over every reactor; one that cannot run here is skipped, and the reason is told. */
export function overReactors(cases: (t: Test, reactor: ReactorKind) => void | Promise<void>): void {
  for (const reactor of ['portable', 'native'] as const) {
    const reason = unavailable(reactor)
    t.test(reactor, reason === null ? {} : { skip: reason }, async (t) => {
      await cases(t, reactor)
    })
  }
}

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
