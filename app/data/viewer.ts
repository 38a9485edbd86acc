/** The current user as Convex stores them, from `users.viewer`. */
import type { FunctionReturnType } from "convex/server";
import type { api } from "../../convex/_generated/api.js";

export type Viewer = NonNullable<FunctionReturnType<typeof api.users.viewer>>;
