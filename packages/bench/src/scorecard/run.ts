import { setTimeout as sleep } from 'node:timers/promises'
import { type Figure, type Kind, type Row, Skip } from './row.js'
import { type Setting, Stage } from './stage.js'

/** How one row went. */
export interface Result {
  readonly name: string
  readonly bar: string
  readonly verdict: 'pass' | 'FAIL' | 'skipped'
  /** The figure in words, or why there is none. */
  readonly text: string
  readonly values: Readonly<Record<string, number>>
  /** The same of `node:net`: null where that makes no sense. */
  readonly net: Pick<Figure, 'text' | 'values'> | null
  readonly seconds: number
}

/** One measurement of one kind of server; whatever it started has ended when it settles. */
async function measureOnce(row: Row, kind: Kind, setting: Setting): Promise<Figure> {
  const stage = new Stage(setting)
  const over = new AbortController()
  const tooLong = sleep(row.limit * 1000, undefined, { signal: over.signal }).then(() => {
    throw new Error(`it was not done after ${row.limit} s`)
  })
  const measured = row.measure(stage, kind)
  // The one that loses the race fails later, or is aborted: nobody is interested.
  for (const promise of [tooLong, measured]) promise.catch(() => {})
  try {
    return await Promise.race([measured, tooLong])
  } finally {
    over.abort()
    await stage.close()
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

async function measureBeside(row: Row, setting: Setting): Promise<Result['net']> {
  try {
    return await measureOnce(row, 'net', setting)
  } catch (error) {
    return { text: messageOf(error), values: {} }
  }
}

/** Measures one row, and the stock server beside it. */
export async function measureRow(row: Row, setting: Setting): Promise<Result> {
  const { name, bar } = row
  const begun = performance.now()
  const result = (verdict: Result['verdict'], text: string, rest: Partial<Result> = {}): Result => {
    const seconds = Math.round((performance.now() - begun) / 100) / 10
    return { name, bar, verdict, text, values: {}, net: null, seconds, ...rest }
  }
  const obstacle = row.obstacle?.() ?? null
  if (obstacle !== null) return result('skipped', `skipped: ${obstacle}`)
  try {
    setting.progress.begin(`${name}, shiny`)
    const figure = await measureOnce(row, 'shiny', setting)
    setting.progress.begin(`${name}, node:net`)
    const net = row.beside ? await measureBeside(row, setting) : null
    return result(figure.passed ? 'pass' : 'FAIL', figure.text, { values: figure.values, net })
  } catch (error) {
    if (error instanceof Skip) return result('skipped', `skipped: ${error.message}`)
    return result('FAIL', messageOf(error))
  }
}
