/* SPDX-License-Identifier: Apache-2.0 */
/*
 * keys: a keyboard on the screen, for panels without one. It comes when a field is touched, and goes when somebody types
 * on real keys. A field says by data-keys which keys it wants, by data-next which field or button follows.
 */
(function () {
  'use strict';

  var self = window.latchkey;
  var $ = self.$;
  var SHIFT = '\u21e7', ERASE = '\u232b', OTHER = '\u2325', GO = '\u23ce', SPACE = ' ';
  var NARROW = 600; /* pixels */
  var LAST = [OTHER, '@', '-', SPACE, '_', '.', GO];
  var layouts = {
    en: ['1234567890', 'qwertyuiop', 'asdfghjkl', SHIFT + 'zxcvbnm' + ERASE],
    de: ['1234567890\u00df', 'qwertzuiop\u00fc', 'asdfghjkl\u00f6\u00e4', SHIFT + 'yxcvbnm' + ERASE],
    signs: ['1234567890', '!"#$%&\'()*', '+,/:;<=>?@', '[\\]^`{|}~\u20ac\u00a7' + ERASE],
    pages: ['1234567890', ',-' + ERASE + GO]
  };

  var field = null, shifted = false, signs = false, realKeys = false, down = false;

  function put(text) {
    var start = field.selectionStart, end = field.selectionEnd, value = field.value;

    if (start === null || start === undefined) { start = end = value.length; }
    if (text === ERASE) {
      start = start === end ? Math.max(0, start - 1) : start;
      text = '';
    }
    if (value.length - (end - start) + text.length > field.maxLength && field.maxLength > 0) { return; }
    field.value = value.slice(0, start) + text + value.slice(end);
    field.setSelectionRange(start + text.length, start + text.length);
  }

  function go() {
    var next = $(field.getAttribute('data-next'));
    if (next.tagName === 'BUTTON') { next.click(); } else { next.focus(); }
  }

  function press(key) {
    if (!field) { return; }
    if (key === GO) { go(); return; }
    if (key === SHIFT) { shifted = !shifted; draw(); return; }
    if (key === OTHER) { signs = !signs; draw(); return; }
    put(shifted && key.length === 1 && key !== '\u00df' ? key.toUpperCase() : key);
    if (shifted && key !== ERASE) { shifted = false; draw(); }
  }

  function name(key, button) {
    var next = field && $(field.getAttribute('data-next'));

    if (key === SHIFT || key === ERASE) {
      self.icon(button, key === SHIFT ? 'shift' : 'erase');
      button.setAttribute('aria-label', self.text(key === SHIFT ? 'keys.shift' : 'keys.erase'));
    } else if (key === OTHER) {
      button.textContent = signs ? 'ABC' : '?123';
    } else if (key === GO) {
      button.textContent = next && next.tagName === 'BUTTON' ? next.textContent : self.text('keys.next');
    } else if (key === SPACE) {
      button.setAttribute('aria-label', self.text('keys.space'));
    } else {
      button.textContent = shifted && key !== '\u00df' ? key.toUpperCase() : key;
    }
  }

  function add(row, key) {
    var button = self.make('button', 'key');
    var wide = { '\u21e7': ' shift', '\u232b': ' erase', '\u2325': ' other', '\u23ce': ' go primary', ' ': ' space' };

    button.type = 'button';
    button.setAttribute('data-key', key);
    button.tabIndex = -1; /* who has Tab has keys */
    button.className += (wide[key] || '') + (key === SHIFT && shifted ? ' held' : '');
    if (key === SHIFT) { button.setAttribute('aria-pressed', String(shifted)); }
    name(key, button);
    button.onclick = function () { press(key); };
    row.appendChild(button);
  }

  function draw() {
    var kind = field.getAttribute('data-keys');
    var rows = kind === 'pages' ? layouts.pages : layouts[signs ? 'signs' : self.language].concat([LAST]);
    var keys = $('keys');

    keys.textContent = '';
    keys.className = 'keys ' + kind;
    rows.forEach(function (keysOfRow) {
      var row = self.make('div', 'row');
      Array.prototype.forEach.call(keysOfRow, function (key) { add(row, key); });
      keys.appendChild(row);
    });
  }

  function open(input) {
    field = input;
    field.setAttribute('inputmode', 'none'); /* a tablet's own keyboard stays away while ours is there */
    draw();
    self.show('keys', true);
    document.body.classList.add('keys-open');
    if (input.getAttribute('data-keys') === 'pages') { document.body.classList.add('keys-pages'); }
    input.scrollIntoView(false);
  }

  self.closeKeys = close;

  function close() {
    if (!field) { return; }
    field.removeAttribute('inputmode');
    field = null;
    shifted = signs = false;
    $('keys').textContent = '';
    self.show('keys', false);
    if (self.sheet()) { $(self.sheet().id).scrollTop = 0; } /* all of it has room again */
    document.body.classList.remove('keys-open');
    document.body.classList.remove('keys-pages');
  }

  /* A telephone's own keys are better than ten of ours beside each other. */
  function wants(element) {
    return window.innerWidth >= NARROW && element && element.getAttribute && element.getAttribute('data-keys');
  }

  self.keysForget = function () { realKeys = false; };

  /* Not while a finger is down: what it is on would move away from under it. */
  function closeLater() {
    setTimeout(function () { if (field && !down && document.activeElement !== field) { close(); } }, 0);
  }

  document.addEventListener('focusin', function (event) {
    if (wants(event.target) && !realKeys) { open(event.target); } else { closeLater(); }
  });
  document.addEventListener('focusout', closeLater);
  ['mousedown', 'touchstart'].forEach(function (kind) {
    document.addEventListener(kind, function () { down = true; }, true);
  });
  ['mouseup', 'touchend', 'touchcancel'].forEach(function (kind) {
    document.addEventListener(kind, function () { down = false; closeLater(); }, true);
  });
  document.addEventListener('keydown', function (event) {
    if (event.keyCode !== 9 && !wants(event.target)) { return; }
    realKeys = true;
    close();
  });
  ['mousedown', 'touchstart'].forEach(function (kind) {
    document.addEventListener(kind, function (event) {
      if (!wants(event.target)) { return; }
      realKeys = false;
      if (document.activeElement === event.target) { open(event.target); }
    });
  });
  /* The field keeps the focus, so that what is typed goes there. */
  $('keys').addEventListener('mousedown', function (event) { event.preventDefault(); });
}());
