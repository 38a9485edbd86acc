/** Converts a WorkOS user to the arguments of the sync to Convex. */
import type { SessionUser } from "./session.ts";

/** Optional fields are absent if WorkOS has no value. */
export type Profile = {
  workosUserId: string;
  email: string;
  emailVerified: boolean;
  firstName?: string;
  lastName?: string;
  profilePictureUrl?: string;
};

/** Returns the arguments of `users.syncFromWorkOS`, without the edge secret. */
export function profileOf(user: SessionUser): Profile {
  return {
    workosUserId: user.id,
    email: user.email,
    emailVerified: user.emailVerified,
    ...(user.firstName === null ? {} : { firstName: user.firstName }),
    ...(user.lastName === null ? {} : { lastName: user.lastName }),
    ...(user.profilePictureUrl === null ? {} : { profilePictureUrl: user.profilePictureUrl }),
  };
}
