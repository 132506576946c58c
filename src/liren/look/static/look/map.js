/* Our own places and how much there is to do at each; no base map, nothing fetched from elsewhere. */
(() => {
  "use strict";
  const box = document.querySelector("[data-map]"), data = document.getElementById("map-places");
  if (!box || !data || !window.L) return;
  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const map = window.L.map(box, { attributionControl: false, zoomSnap: 0.25, maxZoom: 20, scrollWheelZoom: false });
  const flip = (ring) => ring.map(([x, y]) => [y, x]);
  const rings = (shape) => (!shape ? null : shape.type === "Polygon" ? shape.coordinates.map(flip) : shape.type === "MultiPolygon" ? shape.coordinates.map((part) => part.map(flip)) : null);
  let all = null;
  for (const place of JSON.parse(data.textContent)) {
    const busy = place.count > 0;
    const style = {
      color: token(place.late ? "--l-bad" : busy ? "--l-ink" : "--l-edge"), weight: place.late ? 2.5 : 1.5,
      fillColor: token(place.late ? "--l-bad-soft" : busy ? "--l-accent-soft" : "--l-card"), fillOpacity: 0.9,
    };
    const outline = rings(place.outline);
    if (!outline && !place.at) continue;
    const shape = outline ? window.L.polygon(outline, style) : window.L.circleMarker(place.at, { ...style, radius: busy ? 13 : 8 });
    shape.addTo(map);
    const words = [place.full];
    if (busy) words.push(box.dataset.sayOpen.replace("{n}", place.count));
    if (place.late) words.push(box.dataset.sayLate.replace("{n}", place.late));
    shape.bindTooltip(words.join(" · "));
    if (busy) {
      const mark = window.L.divIcon({ className: "o-mark" + (place.late ? " o-mark-late" : ""), html: String(Number(place.count)), iconSize: [22, 22], iconAnchor: [11, 26] });
      window.L.marker(outline ? shape.getBounds().getCenter() : place.at, { icon: mark, keyboard: false }).addTo(map).on("click", () => { location.href = place.url; });
      shape.on("click", () => { location.href = place.url; });
    }
    const bounds = outline ? shape.getBounds() : window.L.latLngBounds([place.at, place.at]);
    all = all ? all.extend(bounds) : window.L.latLngBounds(bounds.getSouthWest(), bounds.getNorthEast());
  }
  if (all) map.fitBounds(all, { padding: [24, 24], maxZoom: 19 });
})();
