import { Client } from '../client.js'
import type { Row } from '../row.js'
import type { Stage } from '../stage.js'

const hooks = [
  ...['onOpen', 'onMessage', 'onBatchEnd', 'onDrain', 'onWake'],
  ...['onEnd', 'onError', 'onClose', 'onTick', 'afterAwait']
]
const ways = ['exit', 'signal', 'graceful']

/** How a process ended that was to end in a hook: null when as it should. */
async function misbehaviour(stage: Stage, hook: string, way: string, code: number): Promise<string | null> {
  const subject = await stage.start('shiny', 'exiting', { hook, way, code })
  const client = new Client(subject)
  client.socket.write('go\n')
  await client.until(() => client.received === 'end\n' || client.ended)
  client.end()
  const expected = way === 'signal' ? 'SIGTERM' : code
  const how = await subject.child.ended
  client.destroy()
  return how === expected ? null : `${hook}, ${way}: ended with ${how} instead of ${expected}`
}

/** Processes that end while a handler runs. */
export const exits: Row = {
  name: 'exits',
  bar: 'a process that ends in a hook, by exit, SIGTERM or a graceful stop: the right code in 30 of 30 cases',
  beside: false,
  limit: 60,
  async measure(stage) {
    const cases = hooks.flatMap((hook) => ways.map((way) => ({ hook, way })))
    const failures: string[] = []
    for (const [i, { hook, way }] of cases.entries()) {
      stage.step(`${way} in ${hook}`)
      const failure = await misbehaviour(stage, hook, way, 3 + i)
      if (failure !== null) failures.push(failure)
    }
    const passed = cases.length - failures.length
    return {
      text: [`${passed} of ${cases.length}`, ...failures].join('; '),
      passed: failures.length === 0,
      values: { wanted: cases.length, passed }
    }
  }
}
