/**
 * The standard streams stay open: code of a config file, a scenario or a check may end or destroy them, and the
 * command's output comes out nevertheless. Invariant: such code gets the same answers as from a stream that ended.
 */

/** From now on no code can end the stream. */
export function keepOpen(stream: NodeJS.WriteStream): void {
  const write = stream.write.bind(stream);
  const end = (...parameters: unknown[]): NodeJS.WriteStream => {
    const [chunk, encoding] = parameters;
    if (typeof chunk === 'string') write(chunk, encoding as BufferEncoding);
    else if (ArrayBuffer.isView(chunk)) write(chunk as Uint8Array);
    const done = parameters.find((parameter) => typeof parameter === 'function');
    if (done !== undefined) process.nextTick(done);
    return stream;
  };
  const nativeDestroy = stream.destroy.bind(stream);
  // With an error it is the stream itself that gives up.
  const destroy = (error?: Error): NodeJS.WriteStream => (error ? nativeDestroy(error) : stream);
  Object.assign(stream, { end, destroy, destroySoon: () => stream });
}
