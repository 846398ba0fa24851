/**
 * The toolbar icon, a pilot light: ring and core. Each state differs by shape as well as colour. The mid-tones have a
 * contrast of about 3 : 1 on light and dark toolbars. The badge covers the lower right, so nothing important is there.
 */

export type IconState = 'needs-you' | 'calm' | 'running' | 'failed' | 'off';

const GREY = '#7f8189';
const BLUE = '#2e86e5';
const RED = '#e5484d';
const AMBER = '#ffb224';
const BROWN = '#8f5200';

type Canvas2d = Pick<
  OffscreenCanvasRenderingContext2D,
  | 'scale'
  | 'beginPath'
  | 'arc'
  | 'moveTo'
  | 'lineTo'
  | 'closePath'
  | 'stroke'
  | 'fill'
  | 'lineWidth'
  | 'lineCap'
  | 'strokeStyle'
  | 'fillStyle'
>;

/** Draws into a square of `sizePx`. The shapes are designed for 16 px and are crisp at multiples of it. */
export function drawIcon(context: Canvas2d, state: IconState, sizePx: number): void {
  context.scale(sizePx / 16, sizePx / 16);
  context.lineWidth = 2;
  context.lineCap = 'round';
  DRAW[state](context);
}

const DRAW: Record<IconState, (context: Canvas2d) => void> = {
  'needs-you'(context) {
    context.fillStyle = AMBER;
    polygon(context, [8, 1.5, 15, 14, 1, 14]);
    context.strokeStyle = BROWN;
    context.lineWidth = 1;
    line(context, 8, 1.5, 15, 14);
    line(context, 15, 14, 1, 14);
    line(context, 1, 14, 8, 1.5);
    context.strokeStyle = '#1c2024';
    context.lineWidth = 2;
    line(context, 8, 6, 8, 9);
    line(context, 8, 11.7, 8, 11.8);
  },
  calm: (context) => drawLight(context, GREY, 2),
  running: (context) => drawLight(context, BLUE, 3.5),
  failed(context) {
    context.fillStyle = RED;
    polygon(context, [5, 1, 11, 1, 15, 5, 15, 11, 11, 15, 5, 15, 1, 11, 1, 5]);
    context.strokeStyle = '#fff';
    line(context, 5.5, 5.5, 10.5, 10.5);
    line(context, 10.5, 5.5, 5.5, 10.5);
  },
  off(context) {
    context.strokeStyle = GREY;
    arc(context, -0.05, 0.55);
    arc(context, 0.95, 1.55);
    line(context, 3, 13, 13, 3);
  },
};

function drawLight(context: Canvas2d, color: string, coreRadius: number): void {
  context.strokeStyle = color;
  context.fillStyle = color;
  arc(context, 0, 2);
  context.beginPath();
  context.arc(8, 8, coreRadius, 0, 2 * Math.PI);
  context.fill();
}

/** @param from start of the arc in half turns. @param to its end. */
function arc(context: Canvas2d, from: number, to: number): void {
  context.beginPath();
  context.arc(8, 8, 6, from * Math.PI, to * Math.PI);
  context.stroke();
}

function line(context: Canvas2d, fromX: number, fromY: number, toX: number, toY: number): void {
  context.beginPath();
  context.moveTo(fromX, fromY);
  context.lineTo(toX, toY);
  context.stroke();
}

function polygon(context: Canvas2d, points: readonly number[]): void {
  context.beginPath();
  for (let at = 0; at < points.length; at += 2) {
    const [x = 0, y = 0] = points.slice(at, at + 2);
    if (at === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
  context.closePath();
  context.fill();
}
