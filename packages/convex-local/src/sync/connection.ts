/** Connection of one client: handles its messages in order, and sends its transitions. */
import type { WebSocket } from "ws";
import type { Authenticator } from "../auth/authenticator.ts";
import { ANONYMOUS, AuthError, type Caller } from "../auth/caller.ts";
import type { Backend, FunctionCall } from "../backend.ts";
import { closingOf, reasonForLog } from "./closing.ts";
import { Intake, Sequence } from "./intake.ts";
import { Outbox } from "./outbox.ts";
import { QuerySet } from "./query-set.ts";
import type { SharedSubscriptions } from "./shared-subscriptions.ts";
import { callOf, runAction, runMutation } from "./socket-calls.ts";
import {
  type AddQuery,
  BadMessageError,
  CLOSE,
  type ClientMessage,
  type MessageOf,
  parseClientMessage,
} from "./socket-messages.ts";
import type { Subscriber, Subscription } from "./subscription.ts";
import { TokenClock } from "./token-clock.ts";

/** Clients reconnect after a minute without a message. */
const PING_AFTER_MS = 15_000;
const SILENT_FOR_MS = 120_000;
/** How long a Transition waits for the answer to a mutation of the same client, whose writes it may contain. */
const ANSWER_FIRST_MS = 50;

type State =
  /**
   * No Connect yet. A client that waits for a token (`expectAuth`) and gets its fetcher after the socket has opened never
   * sends Connect on that socket. It works without a session.
   */
  { name: "anonymous" } | { name: "connected"; sessionId: string; clockSkew: number } | { name: "closed" };

export type ConnectionOptions = {
  backend: Backend;
  subscriptions: SharedSubscriptions;
  authenticator: Authenticator;
  log: (line: string) => void;
};

/** One client on its socket. */
export class Connection implements Subscriber {
  readonly #socket: WebSocket;
  readonly #options: ConnectionOptions;
  readonly #outbox: Outbox;
  readonly #intake: Intake;
  readonly #queries: QuerySet;
  readonly #messages = new Sequence();
  readonly #mutations = new Sequence();
  #state: State = { name: "anonymous" };
  readonly #token = new TokenClock(() => this.#sendAuthError("Convex token identity expired.", false));
  #caller: Caller = ANONYMOUS;
  readonly #queryCall = (query: AddQuery): FunctionCall => callOf(query, this.#caller);
  #mutating = false;
  #held: NodeJS.Timeout | undefined;
  #lastHeardAt = Date.now();

  constructor(socket: WebSocket, chunks: boolean, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#intake = new Intake(socket);
    this.#queries = new QuerySet(options.subscriptions, this);
    this.#outbox = new Outbox(socket, chunks, () => {
      // Unsent data is also reported as written when a socket closes.
      if (this.#state.name === "closed") return;
      options.subscriptions.wake(this);
      this.#offerTransition();
    });
    socket.on("message", (data, isBinary) => this.#receive(String(data), isBinary));
    socket.on("pong", () => {
      this.#lastHeardAt = Date.now();
    });
    socket.on("close", () => this.#leave());
    // Frames that the socket cannot read (too long, not UTF-8) close it with their own code.
    socket.on("error", () => this.#leave());
  }

  get ready(): boolean {
    return this.#state.name !== "closed" && !this.#outbox.congested;
  }

  wanted(): Iterable<Subscription> {
    return this.#queries.wanted();
  }

  refreshed(): void {
    if (this.#mutating) this.#offerTransition();
    else if (!this.#transition()) this.#queries.noteMiss();
  }

  /** Called every few seconds: sends pings and closes connections without response. */
  tick(now: number): void {
    if (this.#state.name === "closed") return;
    if (now - this.#lastHeardAt > SILENT_FOR_MS && !this.#socket.isPaused) {
      this.#socket.terminate();
      return;
    }
    if (now - this.#outbox.lastSentAt < PING_AFTER_MS) return;
    this.#outbox.send({ type: "Ping" });
    this.#socket.ping();
  }

  /** Closes the connection. The client reconnects if the code allows it. */
  close(code: number, reason: string): void {
    if (this.#state.name === "closed") return;
    this.#leave();
    // A paused socket would not receive the closing handshake.
    if (this.#socket.isPaused) this.#socket.resume();
    this.#socket.close(code, reason.slice(0, 120));
  }

  #leave(): void {
    if (this.#state.name === "closed") return;
    this.#state = { name: "closed" };
    this.#token.stop();
    clearTimeout(this.#held);
    this.#queries.clear();
  }

  #receive(text: string, isBinary: boolean): void {
    this.#lastHeardAt = Date.now();
    if (this.#state.name === "closed") return;
    let message: ClientMessage;
    try {
      if (isBinary) throw new BadMessageError("Received a binary message on websocket.");
      message = parseClientMessage(text);
    } catch (error) {
      this.#fail(error);
      return;
    }
    const done = this.#intake.take(text.length);
    this.#messages.add(() => {
      try {
        const waiting = this.#handle(message, done);
        if (waiting !== undefined) return waiting.catch((error: unknown) => this.#fail(error));
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  /**
   * Handles one message.
   *
   * @param message - The message.
   * @param done - Called when the message no longer counts as pending.
   */
  #handle(message: ClientMessage, done: () => void): Promise<void> | undefined {
    if (this.#state.name === "closed") return;
    switch (message.type) {
      case "Connect":
        this.#connect(message);
        done();
        return;
      case "Mutation":
        if (!this.#token.isExpired()) this.#mutation(message, done);
        return;
      case "Action":
        if (!this.#token.isExpired()) this.#action(message, done);
        return;
      case "Authenticate":
        return this.#authenticate(message).finally(done);
      case "ModifyQuerySet":
        this.#queries.modify(message, this.#queryCall);
        this.#offerTransition();
        done();
        return;
      case "Event":
        done();
        return;
      default:
        message satisfies never;
    }
  }

  #connect(message: MessageOf<"Connect">): void {
    if (this.#state.name === "connected") throw new BadMessageError("Received Connect twice.");
    // A client on this machine that seems ahead counts its page's age twice and would overestimate its token's lifetime.
    const clockSkew = Math.min(0, Math.round((message.clientTs ?? Date.now()) - Date.now()));
    this.#state = { name: "connected", sessionId: message.sessionId, clockSkew };
  }

  async #authenticate(message: MessageOf<"Authenticate">): Promise<void> {
    this.#queries.checkIdentityBase(message.baseVersion);
    const caller = await this.#callerOf(message);
    if (caller === null || this.#state.name === "closed") return;
    if (this.#caller.expiresAt !== null && caller.expiresAt !== null)
      this.#options.subscriptions.refreshCosts.refreshed();
    this.#caller = caller;
    this.#token.set(caller.expiresAt);
    this.#queries.identify(this.#queryCall);
    this.#offerTransition();
  }

  /** Returns the caller of a message, or null after sending an error to the client. */
  async #callerOf(message: MessageOf<"Authenticate">): Promise<Caller | null> {
    const { authenticator } = this.#options;
    try {
      if (message.tokenType === "None") return ANONYMOUS;
      if (message.tokenType === "User") return await authenticator.user(message.value);
      return authenticator.admin(message.value, message.impersonating);
    } catch (error) {
      if (error instanceof AuthError) {
        this.#sendAuthError(error.message, true);
        return null;
      }
      this.#options.log(`A token could not be verified: ${reasonForLog(error)}`);
      this.close(CLOSE.internal, "InternalServerError: the keys of the auth provider cannot be fetched.");
      return null;
    }
  }

  /** Ignores all further messages: the client sends them again on its next socket. */
  #sendAuthError(error: string, authUpdateAttempted: boolean): void {
    if (this.#state.name === "closed") return;
    const baseVersion = this.#queries.identityVersion;
    this.#outbox.send({ type: "AuthError", error, baseVersion, authUpdateAttempted });
    this.close(CLOSE.normal, "Unauthenticated");
  }

  #mutation({ requestId, udfPath, ...given }: MessageOf<"Mutation">, done: () => void): void {
    const { backend, subscriptions, log } = this.#options;
    const call = callOf({ udfPath, ...given }, this.#caller);
    const sessionId = this.#state.name === "connected" ? this.#state.sessionId : null;
    this.#mutations.add(async () => {
      this.#mutating = true;
      subscriptions.flush();
      const run = runMutation(backend, call, { sessionId, requestId }, log);
      const finished = await run.catch((error: unknown) => this.#fail(error));
      this.#mutating = false;
      if (!finished) return;
      const { message: answer, ts } = finished;
      this.#outbox.send(answer);
      if (ts !== null) {
        subscriptions.observe(ts);
        // The client keeps its optimistic update until a Transition includes the mutation.
        this.#queries.awaitCommit(ts);
      }
      this.#transition();
      done();
    });
  }

  #action(message: MessageOf<"Action">, done: () => void): void {
    const { backend, log } = this.#options;
    const call = callOf(message, this.#caller);
    const sent = runAction(backend, call, message.requestId, log).then((answer) => {
      this.#outbox.send(answer);
      done();
    });
    sent.catch((error: unknown) => this.#fail(error));
  }

  /**
   * Sends the next Transition, but not before the answer to a running mutation: its effect would be shown twice, by the
   * result and by the optimistic update.
   */
  #offerTransition(): void {
    if (!this.#mutating) {
      this.#transition();
      return;
    }
    this.#held ??= setTimeout(() => this.#transition(), ANSWER_FIRST_MS);
  }

  #transition(): boolean {
    clearTimeout(this.#held);
    this.#held = undefined;
    if (!this.ready) return false;
    const text = this.#queries.transition(this.#state.name === "connected" ? this.#state.clockSkew : 0);
    if (text === null) return false;
    this.#outbox.sendTransition(text);
    return true;
  }

  /** Closes the connection after an invalid message, a failure that a retry may fix, or an internal error. */
  #fail(error: unknown): void {
    const { code, reason, expected } = closingOf(error);
    if (!expected) this.#options.log(`A sync message failed: ${reasonForLog(error)}`);
    if (code === CLOSE.violation) this.#outbox.send({ type: "FatalError", error: reason });
    this.close(code, reason);
  }
}
