/** The signed-in person as Convex knows them: what `users.viewer` answers. */
import type { FunctionReturnType } from "convex/server";
import type { api } from "../convex/_generated/api.js";

export type Viewer = NonNullable<FunctionReturnType<typeof api.users.viewer>>;
