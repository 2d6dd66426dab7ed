/** Makes a function that finds a value for a text once, and then remembers it. What it remembers is bounded. */
export function createMemory<Value>(most: number): (key: string, find: () => Value) => Value {
  const known = new Map<string, Value>();
  return (key, find) => {
    const value = known.get(key);
    if (value !== undefined || known.has(key)) return value as Value;
    if (known.size >= most) known.clear();
    const found = find();
    known.set(key, found);
    return found;
  };
}
