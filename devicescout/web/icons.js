/* SPDX-License-Identifier: Apache-2.0 */
/* icons: the pictures of the page, one stroke style for all. A word always stands beside one. */
(function () {
  'use strict';

  var SVG = 'http://www.w3.org/2000/svg';
  var circle = 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z';
  var paths = {
    back: 'M15 5l-7 7 7 7',
    badge: 'M5 5.5A2.5 2.5 0 0 1 7.5 3h9A2.5 2.5 0 0 1 19 5.5v13a2.5 2.5 0 0 1-2.5 2.5h-9A2.5 2.5 0 0 1 5 18.5z' +
      'M10 3v2.4h4V3M12 8.3a2.3 2.3 0 1 0 0 4.6 2.3 2.3 0 0 0 0-4.6zM8 17.6c.5-2 2-3 4-3s3.5 1 4 3',
    check: 'M5 12.5l4.5 4.5L19 7.5',
    clock: circle + 'M12 7v5l3.5 2',
    erase: 'M9 5h10.5A1.5 1.5 0 0 1 21 6.5v11a1.5 1.5 0 0 1-1.5 1.5H9l-6-7zM11.5 9.5l5 5M16.5 9.5l-5 5',
    exit: 'M14 4H6a1.5 1.5 0 0 0-1.5 1.5v13A1.5 1.5 0 0 0 6 20h8M10 12h10.5M17 8l4 4-4 4',
    keyboard: 'M4.5 6h15A1.5 1.5 0 0 1 21 7.5v9a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 16.5v-9A1.5 1.5 0 0 1 4.5 6z' +
      'M7 10v.1M10.5 10v.1M14 10v.1M17 10v.1M8 14h8',
    lock: 'M6.5 11h11a1.5 1.5 0 0 1 1.5 1.5v7a1.5 1.5 0 0 1-1.5 1.5h-11A1.5 1.5 0 0 1 5 19.5v-7A1.5 1.5 0 0 1 6.5 11z' +
      'M8 11V8a4 4 0 0 1 8 0v3',
    options: 'M4 7h9M17 7h3M4 17h3M11 17h9M15 4.5v5M9 14.5v5',
    person: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4.5 20c1-4 4-5.5 7.5-5.5s6.5 1.5 7.5 5.5',
    printer: 'M7 8V4h10v4' +
      'M6 17H4.5A1.5 1.5 0 0 1 3 15.5v-6A1.5 1.5 0 0 1 4.5 8h15A1.5 1.5 0 0 1 21 9.5v6a1.5 1.5 0 0 1-1.5 1.5H18M7 14h10v6H7z',
    question: circle + 'M9.5 9.6a2.5 2.5 0 1 1 3.6 2.2c-.8.4-1.1.9-1.1 1.8M12 16.6v.1',
    shift: 'M12 4l8 8h-4.5v7h-7v-7H4z',
    trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5',
    warning: 'M12 3.5L2.5 20h19zM12 10v4.5M12 17.2v.1'
  };

  /* Put the icon of this name, or none, into an element that holds nothing else. */
  window.latchkey.icon = function (element, name) {
    var svg, path;

    if (element.getAttribute('data-shows') === name) { return; }
    element.setAttribute('data-shows', name);
    element.textContent = '';
    if (!paths[name]) { return; }
    svg = document.createElementNS(SVG, 'svg');
    path = document.createElementNS(SVG, 'path');
    svg.setAttribute('viewBox', '0 0 24 24');
    svg.setAttribute('aria-hidden', 'true');
    svg.setAttribute('focusable', 'false'); /* old engines else stop there with Tab */
    path.setAttribute('d', paths[name]);
    svg.appendChild(path);
    element.appendChild(svg);
  };
}());
