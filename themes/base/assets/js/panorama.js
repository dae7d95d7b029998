// A picture taken all round (equirectangular), looked at from its middle: WebGL, no library, since those that exist want
// more than the page policy gives (pictures from blobs).

const CORNERS = new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]);
const VERTEX = "attribute vec2 at; varying vec2 place; void main() { place = at; gl_Position = vec4(at, 0.0, 1.0); }";
// Each point of the window is a direction; the direction is a place in the picture.
const FRAGMENT = `precision highp float;
varying vec2 place; uniform sampler2D picture; uniform vec2 look; uniform vec2 reach;
const float PI = 3.141592653589793;
void main() {
  vec3 ray = normalize(vec3(place * reach, 1.0));
  float c = cos(look.y), s = sin(look.y);
  ray = vec3(ray.x, c * ray.y + s * ray.z, c * ray.z - s * ray.y);
  float longitude = atan(ray.x, ray.z) + look.x;
  gl_FragColor = texture2D(picture, vec2(fract(longitude / (2.0 * PI) + 0.5), 0.5 - asin(ray.y) / PI));
}`;
const RADIANS = Math.PI / 180;
const VIEW = { start: 80, least: 35, most: 100 };
const STEEPEST = 85 * RADIANS;

// Gives the stage, or throws where there is no WebGL or the picture does not come.
export async function start(link) {
  const words = link.dataset;
  const image = new Image();
  image.src = link.href;
  await image.decode();
  const stage = document.createElement("div");
  stage.className = "tour-stage ph";
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${words.title}. ${words.hint}`);
  const paint = painter(canvas, image);
  const view = { x: 0, y: 0, wide: VIEW.start };
  let waiting = false;
  const draw = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      paint(view);
    });
  };
  const turn = (x, y) => {
    view.x += x;
    view.y = Math.min(Math.max(view.y + y, -STEEPEST), STEEPEST);
    draw();
  };
  const zoom = (power) => {
    view.wide = Math.min(Math.max(view.wide * power, VIEW.least), VIEW.most);
    draw();
  };
  steer(canvas, turn, zoom, () => (view.wide * RADIANS) / canvas.clientWidth);
  const hint = document.createElement("p");
  hint.className = "cap";
  hint.textContent = words.hint;
  stage.append(canvas, zoomer(words.farther, "M5 12h14", () => zoom(1.25)), zoomer(words.closer, "M5 12h14M12 5v14", () => zoom(0.8)), hint);
  new ResizeObserver(draw).observe(canvas);
  return stage;
}

function painter(canvas, image) {
  const gl = canvas.getContext("webgl", { antialias: false, preserveDrawingBuffer: true });
  if (!gl) throw new Error("no WebGL");
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error("no program");
  gl.useProgram(program);
  gl.bindBuffer(gl.ARRAY_BUFFER, gl.createBuffer());
  gl.bufferData(gl.ARRAY_BUFFER, CORNERS, gl.STATIC_DRAW);
  const at = gl.getAttribLocation(program, "at");
  gl.enableVertexAttribArray(at);
  gl.vertexAttribPointer(at, 2, gl.FLOAT, false, 0, 0);
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  for (const [name, value] of [[gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE], [gl.TEXTURE_MIN_FILTER, gl.LINEAR]]) gl.texParameteri(gl.TEXTURE_2D, name, value);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, gl.RGB, gl.UNSIGNED_BYTE, fitting(image, gl.getParameter(gl.MAX_TEXTURE_SIZE)));
  const [look, reach] = ["look", "reach"].map((name) => gl.getUniformLocation(program, name));
  return (view) => {
    const dense = Math.min(devicePixelRatio, 2);
    canvas.width = Math.round(canvas.clientWidth * dense);
    canvas.height = Math.round(canvas.clientHeight * dense);
    gl.viewport(0, 0, canvas.width, canvas.height);
    const wide = Math.tan((view.wide * RADIANS) / 2);
    gl.uniform2f(look, view.x, view.y);
    gl.uniform2f(reach, wide, (wide * canvas.height) / canvas.width);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  };
}

// Phones take no picture wider than they say.
function fitting(image, most) {
  if (Math.max(image.naturalWidth, image.naturalHeight) <= most) return image;
  const small = document.createElement("canvas");
  const scale = most / Math.max(image.naturalWidth, image.naturalHeight);
  small.width = Math.floor(image.naturalWidth * scale);
  small.height = Math.floor(image.naturalHeight * scale);
  small.getContext("2d").drawImage(image, 0, 0, small.width, small.height);
  return small;
}

function steer(canvas, turn, zoom, perPixel) {
  const fingers = new Map();
  const spread = () => {
    const [one, other] = [...fingers.values()];
    return Math.hypot(one.x - other.x, one.y - other.y);
  };
  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  canvas.addEventListener("pointermove", (event) => {
    const before = fingers.get(event.pointerId);
    if (!before) return;
    const apart = fingers.size === 2 ? spread() : 0;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (apart) zoom(apart / Math.max(spread(), 1));
    else turn((before.x - event.clientX) * perPixel(), (event.clientY - before.y) * perPixel());
  });
  for (const end of ["pointerup", "pointercancel"]) canvas.addEventListener(end, (event) => fingers.delete(event.pointerId));
  canvas.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(event.deltaY > 0 ? 1.1 : 0.9);
  }, { passive: false });
  canvas.addEventListener("keydown", (event) => {
    const step = 6 * RADIANS;
    const [x, y] = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, step], ArrowDown: [0, -step] }[event.key] ?? [];
    const power = { "+": 0.8, "=": 0.8, "-": 1.25 }[event.key];
    if (event.ctrlKey || event.metaKey || (x === undefined && !power)) return;
    event.preventDefault();
    if (power) zoom(power);
    else turn(x, y);
  });
}

function zoomer(label, path, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "tour-zoom";
  button.setAttribute("aria-label", label);
  button.innerHTML = `<svg class="i" viewBox="0 0 24 24" aria-hidden="true"><path d="${path}"/></svg>`;
  button.addEventListener("click", act);
  return button;
}
