import type { Row } from './row.js'
import { acceptErrors } from './rows/accept-errors.js'
import { chaos } from './rows/chaos.js'
import { churn } from './rows/churn.js'
import { cycles } from './rows/cycles.js'
import { emfile } from './rows/emfile.js'
import { exits } from './rows/exits.js'
import { fairness } from './rows/fairness.js'
import { growth } from './rows/growth.js'
import { halfClose } from './rows/half-close.js'
import { hangUp } from './rows/hang-up.js'
import { held } from './rows/held.js'
import { resets } from './rows/resets.js'
import { slowReaders } from './rows/slow-readers.js'
import { stale } from './rows/stale.js'
import { stopLoad } from './rows/stop-load.js'
import { threads } from './rows/threads.js'
import { throws } from './rows/throws.js'

/** All figures, in the order of the table. */
export const rows: readonly Row[] = [
  ...[held, churn, growth, emfile, acceptErrors],
  ...[resets, hangUp, halfClose, slowReaders, fairness],
  ...[throws, stale, cycles, stopLoad, threads, exits],
  chaos
]
