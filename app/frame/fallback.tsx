/** Error boundary for optional parts of a page. */
import { Component, type ReactNode } from "react";

type Props = { instead: ReactNode; children: ReactNode };
type Failures = { caught: { error: unknown } | null; seen: Failures["caught"]; count: number };

/**
 * Renders its children or, after one of them has thrown, `instead`. Reports errors.
 *
 * If `instead` throws too, rethrows to the next boundary. React passes errors of effects to the nearest
 * boundary each time, so it would otherwise render `instead` in an endless loop.
 */
export class Fallback extends Component<Props, Failures> {
  override state: Failures = { caught: null, seen: null, count: 0 };

  static getDerivedStateFromError(error: unknown): Partial<Failures> {
    return { caught: { error } };
  }

  static getDerivedStateFromProps(
    _props: Props,
    { caught, seen, count }: Failures,
  ): Partial<Failures> | null {
    return caught === seen ? null : { seen: caught, count: count + 1 };
  }

  override componentDidCatch(error: unknown) {
    reportError(error);
  }

  override render() {
    const { caught, count } = this.state;
    if (caught !== null && count > 1) throw caught.error;
    return caught === null ? this.props.children : this.props.instead;
  }
}
