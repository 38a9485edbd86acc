/** A reason not to start that a person can do something about: it is told in its own words, without a stack. */
export class Refusal extends Error {
  override readonly name = "Refusal";
}
