/* SPDX-License-Identifier: Apache-2.0 */
/* options: what is printed differently than chosen at the computer: copies, pages, sides, colour. */
(function () {
  'use strict';

  var self = window.latchkey;
  var $ = self.$;
  var COPIES_MAX = 999;
  var GROUPS = ['sides', 'color'];

  self.plainOptions = function () { return { copies: 1, pages: '', sides: '', color: '', keep: false }; };

  self.optionsChanged = function (o) {
    return o.copies !== 1 || o.pages !== '' || o.sides !== '' || o.color !== '' || o.keep;
  };

  self.optionsForCall = function (o) {
    var out = {};

    if (o.copies !== 1) { out.copies = o.copies; }
    if (o.pages) { out['page-ranges'] = o.pages; }
    if (o.sides) { out.sides = o.sides; }
    if (o.color) { out['print-color-mode'] = o.color; }
    return out;
  };

  function copiesMax() { return (self.about && self.about.copies_max) || COPIES_MAX; }

  function setCopies(n) {
    self.say('copies', String(Math.min(copiesMax(), Math.max(1, n))));
    $('copies-less').disabled = n <= 1;
    $('copies-more').disabled = n >= copiesMax();
  }

  function each(group, fn) {
    Array.prototype.forEach.call($(group).querySelectorAll('input'), fn);
  }

  function chosen(group) {
    var value = '';
    each(group, function (input) { if (input.checked) { value = input.value; } });
    return value;
  }

  /* What this printer cannot do is not offered. */
  function offer(group, can) {
    each(group, function (input) {
      input.disabled = Boolean(can && input.value && input.value !== 'one-sided' && can.indexOf(input.value) < 0);
    });
  }

  function fill(o) {
    offer('sides', self.about && self.about.sides);
    offer('color', self.about && self.about.color_modes);
    setCopies(o.copies);
    $('pages').value = o.pages;
    $('pages').disabled = Boolean(self.about && self.about.page_ranges === false);
    GROUPS.forEach(function (group) { each(group, function (input) { input.checked = input.value === o[group]; }); });
    $('keep').checked = o.keep;
    self.show('keep-field', Boolean(self.session.may.keep));
    self.say('options-error', '');
  }

  /* "1-3, 7": rising, apart. The server checks again. */
  function arePages(text) {
    var last = 0;
    return text.split(',').every(function (part) {
      var m = /^\s*(\d{1,9})\s*(?:-\s*(\d{1,9})\s*)?$/.exec(part);
      var from = m && Number(m[1]), to = m && Number(m[2] || m[1]);
      if (!m || from <= last || to < from) { return false; }
      last = to;
      return true;
    });
  }

  function take(event) {
    var pages = $('pages').value.trim();

    event.preventDefault();
    if (pages && !arePages(pages)) {
      self.say('options-error', self.text('options.pages.wrong'));
      $('pages').focus();
      return;
    }
    self.session.options = { copies: Number($('copies').textContent), pages: pages, sides: chosen('sides'),
      color: chosen('color'), keep: $('keep').checked };
    self.closeSheet();
    self.draw();
  }

  self.bindOptions = function () {
    $('options').onclick = function () {
      fill(self.session.options);
      self.openSheet('options-sheet', 'options', 'options-title');
    };
    $('options-sheet').onsubmit = take;
    $('options-reset').onclick = function () { fill(self.plainOptions()); };
    $('copies-less').onclick = function () { setCopies(Number($('copies').textContent) - 1); };
    $('copies-more').onclick = function () { setCopies(Number($('copies').textContent) + 1); };
  };
}());
