/* SPDX-License-Identifier: Apache-2.0 */
/* screen: which of the page's screens is seen, what lies over it for a moment, and where the keyboard is. */
(function () {
  'use strict';

  var self = window.latchkey;
  var SCREENS = ['idle', 'form', 'pad', 'desk'];
  var SHEETS = ['options-sheet', 'mine', 'others', 'question'];
  var NEWS_MS = 6000;

  var newsTimer = 0, sheet = null, before = null;

  function $(id) { return document.getElementById(id); }
  self.$ = $;
  self.show = function (id, visible) { $(id).hidden = !visible; };
  self.say = function (id, text) {
    if ($(id).textContent !== text) { $(id).textContent = text; } /* else a screen reader says it again */
  };

  self.each = function (selector, fn) {
    Array.prototype.forEach.call(document.querySelectorAll(selector), fn);
  };

  self.make = function (tag, name) {
    var e = document.createElement(tag);
    e.className = name;
    return e;
  };

  /* One of a list in a sheet: an icon, a name, what is to be said of it, and what can be done. */
  self.item = function (icon, name, text, button, fn) {
    var li = self.make('li', 'badge'), what = self.make('span', 'what');
    var parts = [self.make('span', 'icon'), what, self.make('button', 'quiet')];
    var title = self.make('span', 'title'), facts = self.make('span', 'facts');

    self.icon(parts[0], icon);
    title.textContent = name;
    facts.textContent = text;
    what.appendChild(title);
    what.appendChild(facts);
    parts[2].type = 'button';
    parts[2].textContent = button;
    parts[2].setAttribute('aria-label', button + ': ' + name);
    parts[2].onclick = fn;
    parts.forEach(function (e) { li.appendChild(e); });
    return li;
  };

  self.at = null; /* the screen that is seen */

  /* focus: the element that a keyboard or a screen reader goes on from. */
  self.screen = function (name, focus) {
    self.closeSheet();
    self.closeKeys();
    SCREENS.forEach(function (id) { self.show(id, id === name); });
    self.at = name;
    window.scrollTo(0, 0);
    if (focus) { $(focus).focus(); } else if (document.activeElement) { document.activeElement.blur(); }
  };

  /* A sentence that comes and goes. */
  self.news = function (text) {
    clearTimeout(newsTimer);
    self.say('news', text);
    if (text) { newsTimer = setTimeout(function () { self.say('news', ''); }, NEWS_MS); }
  };

  /* Sheets ------------------------------------------------------------------------------------------------------- */

  self.sheet = function () { return sheet; }; /* {id, name} or null */

  /* name tells apart what uses one sheet; strict: Escape does not close it. */
  self.openSheet = function (id, name, focus, strict) {
    if (sheet === null) { before = document.activeElement; }
    sheet = { id: id, name: name, strict: strict };
    self.news(''); /* it would lie over the sheet */
    $(id).scrollTop = 0;
    self.show('veil', true);
    SHEETS.forEach(function (other) { self.show(other, other === id); });
    $('desk').setAttribute('aria-hidden', 'true');
    $(focus).focus();
  };

  self.closeSheet = function () {
    if (sheet === null) { return; }
    sheet = null;
    self.closeKeys();
    self.show('veil', false);
    SHEETS.forEach(function (id) { self.show(id, false); });
    $('desk').removeAttribute('aria-hidden');
    $('question-password').value = '';
    if (before && document.body.contains(before)) { before.focus(); }
    before = null;
  };

  /* q: name, title, text, yes, no, onYes(password), onNo(), danger, password. */
  self.ask = function (q) {
    self.say('question-title', q.title);
    self.say('question-text', q.text);
    self.say('question-yes', q.yes);
    self.say('question-no', q.no);
    $('question-yes').className = q.danger ? 'primary danger' : 'primary';
    self.show('question-password', Boolean(q.password));
    $('question-password').value = '';
    $('question-yes').onclick = function () {
      var given = $('question-password').value;
      self.closeSheet();
      q.onYes(given);
    };
    $('question-no').onclick = function () { self.closeSheet(); if (q.onNo) { q.onNo(); } };
    self.openSheet('question', q.name, q.password ? 'question-password' : q.danger ? 'question-no' : 'question-yes',
      q.name === 'idle');
  };

  /* Where Tab stops: of radio buttons, at the chosen one. */
  function stops(element) {
    return Array.prototype.filter.call(element.querySelectorAll('button, input'), function (e) {
      return !e.disabled && !e.hidden && (e.type !== 'radio' || e.checked);
    });
  }

  /* Keys stay inside an open sheet; Escape is its gentle answer. */
  function inSheet(event) {
    var items, first, last, at = document.activeElement;

    if (event.keyCode === 27 && !sheet.strict) { self.closeSheet(); event.preventDefault(); return; }
    if (event.keyCode !== 9) { return; }
    items = stops($(sheet.id));
    first = items[0];
    last = items[items.length - 1];
    if (event.shiftKey && (at === first || items.indexOf(at) < 0)) { last.focus(); event.preventDefault(); }
    if (!event.shiftKey && at === last) { first.focus(); event.preventDefault(); }
  }

  /* The ring around what has the focus is for people with keys; under a finger it only unsettles. */
  document.addEventListener('keydown', function (event) {
    if (event.keyCode === 9 || (event.keyCode >= 37 && event.keyCode <= 40)) { document.body.classList.add('by-keys'); }
    if (sheet !== null) { inSheet(event); }
  });
  ['mousedown', 'touchstart'].forEach(function (name) {
    document.addEventListener(name, function () { document.body.classList.remove('by-keys'); }, true);
  });
  $('question-password').onkeydown = function (event) {
    if (event.keyCode === 13) { event.preventDefault(); $('question-yes').click(); }
  };
}());
