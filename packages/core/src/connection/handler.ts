import type { Connection } from './connection.js'

/** A Connection subclass that receives at least what a codec delivers and sends at most what it encodes. */
export type Handler<In, Out, App> = new () => Connection<In, Out, App> & { onMessage: (message: In) => unknown }

/** What a connection class wants its `app` to be. */
export type AppOf<H> = H extends new () => { readonly app: infer App } ? App : never

/** Anything, where an app of type `Have` does for a handler that wants one of type `Need`; otherwise what no class is. */
export type NeedsApp<Have, Need> = [Have] extends [Need] ? unknown : { 'the next handler needs an app of type': Need }
