/**
 * WebSockets as connections: {@link WebSocketEntrance} answers the handshake, {@link WebSocketConnection} is one WebSocket, and
 * {@link connectWebSocket} opens one. They stand on the codecs `httpHead` and `webSocket`, which need no sockets.
 *
 * @packageDocumentation
 */

export { connectWebSocket, type WebSocketConnectOptions } from './connect-web-socket.js'
export { type WebSocketUpgradeOptions, webSocketUpgrade } from './handshake.js'
export { WebSocketConnection, type WebSocketHandshake } from './web-socket-connection.js'
export { type WebSocketAcceptOptions, WebSocketEntrance, type WebSocketHandler } from './web-socket-entrance.js'
