/**
 * Why a peer was not served: an `access` rule; `connections`, the server has as many as it may; `peer-connections`, the peer
 * has; `rate` and `peer-rate`, too many came too fast, in all or from this peer; `proxy`, no acceptable PROXY header came, or
 * it came from somebody who may not send one; `handler`, `createConnection` answered null; `stopping`, the server was stopped
 * meanwhile.
 */
export type DropReason =
  | 'access'
  | 'connections'
  | 'peer-connections'
  | 'rate'
  | 'peer-rate'
  | 'proxy'
  | 'handler'
  | 'stopping'
