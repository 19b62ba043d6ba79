/* SPDX-License-Identifier: Apache-2.0 */
/*
 * reader: badges. A reader on a USB port types the id and Enter into the page, faster than anybody's fingers; one on the
 * network is heard by asking the server. What it read is shown nowhere.
 */
(function () {
  'use strict';

  var self = window.latchkey;
  var LEAST = 4, MOST = 128;  /* characters of an id */
  var IDLE_GAP_MS = 1500;     /* between two keys, where nothing else is typed */
  var LIST_GAP_MS = 300;      /* where people press keys, but type nothing */
  var BURST_GAP_MS = 60;      /* where people type too */
  var BURST_LEAST = 6;
  var AGAIN_MS = 3000, LATER_MS = 30000;

  var typed = '', lastMs = 0;
  var onSwipe = null, question = null, timer = 0;

  function forget() { typed = ''; }

  function gapMs() {
    if (self.at === 'idle') { return IDLE_GAP_MS; }
    return self.at === 'desk' && !self.sheet() ? LIST_GAP_MS : BURST_GAP_MS;
  }

  /* Enter has come: was it a reader's? */
  function isSwipe() {
    if (Date.now() - lastMs > gapMs()) { forget(); }
    return self.at === 'idle' ? typed.length >= LEAST : typed.length >= BURST_LEAST;
  }

  /* keypress gives characters on every engine. */
  function onKeypress(event) {
    var code = event.which || event.charCode, now = Date.now();

    if (!onSwipe || code < 32) { return; }
    if (now - lastMs > gapMs() || (code === 32 && self.at !== 'idle')) { forget(); } /* a space chooses a job */
    lastMs = now;
    if (code !== 32 && typed.length < MOST) { typed += String.fromCharCode(code); }
    if (self.at === 'idle' && code !== 32) { event.preventDefault(); }
  }

  /* Before a button, a form or the keypad takes the reader's Enter for a person's. */
  function onKeydown(event) {
    var swipe;

    if (!onSwipe || event.keyCode !== 13 || !isSwipe()) { return; }
    swipe = typed;
    forget();
    event.preventDefault();
    event.stopImmediatePropagation();
    onSwipe(swipe);
  }

  function ask() {
    question = self.call('GET', 'swipe?printer=' + encodeURIComponent(self.printer), null, function (status, answer) {
      question = null;
      if (!onSwipe) { return; }
      if (status === 200 && answer && answer.badge) { onSwipe(answer.badge); }
      if (!onSwipe || question) { return; } /* it has led further */
      timer = setTimeout(ask, status === 200 ? 0 : status === 409 || status === 403 ? LATER_MS : AGAIN_MS);
    });
  }

  /* fn(id) is called for each badge until stop(). */
  self.readBadges = function (fn) {
    self.stopReading();
    onSwipe = fn;
    ask();
  };

  self.stopReading = function () {
    var asked = question;

    onSwipe = question = null;
    clearTimeout(timer);
    forget();
    if (asked) { asked.abort(); }
  };

  document.addEventListener('keypress', onKeypress, true);
  document.addEventListener('keydown', onKeydown, true);
}());
