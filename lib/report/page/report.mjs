// The report as the page shows it: one form for a conversion's JSON and a debug run's. What was not measured is absent.

const BYTES = { float64: 8, int64: 8, uint64: 8, complex64: 8, float32: 4, int32: 4, uint32: 4, float16: 2, bfloat16: 2,
  int16: 2, uint16: 2, int8: 1, uint8: 1, bool: 1, int4: 0.5, uint4: 0.5, int2: 0.25 };
// No step of an integer tensor says how wrong it is; beyond this many dB nobody can tell figures apart. Stands for
// "no error at all" where a chart or an order needs a number.
const EXACT_DB = 200;

const list = (value) => (Array.isArray(value) ? value : []);
const text = (value) => (typeof value === "string" ? value : value === undefined || value === null ? "" : String(value));

// dB as reports write it: null means exact, absent not measured.
const decibel = (value) => (value === null ? EXACT_DB : value);
export const isExact = (value) => value === EXACT_DB;

function bytesOf(tensor) {
  const size = BYTES[tensor.type];
  const shape = list(tensor.shape);
  if (size === undefined || shape.some((dim) => dim < 0)) return undefined;
  return Math.ceil(size * shape.reduce((product, dim) => product * dim, 1));
}

// What integers of the type can hold with one scale; undefined where there is no such range.
function rangeOf(tensor) {
  if (tensor.range_min !== undefined) return [tensor.range_min, tensor.range_max];
  const limits = { int8: [-128, 127], uint8: [0, 255], int16: [-32768, 32767] }[tensor.type];
  if (!limits || list(tensor.scale).length !== 1) return undefined;
  const zero = list(tensor.zero_point)[0] ?? 0;
  return limits.map((code) => (code - zero) * tensor.scale[0]);
}

function asTensor(raw, more) {
  const tensor = {
    name: text(raw.name), graph: raw.graph ?? 0, type: text(raw.type), shape: list(raw.shape), scale: list(raw.scale),
    zeroPoint: list(raw.zero_point), axis: raw.axis, constant: raw.constant === true,
    min: raw.float_min ?? raw.min, max: raw.float_max ?? raw.max, range: rangeOf(raw),
    sqnr: decibel(raw.sqnr_db), cosine: raw.cosine, mse: raw.mse, maxError: raw.max_abs_error, clipped: raw.clipped,
    codesUsed: raw.codes_used, codes: raw.codes, histogram: raw.histogram, channels: [], ...more,
  };
  tensor.bytes = raw.shape === undefined ? undefined : bytesOf(tensor);
  return tensor;
}

// What the channel of the largest scale can hold; weights leave out the lowest code, so that they are symmetric.
function weightRange(raw, channels) {
  const largest = { int8: 127, int4: 7, int16: 32767 }[raw.type];
  if (largest === undefined || channels.length === 0) return undefined;
  const reach = largest * channels.reduce((high, channel) => Math.max(high, channel.scale), 0);
  return [-reach, reach];
}

function asWeight(raw) {
  const channels = list(raw.channels);
  return asTensor(raw, {
    constant: true, scale: channels.map((channel) => channel.scale), channels,
    min: channels.reduce((low, channel) => Math.min(low, channel.min), Infinity),
    max: channels.reduce((high, channel) => Math.max(high, channel.max), -Infinity),
    range: weightRange(raw, channels),
  });
}

function asOp(raw, index, tensorOf) {
  const inputs = list(raw.inputs).map(tensorOf).filter(Boolean);
  const outputs = list(raw.outputs).map(tensorOf).filter(Boolean);
  const op = {
    index, op: text(raw.op), name: text(raw.name) || outputs[0]?.name || "", graph: raw.graph ?? 0, version: raw.version,
    quantized: raw.quantized === true, reason: text(raw.reason), scheme: text(raw.scheme), rule: raw.rule, inputs, outputs,
    connected: Array.isArray(raw.inputs),
    sqnr: decibel(raw.error?.total_sqnr_db), made: decibel(raw.error?.made_sqnr_db), inherited: decibel(raw.error?.inherited_sqnr_db),
    noise: raw.cost?.noise, share: raw.cost?.share, rank: raw.rank,
  };
  const constants = inputs.filter((tensor) => tensor.constant && tensor.bytes !== undefined);
  op.weightBytes = constants.length > 0 ? constants.reduce((sum, tensor) => sum + tensor.bytes, 0) : undefined;
  return op;
}

// Every tensor by the way in which ops name it: debug reports by name, conversions by place in the list. Constants that a
// debug report only mentions get an entry that holds their name.
function tensorsOf(json, debug) {
  const tensors = list(json.tensors).map((raw) => asTensor(raw));
  if (!debug) return { tensors, tensorOf: (index) => tensors[index] };
  tensors.push(...list(json.weights).map(asWeight));
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  const tensorOf = (name) => {
    if (name === null || name === undefined) return undefined;
    if (!byName.has(name)) byName.set(name, asTensor({ name, constant: true }, { unlisted: true }));
    return byName.get(name);
  };
  return { tensors, tensorOf };
}

// An op that computes in float although the model as a whole was quantized.
function kindOf(op, someQuantized) {
  if (op.op === "QUANTIZE" || op.op === "DEQUANTIZE") return "border";
  if (op.quantized) return "quantized";
  const float = op.reason !== "" || [...op.inputs, ...op.outputs].some((tensor) => /^b?float/.test(tensor.type)) || !op.connected;
  return float && someQuantized ? "island" : "other";
}

function connect(ops) {
  for (const op of ops) for (const tensor of op.outputs) tensor.producer = op;
  for (const op of ops) for (const tensor of op.inputs) (tensor.consumers ??= []).push(op);
}

export function readReport(json) {
  const debug = json.schema === "zeropoint.debug";
  const { tensors, tensorOf } = tensorsOf(json, debug);
  const ops = list(json.ops).map((raw, index) => asOp(raw, index, tensorOf));
  connect(ops);
  const someQuantized = ops.some((op) => op.quantized);
  for (const op of ops) op.kind = kindOf(op, someQuantized);
  const model = debug ? json.model ?? {} : json;
  return {
    debug, ops, tensors,
    connected: ops.some((op) => op.connected && op.inputs.length > 0),
    name: text(model.path).replace(/[/\\]+$/, "").split(/[/\\]/).pop(), path: text(model.path), quantizedPath: text(model.quantized_path),
    mode: text(model.mode), floatBytes: model.float_bytes, bytes: debug ? model.quantized_bytes : json.bytes,
    samples: model.samples, calibrationSamples: model.calibration_samples, costedOps: model.costed_ops,
    version: text(model.tool_version),
    outputs: list(json.outputs).map((raw) => ({ name: text(raw.name), tensor: text(raw.tensor), sqnr: decibel(raw.sqnr_db), cosine: raw.cosine,
      mse: raw.mse, maxError: raw.max_abs_error })),
    findings: list(json.findings).map((raw) => asFinding(raw, ops)),
    warnings: list(json.warnings).map(text),
    times: list(json.times).map((time) => ({ stage: text(time.stage), seconds: time.seconds })),
  };
}

function asFinding(raw, ops) {
  const tensor = text(raw.tensor);
  const same = ops.filter((op) => op.graph === (raw.graph ?? 0));
  return {
    cause: text(raw.cause), text: text(raw.text), tensor, line: text(raw.fix?.line), kind: text(raw.fix?.kind),
    before: decibel(raw.sqnr_before_db), after: decibel(raw.sqnr_after_db), recovered: raw.recovered, opName: text(raw.op),
    op: same.find((op) => op.outputs.some((result) => result.name === tensor)) ??
      same.find((op) => op.op === raw.op && op.name === raw.node) ?? same.find((op) => op.inputs.some((operand) => operand.name === tensor)),
  };
}
