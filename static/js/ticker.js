// One frame loop for all that moves on a page. A hidden page gets no frames from the browser; what is drawn catches up
// by itself when it is shown again.
const drawn = new Set();

const frame = (now) => {
  for (const each of drawn) {
    if (each.figure.isConnected) each.frame(now);
    else drawn.delete(each);
  }
  if (drawn.size) requestAnimationFrame(frame);
};

export const tick = (each) => {
  drawn.add(each);
  if (drawn.size === 1) requestAnimationFrame(frame);
};
