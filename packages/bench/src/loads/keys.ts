import { setTimeout as sleep } from 'node:timers/promises'
import { Child } from '../child.js'
import { type Cores, pinned } from '../cores.js'
import { type FigureName, type Sample, units } from '../figures.js'
import { residentBytes } from '../measure.js'
import type { Running } from '../peer.js'
import { cPrograms } from '../programs.js'
import { flagsOf } from './own-load.js'
import { FreshLoad } from './server-load.js'

/** What a server may need for a key and its value, generously. */
export const bytesPerKey = 250

/** Sets the keys that redis-benchmark draws from with `-r`, `key:000000000000` and so on, each to a value of so many bytes. */
export async function fillKeys(
  { port }: Pick<Running, 'port'>,
  keys: number,
  valueBytes: number,
  core: number | undefined
): Promise<void> {
  const child = await Child.start(pinned([cPrograms.fill, ...flagsOf({ port, keys, 'value-bytes': valueBytes })], core))
  await child.output()
}

/** How much memory a store takes for so many keys of 16 bytes, each with a value of 16 bytes. */
export class KeyMemory extends FreshLoad {
  readonly unit = units.key
  readonly figures: readonly FigureName[] = ['mebibytes', 'bytes']
  readonly #keys: number

  constructor(keys: number) {
    super()
    this.#keys = keys
  }

  protected override async measure(server: Running, cores: Cores | null): Promise<Sample> {
    const { pid } = server.child
    const empty = residentBytes(pid)
    await fillKeys(server, this.#keys, 16, cores?.load)
    // What was garbage when the last key arrived has had time to be collected.
    await sleep(2000)
    const full = residentBytes(pid)
    return { mebibytes: full / 2 ** 20, bytes: (full - empty) / this.#keys }
  }
}
