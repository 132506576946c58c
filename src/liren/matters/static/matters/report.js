/* The map to tap on: loaded when asked for, drawn from our own places, no base map and no other server. */
(() => {
  "use strict";
  const box = document.querySelector("[data-map]");
  if (!box || !window.fetch || !window.URL) return;
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const load = (tag, attributes) => new Promise((done, failed) => {
    const el = Object.assign(document.createElement(tag), attributes);
    el.onload = done;
    el.onerror = failed;
    document.head.append(el);
  });
  const go = (query) => { location.href = `${query.at ? box.dataset.here : box.dataset.target}?${new URLSearchParams(query)}`; };

  const nearest = (places, at) => places.reduce((best, place) => {
    const middle = place.bounds.getCenter(), far = middle.distanceTo(at);
    return !best || far < best.far ? { place, far } : best;
  }, null);

  const NARROW = 18; // below this many pixels a building is too small for its number

  const draw = (where, places) => {
    const map = L.map(where, { attributionControl: false, zoomSnap: 0.25, maxZoom: 20 });
    const text = (words) => Object.assign(document.createElement("span"), { textContent: words });
    const known = places.map((place) => {
      const ring = place.outline && place.outline.type === "Polygon" ? place.outline.coordinates[0].map(([x, y]) => [y, x]) : null;
      const style = { color: token("--l-ink2"), weight: 1.5, fillColor: token("--l-card"), fillOpacity: 1 };
      const shape = (ring ? L.polygon(ring, style) : L.circleMarker(place.at, { ...style, radius: 14 })).addTo(map);
      shape.bindTooltip(text(place.name), { permanent: true, direction: "bottom", offset: [0, 2], className: "m-label" });
      shape.on("click", (event) => { L.DomEvent.stop(event); go({ at: place.code }); });
      return { ...place, bounds: ring ? L.latLngBounds(ring) : L.latLngBounds([place.at, place.at]) };
    });
    const groups = new Map();
    known.forEach((place) => groups.set(place.group, (groups.get(place.group) || L.latLngBounds(place.bounds.getSouthWest(), place.bounds.getNorthEast())).extend(place.bounds)));
    const show = (bounds) => map.fitBounds(bounds, { padding: [20, 20], animate: false });
    const names = [...groups].filter(([name]) => name).map(([name, bounds]) => {
      const icon = L.divIcon({ html: text(name), className: "m-group", iconSize: [name.length * 17 + 28, 40] });
      return L.marker(bounds.getCenter(), { icon, keyboard: true, title: name }).on("click", () => show(bounds));
    });
    const near = known.find((place) => box.dataset.near.startsWith(place.code));
    const all = known.reduce((sum, place) => sum.extend(place.bounds), L.latLngBounds(known[0].bounds.getSouthWest(), known[0].bounds.getNorthEast()));
    const far = () => {
      const { bounds } = known[0];
      const small = map.latLngToLayerPoint(bounds.getSouthEast()).x - map.latLngToLayerPoint(bounds.getSouthWest()).x < NARROW && known.some((place) => place.outline);
      where.classList.toggle("m-far", small);
      names.forEach((name) => (small && groups.size > 1 ? name.addTo(map) : name.remove()));
    };
    map.on("zoomend", far);
    show(near ? groups.get(near.group) : all);
    far();
    const pin = L.circleMarker([0, 0], { radius: 9, color: token("--l-card"), weight: 3, fillColor: token("--l-accent"), fillOpacity: 1 });
    const here = box.querySelector("[data-map-here]");
    map.on("click", ({ latlng }) => {
      const { place } = nearest(known, latlng);
      pin.setLatLng(latlng).addTo(map);
      here.hidden = false;
      here.querySelector("[data-map-near]").textContent = place.full;
      here.querySelector("button").onclick = () => go({ place: place.code.slice(0, 15), near: place.code, lon: latlng.lng.toFixed(6), lat: latlng.lat.toFixed(6) });
      here.scrollIntoView({ block: "nearest" });
    });
  };

  const open = box.querySelector("[data-map-open]"), where = box.querySelector("[data-map-draw]");
  box.hidden = false;
  open.addEventListener("click", async () => {
    open.disabled = true;
    try {
      const [answer] = await Promise.all([
        fetch(box.dataset.map).then((got) => (got.ok ? got.json() : Promise.reject(new Error(String(got.status))))),
        load("link", { rel: "stylesheet", href: box.dataset.leafletCss }),
        load("script", { src: box.dataset.leafletJs }),
      ]);
      where.hidden = open.hidden = false;
      open.hidden = true;
      draw(where, answer.places);
    } catch {
      open.disabled = false;
      box.querySelector("[data-map-failed]").hidden = false;
    }
  });
})();
