import type { ChannelHost } from '../connection/channel-host.js'
import { KINDS } from '../connection/timeouts.js'
import type { CheckedOptions } from './options.js'
import type { Totals } from './totals.js'

/** What whoever makes connections is told of them. */
export type HostEvents = Pick<ChannelHost, 'opened' | 'unopened' | 'failed' | 'closed'> &
  Partial<Pick<ChannelHost, 'upgraded'>>

/** What connections of the same options have in common. All are made here, so that they have one shape. */
export function channelHost(options: CheckedOptions, events: HostEvents, totals: Totals | null = null): ChannelHost {
  const { codec, app, limits, timeouts, holdWhenBlocked, allowHalfOpen } = options
  const { opened, unopened, upgraded = () => undefined, failed, closed } = events
  return {
    codec,
    app,
    limits,
    totals,
    timeouts,
    hasTimeouts: KINDS.some((kind) => kind !== 'write' && timeouts[kind] > 0),
    holdWhenBlocked,
    allowHalfOpen,
    delivered: 0,
    sent: 0,
    opened,
    unopened,
    upgraded,
    failed,
    closed
  }
}
