// Where the boxes of a graph stand: layers from top to bottom by dagre.
//
// dagre's time grows faster than its graph (and its recursion with it), so a large graph is cut where few edges cross, mostly
// one between two blocks of a network; the pieces are laid out one by one and stacked. Edges between pieces become curves.
import dagre from "@dagrejs/dagre";

// Pieces have as many ops as dagre places in a tenth of a second or so.
const SMALLEST = 60, LARGEST = 140;
const GAP = 40;

// For every place between two neighbours in the order, the edges that pass it.
function crossings(count, edges) {
  const change = new Array(count + 1).fill(0);
  for (const { from, to } of edges) {
    change[from] += 1;
    change[to] -= 1;
  }
  let open = 0;
  return Array.from({ length: count }, (_, i) => (open += change[i]));
}

// Ends (exclusive) of the pieces: of all allowed places the one with the fewest crossings, the latest of them.
function cut(count, edges) {
  const passing = crossings(count, edges), ends = [];
  for (let begin = 0; begin < count; begin = ends[ends.length - 1]) {
    if (count - begin <= LARGEST) {
      ends.push(count);
      continue;
    }
    let best = begin + SMALLEST;
    for (let end = best; end <= begin + LARGEST; ++end) if (passing[end - 1] <= passing[best - 1]) best = end;
    ends.push(best);
  }
  return ends;
}

function layoutPiece(nodes, edges) {
  const graph = new dagre.graphlib.Graph({ multigraph: true });
  graph.setGraph({ rankdir: "TB", nodesep: 24, edgesep: 14, ranksep: 34, ranker: "network-simplex" });
  for (const node of nodes) graph.setNode(String(node.id), { width: node.width, height: node.height });
  edges.forEach((edge, i) => graph.setEdge(String(edge.from), String(edge.to), {}, String(i)));
  dagre.layout(graph);
  const { width, height } = graph.graph();
  return {
    width, height,
    places: nodes.map((node) => graph.node(String(node.id))),
    lines: edges.map((edge, i) => graph.edge(String(edge.from), String(edge.to), String(i)).points),
  };
}

const pause = () => new Promise((resolve) => setTimeout(resolve));

// `nodes` in order of execution with width and height, their ids their places; `edges` from an earlier to a later one.
// Yields pieces: {nodes: [{node, x, y}], lines: [{edge, points}], bottom, left, right}, centred on x = 0; then the edges between pieces.
export async function* layout(nodes, edges) {
  const at = new Map();
  let begin = 0, top = 0, left = 0, right = 0;
  for (const end of cut(nodes.length, edges)) {
    const inside = edges.filter(({ from, to }) => from >= begin && to < end);
    const piece = layoutPiece(nodes.slice(begin, end), inside);
    const x = (value) => value - piece.width / 2, y = (value) => value + top;
    const placed = piece.places.map((place, i) => ({ node: nodes[begin + i], x: x(place.x), y: y(place.y) }));
    for (const one of placed) at.set(one.node.id, one);
    left = Math.min(left, -piece.width / 2);
    right = Math.max(right, piece.width / 2);
    yield { nodes: placed, lines: inside.map((edge, i) => ({ edge, points: piece.lines[i].map((point) => ({ x: x(point.x), y: y(point.y) })) })),
      left, right, bottom: top + piece.height };
    top += piece.height + GAP;
    begin = end;
    await pause();
  }
  const pieceOf = cut(nodes.length, edges);
  const index = (id) => pieceOf.findIndex((end) => id < end);
  const lines = edges.filter(({ from, to }) => index(from) !== index(to)).map((edge) => {
    const a = at.get(edge.from), b = at.get(edge.to);
    return { edge, points: [{ x: a.x, y: a.y + a.node.height / 2 }, { x: b.x, y: b.y - b.node.height / 2 }] };
  });
  yield { nodes: [], lines, left, right, bottom: Math.max(top - GAP, 0) };
}
