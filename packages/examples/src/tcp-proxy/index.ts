export type { Route } from './relay.js'
export { TcpProxy } from './server.js'
