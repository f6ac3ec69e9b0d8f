/**
 * What runs inside the engine before a handler does: it takes away every global that is not allowed, builds the six
 * sandbox objects and keeps the panel's state as plain data behind proxies that check each write at once.
 *
 * It is trusted to give good messages at the right line, not to protect anybody: the handler shares its world. What
 * leaves the engine is text, and the host checks all of it again (`check-outcome.ts`).
 *
 * A function of (host, setup): `host(kind, text)` calls out and gives text; `setup` is a `GuestSetup` as JSON.
 */
export const GUEST_SOURCE = `(function (host, setupText) {
'use strict';
const { parse, stringify } = JSON;
const { isArray, prototype: listPrototype } = Array;
const { ownKeys, apply, deleteProperty } = Reflect;
const { getPrototypeOf, getOwnPropertyDescriptor, getOwnPropertyNames, defineProperty, isExtensible, freeze,
  hasOwn, prototype: objectPrototype } = Object;
const { isFinite: isFiniteNumber, isSafeInteger } = Number;
const then = Promise.prototype.then;
const [PromiseOf, ProxyOf, ErrorOf, MapOf, WeakMapOf, text] = [Promise, Proxy, Error, Map, WeakMap, String];

const setup = parse(setupText);
const blocked = new Set(setup.forbiddenMembers);
const types = new Map(Object.entries(setup.types));
const computedReads = new Map(Object.entries(setup.computedReads));
const codes = new WeakMapOf();
let store = setup.state;

const refuse = (code, message) => {
  const error = new ErrorOf(message);
  codes.set(error, code);
  throw error;
};

const callHost = (kind, payload) => {
  const answer = parse(host(kind, stringify(payload)));
  if (answer.code !== undefined) refuse(answer.code, answer.message);
  return answer.value;
};

// ---- plain data -------------------------------------------------------------------------------------------------

const kindOf = (value) => {
  if (value === null) return 'null';
  if (isArray(value)) return 'a list';
  if (typeof value !== 'object') return typeof value;
  const name = objectPrototype.toString.call(value).slice(8, -1);
  return name === 'Object' ? 'an object' : name;
};

const isPlainObject = (value) => {
  const prototype = getPrototypeOf(value);
  return prototype === objectPrototype || prototype === null;
};

const checkLevels = (levels) => {
  if (levels > setup.maxNesting) refuse('LIMIT_EXCEEDED', 'values are nested deeper than ' + setup.maxNesting + ' levels');
};

const checkScalar = (value) => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && isFiniteNumber(value)) return value;
  return refuse('NOT_SERIALIZABLE', (typeof value === 'number' ? text(value) : kindOf(value)) + ' is not JSON');
};

const checkKey = (key) => {
  if (typeof key === 'symbol') refuse('NOT_SERIALIZABLE', 'a symbol cannot name a member');
  if (blocked.has(key)) refuse('EXECUTION_ERROR', key + ' is not accessible');
  if (key.length > setup.maxKeyLength) refuse('LIMIT_EXCEEDED', 'a member name is longer than ' + setup.maxKeyLength + ' characters');
  return key;
};

/** A deep copy as JSON would make it, refusing what JSON would silently change. */
const plainCopy = (value, levels) => {
  if (typeof value !== 'object' || value === null) return checkScalar(value);
  checkLevels(levels);
  if (isArray(value)) {
    const copy = [];
    for (let i = 0; i < value.length; i++) copy[i] = value[i] === undefined ? null : plainCopy(value[i], levels + 1);
    return copy;
  }
  if (!isPlainObject(value)) return refuse('NOT_SERIALIZABLE', kindOf(value) + ' is not JSON');
  const copy = {};
  for (const key of ownKeys(value)) {
    if (typeof key === 'symbol' || value[key] === undefined) continue;
    copy[checkKey(key)] = plainCopy(value[key], levels + 1);
  }
  return copy;
};

const deepFreeze = (value) => {
  if (typeof value !== 'object' || value === null) return value;
  for (const key of ownKeys(value)) deepFreeze(value[key]);
  return freeze(value);
};

// ---- live state -------------------------------------------------------------------------------------------------

const proxies = new WeakMapOf();   // data → proxy
const targets = new WeakMapOf();   // proxy → data
const roots = new WeakMapOf();     // data → name of the state it was read from
let version = 0;
let hasAdopted = false;            // handler code may hold data that state now consists of

const touch = () => { version += 1; };

const live = (value, root) => {
  if (typeof value !== 'object' || value === null) return value;
  roots.set(value, root);
  const known = proxies.get(value);
  if (known !== undefined) return known;
  const proxy = new ProxyOf(value, isArray(value) ? listTraps : objectTraps);
  proxies.set(value, proxy);
  targets.set(proxy, value);
  return proxy;
};

/**
 * The data that goes into state for a value. Fresh objects become part of the state themselves, so that code may go on
 * filling them. An object read from state stays the same object while it moves inside its state, and is copied elsewhere.
 */
const adopt = (value, root, isMember) => {
  if (typeof value !== 'object' || value === null) return checkScalar(value);
  const target = targets.get(value);
  if (target === undefined) return adoptFresh(value, root, new MapOf(), 1);
  return !isMember && roots.get(target) === root ? target : plainCopy(target, 1);
};

const adoptFresh = (value, root, seen, levels) => {
  if (typeof value !== 'object' || value === null) return checkScalar(value);
  const target = targets.get(value);
  if (target !== undefined) return roots.get(target) === root ? target : plainCopy(target, levels);
  if (seen.has(value)) return seen.get(value) ?? refuse('NOT_SERIALIZABLE', 'the value contains itself');
  checkLevels(levels);
  if (!isArray(value) && !isPlainObject(value)) return refuse('NOT_SERIALIZABLE', kindOf(value) + ' is not JSON');
  seen.set(value, null);
  const own = isWritable(value) ? value : isArray(value) ? [] : {};
  if (isArray(value)) for (let i = 0; i < value.length; i++) own[i] = value[i] === undefined ? null : adoptFresh(value[i], root, seen, levels + 1);
  else for (const key of ownKeys(value)) {
    if (typeof key === 'symbol') continue;
    if (value[key] === undefined) delete own[key];
    else own[checkKey(key)] = adoptFresh(value[key], root, seen, levels + 1);
  }
  seen.set(value, own);
  hasAdopted = true;
  return own;
};

const isWritable = (value) => {
  if (!isExtensible(value)) return false;
  for (const key of ownKeys(value)) {
    if (key === 'length' && isArray(value)) continue;
    const { writable, configurable } = getOwnPropertyDescriptor(value, key);
    if (!writable || !configurable) return false;
  }
  return true;
};

const neverExtend = {
  setPrototypeOf: () => refuse('EXECUTION_ERROR', 'the prototype of state cannot be changed'),
  preventExtensions: () => refuse('EXECUTION_ERROR', 'state cannot be frozen'),
};

const define = (traps) => (target, key, descriptor) => {
  if (!('value' in descriptor)) refuse('NOT_SERIALIZABLE', 'state has no accessors');
  return traps.set(target, key, descriptor.value);
};

const sortedKeys = (value) => ownKeys(value).filter((key) => typeof key === 'string').sort();

const objectTraps = {
  ...neverExtend,
  get: (target, key) => {
    if (hasOwn(target, key)) return live(target[key], roots.get(target));
    return blocked.has(key) ? undefined : target[key];
  },
  set: (target, key, value) => {
    checkKey(key);
    if (value === undefined) delete target[key];
    else if (typeof value !== 'object' || value === null || targets.get(value) !== target[key] || target[key] === undefined) {
      const adopted = adopt(value, roots.get(target), true);
      defineProperty(target, key, { value: adopted, writable: true, enumerable: true, configurable: true });
    }
    touch();
    return true;
  },
  has: (target, key) => !blocked.has(key) && key in target,
  deleteProperty: (target, key) => { touch(); return deleteProperty(target, key); },
  ownKeys: sortedKeys,
  getOwnPropertyDescriptor: (target, key) => {
    const descriptor = getOwnPropertyDescriptor(target, key);
    return descriptor === undefined ? undefined : { ...descriptor, value: live(descriptor.value, roots.get(target)) };
  },
};
objectTraps.defineProperty = define(objectTraps);

const indexOf = (key) => {
  if (typeof key !== 'string') return -1;
  const index = Number(key);
  return isSafeInteger(index) && index >= 0 && text(index) === key ? index : -1;
};

const checkLength = (length) => {
  if (length > setup.maxListLength) refuse('LIMIT_EXCEEDED', 'a list has more than ' + setup.maxListLength + ' items');
};

const listTraps = {
  ...neverExtend,
  get: (target, key) => {
    if (key === 'length') return target.length;
    if (indexOf(key) >= 0) return live(target[key], roots.get(target));
    if (blocked.has(key)) return undefined;
    return hasOwn(mutators, key) ? mutators[key] : target[key];
  },
  set: (target, key, value) => {
    if (key === 'length') {
      if (value > target.length) refuse('LIST_HOLE', 'a longer length would leave holes');
      target.length = value;
      touch();
      return true;
    }
    const index = indexOf(key);
    if (index < 0) refuse('NOT_SERIALIZABLE', 'a list has no member ' + text(key));
    if (index > target.length) refuse('LIST_HOLE', 'position ' + index + ' is past the end of a list of ' + target.length);
    checkLength(index + 1);
    const adopted = value === undefined ? null : adopt(value, roots.get(target), false);
    defineProperty(target, key, { value: adopted, writable: true, enumerable: true, configurable: true });
    touch();
    return true;
  },
  deleteProperty: (target, key) => {
    if (indexOf(key) >= 0 && hasOwn(target, key)) refuse('LIST_HOLE', 'delete would leave a hole; use splice');
    return true;
  },
  getOwnPropertyDescriptor: (target, key) => {
    const descriptor = getOwnPropertyDescriptor(target, key);
    if (descriptor === undefined || key === 'length') return descriptor;
    return { ...descriptor, value: live(descriptor.value, roots.get(target)) };
  },
};
listTraps.defineProperty = define(listTraps);

/** The changing methods of lists, applied to the data at once instead of trap by trap. */
const mutators = {};
const mutate = (name, change) => {
  const native = listPrototype[name];
  mutators[name] = function (...args) {
    const target = targets.get(this);
    if (target === undefined) return apply(native, this, args);
    const root = roots.get(target);
    const result = change({ proxy: this, target, root, native, args, take: (value) => value === undefined ? null : adopt(value, root, false) });
    touch();
    return result;
  };
};
const added = ({ target, native, args, take }) => {
  checkLength(target.length + args.length);
  return apply(native, target, args.map(take));
};
mutate('push', added);
mutate('unshift', added);
mutate('pop', ({ target, root, native }) => live(apply(native, target, []), root));
mutate('shift', ({ target, root, native }) => live(apply(native, target, []), root));
mutate('splice', ({ target, root, native, args, take }) => {
  const [start, count, ...items] = args;
  checkLength(target.length + items.length);
  const given = args.length < 2 ? args : [start, count, ...items.map(take)];
  return apply(native, target, given).map((item) => live(item, root));
});
mutate('sort', ({ proxy, target, root, native, args: [compare] }) => {
  apply(native, target, compare === undefined ? [] : [(a, b) => compare(live(a, root), live(b, root))]);
  return proxy;
});
mutate('reverse', ({ proxy, target, native }) => { apply(native, target, []); return proxy; });
mutate('fill', ({ proxy, target, native, args: [value, ...range], take }) => { apply(native, target, [take(value), ...range]); return proxy; });
mutate('copyWithin', ({ proxy, target, native, args }) => { apply(native, target, args); return proxy; });

// ---- $state -----------------------------------------------------------------------------------------------------

const derived = new MapOf();

const readComputed = (name) => {
  const known = derived.get(name);
  if (known !== undefined && known.version === version && !hasAdopted) return known.value;
  const state = {};
  for (const read of computedReads.get(name)) state[read] = plainCopy(store[read], 0);
  const value = deepFreeze(callHost('computed', { name, state }));
  derived.set(name, { version, value });
  return value;
};

const FITS = {
  string: (value) => typeof value === 'string',
  text: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && isFiniteNumber(value),
  counter: (value) => isSafeInteger(value),
  boolean: (value) => value === true || value === false,
  list: (value) => isArray(value),
  object: (value) => typeof value === 'object' && value !== null && !isArray(value),
};

const readState = (name) => {
  if (types.has(name)) return live(store[name], name);
  if (computedReads.has(name)) return readComputed(name);
  return undefined;
};

const isKnown = (name) => types.has(name) || computedReads.has(name);

const stateTraps = {
  ...neverExtend,
  get: (_, key) => {
    if (isKnown(key)) return readState(key);
    if (typeof key === 'symbol' || blocked.has(key) || key === 'toJSON' || key === 'then') return undefined;
    if (key in objectPrototype) return objectPrototype[key];
    return refuse('UNDEFINED_STATE', 'there is no state "' + key + '"');
  },
  set: (_, key, value) => {
    if (computedReads.has(key)) refuse('READONLY_COMPUTED', '"' + key + '" is computed and cannot be written');
    const type = types.get(key);
    if (type === undefined) refuse('UNDEFINED_STATE', 'there is no state "' + text(key) + '"');
    if (!FITS[type](value)) {
      const given = typeof value === 'number' ? text(value) : kindOf(value);
      const isForeign = typeof value === 'object' && value !== null && type === 'object';
      refuse(isForeign && !isArray(value) ? 'NOT_SERIALIZABLE' : 'TYPE_MISMATCH', 'the state "' + key + '" is a ' + type + '; it cannot hold ' + given);
    }
    if (type === 'text' || type === 'string') checkTextLength(value);
    if (typeof value === 'object' && targets.get(value) === store[key]) return true;
    const adopted = adopt(value, key, true);
    if (isArray(adopted)) checkLength(adopted.length);
    store[key] = adopted;
    touch();
    return true;
  },
  has: (_, key) => isKnown(key),
  deleteProperty: (_, key) => refuse('TYPE_MISMATCH', 'states cannot be deleted'),
  defineProperty: (_, key, descriptor) => {
    if (!('value' in descriptor)) refuse('NOT_SERIALIZABLE', 'state has no accessors');
    return stateTraps.set(_, key, descriptor.value);
  },
  ownKeys: () => [...types.keys(), ...computedReads.keys()].sort(),
  getOwnPropertyDescriptor: (_, key) =>
    isKnown(key) ? { value: readState(key), writable: true, enumerable: true, configurable: true } : undefined,
};

const checkTextLength = (value) => {
  if (value.length > setup.maxTextLength) refuse('LIMIT_EXCEEDED', 'a text has more than ' + setup.maxTextLength + ' characters');
};

// ---- the other five ---------------------------------------------------------------------------------------------

const withoutTrailingUndefined = (values) => {
  const kept = [...values];
  while (kept.length > 0 && kept[kept.length - 1] === undefined) kept.pop();
  return kept.map((value) => value === undefined ? null : plainCopy(value, 0));
};

const viewIds = new Set(setup.viewIds);

const view = freeze({
  getElementById: (id) => {
    const name = text(id);
    if (!viewIds.has(name.split('[')[0])) return null;
    return freeze({
      setProp: (prop, value) => { callHost('view', { id: name, kind: 'setProp', args: withoutTrailingUndefined([text(prop), value]) }); },
      call: (method, ...args) => { callHost('view', { id: name, kind: 'call', args: withoutTrailingUndefined([text(method), ...args]) }); },
    });
  },
});

const emit = freeze((name, payload) => {
  callHost('emit', { name: text(name), payload: payload === undefined ? null : plainCopy(payload, 0) });
});

const logged = (value) => {
  if (typeof value === 'string') return value;
  if (value instanceof ErrorOf) return text(value);
  try {
    return stringify(value) ?? text(value);
  } catch {
    return text(value);
  }
};

const logAt = (level) => (...values) => { callHost('log', { level, message: values.map(logged).join(' ') }); };
const log = freeze(Object.assign(logAt('info'), {
  debug: freeze(logAt('debug')), info: freeze(logAt('info')), warn: freeze(logAt('warn')), error: freeze(logAt('error')),
}));

const waiting = new MapOf();
let lastCall = 0;

const extensionTraps = (alias) => ({
  get: (_, method) => {
    if (typeof method === 'symbol' || method === 'then' || blocked.has(method)) return undefined;
    return (...args) => {
      const given = withoutTrailingUndefined(args);
      lastCall += 1;
      const id = lastCall;
      callHost('extension', { id, alias, method, args: given });
      return new PromiseOf((resolve, reject) => { waiting.set(id, { resolve, reject }); });
    };
  },
  set: () => refuse('EXECUTION_ERROR', '$ext cannot be changed'),
});

const extensions = {};
for (const alias of setup.extensions) extensions[alias] = new ProxyOf(freeze({}), extensionTraps(alias));
freeze(extensions);

// ---- the world a handler sees -----------------------------------------------------------------------------------

const AsyncFunction = getPrototypeOf(async function () {});
const hidden = [AsyncFunction, getPrototypeOf(function* () {}), getPrototypeOf(async function* () {}), getPrototypeOf(function () {})];
for (const name of setup.globals) if (typeof globalThis[name] === 'function') hidden.push(globalThis[name].prototype);
hidden.push(getPrototypeOf(getPrototypeOf([][Symbol.iterator]())), getPrototypeOf(AsyncFunction));
for (const prototype of hidden) if (prototype) delete prototype.constructor;
for (const name of ['__proto__', '__defineGetter__', '__defineSetter__', '__lookupGetter__', '__lookupSetter__']) delete objectPrototype[name];

const world = globalThis;
const allowed = new Set(setup.globals);
for (const name of getOwnPropertyNames(world)) if (!allowed.has(name)) delete world[name];
const offer = (name, value) => defineProperty(world, name, { value, writable: false, enumerable: false, configurable: false });
offer('$state', new ProxyOf({}, stateTraps));
offer('$args', deepFreeze(setup.args));
offer('$view', view);
offer('$emit', emit);
offer('$ext', extensions);
offer('$log', log);

// ---- what the host drives ---------------------------------------------------------------------------------------

const describe = (error) => {
  try {
    if (typeof error !== 'object' || error === null) return { code: 'EXECUTION_ERROR', name: '', message: text(error), stack: '' };
    return { code: codes.get(error) ?? 'EXECUTION_ERROR', name: text(error.name), message: text(error.message), stack: text(error.stack ?? '') };
  } catch {
    return { code: 'EXECUTION_ERROR', name: '', message: 'the handler threw something unreadable', stack: '' };
  }
};

let outcome = '';
const settle = (read) => {
  try {
    outcome = stringify(read());
  } catch (error) {
    outcome = stringify({ error: describe(error) });
  }
};

return freeze({
  start: (handler) => {
    apply(then, handler(), [
      (value) => settle(() => ({ value: value === undefined ? null : plainCopy(value, 0) })),
      (error) => settle(() => ({ error: describe(error) })),
    ]);
  },
  outcome: () => outcome,
  state: () => {
    try {
      return stringify({ state: stringify(plainCopy(store, 0)) });
    } catch (error) {
      return stringify({ error: describe(error) });
    }
  },
  replaceState: (stateText) => {
    store = parse(stateText);
    hasAdopted = false;
    touch();
  },
  answer: (idText, answerText) => {
    const id = Number(idText);
    const call = waiting.get(id);
    waiting.delete(id);
    const answer = parse(answerText);
    if (answer.code === undefined) return call.resolve(answer.value);
    const error = new ErrorOf(answer.message);
    codes.set(error, answer.code);
    call.reject(error);
  },
});
})`
