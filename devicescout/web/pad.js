/* SPDX-License-Identifier: Apache-2.0 */
/* pad: the digits for a PIN. The PIN is in this script alone; the page shows a dot for each digit. */
(function () {
  'use strict';

  var self = window.latchkey;
  var $ = self.$;
  var MOST = 16;

  var asked = null, pin = '', until = 0, ticker = 0;

  function draw() {
    $('pad-dots').textContent = new Array(pin.length + 1).join('\u25cf');
    $('pad-dots').className = pin.length > 9 ? 'dots many' : 'dots';
    self.say('pad-count', pin.length ? self.count('pad.typed', pin.length) : '');
    $('pad-ok').disabled = pin.length === 0 || Boolean(until);
    $('pad-erase').disabled = pin.length === 0;
  }

  /* Seconds that must pass before the next try. */
  function tick() {
    var left = Math.ceil((until - Date.now()) / 1000);

    if (left > 0) { self.say('pad-ok-text', self.text('pad.wait', { n: left })); return; }
    clearInterval(ticker);
    until = 0;
    self.say('pad-ok-text', self.text('pad.ok'));
    self.say('pad-error', '');
    draw();
  }

  function type(digit) {
    if (pin.length >= MOST || until) { return; }
    if (!pin) { self.say('pad-error', ''); }
    pin += digit;
    draw();
  }

  function erase() {
    pin = pin.slice(0, -1);
    draw();
  }

  function ok() {
    var given = pin;

    if (!asked || $('pad-ok').disabled) { return; }
    if (given.length < (asked.least || 1)) {
      self.padSays(self.count('pin.short', asked.least));
      return;
    }
    pin = '';
    draw();
    asked.onPin(given);
  }

  /* q: title, text, least, onPin(pin), onBack(), other (a button's text), onOther(). */
  self.pad = function (q) {
    self.padForget();
    asked = q;
    self.say('pad-title', q.title);
    self.say('pad-text', q.text || '');
    self.say('pad-other', q.other || '');
    self.show('pad-other', Boolean(q.other));
    self.say('pad-ok-text', self.text('pad.ok'));
    draw();
    self.screen('pad', 'pad-title');
  };

  self.padSays = function (text) {
    self.say('pad-error', '');
    self.say('pad-error', text);
    pin = '';
    draw();
  };

  self.padWaits = function (seconds) {
    until = Date.now() + seconds * 1000;
    clearInterval(ticker);
    ticker = setInterval(tick, 250);
    self.padSays(self.count('signin.too-often', seconds));
    tick();
  };

  self.padForget = function () {
    asked = null;
    pin = '';
    until = 0;
    clearInterval(ticker);
    ['pad-title', 'pad-text', 'pad-error', 'pad-other'].forEach(function (id) { self.say(id, ''); });
    draw();
  };

  /* A row of keys above letters and one beside them. */
  function digitOf(code) {
    var digit = code >= 96 && code <= 105 ? code - 96 : code >= 48 && code <= 57 ? code - 48 : -1;
    return digit < 0 ? '' : String(digit);
  }

  document.addEventListener('keydown', function (event) {
    var digit = digitOf(event.keyCode), onButton = event.target.tagName === 'BUTTON';

    if (self.at !== 'pad' || self.sheet() || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) { return; }
    if (digit) { type(digit); }
    if (event.keyCode === 8) { erase(); event.preventDefault(); }
    if (event.keyCode === 13 && !onButton) { ok(); event.preventDefault(); }
    if (event.keyCode === 27 && asked) { asked.onBack(); }
  });
  self.each('#digits [data-digit]', function (button) {
    button.onclick = function () { type(button.getAttribute('data-digit')); };
  });
  $('pad-erase').onclick = erase;
  $('pad-ok').onclick = ok;
  $('pad-back').onclick = function () { if (asked) { asked.onBack(); } };
  $('pad-other').onclick = function () { if (asked) { asked.onOther(); } };
}());
