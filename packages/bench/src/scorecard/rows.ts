import type { Row } from './row.js'
import { acceptErrors } from './rows/accept-errors.js'
import { access } from './rows/access.js'
import { chaos } from './rows/chaos.js'
import { churn } from './rows/churn.js'
import { clocks } from './rows/clocks.js'
import { cycles } from './rows/cycles.js'
import { emfile } from './rows/emfile.js'
import { exits } from './rows/exits.js'
import { fairness } from './rows/fairness.js'
import { growth } from './rows/growth.js'
import { halfClose } from './rows/half-close.js'
import { hangUp } from './rows/hang-up.js'
import { held } from './rows/held.js'
import { interrupts } from './rows/interrupts.js'
import { limits } from './rows/limits.js'
import { model } from './rows/model.js'
import { proxyHeaders } from './rows/proxy-headers.js'
import { resets } from './rows/resets.js'
import { slowReaders } from './rows/slow-readers.js'
import { slowloris } from './rows/slowloris.js'
import { stale } from './rows/stale.js'
import { stopLoad } from './rows/stop-load.js'
import { threads } from './rows/threads.js'
import { throws } from './rows/throws.js'

import { udp } from './rows/udp.js'

/** All figures, in the order of the table. */
export const rows: readonly Row[] = [
  ...[held, churn, growth, emfile, acceptErrors],
  ...[resets, hangUp, halfClose, slowReaders, slowloris, fairness],
  ...[model, throws, stale, cycles, stopLoad, threads, exits, clocks],
  ...[chaos, interrupts, udp],
  ...[access, proxyHeaders, limits]
]
