/** Stands for rows that nobody has scrolled to: it has their height, and says when they are about to be seen. */
import { useEffect, useRef } from 'preact/hooks';

/** Of a row without an open error; what is a little more or less moves the scroll bar a little. */
const ROW_PX = 52;
/** Rows are made so long before they are in sight. */
const AHEAD_PX = 800;

interface MoreRowsProps {
  readonly count: number;
  readonly onNear: () => void;
}

export function MoreRows({ count, onNear }: MoreRowsProps) {
  const place = useRef<HTMLDivElement>(null);
  const near = useRef(onNear);
  near.current = onNear;
  useEffect(() => {
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) near.current();
      },
      { rootMargin: `${AHEAD_PX}px` },
    );
    if (place.current) observer.observe(place.current);
    return () => observer.disconnect();
    // a list that has grown is looked at anew: it may still be in sight
  }, [count]);
  return <div ref={place} aria-hidden="true" style={{ blockSize: `${count * ROW_PX}px` }} />;
}
