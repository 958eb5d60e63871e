import type { ChannelHost } from '../connection/channel-host.js'
import type { CheckedOptions } from './options.js'

/** What whoever makes connections is told of them. */
export type HostEvents = Pick<ChannelHost, 'opened' | 'unopened' | 'failed' | 'closed'>

/** What connections of the same options have in common. All are made here, so that they have one shape. */
export function channelHost(options: CheckedOptions, events: HostEvents): ChannelHost {
  const { codec, app, limits, holdWhenBlocked } = options
  const { opened, unopened, failed, closed } = events
  return {
    codec,
    app,
    limits,
    holdWhenBlocked,
    delivered: 0,
    sent: 0,
    opened,
    unopened,
    failed,
    closed
  }
}
