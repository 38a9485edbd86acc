/** Fields of a user, defined once for the table and for all return values. */
import { v } from "convex/values";

export const roleShape = v.union(v.literal("admin"), v.literal("developer"), v.literal("viewer"));

/** Fields that WorkOS has too. */
export const nameFields = {
  firstName: v.optional(v.string()),
  lastName: v.optional(v.string()),
  profilePictureUrl: v.optional(v.string()),
};

/** Fields that users may change in their profile. */
export const profileFields = {
  ...nameFields,
};

/** All fields of a user; times are Unix ms. */
export const userFields = {
  workosUserId: v.string(),
  /** Trimmed and lower-cased; "" after deletion. */
  email: v.string(),
  ...profileFields,
  emailVerified: v.boolean(),
  createdAt: v.number(),
  updatedAt: v.number(),
  role: roleShape,
  status: v.union(v.literal("active"), v.literal("suspended"), v.literal("deleted")),
};
