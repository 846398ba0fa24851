/** A placeholder with the height of the rows below, which reports when they are about to scroll into view. */
import { useEffect, useRef } from 'preact/hooks';

/** Typical height of a row; an error only moves the scroll bar a little. */
const ROW_PX = 52;
/** Rows are added when they are this close to the visible area. */
const AHEAD_PX = 800;

interface MoreRowsProps {
  readonly count: number;
  readonly onNear: () => void;
}

export function MoreRows({ count, onNear }: MoreRowsProps) {
  const placeholder = useRef<HTMLDivElement>(null);
  const near = useRef(onNear);
  near.current = onNear;
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) near.current();
      },
      { rootMargin: `${AHEAD_PX}px` },
    );
    if (placeholder.current) observer.observe(placeholder.current);
    return () => observer.disconnect();
    // a new observer for each count, as the placeholder may still be in view after rows were added
  }, [count]);
  return <div ref={placeholder} aria-hidden="true" style={{ blockSize: `${count * ROW_PX}px` }} />;
}
