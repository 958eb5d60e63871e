import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

/** What a subject can be told: the first word of a line names it, the rest is its argument. */
export type Commands = Readonly<Record<string, (argument: string) => unknown>>

async function collectGarbage(): Promise<void> {
  // What is freed in a later turn is garbage only then.
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.()
    await sleep(20)
  }
}

/** Tells that the subject is ready and then answers each line on standard input with a line of JSON, until that ends. */
export async function obey(ready: object, commands: Commands): Promise<void> {
  const known: Commands = { gc: collectGarbage, ...commands }
  console.log(JSON.stringify(ready))
  for await (const line of createInterface({ input: process.stdin })) {
    const [name = '', ...rest] = line.split(' ')
    const command = known[name]
    if (command === undefined) throw new Error(`there is no command "${name}"`)
    console.log(JSON.stringify((await command(rest.join(' '))) ?? {}))
  }
  process.exit(0)
}
