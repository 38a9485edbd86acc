/** The person as Convex's sync takes them: absent where WorkOS has nothing. */
import type { SessionUser } from "./session.ts";

export type Profile = {
  workosUserId: string;
  email: string;
  emailVerified: boolean;
  firstName?: string;
  lastName?: string;
  profilePictureUrl?: string;
};

/** @returns The arguments of `users.syncFromWorkOS`, but for the edge secret. */
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
