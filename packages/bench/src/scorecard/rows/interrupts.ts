import { figure, grouped } from '../../table.js'
import type { Kind, Row } from '../row.js'
import type { Stage } from '../stage.js'
import { cannotInject, inject } from '../strace.js'
import { Transfer } from '../transfer.js'

/** Every call by which either kind of server waits, reads or writes. */
const calls = [
  'epoll_wait',
  'epoll_pwait',
  'recvfrom',
  'recvmsg',
  'read',
  'readv',
  'sendto',
  'sendmsg',
  'write',
  'writev'
]
const errors = ['EINTR', 'EAGAIN']
const streams = 20

/** Sends through an echo server whose every third call fails; answers with the number of streams that came back right. */
async function wholeUnder(error: string, bytes: number, stage: Stage, kind: Kind): Promise<number> {
  const subject = await stage.start(kind, 'server')
  // epoll knows no EAGAIN.
  const failing = error === 'EAGAIN' ? calls.filter((call) => !call.startsWith('epoll')) : calls
  const strace = await inject(subject, ...failing.map((call) => `${call}:error=${error}:when=2+3`))
  const seed = stage.dice.roll(1e9)
  const transfers = Array.from({ length: streams }, (_, i) => new Transfer(subject.port, bytes, seed + i).run())
  const outcomes = await Promise.all(transfers)
  await strace.stop()
  await subject.counts()
  return outcomes.filter((outcome) => outcome === 'whole').length
}

/** Calls that are interrupted, or have nothing to give after all. */
export const interrupts: Row = {
  name: 'interrupts',
  bar: '100 MB echoed while every third system call of input, output and waiting fails with EINTR or EAGAIN: 0 bytes lost',
  beside: true,
  limit: 60,
  obstacle: cannotInject,
  async measure(stage, kind) {
    const bytes = stage.size(2_500_000, 250_000)
    let whole = 0
    for (const error of errors) {
      stage.step(`${figure((streams * bytes) / 1e6)} MB and ${error}`)
      whole += await wholeUnder(error, bytes, stage, kind)
    }
    const wanted = streams * errors.length
    const megabytes = (wanted * bytes) / 1e6
    return {
      text: `${whole} of ${wanted} streams whole, ${grouped(megabytes)} MB`,
      passed: whole === wanted,
      values: { wanted, whole, megabytes }
    }
  }
}
