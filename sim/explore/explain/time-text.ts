/** A moment of a run, as the list of a story has it: `1,002.500 ms`. */
export function timeText(timeUs: number): string {
  const [whole = '', fraction = ''] = (timeUs / 1000).toFixed(3).split('.');
  return `${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${fraction} ms`;
}
