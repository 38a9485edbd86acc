/** The columns of a person's row, told once, for the table and for all that answers with people. */
import { v } from "convex/values";

export const roleShape = v.union(v.literal("admin"), v.literal("developer"), v.literal("viewer"));

/** What WorkOS knows of a person too, and what others who share a project may see. */
export const nameFields = {
  firstName: v.optional(v.string()),
  lastName: v.optional(v.string()),
  profilePictureUrl: v.optional(v.string()),
};

/** What people change about themselves, and what goes with them: the names, and what is kept here alone. */
export const profileFields = {
  ...nameFields,
};

/** `workosUserId` is WorkOS's id for them; times are Unix ms. */
export const userFields = {
  workosUserId: v.string(),
  /** Trimmed and lower-cased; "" once deleted. */
  email: v.string(),
  ...profileFields,
  emailVerified: v.boolean(),
  createdAt: v.number(),
  updatedAt: v.number(),
  role: roleShape,
  status: v.union(v.literal("active"), v.literal("deleted")),
};
